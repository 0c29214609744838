"""Con số của kho: how often officers asked for what was held, by place and procedure, with what lies behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from motcua.core.time import instants_of
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.holdings.models import Demand, PaperUse
from motcua.service.holdings.querysets import OFFICERS, DemandQuerySet


@dataclass(frozen=True)
class Rate:
    """Tỷ lệ: of the times when the store held what was needed, how often it was demanded all the same.

    What the person brought unasked, or would not let be used, counts on neither side.
    """

    agency_id: int
    agency: str
    procedure: str
    demanded: int
    reused: int

    @property
    def share(self) -> float | None:
        """None: there was no occasion."""
        occasions = self.demanded + self.reused
        return self.demanded / occasions if occasions else None


def demands_between(user: User, at: datetime, first: date, last: date) -> DemandQuerySet:
    """Yêu cầu của công chức trong kỳ, at the places that this person may see; what a figure counts is what it lists."""
    return Demand.objects.visible_to(user, at).by_officers().filter(at__range=instants_of(first, last))


def rates(user: User, at: datetime, first: date, last: date) -> list[Rate]:
    """Theo nơi và thủ tục, the most demanding first. Two questions."""
    seen = access_of(user, at).agencies(Permission.SEE)
    demanded = {
        (row["agency"], row["procedure__code"]): row
        for row in demands_between(user, at, first, last)
        .order_by()
        .values("agency", "agency__name", "procedure__code")
        .annotate(count=Count("pk", filter=Q(reason__in=OFFICERS)))
    }
    reused = {
        (row["agency"], row["paper__revision__procedure__code"] or ""): row
        for row in PaperUse.objects.used()
        .filter(agency__in=seen, at__range=instants_of(first, last))
        .values("agency", "agency__name", "paper__revision__procedure__code")
        .annotate(count=Count("pk"))
    }
    found = [
        Rate(
            key[0],
            (demanded.get(key) or reused[key])["agency__name"],
            key[1],
            demanded[key]["count"] if key in demanded else 0,
            reused[key]["count"] if key in reused else 0,
        )
        for key in demanded.keys() | reused.keys()
    ]
    return sorted(found, key=lambda rate: (-rate.demanded, rate.agency, rate.procedure))
