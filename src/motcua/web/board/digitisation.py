"""Số hóa đúng quy trình: by agency, each figure with the dossiers behind it."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.foundation.identity.permissions import Permission
from motcua.oversight.digitisation import (
    FIGURES,
    PAPERS,
    RESULTS,
    behind,
    papers_by_agency,
    results_by_agency,
)
from motcua.web.board.periods import Monthly

SIZE = 50


class Digitised(Monthly):
    """Tỷ lệ số hóa, and the list behind one figure."""

    any_of = (Permission.CONTROL, Permission.WATCH_INTEGRITY)

    def get(self, request: HttpRequest) -> HttpResponse:
        first, last = self.period()
        papers = papers_by_agency(self.user, self.at, first, last)
        results = results_by_agency(self.user, self.at, first, last)
        figure, agency = request.GET.get("so", ""), request.GET.get("noi", "")
        agency_id = int(agency[:9]) if agency.isascii() and agency.isdecimal() else None
        rows = self.slice(figure, first, last, agency_id)
        names = {line.agency_id: line.agency for line in [*papers, *results]}
        return self.render(
            "board/digitisation/index.html",
            may_see=self.access.may(Permission.SEE),
            first=first,
            months=self.months(),
            papers=papers,
            results=results,
            paper_names=PAPERS,
            result_names=RESULTS,
            totals={key: sum(line.counts.get(key, 0) for line in [*papers, *results]) for key in FIGURES},
            figure=FIGURES.get(figure, ""),
            chosen=names.get(agency_id, "") if agency_id is not None else "",
            rows=rows[:SIZE],
            after=rows[SIZE - 1].pk if len(rows) > SIZE else "",
        )

    def slice(self, figure: str, first: date, last: date, agency_id: int | None) -> list[Any]:
        """One more than a page; keys grow with time."""
        if figure not in FIGURES:
            return []
        rows = behind(figure, self.user, self.at, first, last, agency_id=agency_id).order_by("-id")
        with contextlib.suppress(ValueError):  # an unreadable mark is the first page
            rows = rows.filter(pk__lt=UUID(self.request.GET.get("sau", "")))
        return list(rows.select_related("agency", "reception_agency", "procedure")[: SIZE + 1])
