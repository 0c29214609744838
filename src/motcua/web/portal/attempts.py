"""Lượt thử: how often a person may guess. Counted in the database, so that every process knows."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from motcua.web.ui.network import client_ip

SPAN = timedelta(minutes=10)
KEPT = timedelta(days=1)
PER_ADDRESS = 30
PER_CODE = 10
ACTS_PER_ADDRESS = 3000
ACTS_PER_VALUE = 30
COUNT = """
    INSERT INTO portal_attempt (key, since, count) VALUES {rows}
    ON CONFLICT (key) DO UPDATE SET
        since = CASE WHEN portal_attempt.since < %s THEN excluded.since ELSE portal_attempt.since END,
        count = CASE WHEN portal_attempt.since < %s THEN 1 ELSE portal_attempt.count + 1 END
    RETURNING count
"""
FORGET = "DELETE FROM portal_attempt WHERE since < %s"


def may_try(request: HttpRequest, code: str, at: datetime) -> bool:
    """Count this attempt; False when this address or this code has been tried too often."""
    by_address, by_code = _count(at, ("address", client_ip(request)), ("code", code))
    return by_address <= PER_ADDRESS and by_code <= PER_CODE


def may_check(request: HttpRequest, at: datetime) -> bool:
    """Count a check of a paper; False when this address has checked too often to be a person with papers."""
    (by_address,) = _count(at, ("check", client_ip(request)))
    return by_address <= PER_ADDRESS


def may_act(request: HttpRequest, kind: str, value: str, at: datetime) -> bool:
    """Count an act that is no guess: a village behind one address must be able to file on one morning."""
    by_address, by_value = _count(at, (f"{kind}-address", client_ip(request)), (kind, value))
    return by_address <= ACTS_PER_ADDRESS and by_value <= ACTS_PER_VALUE


def _count(at: datetime, address: tuple[str, str], *values: tuple[str, str]) -> list[int]:
    """How often each was met in this span, counted in one statement; always the address first, so that none waits in a
    circle. What is long past is forgotten when an address comes anew.
    """
    keys = [_key(*counted) for counted in (address, *values)]
    begun = at - SPAN
    rows = ", ".join(["(%s, %s, 1)"] * len(keys))
    with connection.cursor() as cursor:
        given = [value for key in keys for value in (key, at)]
        cursor.execute(COUNT.format(rows=rows), [*given, begun, begun])
        counts = [int(count) for (count,) in cursor.fetchall()]
        if counts[0] == 1:
            cursor.execute(FORGET, [at - KEPT])
    return counts


def _key(kind: str, value: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{value}".encode(), "sha256").hexdigest()
