"""Deliver what was committed: claim by conditional UPDATE, call the listener, retry with back-off, then a dead letter."""

from __future__ import annotations

import logging
import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Now

from motcua.core.events import Fact, listener_named
from motcua.core.time import now
from motcua.foundation.ledger.models import Delivery, Line
from motcua.foundation.ledger.verifying import seal_until

logger = logging.getLogger(__name__)
Task = Callable[[datetime], object]

MOST_ATTEMPTS = 8  # after that the letter is dead: about four hours of trying
KILLED = " The worker ended in the middle of every try."
LEASE = 300  # seconds; a worker killed in the middle lets go after this
FEW_MINUTES = 120.0  # seconds between two rounds of what is done often
HOUR = 3600.0
IDLE = 1.0  # seconds between two looks at an empty outbox

# The earliest pending delivery of a subject and listener goes first; other subjects never wait for it.
CLAIM = """
    UPDATE ledger_delivery AS chosen
       SET attempts = attempts + 1, next_at = clock_timestamp() + make_interval(secs => %s)
     WHERE id IN (
           SELECT id FROM ledger_delivery AS due
            WHERE state = 'PENDING' AND next_at <= clock_timestamp()
              AND NOT EXISTS (
                  SELECT 1 FROM ledger_delivery AS earlier
                   WHERE earlier.state = 'PENDING' AND earlier.subject_id = due.subject_id
                     AND earlier.listener = due.listener AND earlier.id < due.id)
            ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED)
       AND state = 'PENDING'
    RETURNING id, line_id, listener, attempts
"""


@dataclass(frozen=True)
class Claim:
    id: int
    line_id: str
    listener: str
    attempts: int


def deliver_due(*, limit: int = 20) -> int:
    """Chuyển việc đến hạn: claim up to `limit` deliveries and call each listener; returns how many were claimed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE, limit])
        claims = [Claim(*row) for row in cursor.fetchall()]
    for claim in sorted(claims, key=lambda claim: claim.id):
        _deliver(claim)
    return len(claims)


def run(
    *,
    should_stop: Callable[[], bool],
    idle: float = IDLE,
    daily: Sequence[Task] = (),
    hourly: Sequence[Task] = (),
    often: Sequence[Task] = (),
) -> None:
    """Vòng lặp của tiến trình nền: deliver until told to stop; every few minutes do `often`, each hour `hourly`; once a
    day, seal the days gone by and do `daily`.
    """
    sealed_on = None
    next_round = next_hour = 0.0
    while not should_stop():
        try:
            today = (
                now() - timedelta(hours=1)
            ).date()  # an act begun before midnight may still commit after it
            if sealed_on != today:
                seal_until(today)
                sealed_on = today
                for task in daily:
                    task(now())
            if clock.monotonic() >= next_round:
                next_round = clock.monotonic() + FEW_MINUTES
                do_each(often)
            if clock.monotonic() >= next_hour:
                next_hour = clock.monotonic() + HOUR
                do_each(hourly)
            busy = deliver_due()
        except Exception:
            logger.exception("The outbox could not be read; trying again")
            close_old_connections()
            busy = 0
        if not busy:
            clock.sleep(idle)


def do_each(tasks: Sequence[Task]) -> None:
    """Each task by itself: one that fails is told of, and the others are done."""
    for task in tasks:
        try:
            task(now())
        except Exception:
            logger.exception(
                "The task %s failed; it is tried again in some minutes", getattr(task, "__name__", task)
            )
            close_old_connections()


def revive(delivery_id: int) -> bool:
    """Chuyển lại: give a dead letter a new life; False when no dead letter has that number."""
    revived = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.DEAD).update(
        state=Delivery.State.PENDING, attempts=0, next_at=Now()
    )
    return bool(revived)


def _deliver(claim: Claim) -> None:
    """Call one listener, if the claim still stands: a long batch may have outlived its lease."""
    mine = Delivery.objects.filter(pk=claim.id, attempts=claim.attempts, state=Delivery.State.PENDING)
    if claim.attempts > MOST_ATTEMPTS:  # every earlier try has taken its worker with it
        mine.update(state=Delivery.State.DEAD, last_error=Concat("last_error", Value(KILLED)))
        return
    if not mine.update(next_at=Now() + timedelta(seconds=LEASE)):
        return
    try:
        listener = listener_named(claim.listener)
        if listener is None:
            raise LookupError(f"Nobody listens as {claim.listener}")
        line = Line.objects.get(pk=claim.line_id)
        listener(
            Fact(
                name=line.name,
                subject_type=line.subject_type,
                subject_id=line.subject_id,
                actor_id=line.actor_id,
                at=line.at,
                payload=line.payload,
            )
        )
    except Exception as error:
        logger.warning("Delivery %s to %s failed: %s", claim.id, claim.listener, error)
        is_dead = claim.attempts >= MOST_ATTEMPTS
        mine.update(
            state=Delivery.State.DEAD if is_dead else Delivery.State.PENDING,
            next_at=Now() + timedelta(seconds=4**claim.attempts),
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )
    else:
        mine.update(state=Delivery.State.DONE, last_error="")
