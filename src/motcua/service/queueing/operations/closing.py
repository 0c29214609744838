"""Hết ngày: what was left open is closed, so that the next day begins with an empty line."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.time import local_date
from motcua.service.queueing.events import DeskClosed, TicketLeft
from motcua.service.queueing.models import Appointment, Sitting, Ticket
from motcua.service.queueing.states import TicketState

NAMES_KEPT = timedelta(days=60)
OVER = sorted({TicketState.DONE, TicketState.LEFT})


def close_days(*, before: date, at: datetime) -> int:
    """Khép những ngày đã qua: who still waited has left, desks left open are closed. Returns how many numbers.

    A service that nobody ended is not called done: nobody knows when it ended. It counts as left.
    """
    closed = 0
    for ticket_id in (
        Ticket.objects.filter(day__lt=before).exclude(state__in=OVER).values_list("pk", flat=True)
    ):
        closed += _give_up(ticket_id, at)
    for sitting_id in Sitting.objects.filter(closed_at=None).values_list("pk", flat=True):
        _stand_up(sitting_id, before, at)
    return closed


def forget_people(at: datetime) -> int:
    """Quên họ tên, điện thoại của những lịch hẹn đã qua lâu. Returns how many."""
    past = Appointment.objects.filter(slot__ends_at__lt=at - NAMES_KEPT).exclude(name="", phone="")
    return past.update(name="", phone="")


@transaction.atomic
def _give_up(ticket_id: UUID, at: datetime) -> int:
    ticket = Ticket.objects.select_for_update().get(pk=ticket_id)
    if ticket.state in OVER:
        return 0
    ticket.state = TicketState.LEFT
    ticket.ended_at = at
    ticket.save(update_fields=["state", "ended_at"])
    events.record(TicketLeft(subject_id=ticket.pk, actor_id=None, at=at))
    return 1


@transaction.atomic
def _stand_up(sitting_id: UUID, before: date, at: datetime) -> None:
    sitting = Sitting.objects.select_for_update().get(pk=sitting_id)
    if sitting.closed_at is not None or local_date(sitting.opened_at) >= before:
        return
    sitting.closed_at = at
    sitting.save(update_fields=["closed_at"])
    events.record(DeskClosed(subject_id=sitting.desk_id, actor_id=None, at=at, sitting=sitting.pk))
