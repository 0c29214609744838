"""Gọi ra ngoài: one request to another system, with short patience and an answer of bounded size.

A web thread waits while the other side answers, so one is always left free (`slot`): a slow system cannot hold the whole
office, and a simulator, which is served by this very process, always finds a thread. Nothing of a message is ever logged.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import urllib3
from django.conf import settings

CONNECT = 3.0  # seconds
LONGEST = 12.0  # seconds for one answer, however slowly it drips
PIECE = 64 * 1024
POOL = urllib3.PoolManager(num_pools=20, maxsize=8, retries=False)


@dataclass(frozen=True)
class Answer:
    """Câu trả lời: status, kind of content, and the content itself."""

    status: int
    kind: str
    body: bytes


class Silent(Exception):
    """Không trả lời: down, slow, or dripping; `why` is one word for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TooLong(Silent):
    """Trả lời quá dài."""


class NoSlot(Exception):
    """Mọi chỗ gọi ra ngoài đang bận: who asks does not wait."""


def ask(
    method: str,
    address: str,
    *,
    body: bytes | str | None = None,
    headers: Mapping[str, str] | None = None,
    most: int,
    patience: float,
) -> Answer:
    """Gửi và nhận; redirects are not followed. `most` bytes, `patience` seconds of silence. Raises Silent, TooLong."""
    until, content = time.monotonic() + LONGEST, b""
    try:
        answer = POOL.request(
            method, address, body=body, headers=dict(headers or {}), redirect=False, preload_content=False,
            timeout=urllib3.Timeout(connect=min(CONNECT, patience), read=patience), retries=False,
        )  # fmt: skip
        try:
            for piece in iter(lambda: answer.read1(PIECE), b""):  # what has come, without waiting for more
                content += piece
                if len(content) > most:
                    raise TooLong("too-much")
                if time.monotonic() > until:
                    raise Silent("too-slow")
        except Silent:
            answer.close()
            raise
        finally:
            answer.release_conn()
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as fault:
        raise Silent(type(fault).__name__) from fault
    return Answer(answer.status, answer.headers.get("Content-Type", ""), content)


@lru_cache(maxsize=1)
def slots() -> threading.BoundedSemaphore:
    """How many threads of this process may wait for other systems at once, whichever system it is."""
    return threading.BoundedSemaphore(max(1, settings.WEB_THREADS - 1))


@contextmanager
def slot() -> Iterator[None]:
    """Một chỗ để gọi ra ngoài. Raises NoSlot at once when all are taken."""
    if not slots().acquire(blocking=False):
        raise NoSlot
    try:
        yield
    finally:
        slots().release()
