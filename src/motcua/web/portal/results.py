"""Kết quả của tôi: every paper that was issued to who has signed in; take it home, share it, order it on paper, mend it."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from motcua.core.errors import DomainError
from motcua.core.ids import as_key, new_id
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.documents.opening import sign_link
from motcua.foundation.identity import places
from motcua.service.payments.keys import path_of
from motcua.service.payments.models import Refund
from motcua.service.payments.operations.receiving_back import refunds_to
from motcua.service.payments.states import DueState
from motcua.service.postal.following import seen
from motcua.service.postal.models import Carrier
from motcua.service.postal.operations.ordering import LETTER, check_places, quote
from motcua.service.postal.places import place_of_unit
from motcua.service.postal.possible import carriers_on
from motcua.service.results.checking import check_text
from motcua.service.results.holding import MyResult, NoSuchResult, my_result, results_of
from motcua.service.results.models import CopyOrder, IssuedResult, ResultShare
from motcua.service.results.operations import ordering, requesting, sharing
from motcua.service.results.operations.charging import copy_charges
from motcua.service.results.operations.setting import answer_rule_on
from motcua.web.portal.attempts import may_act
from motcua.web.portal.mine import MyPage
from motcua.web.portal.posting import read_home
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.posting import unpriced
from motcua.web.ui.wording import vn_moment

PER_PAGE = 20
DAYS = [(str(days), f"{days} ngày") for days in sharing.DAYS]
TOO_OFTEN = "Bạn đã thử nhiều lần. Hãy chờ 10 phút rồi thử lại."


class MyResults(MyPage):
    """Kết quả của tôi."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        found = results_of(self.citizen.applicant, after=self.after(), limit=PER_PAGE)
        rows = found[:PER_PAGE]
        return self.render(
            "portal/results/index.html",
            rows=rows,
            next=rows[-1].issued_at.isoformat() if len(found) > PER_PAGE else "",
            is_first="sau" not in request.GET,
        )

    def after(self) -> datetime | None:
        """The moment of the last one shown; what cannot be read is the beginning."""
        try:
            moment = datetime.fromisoformat(self.request.GET.get("sau", ""))
        except ValueError:
            return None
        return moment if moment.tzinfo else None


class OwnResult(MyPage):
    """A page about one of one's own results."""

    abstract = True
    public = True

    def mine(self) -> MyResult:
        try:
            return my_result(self.citizen.applicant, str(self.kwargs["paper_id"]).upper(), self.at)
        except NoSuchResult as none:
            raise self.missing(none.message) from None

    def back(self, sentence: str) -> HttpResponse:
        return self.done(sentence, "portal:my-result", self.kwargs["paper_id"])


class ShowResult(OwnResult):
    """Một kết quả."""

    public = True

    def get(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        mine = self.mine()
        return self.render(
            "portal/results/show.html",
            mine=mine,
            one=mine.issued,
            verify=f"{settings.SITE_URL.rstrip('/')}{reverse('portal:verify-code', args=[mine.issued.paper_id])}",
            shares=[(share, share.is_open_at(self.at), share_address(share)) for share in mine.shares],
            orders=[
                (
                    order,
                    seen(order.parcel) if order.parcel else None,
                    due_address(order),
                    coming_back(order),
                )
                for order in mine.orders
            ],
        )


def share_address(share: ResultShare) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{reverse('portal:shared', args=[sharing.token_of(share)])}"


def due_address(order: CopyOrder) -> str:
    """Where what is still owed for a copy is paid; "": nothing is."""
    owed = [due for due in order.dues.all() if due.state == DueState.OPEN]
    return path_of(owed[0].pk) if owed and order.state != CopyOrder.State.CANCELLED else ""


def coming_back(order: CopyOrder) -> list[Refund]:
    """Tiền hoàn của một bản giấy mà Một cửa không lập được."""
    if order.ended_by_id is None:
        return []
    dues = {due.pk for due in order.dues.all()}
    refunds = refunds_to(order.issued.dossier_id)
    return [one for one in refunds if one.payment is not None and one.payment.due_id in dues]


class Sharing(OwnResult):
    """Chia sẻ có thời hạn."""

    public = True

    def get(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        return self.render(
            "portal/results/share.html",
            one=self.mine().issued,
            days=DAYS,
            key=self.form.value("key") or new_id(),
        )

    def post(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        reader = self.read()
        to_whom = reader.text("to_whom", required="Hãy ghi bạn chia sẻ cho ai, để sau này nhớ.", longest=200)
        days = reader.choice("days", [key for key, _ in DAYS], required="Hãy chọn chia sẻ trong bao lâu.")
        reader.check()
        share = sharing.share_result(
            share_id=key_of(reader), issued_id=self.mine().issued.pk, holder=self.citizen.applicant, to_whom=to_whom,
            days=int(days), account_id=self.hand.pk, at=self.at,
        )  # fmt: skip
        return self.back(f"Đã có đường dẫn cho {share.to_whom}. Chép đường dẫn ở dưới rồi gửi cho họ.")


class SharingEnd(OwnResult):
    """Thôi chia sẻ."""

    public = True

    def post(self, request: HttpRequest, paper_id: str, share_id: UUID) -> HttpResponse:
        share = sharing.end_share(
            share_id=share_id, holder=self.citizen.applicant, account_id=self.hand.pk, at=self.at
        )
        return self.back(f"Đã thôi chia sẻ cho {share.to_whom}; đường dẫn không mở được nữa.")


class CopyOrdering(OwnResult):
    """Đặt bản giấy: what it costs is shown first; by post, what the chosen carrier asks as well."""

    public = True
    postage: int | None = None

    @cached_property
    def carriers(self) -> list[Carrier]:
        return carriers_on(local_date(self.at))

    def get(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        issued, person = self.mine().issued, self.citizen.applicant
        ward = places.ward(person.ward_code)
        ways = [one for one in CopyOrder.Way.choices if self.carriers or one[0] != CopyOrder.Way.POST]
        return self.render(
            "portal/results/copy.html",
            one=issued,
            person=person,
            ward=ward.name if ward else "",
            unit=issued.dossier.reception_agency,
            ways=ways,
            carriers=unpriced(self.carriers),
            provinces=[(one.code, one.name) for one in places.provinces()],
            charges=copy_charges(issued.dossier, self.at),
            postage=self.postage,
            key=self.form.value("key") or new_id(),
        )

    def post(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        reader, issued = self.read(), self.mine().issued
        way = reader.choice("way", CopyOrder.Way.values, required="Hãy chọn cách nhận bản giấy.")
        given: dict[str, Any] = {name: reader.text(name, longest=400) for name in ("name", "phone")}
        if way == CopyOrder.Way.POST:
            given |= self.by_post(reader, issued)
            if reader.text("seen_price") != str(self.postage):
                return self.get(request, paper_id)  # the price first; pressed again, it is ordered
        reader.check()
        order = ordering.order_copy(
            order_id=key_of(reader), issued_id=issued.pk, holder=self.citizen.applicant, way=way,
            account_id=self.hand.pk, at=self.at, **{"address": "", **given},
        )  # fmt: skip
        fee = f" Hãy nộp {vnd(order.fee)} phí bản giấy ở dưới." if order.fee else ""
        return self.back(f"Đã đặt bản giấy. {order.agency.name} in xong sẽ báo cho bạn.{fee}")

    def by_post(self, reader: Reader, issued: IssuedResult) -> dict[str, Any]:
        """Giao đến đâu, by whom, for how much."""
        known = {str(one.pk): one for one in self.carriers}
        chosen = reader.choice("carrier", known, required="Hãy chọn đơn vị bưu chính.")
        home = read_home(reader)
        reader.check()
        unit = place_of_unit(issued.dossier.reception_agency, local_date(self.at))
        check_places(unit, home, LETTER, 0)
        self.postage = quote(
            carrier=known[chosen], sender=unit, receiver=home, weight=LETTER, on=local_date(self.at)
        )
        return {
            "address": home.address, "province_code": home.province_code, "ward_code": home.ward_code,
            "carrier": known[chosen], "postage": self.postage,
        }  # fmt: skip


class CopyOrderingEnd(OwnResult):
    """Thôi đặt bản giấy."""

    public = True

    def post(self, request: HttpRequest, paper_id: str, order_id: UUID) -> HttpResponse:
        ordering.cancel_order(
            order_id=order_id, holder=self.citizen.applicant, account_id=self.hand.pk, at=self.at
        )
        return self.back("Đã thôi đặt bản giấy.")


class Mending(OwnResult):
    """Đề nghị đính chính."""

    public = True

    def get(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        return self.render(
            "portal/results/mend.html",
            one=self.mine().issued,
            rule=answer_rule_on(local_date(self.at)),
            key=self.form.value("key") or new_id(),
        )

    def post(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        reader = self.read()
        wrong = reader.paragraph(
            "wrong", required="Hãy ghi giấy sai ở đâu, đúng phải là gì.", longest=requesting.LONGEST
        )
        reader.check()
        issued = self.mine().issued
        asked = requesting.ask_correction(
            request_id=key_of(reader), issued_id=issued.pk, holder=self.citizen.applicant, wrong=wrong,
            account_id=self.hand.pk, at=self.at,
        )  # fmt: skip
        when = f" trước {vn_moment(asked.due_at)}" if asked.due_at else ""
        return self.back(f"Đã gửi đề nghị đến {issued.agency.name}. Cơ quan trả lời{when} và báo cho bạn.")


class Shared(Page):
    """Kết quả được chia sẻ: what waits behind the link is opened by a press, so that no preview of a chat counts."""

    public = True

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        share = sharing.shared_by(token, at=self.at)
        response = self.render(
            "portal/results/shared.html", share=share, one=share.issued, verdict=None, link=""
        )
        add_never_cache_headers(response)
        return response

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if not may_act(request, "share", token, self.at):
            raise DomainError(TOO_OFTEN)
        share = sharing.open_share(token, at=self.at)
        one = share.issued
        response = self.render(
            "portal/results/shared.html",
            share=share,
            one=one,
            verdict=check_text(one.paper_id, at=self.at),
            link=sign_link(document_id=one.document_id, user_id=None, at=self.at)
            if one.document_id and one.published_at
            else "",
        )
        add_never_cache_headers(response)
        return response

    def refused(self, refusal: DomainError, *args: object, **kwargs: object) -> HttpResponse:
        """What has ended is said in words, not with the form again."""
        response = self.render("portal/results/shared_ended.html", sentence=refusal.message)
        response.status_code = 404
        return response


def key_of(reader: Reader) -> UUID:
    """The key of the form, so that a double press is one act; without one each press is its own."""
    return as_key(reader.text("key")) or new_id()
