"""Tự sửa hồ sơ đã tiếp nhận: its owner, signed in, changes what the rule lets them change."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import Stale
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.dossiers.tracking import CODED
from motcua.service.filing.operations.amending import amend_own, amendable_now, is_own
from motcua.service.filing.posting import choice_of
from motcua.service.payments.operations.charging import must_pay
from motcua.service.postal.operations.choosing import choose_post, why_not_choose
from motcua.service.postal.operations.ordering import Place
from motcua.service.postal.places import place_of_applicant, place_of_unit
from motcua.service.postal.possible import carriers_on
from motcua.web.portal.attempts import may_act
from motcua.web.portal.drafts import RETURNS, TOO_OFTEN
from motcua.web.portal.mine import MyPage
from motcua.web.ui.posting import AsksPost


class Amend(MyPage):
    """Sửa hồ sơ của tôi."""

    public = True

    def dossier(self) -> Dossier:
        found: Dossier | None = CODED.first(code=str(self.kwargs["code"]).upper())
        if found is None or not is_own(found, self.citizen.applicant):
            raise self.missing("Không có hồ sơ này trong những hồ sơ của bạn.")
        return found

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        dossier = self.dossier()
        return self.render(
            "portal/own/amend.html",
            dossier=dossier,
            fields_open=amendable_now(dossier, self.at),
            ways=RETURNS,
            chosen=choice_of(dossier),
            may_choose=may_choose(dossier, self.at),
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        dossier, reader = self.dossier(), self.read()
        wanted = {
            name: reader.text(name, longest=longest)
            for name, longest in (("matter", 500), ("phone", 30), ("return_channel", 8))
            if name in request.POST
        }
        reason = reader.paragraph("reason", required="Hãy ghi vì sao bạn sửa, để cơ quan hiểu.", longest=500)
        reader.check()
        changes = amend_own(
            dossier_id=dossier.pk,
            wanted=wanted,
            reason=reason,
            applicant=self.citizen.applicant,
            account_id=self.hand.pk,
            at=self.at,
        )
        said = "Đã sửa. Người đang giữ hồ sơ được báo." if changes else "Hồ sơ đã có nội dung này."
        is_by_post = bool(changes) and wanted.get("return_channel") == Channel.POST
        if is_by_post and may_choose(self.dossier(), self.at):
            return self.done(f"{said} Hãy chọn đơn vị bưu chính.", "portal:my-return-post", dossier.code)
        return self.done(said, "portal:my-filing", dossier.code)


class ReturnPost(AsksPost, Amend):
    """Giao kết quả đến đâu, đơn vị nào: chosen after the filing, with each price."""

    public = True

    @cached_property
    def known(self) -> Place:
        return place_of_applicant(self.dossier())

    @cached_property
    def unit(self) -> Place:
        return place_of_unit(self.dossier().reception_agency, local_date(self.at))

    def too_often(self) -> str:
        return "" if may_act(self.request, "postage", str(self.dossier().pk), self.at) else TOO_OFTEN

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        dossier = self.dossier()
        if not may_choose(dossier, self.at):
            return self.go("portal:my-amendment", dossier.code)
        chosen = choice_of(dossier)
        return self.render(
            "portal/own/return_post.html",
            dossier=dossier,
            post=self.post_context(chosen.carrier if chosen else None),
            owed=must_pay(dossier.pk),
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        dossier, reader = self.dossier(), self.read()
        if not may_choose(dossier, self.at):
            raise Stale("Hồ sơ vừa sang bước khác. Có kết quả thì đặt bưu chính ở trang hồ sơ.")
        wish = self.read_wish(reader)
        if wish is None:
            return self.get(request, code)  # the price for this address first; pressed again, it is kept
        choose_post(dossier_id=dossier.pk, wish=wish, account_id=self.hand.pk, at=self.at)
        said = f"Có kết quả là {wish.carrier.name} giao đến bạn, cước {vnd(wish.postage)}."
        return self.done(said, "portal:my-filing", dossier.code)


def may_choose(dossier: Dossier, at: datetime) -> bool:
    """Còn chọn được đơn vị bưu chính: as long as its owner may change the way of return, and there is one to choose."""
    if why_not_choose(dossier) or "return_channel" not in amendable_now(dossier, at):
        return False
    return bool(carriers_on(local_date(at)))
