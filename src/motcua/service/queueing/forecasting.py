"""Dự báo thời gian chờ: a pure rule, from how long people were really served here, and nothing else.

Each of some hundred trials lets the people before be served in the order of the rule by the desks that are open, each desk
taking only its lines, each service as long as one that was measured. The forecast is the middle of the trials and the one
that nine of ten do not pass. The drawing always begins the same, so that the same facts give the same answer. Too few
measurements give no forecast.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from random import Random

FEWEST = 20  # services measured, for a forecast to be worth telling
TRIALS = 200
FARTHEST = 100  # people before; beyond that a forecast of today says nothing


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """Một quầy đang mở: which lines it serves, and whether somebody is there now."""

    lines: frozenset[Hashable]
    is_busy: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """Dự báo: a person in this place waits so long, in the middle, and in nine of ten cases at most."""

    median: timedelta
    ninetieth: timedelta
    measured: int


def forecast(
    *, order: Sequence[Hashable], desks: Sequence[OpenDesk], served: Mapping[Hashable, Sequence[timedelta]]
) -> Forecast | None:
    """Dự báo cho người cuối cùng trong `order`: the lines of those who wait, in the order of their calls.

    None: too few services of the person's line were measured, no desk serves it, or too many are before. A line of others
    that was measured too little is taken to last as long as the person's own.
    """
    own = order[-1]
    if (
        len(served.get(own, ())) < FEWEST
        or len(order) > FARTHEST + 1
        or not any(own in one.lines for one in desks)
    ):
        return None
    lasting = {
        line: [one.total_seconds() for one in (spans if len(spans) >= FEWEST else served[own])]
        for line in {*order, *(line for desk in desks for line in desk.lines)}
        for spans in [served.get(line, ())]
    }
    chance = Random(0)  # noqa: S311  the same facts, the same answer
    trials = sorted(_trial(order, desks, lasting, chance) for _ in range(TRIALS))
    return Forecast(_at(trials, 0.5), _at(trials, 0.9), len(served[own]))


def percentile(values: Sequence[timedelta], share: float) -> timedelta | None:
    """The smallest value that `share` of them do not pass; None of none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def _trial(
    order: Sequence[Hashable],
    desks: Sequence[OpenDesk],
    lasting: Mapping[Hashable, Sequence[float]],
    chance: Random,
) -> float:
    """When a desk takes the last person. Whoever is served now has some part of the service behind them."""
    left = list(order)
    last = len(left)
    waiting = list(range(last))
    free = [(_rest(desk, lasting, chance), place) for place, desk in enumerate(desks)]
    heapq.heapify(free)
    while free:
        at, desk = heapq.heappop(free)
        place = next((one for one in waiting if left[one] in desks[desk].lines), None)
        if place == last - 1:
            return at
        if place is not None:
            waiting.remove(place)
            heapq.heappush(free, (at + chance.choice(lasting[left[place]]), desk))
    raise AssertionError("A desk serves the line of the last person.")


def _rest(desk: OpenDesk, lasting: Mapping[Hashable, Sequence[float]], chance: Random) -> float:
    if not desk.is_busy:
        return 0.0
    line = min(desk.lines, key=str)
    return chance.choice(lasting[line]) * chance.random()


def _at(ordered: Sequence[float], share: float) -> timedelta:
    return timedelta(seconds=round(ordered[max(0, ceil(share * len(ordered)) - 1)]))
