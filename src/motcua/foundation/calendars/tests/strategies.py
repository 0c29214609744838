"""What Hypothesis may throw at the clock: calendars, receptions, limits and pauses around the Tết of 2026."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import (
    OFFICE_HOURS,
    CompiledCalendar,
    EndMoment,
    Happening,
    Limit,
    Mark,
    Regime,
    Session,
    ShortDay,
    SupplementRule,
    Unit,
    WeekHours,
    WorkCalendar,
)

FULL = os.environ.get("MOTCUA_PROOFS") == "full"
proof = settings(max_examples=10_000 if FULL else 200, deadline=None)

FIRST, LAST = date(2026, 1, 1), date(2026, 4, 30)
MORNING = OFFICE_HOURS[:1]
LONG_DAY = (Session(time(7, 0), time(12, 0)), Session(time(13, 0), time(17, 10)))

days = st.dates(FIRST, LAST)
hours = st.sampled_from([OFFICE_HOURS, OFFICE_HOURS, MORNING, LONG_DAY])
weeks = st.dictionaries(st.integers(0, 6), hours, min_size=1, max_size=7)
minutes = st.integers(0, 24 * 60 - 1)


def instant(day: date, minute: int, second: int = 0) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60, second), VIETNAM)


instants = st.builds(instant, days, minutes, st.sampled_from([0, 0, 37]))
# The edges of sessions are where clocks go wrong.
edges = st.builds(instant, days, st.sampled_from([0, 449, 450, 690, 691, 810, 900, 901, 1019, 1020, 1439]))
receptions = instants | edges


def _calendar(week, later, off, worked, closed, short) -> WorkCalendar:
    return WorkCalendar(
        sessions=week,
        days_off=dict.fromkeys(off, "Nghỉ"),
        working_days=dict.fromkeys(worked, "Làm bù"),
        closures=dict.fromkeys(closed, "Đóng cửa"),
        short_days=dict.fromkeys(short, ShortDay(time(8, 0), time(14, 45), "Nghỉ nửa buổi chiều")),
        changes=tuple(WeekHours(day, sessions) for day, sessions in sorted(later.items())),
    )


calendars = st.builds(
    _calendar,
    weeks,
    st.dictionaries(days, weeks, max_size=1),
    st.sets(days, max_size=8),
    st.sets(days, max_size=3),
    st.sets(days, max_size=3),
    st.sets(days, max_size=3),
)

limits = st.one_of(
    st.builds(Limit, st.integers(1, 25), st.just(Unit.WORKING_DAY)),
    st.builds(
        Limit, st.sampled_from([Decimal("0.5"), Decimal("1.5"), Decimal("2.25")]), st.just(Unit.WORKING_DAY)
    ),
    st.builds(Limit, st.integers(1, 45), st.just(Unit.DAY)),
    st.builds(
        Limit, st.sampled_from([Decimal("0.5"), Decimal(2), Decimal(8), Decimal(24)]), st.just(Unit.HOUR)
    ),
    st.builds(Limit, st.sampled_from([Decimal(1), Decimal(6), Decimal("1.5")]), st.just(Unit.MONTH)),
)

regimes = st.builds(
    Regime,
    code=st.just("TEST"),
    valid_from=st.just(date(2018, 1, 1)),
    supplement=st.just(SupplementRule.PAUSE),
    end_moment=st.sampled_from(EndMoment),
)


@st.composite
def pauses(draw, after: datetime, most: int = 3) -> list[tuple[datetime, datetime]]:
    """Spans in order of time that do not overlap, beginning after the reception."""
    ends = draw(st.lists(st.integers(0, 30 * 24 * 60), min_size=0, max_size=2 * most))
    ends = sorted(ends)[: len(ends) // 2 * 2]
    moments = [after + timedelta(minutes=minute) for minute in ends]
    return list(pairwise(moments))[::2]


def marks_of(spans: list[tuple[datetime, datetime]]) -> list[Mark]:
    kinds = [Happening.PAUSED, Happening.RESUMED]
    return [Mark(kind, at) for span in spans for kind, at in zip(kinds, span, strict=True)]


def ready(calendar: WorkCalendar) -> CompiledCalendar:
    """Prepared for a few months only; it has to grow by itself where that is not enough."""
    return CompiledCalendar(calendar, date(2025, 12, 20), date(2026, 7, 31))
