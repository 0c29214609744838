"""Chọn kênh: the rule of the day, the person's wish, what is connected, what can be paid, and the quiet hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from motcua.core import events
from motcua.core.time import local
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.notices import rules
from motcua.foundation.notices.channels import gateway
from motcua.foundation.notices.events import NoticeCapReached
from motcua.foundation.notices.models import (
    Notice,
    NoticeCap,
    NoticePrice,
    NoticeRule,
    NoticeTemplate,
    QuietHours,
    UnwantedNotice,
)
from motcua.foundation.notices.operations.handing import hand_over, trace

C, S = Notice.Channel, Notice.State


@dataclass(frozen=True)
class Way:
    """Một cách gửi: its channel and address, and its own words once they are filled in."""

    channel: str
    address: str
    text: str = ""
    gateway_code: str = ""
    cost: int = 0

    def stored(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Reach:
    """Người nhận với được bằng cách nào, in the order of the rule."""

    ways: Sequence[Way]
    is_urgent: bool

    @property
    def is_open(self) -> bool:
        return any(gateway(way.channel).is_connected for way in self.ways)


@dataclass(frozen=True)
class Chosen:
    """Cách đã chọn, what holds it back, and the ways that are left."""

    way: Way
    state: str
    not_before: datetime | None = None
    hindrance: str = ""
    others: Sequence[Way] = field(default=())


def is_any_connected() -> bool:
    """Whether anything can leave the house at all."""
    return bool(_connected())


def can_be_reached(*, email: str, phone: str) -> bool:
    """Whether one of the channels that are connected has an address of this person."""
    return any(email if channel == Notice.Channel.EMAIL else phone for channel in _connected())


def _connected() -> list[str]:
    return [channel for channel in rules.USUAL_ORDER if gateway(channel).is_connected]


def reach_of(
    kind: str,
    applicant_id: UUID | None,
    addresses: Mapping[str, str],
    at: datetime,
    *,
    ways: Sequence[Way] = (),
) -> Reach | None:
    """Những cách báo cho người này; None when they do not want this kind and may refuse it.

    `ways`: those that are left of an earlier choice, in place of addresses.
    """
    rule = NoticeRule.objects.of_kind(kind, local(at).date()).first()
    is_urgent = bool(rule and rule.is_urgent)
    if ways:
        return Reach(list(ways), is_urgent)
    may_refuse = rule is not None and not rule.is_obligatory
    if may_refuse and UnwantedNotice.objects.filter(applicant=applicant_id, kind=kind).exists():
        return None
    account = CitizenAccount.objects.filter(applicant=applicant_id).first() if applicant_id else None
    known = _addresses(addresses, account)
    order = rules.order(
        rule.channels if rule else rules.USUAL_ORDER, account.channel if account else "", known
    )
    return Reach([Way(channel, known[channel]) for channel in order], is_urgent)


def way_out(reach: Reach, about: Notice, at: datetime) -> Chosen:
    """The first way that is connected and that the month's money allows, at once or after the quiet hours."""
    open_ways = [way for way in reach.ways if gateway(way.channel).is_connected]
    if not open_ways:
        return Chosen(reach.ways[-1], S.UNCONNECTED)
    day = local(at).date()
    worded = [_worded(way, about, day) for way in open_ways]
    allowed = _within_cap(worded, about, at, is_urgent=reach.is_urgent)
    if not allowed:
        words = "Đã hết mức chi thông báo của tháng. Hãy báo người nhận bằng điện thoại."
        return Chosen(replace(worded[-1], cost=0), S.FAILED, hindrance=words)
    way, others = allowed[0], allowed[1:]
    until = None if reach.is_urgent or way.channel not in rules.RINGING else _quiet_until(at)
    return Chosen(way, S.WAITING if until else S.QUEUED, until, others=others)


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """Tháng này: its first instant and that of the next."""
    first = local(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + timedelta(days=32)).replace(day=1)


def caps_of(agency_id: int | None, day: date) -> list[NoticeCap]:
    """Mức chi đang áp dụng: that of the agency, and that of the province."""
    found: dict[int | None, NoticeCap] = {}
    for cap in NoticeCap.objects.on(day).filter(Q(agency=None) | Q(agency=agency_id)):
        found.setdefault(cap.agency_id, cap)
    return list(found.values())


def _addresses(given: Mapping[str, str], account: CitizenAccount | None) -> dict[str, str]:
    """What was left for this matter, else what the person's account says."""
    email = given.get(C.EMAIL) or (account.email if account else "")
    phone = given.get(C.SMS) or (account.phone if account else "")
    return {
        channel: address
        for channel, address in ((C.EMAIL, email), (C.SMS, phone), (C.ZALO, phone))
        if address
    }


def _worded(way: Way, about: Notice, day: date) -> Way:
    """Its own words and its price; what came worded already keeps its words."""
    if way.text:
        return way
    templates = NoticeTemplate.objects.of_kind(about.kind, day).filter(channel=way.channel)
    template = templates.first()
    text = about.text
    if template:
        text = worded(template.text, about, is_plain=template.is_plain)
    price = NoticePrice.objects.on(day).filter(channel=way.channel).values_list("amount", flat=True).first()
    count = rules.segments(text).count if way.channel == C.SMS else 1
    return replace(
        way, text=text, cost=(price or 0) * count, gateway_code=template.gateway_code if template else ""
    )


def worded(wording: str, about: Notice, *, is_plain: bool) -> str:
    """Lời theo mẫu."""
    agency = about.agency.name if about.agency_id and about.agency and "{co_quan}" in wording else ""
    values = {"ma_so": about.code, "tieu_de": about.title, "noi_dung": about.text, "co_quan": agency}
    text = rules.fill(wording, values)
    return rules.plain(text) if is_plain else text


def _within_cap(ways: Sequence[Way], about: Notice, at: datetime, *, is_urgent: bool) -> list[Way]:
    """The ways that can be paid; the month that has no money left is told once."""
    caps = caps_of(about.agency_id, local(at).date()) if any(way.cost for way in ways) else []
    allowed = list(ways)
    since, until = month_of(at)
    for cap in caps:
        spent = Notice.objects.spent(since=since, until=until, agency_id=cap.agency_id)
        left = cap.amount - spent
        if any(way.cost > left for way in ways):
            _tell_of_cap(cap, spent, at)
        fits = rules.affordable([(way.channel, way.cost) for way in ways], left, is_urgent=is_urgent)
        allowed = [way for way in allowed if way.channel in fits]
    return allowed


def _tell_of_cap(cap: NoticeCap, spent: int, at: datetime) -> None:
    """Báo quản trị một lần mỗi tháng: in the ledger, and by letter where the cap names whom to tell."""
    month = month_of(at)[0].date()
    if not NoticeCap.objects.filter(pk=cap.pk).exclude(told_for=month).update(told_for=month):
        return
    code = f"MUC-CHI-{month:%Y-%m}"
    notice = Notice(
        subject_id=cap.pk,
        code=code,
        kind="CAP_REACHED",
        channel=C.EMAIL,
        recipient="Quản trị",
        address=cap.warn_email,
        title=f"Đã hết mức chi thông báo tháng {month:%m/%Y}",
        text=f"{code}: {cap} đã chi {spent} đồng trong mức {cap.amount} đồng của tháng {month:%m/%Y}. Tin không gấp "
        "chuyển sang kênh rẻ hơn. Đặt lại mức tại Quản trị, mục Thông báo.",
        state=S.QUEUED if gateway(C.EMAIL).is_connected else S.UNCONNECTED,
        queued_at=at,
    )
    events.record(NoticeCapReached(subject_id=cap.pk, actor_id=None, at=at, spent=spent, amount=cap.amount))
    if cap.warn_email:
        notice.save()
        trace(notice, at=at)
        if notice.state == S.QUEUED:
            hand_over(notice, by=None, at=at)


def _quiet_until(at: datetime) -> datetime | None:
    hours = QuietHours.objects.on(local(at).date()).first()
    return rules.quiet_until(local(at), rules.Quiet(hours.starts_at, hours.ends_at) if hours else None)
