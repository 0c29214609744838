"""Kết quả của tôi: every paper that was issued to who has signed in; take it home, share it, order it on paper, mend it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from motcua.core.errors import DomainError
from motcua.core.ids import as_key, new_id
from motcua.foundation.documents.opening import sign_link
from motcua.service.results.checking import check_text
from motcua.service.results.holding import MyResult, NoSuchResult, my_result, results_of
from motcua.service.results.models import CopyOrder, ResultShare
from motcua.service.results.operations import ordering, requesting, sharing
from motcua.web.portal.attempts import may_act
from motcua.web.portal.mine import MyPage
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page

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
        )


def share_address(share: ResultShare) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{reverse('portal:shared', args=[sharing.token_of(share)])}"


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
    """Đặt bản giấy."""

    public = True

    def get(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        mine = self.mine()
        return self.render(
            "portal/results/copy.html",
            one=mine.issued,
            person=self.citizen.applicant,
            unit=mine.issued.dossier.reception_agency,
            ways=CopyOrder.Way.choices,
            key=self.form.value("key") or new_id(),
        )

    def post(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        reader = self.read()
        given = {
            "way": reader.choice("way", CopyOrder.Way.values, required="Hãy chọn cách nhận bản giấy."),
            "name": reader.text("name", longest=200),
            "phone": reader.text("phone", longest=40),
            "address": reader.text("address", longest=500),
        }
        reader.check()
        order = ordering.order_copy(
            order_id=key_of(reader), issued_id=self.mine().issued.pk, holder=self.citizen.applicant,
            account_id=self.hand.pk, at=self.at, **given,
        )  # fmt: skip
        return self.back(f"Đã đặt bản giấy. {order.agency.name} in xong sẽ báo cho bạn.")


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
            "portal/results/mend.html", one=self.mine().issued, key=self.form.value("key") or new_id()
        )

    def post(self, request: HttpRequest, paper_id: str) -> HttpResponse:
        reader = self.read()
        wrong = reader.paragraph(
            "wrong", required="Hãy ghi giấy sai ở đâu, đúng phải là gì.", longest=requesting.LONGEST
        )
        reader.check()
        issued = self.mine().issued
        requesting.ask_correction(
            request_id=key_of(reader), issued_id=issued.pk, holder=self.citizen.applicant, wrong=wrong,
            account_id=self.hand.pk, at=self.at,
        )  # fmt: skip
        return self.back(f"Đã gửi đề nghị đến {issued.agency.name}. Cơ quan trả lời và báo cho bạn.")


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
