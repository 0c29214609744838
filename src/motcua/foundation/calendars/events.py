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
