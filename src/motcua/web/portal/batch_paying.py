"""Trả chung các khoản của một đợt nộp: what each row owes, one press for all of it, and each paid by itself beside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from motcua.core.errors import DomainError
from motcua.core.money import vnd_in_words
from motcua.core.time import local_date
from motcua.service.filing.models import FilingBatch
from motcua.service.payments.gateways import GatewayTrouble, Visit
from motcua.service.payments.keys import key_of, opens, path_of
from motcua.service.payments.models import Due, MoneyException, Payment, PaymentChannel, PaymentOrder
from motcua.service.payments.operations.ordering import (
    MOST,
    busy_of,
    give_up_order,
    open_order,
    order_back,
    start_order,
)
from motcua.service.payments.states import DueKind, DueState, PaymentState
from motcua.web.portal.batches import OwnBatch
from motcua.web.portal.paying import KEY, visit
from motcua.web.ui.pages import Page


@dataclass(frozen=True)
class Owing:
    """Tiền của một đợt nộp: its dues with where each is paid, what is left of them, the order that is being paid."""

    rows: list[tuple[Due, str]]
    order: PaymentOrder | None
    busy: frozenset[UUID]  # dues that are being paid by themselves

    @property
    def open(self) -> list[Due]:
        """Còn phải nộp."""
        return [due for due, _ in self.rows if due.state == DueState.OPEN]

    @property
    def left(self) -> int:
        return sum(due.left for due in self.open)

    @property
    def together(self) -> list[Due]:
        """Khoản trả chung được."""
        return [due for due in self.open if due.kind != DueKind.FINE and due.pk not in self.busy][:MOST]


def owing_of(batch: FilingBatch) -> Owing:
    """Khoản phải nộp của các dòng đã nộp, in the order of the rows."""
    rows = list(batch.rows.filter(filing__isnull=False).values_list("filing__dossier_key", flat=True))
    dues = (
        Due.objects.filter(subject_id__in=rows)
        .with_received()
        .select_related("agency", "collector", "receipt__series")
    )
    place = {key: number for number, key in enumerate(rows)}
    found = sorted(dues, key=lambda due: (place[due.subject_id], due.raised_at, due.pk))
    live = Payment.objects.live().filter(due__in=[due.pk for due in found]).select_related("order__channel")
    order = next((one.order for one in live if one.order), None)
    return Owing([(due, path_of(due.pk)) for due in found], order, frozenset(busy_of(live)))


class BatchPay(OwnBatch):
    """Thanh toán tất cả: how much for how many, by which way; or the order that waits."""

    public = True

    @cached_property
    def owing(self) -> Owing:
        return owing_of(self.batch)

    def address(self) -> str:
        return reverse("portal:batch-pay", args=[self.batch.pk])

    @property
    def channels(self) -> list[tuple[str, str]]:
        dues = self.owing.together
        offered = PaymentChannel.objects.of(dues[0].collector_id, local_date(self.at)) if dues else []
        return [(str(one.pk), one.name) for one in offered]

    def get(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        owing, order = self.owing, self.owing.order
        context: dict[str, Any] = {
            "batch": self.batch,
            "owing": owing,
            "order": order,
            "channels": self.channels,
        }
        if order is None:
            total = sum(due.left for due in owing.together)
            words = vnd_in_words(total).capitalize() if total else ""
            return self.render("portal/batch/pay.html", total=total, in_words=words, **context)
        states = {one.state for one in order.members}
        held = MoneyException.objects.standing().filter(payment__order=order, amount__gt=0)
        return self.render(
            "portal/batch/pay_waiting.html",
            is_pending=PaymentState.PENDING in states,
            is_held=held.exists(),
            qr=segno.make(order.qr_payload, error="m").svg_data_uri(scale=5, border=3)
            if order.qr_payload
            else "",
            account=order.channel.details,
            in_words=vnd_in_words(order.amount).capitalize(),
            **context,
        )

    def post(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        reader = self.read()
        channel = reader.choice(
            "channel", [key for key, _ in self.channels], required="Hãy chọn cách trả tiền."
        )
        reader.check()
        dues = [due.pk for due in self.owing.together]
        opened = open_order(due_ids=dues, channel_id=UUID(channel), at=self.at)
        if opened.is_new:
            try:
                start_order(opened.order, self.visit(opened.order), self.at)
            except GatewayTrouble as trouble:
                self.__dict__.pop("owing", None)
                raise DomainError(trouble.message) from trouble
        return self.go(self.address())

    def visit(self, order: PaymentOrder) -> Visit:
        back = f"{reverse('portal:order-back', args=[self.batch.pk, order.pk])}?{urlencode({KEY: key_of(order.pk)})}"
        return visit(self.request, back=back, channel_id=order.channel_id)


class BatchPaySent(BatchPay):
    """“Tôi đã trả xong”, “Tôi đã chuyển khoản”."""

    public = True

    def post(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        if self.owing.order:
            order_back(order_id=self.owing.order.pk, at=self.at)
        return self.go(self.address())


class BatchPayOther(BatchPay):
    """“Tôi chưa trả, chọn cách khác”."""

    public = True

    def post(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        if self.owing.order:
            give_up_order(order_id=self.owing.order.pk, at=self.at)
        return self.go(self.address())


@method_decorator(csrf_exempt, name="dispatch")  # some platforms send the browser back by POST
class OrderBack(Page):
    """Quay lại từ trang thanh toán: what the address says is not believed; the platform itself is asked."""

    public = True

    def get(self, request: HttpRequest, batch_id: UUID, order_id: UUID) -> HttpResponse:
        if not opens(order_id, request.GET.get(KEY, "")):
            raise self.missing("Không mở được lần thanh toán này. Hãy mở lại đợt nộp.")
        order_back(order_id=order_id, at=self.at)
        return self.go("portal:batch-pay", batch_id)

    def post(self, request: HttpRequest, batch_id: UUID, order_id: UUID) -> HttpResponse:
        return self.get(request, batch_id, order_id)
