"""The questions about findings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.oversight.integrity.models import Finding  # noqa: F401


class FindingQuerySet(models.QuerySet["Finding"]):
    """Sai lệch, hỏi bằng lời của người giám sát."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem: of the agencies that the person watches; what concerns the whole installation, from the root."""
        watched = access_of(user, at).agencies(Permission.WATCH_INTEGRITY)
        return self.filter(Q(agency__in=watched) | Q(agency__isnull=True)) if watched else self.none()

    def standing(self) -> Self:
        """Đang có."""
        return self.filter(gone_at__isnull=True)

    def of(self, code: str) -> Self:
        """Của một điều phải đúng, the oldest first."""
        return self.filter(code=code).order_by("found_at", "id")

    def page_after(self, found_at: datetime | None, last_id: UUID | None) -> Self:
        """Trang sau, by keyset."""
        if found_at is None or last_id is None:
            return self
        return self.filter(Q(found_at__gt=found_at) | Q(found_at=found_at, id__gt=last_id))
