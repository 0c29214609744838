"""Đặt lịch hẹn, hủy, đến đúng hẹn."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput, Stale
from motcua.core.ids import new_id
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity import checks
from motcua.foundation.identity.models import User
from motcua.service.procedures.models import Offering
from motcua.service.queueing.events import AppointmentBooked, AppointmentCancelled, AppointmentKept
from motcua.service.queueing.lines import free_slots, rule_of
from motcua.service.queueing.models import (
    Appointment,
    PriorityKind,
    QueueField,
    QueueMachine,
    Slot,
    Ticket,
)
from motcua.service.queueing.operations.hands import require
from motcua.service.queueing.operations.ticketing import APPOINTED, give, line_of
from motcua.service.queueing.slotting import FreeSlot
from motcua.service.queueing.states import AppointmentState

MOST_AT_ONCE = 3  # appointments ahead of one phone number
DIGITS = 8


class SlotFull(DomainError):
    """Khung giờ đã hết chỗ."""


class NoSuchAppointment(DomainError):
    """Không có lịch hẹn này; the answer is the same whether the code or the phone is wrong."""


@transaction.atomic
def book(
    *,
    field_id: UUID,
    starts_at: datetime,
    name: str,
    phone: str,
    by: User | None,
    at: datetime,
    offering_id: int | None = None,
    appointment_id: UUID | None = None,
) -> Appointment:
    """Đặt lịch hẹn: one place in one slot. The row of the slot is locked, and the database refuses one place too many.

    `appointment_id` is chosen when the form is shown, so that a form sent twice books once.
    Raises NoSuchLine, SlotFull, InvalidInput, DomainError.
    """
    if appointment_id and (known := Appointment.objects.filter(pk=appointment_id).first()):
        return known
    field = line_of(field_id, local_date(starts_at))
    name, phone = _person(name, phone)
    _refuse_too_many(phone, at)
    slot = _slot(field, starts_at, at)
    if slot.taken >= slot.capacity:
        raise SlotFull("Khung giờ này vừa hết chỗ. Hãy chọn khung giờ khác.", field="slot")
    try:
        with transaction.atomic():
            appointment = Appointment.objects.create(
                id=appointment_id or new_id(),
                slot=slot,
                offering=_offering(offering_id, field, starts_at),
                code=_code(),
                name=name,
                phone=phone,
                booked_at=at,
            )
    except IntegrityError as twice:
        if appointment_id and (known := Appointment.objects.filter(pk=appointment_id).first()):
            return known
        raise DomainError("Số điện thoại này đã đặt khung giờ ấy rồi.", field="phone") from twice
    Slot.objects.filter(pk=slot.pk).update(taken=F("taken") + 1)
    events.record(
        AppointmentBooked(
            subject_id=appointment.pk,
            actor_id=by.pk if by else None,
            at=at,
            field=field.pk,
            starts_at=slot.starts_at,
            offering=appointment.offering_id,
        )
    )
    return appointment


@transaction.atomic
def cancel(*, appointment_id: UUID, by: User | None, at: datetime) -> Appointment:
    """Hủy lịch hẹn: the place is free again. Raises NoSuchAppointment, DomainError when it is over."""
    appointment = _locked(appointment_id)
    if appointment.state != AppointmentState.BOOKED:
        raise DomainError(
            f"Lịch hẹn {appointment.code} {appointment.get_state_display().lower()}, không hủy được."
        )
    appointment.state = AppointmentState.CANCELLED
    appointment.cancelled_at = at
    appointment.save(update_fields=["state", "cancelled_at"])
    Slot.objects.filter(pk=appointment.slot_id).update(taken=F("taken") - 1)
    events.record(AppointmentCancelled(subject_id=appointment.pk, actor_id=by.pk if by else None, at=at))
    return appointment


@transaction.atomic
def check_in(
    *,
    unit_id: int,
    code: str,
    phone_tail: str,
    by: User | None,
    at: datetime,
    machine: QueueMachine | None = None,
    source: str = Ticket.Source.KIOSK,
) -> Ticket:
    """Đến đúng hẹn: the appointment becomes a number of today, called at its time. Who comes too late waits like
    everybody. Asked twice, it gives the same number.

    Raises Forbidden, NoSuchAppointment, DomainError when it is of another day.
    """
    appointment = _with_code(unit_id, code, phone_tail)
    field = line_of(appointment.slot.field_id, local_date(at))
    require(field.unit, QueueMachine.Right.TAKE, by=by, machine=machine, at=at)
    appointment = _locked(appointment.pk)
    if appointment.state == AppointmentState.CHECKED_IN:
        return Ticket.objects.get(appointment=appointment)
    starts_at = appointment.slot.starts_at
    if local_date(starts_at) != local_date(at):
        raise DomainError(f"Lịch hẹn này vào ngày {local_date(starts_at):%d/%m/%Y}.", field="code")
    is_in_time = at <= starts_at + rule_of(field.unit_id, local_date(at)).late
    kind = (
        PriorityKind.objects.valid_on(local_date(at)).filter(code=APPOINTED).first() if is_in_time else None
    )
    ticket = give(
        field, kind=kind, by=by, machine=machine, at=at, source=source,
        appointment=appointment, appointment_at=starts_at if is_in_time else None,
    )  # fmt: skip
    appointment.state = AppointmentState.CHECKED_IN
    appointment.checked_in_at = at
    appointment.save(update_fields=["state", "checked_in_at"])
    events.record(
        AppointmentKept(
            subject_id=appointment.pk,
            actor_id=by.pk if by else None,
            at=at,
            ticket=ticket.pk,
            is_in_time=is_in_time,
        )
    )
    return ticket


def found(*, code: str, phone_tail: str) -> Appointment:
    """Lịch hẹn có mã và 4 số cuối điện thoại này. Raises NoSuchAppointment."""
    return _with_code(None, code, phone_tail)


def _with_code(unit_id: int | None, code: str, phone_tail: str) -> Appointment:
    digits = "".join(character for character in code if character.isdigit())
    asked = Appointment.objects.select_related("slot__field").filter(code=digits)
    if unit_id is not None:
        asked = asked.of_unit(unit_id)
    appointment = asked.exclude(state=AppointmentState.CANCELLED).first() if digits else None
    tail = phone_tail.strip()
    if appointment is None or len(tail) != 4 or appointment.phone[-4:] != tail:
        raise NoSuchAppointment(
            "Không tìm thấy lịch hẹn với mã và 4 số cuối điện thoại này. Hãy xem lại mã đã nhận khi đặt.",
            field="code",
        )
    return appointment


def _person(name: str, phone: str) -> tuple[str, str]:
    errors: dict[str, str] = {}
    name = tidy(name)
    if not 2 <= len(name) <= 120:
        errors["name"] = "Hãy nhập họ và tên người đến."
    try:
        phone = checks.phone(phone)
    except DomainError as refusal:
        errors["phone"] = refusal.message
    if errors:
        raise InvalidInput(errors)
    return name, phone


def _refuse_too_many(phone: str, at: datetime) -> None:
    ahead = Appointment.objects.booked().filter(phone=phone, slot__starts_at__gte=at).count()
    if ahead >= MOST_AT_ONCE:
        raise DomainError(
            f"Số điện thoại này đang có {ahead} lịch hẹn chưa đến. Hãy hủy bớt trước khi đặt thêm.",
            field="phone",
        )


def _slot(field: QueueField, starts_at: datetime, at: datetime) -> Slot:
    """The row of the slot, locked; its capacity follows the plan in force, never below what is taken."""
    wanted: FreeSlot | None = next(
        (one for one in free_slots(field, local_date(starts_at), at) if one.starts_at == starts_at), None
    )
    if wanted is None:
        raise SlotFull("Khung giờ này không còn đặt được. Hãy chọn khung giờ khác.", field="slot")
    Slot.objects.bulk_create(
        [Slot(field=field, starts_at=wanted.starts_at, ends_at=wanted.ends_at, capacity=wanted.capacity)],
        ignore_conflicts=True,
    )
    slot = Slot.objects.select_for_update().get(field=field, starts_at=wanted.starts_at)
    capacity = max(slot.taken, wanted.capacity)
    if slot.capacity != capacity:
        slot.capacity = capacity
        slot.save(update_fields=["capacity"])
    return slot


def _offering(offering_id: int | None, field: QueueField, starts_at: datetime) -> Offering | None:
    if offering_id is None:
        return None
    offered = Offering.objects.received_at(field.unit.agency_id, local_date(starts_at))
    offering = offered.filter(pk=offering_id).first()
    if offering is None:
        raise DomainError("Thủ tục này không tiếp nhận tại đây. Hãy chọn lại.", field="offering")
    return offering


def _locked(appointment_id: UUID) -> Appointment:
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("slot__field")
        .filter(pk=appointment_id)
        .first()
    )
    if appointment is None:
        raise NoSuchAppointment("Không tìm thấy lịch hẹn này.")
    return appointment


def _code() -> str:
    """Mã hẹn: digits, which every hand can type; one that nobody else has."""
    for _ in range(20):
        code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        if not Appointment.objects.filter(code=code).exists():
            return code
    raise Stale("Chưa cấp được mã hẹn. Hãy thử lại.")
