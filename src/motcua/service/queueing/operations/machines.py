"""Khóa của máy: made once, shown once, kept as a digest; what a machine did is answered once."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import OneStopUnit
from motcua.service.queueing.events import MachineMade, MachineRevoked
from motcua.service.queueing.models import MachineAct, QueueMachine

PER_MINUTE = 120
KEPT = timedelta(days=2)
COUNT = """
    UPDATE queueing_queuemachine SET
        calls = CASE WHEN minute = %(minute)s THEN calls + 1 ELSE 1 END,
        minute = %(minute)s
    WHERE id = %(id)s RETURNING calls
"""


class KeyUsedOtherwise(DomainError):
    """Khóa lặp lại đã dùng cho một yêu cầu khác."""


@transaction.atomic
def make_machine(
    *, unit: OneStopUnit, name: str, rights: Collection[str], by: User, at: datetime
) -> tuple[QueueMachine, str]:
    """Cấp khóa cho máy; the key itself is given here and never again. Raises Forbidden, InvalidInput."""
    access_of(by, at).require(Permission.MANAGE_QUEUE, unit.agency_id)
    errors = {}
    if not tidy(name):
        errors["name"] = "Hãy đặt tên cho máy, ví dụ Máy lấy số ở cửa chính."
    given = [right for right in QueueMachine.Right.values if right in rights]
    if not given:
        errors["rights"] = "Hãy chọn ít nhất một quyền của máy."
    if errors:
        raise InvalidInput(errors)
    key = secrets.token_urlsafe(32)
    machine = QueueMachine.objects.create(
        unit=unit, name=tidy(name)[:120], rights=given, key_digest=digest(key), made_at=at, made_by=by
    )
    events.record(
        MachineMade(
            subject_id=machine.pk, actor_id=by.pk, at=at, unit=unit.pk, name=machine.name, rights=given
        )
    )
    return machine, key


@transaction.atomic
def revoke_machine(*, machine_id: UUID, by: User, at: datetime) -> QueueMachine:
    """Thu hồi khóa: from this moment the machine may do nothing. Raises Forbidden."""
    machine = QueueMachine.objects.select_for_update(of=("self",)).select_related("unit").get(pk=machine_id)
    access_of(by, at).require(Permission.MANAGE_QUEUE, machine.unit.agency_id)
    if machine.revoked_at is None:
        machine.revoked_at = at
        machine.save(update_fields=["revoked_at"])
        events.record(MachineRevoked(subject_id=machine.pk, actor_id=by.pk, at=at))
    return machine


def machine_with(key: str) -> QueueMachine | None:
    """Máy mang khóa này, unless it was revoked."""
    found = QueueMachine.objects.select_related("unit__agency").filter(
        key_digest=digest(key), revoked_at=None
    )
    return found.first() if key else None


def digest(key: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"queue-machine:{key}".encode(), "sha256").hexdigest()


def is_within_limit(machine: QueueMachine, at: datetime) -> bool:
    """Count this call; False when the machine asks too often within the minute."""
    minute = at.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"minute": minute, "id": machine.pk})
        return int(cursor.fetchone()[0]) <= PER_MINUTE


@transaction.atomic
def once(
    *,
    machine: QueueMachine,
    key: str,
    asked: Any,
    act: Callable[[], tuple[int, dict[str, Any]]],
    at: datetime,
) -> tuple[int, dict[str, Any]]:
    """Làm một lần: the first call under a key acts, and every later one gets its answer.

    Calls of one machine come one after the other. A refusal is not kept: the act may be tried again.
    Raises KeyUsedOtherwise when the key came with another request.
    """
    QueueMachine.objects.select_for_update().get(pk=machine.pk)
    told = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    if known := MachineAct.objects.filter(machine=machine, key=key).first():
        if known.asked != told:
            raise KeyUsedOtherwise("Khóa lặp lại này đã dùng cho một yêu cầu khác.")
        return known.status, known.answer
    status, answer = act()
    MachineAct.objects.create(machine=machine, key=key, asked=told, status=status, answer=answer, at=at)
    return status, answer


def forget_acts(at: datetime) -> int:
    """Quên những lượt cũ: nobody repeats a call after two days."""
    return MachineAct.objects.filter(at__lt=at - KEPT).delete()[0]
