"""Số hóa đúng quy trình: of what came on paper and of what was issued in a period, how much is digital, signed, in order.

A figure counts papers or results; behind it stand the dossiers that they belong to. Legal: ND118-2025 Đ17.1, Đ19.2, Đ22.1
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from motcua.core.time import instants_of
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier, Part, Result, Scan
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.holdings.models import Digitisation
from motcua.service.results.models import IssuedResult

PAPERS: Mapping[str, str] = {
    "papers": "Giấy tờ nhận bản giấy",
    "digitised": "Đã số hóa",
    "lacking": "Chưa số hóa",
    "signed": "Công chức đã ký số",
    "sealed": "Cơ quan đã ký số",
    "right": "Đúng quy trình",
}
RESULTS: Mapping[str, str] = {
    "results": "Kết quả đã phát hành",
    "electronic": "Có bản điện tử",
    "paper": "Chưa có bản điện tử",
    "result-signed": "Có chữ ký số của cơ quan",
    "published": "Đúng quy trình: ký số và công bố cho chủ giấy tờ",
}
FIGURES = {**PAPERS, **RESULTS}


@dataclass(frozen=True)
class Line:
    """Một cơ quan: its figures by key. `dossiers`: received, or with a result, in the period."""

    agency_id: int
    agency: str
    dossiers: int
    counts: Mapping[str, int]

    def share(self, part: str, whole: str) -> float | None:
        """None: there was nothing to do."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else None


def papers_by_agency(user: User, at: datetime, first: date, last: date) -> list[Line]:
    """Theo nơi tiếp nhận: papers of the dossiers received in the period that this person may see. One question."""
    return _lines(_parts(user, at, first, last), "dossier__reception_agency", PAPERS, PART_FILTERS)


def results_by_agency(user: User, at: datetime, first: date, last: date) -> list[Line]:
    """Theo cơ quan giải quyết: results that came to the counter in the period. One question."""
    return _lines(_results(user, at, first, last), "dossier__agency", RESULTS, RESULT_FILTERS)


def behind(
    figure: str, user: User, at: datetime, first: date, last: date, *, agency_id: int | None = None
) -> DossierQuerySet:
    """Hồ sơ đằng sau một con số, each with `counted`: how many of its papers or results the figure counts."""
    if figure in PAPERS:
        rows: QuerySet[Any] = _parts(user, at, first, last).filter(PART_FILTERS[figure])
        place, path = "reception_agency", "parts"
    else:
        rows = _results(user, at, first, last).filter(RESULT_FILTERS[figure])
        place, path = "agency", "result"
    found = Dossier.objects.visible_to(user, at).filter(pk__in=rows.values("dossier"))
    if agency_id is not None:
        found = found.filter(**{place: agency_id})
    return found.annotate(counted=Count(path, filter=Q(**{f"{path}__in": rows.values("pk")}), distinct=True))


def _parts(user: User, at: datetime, first: date, last: date) -> QuerySet[Part]:
    """Bản giấy đã nộp: what came as a file is digital already, and counts on neither side."""
    received = Dossier.objects.visible_to(user, at).filter(received_at__range=instants_of(first, last))
    rows = Part.objects.filter(dossier__in=received, status=Part.Status.PROVIDED)
    return rows.exclude(form=Part.Form.ELECTRONIC)


def _results(user: User, at: datetime, first: date, last: date) -> QuerySet[Result]:
    seen = Dossier.objects.visible_to(user, at)
    return Result.objects.filter(dossier__in=seen, delivered_at__range=instants_of(first, last))


def _lines(
    rows: QuerySet[Any], place: str, figures: Mapping[str, str], filters: Mapping[str, Any]
) -> list[Line]:
    counted = rows.order_by().values(place, f"{place}__name")
    counted = counted.annotate(
        dossiers=Count("dossier", distinct=True),
        **{_name(key): Count("pk", filter=filters[key]) for key in figures},
    )
    lines = [
        Line(row[place], row[f"{place}__name"], row["dossiers"], {key: row[_name(key)] for key in figures})
        for row in counted
    ]
    return sorted(lines, key=lambda line: line.agency)


def _of_part(**wanted: Any) -> Exists:
    return Exists(Digitisation.objects.filter(part=OuterRef("pk"), **wanted))


def _issued(**wanted: Any) -> Exists:
    issued = IssuedResult.objects.filter(kind=IssuedResult.Kind.RESULT).exclude(
        state=IssuedResult.State.REPLACED
    )
    return Exists(issued.filter(dossier=OuterRef("dossier"), **wanted))


SCANNED = Exists(Scan.objects.filter(part=OuterRef("pk"), document__replaced_by=None))
PART_FILTERS: Mapping[str, Any] = {
    "papers": Q(),
    "digitised": Q(SCANNED),
    "lacking": ~Q(SCANNED),
    "signed": Q(_of_part(signed_at__isnull=False)),
    "sealed": Q(_of_part(sealed_at__isnull=False)),
    "right": Q(Exists(Digitisation.objects.in_right_order().filter(part=OuterRef("pk")))),
}
RESULT_FILTERS: Mapping[str, Any] = {
    "results": Q(),
    "electronic": Q(document__isnull=False),
    "paper": Q(document__isnull=True),
    "result-signed": Q(_issued(is_signed=True)),
    "published": Q(_issued(is_signed=True, published_at__isnull=False)),
}


def _name(key: str) -> str:
    return f"count_{key.replace('-', '_')}"
