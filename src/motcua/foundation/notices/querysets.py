"""The questions about notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q, Sum

if TYPE_CHECKING:
    from motcua.foundation.notices.models import Notice  # noqa: F401  named in a base class


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Thông báo, hỏi bằng lời của nghiệp vụ."""

    def about(self, subject_id: UUID) -> Self:
        """Về một việc, the latest first."""
        return self.filter(subject_id=subject_id).order_by("-id")

    def failed(self) -> Self:
        """Gửi không được: somebody must use another way."""
        return self.filter(state="FAILED")

    def to_release(self, at: datetime) -> Self:
        """Hết giờ yên lặng."""
        return self.filter(state="WAITING", not_before__lte=at)

    def spent(self, *, since: datetime, until: datetime, agency_id: int | None) -> int:
        """Đã chi, in đồng: of one agency, or of all; what was refused before it left costs nothing."""
        paid = self.filter(cost__gt=0, queued_at__gte=since, queued_at__lt=until)
        if agency_id is not None:
            paid = paid.filter(agency=agency_id)
        return int(paid.aggregate(total=Sum("cost"))["total"] or 0)


class InForceQuerySet(models.QuerySet[Any]):
    """Dữ liệu theo ngày: of several that have begun, the latest."""

    def on(self, day: date) -> Self:
        return self.filter(valid_from__lte=day).order_by("-valid_from")

    def of_kind(self, kind: str, day: date) -> Self:
        """Của loại này, or of all others when it has none of its own."""
        return self.on(day).filter(Q(kind=kind) | Q(kind="")).order_by("-kind", "-valid_from")
