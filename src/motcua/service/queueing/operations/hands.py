"""Ai làm: an act at the queue is done by a person who serves there, or by a machine of that unit, within its rights."""

from __future__ import annotations

from datetime import datetime

from motcua.core.errors import DomainError, Forbidden
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import OneStopUnit
from motcua.service.queueing.models import Desk, QueueMachine, Sitting


class NotAtDesk(DomainError):
    """Chưa ngồi quầy: nobody sits there, or somebody else does."""


def require(
    unit: OneStopUnit, right: str, *, by: User | None, machine: QueueMachine | None, at: datetime
) -> None:
    """Raises Forbidden unless the person serves at this unit, or the machine is of this unit and has the right."""
    if machine is not None:
        if machine.unit_id != unit.pk or not machine.may(right):
            raise Forbidden("Máy này không được làm việc đó ở đây. Hãy liên hệ quản trị hàng chờ của đơn vị.")
        return
    access_of(by, at).require(Permission.RECEIVE, unit.agency_id)


def desk_in_service(
    desk_id: object, *, by: User | None, machine: QueueMachine | None, at: datetime
) -> tuple[Desk, Sitting]:
    """Lock the desk, with who sits at it. Raises Forbidden, NotAtDesk."""
    desk = Desk.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=desk_id).first()
    if desk is None:
        raise NotAtDesk("Không có quầy này.")
    require(desk.unit, QueueMachine.Right.CALL, by=by, machine=machine, at=at)
    sitting = desk.sittings.select_related("clerk").filter(closed_at=None).first()
    if sitting is None:
        raise NotAtDesk(f"Quầy {desk.number} chưa có người trực. Hãy mở quầy trước khi gọi số.")
    if machine is None and (by is None or sitting.clerk_id != by.pk):
        raise NotAtDesk(f"Quầy {desk.number} đang do {sitting.clerk.full_name} trực.")
    return desk, sitting
