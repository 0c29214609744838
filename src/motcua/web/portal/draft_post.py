"""Bưu chính trong bản nháp: where the result is brought, by whom, for how much, before anything is filed."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.time import local_date
from motcua.foundation.identity import places
from motcua.service.dossiers.models import Channel
from motcua.service.filing.models import DraftPaper
from motcua.service.filing.operations import drafting
from motcua.service.postal.operations.ordering import Place
from motcua.service.postal.places import place_of_unit
from motcua.service.postal.quoting import Priced
from motcua.web.portal.attempts import may_act
from motcua.web.portal.drafts import TOO_OFTEN, DraftPage
from motcua.web.ui.posting import AsksPost


class ReturnByPost(AsksPost, DraftPage):
    """Giao kết quả đến đâu, đơn vị nào: each with its price for the address that stands on the page."""

    public = True
    step = "nhan-ket-qua"

    @property
    def known(self) -> Place:
        owner, draft = self.draft.owner, self.draft
        province = draft.return_province or owner.get("province_code", "")
        ward = draft.return_ward if draft.return_province else owner.get("ward_code", "")
        phone = owner.get("phone", "") or self.draft.helper.get("phone", "")
        return Place(owner.get("name", ""), phone, draft.return_address, province, ward)

    @cached_property
    def unit(self) -> Place:
        return place_of_unit(self.draft.offering.receiving_agency, local_date(self.at))

    def too_often(self) -> str:
        return "" if may_act(self.request, "postage", str(self.draft.pk), self.at) else TOO_OFTEN

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        if self.draft.return_channel != Channel.POST or not self.carriers:
            return self.go("portal:draft-nhan-ket-qua", *self.address)
        return self.step_page(
            "portal/filing/post.html", costs=self.fee.costs, post=self.post_context(self.draft.carrier)
        )

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        wish = self.read_wish(self.read())
        if wish is None:
            return self.get(request)  # the price for this address first; pressed again, it is kept
        drafting.save_post(draft_id=self.draft.pk, wish=wish, at=self.at)
        return self.onward()


class FetchPrices(ReturnByPost):
    """Bưu tá đến lấy giấy tờ: what it would cost; it is ordered once the dossier is received."""

    public = True
    step = "giay-to"

    @property
    def known(self) -> Place:
        """Where the owner lives: papers are fetched there, wherever the result goes."""
        owner = self.draft.owner
        return Place("", "", "", owner.get("province_code", ""), owner.get("ward_code", ""))

    @cached_property
    def priced(self) -> list[Priced]:
        there = self.known
        return self.asked(there, self.unit) if there.province_code else []

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        on_paper = self.draft.papers.filter(way=DraftPaper.Way.PAPER).select_related("paper")
        return self.step_page(
            "portal/filing/fetch.html",
            papers=[one.paper.name for one in on_paper],
            priced=self.priced,
            there=places.in_words("", self.known.ward_code, self.known.province_code),
            who=reverse("portal:draft-nguoi-nop", args=self.address),
        )

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        return self.go("portal:draft-giay-to", *self.address)
