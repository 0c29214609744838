"""The clock's speed: one due date with a warm calendar, and a million recomputations on one core."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from bench.figures import Figure
from motcua.core.time import VIETNAM
from motcua.foundation.calendars import seeds
from motcua.foundation.calendars.clock import (
    CompiledCalendar,
    Happening,
    Limit,
    Mark,
    Regime,
    Unit,
    due,
    due_at,
)

MANY = 1_000_000
LIMIT_ONE = 10.0  # microseconds
LIMIT_MILLION = 60.0  # seconds
SHARES = (  # the units of real procedures, by how often they are met
    (Limit(3, Unit.WORKING_DAY), 300),
    (Limit(5, Unit.WORKING_DAY), 400),
    (Limit(Decimal(15), Unit.WORKING_DAY), 500),
    (Limit(Decimal("1.5"), Unit.WORKING_DAY), 30),
    (Limit(30, Unit.DAY), 300),
    (Limit(15, Unit.DAY), 250),
    (Limit(8, Unit.HOUR), 50),
    (Limit(6, Unit.MONTH), 6),
)


def measure() -> list[Figure]:
    calendar, regime = seeds.national_calendar().compiled, seeds.REGIMES[1]
    at = datetime(2026, 2, 13, 15, 1, tzinfo=VIETNAM)
    figures = []
    for limit, _ in SHARES:
        bare = micros(partial(due_at, at, limit, calendar, regime))
        answer = micros(partial(due, at, limit, calendar, regime))
        note = f"chỉ ngày hẹn: {bare:.2f} µs"
        figures.append(Figure(f"clock: một ngày hẹn, {limit}", answer, "µs", LIMIT_ONE, note=note))
    five = SHARES[1][0]
    explained = micros(lambda: due(at, five, calendar, regime).explanation, rounds=2_000)
    figures.append(Figure(f"clock: cả lời giải thích, {five}", explained, "µs"))
    seconds = recompute(MANY, calendar, regime)
    note = "một phần mười có bổ sung hoặc tạm dừng"
    figures.append(Figure(f"clock: tính lại {MANY:,} hồ sơ", seconds, "giây", LIMIT_MILLION, note=note))
    return figures


def recompute(number: int, calendar: CompiledCalendar, regime: Regime) -> float:
    """Dossiers of a year with the mix of real limits; a tenth of them have a history."""
    chance = random.Random(1)
    start = datetime(2026, 1, 5, 8, 0, tzinfo=VIETNAM)
    limits = chance.choices([limit for limit, _ in SHARES], [share for _, share in SHARES], k=10_000)
    receptions = [start + timedelta(minutes=chance.randrange(60 * 24 * 360)) for _ in range(10_000)]
    marks = [history(chance, at) if chance.random() < 0.1 else () for at in receptions]
    dossiers = list(zip(receptions, limits, marks, strict=True))
    begun = time.perf_counter()
    for _ in range(number // len(dossiers)):
        for at, limit, events in dossiers:
            due_at(at, limit, calendar, regime, events=events)
    return (time.perf_counter() - begun) * number / (number // len(dossiers) * len(dossiers))


def history(chance: random.Random, at: datetime) -> tuple[Mark, ...]:
    first = at + timedelta(minutes=chance.randrange(60 * 24 * 3))
    last = first + timedelta(minutes=chance.randrange(60 * 24 * 10))
    if chance.random() < 0.5:
        return (Mark(Happening.SUPPLEMENT_REQUESTED, first), Mark(Happening.SUPPLEMENT_COMPLETED, last))
    return (Mark(Happening.PAUSED, first), Mark(Happening.RESUMED, last))


def micros(call: Callable[[], object], rounds: int = 20_000) -> float:
    """The best of five, as the others only measure the neighbours."""
    call()
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(rounds // 5):
            call()
        best = min(best, (time.perf_counter() - begun) / (rounds // 5))
    return best * 1e6
