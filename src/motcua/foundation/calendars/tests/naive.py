"""The clock once more, as a day-by-day loop without any preparation: slow, plain, and written apart from the other."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import EndMoment, Limit, Regime, Unit, WorkCalendar

Span = tuple[datetime, datetime]
DAY = timedelta(days=1)
AN_INSTANT = Fraction(1, 10**6)


def naive_due(
    received_at: datetime, limit: Limit, calendar: WorkCalendar, regime: Regime, pauses: Sequence[Span] = ()
) -> datetime:
    received_at = received_at.replace(second=0, microsecond=0)
    if limit.unit is Unit.HOUR:
        return _run(received_at, limit.amount * 60, calendar, pauses, weigh=_minutes, finish=_exactly)
    if limit.unit is Unit.WORKING_DAY and regime.end_moment is EndMoment.SAME_HOUR:
        return _run(received_at, limit.amount, calendar, pauses, weigh=_share, finish=_opening)
    if limit.unit is Unit.WORKING_DAY:
        finish = _close_of_day if limit.amount.denominator == 1 else _close_of_session
        midnight = datetime.combine(received_at.date() + DAY, time(), VIETNAM)
        return _run(midnight, limit.amount, calendar, pauses, weigh=_share, finish=finish)
    midnight = datetime.combine(received_at.date() + DAY, time(), VIETNAM)
    last = _last_day(received_at.date(), limit)
    minutes = (datetime.combine(last + DAY, time(), VIETNAM) - midnight) // timedelta(minutes=1)
    return _run(midnight, Fraction(minutes), calendar, pauses, weigh=_all_minutes, finish=_rolled_forward)


def _run(start, amount, calendar, pauses, *, weigh, finish):
    """Walk from `start` until `amount` has run; each pause that began before the end makes the way longer."""
    place = start
    left = amount
    due = finish(*_walk(place, left, calendar, weigh), calendar)
    for begun, ended in _merged(pauses):
        if begun >= due:
            break
        first, last = begun.replace(second=0, microsecond=0), ended.replace(second=0, microsecond=0)
        lost = _weight(max(first, start), last, calendar, weigh)
        if lost > 0:
            left = max(left, _weight(start, max(first, start), calendar, weigh)) + lost
            due = finish(*_walk(start, left, calendar, weigh), calendar)
        if due < ended:
            left = _weight(start, last, calendar, weigh) + AN_INSTANT
            due = finish(*_walk(start, left, calendar, weigh), calendar)
    return due


def _walk(start, amount, calendar, weigh):
    """The day in which the amount is used up, and how much of that day is needed counted from its beginning."""
    day = start.date()
    gone = -_weight_of_day(day, datetime.combine(day, time(), VIETNAM), start, calendar, weigh)
    while True:
        whole = weigh(calendar, day, 0, 24 * 60)
        if gone + whole >= amount and whole:
            return day, amount - gone, weigh
        gone += whole
        day += DAY


def _weight(first, last, calendar, weigh):
    total = Fraction(0)
    day = first.date()
    while day <= last.date():
        total += _weight_of_day(day, first, last, calendar, weigh)
        day += DAY
    return total


def _weight_of_day(day, first, last, calendar, weigh):
    since = first.hour * 60 + first.minute if first.date() == day else 0
    until = last.hour * 60 + last.minute if last.date() == day else 24 * 60
    return weigh(calendar, day, since, until) if since < until else Fraction(0)


def _minutes(calendar, day, since, until):
    parts = calendar.day(day).sessions
    return Fraction(
        sum(max(0, min(part.last_minute, until) - max(part.first_minute, since)) for part in parts)
    )


def _share(calendar, day, since, until):
    length = _minutes(calendar, day, 0, 24 * 60)
    return _minutes(calendar, day, since, until) / length if length else Fraction(0)


def _all_minutes(calendar, day, since, until):
    return Fraction(until - since)


def _at(day, minute):
    return datetime.combine(day, time(), VIETNAM) + timedelta(minutes=minute)


def _minute(day, needed, weigh, calendar):
    return next(minute for minute in range(24 * 60 + 1) if weigh(calendar, day, 0, minute) >= needed)


def _exactly(day, needed, weigh, calendar):
    return _at(day, _minute(day, ceil(needed), weigh, calendar))


def _close_of_day(day, needed, weigh, calendar):
    return _at(day, calendar.day(day).sessions[-1].last_minute)


def _close_of_session(day, needed, weigh, calendar):
    minute = _minute(day, needed, weigh, calendar)
    return _at(
        day, next(part.last_minute for part in calendar.day(day).sessions if minute <= part.last_minute)
    )


def _opening(day, needed, weigh, calendar):
    """The last instant with that share of the day behind it: at the end of a session, the next one opens.

    The rest of a minute at the end of a day belongs to that day.
    """
    minute = _minute(day, needed, weigh, calendar)
    parts = calendar.day(day).sessions
    if minute != parts[-1].last_minute:
        is_at_an_end = any(part.last_minute == minute for part in parts)
        return _at(
            day, next(p.first_minute for p in parts if p.first_minute >= minute) if is_at_an_end else minute
        )
    if weigh(calendar, day, 0, minute) > needed:
        return _at(day, minute)
    day += DAY
    while not calendar.day(day).sessions:
        day += DAY
    return _at(day, calendar.day(day).sessions[0].first_minute)


def _rolled_forward(day, needed, weigh, calendar):
    while not calendar.day(day).sessions:
        day += DAY
    return _close_of_day(day, needed, weigh, calendar)


def _last_day(day: date, limit: Limit) -> date:
    if limit.unit is Unit.DAY:
        return day + ceil(limit.amount) * DAY
    year, month = day.year, day.month
    for _ in range(int(limit.amount)):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    last = date(year, month, min(day.day, monthrange(year, month)[1]))
    return last + ceil((limit.amount % 1) * 30) * DAY


def _merged(pauses):
    merged = []
    for first, last in sorted(pauses):
        if first >= last:
            continue
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
