"""Một kết quả cũ trên đường vào kho: the steps of any paper, whose it is, struck off and put back."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.foundation.identity.permissions import Permission
from motcua.service.holdings.models import CampaignItem, Digitisation
from motcua.service.holdings.operations.campaigning import begin_item
from motcua.service.holdings.operations.identifying import name_holder
from motcua.service.holdings.operations.revising import STRIKABLE, put_back_item, strike_item
from motcua.web.counter.campaigns import WORKERS
from motcua.web.counter.scanning import ScanningPage, Subject, latest_of


class OldResult(ScanningPage):
    """Số hóa một kết quả cũ, by the same steps as a paper of a dossier."""

    any_of = WORKERS

    @property
    def files(self) -> str:  # type: ignore[override]
        return "counter" if self.access.may(Permission.RECEIVE) else "desk"

    @cached_property
    def item(self) -> CampaignItem:
        seen = CampaignItem.objects.visible_to(self.user, self.at)
        found: CampaignItem | None = (
            seen.select_related("campaign__agency", "holder").filter(pk=self.kwargs["item_id"]).first()
        )
        if found is None:
            raise self.missing("Không có kết quả này trong kế hoạch.")
        return found

    @cached_property
    def subject(self) -> Subject:
        campaign = self.item.campaign
        return Subject(
            key=self.item.pk,
            name=campaign.title,
            back=reverse("counter:campaign", args=[campaign.pk]),
            back_label=campaign.name,
            agency=campaign.agency,
            procedure_id=campaign.procedure_id,
            holder_id=self.item.holder_id,
            holder_name=self.item.holder_name,
            birth_year=self.item.birth_year,
            number=self.item.number,
            issued_on=self.item.issued_on,
        )

    def render(self, template: str, /, *, status: int | None = None, **context: Any) -> HttpResponse:
        if template == "counter/scanning/show.html":
            template = "counter/campaigns/item.html"
            last = context["digitisation"]
            context["item"] = self.item
            context["may_strike"] = not self.item.kept_at and (last is None or last.state in STRIKABLE)
        return super().render(template, status=status, **context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        act = request.POST.get("act")
        if act == "strike":
            return self.strike()
        if act == "put-back":
            put_back_item(item_id=self.item.pk, by=self.user, at=self.at)
            return self.done(f"Đã đưa số {self.item.number} trở lại kế hoạch.", request.path)
        if act != "holder":
            return super().post(request, **kwargs)
        reader = self.read()
        number, birth = reader.text("personal_number", longest=20), reader.text("birth", longest=20)
        reader.check()
        named = name_holder(
            item_id=self.item.pk, personal_number=number, birth=birth, by=self.user, at=self.at
        )
        kept = " và đưa giấy tờ vào kho" if named.kept_at else ""
        return self.done(f"Đã ghi chủ của giấy tờ{kept}.", request.path)

    def strike(self) -> HttpResponse:
        reader = self.read()
        reason = reader.text("reason", required="Hãy ghi lý do gạch.", longest=300)
        reader.check()
        strike_item(item_id=self.item.pk, reason=reason, by=self.user, at=self.at)
        return self.done(
            f"Đã gạch số {self.item.number} khỏi kế hoạch.", "counter:campaign", self.item.campaign_id
        )

    def latest(self) -> Digitisation | None:
        return latest_of(item=self.item)

    def open_one(self) -> Digitisation:
        return begin_item(item_id=self.item.pk, by=self.user, at=self.at)
