"""Questions about groups and bundles, each a business phrase."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Prefetch

from motcua.core.errors import DomainError
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.querysets import valid_on

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.service.linking.models import Bundle, LinkedGroup  # noqa: F401  named in a base class


class NoSuchBundle(DomainError):
    """Không tìm thấy bộ hồ sơ, or it is not the reader's to see as a whole: the answer is the same."""


class GroupQuerySet(models.QuerySet["LinkedGroup"]):
    """Nhóm liên thông, hỏi bằng lời của nghiệp vụ."""

    def in_force(self, on: date) -> Self:
        """Đang áp dụng vào ngày."""
        return self.filter(valid_on(on), state__in=["PUBLISHED", "RETIRED"])

    def with_content(self) -> Self:
        """Cùng các phần và phụ thuộc."""
        return self.prefetch_related(
            "parts__procedure__current", "parts__agency", "links__source", "links__target"
        )


class BundleQuerySet(models.QuerySet["Bundle"]):
    """Bộ hồ sơ liên thông, hỏi bằng lời của nghiệp vụ."""

    def visible_to(self, user: User, at: datetime) -> Self:
        """Được xem cả bộ: only where it was received; the agency of a part sees its own dossier alone."""
        return self.filter(reception_agency__in=access_of(user, at).agencies(Permission.SEE))

    def with_code(self, text: str) -> Self:
        """Có mã số này."""
        return self.filter(code=text.strip().upper())

    def not_returned(self) -> Self:
        """Chưa trả đủ cho người nộp."""
        return self.filter(returned_at__isnull=True)

    def with_parts(self) -> Self:
        """With everything that the page of a bundle tells."""
        from motcua.service.linking.models import BundlePart

        parts = BundlePart.objects.select_related(
            "part", "dossier__revision", "dossier__agency", "dossier__holder", "dossier__reception_agency",
            "dossier__representative",
            "dossier__result",
        )  # fmt: skip
        return self.select_related(
            "group", "applicant", "reception_agency__parent", "received_by"
        ).prefetch_related(Prefetch("parts", parts), "group__links__source", "group__links__target")

    def lock(self, bundle_id: UUID) -> Bundle:
        """Take the bundle for the act that follows; others wait. Raises NoSuchBundle."""
        bundle = self.select_for_update(of=("self",)).filter(pk=bundle_id).first()
        if bundle is None:
            raise NoSuchBundle("Không tìm thấy bộ hồ sơ. Hãy kiểm tra lại mã số hoặc quay về danh sách.")
        return bundle
