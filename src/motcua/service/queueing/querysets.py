"""Questions about the queue, each a business phrase."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from motcua.core.errors import DomainError
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.querysets import DatedQuerySet, valid_on
from motcua.service.queueing.states import AT_DESK, IN_LINE, TicketState

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.service.queueing.models import Appointment, Ticket  # noqa: F401  named in a base class

SEERS = (Permission.RECEIVE, Permission.RETURN, Permission.MANAGE_QUEUE)


class NoSuchTicket(DomainError):
    """Không có số này, or it is not the reader's to see: the answer is the same."""


def agencies_seen(user: User, at: datetime) -> list[int]:
    """Where the user serves or manages the queue."""
    access = access_of(user, at)
    return sorted(frozenset().union(*(access.where(permission) for permission in SEERS)))


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Số thứ tự, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of a unit where the user serves or manages the queue."""
        return self.filter(unit__agency__in=agencies_seen(user, at))

    def of_unit(self, unit_id: int, day: date) -> Self:
        """Của đơn vị trong ngày."""
        return self.filter(unit=unit_id, day=day)

    def in_line(self, day: date) -> Self:
        """Đang chờ trong ngày."""
        return self.filter(day=day, state__in=sorted(IN_LINE))

    def at_desks(self, day: date) -> Self:
        """Đang ở quầy: called or being served."""
        return self.filter(day=day, state__in=sorted(AT_DESK))

    def missed(self, day: date) -> Self:
        """Gọi mà vắng mặt."""
        return self.filter(day=day, state=TicketState.MISSED)

    def for_fields(self, fields: list[UUID], desk_id: UUID | None = None) -> Self:
        """Chờ ở các lĩnh vực này; with a desk: also those sent to it, and not those sent to another."""
        if desk_id is None:
            return self.filter(field__in=fields)
        return self.filter(Q(field__in=fields, wanted_desk__isnull=True) | Q(wanted_desk=desk_id))

    def with_names(self) -> Self:
        """What a list shows of each."""
        return self.select_related("field", "desk", "clerk", "priority", "appointment")

    def lock(self, ticket_id: UUID) -> Ticket:
        """Take the ticket for the act that follows; others wait. Raises NoSuchTicket."""
        found = self.select_for_update(of=("self",)).select_related("unit").filter(pk=ticket_id).first()
        if found is None:
            raise NoSuchTicket("Không tìm thấy số thứ tự này. Hãy xem lại số trên phiếu.")
        return found


class DeskQuerySet(DatedQuerySet):
    """Quầy, hỏi bằng lời của nghiệp vụ."""

    def open_on(self, day: date) -> Self:
        """Đang có người trực."""
        return self.filter(valid_on(day), sittings__closed_at__isnull=True, sittings__isnull=False)

    def serving(self, field_id: UUID) -> Self:
        """Phục vụ lĩnh vực này."""
        return self.filter(fields=field_id)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Lịch hẹn, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of a unit where the user serves or manages the queue."""
        return self.filter(slot__field__unit__agency__in=agencies_seen(user, at))

    def of_unit(self, unit_id: int) -> Self:
        return self.filter(slot__field__unit=unit_id)

    def booked(self) -> Self:
        """Còn hiệu lực, chưa đến."""
        return self.filter(state="BOOKED")

    def between(self, first: datetime, last: datetime) -> Self:
        """Trong khoảng giờ này."""
        return self.filter(slot__starts_at__gte=first, slot__starts_at__lt=last)
