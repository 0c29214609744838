"""What a status of a carrier means is set on its page, by who organises the province."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from motcua.core.time import now
from motcua.oversight.integrity.tests.plants import ready
from motcua.service.dossiers.tests.world import World
from motcua.service.postal.carriers import Told
from motcua.service.postal.models import CarrierStatus
from motcua.service.postal.operations.carrying import hear
from motcua.service.postal.tests.world import carrier, ordered
from motcua.web.admin.tests.conftest import page_of


def test_an_unexplained_status_is_shown_and_explained_from_a_day_on(
    admin: Client, clerk: Client, world: World
) -> None:
    post = carrier("VIETTEL", dialect="viettel_post")
    shipment = ordered(world, ready(world), post, now())
    told = Told("a", shipment.code, status="999", words="Chờ phát ca chiều")
    hear(carrier_id=post.pk, told=told, at=now())
    address = reverse("admin:carrier", args=[post.pk])
    page = page_of(admin.get(address))
    for words in (
        "Đã nhận mã chưa rõ nghĩa",
        "Chờ phát ca chiều",
        "21 mã đã rõ nghĩa",
        reverse("api:carrier-word", args=[post.pk]),
    ):
        assert words in page
    assert "Tự báo tin" in page_of(admin.get(reverse("admin:post")))
    given = {"act": "status", "status": "999", "meaning": "NOTED", "status_from": f"{now():%d/%m/%Y}"}
    assert admin.post(address, {**given, "meaning": "UNKNOWN"}).status_code == 422
    assert admin.post(address, {**given, "status": "=1+1"}).status_code == 422
    assert clerk.post(address, given).status_code == 403
    assert not CarrierStatus.objects.exists()
    assert admin.post(address, given).status_code == 302
    again = admin.post(address, given)
    assert (again.status_code, "đã có ý nghĩa" in page_of(again)) == (422, True)
    page = page_of(admin.get(address))
    assert "22 mã đã rõ nghĩa" in page
    assert "Đã nhận mã chưa rõ nghĩa" not in page
