"""Theo dõi hồ sơ: what the page of a dossier shows beside its story, whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.service.payments.keys import key_of
from motcua.service.payments.models import Due, Refund, RefundAccount
from motcua.service.payments.operations.receiving_back import account_of, may_give, refunds_to
from motcua.service.payments.states import DueState
from motcua.service.postal.following import parcels_of
from motcua.service.results.reading import held_of


def beside(code: str, at: datetime) -> dict[str, Any]:
    """Khoản phải nộp, kết quả, bưu gửi: `dues` [(Due, key of its page)] still to be paid, `paid` the same of what was paid,
    `results` [reading.Held] issued, `parcels` [ParcelSeen] at the post, `refunds` of `waiting_refunds`.
    """
    money = [
        (due, key_of(due.pk)) for due in Due.objects.filter(code=code).with_received().order_by("raised_at")
    ]
    return {
        "dues": [(due, key) for due, key in money if due.state == DueState.OPEN],
        "paid": [(due, key) for due, key in money if due.state == DueState.PAID],
        "results": held_of(code, at),
        "parcels": parcels_of(code),
        "refunds": waiting_refunds(money[0][0].subject_id) if money else [],
    }


def waiting_refunds(subject_id: UUID) -> list[tuple[Refund, RefundAccount | None, bool]]:
    """Tiền hoàn của hồ sơ: each with the account that was written for it, and whether one may be written now."""
    return [(one, account_of(one), may_give(one)) for one in refunds_to(subject_id)]
