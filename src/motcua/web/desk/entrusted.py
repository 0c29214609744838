"""Hồ sơ theo phân cấp, ủy quyền: what was received and settled under each decision; each figure opens its dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import InvalidInput
from motcua.core.time import VIETNAM, local_date
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import OUTCOMES, DossierQuerySet
from motcua.service.procedures.models import Entrustment
from motcua.web.desk.base import DeskPage
from motcua.web.desk.inbox import rows_of
from motcua.web.desk.paging import slice_of
from motcua.web.ui.forms import Form, Reader

MOST = 200
FIGURES = {
    "nhan": "Đã nhận",
    "dung-han": "Xong đúng hạn",
    "qua-han": "Xong quá hạn",
    "dang-lam": "Đang giải quyết",
    "dang-cham": "Đang quá hạn",
    "dung": "Dừng, rút",
}
OF_FIGURE = {
    "dung-han": "on_time", "qua-han": "late", "dang-lam": "open", "dang-cham": "overdue", "dung": "ended",
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """Kỳ báo cáo: by the day of reception, both ends included."""

    first: date
    last: date

    @classmethod
    def read(cls, typed: Mapping[str, str], today: date) -> Span:
        """This year up to today, unless it says otherwise. Raises InvalidInput."""
        reader = Reader(typed)
        first = reader.day("first") or today.replace(month=1, day=1)
        last = reader.day("last") or max(today, first)
        if first > last:
            reader.refuse("first", "Ngày đầu phải trước ngày cuối.")
        reader.check()
        return cls(first, last)

    def among(self, dossiers: DossierQuerySet) -> DossierQuerySet:
        return dossiers.filter(
            received_at__gte=datetime.combine(self.first, time(), VIETNAM),
            received_at__lt=datetime.combine(self.last, time(), VIETNAM) + timedelta(days=1),
        )

    @property
    def query(self) -> dict[str, str]:
        return {"first": f"{self.first:%d/%m/%Y}", "last": f"{self.last:%d/%m/%Y}"}


@dataclass(frozen=True)
class Line:
    """Một quyết định: its figures with the address of the dossiers behind each."""

    made: Entrustment
    figures: list[tuple[str, int, str]]


class Watching(DeskPage):
    """Who directs, signs or controls reads what came of a decision."""

    abstract = True
    any_of: ClassVar[tuple[Permission, ...]] = (Permission.ASSIGN, Permission.SIGN, Permission.CONTROL)

    def span(self) -> Span:
        today = local_date(self.at)
        try:
            return Span.read(self.request.GET, today)
        except InvalidInput as refusal:
            self.form, self.status = Form(self.request.GET, refusal.errors), 422
            return Span.read({}, today)

    def dossiers(self, span: Span) -> DossierQuerySet:
        return span.among(Dossier.objects.visible_to(self.user, self.at))


class Report(Watching):
    """Báo cáo theo quyết định, of those in force at some time of the period."""

    any_of: ClassVar[tuple[Permission, ...]] = Watching.any_of

    def get(self, request: HttpRequest) -> HttpResponse:
        span = self.span()
        made = Entrustment.objects.in_force_between(span.first, span.last).for_pages()
        decisions = list(made.order_by("-valid_from", "-id")[: MOST + 1])
        shown = decisions[:MOST]
        counted = self.dossiers(span).counted_under([one.pk for one in shown], at=self.at)
        return self.render(
            "desk/entrusted/index.html",
            span=span,
            labels=list(FIGURES.values()),
            lines=[Line(one, _figures(one, counted.get(one.pk, {}), span)) for one in shown],
            is_full=len(decisions) > MOST,
        )


class Behind(Watching):
    """Hồ sơ sau một con số."""

    any_of: ClassVar[tuple[Permission, ...]] = Watching.any_of

    def get(self, request: HttpRequest, entrustment_id: UUID) -> HttpResponse:
        made = Entrustment.objects.for_pages().filter(pk=entrustment_id).first()
        if made is None:
            raise self.missing("Không có quyết định này.")
        span = self.span()
        figure = request.GET.get("muc", "")
        figure = figure if figure in FIGURES else "nhan"
        under = self.dossiers(span).under(made)
        wanted = under.filter(OUTCOMES[OF_FIGURE[figure]](self.at)) if figure in OF_FIGURE else under
        page = slice_of(wanted, after=request.GET.get("sau", ""))
        return self.render(
            "desk/entrusted/show.html",
            made=made,
            span=span,
            back=f"{reverse('desk:entrusted')}?{urlencode(span.query)}",
            figures=_figures(made, under.outcomes(at=self.at), span),
            label=FIGURES[figure],
            rows=rows_of(page.dossiers, self.at),
            next=page.next,
        )


def _figures(made: Entrustment, counted: Mapping[str, int], span: Span) -> list[tuple[str, int, str]]:
    address = reverse("desk:entrusted-dossiers", args=[made.pk])
    return [
        (label, counted.get(OF_FIGURE.get(key, "received"), 0), f"{address}?{urlencode({**span.query, 'muc': key})}")
        for key, label in FIGURES.items()
    ]  # fmt: skip
