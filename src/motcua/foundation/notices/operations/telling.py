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
from motcua.foundation.notices.events import NoticeResent
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.choosing import Reach, Way, is_any_connected, reach_of, way_out
from motcua.foundation.notices.operations.handing import hand_over, trace

C, S = Notice.Channel, Notice.State


class CodeMissing(DomainError):
    """Thông báo phải ghi mã số."""


class NotToResend(DomainError):
    """Không gửi lại được thông báo này."""


@dataclass(frozen=True)
class Addressee:
    """Người nhận thông báo: the name and the ways to reach them; whose wishes count when `applicant_id` is known."""

    name: str
    email: str = ""
    phone: str = ""
    applicant_id: UUID | None = None


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
    is_step: bool = False,
    agency_id: int | None = None,
) -> Sequence[Notice]:
    """Báo: on the tracking page, and by the first channel of the rule that reaches the person and is connected.

    What no tracking page shows (`is_tracked` False) goes by the other ways alone. A channel without a gateway keeps its
    notice as "chưa kết nối", so that somebody phones. `is_step`: the page's own course of the matter shows it already,
    and nobody phones because of it. `agency_id`: who pays. Raises CodeMissing. Legal: ND224-2026 Đ15
    """
    if code not in text:
        raise CodeMissing("Nội dung thông báo phải có mã số của việc được báo.")
    about = Notice(
        subject_id=subject_id,
        code=code,
        kind=kind,
        recipient=to.name[:250],
        title=title[:200],
        text=text,
        queued_at=at,
        queued_by=by,
        agency_id=agency_id,
    )
    told = [_on_page(about)] if is_tracked and not is_step else []
    addresses: dict[str, str] = {C.EMAIL: to.email, C.SMS: to.phone, C.ZALO: to.phone}
    reach = None if is_step and not is_any_connected() else reach_of(kind, to.applicant_id, addresses, at)
    if reach is not None and reach.ways and (not is_step or reach.is_open):
        told.append(_by_channel(about, reach, at))
    Notice.objects.bulk_create(told)
    for notice in told:
        if notice.state == S.QUEUED:
            hand_over(notice, by=by, at=at)
        if notice.channel != C.PORTAL:
            trace(notice, at=at)
    return told


@transaction.atomic
def resend(*, notice_id: UUID, by: User, at: datetime) -> Notice:
    """Gửi lại: hand a notice to its channel once more. The caller has asked who may. Raises NotToResend."""
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None or not notice.may_be_resent:
        raise NotToResend("Thông báo này đang chờ gửi hoặc không cần gửi lại. Hãy tải lại trang.")
    if Notice.objects.filter(instead_of=notice).exists():
        raise NotToResend("Thông báo này đã được gửi thay bằng kênh khác. Hãy xem dòng thông báo mới hơn.")
    if not gateway(notice.channel).is_connected:
        raise NotToResend(
            f"Kênh {notice.get_channel_display()} chưa kết nối, chưa gửi lại được. "
            "Hãy báo người nhận bằng điện thoại."
        )
    is_first = notice.state == S.UNCONNECTED and notice.attempts == 0
    notice.state, notice.sent_at, notice.last_error = S.QUEUED, None, ""
    notice.save(update_fields=["state", "sent_at", "last_error"])
    trace(notice, at=at)
    if is_first:  # its chain begins only now
        hand_over(notice, by=by, at=at)
    else:
        events.record(
            NoticeResent(
                subject_id=notice.pk, actor_id=by.pk, at=at, about=notice.subject_id, channel=notice.channel
            )
        )
    return notice


@transaction.atomic
def tell_instead(notice: Notice, *, at: datetime) -> Notice | None:
    """Gửi thay bằng kênh sau: what one channel could not bring goes by the next that is connected; None without one."""
    ways = [Way(**way) for way in notice.next_ways if gateway(way["channel"]).is_connected]
    if not ways or Notice.objects.filter(instead_of=notice).exists():
        return None
    about = Notice(
        subject_id=notice.subject_id,
        code=notice.code,
        kind=notice.kind,
        recipient=notice.recipient,
        title=notice.title,
        text=notice.text,
        queued_at=at,
        queued_by=notice.queued_by,
        agency_id=notice.agency_id,
        instead_of=notice,
    )
    reach = reach_of(notice.kind, None, {}, at, ways=ways)
    assert reach is not None  # noqa: S101  nobody's wish is asked a second time
    other = _by_channel(about, reach, at)
    other.save()
    trace(other, at=at)
    if other.state == S.QUEUED:
        hand_over(other, by=None, at=at)
    return other


def _on_page(about: Notice) -> Notice:
    """On the tracking page being written is being there."""
    return _copy(about, channel=C.PORTAL, state=S.SENT, sent_at=about.queued_at)


def _by_channel(about: Notice, reach: Reach, at: datetime) -> Notice:
    """The first way that is connected and can be paid; else what hinders it, so that somebody phones."""
    chosen = way_out(reach, about, at)
    way = chosen.way
    return _copy(
        about,
        channel=way.channel,
        address=way.address,
        text=way.text or about.text,
        gateway_code=way.gateway_code,
        cost=way.cost if chosen.state in {S.QUEUED, S.WAITING} else 0,
        not_before=chosen.not_before,
        state=chosen.state,
        last_error=chosen.hindrance,
        next_ways=[other.stored() for other in chosen.others],
    )


def _copy(about: Notice, **values: object) -> Notice:
    fields = (
        "subject_id", "code", "kind", "recipient", "title", "text", "queued_at", "queued_by", "agency_id", "instead_of",
    )  # fmt: skip
    return Notice(**{name: getattr(about, name) for name in fields} | values)
