"""Việc hằng ngày của danh mục."""

from __future__ import annotations

from datetime import datetime

from motcua.core.time import local_date
from motcua.service.procedures.operations.finding import forget_misses, index_turned
from motcua.service.procedures.operations.publishing import bring_into_force


def take_effect(at: datetime) -> None:
    """Đến ngày áp dụng: revisions, everyday names and life events that begin or end today."""
    today = local_date(at)
    bring_into_force(on=today)
    index_turned(on=today)
    forget_misses(on=today)
