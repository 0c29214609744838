"""Bưu chính trong bản nháp: where the result is brought, by whom, for how much, before anything is filed."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.identity import places
from motcua.service.dossiers.models import Channel
from motcua.service.filing.models import DraftPaper
from motcua.service.filing.operations import drafting
from motcua.service.postal.operations.ordering import LETTER, Place
from motcua.service.postal.places import place_of_unit
from motcua.service.postal.possible import carriers_on
from motcua.service.postal.quoting import Priced, prices
from motcua.web.portal.attempts import may_act
from motcua.web.portal.draft_people import read_ward
from motcua.web.portal.drafts import TOO_OFTEN, DraftPage


class ReturnByPost(DraftPage):
    """Giao kết quả đến đâu, đơn vị nào: each with its price for the address that stands on the page."""

    public = True
    step = "nhan-ket-qua"
    home: Place | None = None  # as it was just typed

    @property
    def known(self) -> Place:
        """The address that was given before, else where the owner lives."""
        owner, draft = self.draft.owner, self.draft
        province = draft.return_province or owner.get("province_code", "")
        ward = draft.return_ward if draft.return_province else owner.get("ward_code", "")
        phone = owner.get("phone", "") or self.draft.helper.get("phone", "")
        return Place(owner.get("name", ""), phone, draft.return_address, province, ward)

    @cached_property
    def priced(self) -> list[Priced]:
        """Cước hôm nay; nothing is asked while no province is known."""
        there, day = self.home or self.known, local_date(self.at)
        if not there.province_code:
            return [Priced(one, None, "Chọn tỉnh, thành phố để biết cước") for one in carriers_on(day)]
        unit = place_of_unit(self.draft.offering.receiving_agency, day)
        return self.asked(unit, there)

    def asked(self, sender: Place, receiver: Place) -> list[Priced]:
        """Cước của từng đơn vị; some of them are asked over the network, so not without end."""
        day = local_date(self.at)
        if not may_act(self.request, "postage", str(self.draft.pk), self.at):
            return [Priced(one, None, TOO_OFTEN) for one in carriers_on(day)]
        return prices(carriers_on(day), sender, receiver, LETTER, day)

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        if self.draft.return_channel != Channel.POST or not self.priced:
            return self.go("portal:draft-nhan-ket-qua", *self.address)
        there = self.home or self.known
        ward = places.ward(there.ward_code)
        return self.step_page(
            "portal/filing/post.html",
            there=there,
            ward=ward.name if ward else "",
            provinces=[(one.code, one.name) for one in places.provinces()],
            priced=self.priced,
            choices=[(str(one.carrier.pk), one.carrier.name, said_of(one)) for one in self.priced],
            is_new=self.home is not None and not self.form.errors,
            costs=self.fee.costs,
        )

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        reader = self.read()
        address = reader.text("return_address", required="Hãy ghi địa chỉ để bưu tá giao.", longest=300)
        province = reader.choice(
            "province_code", [one.code for one in places.provinces()], required="Hãy chọn tỉnh, thành phố."
        )
        ward = read_ward(reader, province)
        self.home = Place(self.known.name, self.known.phone, address, province, ward)
        known = {str(one.carrier.pk): one for one in self.priced} if province else {}
        chosen = reader.choice("carrier", known, required="Hãy chọn đơn vị bưu chính.")
        if chosen and known[chosen].price is None:
            reader.refuse("carrier", known[chosen].why)
        reader.check()
        one = known[chosen]
        if reader.text(f"seen-{chosen}") != str(one.price):
            return self.get(request)  # the price for this address first; pressed again, it is kept
        drafting.save_post(
            draft_id=self.draft.pk, address=address, province_code=province, ward_code=ward, carrier=one.carrier,
            postage=one.price or 0, at=self.at,
        )  # fmt: skip
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
        there, day = self.known, local_date(self.at)
        if not there.province_code:
            return []
        unit = place_of_unit(self.draft.offering.receiving_agency, day)
        return self.asked(there, unit)

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


def said_of(one: Priced) -> str:
    """Cước và hẹn, beside the carrier's name."""
    return (
        one.why if one.price is None else f"{vnd(one.price)}, hẹn giao trong {one.carrier.promise_days} ngày"
    )
