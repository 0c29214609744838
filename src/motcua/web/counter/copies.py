"""Bản giấy của kết quả điện tử: ordered by holders, found by the paper's id, printed with an id and a QR of their own."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import InvalidInput
from motcua.core.ids import as_key, new_id
from motcua.core.money import vnd
from motcua.foundation.identity.permissions import Permission
from motcua.service.postal.models import Shipment
from motcua.service.results import paper_ids
from motcua.service.results.codes import in_address
from motcua.service.results.models import CopyOrder, IssuedResult, PaperCopy
from motcua.service.results.operations.copying import print_copy
from motcua.service.results.operations.ordering import end_order
from motcua.service.results.payload import NotOurs, read
from motcua.service.results.printed import copy_pdf
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import pdf_response

MOST = 100
NOT_FOUND = "Không có kết quả nào mang mã này. Hãy xem lại mã giấy, dạng KQ26-XXXX-XXXX, hoặc quét lại mã QR."


class Copies(Page):
    """Bản giấy được đặt; a paper's id or the content of its QR code goes straight to its page."""

    permission = Permission.RETURN

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:1000]
        if text:
            issued = issued_with(text)
            if issued:
                return self.go("counter:copies-of", issued.pk)
            self.form.errors["q"] = NOT_FOUND
        here = self.access.agencies(Permission.RETURN)
        orders = (
            CopyOrder.objects.waiting().filter(agency__in=here).select_related("issued__dossier", "carrier")
        )
        orders = orders.prefetch_related("dues")
        return self.render(
            "counter/copies/index.html", text=text, orders=orders.order_by("asked_at")[:MOST], most=MOST
        )


class CopiesOf(Page):
    """Bản giấy của một kết quả: those that were printed, and one more."""

    permission = Permission.RETURN

    def get(self, request: HttpRequest, issued_id: UUID) -> HttpResponse:
        issued = self.issued(issued_id)
        return self.render(
            "counter/copies/show.html",
            issued=issued,
            copies=issued.copies.select_related("agency", "printed_by", "order__parcel").order_by("-number")[
                :MOST
            ],
            orders=issued.copy_orders.waiting().select_related("agency", "carrier").prefetch_related("dues"),
            key=self.form.value("key") or new_id(),
        )

    def post(self, request: HttpRequest, issued_id: UUID) -> HttpResponse:
        issued = self.issued(issued_id)
        key = as_key(self.read().text("key")) or new_id()
        copy = print_copy(
            copy_id=key, issued_id=issued.pk, agency_id=self.unit(issued), by=self.user, at=self.at
        )
        parcel = Shipment.objects.filter(copy_order__copy=copy).first()
        posted = f" Bưu gửi {parcel.code} chờ ở mục Bưu chính, giao theo bảng kê." if parcel else ""
        return self.done(
            f"Đã có bản giấy thứ {copy.number}. Bấm In để in.{posted}", "counter:copies-of", issued.pk
        )

    def issued(self, issued_id: UUID) -> IssuedResult:
        """Whoever holds the paper's id may have it printed at any unit; the address alone is as hard to guess."""
        found = IssuedResult.objects.select_related("agency", "dossier", "document__file", "replaced_by")
        issued = found.filter(pk=issued_id).first()
        if issued is None:
            raise self.missing("Không có kết quả này.")
        return issued

    def unit(self, issued: IssuedResult) -> int:
        """Where it is printed: the unit that received the dossier when this person works there, else their own."""
        here = self.access.agencies(Permission.RETURN)
        if not here:
            raise InvalidInput({"key": "Bạn không thuộc Bộ phận Một cửa nào."})
        received = issued.dossier.reception_agency_id
        return received if received in here else here[0]


class CopyOrderEnd(CopiesOf):
    """Ngừng một bản giấy không lập được."""

    permission = Permission.RETURN

    def get(self, request: HttpRequest, issued_id: UUID, **_order: UUID) -> HttpResponse:
        return super().get(request, issued_id)

    def post(self, request: HttpRequest, issued_id: UUID, **given: UUID) -> HttpResponse:
        issued, order_id = self.issued(issued_id), given["order_id"]
        if not issued.copy_orders.filter(pk=order_id).exists():
            raise self.missing("Không có bản giấy này.")
        reason = self.read().text(f"reason-{order_id}", longest=300)
        _order, refunds = end_order(order_id=order_id, reason=reason, by=self.user, at=self.at)
        back = sum(refund.amount for refund in refunds)
        what = f" {vnd(back)} đã nộp chờ kế toán duyệt hoàn." if back else ""
        return self.done(
            f"Đã ngừng bản giấy, người đặt được báo lý do.{what}", "counter:copies-of", issued.pk
        )


class CopyPrint(Page):
    """Tờ in của một bản giấy, the same each time."""

    permission = Permission.RETURN

    def get(self, request: HttpRequest, issued_id: UUID, copy_id: UUID) -> HttpResponse:
        copies = PaperCopy.objects.select_related("issued__document__file", "printed_by", "agency")
        mine = copies.filter(agency__in=self.access.agencies(Permission.RETURN))
        copy = mine.filter(pk=copy_id, issued=issued_id).first()
        if copy is None:
            raise self.missing("Không có bản giấy này ở đơn vị của bạn.")
        return pdf_response(copy_pdf(copy), f"ban-giay-{copy.paper_id}.pdf")


def issued_with(text: str) -> IssuedResult | None:
    """The result of an id, of a paper copy's id, or of what a scanner has read."""
    wanted = in_address(text)
    paper_id = paper_ids.tidied(wanted)
    if not paper_id:
        try:
            paper_id = read(wanted)[0].paper_id
        except NotOurs:
            return None
    found = IssuedResult.objects.with_paper_id(paper_id).first()
    if found:
        return found
    copy = PaperCopy.objects.select_related("issued").filter(paper_id=paper_id).first()
    return copy.issued if copy else None
