"""What the worker does for electronic results. It may be called again: what is signed stays signed once."""

from __future__ import annotations

from datetime import datetime, timedelta

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.service.results.models import SigningJob

MOST_ATTEMPTS = 8
QUIET = timedelta(minutes=2)


def sign(fact: Fact) -> None:
    """Ký số một tệp."""
    from motcua.service.results.operations.signing import carry_out  # pyHanko is loaded where it signs

    carry_out(fact.subject_id, clock=now)


def sign_what_waits(at: datetime) -> None:
    """Ký tiếp: what a device or a service did not answer for, and what was left behind."""
    from motcua.service.results.operations.signing import carry_out

    undone = SigningJob.objects.filter(asked_at__lt=at - QUIET, attempts__lt=MOST_ATTEMPTS)
    waiting = undone.filter(state="WAITING") | undone.filter(state="FAILED", is_transient=True)
    for pk in waiting.order_by("asked_at").values_list("pk", flat=True)[:100]:
        carry_out(pk, clock=now)
