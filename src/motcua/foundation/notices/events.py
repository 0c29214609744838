"""What can have happened to a notice. The text stays in its row; the ledger says that it was handed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class NoticeQueued(Event):
    label: ClassVar[str] = "Lập thông báo"
    subject_type: ClassVar[str] = "notice"
    opens: ClassVar[bool] = True

    about: UUID
    channel: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class NoticeResent(Event):
    label: ClassVar[str] = "Gửi lại thông báo"
    subject_type: ClassVar[str] = "notice"

    about: UUID
    channel: str


@dataclass(frozen=True, kw_only=True)
class NoticeReported(Event):
    label: ClassVar[str] = "Nhà cung cấp báo kết quả gửi"
    subject_type: ClassVar[str] = "notice"

    about: UUID
    channel: str
    has_arrived: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class NoticeCapReached(Event):
    label: ClassVar[str] = "Hết mức chi thông báo của tháng"
    subject_type: ClassVar[str] = "notice_cap"

    spent: int
    amount: int


@dataclass(frozen=True, kw_only=True)
class NoticeRegimeChanged(Event):
    label: ClassVar[str] = "Đặt quy tắc thông báo"
    subject_type: ClassVar[str] = "notice_regime"

    what: str
    name: str
    valid_from: date
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class NoticeWishesSaid(Event):
    label: ClassVar[str] = "Chọn loại thông báo không nhận"
    subject_type: ClassVar[str] = "applicant"

    unwanted: list[str]
