"""Tiến độ số hóa kết quả cũ: by campaign, person and day; each figure is a list of items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from motcua.core.time import VIETNAM, instants_of, local_date
from motcua.foundation.identity.models import User
from motcua.service.holdings.models import Campaign, CampaignItem
from motcua.service.holdings.querysets import CampaignItemQuerySet
from motcua.service.holdings.states import State

DAYS = 14
STANDS = {
    "chua": "Chưa làm",
    "dang": "Đang số hóa",
    "cho-dinh-danh": "Chờ định danh chủ giấy tờ",
    "xong": "Đã vào kho",
    "thieu-chu": "Chưa biết số định danh",
    "gach": "Đã gạch khỏi kế hoạch",
}


@dataclass(frozen=True)
class Progress:
    """Tiến độ một đợt."""

    campaign: Campaign
    planned: int
    begun: int
    kept: int
    holderless: int
    awaiting: int  # of those begun: nothing is missing but whose they are
    struck: int

    @property
    def share(self) -> float:
        """Phần đã xong of the number that was set, not of what was planned so far."""
        return self.kept / self.campaign.target

    @property
    def left(self) -> int:
        return max(self.campaign.target - self.kept, 0)

    @property
    def untouched(self) -> int:
        return self.planned - self.begun - self.kept

    def pace_needed(self, on: date) -> float | None:
        """Mỗi ngày còn phải xong bao nhiêu; None when the days are over."""
        days = (self.campaign.ends_on - on).days + 1
        return self.left / days if days > 0 else None

    def is_late(self, on: date) -> bool:
        """Chậm: past its day, or behind the even pace from its first day to its last."""
        campaign = self.campaign
        if campaign.closed_at:
            return False
        if on > campaign.ends_on:
            return self.left > 0
        whole = (campaign.ends_on - campaign.begins_on).days + 1
        gone = max((on - campaign.begins_on).days, 0)
        return self.kept < campaign.target * gone / whole


def progresses(user: User, at: datetime, campaign_id: UUID | None = None) -> list[Progress]:
    """Các đợt được xem, the nearest day first. One question."""
    seen = Campaign.objects.visible_to(user, at).select_related("agency", "procedure", "responsible")
    if campaign_id is not None:
        seen = seen.filter(pk=campaign_id)
    planned = Q(items__isnull=False, items__struck_at=None)
    begun = planned & Q(items__kept_at=None, items__digitisations__isnull=False)
    awaiting = planned & Q(items__digitisations__state=State.AWAITING_HOLDER)
    counted = seen.annotate(
        planned=Count("items", filter=planned, distinct=True),
        begun=Count("items", filter=begun, distinct=True),
        kept=Count("items", filter=Q(items__kept_at__isnull=False), distinct=True),
        holderless=Count("items", filter=planned & Q(items__holder=None), distinct=True),
        awaiting=Count("items", filter=awaiting, distinct=True),
        struck=Count("items", filter=Q(items__struck_at__isnull=False), distinct=True),
    )
    figures = ("planned", "begun", "kept", "holderless", "awaiting", "struck")
    return [
        Progress(one, *(int(getattr(one, name)) for name in figures))
        for one in counted.order_by(F("closed_at").asc(nulls_first=True), "ends_on", "name", "id")
    ]


def by_person(campaign: Campaign) -> list[dict[str, Any]]:
    """Theo người: what each has begun and what of it is in the store."""
    rows = CampaignItem.objects.planned().filter(campaign=campaign, digitisations__isnull=False)
    person = "digitisations__started_by"
    counted = rows.values(person, f"{person}__full_name").annotate(
        begun=Count("pk", distinct=True), kept=Count("pk", filter=Q(kept_at__isnull=False), distinct=True)
    )
    return [
        {"pk": row[person], "name": row[f"{person}__full_name"], "begun": row["begun"], "kept": row["kept"]}
        for row in counted.order_by("-kept", f"{person}__full_name")
    ]


def by_day(campaign: Campaign, at: datetime) -> list[dict[str, Any]]:
    """Theo ngày: what went into the store on each of the last days on which something did."""
    since, _ = instants_of(local_date(at) - timedelta(days=DAYS - 1), local_date(at))
    rows = CampaignItem.objects.filter(campaign=campaign, kept_at__gte=since)
    counted = rows.annotate(day=TruncDate("kept_at", tzinfo=VIETNAM)).values("day").annotate(kept=Count("pk"))
    return [{"day": row["day"], "kept": row["kept"]} for row in counted.order_by("-day")]


def narrowed(
    items: CampaignItemQuerySet, *, stand: str = "", person: UUID | None = None, day: date | None = None
) -> CampaignItemQuerySet:
    """Danh sách đằng sau một con số."""
    if stand == "gach":
        return items.struck()
    items = items.planned()
    if stand == "chua":
        items = items.untouched()
    elif stand == "dang":
        items = items.begun()
    elif stand == "xong":
        items = items.kept()
    elif stand == "thieu-chu":
        items = items.holderless()
    elif stand == "cho-dinh-danh":
        items = items.awaiting_holder()
    if person is not None:
        items = items.filter(digitisations__started_by=person).distinct()
    if day is not None:
        items = items.annotate(kept_day=TruncDate("kept_at", tzinfo=VIETNAM)).filter(kept_day=day)
    return items
