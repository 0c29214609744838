"""Thanh toán chung: several dues of one agency by one act. Each keeps its own payment, so nothing else need know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.service.payments.events import OrderOpened, PaymentCreated, PaymentReturned
from motcua.service.payments.gateways import GatewayTrouble, Visit, gateway_of
from motcua.service.payments.models import Due, Payment, PaymentChannel, PaymentOrder
from motcua.service.payments.operations.moving import left_of, move, set_aside
from motcua.service.payments.operations.paying import (
    FIRST_QUERY,
    TROUBLE_WORDS,
    AlreadyPaid,
    PaymentInProgress,
    failed_to_start,
    new_reference,
)
from motcua.service.payments.operations.sharing import locked_members
from motcua.service.payments.states import LIVE, DueKind, DueState, PaymentState

MOST = 100  # dues in one order: more are paid by the next one


class NotTogether(DomainError):
    """Các khoản này không trả chung được: not of one agency, or collected at different places."""


@dataclass(frozen=True)
class OpenedOrder:
    """Lệnh thanh toán chung, and whether this call has made it."""

    order: PaymentOrder
    is_new: bool


@transaction.atomic
def open_order(*, due_ids: Collection[UUID], channel_id: UUID, at: datetime) -> OpenedOrder:
    """Mở lệnh cho những khoản còn phải nộp among these; pressed twice, in two tabs, it is the one order.

    What is paid already, or being paid by itself, is left out. Raises AlreadyPaid when nothing is left, NotTogether,
    PaymentInProgress, DomainError for a channel that is not offered.
    """
    asked = Due.objects.select_for_update(of=("self",)).filter(pk__in=due_ids).order_by("pk")
    dues = [due for due in asked if due.state == DueState.OPEN and due.kind != DueKind.FINE]
    live = list(
        Payment.objects.live().filter(due__in=dues).select_for_update(of=("self",)).select_related("order")
    )
    if going := next((one.order for one in live if one.order), None):
        if going.channel_id == channel_id:
            return OpenedOrder(going, is_new=False)
        raise PaymentInProgress(
            "Đang có một lệnh trả chung. Nếu chưa trả tiền, hãy bấm “Chọn cách khác”.", field="channel"
        )
    busy = busy_of(live)
    free = sorted((due for due in dues if due.pk not in busy), key=lambda due: (due.raised_at, due.pk))[:MOST]
    if not free:
        raise AlreadyPaid("Các khoản này đã nộp, hoặc đang được trả riêng từng khoản.")
    if len({(due.collector_id, due.agency_id) for due in free}) > 1:
        raise NotTogether("Các khoản này thu ở nhiều nơi. Hãy trả từng khoản.")
    channel = PaymentChannel.objects.of(free[0].collector_id, local_date(at)).filter(pk=channel_id).first()
    if channel is None:
        raise DomainError("Cách thanh toán này không còn dùng. Hãy chọn cách khác.", field="channel")
    for one in live:
        if one.due_id not in busy:
            set_aside(one, at, "Người nộp trả chung nhiều khoản")
    return OpenedOrder(_made(free, channel, at), is_new=True)


def busy_of(live: Iterable[Payment]) -> set[UUID]:
    """Khoản đang được trả riêng: somebody has gone to pay it already."""
    return {one.due_id for one in live if one.order_id is None and one.state != PaymentState.CREATED}


def _made(dues: list[Due], channel: PaymentChannel, at: datetime) -> PaymentOrder:
    lefts = [left_of(due) for due in dues]
    order = PaymentOrder.objects.create(
        channel=channel, reference=new_reference(at), amount=sum(lefts), created_at=at
    )
    made = Payment.objects.bulk_create(
        Payment(
            due=due, order=order, channel=channel, way=channel.way, reference=f"{order.reference}-{place}",
            amount=left, created_at=at, next_query_at=at + FIRST_QUERY,
        )
        for place, (due, left) in enumerate(zip(dues, lefts, strict=True), start=1)
    )  # fmt: skip
    events.record(
        OrderOpened(
            subject_id=order.pk, actor_id=None, at=at, reference=order.reference, amount=order.amount, dues=len(dues)
        )
    )  # fmt: skip
    for payment in made:
        events.record(
            PaymentCreated(
                subject_id=payment.pk, actor_id=None, at=at, due=payment.due_id, reference=payment.reference,
                amount=payment.amount, way=payment.way,
            )
        )  # fmt: skip
    return order


def start_order(order: PaymentOrder, visit: Visit, at: datetime) -> PaymentOrder:
    """Mở trang thanh toán của lệnh at the outside; when it does not answer each try in it has failed.

    Raises GatewayTrouble, after that.
    """
    try:
        started = gateway_of(order.channel).start(order, visit, at)
    except GatewayTrouble as trouble:
        with transaction.atomic():
            for payment in locked_members(order):
                failed_to_start(payment.pk, trouble, at)
        raise GatewayTrouble(TROUBLE_WORDS) from trouble
    with transaction.atomic():
        members = locked_members(order)
        order.pay_url, order.qr_payload = started.pay_url, started.qr_payload
        order.save(update_fields=["pay_url", "qr_payload"])
        for payment in members:
            if payment.state == PaymentState.CREATED:
                move(payment, after=PaymentState.REDIRECTED, source="START", at=at)
    return order


@transaction.atomic
def order_back(*, order_id: UUID, at: datetime) -> None:
    """Người nộp quay lại, or says that the transfer was sent: all wait for the bank, the outside is asked once, now."""
    live = [one for one in locked_members(_order(order_id)) if one.state in LIVE]
    for payment in live:
        if payment.state != PaymentState.PENDING:
            move(payment, after=PaymentState.PENDING, source="PAYER", at=at)
        payment.next_query_at = at
        payment.save(update_fields=["next_query_at"])
    for payment in live[:1]:
        events.record(
            PaymentReturned(
                subject_id=payment.pk, actor_id=None, at=at, due=payment.due_id, reference=payment.reference,
                amount=payment.amount,
            )
        )  # fmt: skip


@transaction.atomic
def give_up_order(*, order_id: UUID, at: datetime) -> None:
    """Người nộp chọn cách khác: each try of the order is set aside, and the outside is still asked once more."""
    for payment in locked_members(_order(order_id)):
        if payment.state in LIVE:
            set_aside(payment, at, "Người nộp chọn cách khác")


def _order(order_id: UUID) -> PaymentOrder:
    found = PaymentOrder.objects.select_related("channel").filter(pk=order_id).first()
    if found is None:
        raise DomainError("Không tìm thấy lệnh thanh toán này.")
    return found
