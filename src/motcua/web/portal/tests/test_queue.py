"""The open pages of the queue: the kiosk and its key, the board, one's own number, booking."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.service.queueing.lines import bookable
from motcua.service.queueing.models import Appointment, Ticket
from motcua.service.queueing.operations.machines import make_machine, revoke_machine
from motcua.service.queueing.operations.serving import call_next, miss
from motcua.service.queueing.tests.world import Hall, build_hall
from motcua.web.counter.tests.acting import queries_of, text_of


@pytest.fixture
def hall(db: None) -> Hall:
    return build_hall()


def paired(hall: Hall, rights: tuple[str, ...] = ("TAKE",)) -> tuple[Client, Any]:
    """The screen of the hall, which was given its key once."""
    machine, key = make_machine(
        unit=hall.unit, name="Cửa chính", rights=rights, by=hall.world.admin, at=now()
    )
    client = Client()
    answer = client.post("/hang-cho/may/", {"key": key})
    assert answer.status_code == 302
    return client, machine


def stamp_of(hall: Hall) -> str:
    slot = next(iter(bookable(hall.civil, now()).values()))[-1]
    return slot.starts_at.strftime("%Y%m%d%H%M")


class TestKiosk:
    def test_gives_a_number_with_its_place_and_a_code(self, hall: Hall) -> None:
        screen, _machine = paired(hall)
        address = f"/hang-cho/{hall.unit.pk}/lay-so/"
        page = screen.get(address)
        assert "Hộ tịch, chứng thực" in text_of(page)
        key = re.search(r'name="ticket" value="([^"]+)"', page.content.decode())
        assert key
        form = {"field": str(hall.civil.pk), "priority": "PREGNANT", "ticket": key[1]}
        answer = screen.post(address, form, follow=True)
        page = text_of(answer)
        assert "A001" in page
        assert "Phụ nữ mang thai" in page
        assert "Trước bạn cùng lĩnh vực: 0 người" in page
        assert "data:image/svg" in answer.content.decode()
        screen.post(address, form)
        assert Ticket.objects.count() == 1

    def test_gives_none_to_who_is_at_home(self, client: Client, hall: Hall) -> None:
        address = f"/hang-cho/{hall.unit.pk}/lay-so/"
        assert "Đặt lịch hẹn" in text_of(client.get(address))
        answer = client.post(address, {"field": str(hall.civil.pk)})
        assert answer.status_code == 403
        assert not Ticket.objects.exists()

    def test_whose_key_was_revoked_gives_none(self, hall: Hall) -> None:
        screen, machine = paired(hall)
        revoke_machine(machine_id=machine.pk, by=hall.world.admin, at=now())
        address = f"/hang-cho/{hall.unit.pk}/lay-so/"
        assert screen.post(address, {"field": str(hall.civil.pk)}).status_code == 403

    def test_that_may_only_show_gives_none(self, hall: Hall) -> None:
        screen, _machine = paired(hall, ("SHOW",))
        address = f"/hang-cho/{hall.unit.pk}/lay-so/"
        assert screen.post(address, {"field": str(hall.civil.pk)}).status_code == 403

    def test_refuses_a_wrong_key_and_a_forged_cookie(self, client: Client, hall: Hall) -> None:
        answer = client.post("/hang-cho/may/", {"key": "abc"})
        assert answer.status_code == 422
        assert "không đúng hoặc đã bị thu hồi" in text_of(answer)
        _screen, machine = paired(hall)
        client.cookies["hang-cho-may"] = str(machine.pk)
        address = f"/hang-cho/{hall.unit.pk}/lay-so/"
        assert client.post(address, {"field": str(hall.civil.pk)}).status_code == 403

    def test_asks_what_for(self, hall: Hall) -> None:
        screen, _machine = paired(hall)
        answer = screen.post(f"/hang-cho/{hall.unit.pk}/lay-so/", {"field": ""})
        assert answer.status_code == 422
        assert "Hãy chọn việc" in text_of(answer)


class TestBoard:
    def test_tells_who_is_called_where(self, client: Client, hall: Hall) -> None:
        address = f"/hang-cho/{hall.unit.pk}/bang/"
        assert "Chưa gọi số nào" in text_of(client.get(address))
        hall.take(at=now()), hall.take(at=now())
        hall.open(now())
        call_next(desk_id=hall.first.pk, by=hall.clerk, at=now())
        page = client.get(address)
        assert "Mời số A001 đến quầy 1." in text_of(page)
        assert "1 người đang chờ" in text_of(page)
        assert 'http-equiv="refresh"' in page.content.decode()
        version = re.search(r"\?v=([0-9a-f]+)", page.content.decode())
        assert version
        part = {"headers": {"HX-Request": "true"}}
        assert client.get(f"{address}?v={version[1]}", **part).status_code == 204
        assert client.get(f"{address}?v=old", **part).status_code == 200

    def test_asks_the_same_however_many_wait(self, client: Client, hall: Hall) -> None:
        address = f"/hang-cho/{hall.unit.pk}/bang/"
        hall.open(now())
        few = queries_of(client, address)
        for _ in range(9):
            hall.take(at=now())
        call_next(desk_id=hall.first.pk, by=hall.clerk, at=now())
        assert queries_of(client, address) == few
        assert few <= 9

    def test_of_an_unknown_place_is_missing(self, client: Client, hall: Hall) -> None:
        assert client.get("/hang-cho/999999/bang/").status_code == 404


class TestOwnNumber:
    def test_is_followed_from_waiting_to_the_desk(self, client: Client, hall: Hall) -> None:
        hall.take(at=now())
        ticket = hall.take(at=now())
        address = f"/hang-cho/so/{ticket.pk}/"
        assert "Trước bạn còn 1 người" in text_of(client.get(address))
        hall.open(now())
        assert "Chưa đủ dữ liệu" in text_of(client.get(address))
        call_next(desk_id=hall.first.pk, by=hall.clerk, at=now())
        call_next(desk_id=hall.first.pk, by=hall.clerk, at=now(), ends_current=True)
        assert "Mời bạn đến quầy 1" in text_of(client.get(address))
        miss(ticket_id=ticket.pk, by=hall.clerk, at=now())
        assert "bạn sẽ được mời lại" in text_of(client.get(address))
        assert client.get(f"/hang-cho/so/{new_id()}/").status_code == 404

    def test_may_be_given_up(self, client: Client, hall: Hall) -> None:
        ticket = hall.take(at=now())
        answer = client.post(f"/hang-cho/so/{ticket.pk}/bo/", follow=True)
        assert "Đã bỏ số A001" in text_of(answer)
        answer = client.post(f"/hang-cho/so/{ticket.pk}/bo/")
        assert answer.status_code == 422

    def test_of_another_day_is_over(self, client: Client, hall: Hall) -> None:
        assert "không còn dùng được" in text_of(client.get(f"/hang-cho/so/{hall.take().pk}/"))


class TestBooking:
    def test_goes_from_the_place_to_the_code_and_back(self, client: Client, hall: Hall) -> None:
        assert hall.unit.name in text_of(client.get("/hang-cho/"))
        assert "Hộ tịch, chứng thực" in text_of(client.get(f"/hang-cho/{hall.unit.pk}/dat-hen/"))
        slots = f"/hang-cho/{hall.unit.pk}/dat-hen/{hall.civil.pk}/"
        assert "còn 2 chỗ" in text_of(client.get(slots))
        address = f"{slots}{stamp_of(hall)}/"
        assert hall.world.procedure.name in text_of(client.get(address))
        form = {
            "name": "Lê Thị Hoa", "phone": "0912 345 678", "offering": str(hall.world.offering.pk),
            "appointment": str(new_id()),
        }  # fmt: skip
        answer = client.post(address, form, follow=True)
        appointment = Appointment.objects.get()
        page = text_of(answer)
        assert f"{appointment.code[:4]} {appointment.code[4:]}" in page
        assert "345 678" not in page
        client.post(address, form)
        assert Appointment.objects.count() == 1
        answer = client.post("/hang-cho/hen/", {"code": appointment.code, "tail": "5678"})
        assert answer.url == f"/hang-cho/hen/{appointment.pk}/"
        answer = client.post(f"/hang-cho/hen/{appointment.pk}/huy/", follow=True)
        assert "Lịch hẹn đã hủy" in text_of(answer)

    def test_keeps_what_was_typed_when_refused(self, client: Client, hall: Hall) -> None:
        address = f"/hang-cho/{hall.unit.pk}/dat-hen/{hall.civil.pk}/{stamp_of(hall)}/"
        answer = client.post(address, {"name": "Lê Thị Hoa", "phone": "123"})
        assert answer.status_code == 422
        assert "Số điện thoại chưa đúng" in text_of(answer)
        assert 'value="Lê Thị Hoa"' in answer.content.decode()

    def test_of_a_full_slot_leads_to_the_others(self, client: Client, hall: Hall) -> None:
        address = f"/hang-cho/{hall.unit.pk}/dat-hen/{hall.civil.pk}/{stamp_of(hall)}/"
        for place in range(2):
            client.post(address, {"name": "Người hẹn", "phone": f"091234567{place}"})
        answer = client.post(address, {"name": "Người hẹn", "phone": "0912345679"})
        assert answer.status_code == 422
        assert "vừa hết chỗ" in text_of(answer)
        assert "Xem các khung giờ còn trống" in text_of(answer)

    @pytest.mark.parametrize("stamp", ["x", "202613990000", "199001010800"])
    def test_of_no_slot_is_refused(self, client: Client, hall: Hall, stamp: str) -> None:
        address = f"/hang-cho/{hall.unit.pk}/dat-hen/{hall.civil.pk}/{stamp}/"
        assert client.post(address, {"name": "Người hẹn", "phone": "0912345679"}).status_code in {404, 422}
        assert not Appointment.objects.exists()

    def test_that_guesses_is_stopped(self, client: Client, hall: Hall) -> None:
        told = [
            client.post("/hang-cho/hen/", {"code": "12345678", "tail": "0000"}).status_code for _ in range(12)
        ]
        assert told[0] == 422
        assert told[-1] == 429

    def test_check_in_at_home_leads_on(self, client: Client, hall: Hall) -> None:
        page = client.get(f"/hang-cho/{hall.unit.pk}/nhan-hen/").content.decode()
        assert 'href="/hang-cho/hen/"' in page

    def test_check_in_gives_the_number(self, hall: Hall) -> None:
        screen, _machine = paired(hall)
        address = f"/hang-cho/{hall.unit.pk}/nhan-hen/"
        answer = screen.post(address, {"code": "12345678", "tail": "0000"})
        assert answer.status_code == 422
        assert "Không tìm thấy lịch hẹn" in text_of(answer)
        assert "12345678" in answer.content.decode()
