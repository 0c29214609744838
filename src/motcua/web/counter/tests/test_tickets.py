"""The queue at the counter: open a desk, call, serve, receive, send on; and what others may not do."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from motcua.core.time import now
from motcua.service.dossiers.tests.world import World
from motcua.service.queueing.models import Sitting, Ticket, TicketDossier
from motcua.service.queueing.operations.booking import book
from motcua.service.queueing.operations.serving import call_next, open_desk, start
from motcua.service.queueing.tests.world import Hall, build_hall
from motcua.web.counter.tests.acting import queries_of, reception_url, text_of, ticked


@pytest.fixture
def hall(world: World) -> Hall:
    return build_hall(world)


def act(client: Client, ticket: Ticket, word: str) -> Any:
    return client.post(f"/quay/goi-so/so/{ticket.pk}/{word}/", follow=True)


class TestDesk:
    def test_is_chosen_first(self, clerk: Client, hall: Hall) -> None:
        assert "Bạn ngồi quầy nào?" in text_of(clerk.get("/quay/goi-so/"))
        answer = clerk.post(f"/quay/goi-so/quay/{hall.first.pk}/mo/", follow=True)
        assert "Đã mở Quầy 1." in text_of(answer)
        assert "Quầy đang trống" in text_of(answer)
        assert "Đã đóng Quầy 1." in text_of(clerk.post("/quay/goi-so/quay/dong/", follow=True))
        assert not Sitting.objects.filter(closed_at=None).exists()

    def test_that_somebody_has_is_refused_in_words(self, clerk: Client, hall: Hall) -> None:
        open_desk(desk_id=hall.first.pk, by=hall.other_clerk, at=now())
        answer = clerk.post(f"/quay/goi-so/quay/{hall.first.pk}/mo/")
        assert answer.status_code == 422
        assert "Mai Thị Nga trực" in text_of(answer)

    def test_is_told_where_there_is_no_queue(self, clerk: Client) -> None:
        assert "chưa tổ chức hàng chờ" in text_of(clerk.get("/quay/goi-so/"))

    def test_is_for_who_receives(self, client: Client, hall: Hall) -> None:
        assert client.get("/quay/goi-so/").status_code == 302
        client.force_login(hall.world.officer)
        assert client.get("/quay/goi-so/").status_code == 403
        assert client.post("/quay/goi-so/tiep/").status_code == 403


class TestCalling:
    def test_serves_one_after_another(self, clerk: Client, hall: Hall) -> None:
        first, second = hall.take(at=now()), hall.take(at=now(), priority="ELDERLY")
        hall.open(now())
        page = text_of(clerk.post("/quay/goi-so/tiep/", follow=True))
        assert "đang gọi, lần 1 A002" in page
        assert "Người cao tuổi" in page
        assert "gọi lại số A002, lần 2" in text_of(act(clerk, second, "goi-lai"))
        assert "Quầy 1 đang phục vụ" in text_of(act(clerk, second, "bat-dau"))
        assert "A001" in text_of(clerk.post("/quay/goi-so/tiep/", follow=True))
        assert "Đã ghi vắng số A001" in text_of(act(clerk, first, "vang"))
        assert "A001" in text_of(act(clerk, first, "moi-lai"))
        states = dict(Ticket.objects.values_list("code", "state"))
        assert states == {"A001": "CALLED", "A002": "DONE"}

    def test_says_when_nobody_waits(self, clerk: Client, hall: Hall) -> None:
        hall.open(now())
        assert "Không còn ai chờ" in text_of(clerk.post("/quay/goi-so/tiep/", follow=True))

    def test_number_taken_for_somebody_leads_back_to_the_counter(self, clerk: Client, hall: Hall) -> None:
        answer = clerk.post("/quay/goi-so/lay-so/", {"field": hall.civil.pk}, follow=True)
        assert "A001" in text_of(answer)
        assert 'href="/quay/goi-so/"' in answer.content.decode()

    def test_without_a_desk_is_refused_in_words(self, clerk: Client, hall: Hall) -> None:
        ticket = hall.take(at=now())
        assert "Bạn chưa mở quầy" in text_of(clerk.post("/quay/goi-so/tiep/", follow=True))
        assert "chưa được gọi" in text_of(act(clerk, ticket, "xong"))
        assert act(clerk, ticket, "la-lung").status_code == 404

    def test_of_a_number_of_another_place_is_not_found(self, client: Client, hall: Hall) -> None:
        ticket = hall.take(at=now())
        client.force_login(hall.world.stranger)
        assert act(client, ticket, "bo").status_code == 403

    def test_page_asks_the_same_however_many_wait(self, clerk: Client, hall: Hall) -> None:
        hall.open(now())
        hall.take(at=now())
        few = queries_of(clerk, "/quay/goi-so/")
        for _ in range(12):
            hall.take(at=now(), priority="CHILD")
        assert queries_of(clerk, "/quay/goi-so/") == few
        assert few <= 20


class TestReceiving:
    def test_ties_the_dossier_to_the_number(self, clerk: Client, hall: Hall) -> None:
        ticket = hall.take(at=now())
        hall.open(now())
        clerk.post("/quay/goi-so/tiep/")
        answer = clerk.post(f"/quay/goi-so/so/{ticket.pk}/tiep-nhan/")
        assert answer.url == "/quay/tiep-nhan/"
        answer = clerk.post(reception_url(hall.world), ticked(hall.world), follow=True)
        assert "Xong, gọi số tiếp theo" in text_of(answer)
        tied = TicketDossier.objects.get()
        assert tied.ticket == ticket
        assert tied.dossier.code in text_of(clerk.get("/quay/goi-so/"))
        clerk.post("/quay/goi-so/tiep/")
        clerk.post(reception_url(hall.world), ticked(hall.world))
        assert TicketDossier.objects.count() == 1  # the next dossier is nobody's number

    def test_of_a_number_that_is_over_goes_on_without_it(self, clerk: Client, hall: Hall) -> None:
        ticket = hall.take(at=now())
        hall.open(now())
        clerk.post("/quay/goi-so/tiep/")
        clerk.post(f"/quay/goi-so/so/{ticket.pk}/tiep-nhan/")
        call_next(desk_id=hall.first.pk, by=hall.clerk, at=now(), ends_current=True)  # at another screen
        answer = clerk.post(reception_url(hall.world), ticked(hall.world), follow=True)
        assert "chưa gắn được với số thứ tự" in text_of(answer)
        assert not TicketDossier.objects.exists()

    def test_begins_with_the_person_of_the_appointment(self, clerk: Client, hall: Hall) -> None:
        from motcua.service.queueing.lines import bookable

        at = now()
        slot = next(iter(bookable(hall.civil, at).values()))[-1]
        appointment = book(
            field_id=hall.civil.pk, starts_at=slot.starts_at, name="Nguyễn Thị Ánh", phone="0912345678", by=None, at=at,
            offering_id=hall.world.offering.pk,
        )  # fmt: skip
        ticket = hall.take(at=at)
        Ticket.objects.filter(pk=ticket.pk).update(appointment=appointment)
        hall.open(at)
        clerk.post("/quay/goi-so/tiep/")
        answer = clerk.post(f"/quay/goi-so/so/{ticket.pk}/tiep-nhan/")
        assert answer.url == f"/quay/tiep-nhan/?q=0912345678&thu-tuc={hall.world.offering.pk}"


class TestTransfer:
    def test_sends_on_and_refuses_by_the_field(self, clerk: Client, hall: Hall) -> None:
        ticket = hall.take(at=now())
        address = f"/quay/goi-so/so/{ticket.pk}/chuyen/"
        assert "Đất đai" in text_of(clerk.get(address))
        answer = clerk.post(address, {"field": "", "reason": "Việc đất đai"})
        assert answer.status_code == 422
        assert "Hãy chọn lĩnh vực" in text_of(answer)
        assert "Việc đất đai" in answer.content.decode()
        answer = clerk.post(address, {"field": str(hall.land.pk), "desk": str(hall.second.pk)})
        assert "Quầy này chưa mở" in text_of(answer)
        assert "Đã chuyển số A001" in text_of(clerk.post(address, {"field": str(hall.land.pk)}, follow=True))


class TestFigures:
    def test_lead_to_the_tickets_behind(self, clerk: Client, hall: Hall) -> None:
        hall.take(at=now())
        done = hall.take(at=now(), priority="MERIT")
        hall.open(now())
        call_next(desk_id=hall.first.pk, by=hall.clerk, at=now())
        start(ticket_id=done.pk, by=hall.clerk, at=now())
        act(clerk, done, "xong")
        for kind, code in (("cho", "A001"), ("xong", "A002"), ("da-goi", "A002")):
            page = text_of(clerk.get(f"/quay/goi-so/danh-sach/?loai={kind}"))
            assert code in page
            assert "1 số" in page
        assert "Không có số nào" in text_of(clerk.get("/quay/goi-so/danh-sach/?loai=vang"))
        assert clerk.get("/quay/goi-so/danh-sach/?loai=la").status_code == 404


class TestForPeople:
    def test_a_clerk_takes_a_number(self, clerk: Client, hall: Hall) -> None:
        answer = clerk.post(
            "/quay/goi-so/lay-so/", {"field": str(hall.civil.pk), "priority": "DISABLED"}, follow=True
        )
        assert "A001" in text_of(answer)
        assert Ticket.objects.get().source == "COUNTER"
        answer = clerk.post("/quay/goi-so/lay-so/", {"field": ""}, follow=True)
        assert "Hãy chọn lĩnh vực" in text_of(answer)

    def test_an_unknown_appointment_is_refused_by_the_field(self, clerk: Client, hall: Hall) -> None:
        answer = clerk.post("/quay/goi-so/lich-hen/", {"code": "12345678", "tail": "0000"})
        assert answer.status_code == 422
        assert "Không tìm thấy lịch hẹn" in text_of(answer)
        assert "Hôm nay không có lịch hẹn" in text_of(answer)
