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
    INSERT INTO portal_attempt (key, since, count) VALUES (%(key)s, %(at)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        since = CASE WHEN portal_attempt.since < %(begun)s THEN excluded.since ELSE portal_attempt.since END,
        count = CASE WHEN portal_attempt.since < %(begun)s THEN 1 ELSE portal_attempt.count + 1 END
    RETURNING count
"""
FORGET = "DELETE FROM portal_attempt WHERE since < %s"


def may_try(request: HttpRequest, code: str, at: datetime) -> bool:
    """Count this attempt; False when this address or this code has been tried too often."""
    by_address = _count("address", client_ip(request), at)
    by_code = _count("code", code, at)
    return by_address <= PER_ADDRESS and by_code <= PER_CODE


def may_check(request: HttpRequest, at: datetime) -> bool:
    """Count a check of a paper; False when this address has checked too often to be a person with papers."""
    return _count("check", client_ip(request), at) <= PER_ADDRESS


def may_act(request: HttpRequest, kind: str, value: str, at: datetime) -> bool:
    """Count an act that is no guess: a village behind one address must be able to file on one morning."""
    by_address = _count(f"{kind}-address", client_ip(request), at)
    by_value = _count(kind, value, at)
    return by_address <= ACTS_PER_ADDRESS and by_value <= ACTS_PER_VALUE


def _count(kind: str, value: str, at: datetime) -> int:
    key = hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{value}".encode(), "sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": key, "at": at, "begun": at - SPAN})
        count = int(cursor.fetchone()[0])
        if count == 1:
            cursor.execute(FORGET, [at - KEPT])
    return count
