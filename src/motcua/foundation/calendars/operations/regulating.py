"""Sửa chế độ pháp lý: correct a number of a regime, or begin the next one. Who may is asked by the page.

A dossier keeps the regime of its reception: a new regime touches none that is there, a correction moves open ones only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Field

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.calendars import loading
from motcua.foundation.calendars.clock import EndMoment, Regime, SupplementRule
from motcua.foundation.calendars.events import RegimeChanged, RegimeOpened
from motcua.foundation.calendars.models import RegimeRule

EDITABLE = (
    "name", "basis", "supplement", "end_moment", "transfer_cutoff", "paper_transfer_days", "supplement_notice_days",
    "supplement_silence_days", "max_supplements", "max_extensions", "apology_lead_days", "correction_days",
    "online_alert_hours", "online_answer_hours",
)  # fmt: skip


def field_of(name: str) -> Field[Any, Any]:
    """Mục của chế độ pháp lý, with its Vietnamese name and its own checks."""
    found = RegimeRule._meta.get_field(name)  # noqa: SLF001  Django's API
    assert isinstance(found, Field)  # noqa: S101  a regime has no relations
    return found


def subject_of(code: str) -> UUID:
    """Khóa nhật ký của một chế độ, made from its code, which never changes."""
    return uuid5(NAMESPACE_URL, f"regime:{code}")


def as_it_would_be(rule: RegimeRule, values: Mapping[str, Any], reason: str) -> Regime:
    """Xem trước: the regime with these values, without writing anything. Raises InvalidInput like the change itself."""
    _refuse_wrong(rule, values, reason)
    kept: dict[str, Any] = {name: values[name] for name in EDITABLE if name in values}
    for name, kind in (("supplement", SupplementRule), ("end_moment", EndMoment)):
        if name in kept:
            kept[name] = kind(kept[name])
    return replace(rule.as_regime(), **kept)


@transaction.atomic
def change_regime(
    *, code: str, values: Mapping[str, Any], reason: str, by: AbstractBaseUser | None, at: datetime
) -> RegimeRule:
    """Sửa chế độ pháp lý: correct what was written wrongly, with who and why. Raises InvalidInput."""
    rule = RegimeRule.objects.select_for_update().get(code=code)
    _refuse_wrong(rule, values, reason)
    before = {name: getattr(rule, name) for name in EDITABLE}
    for name in EDITABLE:
        if name in values:
            setattr(rule, name, values[name])
    changes = [
        {"field": name, "before": before[name], "after": getattr(rule, name)}
        for name in EDITABLE
        if before[name] != getattr(rule, name)
    ]
    if not changes:
        raise InvalidInput({"reason": "Chưa có gì thay đổi. Hãy sửa ít nhất một mục."})
    rule.save(update_fields=EDITABLE)
    loading.touch()
    events.record(
        RegimeChanged(
            subject_id=subject_of(code),
            actor_id=by.pk if by else None,
            at=at,
            code=code,
            reason=tidy(reason),
            changes=changes,
        )
    )
    return rule


@transaction.atomic
def open_regime(
    *,
    code: str,
    name: str,
    basis: str,
    valid_from: date,
    reason: str,
    by: AbstractBaseUser | None,
    at: datetime,
) -> RegimeRule:
    """Lập chế độ kế tiếp: a new decree takes over from a day to come, with the numbers of the one before until changed.

    Raises InvalidInput.
    """
    last = RegimeRule.objects.select_for_update().order_by("-valid_from").first()
    wrong = {}
    if not tidy(code) or RegimeRule.objects.filter(code=tidy(code)).exists():
        wrong["code"] = "Mã chế độ phải có và chưa dùng."
    if not tidy(name):
        wrong["name"] = "Hãy ghi tên văn bản."
    if valid_from <= local_date(at) or (last and valid_from <= last.valid_from):
        wrong["valid_from"] = "Ngày áp dụng phải sau hôm nay và sau ngày bắt đầu của chế độ trước."
    if not tidy(reason):
        wrong["reason"] = "Hãy ghi lý do, ví dụ số nghị định."
    if wrong:
        raise InvalidInput(wrong)
    fields = RegimeRule.fields_of(last.as_regime() if last else Regime(code="", valid_from=valid_from))
    fields |= {
        "code": tidy(code),
        "name": tidy(name),
        "basis": tidy(basis),
        "valid_from": valid_from,
        "valid_to": None,
    }
    if last:
        last.valid_to = valid_from - timedelta(days=1)
        last.save(update_fields=["valid_to"])
    made = RegimeRule.objects.create(**fields)
    loading.touch()
    events.record(
        RegimeOpened(
            subject_id=subject_of(made.code),
            actor_id=by.pk if by else None,
            at=at,
            code=made.code,
            valid_from=valid_from,
            reason=tidy(reason),
        )
    )
    return made


def _refuse_wrong(rule: RegimeRule, values: Mapping[str, Any], reason: str) -> None:
    wrong = {}
    if not tidy(reason):
        wrong["reason"] = "Hãy ghi lý do sửa, ví dụ điều khoản của nghị định."
    for name in EDITABLE:
        if name in values:
            try:
                field_of(name).clean(values[name], rule)
            except ValidationError as refusal:
                wrong[name] = " ".join(refusal.messages)
    if wrong:
        raise InvalidInput(wrong)
