"""Biên lai: issued for money that a dossier brought, printed in three copies, cancelled when wrong."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.paperwork.models import FeeSeries, IssuedFeeReceipt
from motcua.service.paperwork.operations.charging import cancel_fee_receipt, issue_fee_receipt, receipted
from motcua.service.paperwork.operations.printing import print_fee_receipt
from motcua.service.payments.models import TillClosing
from motcua.service.payments.operations.charging import add_due, cancel_due, dues_of
from motcua.service.payments.operations.confirming import confirmed_group
from motcua.service.payments.operations.paying import take_cash
from motcua.service.payments.operations.refunding import ask_refund
from motcua.service.payments.operations.settling import close_till, till_of
from motcua.service.payments.states import DueKind, Way
from motcua.web.counter.dossiers import dossier_of
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import paper_response


class FeeReceipts(Page):
    """Biên lai của một hồ sơ: those issued, and a form for the next while money is left without one."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, dossier_id: UUID, **_due: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        return self.render(
            "counter/fees/edit.html",
            dossier=dossier,
            receipts=list(dossier.fee_receipts.select_related("series", "issued_by").order_by("issued_at")),
            left=dossier.fee_amount - receipted(dossier),
            kinds=FeeSeries.Kind.choices,
            dues=dues_of(dossier.pk),
            group=confirmed_group(dossier.pk),
            due_kinds=[(kind.value, kind.label) for kind in DueKind],
            ways=[(way.value, way.label.capitalize()) for way in IssuedFeeReceipt.Way],
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        reader = self.read()
        kind = reader.choice("kind", FeeSeries.Kind.values, required="Hãy chọn phí hoặc lệ phí.")
        charge = reader.text("charge", required="Hãy ghi tên loại phí, lệ phí.", longest=300)
        amount = reader.money("amount", required="Hãy ghi số tiền.")
        way = reader.choice("way", IssuedFeeReceipt.Way.values, required="Hãy chọn hình thức thanh toán.")
        payer = reader.text("payer_name", longest=250)
        reader.check()
        issued = issue_fee_receipt(
            dossier_id=dossier_of(self, dossier_id).pk,
            kind=kind,
            charge=charge,
            amount=amount or 0,
            way=way,
            payer_name=payer,
            by=self.user,
            at=self.at,
        )
        return self.done(f"Đã lập biên lai {issued}. In ba liên ở dưới.", "counter:fees", dossier_id)


class NewDue(FeeReceipts):
    """Ghi thêm một khoản phải nộp."""

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        reader = self.read()
        kind = reader.choice(
            "due_kind", [kind.value for kind in DueKind], required="Hãy chọn loại khoản thu."
        )
        name = reader.text("due_name", required="Hãy ghi tên khoản thu.", longest=300)
        amount = reader.money("due_amount", required="Hãy ghi số tiền.")
        reason = reader.text("due_reason", longest=300)
        reader.check()
        due = add_due(
            dossier_id=dossier_id,
            kind=kind,
            name=name,
            amount=amount or 0,
            reason=reason,
            by=self.user,
            at=self.at,
        )
        return self.done(f"Đã ghi khoản phải nộp {vnd(due.amount)}.", "counter:fees", dossier_id)


class CashTaking(FeeReceipts):
    """Thu tiền mặt một khoản."""

    def post(self, request: HttpRequest, dossier_id: UUID, **given: UUID) -> HttpResponse:
        due = take_cash(
            due_id=given["due_id"], by=self.user, at=self.at, anyway=self.read().is_ticked("anyway")
        )
        receipt = f", biên lai {due.receipt}" if due.receipt else ""
        taken = next(one.amount for one in due.payments.filter(way=Way.CASH).order_by("-created_at"))
        return self.done(f"Đã thu {vnd(taken)}{receipt}.", "counter:fees", dossier_id)


class DueCancellation(FeeReceipts):
    """Thôi thu một khoản."""

    def post(self, request: HttpRequest, dossier_id: UUID, **given: UUID) -> HttpResponse:
        due = cancel_due(
            due_id=given["due_id"], reason=self.read().text("reason", longest=300), by=self.user, at=self.at
        )
        return self.done(f"Đã thôi thu {due.name}.", "counter:fees", dossier_id)


class RefundRequest(FeeReceipts):
    """Đề nghị hoàn một khoản đã nộp."""

    def post(self, request: HttpRequest, dossier_id: UUID, **given: UUID) -> HttpResponse:
        reason = self.read().text("reason", longest=300)
        refund = ask_refund(due_id=given["due_id"], reason=reason, by=self.user, at=self.at)
        return self.done(
            f"Đã đề nghị hoàn {vnd(refund.amount)}, chờ kế toán duyệt.", "counter:fees", dossier_id
        )


class TillPage(Page):
    """Tổng kết quỹ trong ngày."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        agencies = list(
            Agency.objects.filter(pk__in=self.access.agencies(Permission.RECEIVE)).order_by("path")
        )
        if not agencies:
            raise self.missing("Bạn chưa được giao thu tiền ở nơi nào.")
        day = Reader(request.GET).day("ngay") or local_date(self.at)
        agency = next((one for one in agencies if str(one.pk) == request.GET.get("noi")), agencies[0])
        return self.render(
            "counter/fees/till.html",
            agency=agency,
            agencies=[(str(one.pk), one.name) for one in agencies],
            day=day,
            till=till_of(agency.pk, day),
            closing=TillClosing.objects.filter(agency=agency, day=day).select_related("closed_by").first(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        agency = reader.integer("agency", required="Hãy chọn nơi thu.")
        day = reader.day("day", required="Hãy ghi ngày.")
        counted = reader.money("counted", required="Hãy ghi số tiền đếm được.")
        note = reader.text("note", longest=300)
        reader.check()
        closing = close_till(
            agency_id=agency or 0,
            day=day or local_date(self.at),
            counted=counted or 0,
            note=note,
            by=self.user,
            at=self.at,
        )
        where = f"{reverse('counter:till')}?ngay={closing.day:%Y-%m-%d}&noi={closing.agency_id}"
        return self.done(f"Đã tổng kết quỹ {vnd(closing.counted)}.", where)


class FeeReceiptPrint(Page):
    """Biên lai, three copies."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, receipt_id: UUID) -> HttpResponse:
        return paper_response(print_fee_receipt(receipt_id=receipt_id, by=self.user, at=self.at), request)


class FeeReceiptCancellation(Page):
    """Hủy biên lai."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest, receipt_id: UUID) -> HttpResponse:
        reader = self.read()
        reason = reader.text("reason", longest=300)
        if not reason:
            raise DomainError("Hãy ghi lý do hủy biên lai, rồi bấm Hủy lần nữa.")
        issued = cancel_fee_receipt(receipt_id=receipt_id, reason=reason, by=self.user, at=self.at)
        return self.done(f"Đã hủy biên lai {issued}.", "counter:fees", issued.dossier_id)
