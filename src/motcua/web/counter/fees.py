"""Biên lai: issued for money that a dossier brought, printed in three copies, cancelled when wrong."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.foundation.identity.permissions import Permission
from motcua.service.paperwork.models import FeeSeries, IssuedFeeReceipt
from motcua.service.paperwork.operations.charging import cancel_fee_receipt, issue_fee_receipt, receipted
from motcua.service.paperwork.operations.printing import print_fee_receipt
from motcua.web.counter.dossiers import dossier_of
from motcua.web.ui.pages import Page
from motcua.web.ui.papers import paper_response


class FeeReceipts(Page):
    """Biên lai của một hồ sơ: those issued, and a form for the next while money is left without one."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        return self.render(
            "counter/fees/edit.html",
            dossier=dossier,
            receipts=list(dossier.fee_receipts.select_related("series", "issued_by").order_by("issued_at")),
            left=dossier.fee_amount - receipted(dossier),
            kinds=FeeSeries.Kind.choices,
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
