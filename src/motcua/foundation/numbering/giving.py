"""Give the next number of a series."""

from __future__ import annotations

from django.db import connection

NEXT = """
    INSERT INTO numbering_series AS series (scope, value) VALUES (%s, %s)
    ON CONFLICT (scope) DO UPDATE SET value = series.value + 1
    RETURNING value
"""


def next_number(scope: str, *, start: int = 1) -> int:
    """Cấp số: the next number of `scope`, given inside the caller's transaction.

    The row stays locked until the caller commits, so two processes never get one number; an act that fails gives its
    number back, so there is no gap. Ask for it as late as the act allows.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A number is given inside the transaction of the act that uses it.")
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [scope, start])
        return int(cursor.fetchone()[0])


NEXT_OF_EACH = """
    INSERT INTO numbering_series AS series (scope, value) VALUES {rows}
    ON CONFLICT (scope) DO UPDATE SET value = series.value + 1
    RETURNING scope, value
"""


def next_numbers(*scopes: str) -> list[int]:
    """Cấp số: the next number of each of several series at once, as `next_number` gives them.

    Acts that ask for the same kinds of series name them in the same order, so that none waits for another in a circle.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A number is given inside the transaction of the act that uses it.")
    with connection.cursor() as cursor:
        cursor.execute(NEXT_OF_EACH.format(rows=", ".join(["(%s, 1)"] * len(scopes))), scopes)
        given = dict(cursor.fetchall())
    return [given[scope] for scope in scopes]


HOLD = """
    INSERT INTO numbering_series AS series (scope, value) VALUES {rows}
    ON CONFLICT (scope) DO UPDATE SET value = series.value
"""


def hold(*scopes: str) -> None:
    """Giữ chỗ: nobody else is given a number of these series until the caller's transaction ends; no number is used.

    For an act that numbers many things one after another: it holds everything first, in one order, so that two such acts
    never wait for each other in a circle.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A series is held inside the transaction of the act that numbers by it.")
    with connection.cursor() as cursor:
        cursor.execute(HOLD.format(rows=", ".join(["(%s, 0)"] * len(scopes))), scopes)
