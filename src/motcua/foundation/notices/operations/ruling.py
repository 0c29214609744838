"""Đặt quy tắc thông báo: from a day on; of one day the last word counts, earlier days keep theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices import rules
from motcua.foundation.notices.events import NoticeRegimeChanged, NoticeWishesSaid
from motcua.foundation.notices.models import (
    Notice,
    NoticeCap,
    NoticePrice,
    NoticeRule,
    NoticeTemplate,
    QuietHours,
    UnwantedNotice,
)
from motcua.foundation.org.models import Agency

C = Notice.Channel
SENDING = (C.ZALO, C.SMS, C.EMAIL)
DEAREST, LARGEST_CAP = 1_000_000, 10**12  # đồng; beyond these somebody has mistyped


@transaction.atomic
def put_rule(
    *,
    kind: str,
    channels: Sequence[str],
    is_urgent: bool,
    is_obligatory: bool,
    valid_from: date,
    by: User,
    at: datetime,
) -> NoticeRule:
    """Thứ tự kênh của một loại. Raises Forbidden, InvalidInput."""
    access_of(by, at).require(Permission.CONTROL)
    before = NoticeRule.objects.filter(kind=kind).order_by("-valid_from").first()
    if before is None:
        raise InvalidInput({"kind": "Hãy chọn một loại thông báo."})
    wanted = list(dict.fromkeys(channels))
    if not wanted or not set(wanted) <= set(SENDING):
        raise InvalidInput({"channels": "Hãy chọn ít nhất một kênh."})
    rule, _ = NoticeRule.objects.update_or_create(
        kind=kind,
        valid_from=valid_from,
        defaults={
            "name": before.name,
            "channels": wanted,
            "is_urgent": is_urgent,
            "is_obligatory": is_obligatory,
        },
    )
    _said(rule, rule.name, by, at, channels=wanted, is_urgent=is_urgent, is_obligatory=is_obligatory)
    return rule


@transaction.atomic
def put_quiet_hours(
    *, starts_at: time, ends_at: time, valid_from: date, by: User, at: datetime
) -> QuietHours:
    """Giờ yên lặng; the same hour twice means none. Raises Forbidden."""
    access_of(by, at).require(Permission.CONTROL)
    hours, _ = QuietHours.objects.update_or_create(
        valid_from=valid_from, defaults={"starts_at": starts_at, "ends_at": ends_at}
    )
    _said(hours, str(hours), by, at)
    return hours


@transaction.atomic
def put_price(*, channel: str, amount: int, valid_from: date, by: User, at: datetime) -> NoticePrice:
    """Giá mỗi tin của một kênh. Raises Forbidden, InvalidInput."""
    access_of(by, at).require(Permission.CONTROL)
    if channel not in SENDING:
        raise InvalidInput({"channel": "Hãy chọn một kênh."})
    if not 0 <= amount <= DEAREST:
        raise InvalidInput({"price": f"Giá mỗi tin từ 0 đến {DEAREST} đồng."})
    price, _ = NoticePrice.objects.update_or_create(
        channel=channel, valid_from=valid_from, defaults={"amount": amount}
    )
    _said(price, price.get_channel_display(), by, at, amount=amount)
    return price


@transaction.atomic
def put_cap(
    *, agency: Agency | None, amount: int, warn_email: str, valid_from: date, by: User, at: datetime
) -> NoticeCap:
    """Mức chi tháng; a new amount may be told of again. Raises Forbidden, InvalidInput."""
    access_of(by, at).require(Permission.CONTROL)
    if not 0 < amount <= LARGEST_CAP:
        raise InvalidInput({"amount": f"Mức chi phải lớn hơn 0 và không quá {LARGEST_CAP} đồng."})
    cap, _ = NoticeCap.objects.update_or_create(
        agency=agency,
        valid_from=valid_from,
        defaults={"amount": amount, "warn_email": warn_email, "told_for": None},
    )
    _said(cap, str(cap), by, at, amount=amount)
    return cap


@transaction.atomic
def put_template(
    *,
    kind: str,
    channel: str,
    text: str,
    is_plain: bool,
    gateway_code: str,
    valid_from: date,
    by: User,
    at: datetime,
) -> NoticeTemplate:
    """Mẫu lời: it names the code of the matter, and has no place that nobody fills. Raises Forbidden, InvalidInput."""
    access_of(by, at).require(Permission.CONTROL)
    wrong = {}
    if kind and not NoticeRule.objects.filter(kind=kind).exists():
        wrong["template_kind"] = "Hãy chọn một loại thông báo."
    if channel not in SENDING:
        wrong["template_channel"] = "Hãy chọn một kênh."
    if rules.CODE_PLACE not in text:
        wrong["text"] = f"Lời gửi phải có mã số hồ sơ: hãy viết {rules.CODE_PLACE} vào chỗ của mã."
    elif unknown := rules.unknown_places(text):
        wrong["text"] = f"Không có chỗ điền “{{{unknown[0]}}}”. Chỉ dùng {', '.join(rules.PLACES)}."
    if wrong:
        raise InvalidInput(wrong)
    template, _ = NoticeTemplate.objects.update_or_create(
        kind=kind,
        channel=channel,
        valid_from=valid_from,
        defaults={"text": text.strip(), "is_plain": is_plain, "gateway_code": gateway_code},
    )
    _said(template, str(template), by, at, text=template.text)
    return template


@transaction.atomic
def say_unwanted(*, applicant: Applicant, kinds: Collection[str], actor_id: Any, at: datetime) -> list[str]:
    """Loại không nhận: exactly these from now on; what is obligatory is left out. The caller has asked who may."""
    unwanted = [kind for kind, _ in refusable(local_date(at)) if kind in kinds]
    UnwantedNotice.objects.filter(applicant=applicant).exclude(kind__in=unwanted).delete()
    UnwantedNotice.objects.bulk_create(
        [UnwantedNotice(applicant=applicant, kind=kind, since=at) for kind in unwanted], ignore_conflicts=True
    )
    events.record(NoticeWishesSaid(subject_id=applicant.pk, actor_id=actor_id, at=at, unwanted=unwanted))
    return unwanted


def unwanted_by(applicant_id: UUID) -> list[str]:
    """Những loại người này không nhận."""
    return list(UnwantedNotice.objects.filter(applicant=applicant_id).values_list("kind", flat=True))


def rules_on(day: date) -> list[NoticeRule]:
    """Quy tắc đang áp dụng, one for each kind."""
    found: dict[str, NoticeRule] = {}
    for rule in NoticeRule.objects.on(day):
        found.setdefault(rule.kind, rule)
    return sorted(found.values(), key=lambda rule: (not rule.is_obligatory, rule.name))


def refusable(day: date) -> list[tuple[str, str]]:
    """Những loại người dân có thể không nhận."""
    return [(rule.kind, rule.name) for rule in rules_on(day) if rule.kind and not rule.is_obligatory]


def _said(row: Any, name: str, by: User, at: datetime, **values: Any) -> None:
    events.record(
        NoticeRegimeChanged(
            subject_id=row.pk,
            actor_id=by.pk,
            at=at,
            what=type(row).__name__,
            name=name,
            valid_from=row.valid_from,
            values=values,
        )
    )
