"""Đã dùng, còn lại: how far a promise has run, and how it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock.answering import AnyCalendar, due
from motcua.foundation.calendars.clock.compiled import DAY_MINUTES, CompiledCalendar
from motcua.foundation.calendars.clock.facts import Limit, Mark, Regime, Unit
from motcua.foundation.calendars.clock.tracking import merged, replay


class Pace(StrEnum):
    """Tiến độ of a promise."""

    ON_TIME = "ON_TIME"
    DUE_SOON = "DUE_SOON"
    DUE_TODAY = "DUE_TODAY"
    OVERDUE = "OVERDUE"
    PAUSED = "PAUSED"
    NO_PROMISE = "NO_PROMISE"

    @property
    def label(self) -> str:
        return PACE_LABELS[self]


PACE_LABELS = {
    Pace.ON_TIME: "Trong hạn",
    Pace.DUE_SOON: "Sắp đến hạn",
    Pace.DUE_TODAY: "Đến hạn hôm nay",
    Pace.OVERDUE: "Quá hạn",
    Pace.PAUSED: "Đang dừng tính",
    Pace.NO_PROMISE: "Chưa hẹn ngày",
}


def state_of(due_at: datetime | None, now: datetime, *, is_paused: bool = False, soon_days: int = 2) -> Pace:
    """Tiến độ: how a promise stands at `now`. Without a date it is never on time by default."""
    if is_paused:
        return Pace.PAUSED
    if due_at is None:
        return Pace.NO_PROMISE
    if now > due_at:
        return Pace.OVERDUE
    days_left = (due_at.astimezone(VIETNAM).date() - now.astimezone(VIETNAM).date()).days
    if days_left == 0:
        return Pace.DUE_TODAY
    return Pace.DUE_SOON if days_left <= soon_days else Pace.ON_TIME


@dataclass(frozen=True)
class Spent:
    """Phút đã dùng, còn lại, cả thời hạn: working minutes, or minutes of every day for days and months.

    `left` is negative once the promise is overdue. used + left = total, always.
    """

    used: int
    left: int
    total: int


def spent(
    received_at: datetime,
    limit: Limit,
    calendar: AnyCalendar,
    regime: Regime,
    *,
    now: datetime,
    starts_after_cutoff_next_day: bool = False,
    events: Sequence[Mark] = (),
) -> Spent | None:
    """Đã dùng, còn lại at `now`, paused time left out; None when nothing is promised."""
    ready = calendar.compiled
    answer = due(
        received_at,
        limit,
        ready,
        regime,
        starts_after_cutoff_next_day=starts_after_cutoff_next_day,
        events=events,
    )
    if answer.due_at is None:
        return None
    pauses = merged(replay(received_at, events, regime).pauses)
    start = answer.start_at
    return Spent(
        used=_unpaused(start, max(now, start), pauses, limit, ready),
        left=_signed(max(now, start), answer.due_at, pauses, limit, ready),
        total=_signed(start, answer.due_at, pauses, limit, ready),
    )


def _signed(
    first: datetime,
    last: datetime,
    pauses: Sequence[tuple[datetime, datetime]],
    limit: Limit,
    calendar: CompiledCalendar,
) -> int:
    if first <= last:
        return _unpaused(first, last, pauses, limit, calendar)
    return -_unpaused(last, first, pauses, limit, calendar)


def _unpaused(
    first: datetime,
    last: datetime,
    pauses: Sequence[tuple[datetime, datetime]],
    limit: Limit,
    calendar: CompiledCalendar,
) -> int:
    total = _minutes(first, last, limit, calendar)
    for begun, ended in pauses:
        since, until = max(begun, first), min(ended, last)
        if since < until:
            total -= _minutes(since, until, limit, calendar)
    return total


def _minutes(first: datetime, last: datetime, limit: Limit, calendar: CompiledCalendar) -> int:
    begun, ended = first.astimezone(VIETNAM), last.astimezone(VIETNAM)
    if limit.unit in {Unit.DAY, Unit.MONTH}:
        return _of_day(ended) - _of_day(begun)
    calendar.minutes_at(begun)  # may grow the calendar backwards, which moves its beginning
    until = calendar.minutes_at(ended)
    return until - calendar.minutes_at(begun)


def _of_day(at: datetime) -> int:
    return at.toordinal() * DAY_MINUTES + at.hour * 60 + at.minute
