"""Chụp bằng điện thoại: the code of one paper, for one phone and ten minutes; the pictures arrive, nothing else is seen."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.foundation.documents.models import Document, IncomingFile, PhoneLink
from motcua.foundation.documents.operations.phoning import open_link, sign_of
from motcua.foundation.documents.tests import samples
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.results.models import Certification
from motcua.web.counter.tests.acting import received
from motcua.web.portal.tests.test_filing import at, begin
from motcua.web.portal.tests.test_uploads import TUS, announce, go_on
from motcua.web.portal.tests.test_uploads import asked as supplement_asked

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def photo(name: str = "IMG_1.jpg", width: int = 40) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.image(size=(width, 30)))


@pytest.fixture
def place(client: Client, online_world: World) -> str:
    draft = begin(client, online_world)
    return at(draft, f"giay-to/{online_world.papers[0].pk}")


def lent(desktop: Client, place: str, mark: str = "?") -> tuple[str, str]:
    """The address that the code holds, and the address that the desktop asks."""
    page = desktop.post(f"{place}{mark}dien-thoai=moi", headers=HTMX).content.decode()
    assert "data:image/svg+xml" in page
    link = PhoneLink.objects.latest("begun_at")
    return f"/chup/{link.pk}/{sign_of(link.pk)}/", f"{place}{mark}dien-thoai={link.pk}"


def test_pictures_of_the_phone_arrive_at_the_paper(client: Client, place: str, online_world: World) -> None:
    address, asked = lent(client, place)
    phone = Client()
    page = phone.get(address).content.decode()
    assert online_world.papers[0].name in page
    assert "Lò Thị" not in page
    phone.post(address, {"file": [photo(), photo("IMG_2.jpg", 50)]})
    url = announce(phone, address, sent := samples.image(size=(60, 30)), "IMG_3.jpg")["Location"]
    assert go_on(phone, url, 0, sent).status_code == 204
    bad = re.findall(r'name="drop" value="([^"]+)"', phone.get(address).content.decode())[1]
    assert "Gửi 2 ảnh" in phone.post(address, {"drop": bad}, follow=True).content.decode()
    assert "đã chụp 2 ảnh, chưa bấm Gửi" in client.get(asked, headers=HTMX).content.decode()
    assert not Document.objects.exists()
    assert "Đã gửi 2 ảnh" in phone.post(address, {"send": "1"}, follow=True).content.decode()
    state = client.get(asked, headers=HTMX).content.decode()
    assert "Đã nhận 2 ảnh" in state
    keys = re.findall(r"[0-9a-f-]{36}", state.split("hx-vals")[1].split("hx-params")[0])
    stored = client.post(place, {"phien-file": keys}, headers=HTMX).content.decode()
    assert "IMG_1.jpg" in stored
    assert "IMG_3.jpg" in stored
    assert (
        "Đang chờ điện thoại" in stored or "đã mở trang chụp" in stored
    )  # the code stands for more pictures
    assert Document.objects.count() == 2
    assert "Gửi" not in re.sub("bấm Gửi", "", phone.get(address).content.decode())


def test_the_code_is_one_phones_and_ends(client: Client, place: str) -> None:
    address, asked = lent(client, place)
    first, second = Client(), Client()
    first.post(address, {"file": photo()})
    assert "điện thoại khác" in second.get(address).content.decode()
    assert second.post(address, {"file": photo()}).status_code == 422
    assert announce(second, address, b"x").status_code == 400
    waiting = IncomingFile.objects.get()
    assert second.head(f"{address}?phien={waiting.pk}", headers=TUS).status_code == 404
    assert first.get(f"/chup/{PhoneLink.objects.get().pk}/{'0' * 20}/").status_code == 410
    assert Client().post(asked, headers=HTMX).status_code == 403  # only who has lent it ends it
    assert "Chụp bằng điện thoại" in client.post(asked, headers=HTMX).content.decode()
    assert first.get(address).status_code == 410
    assert first.post(address, {"send": "1"}).status_code == 410
    assert announce(first, address, b"x").status_code == 410


def test_ten_minutes_later_it_opens_nothing(client: Client, place: str) -> None:
    link = open_link(place=place, title="Giấy khai sinh", at=now() - timedelta(minutes=11))
    page = client.get(f"/chup/{link.pk}/{sign_of(link.pk)}/")
    assert page.status_code == 410
    assert "hết hạn" in page.content.decode()
    assert "Giấy khai sinh" not in page.content.decode()
    assert "hết hạn" in client.get(f"{place}?dien-thoai={link.pk}", headers=HTMX).content.decode()


def test_pictures_wait_in_a_form_of_several_papers(client: Client, online_world: World) -> None:
    filing = supplement_asked(client, online_world)
    place, key = f"/cong-dan/ho-so/{filing.code}/bo-sung/", filing.parts.first().pk
    assert f"{place}?o={key}&amp;dien-thoai" in client.get(place).content.decode()
    assert client.post(f"{place}?o=khac&dien-thoai=moi", headers=HTMX).status_code == 404
    assert Client().post(f"{place}?o={key}&dien-thoai=moi", headers=HTMX).status_code != 200
    address, asked = lent(client, f"{place}?o={key}", "&")
    phone = Client()
    phone.post(address, {"file": [photo(), photo("IMG_2.jpg", 50)]})
    phone.post(address, {"send": "1"})
    state = client.get(asked, headers=HTMX).content.decode()
    assert "Đã nhận 2 ảnh, lưu khi bạn gửi trang này" in state
    known = re.findall(r"da=([\d-]+)", state)[0]
    assert client.get(f"{asked}&da={known}", headers=HTMX).status_code == 204
    field = f"phien-file-{key}"
    keys = re.findall(rf'name="{field}" value="([^"]+)"', client.get(place).content.decode())
    assert len(keys) == 2
    left = client.post(f"{asked}&bo={keys[0]}", headers=HTMX).content.decode()
    assert "Đã nhận 1 ảnh" in left
    before = Document.objects.count()
    page = client.post(place, {field: keys[1:], "keep": "1"}).content.decode()
    assert Document.objects.count() == before + 1
    assert "IMG_2.jpg" in page
    assert field not in page


def test_a_page_at_the_counter_takes_them_with_its_form(client: Client, small_store: None) -> None:
    world = build_world(field="Chứng thực")
    dossier = received(world)
    client.force_login(world.clerk)
    here = reverse("counter:certifying", args=[dossier.pk])
    address, _ = lent(client, here)
    phone = Client()
    phone.post(address, {"file": [photo("1.jpg"), photo("2.jpg", 50)]})
    phone.post(address, {"send": "1"})
    keys = re.findall(r'name="phien-file" value="([^"]+)"', client.get(here).content.decode())
    typed = {"title": "Bằng", "verdict": "CERTIFY", "key": str(new_id()), "phien-file": keys}
    refused = client.post(here, typed)  # not compared yet: the pictures are kept as one scan
    assert refused.status_code == 422
    assert 'name="document"' in refused.content.decode()
    for _ in range(2):  # the page as it was before, sent again and again
        assert client.post(here, {**typed, "is_compared": "1"}).status_code == 302
    made = Certification.objects.get()
    assert made.pages == 2
    assert "phien-file" not in client.get(here).content.decode()


def test_goes_without_a_script_on_the_desktop(client: Client, place: str) -> None:
    assert "Tạo mã" in client.get(f"{place}?dien-thoai").content.decode()
    page: Any = client.post(f"{place}?dien-thoai=moi").content.decode()
    assert "/chup/" in page
    link = PhoneLink.objects.get()
    phone, address = Client(), f"/chup/{link.pk}/{sign_of(link.pk)}/"
    phone.post(address, {"file": photo()})
    phone.post(address, {"send": "1"})
    page = client.get(f"{place}?dien-thoai={link.pk}").content.decode()
    key = re.findall(r'name="phien-file" value="([^"]+)"', page)
    assert client.post(place, {"phien-file": key}).status_code == 302
    assert Document.objects.count() == 1
