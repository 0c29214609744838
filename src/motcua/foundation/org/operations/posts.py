"""One-stop units and posts of an agency."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.text import tidy
from motcua.foundation.org.changes import DAY, AgencyHasEnded, actor
from motcua.foundation.org.events import OneStopUnitClosed, OneStopUnitOpened, PostClosed, PostOpened
from motcua.foundation.org.models import Agency, OneStopUnit, Post, Role


@transaction.atomic
def open_unit(
    *,
    agency: Agency,
    code: str,
    name: str,
    valid_from: date,
    by: AbstractBaseUser | None,
    at: datetime,
    address: str = "",
    phone: str = "",
) -> OneStopUnit:
    """Lập Bộ phận Một cửa của cơ quan."""
    _must_live(agency, valid_from)
    unit = OneStopUnit(
        agency=agency, code=code.strip().upper(), name=tidy(name), address=tidy(address), phone=phone.strip(),
        valid_from=valid_from,
    )  # fmt: skip
    if not unit.code or not unit.name:
        raise DomainError("Bộ phận Một cửa cần có mã và tên.", field="name" if unit.code else "code")
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError as fault:
        raise DomainError(f"Mã {unit.code} đang được dùng.", field="code") from fault
    events.record(
        OneStopUnitOpened(
            subject_id=agency.uid,
            actor_id=actor(by),
            at=at,
            code=unit.code,
            name=unit.name,
            valid_from=valid_from,
        )
    )
    return unit


@transaction.atomic
def close_unit(unit: OneStopUnit, *, on: date, by: AbstractBaseUser | None, at: datetime) -> None:
    """Kết thúc Bộ phận Một cửa: `on` is the first day without it."""
    unit.valid_to = _last_day(unit.valid_from, on)
    unit.save(update_fields=["valid_to"])
    events.record(
        OneStopUnitClosed(
            subject_id=unit.agency.uid, actor_id=actor(by), at=at, code=unit.code, last_day=unit.valid_to
        )
    )


@transaction.atomic
def open_post(
    *, agency: Agency, title: str, role: Role, valid_from: date, by: AbstractBaseUser | None, at: datetime
) -> Post:
    """Lập vị trí: a chair with one role."""
    _must_live(agency, valid_from)
    if role.ended_at:
        raise DomainError("Vai trò này đã được bỏ. Hãy chọn vai trò khác.", field="role")
    title = tidy(title)
    if not 2 <= len(title) <= 150:
        raise DomainError("Chức danh cần từ 2 đến 150 ký tự.", field="title")
    post = Post.objects.create(agency=agency, title=title, role=role, valid_from=valid_from)
    events.record(
        PostOpened(
            subject_id=agency.uid, actor_id=actor(by), at=at, post_id=post.pk, title=title, role=role.code,
            valid_from=valid_from,
        )
    )  # fmt: skip
    return post


@transaction.atomic
def close_post(post: Post, *, on: date, by: AbstractBaseUser | None, at: datetime) -> None:
    """Kết thúc vị trí: who sits in it holds nothing from `on`."""
    post.valid_to = _last_day(post.valid_from, on)
    post.save(update_fields=["valid_to"])
    events.record(
        PostClosed(
            subject_id=post.agency.uid, actor_id=actor(by), at=at, post_id=post.pk, title=post.title,
            last_day=post.valid_to,
        )
    )  # fmt: skip


def _must_live(agency: Agency, day: date) -> None:
    if not agency.is_valid_on(day):
        raise AgencyHasEnded(f"{agency} không hoạt động vào ngày {day:%d/%m/%Y}.", field="valid_from")


def _last_day(valid_from: date, on: date) -> date:
    if on <= valid_from:
        raise DomainError("Ngày kết thúc phải sau ngày bắt đầu.", field="on")
    return on - DAY
