"""Thanh toán: open a try, hear what the outside says of it, ask again, take cash. Money that came is never lost.

Locks are taken in one order: the due, then its payments. The outside is never spoken to inside a transaction.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.money import vnd
from motcua.core.time import local, local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.collecting import add_collected
from motcua.service.paperwork.models import IssuedFeeReceipt
from motcua.service.paperwork.operations.charging import NoSeries, issue_for_payment
from motcua.service.payments import books
from motcua.service.payments.events import (
    DossierPaid,
    DuePaid,
    ExceptionFound,
    PaymentCreated,
    PaymentMoved,
    PaymentReturned,
)
from motcua.service.payments.gateways import GatewayTrouble, Told, Visit, gateway_of
from motcua.service.payments.models import (
    Account,
    Due,
    Entry,
    MoneyException,
    Payment,
    PaymentChannel,
    PaymentSignal,
)
from motcua.service.payments.operations.charging import lock_due, tell
from motcua.service.payments.operations.charging import told as told_of
from motcua.service.payments.states import (
    DueKind,
    DueState,
    ExceptionKind,
    PaymentState,
    Verdict,
    Way,
    may_move,
)

if TYPE_CHECKING:
    from motcua.service.dossiers.events import DossierReceived

logger = logging.getLogger(__name__)
Source = PaymentSignal.Source
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
FIRST_QUERY = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=6)
LAST_LOOK = timedelta(minutes=30)  # an attempt given up is asked for once more after this
UNUSED_AFTER = timedelta(hours=24)  # a payment page that nobody used, where the channel cannot be asked
RECEIPT_WAYS = {
    Way.CASH: IssuedFeeReceipt.Way.CASH,
    Way.TRANSFER: IssuedFeeReceipt.Way.TRANSFER,
    Way.PLATFORM: IssuedFeeReceipt.Way.ONLINE,
}
WAITING_WORDS = "Đang chờ ngân hàng xác nhận. Nếu bạn đã trả tiền, không cần trả lại."
TROUBLE_WORDS = "Cổng thanh toán chưa trả lời; chưa có khoản tiền nào bị trừ. Hãy thử lại sau ít phút hoặc chọn cách khác."


class AlreadyPaid(Stale):
    """Khoản này không còn phải nộp."""


class PaymentInProgress(DomainError):
    """Đang có một lần thanh toán chưa ngã ngũ."""


@dataclass(frozen=True)
class Opened:
    """Lần thanh toán, and whether this call has made it (the other click made it otherwise)."""

    payment: Payment
    is_new: bool


@transaction.atomic
def open_payment(*, due_id: UUID, channel_id: UUID, at: datetime, gives_up: bool = False) -> Opened:
    """Mở một lần thanh toán; a second click, tab or press of the back button gets the same one.

    `gives_up`: the payer says that nothing was paid by the try that is still open, and begins another; the old one is
    still asked for. Raises AlreadyPaid, PaymentInProgress, DomainError for a channel that is not offered.
    """
    due = lock_due(due_id)
    if due.state != DueState.OPEN:
        raise AlreadyPaid(f"Khoản này đang ở trạng thái “{due.get_state_display()}”, không phải nộp nữa.")
    channel = PaymentChannel.objects.of(due.collector_id, local_date(at)).filter(pk=channel_id).first()
    if channel is None:
        raise DomainError("Cách thanh toán này không còn dùng. Hãy chọn cách khác.", field="channel")
    live = due.payments.live().first()
    if live and live.channel_id == channel.pk and not gives_up:
        return Opened(live, is_new=False)
    if live and not gives_up and live.state != PaymentState.CREATED:
        raise PaymentInProgress(
            "Bạn đã mở một lần thanh toán khác. Nếu chưa trả tiền ở đó, hãy bấm “Chọn cách khác”.",
            field="channel",
        )
    if live:
        _give_up(live, at, "Người nộp chọn cách khác")
    payment = Payment.objects.create(
        due=due, channel=channel, way=channel.way, reference=new_reference(at), amount=due.amount, created_at=at,
        next_query_at=at + FIRST_QUERY,
    )  # fmt: skip
    events.record(
        PaymentCreated(
            subject_id=payment.pk, actor_id=None, at=at, due=due.pk, reference=payment.reference, amount=payment.amount,
            way=payment.way,
        )
    )  # fmt: skip
    return Opened(payment, is_new=True)


def start(payment: Payment, visit: Visit, at: datetime) -> Payment:
    """Mở trang thanh toán at the outside. When it does not answer nobody was sent anywhere: the try has failed.

    Raises GatewayTrouble, after the try is marked so.
    """
    try:
        started = gateway_of(payment.channel).start(payment, visit, at)  # type: ignore[arg-type]
    except GatewayTrouble as trouble:
        _failed_to_start(payment.pk, trouble, at)
        raise GatewayTrouble(TROUBLE_WORDS) from trouble
    with transaction.atomic():
        payment = _lock(payment.pk)
        payment.pay_url, payment.qr_payload = started.pay_url, started.qr_payload
        payment.save(update_fields=["pay_url", "qr_payload"])
        if payment.state == PaymentState.CREATED:
            _move(payment, PaymentState.REDIRECTED, "START", at)
    return payment


@transaction.atomic
def come_back(*, payment_id: UUID, at: datetime) -> Payment:
    """Người nộp quay lại, or says that the transfer was sent: the try waits for the bank, and the outside is asked now."""
    payment = _lock(payment_id)
    if payment.state in {PaymentState.CREATED, PaymentState.REDIRECTED}:
        _move(payment, PaymentState.PENDING, "PAYER", at)
    if payment.is_live:
        payment.next_query_at = at
        payment.save(update_fields=["next_query_at"])
        events.record(
            PaymentReturned(
                subject_id=payment.pk, actor_id=None, at=at, due=payment.due_id, reference=payment.reference,
                amount=payment.amount,
            )
        )  # fmt: skip
    return payment


@transaction.atomic
def give_up(*, due_id: UUID, at: datetime) -> None:
    """Người nộp chọn cách khác: the open try is set aside, and still asked for once more."""
    due = lock_due(due_id)
    for payment in due.payments.live().select_for_update():
        _give_up(payment, at, "Người nộp chọn cách khác")


@transaction.atomic
def hear(*, channel: PaymentChannel, told: Told, source: str, at: datetime) -> PaymentSignal:
    """Nghe lời báo: the one door for callbacks, queries and statements; told again it changes nothing.

    What is forged moves no money and makes us ask. Money that fits nothing lies in suspense with an exception.
    """
    payment = _located(channel, told.reference)
    signal = PaymentSignal.objects.create(
        channel=channel, payment=payment, source=source, reference=told.reference[:100], verdict=told.verdict,
        amount=told.amount, transaction=told.transaction[:100], is_authentic=told.is_authentic, told_at=at,
    )  # fmt: skip
    signal.outcome = _acted(channel, payment, told, source, at)[:200]
    signal.save(update_fields=["outcome"])
    return signal


def ask(*, payment_id: UUID, at: datetime) -> Payment:
    """Hỏi cổng về một lần thanh toán; not to know is an answer too, and is asked again later, ever more seldom."""
    payment = Payment.objects.select_related("channel", "due").get(pk=payment_id)
    if payment.next_query_at is None or payment.channel is None:
        return payment
    told = Told(payment.reference, Verdict.UNKNOWN)
    try:
        gateway = gateway_of(payment.channel)
        if gateway.can_query:
            told = gateway.query(payment, at)
    except GatewayTrouble as trouble:
        told = Told(payment.reference, Verdict.UNKNOWN, words=trouble.message)
    if told.verdict in {Verdict.PAID, Verdict.NOT_PAID}:
        hear(channel=payment.channel, told=told, source=Source.QUERY, at=at)
    return _asked(payment.pk, told, at)


@transaction.atomic
def take_cash(*, due_id: UUID, by: User, at: datetime, anyway: bool = False) -> Due:
    """Thu tiền mặt một khoản, with its receipt. `anyway`: although a payment on line is still open.

    Raises Forbidden without RECEIVE, AlreadyPaid, PaymentInProgress.
    """
    due = lock_due(due_id)
    access_of(by, at).require(Permission.RECEIVE, due.collector_id)
    if due.state != DueState.OPEN:
        raise AlreadyPaid(f"Khoản này đang ở trạng thái “{due.get_state_display()}”. Không thu tiền nữa.")
    live = due.payments.live().select_for_update().first()
    if live and not anyway and live.state != PaymentState.CREATED:
        raise PaymentInProgress(
            f"Người nộp đã mở thanh toán trực tuyến lúc {local(live.created_at):%H:%M %d/%m}, chưa ngã ngũ. "
            "Hỏi người nộp; nếu chưa trả tiền ở đó, đánh dấu “Vẫn thu tiền mặt” rồi bấm lại.",
            field="anyway",
        )
    if live:
        _give_up(live, at, "Đã thu tiền mặt")
    _pay_cash(due, by, at, counts=True)
    return due


@transaction.atomic
def join_dossier(event: DossierReceived) -> bool:
    """Hồ sơ đã được tiếp nhận: what was paid before under its key is counted in it and receipted.

    Cash taken at reception pays the open dues when it is exactly what they ask. True: the cash has found its dues.
    """
    dues = list(Due.objects.of(event.subject_id).select_for_update())
    Due.objects.filter(pk__in=[due.pk for due in dues]).update(
        code=event.code
    )  # no longer the filing's number
    waiting = [due for due in dues if due.state == DueState.OPEN]
    paid = [due for due in dues if due.state == DueState.PAID]
    if paid:
        add_collected(dossier_id=event.subject_id, amount=sum(due.amount for due in paid))
    for due in paid:
        _receipt(due, None, event.at)
        events.record(
            DossierPaid(
                subject_id=event.subject_id,
                actor_id=None,
                at=event.at,
                due=due.pk,
                name=due.name,
                amount=due.amount,
            )
        )
    if not event.fee_amount or event.fee_amount != sum(due.amount for due in waiting):
        return False
    by = User.objects.get(pk=event.actor_id)
    for due in waiting:
        for live in due.payments.live().select_for_update():
            _give_up(live, event.at, "Đã thu tiền mặt")
        _pay_cash(due, by, event.at, counts=False)
    return True


def new_reference(at: datetime) -> str:
    """Mã tham chiếu: letters and figures alone, short enough for the message of a bank transfer, not to be guessed."""
    return f"MC{local(at):%y%m%d%H%M%S}" + "".join(secrets.choice(LETTERS) for _ in range(8))


def settle(due: Due, payment: Payment, *, debit: Account, at: datetime, by: User | None, memo: str) -> None:
    """Ghi tiền vào khoản phải nộp: entry, state, dossier and receipt together. Due and payment are locked by the caller."""
    books.post(
        f"in:{payment.reference}" if debit.kind != "SUSPENSE" else f"apply:{payment.reference}",
        debit=debit, credit=books.collected(due), amount=due.amount, memo=memo, at=at, by=by, due=due, payment=payment,
    )  # fmt: skip
    payment.applied_at = at
    payment.save(update_fields=["applied_at"])
    due.state, due.paid_at, due.way = DueState.PAID, at, payment.way
    due.save(update_fields=["state", "paid_at", "way"])


@transaction.atomic
def found_exception(
    kind: ExceptionKind,
    *,
    channel: PaymentChannel,
    payment: Payment | None,
    reference: str,
    transaction_code: str,
    amount: int,
    detail: str,
    at: datetime,
) -> MoneyException:
    """Ghi tiền chưa khớp; the same one told again stays one."""
    exception, is_new = MoneyException.objects.get_or_create(
        kind=kind, channel=channel, reference=reference[:100], transaction=transaction_code[:100],
        resolved_at__isnull=True,
        defaults={
            "agency_id": channel.agency_id, "payment": payment, "due": payment.due if payment else None,
            "amount": amount, "detail": detail[:300], "found_at": at,
        },
    )  # fmt: skip
    if is_new:
        events.record(
            ExceptionFound(
                subject_id=exception.pk, actor_id=None, at=at, kind=kind, reference=exception.reference, amount=amount,
                detail=exception.detail,
            )
        )  # fmt: skip
    return exception


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
    if told.verdict == Verdict.PENDING and _may_wait(payment):
        _move(payment, PaymentState.PENDING, source, at)
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
    _move(payment, PaymentState.FAILED, source, at)
    return "Không thành công"


def _money_came(
    channel: PaymentChannel, payment: Payment | None, told: Told, source: str, at: datetime
) -> str:
    if payment is None:
        return _unknown_money(channel, told, at)
    amount = payment.amount if told.amount is None else told.amount
    if payment.entries.exists():
        return _told_again(channel, payment, told, amount, at)
    payment.transaction = told.transaction[:100]
    payment.next_query_at = None
    payment.save(update_fields=["transaction", "next_query_at"])
    due = payment.due
    if amount != payment.amount:
        if _may_wait(payment):
            _move(payment, PaymentState.PENDING, source, at)
        return _hold(
            ExceptionKind.AMOUNT_DIFFERS, channel, payment, told, amount, at,
            f"Phải nộp {vnd(payment.amount)}, tiền về {vnd(amount)}.",
        )  # fmt: skip
    _move(payment, PaymentState.SUCCEEDED, source, at)
    if due.state == DueState.PAID:
        return _hold(
            ExceptionKind.PAID_TWICE, channel, payment, told, amount, at, "Khoản này đã nộp bằng lần khác."
        )
    if due.state != DueState.OPEN:
        return _hold(
            ExceptionKind.NOT_OWED,
            channel,
            payment,
            told,
            amount,
            at,
            f"Khoản đã “{due.get_state_display()}”.",
        )
    settle(
        due,
        payment,
        debit=books.clearing(channel),
        at=at,
        by=None,
        memo=f"{due.name}, {payment.get_way_display()}",
    )
    for other in due.payments.live().exclude(pk=payment.pk).select_for_update():
        _give_up(other, at, "Đã nộp bằng lần khác")
    after_paid(due, payment, by=None, at=at)
    return "Đã ghi vào khoản phải nộp"


def after_paid(due: Due, payment: Payment, *, by: User | None, at: datetime, counts: bool = True) -> None:
    """What follows from a paid due: the dossier counts it, the receipt is issued, the event is told."""
    if counts:
        add_collected(dossier_id=due.subject_id, amount=due.amount)
    _receipt(due, by, at)
    tell(
        DuePaid(
            **told_of(due), actor_id=by.pk if by else None, at=at, way=payment.way, reference=payment.reference,
            receipt=str(due.receipt) if due.receipt else "",
        ),
        twin=DossierPaid,
    )  # fmt: skip


def _hold(  # noqa: PLR0917  what a held sum is
    kind: ExceptionKind,
    channel: PaymentChannel,
    payment: Payment,
    told: Told,
    amount: int,
    at: datetime,
    detail: str,
) -> str:
    """Money that may not settle the due is kept in suspense, for an accountant."""
    if amount:
        books.post(
            f"in:{payment.reference}", debit=books.clearing(channel), credit=books.suspense(channel), amount=amount,
            memo=detail, at=at, payment=payment,
        )  # fmt: skip
    found_exception(
        kind, channel=channel, payment=payment, reference=payment.reference, transaction_code=told.transaction,
        amount=amount, detail=detail, at=at,
    )  # fmt: skip
    return f"{kind.label}; chuyển kế toán"


def _unknown_money(channel: PaymentChannel, told: Told, at: datetime) -> str:
    amount = told.amount or 0
    key = f"in:{channel.pk}:{told.reference}:{told.transaction}"[:200]
    if Entry.objects.filter(key=key).exists():
        return "Đã biết"
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
    first = payment.entries.order_by("at", "id").values_list("amount", flat=True).first()
    if same and amount == first:
        if told.transaction and not payment.transaction:
            payment.transaction = told.transaction[:100]
            payment.save(update_fields=["transaction"])
        return "Đã biết"
    found_exception(
        ExceptionKind.CONTRADICTION, channel=channel, payment=payment, reference=payment.reference,
        transaction_code=told.transaction, amount=0, at=at,
        detail=f"Báo lại khác lần đầu: {vnd(amount)}, giao dịch {told.transaction or 'không nêu'}. Hỏi ngân hàng.",
    )  # fmt: skip
    return "Báo lại khác lần đầu; chuyển kế toán"


# --- small moves


def _located(channel: PaymentChannel, reference: str) -> Payment | None:
    """The payment of that reference in that channel, locked after its due."""
    found = Payment.objects.filter(reference=reference, channel=channel).values_list("pk", flat=True).first()
    return _lock(found) if found else None


def _lock(payment_id: UUID) -> Payment:
    due_id = Payment.objects.filter(pk=payment_id).values_list("due", flat=True).first()
    if due_id is None:
        raise DomainError("Không tìm thấy lần thanh toán này.")
    due = lock_due(due_id)
    payment: Payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    payment.due = due
    return payment


def _may_wait(payment: Payment) -> bool:
    """It may go to “chờ ngân hàng”: lawful, and no other try of the due is alive."""
    if not may_move(payment.state, PaymentState.PENDING):
        return False
    return payment.is_live or not payment.due.payments.live().exists()


def _move(payment: Payment, after: PaymentState, source: str, at: datetime) -> None:
    before = payment.state
    if before == after:
        return
    if not may_move(before, after):
        raise Stale(f"Lần thanh toán đang “{payment.get_state_display()}”, không chuyển được.")
    payment.state = after
    payment.finished_at = None if payment.is_live else at
    payment.save(update_fields=["state", "finished_at"])
    events.record(
        PaymentMoved(
            subject_id=payment.pk, actor_id=None, at=at, due=payment.due_id, reference=payment.reference,
            amount=payment.amount, before=before, after=after, source=source,
        )
    )  # fmt: skip


def _give_up(payment: Payment, at: datetime, why: str) -> None:
    """Set a try aside; if anybody was sent anywhere with it, it is asked for once more."""
    payment.note = why
    payment.next_query_at = None if payment.state == PaymentState.CREATED else at + LAST_LOOK
    payment.save(update_fields=["note", "next_query_at"])
    _move(payment, PaymentState.EXPIRED, "PAYER", at)


@transaction.atomic
def _failed_to_start(payment_id: UUID, trouble: GatewayTrouble, at: datetime) -> None:
    payment = _lock(payment_id)
    payment.note, payment.next_query_at = trouble.message[:300], at + LAST_LOOK
    payment.save(update_fields=["note", "next_query_at"])
    if payment.state == PaymentState.CREATED:
        _move(payment, PaymentState.FAILED, "START", at)


@transaction.atomic
def _asked(payment_id: UUID, told: Told, at: datetime) -> Payment:
    """After a question: when to ask again, or that nobody used the page."""
    payment = _lock(payment_id)
    payment.queries += 1
    if not payment.is_live:
        payment.next_query_at = None
    elif told.verdict in {Verdict.PENDING, Verdict.UNKNOWN}:
        payment.next_query_at = at + min(timedelta(minutes=2 ** min(payment.queries, 9)), LONGEST_PAUSE)
        if told.words:
            payment.note = told.words[:300]
    payment.save(update_fields=["queries", "next_query_at", "note"])
    unused = payment.state in {PaymentState.CREATED, PaymentState.REDIRECTED}
    if unused and payment.created_at + UNUSED_AFTER < at:
        _give_up(payment, at, "Quá 24 giờ không thấy trả tiền")
    return payment


def _pay_cash(due: Due, by: User, at: datetime, *, counts: bool) -> None:
    payment = Payment.objects.create(
        due=due, way=Way.CASH, reference=f"TM{due.pk.hex}", amount=due.amount, state=PaymentState.SUCCEEDED,
        created_at=at, finished_at=at, taken_by=by,
    )  # fmt: skip
    settle(due, payment, debit=books.cash(due.collector_id), at=at, by=by, memo=f"{due.name}, tiền mặt")
    after_paid(due, payment, by=by, at=at, counts=counts)


def _receipt(due: Due, by: User | None, at: datetime) -> None:
    """Biên lai of a paid fee or charge, where there is a dossier and an open series; what is missing is found at night."""
    if due.kind == DueKind.FINE or due.receipt_id or not Dossier.objects.filter(pk=due.subject_id).exists():
        return
    try:
        due.receipt = issue_for_payment(
            dossier_id=due.subject_id, kind=due.kind, charge=due.name, amount=due.amount,
            way=RECEIPT_WAYS[Way(due.way)], payer_name=due.payer_name, by=by, at=at,
        )  # fmt: skip
    except NoSeries:
        return
    due.save(update_fields=["receipt"])


def paid_in_cash(agency_id: int, first: datetime, last: datetime) -> int:
    """Tiền mặt đã thu ở một nơi trong khoảng giờ."""
    taken = Payment.objects.filter(
        way=Way.CASH, due__collector=agency_id, applied_at__gte=first, applied_at__lt=last
    )
    return int(taken.aggregate(total=Sum("amount"))["total"] or 0)
