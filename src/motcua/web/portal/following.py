"""Theo dõi hồ sơ: what the page of a dossier shows beside its story, whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motcua.service.payments.keys import key_of
from motcua.service.payments.models import Due
from motcua.service.payments.states import DueState
from motcua.service.postal.following import parcels_of
from motcua.service.results.reading import held_of


def beside(code: str, at: datetime) -> dict[str, Any]:
    """Khoản phải nộp, kết quả, bưu gửi: `dues` [(Due, key of its page)] still to be paid, `paid` the same of what was paid,
    `results` [reading.Held] issued, `parcels` [ParcelSeen] at the post.
    """
    money = [
        (due, key_of(due.pk)) for due in Due.objects.filter(code=code).with_received().order_by("raised_at")
    ]
    return {
        "dues": [(due, key) for due, key in money if due.state == DueState.OPEN],
        "paid": [(due, key) for due, key in money if due.state == DueState.PAID],
        "results": held_of(code, at),
        "parcels": parcels_of(code),
    }
