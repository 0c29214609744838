"""Tài khoản: how its owner is reached; locking and unlocking by staff who manage accounts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput, Stale
from motcua.core.time import local_date
from motcua.foundation.citizens.events import AccountLocked, AccountUnlocked, ContactChanged
from motcua.foundation.citizens.models import CitizenAccount, CitizenSession
from motcua.foundation.citizens.operations.signing_out import end_sessions
from motcua.foundation.identity import checks
from motcua.foundation.identity.access import access_of, require_everywhere
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission

Channel = CitizenAccount.Channel


@transaction.atomic
def change_contact(
    account: CitizenAccount, *, email: str, phone: str, channel: str, by: CitizenAccount, at: datetime
) -> CitizenAccount:
    """Đổi cách liên hệ: address, number, and which of them news goes to first. Raises InvalidInput."""
    wrong: dict[str, str] = {}
    values = {"email": "", "phone": "", "channel": channel}
    for field, typed, check in (("email", email, checks.email), ("phone", phone, checks.phone)):
        try:
            values[field] = check(typed) if typed.strip() else ""
        except DomainError as refusal:
            wrong[field] = refusal.message
    if channel not in Channel.values:
        wrong["channel"] = "Hãy chọn kênh nhận tin."
    elif channel == Channel.EMAIL and not (values["email"] or wrong):
        wrong["email"] = "Hãy nhập thư điện tử để nhận tin qua kênh này."
    elif channel != Channel.EMAIL and not (values["phone"] or wrong):
        wrong["phone"] = "Hãy nhập số điện thoại để nhận tin qua kênh này."
    if wrong:
        raise InvalidInput(wrong)
    changed = [field for field, value in values.items() if getattr(account, field) != value]
    for field in changed:
        setattr(account, field, values[field])
    if changed:
        account.save(update_fields=changed)
        events.record(ContactChanged(subject_id=account.pk, actor_id=by.pk, at=at, changed=changed))
    return account


@transaction.atomic
def lock_account(account: CitizenAccount, *, reason: str, by: User, at: datetime) -> None:
    """Khóa tài khoản: nobody signs in with it, its open sessions end, the person is told why.

    Raises Forbidden, InvalidInput, Stale.
    """
    _check(reason, by, at)
    if not account.is_active:
        raise Stale("Tài khoản này đã bị khóa rồi. Hãy tải lại trang.")
    account.is_active = False
    account.save(update_fields=["is_active"])
    end_sessions(account, rows=account.sessions.all(), end=CitizenSession.End.LOCKED, at=at, actor_id=by.pk)
    events.record(AccountLocked(subject_id=account.pk, actor_id=by.pk, at=at, reason=reason.strip()[:300]))


@transaction.atomic
def unlock_account(account: CitizenAccount, *, reason: str, by: User, at: datetime) -> None:
    """Mở khóa tài khoản; the person is told. Raises Forbidden, InvalidInput, Stale."""
    _check(reason, by, at)
    if account.is_active:
        raise Stale("Tài khoản này đang mở. Hãy tải lại trang.")
    account.is_active = True
    account.save(update_fields=["is_active"])
    events.record(AccountUnlocked(subject_id=account.pk, actor_id=by.pk, at=at, reason=reason.strip()[:300]))


@transaction.atomic
def sign_out_devices(account: CitizenAccount, *, reason: str, by: User, at: datetime) -> int:
    """Đăng xuất mọi thiết bị giúp chủ tài khoản, who has lost one; returns how many. Raises Forbidden, InvalidInput."""
    _check(reason, by, at)
    return end_sessions(
        account, rows=account.sessions.all(), end=CitizenSession.End.OFFICE, at=at, actor_id=by.pk,
        reason=reason.strip()[:300],
    )  # fmt: skip


def _check(reason: str, by: User, at: datetime) -> None:
    require_everywhere(access_of(by, at), Permission.MANAGE_STAFF, local_date(at))
    if not reason.strip():
        raise InvalidInput({"reason": "Hãy ghi lý do."})
