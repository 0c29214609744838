"""A self-service screen of the hall: it serves one person after another, and nothing of the one before is left."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from motcua.core.time import now
from motcua.foundation.citizens.models import CitizenSession
from motcua.foundation.citizens.sessions import COOKIE
from motcua.foundation.citizens.tests.factories import a_citizen, enter
from motcua.service.filing.models import Draft
from motcua.service.filing.tests.conftest import online
from motcua.service.procedures.models import Procedure
from motcua.service.queueing.operations.machines import make_machine, revoke_machine
from motcua.service.queueing.tests.world import Hall, build_hall
from motcua.web.portal import kiosk

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(small_store: None, db: None) -> Hall:
    built = build_hall()
    online(built.world)
    return built


def serving(hall: Hall, rights: tuple[str, ...] = ("SELF",)) -> tuple[Client, Any]:
    machine, key = make_machine(unit=hall.unit, name="Máy sảnh", rights=rights, by=hall.world.admin, at=now())
    client = Client()
    answer = client.post("/hang-cho/may/", {"key": key})
    if "SELF" in rights:
        assert answer["Location"] == f"/hang-cho/{hall.unit.pk}/tu-phuc-vu/"
        assert client.post(answer["Location"])["Location"] == "/"
    return client, machine


def begun(client: Client, hall: Hall) -> Draft:
    key = uuid4()
    code = Procedure.objects.get(pk=hall.world.procedure.pk).code
    client.post(f"/nop-ho-so/{code}/", {"draft": str(key), "offering": hall.world.offering.pk})
    return Draft.objects.get(pk=key)


def test_ends_at_a_press_and_prints_the_code(hall: Hall) -> None:
    screen, _machine = serving(hall)
    page = screen.get("/").content.decode()
    for words in ("Kết thúc", 'data-size="large"', 'id="kiosk-warning"'):
        assert words in page
    assert "Cán bộ đăng nhập" not in page
    account = a_citizen()
    enter(screen, account)
    assert screen.get("/quay/")["Location"] == "/", "no desk of the staff on it"
    screen.cookies.pop(COOKIE)
    draft = begun(screen, hall)
    enter(screen, account)
    answer = screen.post("/tu-phuc-vu/ket-thuc/")
    page = answer.content.decode()
    assert draft.shown_code in page
    assert "data-print-now" in page
    assert '"cache"' in answer["Clear-Site-Data"]
    left = {name for name, morsel in screen.cookies.items() if morsel.value}
    assert left == {"hang-cho-may"}
    assert CitizenSession.objects.get(account=account, end="SIGNED_OUT")
    assert screen.get(f"/nop-ho-so/{hall.world.procedure.code}/{draft.pk}/nguoi-nop/").status_code == 403
    assert 'id="kiosk-warning"' not in screen.get("/").content.decode()


def test_ends_by_itself_when_it_is_left_alone(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, _machine = serving(hall)
    signed_in = enter(screen, a_citizen())
    assert screen.get("/tu-phuc-vu/con-day/").status_code == 204
    assert screen.get("/cong-dan/").status_code == 200
    monkeypatch.setattr(kiosk, "GRACE", -3600)
    answer = screen.get("/cong-dan/")
    assert answer["Location"] == f"/hang-cho/{hall.unit.pk}/tu-phuc-vu/"
    assert CitizenSession.objects.get(pk=signed_in.pk).end == "SIGNED_OUT"
    assert not screen.cookies[COOKIE].value


def test_serves_nobody_without_its_key(client: Client, hall: Hall) -> None:
    address = f"/hang-cho/{hall.unit.pk}/tu-phuc-vu/"
    assert "chưa được gắn" in client.get(address).content.decode()
    assert client.post(address).status_code == 403
    shown, _ = serving(hall, ("SHOW",))
    assert shown.post(address).status_code == 403
    screen, machine = serving(hall)
    revoke_machine(machine_id=machine.pk, by=hall.world.admin, at=now())
    assert screen.get("/")["Location"] == address
    client.cookies[kiosk.KIOSK] = "made-up"
    assert client.get("/").status_code == 302
    assert client.get("/").status_code == 200, "nonsense is wiped, then the portal is as for everybody"
