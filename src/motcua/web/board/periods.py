"""Kỳ của bảng giám sát: a month that the address names."""

from __future__ import annotations

from datetime import date, timedelta

from motcua.core.time import local_date
from motcua.web.ui.pages import Page

MONTHS = 6


class Monthly(Page):
    """Trang theo tháng: this month and five before it."""

    abstract = True

    def period(self) -> tuple[date, date]:
        """The month that the address names, this month otherwise."""
        first = local_date(self.at).replace(day=1)
        for month in self.months():
            if self.request.GET.get("thang") == f"{month:%Y-%m}":
                first = month
        after = (first + timedelta(days=32)).replace(day=1)
        return first, after - timedelta(days=1)

    def months(self) -> list[date]:
        """This month and those before it."""
        found = [local_date(self.at).replace(day=1)]
        while len(found) < MONTHS:
            found.append((found[-1] - timedelta(days=1)).replace(day=1))
        return found
