"""Write a line in the transaction of the act: the first listener of every event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

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
LAST_OF_EACH = """
    SELECT DISTINCT ON (subject_id) subject_id, number, hash FROM ledger_line
    WHERE subject_id = ANY(%s) ORDER BY subject_id, number DESC
"""
INSERT_ALL = """
    INSERT INTO ledger_line
        (id, subject_type, subject_id, number, name, label, actor_id, at, payload, previous, hash)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::int[], %s::text[], %s::text[], %s::uuid[],
                         %s::timestamptz[], %s::jsonb[], %s::text[], %s::text[])
    ON CONFLICT (subject_id, number) DO NOTHING
"""
INSERT_AND_DELIVER = f"""
    WITH written AS ({INSERT.strip()} RETURNING id, subject_id)
    INSERT INTO ledger_delivery (line_id, subject_id, listener, state, attempts, last_error)
    SELECT written.id, written.subject_id, listener, 'PENDING', 0, '' FROM written, unnest(%s::text[]) AS listener
"""  # noqa: S608  our own words
NUMBER, HASH = 3, 10  # where they stand in a line
DELIVER = "INSERT INTO ledger_delivery (line_id, subject_id, listener, state, attempts, last_error) VALUES "


def write_all(happened: Sequence[Event]) -> None:
    """Ghi nhiều dòng: one line for each event, all of them or none; events of one subject stand as they follow each other.

    The lines are those that `write` would have appended one by one. Raises Stale as `write` does.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded inside the transaction of its act.")
    opened = {event.subject_id for event in happened if event.opens}
    told = list({event.subject_id for event in happened} - opened)
    with connection.cursor() as cursor:
        last: dict[UUID, tuple[int, str]] = {}
        if told:
            cursor.execute(LAST_OF_EACH, [told])
            last = {subject: (number, previous) for subject, number, previous in cursor.fetchall()}
        lines = []
        for event in happened:
            lines.append(_line(event, *last.get(event.subject_id, (0, GENESIS))))
            last[event.subject_id] = lines[-1][NUMBER], lines[-1][HASH]
        cursor.execute(INSERT_ALL, [list(column) for column in zip(*lines, strict=True)])
        if cursor.rowcount != len(lines):
            raise Stale("Có người vừa cập nhật mục này. Hãy tải lại trang rồi làm lại.")
        waiting = [
            (line[0], event.subject_id, listener)
            for event, line in zip(happened, lines, strict=True)
            for listener in events.deferred(event)
        ]
        if waiting:
            rows = ", ".join(["(%s, %s, %s, 'PENDING', 0, '')"] * len(waiting))
            cursor.execute(DELIVER + rows, [value for row in waiting for value in row])


@events.many(write_all)
def write(event: Event) -> None:
    """Ghi nhật ký: append the event to its subject's chain and to the outbox, or not at all.

    Must run inside a transaction. Raises Stale when two acts on one subject meet.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded inside the transaction of its act.")
    with connection.cursor() as cursor:
        number, previous = 0, GENESIS
        if not event.opens:
            cursor.execute(LAST, [event.subject_id])
            number, previous = cursor.fetchone() or (0, GENESIS)
        line = _line(event, number, previous)
        if listeners := events.deferred(event):
            cursor.execute(INSERT_AND_DELIVER, [*line, listeners])
        else:
            cursor.execute(INSERT, line)
        if cursor.rowcount == 0:
            raise Stale("Có người vừa cập nhật mục này. Hãy tải lại trang rồi làm lại.")


def _line(event: Event, last: int, previous: str) -> list[Any]:
    """The row of the event after the subject's line number `last`."""
    number, name, payload = last + 1, type(event).__name__, event.payload()
    signature = line_hash(
        chain_key(),
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        number=number,
        name=name,
        label=event.label,
        actor_id=event.actor_id,
        at=event.at,
        payload=payload,
        previous=previous,
    )
    return [
        new_id(),
        event.subject_type,
        event.subject_id,
        number,
        name,
        event.label,
        event.actor_id,
        event.at,
        json.dumps(payload, ensure_ascii=False),
        previous,
        signature,
    ]


def chain_key() -> bytes:
    """The secret that signs the chain; a province keeps it apart from the database."""
    return _chain_key(settings.LEDGER_KEY or settings.SECRET_KEY)


@lru_cache(maxsize=4)
def _chain_key(secret: str) -> bytes:
    return b"motcua.ledger:" + secret.encode()
