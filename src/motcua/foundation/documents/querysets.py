"""The questions about documents, each a business phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from motcua.foundation.documents.models import Document


class DocumentQuerySet(models.QuerySet["Document"]):
    def of(self, subject_id: UUID) -> Self:
        """Tài liệu của một hồ sơ, oldest first."""
        return self.filter(subject_id=subject_id).order_by("id")

    def unused(self, *, uploaded_by_id: UUID | None) -> Self:
        """Tệp tải lên chưa dùng của một người."""
        return self.filter(subject_id=None, uploaded_by_id=uploaded_by_id).order_by("id")

    def current(self) -> Self:
        """Bản hiện hành: not replaced by another."""
        return self.filter(replaced_by=None)

    def quarantined(self) -> Self:
        """Đang cách ly."""
        return self.filter(file__scan_state="INFECTED")

    def with_files(self) -> Self:
        """Together with file and previews, in two queries."""
        return self.select_related("file").prefetch_related("file__previews")

    def lock(self, document_id: Any) -> Document:
        """One document, kept from others until the transaction ends. Raises Document.DoesNotExist."""
        return self.select_for_update(of=("self",)).select_related("file").get(pk=document_id)
