"""Việc của tiến trình nền: what the worker does for filings. Thin: the operations act."""

from __future__ import annotations

import time
from datetime import datetime

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.service.filing.operations.batching import work

PAUSE = 0.2  # seconds, while the page that asked still has the last rows in hand


def carry_on(fact: Fact) -> None:
    """Nộp nốt các dòng của bảng: whatever the page that asked has left."""
    while not work(fact.subject_id, clock=now, should_stop=lambda: False):
        time.sleep(PAUSE)


def look_after_phones(at: datetime) -> None:
    """Lấy chữ ký đã xác nhận trên điện thoại, also where nobody looks at the page any more."""
    from motcua.service.filing.operations.by_phone import look_after_all  # pyHanko is loaded where it signs

    look_after_all(at)
