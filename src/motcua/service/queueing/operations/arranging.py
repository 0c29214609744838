"""Tổ chức hàng chờ: lines, desks, the rule of calling, the slots of appointments; as dated data of a unit."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import OneStopUnit
from motcua.service.queueing.events import (
    DeskEnded,
    DeskSetUp,
    QueueFieldEnded,
    QueueFieldSet,
    QueueRuleSet,
    SlotRuleSet,
)
from motcua.service.queueing.models import Desk, QueueField, QueueRule, SlotRule, Ticket

PREFIX = re.compile(r"[A-Z]{1,2}")


@transaction.atomic
def set_field(
    *,
    unit: OneStopUnit,
    name: str,
    prefix: str,
    subjects: Collection[str],
    by: User | None,
    at: datetime,
    valid_from: date,
    position: int = 0,
) -> QueueField:
    """Lập lĩnh vực lấy số. Raises Forbidden, InvalidInput."""
    _require(unit, by, at)
    name, prefix = tidy(name)[:120], prefix.strip().upper()
    errors = {}
    if not name:
        errors["name"] = "Hãy nhập tên lĩnh vực."
    if not PREFIX.fullmatch(prefix):
        errors["prefix"] = "Chữ đầu là một hoặc hai chữ cái không dấu, ví dụ A."
    if errors:
        raise InvalidInput(errors)
    try:
        with transaction.atomic():
            field = QueueField.objects.create(
                unit=unit, name=name, prefix=prefix, subjects=sorted(set(subjects)), position=position,
                valid_from=valid_from,
            )  # fmt: skip
    except IntegrityError as fault:
        raise DomainError(f"Chữ {prefix} đang dùng cho lĩnh vực khác của đơn vị.", field="prefix") from fault
    events.record(
        QueueFieldSet(
            subject_id=field.pk, actor_id=_actor(by), at=at, unit=unit.pk, name=name, prefix=prefix,
            subjects=field.subjects,
        )
    )  # fmt: skip
    return field


@transaction.atomic
def end_field(*, field_id: UUID, by: User, at: datetime) -> QueueField:
    """Thôi lĩnh vực lấy số từ ngày mai. Raises Forbidden, DomainError while people wait."""
    field: QueueField = (
        QueueField.objects.select_for_update(of=("self",)).select_related("unit").get(pk=field_id)
    )
    _require(field.unit, by, at)
    if Ticket.objects.in_line(local_date(at)).filter(field=field).exists():
        raise DomainError("Còn người đang chờ ở lĩnh vực này. Hãy chuyển họ sang lĩnh vực khác trước.")
    field.valid_to = max(field.valid_from, local_date(at))
    field.save(update_fields=["valid_to"])
    events.record(QueueFieldEnded(subject_id=field.pk, actor_id=by.pk, at=at, last_day=field.valid_to))
    return field


@transaction.atomic
def set_desk(
    *,
    unit: OneStopUnit,
    number: int,
    fields: Sequence[QueueField],
    by: User | None,
    at: datetime,
    valid_from: date,
    name: str = "",
) -> Desk:
    """Lập quầy, or say anew what a desk of that number serves. Raises Forbidden, DomainError."""
    _require(unit, by, at)
    if not 1 <= number <= 999:
        raise DomainError("Số quầy từ 1 đến 999.", field="number")
    if not fields or any(field.unit_id != unit.pk for field in fields):
        raise DomainError("Hãy chọn ít nhất một lĩnh vực của đơn vị mà quầy phục vụ.", field="fields")
    desk, _ = Desk.objects.get_or_create(
        unit=unit, number=number, valid_to=None, defaults={"valid_from": valid_from}
    )
    desk.name = tidy(name)[:120]
    desk.save(update_fields=["name"])
    desk.fields.set(fields)
    events.record(
        DeskSetUp(
            subject_id=desk.pk, actor_id=_actor(by), at=at, unit=unit.pk, number=number,
            fields=[field.pk for field in fields],
        )
    )  # fmt: skip
    return desk


@transaction.atomic
def end_desk(*, desk_id: UUID, by: User, at: datetime) -> Desk:
    """Bỏ quầy từ ngày mai. Raises Forbidden, DomainError while somebody sits there."""
    desk: Desk = Desk.objects.select_for_update(of=("self",)).select_related("unit").get(pk=desk_id)
    _require(desk.unit, by, at)
    if desk.sittings.filter(closed_at=None).exists():
        raise DomainError(f"{desk} đang có người trực. Hãy đóng quầy trước.")
    desk.valid_to = max(desk.valid_from, local_date(at))
    desk.save(update_fields=["valid_to"])
    events.record(DeskEnded(subject_id=desk.pk, actor_id=by.pk, at=at, last_day=desk.valid_to))
    return desk


@transaction.atomic
def set_rule(
    *,
    unit: OneStopUnit,
    normal_per_priority: int,
    longest_wait_minutes: int,
    early_minutes: int,
    late_minutes: int,
    by: User | None,
    at: datetime,
    valid_from: date,
) -> QueueRule:
    """Đặt luật gọi số from a day on. Raises Forbidden, InvalidInput."""
    _require(unit, by, at)
    bounds = {
        "normal_per_priority": (normal_per_priority, 0, 20),
        "longest_wait_minutes": (longest_wait_minutes, 5, 480),
        "early_minutes": (early_minutes, 0, 120),
        "late_minutes": (late_minutes, 0, 120),
    }
    given = _within(bounds)
    rule, _ = QueueRule.objects.update_or_create(unit=unit, valid_from=valid_from, defaults=given)
    events.record(
        QueueRuleSet(
            subject_id=rule.pk, actor_id=_actor(by), at=at, unit=unit.pk, valid_from=valid_from, **given
        )
    )
    return rule


@transaction.atomic
def set_slots(
    *,
    field: QueueField,
    minutes: int,
    capacity: int,
    days_ahead: int,
    notice_minutes: int,
    by: User | None,
    at: datetime,
    valid_from: date,
) -> SlotRule:
    """Đặt khung giờ hẹn of a line from a day on; capacity 0 closes booking. What is booked stays booked.

    Raises Forbidden, InvalidInput.
    """
    _require(field.unit, by, at)
    bounds = {
        "minutes": (minutes, 5, 240),
        "capacity": (capacity, 0, 100),
        "days_ahead": (days_ahead, 0, 60),
        "notice_minutes": (notice_minutes, 0, 2880),
    }
    given = _within(bounds)
    rule, _ = SlotRule.objects.update_or_create(field=field, valid_from=valid_from, defaults=given)
    events.record(
        SlotRuleSet(subject_id=field.pk, actor_id=_actor(by), at=at, valid_from=valid_from, **given)
    )
    return rule


def first_day_for_rules(at: datetime) -> date:
    """A rule that is set now holds from tomorrow; the day that runs keeps its own."""
    return local_date(at) + timedelta(days=1)


def _within(bounds: dict[str, tuple[int, int, int]]) -> dict[str, int]:
    wrong = {
        name: f"Viết một số từ {least} đến {most}."
        for name, (value, least, most) in bounds.items()
        if not least <= value <= most
    }
    if wrong:
        raise InvalidInput(wrong)
    return {name: value for name, (value, _, _) in bounds.items()}


def _require(unit: OneStopUnit, by: User | None, at: datetime) -> None:
    """None: the installation itself, as it is founded."""
    if by is not None:
        access_of(by, at).require(Permission.MANAGE_QUEUE, unit.agency_id)


def _actor(by: User | None) -> UUID | None:
    return by.pk if by else None
