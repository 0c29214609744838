"""Many at the same second: real transactions in threads, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from motcua.core.ids import new_id
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.verifying import verify
from motcua.service.dossiers.tests.test_races import at_once, refusals
from motcua.service.queueing.models import Appointment, Sitting, Slot, Ticket
from motcua.service.queueing.operations.booking import SlotFull, book, check_in
from motcua.service.queueing.operations.serving import call_next, call_ticket, open_desk
from motcua.service.queueing.operations.ticketing import take_ticket
from motcua.service.queueing.tests.test_booking import TUESDAY
from motcua.service.queueing.tests.world import MORNING, Hall, build_hall, minutes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    return build_hall()


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


class TestAtTheSameSecond:
    def test_numbers_have_no_gap_and_no_twin(self, hall: Hall) -> None:
        def five() -> list[str]:
            return [
                take_ticket(field_id=hall.civil.pk, by=again(hall.clerk), at=MORNING).code for _ in range(5)
            ]

        codes = [code for given in at_once(five, five, five, five) for code in given]
        assert sorted(codes) == [f"A{number:03d}" for number in range(1, 21)]
        assert verify().is_intact

    def test_a_number_pressed_by_two_is_given_once(self, hall: Hall) -> None:
        key = new_id()
        given = at_once(
            *[
                lambda: take_ticket(field_id=hall.civil.pk, by=again(hall.clerk), at=MORNING, ticket_id=key)
                for _ in range(4)
            ]
        )
        assert {ticket.code for ticket in given} == {"A001"}
        assert Ticket.objects.count() == 1
        assert hall.take().code == "A002"

    def test_two_desks_never_call_one_person(self, hall: Hall) -> None:
        for _ in range(8):
            hall.take()
        hall.open()
        open_desk(desk_id=hall.second.pk, by=hall.other_clerk, at=MORNING)

        def calls(desk: Any, user: User) -> Callable[[], list[Any]]:
            def four() -> list[Any]:
                return [
                    call_next(desk_id=desk.pk, by=again(user), at=minutes(place), ends_current=True)
                    for place in range(1, 5)
                ]

            return four

        called = at_once(calls(hall.first, hall.clerk), calls(hall.second, hall.other_clerk))
        codes = [ticket.code for given in called for ticket in given]
        assert sorted(codes) == [f"A{number:03d}" for number in range(1, 9)]
        assert verify().is_intact

    def test_one_number_wanted_by_two_desks_goes_to_one(self, hall: Hall) -> None:
        ticket = hall.take()
        hall.open()
        open_desk(desk_id=hall.second.pk, by=hall.other_clerk, at=MORNING)
        given = at_once(
            lambda: call_ticket(ticket_id=ticket.pk, desk_id=hall.first.pk, by=again(hall.clerk), at=MORNING),
            lambda: call_ticket(
                ticket_id=ticket.pk, desk_id=hall.second.pk, by=again(hall.other_clerk), at=MORNING
            ),
        )
        assert refusals(given) == 1
        assert Ticket.objects.get().calls == 1

    def test_a_slot_never_holds_one_more(self, hall: Hall) -> None:
        given = at_once(
            *[
                lambda place=place: book(
                    field_id=hall.civil.pk, starts_at=TUESDAY, name="Người hẹn", phone=f"09123456{place:02d}", by=None,
                    at=MORNING,
                )
                for place in range(8)
            ]
        )  # fmt: skip
        assert sum(isinstance(one, SlotFull) for one in given) == 6
        assert Appointment.objects.count() == 2
        assert Slot.objects.get().taken == 2

    def test_an_appointment_shown_at_two_kiosks_gives_one_number(self, hall: Hall) -> None:
        appointment = book(
            field_id=hall.civil.pk,
            starts_at=TUESDAY,
            name="Người hẹn",
            phone="0912345678",
            by=None,
            at=MORNING,
        )

        def arrive() -> Ticket:
            return check_in(
                unit_id=hall.unit.pk,
                code=appointment.code,
                phone_tail="5678",
                by=again(hall.clerk),
                at=TUESDAY,
            )

        assert len({ticket.pk for ticket in at_once(arrive, arrive, arrive)}) == 1
        assert Ticket.objects.count() == 1

    def test_a_desk_is_taken_by_one(self, hall: Hall) -> None:
        given = at_once(
            lambda: open_desk(desk_id=hall.first.pk, by=again(hall.clerk), at=MORNING),
            lambda: open_desk(desk_id=hall.first.pk, by=again(hall.other_clerk), at=MORNING),
        )
        assert refusals(given) == 1
        assert Sitting.objects.filter(closed_at=None).count() == 1
