"""Dự báo thời gian chờ: a pure rule, from how long people were really served here, and nothing else.

Each of some hundred trials lets the people ahead be served by the desks that are open, each for a time drawn from what
was measured; the forecast is the middle of the trials and the one that nine of ten do not pass. The drawing always
begins the same, so that the same facts give the same answer. Too few measurements give no forecast.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from random import Random

FEWEST = 20  # services measured, for a forecast to be worth telling
TRIALS = 200
FARTHEST = 150  # people ahead; beyond that a forecast of today says nothing


@dataclass(frozen=True, slots=True)
class Forecast:
    """Dự báo: a person in this place waits so long, in the middle, and in nine of ten cases at most."""

    median: timedelta
    ninetieth: timedelta
    measured: int


def forecast(*, ahead: int, desks: int, busy: int, served: Sequence[timedelta]) -> Forecast | None:
    """Dự báo cho người có `ahead` người trước, at so many open desks, `busy` of them with somebody now.

    None: too few services were measured, no desk is open, or too many are ahead.
    """
    if len(served) < FEWEST or desks < 1 or ahead > FARTHEST:
        return None
    seconds = [one.total_seconds() for one in served]
    chance = Random(0)  # noqa: S311  the same facts, the same answer
    trials = sorted(_trial(ahead, desks, min(busy, desks), seconds, chance) for _ in range(TRIALS))
    return Forecast(_at(trials, 0.5), _at(trials, 0.9), len(served))


def percentile(values: Sequence[timedelta], share: float) -> timedelta | None:
    """The smallest value that `share` of them do not pass; None of none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def _trial(ahead: int, desks: int, busy: int, seconds: Sequence[float], chance: Random) -> float:
    """When a desk is free for the person. Whoever is served now has some part of the service behind them."""
    free = [chance.choice(seconds) * chance.random() for _ in range(busy)] + [0.0] * (desks - busy)
    heapq.heapify(free)
    for _ in range(ahead):
        heapq.heapreplace(free, free[0] + chance.choice(seconds))
    return free[0]


def _at(ordered: Sequence[float], share: float) -> timedelta:
    return timedelta(seconds=round(ordered[max(0, ceil(share * len(ordered)) - 1)]))
