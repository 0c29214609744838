"""What can have happened to a filing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FilingEvent(Event):
    subject_type: ClassVar[str] = "filing"


@dataclass(frozen=True, kw_only=True)
class FilingSubmitted(FilingEvent):
    label: ClassVar[str] = "Nộp hồ sơ trực tuyến"
    opens: ClassVar[bool] = True

    code: str
    procedure: str
    agency: int
    reception_agency: int
    alert_due_at: datetime | None
    answer_due_at: datetime | None
    parts: list[str]


@dataclass(frozen=True, kw_only=True)
class OfficerAlerted(FilingEvent):
    label: ClassVar[str] = "Báo công chức có hồ sơ trực tuyến"

    is_in_time: bool


@dataclass(frozen=True, kw_only=True)
class AnswerRunsOut(FilingEvent):
    label: ClassVar[str] = "Sắp hết hạn trả lời hồ sơ trực tuyến"

    answer_due_at: datetime


@dataclass(frozen=True, kw_only=True)
class FilingSupplementAsked(FilingEvent):
    label: ClassVar[str] = "Yêu cầu bổ sung hồ sơ trực tuyến"

    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class FilingSupplemented(FilingEvent):
    label: ClassVar[str] = "Người nộp đã bổ sung"

    answer_due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FilingRefused(FilingEvent):
    label: ClassVar[str] = "Từ chối tiếp nhận hồ sơ trực tuyến"

    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class FilingMisaddressed(FilingEvent):
    label: ClassVar[str] = "Báo gửi nhầm nơi"

    reasons: list[str]
    right_place: str


@dataclass(frozen=True, kw_only=True)
class FilingAccepted(FilingEvent):
    label: ClassVar[str] = "Tiếp nhận hồ sơ trực tuyến"

    dossier: UUID
    dossier_code: str
    is_in_time: bool


@dataclass(frozen=True, kw_only=True)
class FilingWithdrawn(FilingEvent):
    label: ClassVar[str] = "Người nộp rút hồ sơ trực tuyến"

    reason: str
