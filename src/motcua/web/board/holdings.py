"""Giấy đã có mà vẫn đòi: the rate by place and procedure, each figure with the demands behind it."""

from __future__ import annotations

import contextlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.holdings.figures import demands_between, rates
from motcua.service.holdings.models import Demand
from motcua.service.holdings.querysets import DemandQuerySet
from motcua.web.board.periods import Monthly

SIZE = 50


class Demands(Monthly):
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
