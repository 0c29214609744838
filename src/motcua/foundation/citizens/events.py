"""What can have happened to an account of a citizen. No event carries a personal number, a token or an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CitizenEvent(Event):
    subject_type: ClassVar[str] = "citizen"


@dataclass(frozen=True, kw_only=True)
class AccountOpened(CitizenEvent):
    label: ClassVar[str] = "Lập tài khoản công dân"
    opens: ClassVar[bool] = True

    applicant: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class ProviderLinked(CitizenEvent):
    label: ClassVar[str] = "Liên kết tài khoản đăng nhập"

    link: UUID
    provider: str


@dataclass(frozen=True, kw_only=True)
class ProviderUnlinked(CitizenEvent):
    label: ClassVar[str] = "Bỏ liên kết tài khoản đăng nhập"

    link: UUID
    provider: str


@dataclass(frozen=True, kw_only=True)
class CitizenSignedIn(CitizenEvent):
    label: ClassVar[str] = "Đăng nhập"

    session: UUID
    provider: str
    level: str


@dataclass(frozen=True, kw_only=True)
class CitizenSignedOut(CitizenEvent):
    label: ClassVar[str] = "Đăng xuất"

    sessions: list[UUID]
    end: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RepresentativeNamed(CitizenEvent):
    """Of the organisation."""

    label: ClassVar[str] = "Ghi nhận người đại diện"

    representative: UUID
    person: UUID | None
    source: str


@dataclass(frozen=True, kw_only=True)
class RepresentativeEnded(CitizenEvent):
    label: ClassVar[str] = "Thôi người đại diện"

    representative: UUID
    person: UUID | None


@dataclass(frozen=True, kw_only=True)
class ActingForBegun(CitizenEvent):
    """Of the organisation; the actor is the person's account."""

    label: ClassVar[str] = "Bắt đầu làm thay cho tổ chức"

    session: UUID
    representative: UUID


@dataclass(frozen=True, kw_only=True)
class ContactChanged(CitizenEvent):
    label: ClassVar[str] = "Đổi cách liên hệ"

    changed: list[str]


@dataclass(frozen=True, kw_only=True)
class AccountLocked(CitizenEvent):
    label: ClassVar[str] = "Khóa tài khoản công dân"

    reason: str


@dataclass(frozen=True, kw_only=True)
class AccountUnlocked(CitizenEvent):
    label: ClassVar[str] = "Mở khóa tài khoản công dân"

    reason: str
