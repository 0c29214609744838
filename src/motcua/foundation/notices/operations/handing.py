"""Giao đi và ghi lại: the chain of a notice begins, and each thing that becomes of it has a line."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.core import events
from motcua.foundation.identity.models import User
from motcua.foundation.notices.events import NoticeQueued
from motcua.foundation.notices.models import Notice, NoticeTrace


@transaction.atomic
def hand_over(notice: Notice, *, by: User | None, at: datetime) -> None:
    """Giao cho hàng gửi đi: the worker sends it after the commit."""
    events.record(
        NoticeQueued(
            subject_id=notice.pk,
            actor_id=by.pk if by else None,
            at=at,
            about=notice.subject_id,
            channel=notice.channel,
            kind=notice.kind,
        )
    )


def trace(notice: Notice, *, at: datetime) -> None:
    """Một dòng nhật ký gửi: where the notice stands now, why, what it has cost."""
    NoticeTrace.objects.create(
        notice=notice, state=notice.state, reason=notice.last_error, cost=notice.cost, at=at
    )
