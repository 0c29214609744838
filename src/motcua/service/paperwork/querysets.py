"""Questions about templates and looks, each a business phrase."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from motcua.service.paperwork.choosing import Rule, Wanted, most_specific

if TYPE_CHECKING:
    from motcua.service.paperwork.models import PaperLook, PaperTemplate


class PaperTemplateQuerySet(models.QuerySet["PaperTemplate"]):
    def without_content(self) -> Self:
        """Leaves the files in the database: lists do not need them."""
        return self.defer("content")

    def of(self, form: str, forms: str, agency_id: int | None, procedure_id: int | None) -> Self:
        """Các phiên bản for exactly this scope, newest first."""
        return self.filter(form=form, forms=forms, agency=agency_id, procedure=procedure_id).order_by(
            "-version"
        )

    def in_force(self, on: date) -> Self:
        """Đang dùng on that day."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            state__in=["PUBLISHED", "RETIRED"],
            valid_from__lte=on,
        )

    def applying_to(self, wanted: Wanted, on: date) -> PaperTemplate | None:
        """Mẫu được chọn for one paper: the most specific in force; None: the built-in one."""
        rows = self.in_force(on).filter(form=wanted.form).without_content()
        chosen = most_specific(
            (
                Rule(
                    key=row.pk, form=row.form, forms=row.forms, agency=row.agency_id, procedure=row.procedure_id,
                    valid_from=row.valid_from or date.min, version=row.version,
                )
                for row in rows
            ),
            wanted,
        )  # fmt: skip
        return self.get(pk=chosen.key) if chosen else None


class PaperLookQuerySet(models.QuerySet["PaperLook"]):
    def applying_to(self, wanted: Wanted, on: date) -> PaperLook | None:
        """Cách trình bày được chọn on that day: the most specific place and form, and of those the latest."""
        rows = {row.pk: row for row in self.filter(Q(form="") | Q(form=wanted.form), valid_from__lte=on)}
        rules = (
            Rule(key=row.pk, form=row.form, agency=row.agency_id, valid_from=row.valid_from)
            for row in rows.values()
        )
        chosen = most_specific(rules, wanted)
        return rows[chosen.key] if chosen else None
