"""Lấy số, bỏ số: how a person comes into the line and goes out of it without being served."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.foundation.numbering.giving import next_number
from motcua.service.queueing.events import TicketLeft, TicketTaken
from motcua.service.queueing.models import Appointment, PriorityKind, QueueField, QueueMachine, Ticket, day_of
from motcua.service.queueing.operations.hands import require
from motcua.service.queueing.states import LEAVE

APPOINTED = "APPOINTMENT"  # the priority kind of who comes by appointment


class NoSuchLine(DomainError):
    """Không có lĩnh vực này để lấy số hôm nay."""


@transaction.atomic
def take_ticket(
    *,
    field_id: UUID,
    by: User | None,
    at: datetime,
    machine: QueueMachine | None = None,
    source: str = Ticket.Source.KIOSK,
    priority: str = "",
    ticket_id: UUID | None = None,
) -> Ticket:
    """Lấy số thứ tự: the next number of the line for today, without gap, begun again each day.

    `ticket_id` is chosen when the page is shown, so that a button pressed twice gives one number.
    Raises Forbidden, NoSuchLine, DomainError for an unknown kind of priority.
    """
    day = local_date(at)
    field = line_of(field_id, day)
    require(field.unit, QueueMachine.Right.TAKE, by=by, machine=machine, at=at)
    if ticket_id and (taken := Ticket.objects.filter(pk=ticket_id, unit=field.unit_id).first()):
        return taken
    kind = None
    if priority:
        kind = PriorityKind.objects.valid_on(day).filter(code=priority, is_by_appointment=False).first()
        if kind is None:
            raise DomainError("Hãy chọn một trong các diện ưu tiên đã cho.", field="priority")
    try:
        return give(field, kind=kind, by=by, machine=machine, at=at, source=source, ticket_id=ticket_id)
    except IntegrityError:  # the same button, pressed in the same instant
        if ticket_id and (taken := Ticket.objects.filter(pk=ticket_id, unit=field.unit_id).first()):
            return taken
        raise


@transaction.atomic
def give(
    field: QueueField,
    *,
    kind: PriorityKind | None,
    by: User | None,
    at: datetime,
    source: str,
    machine: QueueMachine | None = None,
    ticket_id: UUID | None = None,
    appointment: Appointment | None = None,
    appointment_at: datetime | None = None,
) -> Ticket:
    """Cấp số: the number itself, for whoever may have it; a refusal of the database gives it back."""
    day = local_date(at)
    number = next_number(f"queue:{field.pk}:{day_of(day)}")
    ticket = Ticket.objects.create(
        id=ticket_id or new_id(),
        unit_id=field.unit_id,
        day=day,
        line=field,
        field=field,
        number=number,
        code=f"{field.prefix}{number:03d}",
        source=source,
        priority=kind,
        appointment=appointment,
        appointment_at=appointment_at,
        queued_at=at,
    )
    events.record(
        TicketTaken(
            subject_id=ticket.pk,
            actor_id=by.pk if by else None,
            at=at,
            machine=machine.pk if machine else None,
            code=ticket.code,
            field=field.pk,
            unit=field.unit_id,
            source=source,
            priority=kind.code if kind else "",
            appointment=appointment.pk if appointment else None,
        )
    )
    return ticket


@transaction.atomic
def leave(*, ticket_id: UUID, by: User | None, at: datetime) -> Ticket:
    """Không chờ nữa: said by the person who holds the number, or by a clerk. Raises NoSuchTicket, IllegalTicketMove."""
    ticket = Ticket.objects.lock(ticket_id)
    ticket.state = LEAVE.apply(ticket.code, ticket.state)
    ticket.ended_at = at
    ticket.save(update_fields=["state", "ended_at"])
    events.record(TicketLeft(subject_id=ticket.pk, actor_id=by.pk if by else None, at=at))
    return ticket


def line_of(field_id: UUID, day: date) -> QueueField:
    """The line with its unit. Raises NoSuchLine."""
    field = (
        QueueField.objects.valid_on(day).select_related("unit__agency").filter(pk=field_id).first()
    )  # fmt: skip
    if field is None:
        raise NoSuchLine("Lĩnh vực này hôm nay không lấy số. Hãy chọn một lĩnh vực khác.", field="field")
    found: QueueField = field
    return found
