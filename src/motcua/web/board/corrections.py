"""Báo sai thông tin trên bảng giám sát: by place and source, how many wait, since when, what became of the others.

Each figure opens the list of exactly its cases: the same place, the same sources, the same days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.service.forms.models import CorrectionWish
from motcua.service.forms.sources import alike, said
from motcua.web.ui.pages import Page

DAYS = 90
O = CorrectionWish.Outcome  # noqa: E741
OUTCOMES = (O.MENDED, O.PASSED_ON, O.RIGHT)


@dataclass
class Line:
    """Một nơi, một nguồn theo lời trang nói: several sources may be said alike."""

    agency: int | None
    place: str
    source: str
    words: str
    since: date
    counts: dict[str, int]
    waiting: int = 0
    oldest: datetime | None = None
    took: timedelta = timedelta()

    @property
    def answered(self) -> int:
        return sum(self.counts.values())

    @property
    def days(self) -> float:
        """Trả lời trong bao nhiêu ngày, on average."""
        return self.took.total_seconds() / 86400 / self.answered

    def add(self, row: Mapping[str, Any]) -> None:
        for outcome in OUTCOMES:
            self.counts[outcome] = self.counts.get(outcome, 0) + row[f"n_{outcome}"]
        self.waiting += row["waiting"]
        known: list[datetime] = [one for one in (self.oldest, row["oldest"]) if one]
        self.oldest = min(known, default=None)
        self.took += row["took"] or timedelta()

    def address(self, outcome: str = "") -> str:
        """Danh sách của con số: of what waits; of what was answered so; "*": of what was answered."""
        wanted: list[tuple[str, object]] = [("noi", self.agency or "khong")]
        wanted += [("nguon", one) for one in alike(self.source)]
        if outcome:
            wanted += [("muc", "da-tra-loi"), ("tu", self.since.isoformat())]
        if outcome not in {"", "*"}:
            wanted.append(("ket-qua", outcome))
        return f"{reverse('counter:corrections')}?{urlencode(wanted)}"


class Corrections(Page):
    permission = Permission.CONTROL

    def get(self, request: HttpRequest) -> HttpResponse:
        since = local_date(self.at) - timedelta(days=DAYS)
        told = CorrectionWish.objects.visible_to(self.user, self.at)
        counted = told.waiting() | told.answered_from(since)
        rows = (
            counted.values("agency", "agency__name", "source")
            .annotate(
                waiting=Count("pk", filter=Q(answered_at=None)),
                oldest=Min("reported_at", filter=Q(answered_at=None)),
                took=Sum(F("answered_at") - F("reported_at")),
                **{f"n_{one}": Count("pk", filter=Q(outcome=one)) for one in OUTCOMES},
            )
            .order_by("agency__name", "source")
        )
        lines: dict[tuple[int | None, str], Line] = {}
        for row in rows:
            words = said(row["source"])
            place = row["agency__name"] or "Chưa rõ nơi nộp"
            fresh = Line(row["agency"], place, row["source"], words, since, {})
            lines.setdefault((row["agency"], words), fresh).add(row)
        shown = sorted(lines.values(), key=lambda one: (one.oldest or self.at, one.place, one.words))
        return self.render(
            "board/corrections/index.html",
            lines=shown,
            outcomes=[(one.value, one.label) for one in OUTCOMES],
            waiting=sum(line.waiting for line in shown),
            days=DAYS,
        )
