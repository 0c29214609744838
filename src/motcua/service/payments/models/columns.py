"""Cột dùng chung of the tables of money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from enum import StrEnum


def labelled(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, getattr(one, "label", one.value)) for one in kind]


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name
    )


def by_whom(verbose_name: str, **more: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=verbose_name,
        related_name="+",
        db_index=False,
        null=True,
        **more,
    )
