"""Việc của tiến trình nền: what the worker does for the dossiers. Thin: the operations act."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.foundation.identity.models import User
from motcua.service.dossiers.operations import deadlines, migrating, migrating_back, stopping
from motcua.service.dossiers.operations.together import work

PAUSE = 0.2  # seconds, while the page that began the act still has the last items in hand


def carry_on(fact: Fact) -> None:
    """Làm tiếp việc với nhiều hồ sơ: whatever the page that began it has left."""
    while not work(fact.subject_id, clock=now, should_stop=lambda: False):
        time.sleep(PAUSE)


def carry_transition(fact: Fact) -> None:
    """Chuyển nốt hồ sơ sang phiên bản mới, in the name of who began it; a transition that is over or taken back is left."""
    _carry(fact, migrating.carry_on)


def carry_transition_back(fact: Fact) -> None:
    """Đưa nốt hồ sơ về phiên bản cũ."""
    _carry(fact, migrating_back.undo_some)


def _carry(fact: Fact, part: Callable[..., migrating.Progress]) -> None:
    by = User.objects.get(pk=fact.actor_id)
    transition = UUID(fact.payload["transition"])
    try:
        while (progress := part(transition_id=transition, by=by, at=now())).left:
            if not progress.done and not progress.refused:
                return
    except migrating.TransitionRefused:
        return


def lapse_silent(at: datetime) -> int:
    """Đóng những hồ sơ hết hạn bổ sung."""
    return stopping.lapse_silent(at)


def raise_alarms(at: datetime) -> int:
    """Báo những thời hạn sắp hết."""
    return deadlines.raise_alarms(at)
