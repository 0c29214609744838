"""Write a line in the transaction of the act: the first listener of every event."""

from __future__ import annotations

import json
from functools import lru_cache

from django.conf import settings
from django.db import connection

from motcua.core import events
from motcua.core.errors import Stale
from motcua.core.events import Event
from motcua.core.ids import new_id
from motcua.foundation.ledger.chain import GENESIS, line_hash

INSERT = """
    INSERT INTO ledger_line
        (id, subject_type, subject_id, number, name, label, actor_id, at, payload, previous, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (subject_id, number) DO NOTHING
"""
LAST = "SELECT number, hash FROM ledger_line WHERE subject_id = %s ORDER BY number DESC LIMIT 1"
DELIVER = "INSERT INTO ledger_delivery (line_id, subject_id, listener, state, attempts, last_error) VALUES "


def write(event: Event) -> None:
    """Ghi nhật ký: append the event to its subject's chain and to the outbox, or not at all.

    Must run inside a transaction. Raises Stale when two acts on one subject meet.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded inside the transaction of its act.")
    kind = type(event)
    with connection.cursor() as cursor:
        number, previous = 0, GENESIS
        if not event.opens:
            cursor.execute(LAST, [event.subject_id])
            number, previous = cursor.fetchone() or (0, GENESIS)
        number += 1
        payload = event.payload()
        signature = line_hash(
            chain_key(),
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            number=number,
            name=kind.__name__,
            label=event.label,
            actor_id=event.actor_id,
            at=event.at,
            payload=payload,
            previous=previous,
        )
        line_id = new_id()
        cursor.execute(
            INSERT,
            [
                line_id,
                event.subject_type,
                event.subject_id,
                number,
                kind.__name__,
                event.label,
                event.actor_id,
                event.at,
                json.dumps(payload, ensure_ascii=False),
                previous,
                signature,
            ],
        )
        if cursor.rowcount != 1:
            raise Stale("Có người vừa cập nhật mục này. Hãy tải lại trang rồi làm lại.")
        if listeners := events.deferred(event):
            rows = ", ".join(["(%s, %s, %s, 'PENDING', 0, '')"] * len(listeners))
            cursor.execute(
                DELIVER + rows,
                [value for listener in listeners for value in (line_id, event.subject_id, listener)],
            )


def chain_key() -> bytes:
    """The secret that signs the chain; a province keeps it apart from the database."""
    return _chain_key(settings.LEDGER_KEY or settings.SECRET_KEY)


@lru_cache(maxsize=4)
def _chain_key(secret: str) -> bytes:
    return b"motcua.ledger:" + secret.encode()
