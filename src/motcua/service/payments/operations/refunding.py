"""Hoàn tiền: asked by a person, or by the system when a paid filing ends; money goes back only when people agree."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, Stale
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.operations.collecting import add_collected
from motcua.service.paperwork.operations.charging import void_fee_receipt
from motcua.service.payments import books
from motcua.service.payments.events import (
    DossierRefunded,
    DueRefunded,
    RefundApproved,
    RefundAsked,
    RefundConfirmed,
    RefundDone,
    RefundRefused,
    RefundTurnedBack,
)
from motcua.service.payments.gateways import GatewayTrouble, Refunding, gateway_of
from motcua.service.payments.models import Account, Due, MoneyException, Payment, Refund, RefundRule
from motcua.service.payments.operations.charging import lock_due, tell, told
from motcua.service.payments.operations.moving import resolve
from motcua.service.payments.operations.receiving_back import account_of
from motcua.service.payments.operations.resolving import exception_for
from motcua.service.payments.sending_back import REFUSED, why_by_hand
from motcua.service.payments.states import (
    AccountKind,
    DueState,
    ExceptionKind,
    PaymentState,
    RefundCause,
    RefundState,
    Resolution,
    Way,
)

RECONCILE = Permission.RECONCILE


@transaction.atomic
def ask_refund(
    *, reason: str, by: User, at: datetime, due_id: UUID | None = None, exception_id: UUID | None = None
) -> Refund:
    """Đề nghị hoàn of a paid due, whole, or of money in suspense. Raises Stale, DomainError, Forbidden."""
    if not reason.strip():
        raise DomainError("Hãy ghi lý do hoàn tiền.", field="reason")
    payment = exception = None
    if due_id:
        due = lock_due(due_id)
        payment = due.payments.filter(applied_at__isnull=False, state=PaymentState.SUCCEEDED).first()
        if due.state != DueState.PAID or payment is None:
            raise Stale("Khoản này không ở trạng thái đã nộp, hoặc đang được hoàn.")
        agency_id, amount = due.collector_id, due.amount
        payment.state = PaymentState.REFUND_PENDING
        payment.save(update_fields=["state"])
    else:
        exception = exception_for(exception_id, by, at)
        agency_id, amount = exception.agency_id, exception.amount
        if not amount:
            raise DomainError("Việc này không có tiền đang giữ.")
    access = access_of(by, at)
    if not access.may(Permission.RECEIVE, agency_id):
        access.require(RECONCILE, agency_id)
    try:
        with transaction.atomic():
            refund = Refund.objects.create(
                payment=payment, exception=exception, agency_id=agency_id, amount=amount, reason=reason.strip()[:300],
                asked_by=by, asked_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise Stale("Đã có phiếu hoàn cho khoản này.") from error
    events.record(
        RefundAsked(subject_id=refund.pk, actor_id=by.pk, at=at, amount=amount, reason=refund.reason)
    )
    return refund


@transaction.atomic
def give_back(*, subject_id: UUID, occasion: RefundCause, at: datetime) -> list[Refund]:
    """Hoàn những gì đã nộp cho một hồ sơ không được giải quyết: asked by the system, decided by people as the rule says.

    Nothing is asked for twice. What was paid in part goes back as well.
    """
    return _give_back(list(Due.objects.of(subject_id).select_for_update(of=("self",))), occasion, at)


@transaction.atomic
def give_back_dues(*, due_ids: Collection[UUID], occasion: RefundCause, at: datetime) -> list[Refund]:
    """Hoàn những gì đã nộp cho các khoản này, as `give_back` does for all of a dossier."""
    dues = Due.objects.filter(pk__in=due_ids).select_for_update(of=("self",)).order_by("pk")
    return _give_back(list(dues), occasion, at)


def promise_of(refunds: Sequence[Refund]) -> str:
    """Điều báo cho người đã nộp: how much comes back and until when; "": nothing does."""
    if not refunds:
        return ""
    when = f" trước hết ngày {refunds[0].promised_on:%d/%m/%Y}" if refunds[0].promised_on else ""
    whole = sum(refund.amount for refund in refunds)
    return f"{vnd(whole)} bạn đã nộp sẽ được trả lại{when}, không cần làm đơn."


def _give_back(dues: Sequence[Due], occasion: RefundCause, at: datetime) -> list[Refund]:
    paid = Payment.objects.filter(
        due__in=[due.pk for due in dues if due.state == DueState.PAID], applied_at__isnull=False,
        state=PaymentState.SUCCEEDED,
    ).select_related("due")  # fmt: skip
    held = MoneyException.objects.standing().not_going_back()
    held = held.filter(due__in=dues, kind=ExceptionKind.NOT_OWED, amount__gt=0)
    return [
        *(_ask_of_due(payment, occasion, at) for payment in paid),
        *(_asked(None, exception, exception.agency_id, exception.amount, occasion, at) for exception in held),
    ]


def _ask_of_due(payment: Payment, occasion: RefundCause, at: datetime) -> Refund:
    payment.state = PaymentState.REFUND_PENDING
    payment.save(update_fields=["state"])
    return _asked(payment, None, payment.due.collector_id, payment.due.amount, occasion, at)


def _asked(  # noqa: PLR0917  what a refund of the system is
    payment: Payment | None,
    exception: MoneyException | None,
    agency_id: int,
    amount: int,
    occasion: RefundCause,
    at: datetime,
) -> Refund:
    rule = rule_on(local_date(at))
    refund = Refund.objects.create(
        payment=payment, exception=exception, agency_id=agency_id, amount=amount, reason=occasion.label,
        occasion=occasion, needs_two=rule.needs_two if rule else True, asked_at=at,
        promised_on=local_date(at) + timedelta(days=rule.promise_days) if rule else None,
    )  # fmt: skip
    events.record(
        RefundAsked(subject_id=refund.pk, actor_id=None, at=at, amount=amount, reason=refund.reason)
    )
    return refund


def rule_on(day: date) -> RefundRule | None:
    """Quy định hoàn tiền của ngày."""
    return RefundRule.objects.filter(valid_from__lte=day).order_by("-valid_from").first()


@transaction.atomic
def confirm_refund(*, refund_id: UUID, by: User, at: datetime) -> Refund:
    """Xác nhận phiếu do hệ thống lập: the first of the two people. Raises Forbidden, Stale."""
    refund = _refund(refund_id, by, at, RefundState.ASKED)
    if refund.asked_by_id is not None or not refund.needs_two:
        raise Stale("Phiếu này không cần xác nhận nữa. Hãy tải lại trang.")
    refund.asked_by = by
    refund.save(update_fields=["asked_by"])
    events.record(RefundConfirmed(subject_id=refund.pk, actor_id=by.pk, at=at, amount=refund.amount))
    return refund


@transaction.atomic
def approve_refund(*, refund_id: UUID, by: User, at: datetime, account_id: UUID | None = None) -> Refund:
    """Duyệt hoàn, by a second person. What the channel cannot send back is paid by hand. Raises Forbidden, Stale.

    `account_id`: of the account that they have looked at, None where none was written; so is it in `pay_refund`.
    """
    refund = _refund(refund_id, by, at, RefundState.ASKED)
    _refuse_other_account(refund, account_id)
    if refund.asked_by_id == by.pk:
        raise Forbidden("Người đề nghị không tự duyệt được. Hãy để người khác duyệt.")
    if refund.asked_by_id is None and refund.needs_two:
        raise Stale("Phiếu do hệ thống lập cần một người xác nhận trước, rồi người khác duyệt.")
    refund.state, refund.decided_by, refund.decided_at = RefundState.APPROVED, by, at
    refund.by_hand_because = why_by_hand(refund)[:300]
    refund.is_by_hand = bool(refund.by_hand_because)
    refund.save(update_fields=["state", "decided_by", "decided_at", "is_by_hand", "by_hand_because"])
    events.record(
        RefundApproved(
            subject_id=refund.pk, actor_id=by.pk, at=at, amount=refund.amount, is_by_hand=refund.is_by_hand,
            because=refund.by_hand_because,
        )
    )  # fmt: skip
    return refund


@transaction.atomic
def refuse_refund(*, refund_id: UUID, reason: str, by: User, at: datetime) -> Refund:
    """Không duyệt hoàn; the payment stands as it was. Raises Stale, DomainError."""
    refund = _refund(refund_id, by, at, RefundState.ASKED)
    if refund.asked_by_id == by.pk:
        raise Forbidden("Người đề nghị không tự quyết định được. Hãy để người khác xem.")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do không duyệt.", field="reason")
    refund.state, refund.decided_by, refund.decided_at = RefundState.REFUSED, by, at
    refund.decided_reason = reason.strip()[:300]
    refund.save(update_fields=["state", "decided_by", "decided_at", "decided_reason"])
    if refund.payment_id:
        pending = Payment.objects.filter(pk=refund.payment_id, state=PaymentState.REFUND_PENDING)
        pending.update(state=PaymentState.SUCCEEDED)
    events.record(
        RefundRefused(
            subject_id=refund.pk, actor_id=by.pk, at=at, amount=refund.amount, reason=refund.decided_reason
        )
    )
    return refund


def send_refund(fact: events.Fact) -> None:
    """Gửi lệnh hoàn qua cổng, in the worker, once; when it is not known whether the money went, a person looks."""
    refund = (
        Refund.objects.select_related("payment__channel", "payment__order").filter(pk=fact.subject_id).first()
    )
    if refund is None or refund.is_by_hand or refund.payment is None or refund.payment.channel is None:
        return
    if not Refund.objects.filter(pk=refund.pk, state=RefundState.APPROVED).update(state=RefundState.SENT):
        return
    try:
        answer = gateway_of(refund.payment.channel).refund(refund, fact.at)
    except GatewayTrouble:
        answer = Refunding(is_done=None)
    _answered(refund.pk, answer, fact.at)


@transaction.atomic
def pay_refund(
    *, refund_id: UUID, proof: str, by: User, at: datetime, account_id: UUID | None = None
) -> Refund:
    """Đã trả tiền hoàn bằng tay, with its proof; also of an order whose end the channel did not tell. Raises Stale."""
    refund = Refund.objects.select_for_update(of=("self",)).filter(pk=refund_id).first()
    if refund is None or refund.state not in {RefundState.APPROVED, RefundState.SENT}:
        raise Stale("Phiếu hoàn này chưa duyệt hoặc đã trả.")
    access_of(by, at).require(RECONCILE, refund.agency_id)
    if refund.state == RefundState.APPROVED and not refund.is_by_hand:
        raise Stale("Phiếu này đang chờ gửi qua cổng. Hãy chờ cổng trả lời.")
    _refuse_other_account(refund, account_id)
    if not proof.strip():
        raise DomainError("Hãy ghi số chứng từ đã trả tiền.", field="proof")
    _done(refund, proof.strip()[:200], by, at)
    return refund


# --- what follows


@transaction.atomic
def _answered(refund_id: UUID, answer: Refunding, at: datetime) -> None:
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)
    if refund.state != RefundState.SENT:
        return
    if answer.is_done:
        _done(refund, answer.proof[:200] or "Cổng đã hoàn", None, at)
    elif answer.is_done is False:  # certain that nothing went: it is paid by hand
        refund.state, refund.is_by_hand, refund.by_hand_because = RefundState.APPROVED, True, REFUSED
        refund.save(update_fields=["state", "is_by_hand", "by_hand_because"])
        events.record(RefundTurnedBack(subject_id=refund.pk, actor_id=None, at=at, amount=refund.amount))
    else:
        payment = refund.payment
        assert payment is not None  # noqa: S101  only those are sent
        MoneyException.objects.get_or_create(
            kind=ExceptionKind.REFUND_UNSURE, channel=payment.channel, reference=payment.outer_reference,
            transaction=str(refund.pk), resolved_at__isnull=True,
            defaults={
                "agency_id": refund.agency_id, "payment": payment, "due": payment.due, "amount": 0, "found_at": at,
                "detail": "Đã gửi lệnh hoàn nhưng cổng chưa trả lời rõ. Hỏi cổng, rồi ghi chứng từ ở phiếu hoàn.",
            },
        )  # fmt: skip


def _done(refund: Refund, proof: str, by: User | None, at: datetime) -> None:
    refund.state, refund.proof, refund.done_at = RefundState.DONE, proof, at
    refund.save(update_fields=["state", "proof", "done_at"])
    if refund.payment is not None:
        _take_back(refund, refund.payment, by, at)
    elif refund.exception is not None:
        _give_back_held(refund, refund.exception, by, at)
    events.record(
        RefundDone(
            subject_id=refund.pk, actor_id=by.pk if by else None, at=at, amount=refund.amount, proof=proof
        )
    )


def _take_back(refund: Refund, payment: Payment, by: User | None, at: datetime) -> None:
    """A due whose money went back: ledger, due, dossier and receipt together."""
    due = lock_due(payment.due_id)
    books.post(
        f"refund:{refund.pk}", debit=books.collected(due), credit=_source(refund, payment), amount=refund.amount,
        memo=f"Hoàn {due.name}", at=at, by=by, due=due, payment=payment,
    )  # fmt: skip
    payment.state = PaymentState.REFUNDED
    payment.save(update_fields=["state"])
    due.state, due.ended_at, due.ended_reason = DueState.REFUNDED, at, refund.reason
    due.save(update_fields=["state", "ended_at", "ended_reason"])
    add_collected(dossier_id=due.subject_id, amount=-due.amount)
    if due.receipt_id:
        void_fee_receipt(receipt_id=due.receipt_id, reason=f"Hoàn tiền: {refund.reason}"[:300], by=by, at=at)
    tell(
        DueRefunded(**told(due), actor_id=by.pk if by else None, at=at, reason=refund.reason),
        twin=DossierRefunded,
    )


def _give_back_held(refund: Refund, held: MoneyException, by: User | None, at: datetime) -> None:
    exception = MoneyException.objects.select_for_update(of=("self",)).get(pk=held.pk)
    assert exception.channel is not None  # noqa: S101  money in suspense came by a channel
    books.post(
        f"refund:{refund.pk}", debit=books.suspense(exception.channel), credit=books.bank(exception.agency_id),
        amount=refund.amount, memo=f"Hoàn {exception.reference}", at=at, by=by, payment=exception.payment,
    )  # fmt: skip
    resolve(exception, resolution=Resolution.REFUNDED, reason=refund.reason, by=by, at=at)


def _source(refund: Refund, payment: Payment) -> Account:
    """Where the money is taken from: by hand from the till or the bank, by the channel from what it owes."""
    is_whole = payment.amount == refund.amount
    if payment.way == Way.CASH and is_whole:
        return books.cash(refund.agency_id)
    if refund.is_by_hand or payment.channel is None or not is_whole:
        return books.account(AccountKind.BANK, refund.agency_id)
    return books.clearing(payment.channel)


def _refund(refund_id: UUID, by: User, at: datetime, state: RefundState) -> Refund:
    refund = Refund.objects.select_for_update(of=("self",)).filter(pk=refund_id).first()
    if refund is None or refund.state != state:
        raise Stale("Phiếu hoàn này không còn chờ duyệt.")
    access_of(by, at).require(RECONCILE, refund.agency_id)
    return refund


def _refuse_other_account(refund: Refund, account_id: UUID | None) -> None:
    """The payer may have written another one meanwhile; `give_account` waits for the same lock."""
    account = account_of(refund)
    if (account.pk if account else None) != account_id:
        raise Stale("Người nộp vừa ghi tài khoản khác. Hãy xem lại tài khoản trên trang rồi bấm lại.")
