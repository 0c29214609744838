"""Thời gian của bước: when a step is due, and how many working minutes a limit of the law holds. Pure.

A workflow counts in working days of eight hours; an agency's day may be shorter. So eight hours of a step are the
sessions of one day, whatever they are: a day of the law is a day of the desk.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.service.workflows.blueprint import WORKING_DAY

if TYPE_CHECKING:
    from motcua.foundation.calendars.clock import CompiledCalendar, WorkCalendar

FRIDAY, WEEK, WEEKEND = 4, 7, {5, 6}
SHORTEST_MONTH = 28


def step_due(at: datetime, minutes: int, calendar: WorkCalendar | CompiledCalendar) -> datetime:
    """Hạn của bước: `minutes` of an eight-hour day after `at`, walked through the sessions of the calendar."""
    local = at.astimezone(VIETNAM)
    days = calendar.compiled
    anchor = local.toordinal()
    begun = days.units_at(local) - days.units_before(anchor)
    due = days.instant_of_units(anchor, begun + -(-minutes * days.unit // WORKING_DAY))
    return max(due, local)


def working_minutes(limit: Limit) -> int | None:
    """Thời hạn đổi ra phút làm việc: the least that the limit can hold in a week without holidays; None: no number.

    A limit in calendar days or months is taken from its worst weekday on, so a workflow that fits, fits always.
    """
    if not limit.is_a_number:
        return None
    if limit.unit is Unit.HOUR:
        return int(limit.amount * 60)
    if limit.unit is Unit.WORKING_DAY:
        return int(limit.amount * WORKING_DAY)
    days = int(limit.amount) * (SHORTEST_MONTH if limit.unit is Unit.MONTH else 1)
    return max(1, min(_worked(start, days) for start in range(FRIDAY + 1))) * WORKING_DAY


def _worked(start: int, days: int) -> int:
    """Working days after the weekday `start`, up to `days` later or the working day that follows."""
    weeks, rest = divmod(days, WEEK)
    spare = [(start + day) % WEEK for day in range(1, rest + 1)]
    ends_on_rest = (start + days) % WEEK in WEEKEND
    return weeks * (WEEK - len(WEEKEND)) + sum(day not in WEEKEND for day in spare) + ends_on_rest


def desk_minutes(first: datetime, last: datetime, calendar: WorkCalendar | CompiledCalendar) -> int:
    """Thời gian đã làm: between two instants, in minutes of an eight-hour day; `step_due` the other way round."""
    days = calendar.compiled
    begun, ended = first.astimezone(VIETNAM), last.astimezone(VIETNAM)
    days.units_at(begun)  # may grow the calendar backwards, which moves its beginning
    return (days.units_at(ended) - days.units_at(begun)) * WORKING_DAY // days.unit
