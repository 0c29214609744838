"""Việc của tiến trình nền: ask the outside about payments that it has not told us of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.service.payments.models import Payment
from motcua.service.payments.operations.hearing import ask

MOST = 200


def ask_again(at: datetime) -> None:
    """Hỏi lại các lần thanh toán đến lúc hỏi, once for all that are in one order."""
    waiting = Payment.objects.to_ask(at).values_list("pk", "order")[:MOST]
    for payment_id in {order_id or payment_id: payment_id for payment_id, order_id in waiting}.values():
        ask(payment_id=payment_id, at=now())


def ask_at_once(fact: Fact) -> None:
    """Người nộp vừa quay lại: ask now."""
    ask(payment_id=UUID(str(fact.subject_id)), at=now())
