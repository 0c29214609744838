"""Báo sai thông tin trên bảng giám sát: by place and source, how many wait, since when, what became of the others."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Avg, Count, F, Min, Q
from django.http import HttpRequest, HttpResponse

from motcua.foundation.identity.permissions import Permission
from motcua.service.forms.models import CorrectionWish
from motcua.service.forms.sources import said
from motcua.web.ui.pages import Page

WINDOW = timedelta(days=90)
O = CorrectionWish.Outcome  # noqa: E741


class Corrections(Page):
    permission = Permission.CONTROL

    def get(self, request: HttpRequest) -> HttpResponse:
        told = CorrectionWish.objects.visible_to(self.user, self.at)
        lately = Q(answered_at__gte=self.at - WINDOW)
        rows = (
            told.filter(Q(answered_at=None) | lately)
            .values("agency", "agency__name", "source")
            .annotate(
                waiting=Count("pk", filter=Q(answered_at=None)),
                oldest=Min("reported_at", filter=Q(answered_at=None)),
                mended=Count("pk", filter=Q(outcome=O.MENDED)),
                passed_on=Count("pk", filter=Q(outcome=O.PASSED_ON)),
                right=Count("pk", filter=Q(outcome=O.RIGHT)),
                took=Avg(F("answered_at") - F("reported_at")),
            )
            .order_by(F("oldest").asc(nulls_last=True), "agency__name", "source")
        )
        lines = [{**row, "source": said(row["source"])} for row in rows]
        return self.render(
            "board/corrections/index.html",
            lines=lines,
            waiting=sum(line["waiting"] for line in lines),
            days=WINDOW.days,
        )
