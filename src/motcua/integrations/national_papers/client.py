"""Hỏi kho quốc gia: with time limits, a limit of size, and every fault in plain words.

A web thread waits while the store answers, so one is always left free (`slot`): the simulator is served by this very
process, and a slow store cannot hold the whole office.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import urllib3
from django.conf import settings

from motcua.core.errors import DomainError
from motcua.integrations.national_papers import contract

logger = logging.getLogger(__name__)

TIMEOUT = urllib3.Timeout(connect=3, read=6)
LONGEST = 12.0  # seconds for one answer, however slowly it drips
BIGGEST = 30 * 1024 * 1024
_http = urllib3.PoolManager(num_pools=2, maxsize=4, timeout=TIMEOUT, retries=False)


class NationalStoreDown(DomainError):
    """Kho quốc gia không dùng được lúc này: people bring the paper as always."""

    def __init__(self) -> None:
        super().__init__(
            "Kho giấy tờ quốc gia không trả lời. Hãy thử lại sau ít phút, hoặc nhận giấy của người nộp như thường.",
            field="fetch",
        )


class NationalStoreOff(DomainError):
    """Chưa nối kho quốc gia."""

    def __init__(self) -> None:
        super().__init__("Hệ thống chưa nối với kho giấy tờ quốc gia.", field="fetch")


@lru_cache(maxsize=1)
def _slots() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(max(1, settings.WEB_THREADS - 1))


@contextmanager
def slot() -> Iterator[None]:
    """Một chỗ để hỏi ra ngoài; who finds none is told to try again. Raises NationalStoreDown."""
    if not _slots().acquire(blocking=False):
        raise NationalStoreDown
    try:
        yield
    finally:
        _slots().release()


def find(body: Mapping[str, Any]) -> list[contract.Found]:
    """Tìm giấy tờ. Raises NationalStoreDown, NationalStoreOff."""
    try:
        return contract.found_in(_asked(contract.FIND, body))
    except contract.BadAnswer as fault:
        logger.warning("%s: %s", contract.FIND, fault)
        raise NationalStoreDown from fault


def get(found: contract.Found, file: contract.File) -> bytes:
    """Lấy tệp. Raises NationalStoreDown, NationalStoreOff."""
    try:
        body = {"CoQuanChuQuan": found.authority, "DuongDan": file.address}
        return contract.file_in(_asked(contract.GET, body))
    except contract.BadAnswer as fault:
        logger.warning("%s: %s", contract.GET, fault)
        raise NationalStoreDown from fault


def is_connected() -> bool:
    return bool(settings.NATIONAL_PAPERS_URL)


def _asked(act: str, body: Mapping[str, Any]) -> bytes:
    """One question. Neither the question nor the answer is ever logged: both are personal data."""
    if not is_connected():
        raise NationalStoreOff
    ends = time.monotonic() + LONGEST
    try:
        with slot():
            answer = _http.request(
                "POST", f"{settings.NATIONAL_PAPERS_URL.rstrip('/')}/{act}", json=dict(body), preload_content=False,
                redirect=False,
            )  # fmt: skip
            read = b""
            try:
                for piece in answer.stream(64 * 1024):
                    read += piece
                    if len(read) > BIGGEST or time.monotonic() > ends:
                        raise NationalStoreDown
            finally:
                answer.release_conn()
    except urllib3.exceptions.HTTPError as fault:
        logger.warning("%s: %s", act, type(fault).__name__)
        raise NationalStoreDown from None
    if answer.status != 200:
        logger.warning("%s: HTTP %s", act, answer.status)
        raise NationalStoreDown
    return read
