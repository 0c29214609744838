"""Questions about forms, each a business phrase."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from motcua.service.forms.models import FormVersion  # noqa: F401  named in a quoted type


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    def without_document(self) -> Self:
        """Lists do not read the whole definition."""
        return self.defer("document")

    def in_force(self, on: date) -> Self:
        """Áp dụng vào ngày."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            state__in=["PUBLISHED", "RETIRED"],
            valid_from__lte=on,
        )

    def drafts(self) -> Self:
        return self.filter(state="DRAFT")
