"""Việc của tiến trình nền: what the worker does for the dossiers. Thin: the operations act."""

from __future__ import annotations

import time
from datetime import datetime

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.service.dossiers.operations import deadlines, stopping
from motcua.service.dossiers.operations.together import work

PAUSE = 0.2  # seconds, while the page that began the act still has the last items in hand


def carry_on(fact: Fact) -> None:
    """Làm tiếp việc với nhiều hồ sơ: whatever the page that began it has left."""
    while not work(fact.subject_id, clock=now, should_stop=lambda: False):
        time.sleep(PAUSE)


def lapse_silent(at: datetime) -> int:
    """Đóng những hồ sơ hết hạn bổ sung."""
    return stopping.lapse_silent(at)


def raise_alarms(at: datetime) -> int:
    """Báo những thời hạn sắp hết."""
    return deadlines.raise_alarms(at)
