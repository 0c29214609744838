"""Giấy đã có mà vẫn đòi: the rate by place and procedure, each figure with the demands behind it."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.holdings.figures import demands_between, rates
from motcua.service.holdings.models import Demand
from motcua.service.holdings.querysets import DemandQuerySet
from motcua.web.ui.pages import Page

SIZE = 50
MONTHS = 6


class Demands(Page):
    """Con số, and the list behind one of them."""

    any_of = (Permission.CONTROL, Permission.WATCH_INTEGRITY)

    def get(self, request: HttpRequest) -> HttpResponse:
        first, last = self.period()
        lines = rates(self.user, self.at, first, last)
        demands = demands_between(self.user, self.at, first, last)
        agency, procedure = request.GET.get("noi", ""), request.GET.get("thu-tuc", "")
        if agency.isdecimal():
            demands = demands.filter(agency=int(agency[:9]))
        if procedure:
            demands = demands.filter(procedure__code=procedure[:40])
        rows = self.slice(demands)
        dossiers = Dossier.objects.visible_to(self.user, self.at).filter(
            pk__in=[row.subject_id for row in rows]
        )
        demanded, reused = sum(one.demanded for one in lines), sum(one.reused for one in lines)
        return self.render(
            "board/holdings/index.html",
            may_see=self.access.may(Permission.SEE),
            first=first,
            last=last,
            months=self.months(),
            lines=lines,
            demanded=demanded,
            occasions=demanded + reused,
            rows=rows[:SIZE],
            after=rows[SIZE - 1].pk if len(rows) > SIZE else "",
            agency=agency,
            procedure=procedure,
            dossiers=dict(dossiers.values_list("pk", "code")),
        )

    def slice(self, demands: DemandQuerySet) -> list[Demand]:
        """One more than a page: keys grow with time, so the key says where to go on."""
        after = self.request.GET.get("sau", "")
        rows = demands.select_related("paper_type", "agency", "procedure", "by").order_by("-id")
        with contextlib.suppress(ValueError):  # an unreadable mark is the first page
            rows = rows.filter(pk__lt=UUID(after))
        return list(rows[: SIZE + 1])

    def period(self) -> tuple[date, date]:
        """The month that the address names, this month otherwise."""
        today = local_date(self.at)
        first = today.replace(day=1)
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
