"""Nghe tin về tiền: the one door for callbacks, questions and statements. Money that came is never lost.

What may come in parts: a transfer that a person types (any sum, more than once by the same code) and what a carrier
hands over. What has come of it counts towards the due; what is too much waits for its owner.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from motcua.core.money import vnd
from motcua.service.payments import books
from motcua.service.payments.gateways import GatewayTrouble, Told, gateway_of
from motcua.service.payments.models import Due, Entry, Payment, PaymentChannel, PaymentOrder, PaymentSignal
from motcua.service.payments.operations.moving import (
    BY_HAND,
    LAST_LOOK,
    after_paid,
    found_exception,
    left_of,
    lock,
    may_wait,
    move,
    set_aside,
    settle,
)
from motcua.service.payments.operations.sharing import locked_members, shared_out
from motcua.service.payments.states import (
    LIVE,
    UNPAID_ENDS,
    DueState,
    ExceptionKind,
    PaymentState,
    Verdict,
)

logger = logging.getLogger(__name__)
Source = PaymentSignal.Source
KNOWN = "Đã biết"
LONGEST_PAUSE = timedelta(hours=6)
UNUSED_AFTER = timedelta(hours=24)  # a payment page that nobody used, where the channel cannot be asked


@dataclass(frozen=True)
class Arrival:
    """Một lần tiền về: so much by one channel, under one key of the ledger."""

    channel: PaymentChannel
    payment: Payment
    told: Told
    amount: int
    key: str
    at: datetime


@transaction.atomic
def hear(*, channel: PaymentChannel, told: Told, source: str, at: datetime) -> PaymentSignal:
    """Nghe lời báo: the one door for callbacks, queries and statements; told again it changes nothing.

    What is forged moves no money and makes us ask. Money that fits nothing lies in suspense with an exception.
    """
    order = (
        PaymentOrder.objects.select_related("channel")
        .filter(reference=told.reference, channel=channel)
        .first()
    )
    payment = None if order else _located(channel, told.reference)
    signal = PaymentSignal.objects.create(
        channel=channel, payment=payment, source=source, reference=told.reference[:100], verdict=told.verdict,
        amount=told.amount, transaction=told.transaction[:100], is_authentic=told.is_authentic, told_at=at,
    )  # fmt: skip
    if order:
        said = [
            hear(channel=channel, told=one, source=source, at=at).outcome for one in shared_out(order, told)
        ]
        signal.outcome = (
            f"Chia cho {len(said)} khoản: {'; '.join(dict.fromkeys(said))}"[:200] if said else KNOWN
        )
    else:
        signal.outcome = _acted(channel, payment, told, source, at)[:200]
    signal.save(update_fields=["outcome"])
    return signal


def ask(*, payment_id: UUID, at: datetime) -> Payment:
    """Hỏi cổng về một lần thanh toán; not to know is an answer too, and is asked again later, ever more seldom."""
    payment = Payment.objects.select_related("channel", "due", "order").get(pk=payment_id)
    if payment.next_query_at is None or payment.channel is None:
        return payment
    asked = payment.order or payment
    told = Told(asked.reference, Verdict.UNKNOWN)
    try:
        gateway = gateway_of(payment.channel)
        if gateway.can_query:
            told = gateway.query(asked, at)
    except GatewayTrouble as trouble:
        told = Told(asked.reference, Verdict.UNKNOWN, words=trouble.message)
    if told.verdict in {Verdict.PAID, Verdict.NOT_PAID}:
        hear(channel=payment.channel, told=told, source=Source.QUERY, at=at)
    return _asked(payment.pk, told, at)


# --- what a word of the outside does


def _acted(channel: PaymentChannel, payment: Payment | None, told: Told, source: str, at: datetime) -> str:
    if not told.is_authentic:
        return _forged(payment, at)
    if told.verdict == Verdict.PAID:
        return _money_came(channel, payment, told, source, at)
    if payment is None:
        return "Không có mã này; không có tiền"
    if told.verdict == Verdict.NOT_PAID:
        return _not_paid(channel, payment, told, source, at)
    if told.verdict == Verdict.PENDING and may_wait(payment):
        move(payment, after=PaymentState.PENDING, source=source, at=at)
        return "Chờ ngân hàng"
    return "Không đổi"


def _forged(payment: Payment | None, at: datetime) -> str:
    logger.warning("A payment callback was not signed as agreed: %s", payment or "unknown reference")
    if payment and payment.state != PaymentState.SUCCEEDED:
        payment.next_query_at = at
        payment.save(update_fields=["next_query_at"])
    return "Sai chữ ký, không tin; hỏi lại cổng"


def _not_paid(channel: PaymentChannel, payment: Payment, told: Told, source: str, at: datetime) -> str:
    if payment.state in {PaymentState.SUCCEEDED, PaymentState.REFUND_PENDING} or payment.entries.exists():
        found_exception(
            ExceptionKind.CONTRADICTION, channel=channel, payment=payment, reference=payment.reference,
            transaction_code=told.transaction, amount=0, at=at,
            detail="Đã ghi nhận tiền nhưng cổng báo không trả được. Đối chiếu với ngân hàng trước khi làm gì.",
        )  # fmt: skip
        return "Trái với tiền đã ghi; chuyển kế toán"
    if not payment.is_live:
        return "Không đổi"
    payment.note = (told.words or "Cổng báo không trả được")[:300]
    payment.next_query_at = None if source == Source.QUERY else at + LAST_LOOK
    payment.save(update_fields=["note", "next_query_at"])
    move(payment, after=PaymentState.FAILED, source=source, at=at)
    return "Không thành công"


def _money_came(
    channel: PaymentChannel, payment: Payment | None, told: Told, source: str, at: datetime
) -> str:
    if payment is None:
        return _unknown_money(channel, told, at)
    amount = payment.amount if told.amount is None else told.amount
    key = f"in:{payment.reference}"
    if payment.entries.filter(key__startswith="in:").exists():
        if not _is_another(channel, payment, told):
            return _told_again(channel, payment, told, amount, at)
        key = f"{key}:{told.transaction}"[:200]
        if Entry.objects.filter(key=key).exists():
            return KNOWN
    else:
        payment.transaction = told.transaction[:100]
    payment.next_query_at = None
    payment.save(update_fields=["transaction", "next_query_at"])
    return _arrived(Arrival(channel, payment, told, amount, key, at), source)


def _is_another(channel: PaymentChannel, payment: Payment, told: Told) -> bool:
    """The same code with another transaction of the bank: somebody has transferred once more."""
    known = payment.transaction
    return bool(channel.way in BY_HAND and told.transaction and known and told.transaction != known)


def _arrived(one: Arrival, source: str) -> str:
    """Money of a known try: it settles the due, is a part of it, or waits for an accountant."""
    payment, due = one.payment, one.payment.due
    differs = one.amount != payment.amount or not one.told.is_whole
    if differs and (one.channel.way not in BY_HAND or not one.amount):
        if may_wait(payment):
            move(payment, after=PaymentState.PENDING, source=source, at=one.at)
        wanted = payment.order.amount if payment.order else payment.amount
        words = f"Phải nộp {vnd(wanted)}, tiền về {vnd(one.amount)}."
        return _hold(one, ExceptionKind.AMOUNT_DIFFERS, words)
    if payment.state in LIVE | UNPAID_ENDS:
        move(payment, after=PaymentState.SUCCEEDED, source=source, at=one.at)
    if due.state == DueState.PAID:
        return _hold(one, ExceptionKind.PAID_TWICE, "Khoản này đã nộp bằng lần khác.")
    if due.state != DueState.OPEN:
        return _hold(one, ExceptionKind.NOT_OWED, f"Khoản đã “{due.get_state_display()}”.")
    left = left_of(due)
    for other in due.payments.live().exclude(pk=payment.pk).select_for_update():
        set_aside(other, one.at, "Đã nộp bằng lần khác")
    if one.amount < left:
        words = f"Phải nộp {vnd(left)}, đã chuyển {vnd(one.amount)}; còn thiếu {vnd(left - one.amount)}."
        return _hold(one, ExceptionKind.UNDERPAID, words)
    return _settled(one, due, left)


def _settled(one: Arrival, due: Due, left: int) -> str:
    """The due is whole; what is more than it waits for its owner."""
    settle(
        due, one.payment, left, one.key, debit=books.clearing(one.channel), at=one.at, by=None,
        memo=f"{due.name}, {one.payment.get_way_display()}",
    )  # fmt: skip
    after_paid(due, one.payment, by=None, at=one.at)
    if surplus := one.amount - left:
        words = f"Phải nộp {vnd(left)}, chuyển {vnd(one.amount)}; thừa {vnd(surplus)}."
        _hold(one, ExceptionKind.OVERPAID, words, amount=surplus, key=f"{one.key}:thua")
    return "Đã ghi vào khoản phải nộp"


def _hold(one: Arrival, kind: ExceptionKind, detail: str, *, amount: int | None = None, key: str = "") -> str:
    """Money that may not settle a due is kept in suspense: for the rest to come, or for an accountant."""
    held = one.amount if amount is None else amount
    if held:
        books.post(
            key or one.key, debit=books.clearing(one.channel), credit=books.suspense(one.channel), amount=held,
            memo=detail, at=one.at, payment=one.payment,
        )  # fmt: skip
    found_exception(
        kind, channel=one.channel, payment=one.payment, reference=one.payment.reference,
        transaction_code=one.told.transaction, amount=held, detail=detail, at=one.at,
    )  # fmt: skip
    return f"{kind.label}; chuyển kế toán" if kind != ExceptionKind.UNDERPAID else kind.label


def _unknown_money(channel: PaymentChannel, told: Told, at: datetime) -> str:
    amount = told.amount or 0
    key = f"in:{channel.pk}:{told.reference}:{told.transaction}"[:200]
    if Entry.objects.filter(key=key).exists():
        return KNOWN
    if amount:
        books.post(
            key, debit=books.clearing(channel), credit=books.suspense(channel), amount=amount,
            memo=f"Tiền về với mã lạ {told.reference[:80]}", at=at,
        )  # fmt: skip
    found_exception(
        ExceptionKind.UNKNOWN_REFERENCE, channel=channel, payment=None, reference=told.reference,
        transaction_code=told.transaction, amount=amount, at=at,
        detail=f"Tiền về {vnd(amount)} với mã không có ở đây.",
    )  # fmt: skip
    return "Mã lạ; chuyển kế toán"


def _told_again(channel: PaymentChannel, payment: Payment, told: Told, amount: int, at: datetime) -> str:
    same = not told.transaction or not payment.transaction or told.transaction == payment.transaction
    same = same and told.is_whole
    first = payment.entries.filter(key__in=_keys_of_first(payment)).aggregate(total=Sum("amount"))["total"]
    if same and amount == first:
        if told.transaction and not payment.transaction:
            payment.transaction = told.transaction[:100]
            payment.save(update_fields=["transaction"])
        return KNOWN
    found_exception(
        ExceptionKind.CONTRADICTION, channel=channel, payment=payment, reference=payment.reference,
        transaction_code=told.transaction, amount=0, at=at,
        detail=f"Báo lại khác lần đầu: {vnd(amount)}, giao dịch {told.transaction or 'không nêu'}. Hỏi ngân hàng.",
    )  # fmt: skip
    return "Báo lại khác lần đầu; chuyển kế toán"


def _keys_of_first(payment: Payment) -> tuple[str, str]:
    """Under which keys the money of the first word stands: what settled, and what was too much."""
    return f"in:{payment.reference}", f"in:{payment.reference}:thua"


def _located(channel: PaymentChannel, reference: str) -> Payment | None:
    """The payment of that reference in that channel, locked after its due."""
    found = Payment.objects.filter(reference=reference, channel=channel).values_list("pk", flat=True).first()
    return lock(found) if found else None


@transaction.atomic
def _asked(payment_id: UUID, told: Told, at: datetime) -> Payment:
    """After a question: when to ask again, or that nobody used the page. One question was for a whole order."""
    order = PaymentOrder.objects.filter(payments=payment_id).first()
    members = locked_members(order) if order else []
    payment = next((one for one in members if one.pk == payment_id), None) or lock(payment_id)
    payment.queries += 1
    if not payment.is_live or told.verdict == Verdict.PAID:  # what came and does not fit, an accountant has
        payment.next_query_at = None
    elif told.verdict in {Verdict.PENDING, Verdict.UNKNOWN}:
        payment.next_query_at = at + min(timedelta(minutes=2 ** min(payment.queries, 9)), LONGEST_PAUSE)
        if told.words:
            payment.note = told.words[:300]
    payment.save(update_fields=["queries", "next_query_at", "note"])
    alike = [one.pk for one in members if one.next_query_at and one.is_live == payment.is_live]
    Payment.objects.filter(pk__in=alike).update(queries=payment.queries, next_query_at=payment.next_query_at)
    unused = payment.state in {PaymentState.CREATED, PaymentState.REDIRECTED}
    if unused and payment.created_at + UNUSED_AFTER < at:
        set_aside(payment, at, "Quá 24 giờ không thấy trả tiền")
    return payment
