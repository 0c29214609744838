"""Dự báo chậm: will the result come after the promise, by the steps still ahead and the time that is left? Pure.

What a step takes is the pace of the last quarter where enough dossiers have passed through it, else its planned time.
The lateness of the present step is already spent: it stands in the time that is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import CompiledCalendar
from motcua.service.workflows.blueprint import duration
from motcua.service.workflows.timing import desk_minutes, step_due


@dataclass(frozen=True)
class Ahead:
    """Một bước chưa xong: its planned minutes, and what it usually takes (None: too few have passed through it)."""

    name: str
    planned: int
    usual: int | None = None

    @property
    def minutes(self) -> int:
        return self.planned if self.usual is None else self.usual

    @property
    def ground(self) -> str:
        if self.usual is None:
            return f"theo quy trình {duration(self.planned)}"
        return f"ba tháng qua thường mất {duration(self.usual)}, quy trình {duration(self.planned)}"


@dataclass(frozen=True)
class Forecast:
    """Dự báo: when the result is to be expected, against the promise, and why."""

    expected_at: datetime
    due_at: datetime
    lines: tuple[str, ...]

    @property
    def is_late(self) -> bool:
        return self.expected_at > self.due_at


def forecast(
    *,
    present: Ahead,
    opened_at: datetime,
    ahead: Sequence[Ahead],
    due_at: datetime,
    calendar: CompiledCalendar,
    at: datetime,
) -> Forecast:
    """Dự báo của một hồ sơ at the moment `at`. Times of steps are those of an eight-hour day, as workflows count."""
    spent = desk_minutes(opened_at, at, calendar)
    left = max(present.minutes - spent, 0)
    over = spent - present.planned
    rest = sum(step.minutes for step in ahead)
    expected = step_due(at, left + rest, calendar)
    remaining = desk_minutes(at, due_at, calendar) if due_at > at else 0
    so_far = f"đã giữ {duration(spent)}, {present.ground}"
    lines = [
        f"Bước “{present.name}” {so_far}"
        + (f", quá {duration(over)}." if over > 0 else f", còn {duration(left)}."),
        *(f"Bước “{step.name}”: {step.ground}." for step in ahead if step.minutes),
        f"Cần thêm {duration(left + rest)}; đến ngày hẹn còn {duration(remaining)}.",
    ]
    return Forecast(expected, due_at, tuple(lines))


def new_date(found: Forecast, calendar: CompiledCalendar, *, at: datetime, least_days: int = 1) -> datetime:
    """Ngày hẹn lại: the close of the day when the result is expected, a working day after the promise at least."""
    base = max(found.due_at, at).astimezone(VIETNAM)
    earliest = calendar.nth_close(base.toordinal(), least_days)
    expected = found.expected_at.astimezone(VIETNAM)
    closing = calendar.close(expected.date())
    if closing < expected:
        closing = calendar.close(expected.date() + timedelta(days=1))
    return max(earliest, closing)


def usual_minutes(samples: Sequence[tuple[datetime, datetime]], calendar: CompiledCalendar) -> int:
    """Nhịp thực tế: the median of what a step has taken, in the minutes of an eight-hour day."""
    taken = sorted(desk_minutes(first, last, calendar) for first, last in samples)
    return taken[len(taken) // 2]
