"""Các bước nhỏ của tiền: lock, move a try, settle a due with all its parts, keep what does not fit.

Locks are taken in one order: the due, then its payments.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.collecting import add_collected
from motcua.service.paperwork.models import IssuedFeeReceipt
from motcua.service.paperwork.operations.charging import NoSeries, issue_for_payment
from motcua.service.payments import books
from motcua.service.payments.events import (
    DossierPaid,
    DuePaid,
    ExceptionFound,
    ExceptionResolved,
    PaymentMoved,
)
from motcua.service.payments.models import Account, Due, MoneyException, Payment, PaymentChannel
from motcua.service.payments.operations.charging import lock_due, tell
from motcua.service.payments.operations.charging import told as told_of
from motcua.service.payments.states import (
    DueKind,
    DueState,
    ExceptionKind,
    PaymentState,
    Resolution,
    Way,
    may_move,
)

BY_HAND = frozenset({Way.TRANSFER, Way.POSTAL})  # a person or a carrier may send another sum, or once more
LAST_LOOK = timedelta(minutes=30)  # an attempt given up is asked for once more after this
RECEIPT_WAYS = {
    Way.CASH: IssuedFeeReceipt.Way.CASH,
    Way.TRANSFER: IssuedFeeReceipt.Way.TRANSFER,
    Way.PLATFORM: IssuedFeeReceipt.Way.ONLINE,
    Way.POSTAL: IssuedFeeReceipt.Way.TRANSFER,  # the carrier hands it over by its bank
}
WHOLE = "Đã nộp đủ phần còn lại"


def left_of(due: Due) -> int:
    """Còn phải nộp của khoản này now: the whole less the parts that came. The due is locked by the caller."""
    parts = MoneyException.objects.parts().filter(due=due)
    return int(due.amount - (parts.aggregate(total=Sum("amount"))["total"] or 0))


def settle(
    due: Due,
    payment: Payment,
    amount: int,
    key: str,
    *,
    debit: Account,
    at: datetime,
    by: User | None,
    memo: str,
) -> None:
    """Ghi tiền vào khoản phải nộp: what was left of it comes, and the parts that waited go along.

    Due and payment are locked by the caller, who has asked `left_of`: it is `amount`.
    """
    books.post(
        key,
        debit=debit,
        credit=books.collected(due),
        amount=amount,
        memo=memo,
        at=at,
        by=by,
        due=due,
        payment=payment,
    )
    for part in MoneyException.objects.parts().filter(due=due).select_related("channel"):
        assert part.channel is not None  # noqa: S101  money in suspense came by a channel
        books.post(
            f"apply:{part.pk}", debit=books.suspense(part.channel), credit=books.collected(due), amount=part.amount,
            memo=f"{due.name}, phần đã chuyển", at=at, by=by, due=due, payment=payment,
        )  # fmt: skip
        resolve(part, resolution=Resolution.APPLIED, reason=WHOLE, by=by, at=at)
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


def after_paid(due: Due, payment: Payment, *, by: User | None, at: datetime, counts: bool = True) -> None:
    """What follows from a paid due: the dossier counts it, the receipt is issued, the event is told."""
    if counts:
        add_collected(dossier_id=due.subject_id, amount=due.amount)
    receipt(due, by, at)
    tell(
        DuePaid(
            **told_of(due), actor_id=by.pk if by else None, at=at, way=payment.way, reference=payment.reference,
            receipt=str(due.receipt) if due.receipt else "",
        ),
        twin=DossierPaid,
    )  # fmt: skip


@transaction.atomic
def resolve(
    exception: MoneyException, *, resolution: Resolution, reason: str, by: User | None, at: datetime
) -> None:
    """Giải quyết một việc chưa khớp, with its reason. Raises DomainError without one."""
    if not reason.strip():
        raise DomainError("Hãy ghi lý do.", field="reason")
    exception.resolution, exception.reason = resolution, reason.strip()[:300]
    exception.resolved_at, exception.resolved_by = at, by
    exception.save(update_fields=["resolution", "reason", "resolved_at", "resolved_by"])
    events.record(
        ExceptionResolved(
            **said_of(exception),
            actor_id=by.pk if by else None,
            at=at,
            resolution=resolution,
            reason=exception.reason,
        )
    )


def said_of(exception: MoneyException) -> dict[str, Any]:
    """What every event of an exception says."""
    return {
        "subject_id": exception.pk,
        "kind": exception.kind,
        "reference": exception.reference,
        "amount": exception.amount,
    }


def lock(payment_id: UUID) -> Payment:
    due_id = Payment.objects.filter(pk=payment_id).values_list("due", flat=True).first()
    if due_id is None:
        raise DomainError("Không tìm thấy lần thanh toán này.")
    due = lock_due(due_id)
    payment: Payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    payment.due = due
    return payment


def may_wait(payment: Payment) -> bool:
    """It may go to “chờ ngân hàng”: lawful, and no other try of the due is alive."""
    if not may_move(payment.state, PaymentState.PENDING):
        return False
    return payment.is_live or not payment.due.payments.live().exists()


@transaction.atomic
def move(payment: Payment, *, after: PaymentState, source: str, at: datetime) -> None:
    """Chuyển trạng thái một lần thanh toán, where it is lawful. Raises Stale."""
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


def set_aside(payment: Payment, at: datetime, why: str) -> None:
    """Set a try aside; if anybody was sent anywhere with it, it is asked for once more."""
    payment.note = why
    payment.next_query_at = None if payment.state == PaymentState.CREATED else at + LAST_LOOK
    payment.save(update_fields=["note", "next_query_at"])
    move(payment, after=PaymentState.EXPIRED, source="PAYER", at=at)


def receipt(due: Due, by: User | None, at: datetime) -> None:
    """Biên lai of a paid fee or charge, where there is a dossier and an open series; what is missing is found at night."""
    if due.kind == DueKind.FINE or due.receipt_id or not Dossier.objects.filter(pk=due.subject_id).exists():
        return
    try:
        due.receipt = issue_for_payment(
            dossier_id=due.subject_id, kind=due.kind, charge=charge_in_words(due), amount=due.amount,
            way=RECEIPT_WAYS[Way(due.way)], payer_name=due.payer_name, by=by, at=at,
        )  # fmt: skip
    except NoSeries:
        return
    due.save(update_fields=["receipt"])


def charge_in_words(due: Due) -> str:
    """Tên khoản thu trên biên lai; what is counted says how many at which price."""
    return (f"{due.name} ({due.reason})" if due.quantity > 1 and due.reason else due.name)[:300]
