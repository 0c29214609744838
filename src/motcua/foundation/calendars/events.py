"""What can have happened to a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CalendarOpened(Event):
    label: ClassVar[str] = "Lập lịch làm việc riêng"
    subject_type: ClassVar[str] = "calendar"
    opens: ClassVar[bool] = True

    name: str
    agency: int


@dataclass(frozen=True, kw_only=True)
class CalendarDaysChanged(Event):
    """`days` says of each day what it was and what it is now; None where the day was, or is again, ordinary."""

    label: ClassVar[str] = "Thay đổi ngày của lịch làm việc"
    subject_type: ClassVar[str] = "calendar"

    reason: str
    days: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class WorkingHoursChanged(Event):
    label: ClassVar[str] = "Thay đổi giờ làm việc"
    subject_type: ClassVar[str] = "calendar"

    reason: str
    valid_from: date
    week: dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class RegimeChanged(Event):
    """`changes` says of each field what it was and what it is now."""

    label: ClassVar[str] = "Sửa chế độ pháp lý"
    subject_type: ClassVar[str] = "regime"

    code: str
    reason: str
    changes: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class RegimeOpened(Event):
    label: ClassVar[str] = "Lập chế độ pháp lý kế tiếp"
    subject_type: ClassVar[str] = "regime"

    code: str
    valid_from: date
    reason: str
