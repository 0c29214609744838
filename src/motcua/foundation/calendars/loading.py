"""Calendars and regimes as the clock takes them, kept in the process until somebody changes them.

One cheap query every few seconds asks for the version; a change made by this process is seen at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from uuid import UUID

from django.db import transaction

from motcua.foundation.calendars import seeds
from motcua.foundation.calendars.clock import (
    OFFICE_WEEK,
    CompiledCalendar,
    Regime,
    Session,
    ShortDay,
    WeekHours,
    WorkCalendar,
)
from motcua.foundation.calendars.models import (
    Calendar,
    CalendarDay,
    CalendarSession,
    CalendarVersion,
    RegimeRule,
)

FRESH_FOR = 2.0  # seconds


@dataclass
class Shelf:
    """Everything that one version of the calendars says; a calendar is prepared when it is first asked for."""

    token: UUID | None
    regimes: Sequence[Regime]
    national: WorkCalendar
    own: Mapping[int, tuple[Calendar, WorkCalendar]] = field(default_factory=dict)

    def calendar(self, agency_id: int | None, on: date) -> CompiledCalendar:
        if agency_id is not None and agency_id in self.own:
            calendar, work_calendar = self.own[agency_id]
            if calendar.valid_from <= on and (calendar.valid_to is None or on <= calendar.valid_to):
                return work_calendar.compiled
        return self.national.compiled

    def regime_on(self, day: date) -> Regime:
        return next(
            (regime for regime in reversed(self.regimes) if regime.valid_from <= day), self.regimes[0]
        )


_shelf: Shelf | None = None
_asked_at = 0.0
_is_tentative = False  # read inside a transaction that changed it and may yet be rolled back


def work_calendar(agency_id: int | None, on: date) -> CompiledCalendar:
    """Lịch làm việc of an agency on a day: its own where it has one, else the national one."""
    return _current().calendar(agency_id, on)


def regime_on(day: date) -> Regime:
    """Chế độ pháp lý in force on a day; before the first one, the first."""
    return _current().regime_on(day)


def regime_named(code: str) -> Regime:
    """Chế độ pháp lý by its code. Raises KeyError."""
    for regime in _current().regimes:
        if regime.code == code:
            return regime
    raise KeyError(code)


def regimes() -> Sequence[Regime]:
    """All regimes, oldest first."""
    return _current().regimes


def touch() -> None:
    """Đánh dấu đã đổi: every process reads the calendars again. Called inside the transaction of the change."""
    global _is_tentative  # noqa: PLW0603  the cache of this process
    from uuid import uuid4

    CalendarVersion.objects.update_or_create(id=1, defaults={"token": uuid4()})
    forget()
    _is_tentative = True
    transaction.on_commit(_settle)


def forget() -> None:
    """Read the calendars again at the next question."""
    global _shelf, _is_tentative  # noqa: PLW0603
    _shelf = None
    _is_tentative = False


def _settle() -> None:
    global _is_tentative  # noqa: PLW0603
    _is_tentative = False


def _current() -> Shelf:
    global _shelf, _asked_at
    shelf, now = _shelf, time.monotonic()
    if shelf is not None and not _is_tentative and now - _asked_at < FRESH_FOR:
        return shelf
    token = CalendarVersion.objects.values_list("token", flat=True).first()
    if shelf is None or shelf.token != token:
        shelf = read(token)
    _shelf, _asked_at = shelf, now
    return shelf


def read(token: UUID | None) -> Shelf:
    """All calendars and regimes of the database; the seeds of the law where it is empty."""
    rules = [rule.as_regime() for rule in RegimeRule.objects.order_by("valid_from")]
    return assemble(
        Calendar.objects.all(),
        CalendarSession.objects.all(),
        CalendarDay.objects.all(),
        rules or seeds.REGIMES,
        token,
    )


def assemble(
    calendars: Iterable[Calendar],
    sessions: Iterable[CalendarSession],
    days: Iterable[CalendarDay],
    rules: Sequence[Regime],
    token: UUID | None,
) -> Shelf:
    """Put rows together to calendars, without asking the database."""
    weeks_of: dict[UUID, list[CalendarSession]] = {}
    for session in sessions:
        weeks_of.setdefault(session.calendar_id, []).append(session)
    days_of: dict[UUID, list[CalendarDay]] = {}
    for special in days:
        days_of.setdefault(special.calendar_id, []).append(special)
    listed = list(calendars)
    national = next((calendar for calendar in listed if calendar.is_national), None)
    if national is None:
        shared_weeks: list[CalendarSession] = []
        base = seeds.national_calendar()
    else:
        shared_weeks = weeks_of.get(national.pk, [])
        base = _work_calendar(shared_weeks, days_of.get(national.pk, []))
    own = {
        calendar.agency_id: (
            calendar,
            _work_calendar(weeks_of.get(calendar.pk) or shared_weeks, days_of.get(calendar.pk, []), base),
        )
        for calendar in listed
        if calendar.agency_id is not None
    }
    return Shelf(token, rules, base, own)


def _work_calendar(
    sessions: Sequence[CalendarSession], days: Sequence[CalendarDay], base: WorkCalendar | None = None
) -> WorkCalendar:
    """One calendar; where it says nothing of a day, `base` does."""
    said = {special.day for special in days}
    base = base or WorkCalendar()
    weeks = _weeks(sessions)
    return WorkCalendar(
        sessions=weeks[0].sessions if weeks else OFFICE_WEEK,
        changes=tuple(weeks[1:]),
        days_off=_kept(base.days_off, said) | _named(days, CalendarDay.Kind.OFF),
        working_days=_kept(base.working_days, said) | _named(days, CalendarDay.Kind.WORKED),
        closures=_kept(base.closures, said) | _named(days, CalendarDay.Kind.CLOSED),
        short_days={day: short for day, short in base.short_days.items() if day not in said}
        | {
            special.day: ShortDay(special.opens, special.closes, special.name)
            for special in days
            if special.kind == CalendarDay.Kind.SHORT and special.opens and special.closes
        },
    )


def _weeks(sessions: Sequence[CalendarSession]) -> list[WeekHours]:
    ordered = sorted(sessions, key=lambda row: (row.valid_from, row.weekday, row.start))
    return [
        WeekHours(
            valid_from,
            {
                weekday: tuple(Session(row.start, row.end) for row in of_day)
                for weekday, of_day in groupby(of_week, key=lambda row: row.weekday)
            },
        )
        for valid_from, of_week in groupby(ordered, key=lambda row: row.valid_from)
    ]


def _named(days: Sequence[CalendarDay], kind: str) -> dict[date, str]:
    return {special.day: special.name for special in days if special.kind == kind}


def _kept(named: Mapping[date, str], said: set[date]) -> dict[date, str]:
    return {day: name for day, name in named.items() if day not in said}
