"""A measured figure beside its limit, both from the same run on the same machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Số đo: `measured` in `unit`, held against `limit`; `at_least` when more is better.

    `note` is printed behind it: the percentiles, the rate of the reference, the number of queries.
    A figure without a limit is printed for information.
    """

    name: str
    measured: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How much of the limit is used: 1.0 is exactly on it, below is better, for both directions."""
        if self.limit is None or not self.measured or not self.limit:
            return None
        return self.limit / self.measured if self.at_least else self.measured / self.limit

    @property
    def holds(self) -> bool:
        return self.ratio is None or self.ratio <= 1


def percentile(values: Sequence[float], share: float) -> float:
    """The value under which `share` (0..1) of the measurements lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def seconds_of(act: Callable[[], object], *, rounds: int, warm: int = 1) -> list[float]:
    """Durations of `rounds` calls after `warm` calls that are not counted."""
    for _ in range(warm):
        act()
    durations = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        durations.append(time.perf_counter() - begun)
    return durations


def interleaved(acts: dict[str, Callable[[], object]], *, rounds: int, warm: int = 1) -> dict[str, float]:
    """Median seconds of each act, measured in turns, so that a slow moment of the machine meets all of them."""
    durations: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(rounds + warm):
        for name, act in acts.items():
            begun = time.perf_counter()
            act()
            if turn >= warm:
                durations[name].append(time.perf_counter() - begun)
    return {name: statistics.median(values) for name, values in durations.items()}
