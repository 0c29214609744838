"""Thanh toán: open a try, come back from it, give it up, take cash; and join what was paid to its dossier.

Locks are taken in one order: the due, then its payments. The outside is never spoken to inside a transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.time import local, local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.operations.collecting import add_collected
from motcua.service.payments import books
from motcua.service.payments.events import DossierPaid, PaymentCreated, PaymentReturned
from motcua.service.payments.gateways import GatewayTrouble, Visit, gateway_of
from motcua.service.payments.models import Due, Payment, PaymentChannel
from motcua.service.payments.operations.charging import lock_due
from motcua.service.payments.operations.moving import (
    LAST_LOOK,
    after_paid,
    left_of,
    lock,
    move,
    receipt,
    set_aside,
    settle,
)
from motcua.service.payments.states import DueState, PaymentState, Way

if TYPE_CHECKING:
    from motcua.service.dossiers.events import DossierReceived

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
FIRST_QUERY = timedelta(minutes=2)
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
        set_aside(live, at, "Người nộp chọn cách khác")
    payment = Payment.objects.create(
        due=due, channel=channel, way=channel.way, reference=new_reference(at), amount=left_of(due), created_at=at,
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
        failed_to_start(payment.pk, trouble, at)
        raise GatewayTrouble(TROUBLE_WORDS) from trouble
    with transaction.atomic():
        payment = lock(payment.pk)
        payment.pay_url, payment.qr_payload = started.pay_url, started.qr_payload
        payment.save(update_fields=["pay_url", "qr_payload"])
        if payment.state == PaymentState.CREATED:
            move(payment, after=PaymentState.REDIRECTED, source="START", at=at)
    return payment


@transaction.atomic
def come_back(*, payment_id: UUID, at: datetime) -> Payment:
    """Người nộp quay lại, or says that the transfer was sent: the try waits for the bank, and the outside is asked now."""
    payment = lock(payment_id)
    if payment.state in {PaymentState.CREATED, PaymentState.REDIRECTED}:
        move(payment, after=PaymentState.PENDING, source="PAYER", at=at)
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
    for payment in due.payments.live().exclude(way=Way.POSTAL).select_for_update():
        set_aside(payment, at, "Người nộp chọn cách khác")


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
        set_aside(live, at, "Đã thu tiền mặt")
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
        receipt(due, None, event.at)
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
    if not event.fee_amount or event.fee_amount != sum(left_of(due) for due in waiting):
        return False
    by = User.objects.get(pk=event.actor_id)
    for due in waiting:
        for live in due.payments.live().select_for_update():
            set_aside(live, event.at, "Đã thu tiền mặt")
        _pay_cash(due, by, event.at, counts=False)
    return True


def new_reference(at: datetime) -> str:
    """Mã tham chiếu: letters and figures alone, short enough for the message of a bank transfer, not to be guessed."""
    return f"MC{local(at):%y%m%d%H%M%S}" + "".join(secrets.choice(LETTERS) for _ in range(8))


@transaction.atomic
def failed_to_start(payment_id: UUID, trouble: GatewayTrouble, at: datetime) -> None:
    """Nobody was sent anywhere: the try has failed, and is asked for once more."""
    payment = lock(payment_id)
    payment.note, payment.next_query_at = trouble.message[:300], at + LAST_LOOK
    payment.save(update_fields=["note", "next_query_at"])
    if payment.state == PaymentState.CREATED:
        move(payment, after=PaymentState.FAILED, source="START", at=at)


def _pay_cash(due: Due, by: User, at: datetime, *, counts: bool) -> None:
    left = left_of(due)
    payment = Payment.objects.create(
        due=due, way=Way.CASH, reference=f"TM{due.pk.hex}", amount=left, state=PaymentState.SUCCEEDED,
        created_at=at, finished_at=at, taken_by=by,
    )  # fmt: skip
    settle(
        due, payment, left, f"in:{payment.reference}", debit=books.cash(due.collector_id), at=at, by=by,
        memo=f"{due.name}, tiền mặt",
    )  # fmt: skip
    after_paid(due, payment, by=by, at=at, counts=counts)


def paid_in_cash(agency_id: int, first: datetime, last: datetime) -> int:
    """Tiền mặt đã thu ở một nơi trong khoảng giờ."""
    taken = Payment.objects.filter(
        way=Way.CASH, due__collector=agency_id, applied_at__gte=first, applied_at__lt=last
    )
    return int(taken.aggregate(total=Sum("amount"))["total"] or 0)
