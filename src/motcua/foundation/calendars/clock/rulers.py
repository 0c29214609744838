"""Thước đo: what one unit of a limit measures, where it starts, and where it ends.

A ruler counts from the day `anchor`. `start` is where the count begins, `target` where the whole limit has run, and
`moment` turns a place on the ruler into the instant that is promised.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime
from math import ceil

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock.compiled import DAY_MINUTES, CompiledCalendar
from motcua.foundation.calendars.clock.facts import EndMoment, Limit, Regime, Unit
from motcua.foundation.calendars.clock.tracking import Pause, merged

DAYS_OF_A_MONTH = 30  # BLDS-2015 Đ146: a part of a month is counted in days, thirty to a month


class Ruler:
    """Thước đo of one limit from one reception. Instants are local."""

    start: int
    target: int

    def __init__(self, received_at: datetime, calendar: CompiledCalendar) -> None:
        self.calendar = calendar
        self.anchor = received_at.toordinal()

    def place(self, at: datetime) -> int:
        raise NotImplementedError

    def moment(self, place: int) -> datetime:
        raise NotImplementedError


class WorkingDays(Ruler):
    """Ngày làm việc: the day of reception is not counted; the n-th working day after it ends at its close.

    A part of a day ends with the session in which it falls. Legal: BLDS-2015 Đ147, Đ148
    """

    def __init__(self, received_at: datetime, limit: Limit, calendar: CompiledCalendar) -> None:
        super().__init__(received_at, calendar)
        self.start = calendar.units_before(self.anchor + 1) - calendar.units_before(self.anchor)
        number, parts = limit.ratio
        self.target = self.start - (-number * calendar.unit // parts)
        self.ends_with_a_session = parts != 1

    def place(self, at: datetime) -> int:
        return self.calendar.units_at(at) - self.calendar.units_before(self.anchor)

    def moment(self, place: int) -> datetime:
        return self.calendar.close_of_units(self.anchor, place, of_session=self.ends_with_a_session)


class SameHour(WorkingDays):
    """Ngày làm việc, đúng giờ: one working day runs from an hour to the same working hour of the next."""

    def __init__(self, received_at: datetime, limit: Limit, calendar: CompiledCalendar) -> None:
        super().__init__(received_at, limit, calendar)
        length = self.target - self.start
        self.start = self.place(received_at)
        self.target = self.start + length

    def moment(self, place: int) -> datetime:
        return self.calendar.instant_of_units(self.anchor, place, opens=True)


class WorkingHours(Ruler):
    """Giờ làm việc: run through the sessions only; outside of them the count waits for the next."""

    def __init__(self, received_at: datetime, limit: Limit, calendar: CompiledCalendar) -> None:
        super().__init__(received_at, calendar)
        self.received_at = received_at
        self.start = 0
        number, parts = limit.ratio
        self.target = -(-number * 60 // parts)

    def place(self, at: datetime) -> int:
        return self.calendar.minutes_at(at) - self.calendar.minutes_at(self.received_at)

    def moment(self, place: int) -> datetime:
        return self.calendar.instant_of_minutes(self.received_at, place)


class CalendarDays(Ruler):
    """Ngày, tháng: count every day after the reception; a last day that is not worked moves to the next that is.

    Legal: BLDS-2015 Đ146, Đ147, Đ148.5
    """

    def __init__(self, received_at: datetime, limit: Limit, calendar: CompiledCalendar) -> None:
        super().__init__(received_at, calendar)
        self.start = DAY_MINUTES
        days = _last_day(received_at, limit).toordinal() - self.anchor
        self.target = (days + 1) * DAY_MINUTES

    def place(self, at: datetime) -> int:
        return (at.toordinal() - self.anchor) * DAY_MINUTES + at.hour * 60 + at.minute

    def last_day(self, place: int) -> date:
        """The day in which that place lies, before it is rolled forward to a working day."""
        return date.fromordinal(self.anchor + -(-place // DAY_MINUTES) - 1)

    def moment(self, place: int) -> datetime:
        return self.calendar.close(self.last_day(place))


def ruler_for(received_at: datetime, limit: Limit, calendar: CompiledCalendar, regime: Regime) -> Ruler:
    local = received_at.astimezone(VIETNAM)
    if limit.unit is Unit.HOUR:
        return WorkingHours(local, limit, calendar)
    if limit.unit is Unit.WORKING_DAY:
        is_same_hour = regime.end_moment is EndMoment.SAME_HOUR
        return (SameHour if is_same_hour else WorkingDays)(local, limit, calendar)
    return CalendarDays(local, limit, calendar)


def pushed(target: int, pauses: Sequence[Pause], ruler: Ruler, moment: datetime | None = None) -> int:
    """Where the limit ends when the pauses that began before its end are not counted.

    Nothing that was paused in time ends before the pause does, not even where the limit had run and only the rest of
    its last day was left.
    """
    moment = moment or ruler.moment(target)
    for first, last in merged(pauses):
        if first >= moment:
            break
        began = max(ruler.place(first.astimezone(VIETNAM)), ruler.start)
        ended = ruler.place(last.astimezone(VIETNAM))
        if ended > began:
            target = max(target, began) + ended - began
            moment = ruler.moment(target)
        if moment < last:
            target = ended + 1
            moment = ruler.moment(target)
    return target


def _last_day(received_at: datetime, limit: Limit) -> date:
    day = received_at.date()
    if limit.unit is Unit.DAY:
        return date.fromordinal(day.toordinal() + ceil(limit.amount))
    months, part = divmod(limit.amount, 1)
    later = months_later(day, int(months))
    return date.fromordinal(later.toordinal() + ceil(part * DAYS_OF_A_MONTH))


def months_later(day: date, months: int) -> date:
    """Cùng ngày của tháng sau: the same day number, else the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
