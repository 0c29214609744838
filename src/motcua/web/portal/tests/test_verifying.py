"""The public pages of verification, and the holder's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.foundation.signing.tests.world import png
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.results.codes import address_of
from motcua.service.results.models import ResultCheck
from motcua.service.results.operations.revoking import revoke_result
from motcua.service.results.tests.world import at, bytes_of, equip, published
from motcua.web.portal.attempts import PER_ADDRESS

pytestmark = pytest.mark.django_db
NOW = at(6)


@pytest.fixture(autouse=True)
def then() -> Iterator[None]:
    with patch("motcua.web.ui.pages.now", return_value=NOW):
        yield


@pytest.fixture
def world(tmp_path, settings) -> World:
    settings.SITE_URL = "http://localhost:8000"
    made = build_world()
    equip(made, tmp_path, settings)
    return made


def said(answer) -> str:
    return " ".join(answer.content.decode().split())


class TestVerify:
    def test_by_id_by_code_by_file_and_by_photograph(self, client: Client, world: World) -> None:
        paper = published(world)
        content = bytes_of(paper.document)
        answers = [
            client.post("/xac-thuc/", {"ma": paper.paper_id.lower()}),
            client.get(address_of(paper).split("8000")[1]),
            client.post("/xac-thuc/", {"tep": SimpleUploadedFile("a.pdf", content)}),
            client.post("/xac-thuc/", {"tep": SimpleUploadedFile("a.png", png(content))}),
        ]
        for answer in answers:
            page = said(answer)
            assert answer.status_code == 200
            assert "Giấy thật, đang có hiệu lực" in page
            assert "NGUYEN T. A." in page
            assert "Nguyễn Thị Ánh" not in page
            assert answer["Cache-Control"].startswith("max-age=0")
        assert "Đây là bản chụp" in said(answers[3])
        assert ResultCheck.objects.count() == 4

    def test_revoked_says_when_and_by_which_decision(self, client: Client, world: World) -> None:
        paper = published(world)
        revoke_result(
            issued_id=paper.pk, reason="Khai gian", decision_number="9/QĐ", by=world.leader, at=at(5.8)
        )
        page = said(client.get(f"/X/{paper.payload}"))
        assert "Đã bị thu hồi" in page
        assert "9/QĐ" in page

    @pytest.mark.parametrize("text", ["KQ26-0000-0000", "<script>alert(1)</script>", "=cmd|' /C calc'!A0"])
    def test_not_ours(self, client: Client, text: str) -> None:
        page = said(client.post("/xac-thuc/", {"ma": text}))
        assert "Không phải giấy của chúng tôi" in page
        assert "<script>alert" not in page

    def test_nothing_given_and_broken_files(self, client: Client) -> None:
        assert client.post("/xac-thuc/", {}).status_code == 422
        for content in (b"\x89PNG broken", b"%PDF-1.4 broken", b"\xff" * 50):
            answer = client.post("/xac-thuc/", {"tep": SimpleUploadedFile("a.pdf", content)})
            assert "Không phải giấy của chúng tôi" in said(answer)

    def test_guessing_is_slowed_down(self, client: Client) -> None:
        codes = [
            client.post("/xac-thuc/", {"ma": "KQ26-0000-0000"}).status_code for _ in range(PER_ADDRESS + 1)
        ]
        assert codes[-1] == 429
        assert set(codes[:-1]) == {200}


class TestOffline:
    def test_keys_page_and_worker(self, client: Client, world: World) -> None:
        [key] = client.get("/.well-known/motcua-keys.json").json()["keys"]
        assert (key["crv"], key["until"]) == ("P-256", None)
        assert "d" not in key
        worker = client.get("/xac-thuc/sw.js")
        assert worker["Service-Worker-Allowed"] == "/"
        assert "caches" in worker.content.decode()
        assert "khi không có mạng" in said(client.get("/xac-thuc/ngoai-tuyen/"))


class TestHolder:
    def test_takes_the_signed_file_home(self, client: Client, world: World) -> None:
        paper = published(world)
        client.get(f"/X/{paper.payload}")
        page = client.post("/tra-cuu/", {"ma": paper.dossier.code, "so": "1234"}).content.decode()
        assert "Đã có 1 lượt xác thực" in page
        link = re.search(r'href="(/ket-qua/[^"]+)"', page)
        assert link
        answer = client.get(link[1])
        assert b"".join(answer.streaming_content) == bytes_of(paper.document)
        assert client.get(link[1][:-3] + "xx/").status_code == 422
        with patch("motcua.web.ui.pages.now", return_value=at(7)):
            assert "hết hạn" in client.get(link[1]).content.decode()
