"""Gửi đi và nghe lại: what waited goes out, what a gateway said of it is kept, what failed goes by the next channel."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from motcua.core import events
from motcua.foundation.notices.events import NoticeReported
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.handing import hand_over, trace
from motcua.foundation.notices.operations.telling import tell_instead

S = Notice.State


@transaction.atomic
def release(*, notice_id: UUID, at: datetime) -> bool:
    """Hết giờ yên lặng: hand out what has waited; False when somebody did so already."""
    notice = Notice.objects.to_release(at).select_for_update().filter(pk=notice_id).first()
    if notice is None:
        return False
    notice.state, notice.not_before = S.QUEUED, None
    notice.save(update_fields=["state", "not_before"])
    trace(notice, at=at)
    hand_over(notice, by=None, at=at)
    return True


@transaction.atomic
def note_sent(*, notice_id: UUID, reference: str, at: datetime) -> None:
    """Đã giao cho nhà cung cấp; a report of arrival that was quicker stands."""
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    notice.attempts, notice.reference = notice.attempts + 1, reference[:100]
    if notice.state == S.QUEUED:
        notice.state, notice.sent_at, notice.last_error = S.SENT, at, ""
    notice.save(update_fields=["attempts", "reference", "state", "sent_at", "last_error"])
    trace(notice, at=at)


@transaction.atomic
def note_failure(*, notice_id: UUID, reason: str, is_last: bool, at: datetime) -> None:
    """Gửi không được: tried again, or given up and sent by the next channel."""
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    notice.attempts, notice.last_error = notice.attempts + 1, reason[:500]
    if is_last:
        notice.state, notice.cost = S.FAILED, 0  # it never left
    notice.save(update_fields=["attempts", "last_error", "state", "cost"])
    trace(notice, at=at)
    if is_last:
        tell_instead(notice, at=at)


@transaction.atomic
def hear_report(
    *, channel: str, reference: str, has_arrived: bool, reason: str, cost: int | None, at: datetime
) -> bool:
    """Báo cáo gửi: once is enough, whatever is repeated or comes late; False when no such message is known.

    `reference`: the gateway's own number of the message, or the key of the notice.
    """
    mine = Q(reference=reference)
    with suppress(ValueError):
        mine |= Q(pk=UUID(reference))
    notice = Notice.objects.select_for_update().filter(mine, channel=channel).order_by("-id").first()
    if notice is None or not reference:
        return False
    if notice.state not in {S.QUEUED, S.SENT}:
        return True
    notice.state = S.DELIVERED if has_arrived else S.FAILED
    notice.sent_at, notice.last_error = notice.sent_at or at, "" if has_arrived else reason[:500]
    notice.cost = notice.cost if cost is None else cost
    notice.save(update_fields=["state", "sent_at", "last_error", "cost"])
    trace(notice, at=at)
    events.record(
        NoticeReported(
            subject_id=notice.pk,
            actor_id=None,
            at=at,
            about=notice.subject_id,
            channel=channel,
            has_arrived=has_arrived,
            reason=notice.last_error,
        )
    )
    if not has_arrived:
        tell_instead(notice, at=at)
    return True
