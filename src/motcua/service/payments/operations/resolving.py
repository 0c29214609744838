"""Tiền chưa khớp: who looks at it, and what becomes of it. What goes back is asked for in `refunding`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.money import vnd
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.payments import books
from motcua.service.payments.events import ExceptionTaken, ExceptionTied
from motcua.service.payments.models import Due, MoneyException, Payment
from motcua.service.payments.operations.charging import lock_due
from motcua.service.payments.operations.moving import (
    after_paid,
    found_exception,
    left_of,
    resolve,
    said_of,
    set_aside,
    settle,
)
from motcua.service.payments.states import DueState, ExceptionKind, PaymentState, RefundState, Resolution

RECONCILE = Permission.RECONCILE


class NoSuchException(DomainError):
    """Không có việc này, or it is not the reader's to see."""


@transaction.atomic
def take_exception(*, exception_id: UUID, by: User, at: datetime) -> MoneyException:
    """Nhận xử lý. Raises NoSuchException, Stale."""
    exception = exception_for(exception_id, by, at)
    exception.owner = by
    exception.save(update_fields=["owner"])
    events.record(ExceptionTaken(**said_of(exception), actor_id=by.pk, at=at))
    return exception


@transaction.atomic
def apply_exception(*, exception_id: UUID, due_id: UUID, reason: str, by: User, at: datetime) -> Due:
    """Ghi tiền đang giữ vào một khoản phải nộp: all of it, a part of it, or more than it; then the rest stays held.

    Raises DomainError, Stale, NoSuchException.
    """
    due = lock_due(due_id)
    exception = exception_for(exception_id, by, at)
    access_of(by, at).require(RECONCILE, due.collector_id)
    if due.state != DueState.OPEN:
        raise Stale(f"Khoản này đang ở trạng thái “{due.get_state_display()}”.")
    if exception.channel is None or not exception.amount:
        raise DomainError("Việc này không có tiền đang giữ để ghi vào khoản nào.", field="due")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do.", field="reason")
    if exception.due_id == due.pk and exception.kind == ExceptionKind.UNDERPAID:
        raise DomainError("Tiền này đã tính vào khoản đó rồi; còn chờ người nộp chuyển nốt.", field="due")
    left = left_of(due)
    live = due.payments.live().select_for_update().first()
    if live and live.state != PaymentState.CREATED:
        raise DomainError(
            "Khoản này đang có một lần thanh toán chưa ngã ngũ. Hãy chờ hoặc hủy lần đó.", field="due"
        )
    if live:
        set_aside(live, at, "Đã ghi tiền chuyển khoản")
    if exception.amount < left:
        _tie(exception, due, left, reason, by, at)
        return due
    _settle_from(exception, due, left, by, at)
    surplus = exception.amount - left
    resolve(exception, resolution=Resolution.APPLIED, reason=reason, by=by, at=at)
    if surplus:
        found_exception(
            ExceptionKind.OVERPAID, channel=exception.channel, payment=exception.payment, reference=exception.reference,
            transaction_code=exception.transaction, amount=surplus, at=at,
            detail=f"Đã ghi {vnd(left)} vào khoản “{due.name}”; thừa {vnd(surplus)}.",
        )  # fmt: skip
    return due


def _settle_from(exception: MoneyException, due: Due, left: int, by: User, at: datetime) -> None:
    channel = exception.channel
    assert channel is not None  # noqa: S101  asked by the caller
    payment = Payment.objects.create(
        due=due, channel=channel, way=channel.way, reference=f"GN{exception.pk.hex}", amount=left,
        state=PaymentState.SUCCEEDED, transaction=exception.transaction, created_at=at, finished_at=at, taken_by=by,
    )  # fmt: skip
    settle(
        due, payment, left, f"apply:{payment.reference}", debit=books.suspense(channel), at=at, by=by,
        memo=f"Ghi tiền {exception.reference}",
    )  # fmt: skip
    after_paid(due, payment, by=by, at=at)


def _tie(  # noqa: PLR0917  money, its due, and why
    exception: MoneyException, due: Due, left: int, reason: str, by: User, at: datetime
) -> None:
    """It counts towards the due; the payer is asked for the rest."""
    exception.kind, exception.due = ExceptionKind.UNDERPAID, due
    exception.detail = f"Tính vào “{due.name}”; còn thiếu {vnd(left - exception.amount)}."[:300]
    exception.save(update_fields=["kind", "due", "detail"])
    events.record(
        ExceptionTied(**said_of(exception), actor_id=by.pk, at=at, due=due.pk, reason=reason.strip()[:300])
    )


@transaction.atomic
def explain_exception(*, exception_id: UUID, reason: str, by: User, at: datetime) -> MoneyException:
    """Đóng một việc không có tiền phải giữ, with the reason. Raises DomainError while money lies in suspense."""
    exception = exception_for(exception_id, by, at)
    if exception.amount:
        raise DomainError("Còn tiền đang giữ: hãy ghi vào khoản phải nộp hoặc hoàn lại.", field="reason")
    resolve(exception, resolution=Resolution.EXPLAINED, reason=reason, by=by, at=at)
    return exception


def exception_for(exception_id: UUID | None, by: User, at: datetime) -> MoneyException:
    """Khóa một việc chưa khớp to end it. Raises NoSuchException, Stale."""
    seen = MoneyException.objects.visible_to(by, at).select_for_update(of=("self",)).select_related("channel")
    found = seen.filter(pk=exception_id).first() if exception_id else None
    if found is None:
        raise NoSuchException("Không tìm thấy việc này, hoặc nó không thuộc phạm vi bạn đối soát.")
    if found.resolved_at:
        raise Stale(f"Việc này đã giải quyết: {found.get_resolution_display()}.")
    if found.refunds.exclude(state=RefundState.REFUSED).exists():
        raise Stale("Việc này đang có phiếu hoàn tiền.")
    return found
