"""Báo cho người dân: a notice is written with the act that it tells of, and leaves by the outbox after the commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.identity.models import User
from motcua.foundation.notices.channels import gateway
from motcua.foundation.notices.events import NoticeQueued, NoticeResent
from motcua.foundation.notices.models import Notice

C, S = Notice.Channel, Notice.State


class CodeMissing(DomainError):
    """Thông báo phải ghi mã số."""


class NotToResend(DomainError):
    """Không gửi lại được thông báo này."""


@dataclass(frozen=True)
class Addressee:
    """Người nhận thông báo: the name and the ways to reach them."""

    name: str
    email: str = ""
    phone: str = ""


@transaction.atomic
def tell(
    *,
    subject_id: UUID,
    code: str,
    kind: str,
    to: Addressee,
    title: str,
    text: str,
    by: User | None,
    at: datetime,
    is_tracked: bool = True,
) -> Sequence[Notice]:
    """Báo: on the tracking page, and by e-mail or else by SMS when the person has left such an address.

    What no tracking page shows (`is_tracked` False) goes by the other ways alone. A channel without a gateway keeps its
    notice as "chưa kết nối", so that somebody phones. Raises CodeMissing.
    """
    if code not in text:
        raise CodeMissing("Nội dung thông báo phải có mã số của việc được báo.")
    ways = [(C.PORTAL, "")] if is_tracked else []
    if to.email or to.phone:
        ways.append((C.EMAIL, to.email) if to.email else (C.SMS, to.phone))
    told = [
        Notice(
            subject_id=subject_id,
            code=code,
            kind=kind,
            channel=channel,
            recipient=to.name[:250],
            address=address,
            title=title[:200],
            text=text,
            state=_first_state(channel),
            queued_at=at,
            queued_by=by,
            sent_at=at if channel == C.PORTAL else None,
        )
        for channel, address in ways
    ]
    Notice.objects.bulk_create(told)
    for notice in told:
        if notice.state == S.QUEUED:
            events.record(
                NoticeQueued(
                    subject_id=notice.pk,
                    actor_id=by.pk if by else None,
                    at=at,
                    about=subject_id,
                    channel=notice.channel,
                    kind=kind,
                )
            )
    return told


@transaction.atomic
def resend(*, notice_id: UUID, by: User, at: datetime) -> Notice:
    """Gửi lại: hand a notice to its channel once more. The caller has asked who may. Raises NotToResend."""
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None or not notice.may_be_resent:
        raise NotToResend("Thông báo này đang chờ gửi hoặc không cần gửi lại. Hãy tải lại trang.")
    if not gateway(notice.channel).is_connected:
        raise NotToResend(
            f"Kênh {notice.get_channel_display()} chưa kết nối, chưa gửi lại được. "
            "Hãy báo người nhận bằng điện thoại."
        )
    is_first = notice.state == S.UNCONNECTED and notice.attempts == 0
    notice.state, notice.sent_at, notice.last_error = S.QUEUED, None, ""
    notice.save(update_fields=["state", "sent_at", "last_error"])
    if is_first:  # its chain begins only now
        events.record(
            NoticeQueued(
                subject_id=notice.pk,
                actor_id=by.pk,
                at=at,
                about=notice.subject_id,
                channel=notice.channel,
                kind=notice.kind,
            )
        )
    else:
        events.record(
            NoticeResent(
                subject_id=notice.pk, actor_id=by.pk, at=at, about=notice.subject_id, channel=notice.channel
            )
        )
    return notice


def _first_state(channel: str) -> str:
    """On the tracking page being written is being there; elsewhere it waits for the way out, where there is one."""
    if channel == C.PORTAL:
        return S.SENT
    return S.QUEUED if gateway(channel).is_connected else S.UNCONNECTED
