"""A day at the desks: numbers taken, called, served, missed, sent on; and who may do it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from motcua.core.errors import DomainError, Forbidden
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.service.queueing.lines import expected, figures_of, line_at, standing_of
from motcua.service.queueing.models import Sitting, Ticket, TicketDossier
from motcua.service.queueing.operations.arranging import (
    end_desk,
    end_field,
    set_desk,
    set_field,
    set_rule,
    set_slots,
)
from motcua.service.queueing.operations.closing import close_days
from motcua.service.queueing.operations.hands import NotAtDesk
from motcua.service.queueing.operations.serving import (
    StillServing,
    call_again,
    call_ticket,
    close_desk,
    finish,
    miss,
    open_desk,
    recall,
    start,
    tie_dossier,
    transfer_ticket,
)
from motcua.service.queueing.operations.ticketing import NoSuchLine, leave, take_ticket
from motcua.service.queueing.querysets import NoSuchTicket
from motcua.service.queueing.states import IllegalTicketMove
from motcua.service.queueing.tests.world import MORNING, Hall, minutes


def names(subject: object) -> list[str]:
    return list(Line.objects.filter(subject_id=subject).order_by("number").values_list("name", flat=True))


class TestTake:
    def test_numbers_each_line_from_one_each_day(self, hall: Hall) -> None:
        codes = [hall.take().code, hall.take().code, hall.take(field=hall.land).code]
        assert codes == ["A001", "A002", "B001"]
        assert hall.take(at=MORNING + timedelta(days=1)).code == "A001"

    def test_gives_its_number_back_when_it_fails(self, hall: Hall) -> None:
        hall.take()
        with pytest.raises(DomainError, match="diện ưu tiên"):
            hall.take(priority="KING")
        assert hall.take().code == "A002"

    def test_of_a_button_pressed_twice_is_one(self, hall: Hall) -> None:
        key = new_id()
        assert hall.take(ticket_id=key) == hall.take(ticket_id=key)
        assert Ticket.objects.count() == 1

    def test_is_for_who_serves_there(self, hall: Hall) -> None:
        with pytest.raises(Forbidden):
            hall.take(by=hall.world.stranger)
        with pytest.raises(Forbidden):
            hall.take(by=None)

    def test_needs_a_line_of_today(self, hall: Hall) -> None:
        end_field(field_id=hall.land.pk, by=hall.world.admin, at=MORNING)
        with pytest.raises(NoSuchLine):
            hall.take(field=hall.land, at=MORNING + timedelta(days=1))

    def test_is_kept_in_the_ledger_without_a_name(self, hall: Hall) -> None:
        ticket = hall.take(priority="ELDERLY")
        line = Line.objects.get(subject_id=ticket.pk)
        assert (line.name, line.payload["code"], line.payload["priority"]) == (
            "TicketTaken",
            "A001",
            "ELDERLY",
        )


class TestCall:
    def test_carries_a_number_to_its_end(self, hall: Hall) -> None:
        ticket = hall.take()
        hall.open()
        called = hall.call(minutes(4))
        assert called == ticket
        assert called.waited(minutes(9)) == timedelta(minutes=4)
        call_again(ticket_id=ticket.pk, by=hall.clerk, at=minutes(5))
        start(ticket_id=ticket.pk, by=hall.clerk, at=minutes(6))
        finish(ticket_id=ticket.pk, by=hall.clerk, at=minutes(12))
        ticket.refresh_from_db()
        assert (ticket.state, ticket.calls, ticket.desk, ticket.clerk) == ("DONE", 2, hall.first, hall.clerk)
        assert names(ticket.pk) == [
            "TicketTaken", "TicketCalled", "TicketCalled", "TicketStarted", "TicketFinished",
        ]  # fmt: skip
        assert verify().is_intact

    def test_of_an_empty_line_is_nobody(self, hall: Hall) -> None:
        hall.open()
        assert hall.call() is None

    def test_takes_only_the_lines_of_the_desk(self, hall: Hall) -> None:
        land = hall.take(field=hall.land)
        civil = hall.take(at=minutes(1))
        open_desk(desk_id=hall.second.pk, by=hall.other_clerk, at=MORNING)
        hall.open()
        assert hall.call(minutes(2), desk_id=hall.second.pk, by=hall.other_clerk) == civil
        assert hall.call(minutes(2)) == land

    def test_lets_priority_in_between(self, hall: Hall) -> None:
        set_rule(
            unit=hall.unit, normal_per_priority=2, longest_wait_minutes=60, early_minutes=10, late_minutes=15,
            by=None, at=MORNING, valid_from=local_date(MORNING),
        )  # fmt: skip
        for place in range(4):
            hall.take(at=minutes(place))
        for place in (4, 5):
            hall.take(at=minutes(place), priority="PREGNANT")
        hall.open()
        told = [ticket.code for ticket in line_at([hall.civil.pk], hall.unit.pk, minutes(9))]
        called = [hall.serve(minutes(10 + place), 0.5).code for place in range(6)]
        assert called == told == ["A005", "A001", "A002", "A006", "A003", "A004"]

    def test_is_refused_while_somebody_is_at_the_desk(self, hall: Hall) -> None:
        hall.take(), hall.take()
        hall.open()
        hall.call()
        with pytest.raises(StillServing, match="A001"):
            hall.call()

    def test_ends_the_one_before_when_asked_to(self, hall: Hall) -> None:
        first, second, third = hall.take(), hall.take(), hall.take()
        hall.open()
        hall.call(minutes(1))
        assert hall.call(minutes(2), ends_current=True) == second  # the first never came
        start(ticket_id=second.pk, by=hall.clerk, at=minutes(3))
        assert hall.call(minutes(4), ends_current=True) == third
        assert hall.call(minutes(5), ends_current=True) is None
        states = dict(Ticket.objects.values_list("code", "state"))
        assert states == {"A001": "MISSED", "A002": "DONE", "A003": "MISSED"}
        assert first.code == "A001"

    def test_needs_an_open_desk_of_ones_own(self, hall: Hall) -> None:
        hall.take()
        with pytest.raises(NotAtDesk, match="chưa có người trực"):
            hall.call()
        hall.open()
        with pytest.raises(NotAtDesk, match="Trần Thị Cúc"):
            hall.call(by=hall.other_clerk)
        with pytest.raises(Forbidden):
            hall.call(by=hall.world.stranger)

    def test_of_one_number_by_name_is_possible(self, hall: Hall) -> None:
        hall.take()
        wanted = hall.take()
        hall.open()
        assert (
            call_ticket(ticket_id=wanted.pk, desk_id=hall.first.pk, by=hall.clerk, at=MORNING).state
            == "CALLED"
        )

    def test_never_reaches_into_another_day(self, hall: Hall) -> None:
        yesterday = hall.take()
        hall.open(MORNING + timedelta(days=1))
        with pytest.raises(NoSuchTicket):
            call_ticket(
                ticket_id=yesterday.pk, desk_id=hall.first.pk, by=hall.clerk, at=MORNING + timedelta(days=1)
            )
        assert hall.call(MORNING + timedelta(days=1)) is None

    def test_has_no_move_outside_the_table(self, hall: Hall) -> None:
        ticket = hall.take()
        hall.open()
        hall.call()
        with pytest.raises(IllegalTicketMove, match="kết thúc số A001"):
            finish(ticket_id=ticket.pk, by=hall.clerk, at=MORNING)
        start(ticket_id=ticket.pk, by=hall.clerk, at=MORNING)
        with pytest.raises(IllegalTicketMove):
            miss(ticket_id=ticket.pk, by=hall.clerk, at=MORNING)
        with pytest.raises(IllegalTicketMove):
            leave(ticket_id=ticket.pk, by=None, at=MORNING)


class TestMiss:
    def test_may_be_called_again(self, hall: Hall) -> None:
        ticket = hall.take()
        hall.open()
        hall.call()
        miss(ticket_id=ticket.pk, by=hall.clerk, at=minutes(1))
        back = recall(ticket_id=ticket.pk, desk_id=hall.first.pk, by=hall.clerk, at=minutes(9))
        assert (back.state, back.calls, back.first_called_at) == ("CALLED", 2, MORNING)
        assert names(ticket.pk)[-2:] == ["TicketMissed", "TicketRecalled"]


class TestTransfer:
    def test_keeps_the_number_and_the_time_of_coming(self, hall: Hall) -> None:
        ticket = hall.take(at=minutes(0))
        hall.take(at=minutes(1), field=hall.land)
        hall.open()
        assert hall.call(minutes(2)) == ticket
        sent = transfer_ticket(
            ticket_id=ticket.pk, field_id=hall.land.pk, reason="Việc đất đai", by=hall.clerk, at=minutes(3)
        )
        assert (sent.state, sent.code, sent.queued_at, sent.desk) == ("TRANSFERRED", "A001", minutes(0), None)
        assert hall.call(minutes(4)) == ticket

    def test_to_a_desk_waits_for_that_desk_until_it_closes(self, hall: Hall) -> None:
        ticket = hall.take()
        hall.open()
        open_desk(desk_id=hall.second.pk, by=hall.other_clerk, at=MORNING)
        transfer_ticket(
            ticket_id=ticket.pk, field_id=hall.civil.pk, desk_id=hall.second.pk, by=hall.clerk, at=MORNING
        )
        assert hall.call(minutes(1)) is None
        close_desk(desk_id=hall.second.pk, by=hall.other_clerk, at=minutes(2))
        assert hall.call(minutes(3)) == ticket

    def test_to_a_desk_that_does_not_serve_the_line_is_refused(self, hall: Hall) -> None:
        ticket = hall.take()
        open_desk(desk_id=hall.second.pk, by=hall.other_clerk, at=MORNING)
        with pytest.raises(DomainError, match="không phục vụ"):
            transfer_ticket(
                ticket_id=ticket.pk, field_id=hall.land.pk, desk_id=hall.second.pk, by=hall.clerk, at=MORNING
            )


class TestDesk:
    def test_has_one_person_and_a_person_one_desk(self, hall: Hall) -> None:
        hall.open()
        assert open_desk(desk_id=hall.first.pk, by=hall.clerk, at=minutes(1)).opened_at == MORNING
        with pytest.raises(NotAtDesk, match="Trần Thị Cúc"):
            open_desk(desk_id=hall.first.pk, by=hall.other_clerk, at=MORNING)
        with pytest.raises(NotAtDesk, match="Quầy 1"):
            open_desk(desk_id=hall.second.pk, by=hall.clerk, at=MORNING)

    def test_is_not_left_while_somebody_is_there(self, hall: Hall) -> None:
        hall.take()
        hall.open()
        hall.call()
        with pytest.raises(StillServing):
            close_desk(desk_id=hall.first.pk, by=hall.clerk, at=MORNING)

    def test_is_opened_by_who_serves_there(self, hall: Hall) -> None:
        with pytest.raises(Forbidden):
            open_desk(desk_id=hall.first.pk, by=hall.world.stranger, at=MORNING)


class TestTie:
    def test_joins_what_is_received_to_the_number(self, hall: Hall) -> None:
        ticket = hall.take()
        hall.open()
        hall.call()
        start(ticket_id=ticket.pk, by=hall.clerk, at=minutes(1))
        dossier = hall.world.receive(at=minutes(5))
        for _ in range(2):
            tie_dossier(ticket_id=ticket.pk, dossier_id=dossier.pk, by=hall.clerk, at=minutes(5))
        assert TicketDossier.objects.get().ticket == ticket
        assert names(ticket.pk).count("TicketTied") == 1

    def test_is_for_the_one_who_serves_and_received(self, hall: Hall) -> None:
        ticket = hall.take()
        hall.open()
        hall.call()
        dossier = hall.world.receive(at=minutes(5))
        with pytest.raises(NotAtDesk, match="không đang được phục vụ"):
            tie_dossier(ticket_id=ticket.pk, dossier_id=dossier.pk, by=hall.clerk, at=minutes(5))
        start(ticket_id=ticket.pk, by=hall.clerk, at=minutes(6))
        with pytest.raises(NotAtDesk):
            tie_dossier(ticket_id=ticket.pk, dossier_id=dossier.pk, by=hall.other_clerk, at=minutes(7))
        with pytest.raises(DomainError, match="không do bạn tiếp nhận"):
            tie_dossier(ticket_id=ticket.pk, dossier_id=new_id(), by=hall.clerk, at=minutes(7))


class TestStanding:
    def test_tells_who_is_before_and_is_silent_without_facts(self, hall: Hall) -> None:
        hall.take()
        ticket = hall.take(at=minutes(1))
        told = standing_of(ticket, minutes(2))
        assert (told.ahead, told.desks, told.forecast) == (1, 0, None)
        assert "Chưa có quầy" in told.silence
        hall.open()
        assert "Chưa đủ dữ liệu" in standing_of(ticket, minutes(2)).silence

    def test_forecasts_from_real_services(self, hall: Hall) -> None:
        before = MORNING - timedelta(days=3)
        hall.open(before)
        for place in range(25):
            hall.take(at=before + timedelta(minutes=6 * place))
            hall.serve(before + timedelta(minutes=6 * place), 5)
        hall.take()
        ticket = hall.take(at=minutes(1))
        told = standing_of(ticket, minutes(1)).forecast
        assert told
        assert told.median == timedelta(minutes=5)
        assert told.measured == 25
        new = expected([hall.civil], minutes(2))[0].forecast
        assert new
        assert new.median == timedelta(minutes=10)

    def test_figures_are_those_of_the_tickets(self, hall: Hall) -> None:
        hall.take(at=minutes(0)), hall.take(at=minutes(1)), hall.take(at=minutes(2))
        hall.open()
        hall.serve(minutes(10))
        told = figures_of(hall.unit.pk, minutes(30))
        assert (told.waiting, told.done, told.mean_wait, told.longest_wait) == (2, 1, 10, 29)
        assert figures_of(hall.unit.pk, MORNING + timedelta(days=1)).mean_wait is None


class TestVisible:
    def test_to_who_serves_or_manages_there(self, hall: Hall) -> None:
        hall.take()
        seen = {
            user.username: Ticket.objects.visible_to(user, MORNING).count()
            for user in (hall.clerk, hall.other_clerk, hall.world.admin, hall.world.stranger)
        }
        assert seen == {"motcua": 1, "tiepnhan": 1, "quantri": 1, "soxaydung": 0}


class TestArrange:
    def test_is_for_who_manages_the_queue(self, hall: Hall) -> None:
        given = {"unit": hall.unit, "at": MORNING, "valid_from": local_date(MORNING)}
        with pytest.raises(Forbidden):
            set_field(name="Khác", prefix="C", subjects=[], by=hall.clerk, **given)
        with pytest.raises(Forbidden):
            set_desk(number=3, fields=[hall.civil], by=hall.clerk, **given)
        with pytest.raises(Forbidden):
            set_rule(
                normal_per_priority=1,
                longest_wait_minutes=60,
                early_minutes=1,
                late_minutes=1,
                by=hall.clerk,
                **given,
            )
        with pytest.raises(Forbidden):
            set_slots(
                field=hall.civil, minutes=30, capacity=1, days_ahead=1, notice_minutes=0, by=hall.clerk, at=MORNING,
                valid_from=local_date(MORNING),
            )  # fmt: skip

    @pytest.mark.parametrize(
        ("prefix", "said"), [("A", "đang dùng"), ("Đ", "không dấu"), ("ABC", "không dấu")]
    )
    def test_a_line_has_a_letter_of_its_own(self, hall: Hall, prefix: str, said: str) -> None:
        with pytest.raises(DomainError, match=said):
            set_field(
                unit=hall.unit, name="Khác", prefix=prefix, subjects=[], by=hall.world.admin, at=MORNING,
                valid_from=local_date(MORNING),
            )  # fmt: skip

    def test_nothing_is_taken_away_under_people(self, hall: Hall) -> None:
        hall.take()
        hall.open()
        with pytest.raises(DomainError, match="đang chờ"):
            end_field(field_id=hall.civil.pk, by=hall.world.admin, at=MORNING)
        with pytest.raises(DomainError, match="đang có người trực"):
            end_desk(desk_id=hall.first.pk, by=hall.world.admin, at=MORNING)


class TestCloseDays:
    def test_begin_the_next_day_with_an_empty_line(self, hall: Hall) -> None:
        hall.take(), hall.take(), hall.take()
        hall.open()
        served = hall.serve(minutes(1))
        hall.call(minutes(9))
        tomorrow = MORNING + timedelta(days=1)
        assert close_days(before=local_date(MORNING), at=tomorrow) == 0
        assert close_days(before=local_date(tomorrow), at=tomorrow) == 2
        assert sorted(Ticket.objects.values_list("state", flat=True)) == ["DONE", "LEFT", "LEFT"]
        assert not Sitting.objects.filter(closed_at=None).exists()
        assert Ticket.objects.get(pk=served.pk).ended_at == minutes(6)
        hall.open(tomorrow)
        assert verify().is_intact


def test_a_person_may_stop_waiting(hall: Hall) -> None:
    ticket = hall.take()
    assert leave(ticket_id=ticket.pk, by=None, at=minutes(3)).state == "LEFT"
    with pytest.raises(NoSuchTicket):
        leave(ticket_id=new_id(), by=None, at=minutes(3))
    with pytest.raises(NoSuchLine):
        take_ticket(field_id=new_id(), by=hall.clerk, at=MORNING)
