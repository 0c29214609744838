"""Questions about parcels, each a business phrase."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from motcua.core.errors import DomainError
from motcua.core.time import VIETNAM
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission
from motcua.service.postal.states import LIVE, ON_THE_WAY, Direction, ShipmentState

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.service.postal.models import Shipment


class NoSuchShipment(DomainError):
    """Không có bưu gửi này, or it is not the reader's to see: the answer is the same."""


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    """Bưu gửi, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: sent or awaited by a unit where the user returns results."""
        return self.filter(agency__in=access_of(user, at).agencies(Permission.RETURN))

    def live(self) -> Self:
        """Chưa xong."""
        return self.filter(state__in=sorted(LIVE))

    def to_hand_over(self) -> Self:
        """Chờ giao bưu chính: results and copies; papers are fetched from the applicant's."""
        return self.filter(state=ShipmentState.ORDERED).exclude(direction=Direction.COLLECT)

    def on_the_way(self) -> Self:
        """Đang đi, with collections that the post has yet to make."""
        fetching = Q(state=ShipmentState.ORDERED, direction=Direction.COLLECT)
        return self.filter(Q(state__in=sorted(ON_THE_WAY)) | fetching)

    def silent_since(self, moment: datetime) -> Self:
        """Im lặng: with the carrier, not heard of and not asked about since then."""
        unasked = Q(asked_at__isnull=True) | Q(asked_at__lt=moment)
        sent = self.on_the_way().filter(unasked, placed_at__lt=moment).exclude(carrier_code="")
        return sent.exclude(events__told_at__gte=moment)

    def failed(self) -> Self:
        """Phát không thành công, chờ quyết định."""
        return self.filter(state=ShipmentState.FAILED)

    def carrying_result(self) -> Self:
        """Mang kết quả: ordered, on its way, undelivered, or delivered and not yet written down as returned."""
        carries = Q(state__in=sorted(LIVE)) | Q(state=ShipmentState.DELIVERED, closed_at__isnull=True)
        return self.filter(carries, direction=Direction.RETURN)

    def to_close(self) -> Self:
        """Đã phát mà hồ sơ chưa ghi trả."""
        return self.filter(state=ShipmentState.DELIVERED, direction=Direction.RETURN, closed_at__isnull=True)

    def handed_in(self, first: date, following: date) -> Self:
        """Giao bưu chính từ ngày `first` đến trước ngày `following`."""
        begins, ends = (datetime.combine(day, time(), VIETNAM) for day in (first, following))
        return self.filter(handed_at__gte=begins, handed_at__lt=ends, promised_on__isnull=False)

    def lock(self, shipment_id: UUID) -> Shipment:
        """Khóa để làm. Raises NoSuchShipment."""
        found = self.select_for_update().filter(pk=shipment_id).first()
        if found is None:
            raise NoSuchShipment("Không có bưu gửi này.")
        return found

    def with_names(self) -> Self:
        return self.select_related("dossier", "carrier", "sender", "receiver", "hand_over")
