"""Số hóa tại quầy, by plain forms alone."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from motcua.core.time import now
from motcua.foundation.documents import recognising
from motcua.foundation.documents.capabilities import Capability
from motcua.service.dossiers.models import Part
from motcua.service.dossiers.tests.world import World
from motcua.service.holdings.models import Digitisation, HeldPaper, ScanPage
from motcua.service.holdings.operations.digitising import read
from motcua.web.counter.tests.acting import received, text_of


@pytest.fixture
def part(world: World) -> Part:
    found: Part = received(world).parts.get(position=2)
    return found


@pytest.fixture
def address(part: Part) -> str:
    return reverse("counter:digitise", args=[part.dossier_id, part.pk])


def photo(colour: str = "white") -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(target, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", target.getvalue())


def test_walks_from_a_photo_to_the_store(
    clerk: Client, world: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Capability("Tesseract", "", is_present=False, advice="Cài nhận dạng chữ.")
    monkeypatch.setattr(recognising, "text_recognition", lambda: missing)
    assert "Chụp hoặc chọn ảnh" in text_of(clerk.get(address))
    assert clerk.post(address, {"act": "pages", "file": [photo(), photo("grey")]}).status_code == 302
    first, second = ScanPage.objects.order_by("position")
    page = clerk.get(address)
    assert "Trang (2)" in text_of(page)
    assert "có thể bị mờ" in text_of(page)  # two empty sheets have no edge at all
    picture = clerk.get(reverse("counter:scan-page", args=[first.pk]))
    assert picture["Content-Type"] == "image/jpeg"

    arranged = {f"position-{first.pk}": "2", f"rotation-{first.pk}": "90", f"position-{second.pk}": "1"}
    assert clerk.post(address, {"act": "pages", **arranged}).status_code == 302
    assert [page.pk for page in ScanPage.objects.order_by("position")] == [second.pk, first.pk]
    whole = clerk.get(reverse("counter:scan-page", args=[second.pk]), {"xoay": "90"})  # to be cut by hand
    assert Image.open(io.BytesIO(whole.content)).size == (400, 300)
    refused = clerk.post(address, {"act": "pages", **arranged, f"left-{first.pk}": "80"})
    assert refused.status_code == 422

    assert clerk.post(address, {"act": "finish"}).status_code == 302
    assert "Máy đang đọc chữ" in text_of(clerk.get(address))
    read(digitisation_id=Digitisation.objects.get().pk, at=now())
    page = clerk.get(address)
    assert "nhập dữ liệu bằng tay" in text_of(page)
    day = {"issued_on": {"value": "2026-03-02", "confidence": 71.4}}
    Digitisation.objects.update(suggestion=day)
    page = clerk.get(address)
    assert "Máy đọc “02/03/2026” nhưng không chắc, hãy so với giấy (71 %)" in text_of(page)
    assert 'value="02/03/2026"' in page.content.decode()
    typed: dict[str, Any] = {
        "act": "confirm", "paper_type_code": "CCCD", "title": "Thẻ căn cước", "abstract": "Thẻ căn cước",
        "valid_from": "01/01/2024", "validity_scope": "Toàn quốc",
    }  # fmt: skip
    lacking = clerk.post(address, {**typed, "abstract": ""})
    assert lacking.status_code == 422
    assert "trích yếu nội dung" in text_of(lacking)
    assert clerk.post(address, typed).status_code == 302
    assert f"{world.clerk.full_name} chưa có chứng thư số" in text_of(clerk.get(address))
    assert clerk.post(address, {"act": "keep"}).status_code == 302
    assert HeldPaper.objects.get().title == "Thẻ căn cước"
    assert "Đã vào kho" in text_of(clerk.get(address))


def test_a_photo_comes_in_parts_too(clerk: Client, address: str) -> None:
    sent, tus = photo().read(), {"Tus-Resumable": "1.0.0"}
    begun = clerk.post(address, headers={**tus, "Upload-Length": str(len(sent))})
    assert begun.status_code == 201
    for offset, part in ((0, sent[:500]), (500, sent[500:])):
        answer = clerk.patch(
            begun["Location"],
            part,
            content_type="application/offset+octet-stream",
            headers={**tus, "Upload-Offset": str(offset)},
        )
        assert answer.status_code == 204
    form = {"act": "pages", "phien-file": begun["Location"].split("phien=")[1]}
    for _ in range(2):
        assert clerk.post(address, form).status_code == 302
    assert ScanPage.objects.count() == 1


def test_a_broken_file_loses_no_page(clerk: Client, address: str) -> None:
    broken = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff" + b"broken" * 40)
    refused = clerk.post(address, {"act": "finish", "file": [photo(), broken]})
    assert refused.status_code == 422
    assert "chụp" in text_of(refused)
    assert ScanPage.objects.count() == 1
    assert Digitisation.objects.get().state == "OPEN"


def test_another_counter_sees_neither_page_nor_picture(
    clerk: Client, client: Client, world: World, address: str
) -> None:
    clerk.post(address, {"act": "pages", "file": [photo()]})
    page = ScanPage.objects.get()
    client.force_login(world.stranger)
    assert client.get(address).status_code in {403, 404, 422}
    assert client.get(reverse("counter:scan-page", args=[page.pk])).status_code in {403, 404}
