"""Ký và kiểm ngoài vòng lặp: the library runs an event loop of its own, which a thread that has one cannot start."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T]) -> T:
    """Do the work here, or in a thread beside when this one runs a loop; it must ask the database nothing."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(max_workers=1) as beside:
        return beside.submit(work).result()
