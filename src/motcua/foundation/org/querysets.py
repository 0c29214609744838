"""Questions about agencies, each a business phrase."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from motcua.core.text import fold

if TYPE_CHECKING:
    from motcua.foundation.org.models import Agency, Role  # noqa: F401  Role is named by a string below


def valid_on(day: date, prefix: str = "") -> Q:
    """Có hiệu lực vào ngày: `valid_from` and `valid_to` both belong to the validity."""
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day})
    )


class DatedQuerySet(models.QuerySet[Any]):
    """Rows with a validity."""

    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))


class RoleQuerySet(models.QuerySet["Role"]):
    """Vai trò."""

    def living(self) -> Self:
        """Đang dùng: what a new post may bear."""
        return self.filter(ended_at=None)


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Cơ quan, hỏi bằng lời của nghiệp vụ."""

    def valid_on(self, day: date) -> Self:
        """Đang hoạt động vào ngày."""
        return self.filter(valid_on(day))

    def subtree(self, agency: Agency) -> Self:
        """Cơ quan này và mọi cơ quan trực thuộc: one range of the path ('0' follows '/')."""
        return self.filter(path__gte=agency.path, path__lt=f"{agency.path[:-1]}0")

    def above(self, agency: Agency) -> Self:
        """Các cơ quan cấp trên, the root first."""
        return self.filter(pk__in=agency.ancestor_ids).order_by("path")

    def of_kind(self, *kinds: str) -> Self:
        return self.filter(kind__in=kinds)

    def called(self, text: str) -> Self:
        """Tìm theo tên, nay hoặc xưa, không cần dấu, or by code."""
        from motcua.foundation.org.models import AgencyName

        folded = fold(text)
        if not folded:
            return self.none()
        borne = AgencyName.objects.filter(agency=OuterRef("pk"), name_folded__contains=folded)
        return self.filter(Exists(borne) | Q(code__iexact=text.strip()))
