"""The calendar prepared for speed: prefix sums over its days, so that no rule walks day by day.

Three rulers measure time, each with whole numbers. Working minutes count the minutes of sessions. Working units give
each working day the same weight, however long it is: `unit` of them, the least common multiple of the lengths of the
days, so that every minute of every day is a whole number. Calendar minutes count everything.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from math import lcm
from typing import NamedTuple

from motcua.core.errors import DomainError
from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock.weeks import WorkCalendar

DAY_MINUTES = 24 * 60
EARLIEST, LATEST = date(1950, 1, 1), date(2199, 12, 31)
STEP = 366 * 10


class OutsideCalendar(DomainError):
    """Ngoài lịch: the calendar has no such day, or no working day is left in it."""


class Tables(NamedTuple):
    """Day `n` is `first + n`; lists named `_before` have one more entry than there are days."""

    first: int
    size: int
    spans: list[tuple[tuple[int, int], ...]]
    days_before: list[int]
    minutes_before: list[int]
    worked: list[int]
    closes: list[datetime]
    lengths: list[int]
    minutes_to: list[int]


class CompiledCalendar:
    """Lịch đã chuẩn bị. Grows by itself when a date falls outside the years that it holds."""

    def __init__(
        self, plain: WorkCalendar, first: date = date(2016, 1, 1), last: date = date(2031, 12, 31)
    ) -> None:
        self.plain = plain
        self.unit = _unit(plain)
        self._tables = _compile(plain, first.toordinal(), last.toordinal())

    @property
    def compiled(self) -> CompiledCalendar:
        return self

    # Days

    def knows_year(self, year: int) -> bool:
        """Whether any holiday of that year has been entered; each year has some."""
        return any(day.year == year for day in self.plain.days_off)

    def is_working(self, day: date) -> bool:
        tables, place = self._at(day.toordinal())
        return bool(tables.spans[place])

    def opening(self, day: date) -> datetime:
        """When the first working day on or after `day` opens."""
        tables, number = self._first_working(day.toordinal())
        return _instant(tables.first + tables.worked[number], tables.spans[tables.worked[number]][0][0])

    def close(self, day: date) -> datetime:
        """When the first working day on or after `day` closes."""
        tables, number = self._first_working(day.toordinal())
        return tables.closes[number]

    def close_before(self, day: date) -> datetime:
        """When the last working day on or before `day` closes."""
        ordinal = day.toordinal()
        tables, place = self._at(ordinal)
        while not tables.days_before[place + 1]:
            tables = self._grow(earlier=True)
            place = ordinal - tables.first
        return tables.closes[tables.days_before[place + 1] - 1]

    def nth_close(self, ordinal: int, number: int) -> datetime:
        """When the `number`-th working day after the day `ordinal` closes."""
        tables = self._tables
        place = ordinal - tables.first
        if 0 <= place < tables.size:
            wanted = tables.days_before[place + 1] + number - 1
            if wanted < len(tables.closes):
                return tables.closes[wanted]
        tables, place = self._at(ordinal)
        while tables.days_before[place + 1] + number > len(tables.closes):
            tables = self._grow()
            place = ordinal - tables.first
        return tables.closes[tables.days_before[place + 1] + number - 1]

    def days_between(self, first: date, last: date) -> int:
        """How many working days lie in the closed span."""
        tables, place = self._at(last.toordinal())
        tables, start = self._at(first.toordinal())
        place = last.toordinal() - tables.first
        return max(0, tables.days_before[place + 1] - tables.days_before[start])

    # Working minutes

    def minutes_at(self, at: datetime) -> int:
        """Working minutes from the beginning of the calendar to a local instant."""
        tables, place = self._at(at.toordinal())
        return tables.minutes_before[place] + _worked(tables.spans[place], at.hour * 60 + at.minute)

    def instant_of_minutes(self, at: datetime, minutes: int) -> datetime:
        """The first instant when `minutes` working minutes have passed since the local instant `at`."""
        tables, place = self._at(at.toordinal())
        target = (
            tables.minutes_before[place] + _worked(tables.spans[place], at.hour * 60 + at.minute) + minutes
        )
        while target > tables.minutes_to[-1]:
            tables = self._grow()
            place = at.toordinal() - tables.first
            target = (
                tables.minutes_before[place]
                + _worked(tables.spans[place], at.hour * 60 + at.minute)
                + minutes
            )
        number = bisect_left(tables.minutes_to, target)
        day = tables.worked[number]
        return _instant(
            tables.first + day, _minute_of(tables.spans[day], target - tables.minutes_before[day])
        )

    # Working units

    def units_before(self, ordinal: int) -> int:
        tables, place = self._at(ordinal)
        return tables.days_before[place] * self.unit

    def units_at(self, at: datetime) -> int:
        """Working units from the beginning of the calendar to a local instant."""
        tables, place = self._at(at.toordinal())
        units = tables.days_before[place] * self.unit
        spans = tables.spans[place]
        if spans:
            worked = _worked(spans, at.hour * 60 + at.minute)
            units += worked * self.unit // tables.lengths[tables.days_before[place]]
        return units

    def instant_of_units(self, anchor: int, units: int, *, opens: bool = False) -> datetime:
        """The first instant `units` after the beginning of the day `anchor`; with `opens`, the last such instant."""
        tables, number, rest = self._day_of_units(anchor, units, opens=opens)
        day = tables.worked[number]
        minutes = -(-rest * tables.lengths[number] // self.unit)
        find = _last_minute_of if opens else _minute_of
        return _instant(tables.first + day, find(tables.spans[day], minutes))

    def close_of_units(self, anchor: int, units: int, *, of_session: bool = False) -> datetime:
        """The close of the day (or of the session) in which the instant of `instant_of_units` lies."""
        tables, number, rest = self._day_of_units(anchor, units, opens=False)
        if not of_session:
            return tables.closes[number]
        day = tables.worked[number]
        minute = _minute_of(tables.spans[day], -(-rest * tables.lengths[number] // self.unit))
        return _instant(tables.first + day, next(last for _, last in tables.spans[day] if minute <= last))

    def _day_of_units(self, anchor: int, units: int, *, opens: bool) -> tuple[Tables, int, int]:
        """The working day in which that many units from `anchor` end, and how many of them lie in it."""
        tables, place = self._at(anchor)
        number, rest = divmod(units, self.unit)
        if not rest and not opens:
            number, rest = number - 1, self.unit
        number += tables.days_before[place]
        while number >= len(tables.worked):
            before = tables.days_before[anchor - tables.first]
            tables = self._grow()
            number += tables.days_before[anchor - tables.first] - before
        return tables, number, rest

    # Growing

    def _first_working(self, ordinal: int) -> tuple[Tables, int]:
        tables, place = self._at(ordinal)
        while tables.days_before[place] >= len(tables.worked):
            tables = self._grow()
            place = ordinal - tables.first
        return tables, tables.days_before[place]

    def _at(self, ordinal: int) -> tuple[Tables, int]:
        tables = self._tables
        while ordinal < tables.first:
            tables = self._grow(earlier=True)
        while ordinal >= tables.first + tables.size:
            tables = self._grow()
        return tables, ordinal - tables.first

    def _grow(self, *, earlier: bool = False) -> Tables:
        tables = self._tables
        first, last = tables.first, tables.first + tables.size - 1
        if (earlier and first <= EARLIEST.toordinal()) or (not earlier and last >= LATEST.toordinal()):
            raise OutsideCalendar(
                "Ngày này nằm ngoài lịch làm việc. Hãy kiểm tra lại ngày hoặc lịch của đơn vị."
            )
        first = max(first - STEP, EARLIEST.toordinal()) if earlier else first
        last = last if earlier else min(last + STEP, LATEST.toordinal())
        self._tables = grown = _compile(self.plain, first, last)
        return grown


def compiled(calendar: WorkCalendar | CompiledCalendar) -> CompiledCalendar:
    return calendar.compiled


def add_working_minutes(at: datetime, minutes: int, calendar: WorkCalendar | CompiledCalendar) -> datetime:
    """Cộng phút làm việc: the first instant when that many working minutes have passed since `at`."""
    local = at.astimezone(VIETNAM)
    if minutes <= 0:
        return local
    return calendar.compiled.instant_of_minutes(local, minutes)


def working_minutes_between(
    first: datetime, last: datetime, calendar: WorkCalendar | CompiledCalendar
) -> int:
    """Số phút làm việc from the first instant to the last; negative when they stand the other way round."""
    ready = calendar.compiled
    begun = first.astimezone(VIETNAM)
    ready.minutes_at(begun)  # may grow the calendar backwards, which moves its beginning
    ended = ready.minutes_at(last.astimezone(VIETNAM))
    return ended - ready.minutes_at(begun)


def _compile(plain: WorkCalendar, first: int, last: int) -> Tables:
    spans: list[tuple[tuple[int, int], ...]] = []
    days_before, minutes_before = [0], [0]
    worked: list[int] = []
    closes: list[datetime] = []
    lengths: list[int] = []
    minutes_to: list[int] = []
    for place in range(last - first + 1):
        day = date.fromordinal(first + place)
        sessions = tuple((part.first_minute, part.last_minute) for part in plain.day(day).sessions)
        length = sum(end - start for start, end in sessions)
        spans.append(sessions)
        if sessions:
            worked.append(place)
            lengths.append(length)
            closes.append(_instant(first + place, sessions[-1][1]))
            minutes_to.append(minutes_before[-1] + length)
        days_before.append(len(worked))
        minutes_before.append(minutes_before[-1] + length)
    if not worked:
        minutes_to.append(-1)
    return Tables(first, len(spans), spans, days_before, minutes_before, worked, closes, lengths, minutes_to)


def _unit(plain: WorkCalendar) -> int:
    """The least number that each length of a working day divides."""
    weeks = [plain.sessions, *(change.sessions for change in plain.changes)]
    sessions = [part for week in weeks for part in week.values()]
    sessions += [plain.day(day).sessions for day in (*plain.working_days, *plain.short_days)]
    lengths = {sum(part.last_minute - part.first_minute for part in parts) for parts in sessions}
    return lcm(*(length for length in lengths if length))


def _worked(spans: tuple[tuple[int, int], ...], minute: int) -> int:
    total = 0
    for start, end in spans:
        if minute <= start:
            break
        total += (min(end, minute)) - start
    return total


def _minute_of(spans: tuple[tuple[int, int], ...], worked: int) -> int:
    """The first minute of the day when `worked` minutes of it have passed."""
    for start, end in spans:
        if worked <= end - start:
            return start + worked
        worked -= end - start
    return spans[-1][1]


def _last_minute_of(spans: tuple[tuple[int, int], ...], worked: int) -> int:
    """The last minute of the day when no more than `worked` minutes have passed: the next session opens."""
    for start, end in spans:
        if worked < end - start:
            return start + worked
        worked -= end - start
    return spans[-1][1]


def _instant(ordinal: int, minute: int) -> datetime:
    if minute >= DAY_MINUTES:
        return datetime.combine(date.fromordinal(ordinal) + timedelta(days=1), time(), VIETNAM)
    return datetime.combine(date.fromordinal(ordinal), time(minute // 60, minute % 60), VIETNAM)
