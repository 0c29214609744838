"""Accounts of staff, and who sits in which post."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from motcua.core import events, objections
from motcua.core.errors import DomainError
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.identity import checks
from motcua.foundation.identity.access import forget_access
from motcua.foundation.identity.events import (
    Appointed,
    AppointmentEnded,
    PasswordChanged,
    StaffCreated,
    StaffDeactivated,
    StaffDescribed,
    StaffReactivated,
)
from motcua.foundation.identity.models import Membership, StaffSession, User
from motcua.foundation.org.models import Post

WEAKNESSES = {
    "password_too_short": "Mật khẩu cần ít nhất 10 ký tự.",
    "password_too_common": "Mật khẩu này quá phổ biến, dễ bị đoán.",
    "password_too_similar": "Mật khẩu quá giống tên hoặc thư điện tử của tài khoản.",
    "password_entirely_numeric": "Mật khẩu không thể chỉ gồm chữ số.",
}
USERNAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-@")


@transaction.atomic
def create_staff(
    *,
    username: str,
    full_name: str,
    password: str,
    by: User | None,
    at: datetime,
    email: str = "",
    phone: str = "",
    must_change_password: bool = False,
) -> User:
    """Tạo tài khoản cán bộ. It may do nothing until it is given a post (`appoint`)."""
    user = User(username=_username(username), must_change_password=must_change_password)
    _describe(user, full_name, email, phone)
    _set_password(user, password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as fault:
        raise DomainError(f"Tên đăng nhập {user.username} đã có người dùng.", field="username") from fault
    events.record(
        StaffCreated(
            subject_id=user.pk, actor_id=_key(by), at=at, username=user.username, full_name=user.full_name
        )
    )
    return user


@transaction.atomic
def describe_staff(
    user: User, *, full_name: str, email: str, phone: str, by: User | None, at: datetime
) -> User:
    """Sửa họ tên, thư, điện thoại."""
    before = (user.full_name, user.email, user.phone)
    _describe(user, full_name, email, phone)
    after = (user.full_name, user.email, user.phone)
    changed = [
        name
        for name, old, new in zip(("full_name", "email", "phone"), before, after, strict=True)
        if old != new
    ]
    if changed:
        user.save(update_fields=["full_name", "name_folded", "email", "phone"])
        events.record(StaffDescribed(subject_id=user.pk, actor_id=_key(by), at=at, changed=changed))
    return user


@transaction.atomic
def change_password(user: User, *, new: str, by: User | None, at: datetime, keep_session: str = "") -> None:
    """Đổi mật khẩu: every session but the one of `keep_session` (its digest) ends.

    When somebody else sets it, its owner must choose their own at the next sign-in.
    """
    is_own = by is not None and by.pk == user.pk
    _set_password(user, new)
    user.must_change_password = not is_own
    user.save(update_fields=["password", "must_change_password"])
    StaffSession.objects.filter(user=user).exclude(key_digest=keep_session).delete()
    events.record(PasswordChanged(subject_id=user.pk, actor_id=_key(by), at=at, by_owner=is_own))


@transaction.atomic
def deactivate_staff(user: User, *, reason: str, by: User | None, at: datetime) -> None:
    """Khóa tài khoản: out at once, everywhere. What the person did stays."""
    if by is not None and by.pk == user.pk:
        raise DomainError("Bạn không thể tự khóa tài khoản của mình.")
    if not user.is_active:
        raise DomainError("Tài khoản này đã khóa.")
    objections.ask("deactivate_staff", user, at)
    user.is_active = False
    user.save(update_fields=["is_active"])
    StaffSession.objects.filter(user=user).delete()
    events.record(StaffDeactivated(subject_id=user.pk, actor_id=_key(by), at=at, reason=reason.strip()))


@transaction.atomic
def reactivate_staff(user: User, *, by: User | None, at: datetime) -> None:
    """Mở lại tài khoản."""
    if user.is_active:
        raise DomainError("Tài khoản này đang hoạt động.")
    user.is_active = True
    user.save(update_fields=["is_active"])
    events.record(StaffReactivated(subject_id=user.pk, actor_id=_key(by), at=at))


@transaction.atomic
def appoint(
    user: User, *, post: Post, valid_from: date, by: User | None, at: datetime, valid_to: date | None = None
) -> Membership:
    """Giao vị trí từ ngày."""
    if valid_to is not None and valid_to < valid_from:
        raise DomainError("Ngày cuối phải từ ngày đầu trở đi.", field="valid_to")
    if valid_from < post.valid_from or (post.valid_to is not None and post.valid_to < valid_from):
        raise DomainError(f"Vị trí {post.title} không có vào ngày {valid_from:%d/%m/%Y}.", field="valid_from")
    held = Membership.objects.filter(user=user, post=post)
    if any(one.valid_to is None or one.valid_to >= valid_from for one in held):
        raise DomainError(f"{user} đã giữ vị trí này trong thời gian đó.", field="post")
    membership = Membership.objects.create(user=user, post=post, valid_from=valid_from, valid_to=valid_to)
    forget_access(user)
    events.record(
        Appointed(
            subject_id=user.pk, actor_id=_key(by), at=at, post_id=post.pk, post=str(post), valid_from=valid_from,
            valid_to=valid_to,
        )
    )  # fmt: skip
    return membership


@transaction.atomic
def end_appointment(membership: Membership, *, on: date, by: User | None, at: datetime) -> None:
    """Thôi giữ vị trí: `on` is the first day without it. What was delegated with it ends too."""
    if on <= membership.valid_from:
        raise DomainError("Ngày thôi giữ phải sau ngày bắt đầu giữ vị trí.", field="on")
    membership.valid_to = on - timedelta(days=1)
    membership.save(update_fields=["valid_to"])
    forget_access(membership.user)
    if on <= local_date(at):
        objections.ask("end_appointment", membership.user, at)
    events.record(
        AppointmentEnded(
            subject_id=membership.user_id, actor_id=_key(by), at=at, post_id=membership.post_id,
            post=str(membership.post), last_day=membership.valid_to,
        )
    )  # fmt: skip


def _describe(user: User, full_name: str, email: str, phone: str) -> None:
    user.full_name = checks.person_name(full_name, field="full_name")
    user.name_folded = fold(user.full_name)
    user.email = checks.email(email) if email.strip() else ""
    user.phone = checks.phone(phone) if phone.strip() else ""


def _username(text: str) -> str:
    username = text.strip().lower()
    if not 3 <= len(username) <= 60 or not USERNAME_LETTERS.issuperset(username):
        raise DomainError(
            "Tên đăng nhập cần từ 3 đến 60 ký tự: chữ không dấu, số, dấu chấm, gạch ngang, gạch dưới, @.",
            field="username",
        )
    return username


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        said = (WEAKNESSES.get(one.code or "", "Mật khẩu chưa đủ mạnh.") for one in fault.error_list)
        raise DomainError(" ".join(dict.fromkeys(said)), field="password") from fault
    user.set_password(password)


def _key(by: User | None) -> UUID | None:
    return by.pk if by else None
