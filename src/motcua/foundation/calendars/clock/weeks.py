"""Lịch làm việc: which days and which hours of them are worked, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from motcua.foundation.calendars.clock.facts import OFFICE_WEEK, Session

if TYPE_CHECKING:
    from motcua.foundation.calendars.clock.compiled import CompiledCalendar

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


class DayKind(StrEnum):
    """Loại ngày."""

    WORKING = "WORKING"
    REST = "REST"
    HOLIDAY = "HOLIDAY"
    MADE_UP = "MADE_UP"
    CLOSED = "CLOSED"
    SHORT = "SHORT"

    @property
    def label(self) -> str:
        return DAY_LABELS[self]


DAY_LABELS = {
    DayKind.WORKING: "Ngày làm việc",
    DayKind.REST: "Nghỉ hằng tuần",
    DayKind.HOLIDAY: "Nghỉ lễ, Tết",
    DayKind.MADE_UP: "Làm bù",
    DayKind.CLOSED: "Đơn vị nghỉ",
    DayKind.SHORT: "Làm việc một phần ngày",
}


@dataclass(frozen=True)
class WorkDay:
    """Một ngày của lịch: its sessions (none: not worked), what kind of day it is, and why."""

    day: date
    kind: DayKind
    sessions: tuple[Session, ...]
    reason: str

    @property
    def is_worked(self) -> bool:
        return bool(self.sessions)


@dataclass(frozen=True)
class WeekHours:
    """Giờ làm việc trong tuần, from a day on: the sessions of each weekday (Monday is 0)."""

    valid_from: date
    sessions: Mapping[int, tuple[Session, ...]]


@dataclass(frozen=True)
class ShortDay:
    """Ngày làm việc một phần: worked only between `opens` and `closes`."""

    opens: time
    closes: time
    reason: str


@dataclass(frozen=True)
class WorkCalendar:
    """Lịch làm việc of one agency. Of a day that stands in several lists, the local closure wins, then the day that is
    made up, then the holiday, then the week.

    `changes` are later hours of the week, oldest first. Legal: BLLD-2019 Đ112; BLDS-2015 Đ148
    """

    sessions: Mapping[int, tuple[Session, ...]] = field(default_factory=lambda: OFFICE_WEEK)
    days_off: Mapping[date, str] = field(default_factory=dict)
    working_days: Mapping[date, str] = field(default_factory=dict)
    closures: Mapping[date, str] = field(default_factory=dict)
    short_days: Mapping[date, ShortDay] = field(default_factory=dict)
    changes: tuple[WeekHours, ...] = ()

    def day(self, day: date) -> WorkDay:
        """What one day is, and why."""
        if day in self.closures:
            return WorkDay(day, DayKind.CLOSED, (), self.closures[day])
        if day in self.working_days:
            worked = WorkDay(day, DayKind.MADE_UP, self._full_day(day), self.working_days[day])
        elif day in self.days_off:
            return WorkDay(day, DayKind.HOLIDAY, (), self.days_off[day])
        elif sessions := self._week(day).get(day.weekday()):
            worked = WorkDay(day, DayKind.WORKING, sessions, "Ngày làm việc")
        else:
            return WorkDay(day, DayKind.REST, (), f"{WEEKDAYS[day.weekday()]}, nghỉ hằng tuần")
        return _shortened(worked, self.short_days[day]) if day in self.short_days else worked

    def is_working(self, day: date) -> bool:
        return self.day(day).is_worked

    @cached_property
    def compiled(self) -> CompiledCalendar:
        """The same calendar, prepared for speed."""
        from motcua.foundation.calendars.clock.compiled import CompiledCalendar

        return CompiledCalendar(self)

    def _week(self, day: date) -> Mapping[int, tuple[Session, ...]]:
        week = self.sessions
        for change in self.changes:
            if change.valid_from <= day:
                week = change.sessions
        return week

    def _full_day(self, day: date) -> tuple[Session, ...]:
        """A made-up day has the hours of an ordinary day, even where its weekday is worked for half."""
        week = self._week(day)
        return max(week.values(), key=_minutes, default=())


def _minutes(sessions: tuple[Session, ...]) -> int:
    return sum(session.last_minute - session.first_minute for session in sessions)


def _shortened(worked: WorkDay, short: ShortDay) -> WorkDay:
    kept = tuple(
        Session(max(session.start, short.opens), min(session.end, short.closes))
        for session in worked.sessions
        if max(session.start, short.opens) < min(session.end, short.closes)
    )
    return WorkDay(worked.day, DayKind.SHORT if kept else DayKind.CLOSED, kept, short.reason)
