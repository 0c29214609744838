"""The questions about notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

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
