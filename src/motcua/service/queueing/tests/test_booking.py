"""Appointments: booked, cancelled, kept; and never one more than there is room for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.ids import new_id
from motcua.core.time import VIETNAM, local_date
from motcua.foundation.ledger.models import Line
from motcua.service.queueing.lines import free_slots
from motcua.service.queueing.models import Appointment, Slot
from motcua.service.queueing.operations.arranging import set_slots
from motcua.service.queueing.operations.booking import (
    NoSuchAppointment,
    SlotFull,
    book,
    cancel,
    check_in,
    found,
)
from motcua.service.queueing.operations.closing import forget_people
from motcua.service.queueing.tasks import close_past_days
from motcua.service.queueing.tests.world import MORNING, Hall

TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=VIETNAM)


def booked(
    hall: Hall, phone: str = "0912345678", starts_at: datetime = TUESDAY, **changes: Any
) -> Appointment:
    given = {"field_id": hall.civil.pk, "name": "Lê Thị Hoa", "by": None, "at": MORNING, **changes}
    return book(starts_at=starts_at, phone=phone, **given)


def keep(hall: Hall, appointment: Appointment, at: datetime, **changes: Any) -> Any:
    given = {
        "code": appointment.code,
        "phone_tail": "5678",
        "by": hall.clerk,
        "at": at,
        "unit_id": hall.unit.pk,
    }
    return check_in(**{**given, **changes})


class TestBook:
    def test_takes_a_place(self, hall: Hall) -> None:
        appointment = booked(hall, offering_id=hall.world.offering.pk)
        assert (len(appointment.code), appointment.state) == (8, "BOOKED")
        assert appointment.slot.ends_at - appointment.slot.starts_at == timedelta(minutes=30)
        free = {one.starts_at: one.free for one in free_slots(hall.civil, local_date(TUESDAY), MORNING)}
        assert free[TUESDAY] == 1
        told = Line.objects.get(subject_id=appointment.pk).payload
        assert "Hoa" not in str(told)
        assert "345678" not in str(told)

    def test_is_full_at_its_capacity(self, hall: Hall) -> None:
        booked(hall, "0912345671")
        booked(hall, "0912345672")
        with pytest.raises(SlotFull, match="hết chỗ"):
            booked(hall, "0912345673")
        assert Slot.objects.get().taken == 2

    def test_of_a_form_sent_twice_is_one(self, hall: Hall) -> None:
        key = new_id()
        assert booked(hall, appointment_id=key) == booked(hall, appointment_id=key)
        assert Slot.objects.get().taken == 1

    @pytest.mark.parametrize(
        "starts_at",
        [
            datetime(2026, 3, 3, 9, 10, tzinfo=VIETNAM),
            datetime(2026, 3, 2, 8, 30, tzinfo=VIETNAM),
            datetime(2026, 3, 8, 9, 0, tzinfo=VIETNAM),
            datetime(2026, 12, 3, 9, 0, tzinfo=VIETNAM),
        ],
        ids=["not a slot", "too soon", "a Sunday", "too far"],
    )
    def test_needs_a_slot_that_can_be_reached(self, hall: Hall, starts_at: datetime) -> None:
        with pytest.raises(SlotFull):
            booked(hall, starts_at=starts_at)

    def test_refuses_every_wrong_field_at_once(self, hall: Hall) -> None:
        with pytest.raises(InvalidInput) as refused:
            booked(hall, "12", name=" ")
        assert set(refused.value.errors) == {"name", "phone"}

    def test_leaves_places_to_others(self, hall: Hall) -> None:
        for hour in range(3):
            booked(hall, starts_at=TUESDAY + timedelta(minutes=30 * hour))
        with pytest.raises(DomainError, match="3 lịch hẹn"):
            booked(hall, starts_at=TUESDAY + timedelta(days=1))

    def test_follows_a_capacity_that_grows_and_keeps_what_is_booked_when_it_shrinks(self, hall: Hall) -> None:
        booked(hall, "0912345671"), booked(hall, "0912345672")
        plan = {
            "field": hall.civil, "minutes": 30, "days_ahead": 14, "notice_minutes": 60, "by": None, "at": MORNING,
            "valid_from": local_date(TUESDAY),
        }  # fmt: skip
        set_slots(capacity=3, **plan)
        booked(hall, "0912345673")
        set_slots(capacity=1, **plan)
        with pytest.raises(SlotFull):
            booked(hall, "0912345674")
        assert Slot.objects.get().taken == 3
        set_slots(capacity=0, **plan)
        assert free_slots(hall.civil, local_date(TUESDAY), MORNING) == []

    def test_is_for_a_procedure_of_the_place(self, hall: Hall) -> None:
        with pytest.raises(DomainError, match="không tiếp nhận tại đây"):
            booked(hall, offering_id=999_999)


class TestCancel:
    def test_frees_the_place(self, hall: Hall) -> None:
        appointment = booked(hall)
        cancel(appointment_id=appointment.pk, by=None, at=MORNING)
        assert Slot.objects.get().taken == 0
        booked(hall)
        with pytest.raises(DomainError, match="không hủy được"):
            cancel(appointment_id=appointment.pk, by=None, at=MORNING)

    def test_makes_the_code_worthless(self, hall: Hall) -> None:
        appointment = booked(hall)
        cancel(appointment_id=appointment.pk, by=None, at=MORNING)
        with pytest.raises(NoSuchAppointment):
            keep(hall, appointment, TUESDAY)


class TestForget:
    def test_empties_names_and_phones_of_long_ago(self, hall: Hall) -> None:
        booked(hall, "0912345671"), booked(hall, "0912345672")
        close_past_days(TUESDAY + timedelta(days=50))
        assert Appointment.objects.filter(name="Lê Thị Hoa").count() == 2
        close_past_days(TUESDAY + timedelta(days=61))
        assert set(Appointment.objects.values_list("name", "phone")) == {("", "")}
        assert forget_people(TUESDAY + timedelta(days=62)) == 0


class TestCheckIn:
    def test_becomes_a_number_that_is_called_at_its_time(self, hall: Hall) -> None:
        appointment = booked(hall)
        hall.take(at=TUESDAY - timedelta(minutes=30))
        ticket = keep(hall, appointment, TUESDAY - timedelta(minutes=9))
        assert (ticket.code, ticket.appointment_at, ticket.priority_id) == ("A002", TUESDAY, "APPOINTMENT")
        hall.open(TUESDAY)
        assert hall.call(TUESDAY - timedelta(minutes=8)) == ticket
        appointment.refresh_from_db()
        assert appointment.state == "CHECKED_IN"

    def test_asked_twice_gives_the_same_number(self, hall: Hall) -> None:
        appointment = booked(hall)
        assert keep(hall, appointment, TUESDAY) == keep(hall, appointment, TUESDAY)

    def test_of_who_comes_too_late_waits_like_everybody(self, hall: Hall) -> None:
        appointment = booked(hall)
        first = hall.take(at=TUESDAY + timedelta(minutes=10))
        ticket = keep(hall, appointment, TUESDAY + timedelta(minutes=16))
        assert (ticket.appointment_at, ticket.priority_id) == (None, None)
        hall.open(TUESDAY)
        assert hall.call(TUESDAY + timedelta(minutes=17)) == first

    def test_on_another_day_says_the_day(self, hall: Hall) -> None:
        with pytest.raises(DomainError, match="03/03/2026"):
            keep(hall, booked(hall), MORNING)

    @pytest.mark.parametrize(
        "changes", [{"code": "00000000"}, {"phone_tail": "0000"}, {"code": ""}, {"unit_id": 0}]
    )
    def test_tells_nothing_to_who_guesses(self, hall: Hall, changes: dict[str, Any]) -> None:
        appointment = booked(hall)
        with pytest.raises(NoSuchAppointment):
            keep(hall, appointment, TUESDAY, **changes)

    def test_is_done_in_the_hall(self, hall: Hall) -> None:
        with pytest.raises(Forbidden):
            keep(hall, booked(hall), TUESDAY, by=None)

    def test_is_found_by_code_and_phone(self, hall: Hall) -> None:
        appointment = booked(hall)
        written = f"{appointment.code[:4]} {appointment.code[4:]}"
        assert found(code=written, phone_tail="5678") == appointment
