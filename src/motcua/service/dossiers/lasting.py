"""Thường mất bao lâu: the median and the ninth decile of real times, dossiers still open counted as far as they are. Pure.

Kaplan and Meier's estimate: a dossier that is not finished says only that it takes longer than until now. Leaving it out
would make the agency with the oldest backlog look the quickest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

FEWEST = 10  # finished dossiers: fewer say nothing of the next one


@dataclass(frozen=True)
class Usual:
    """Thời gian thực tế, in working days; None: so many are still open that it cannot be known yet."""

    median: int | None
    ninth_decile: int | None
    dossiers: int
    finished: int

    @property
    def says_enough(self) -> bool:
        return self.finished >= FEWEST and self.median is not None


def survival(finished: Mapping[int, int], still: Mapping[int, int]) -> Iterator[tuple[int, Fraction]]:
    """Of all, which share takes longer than each time; `finished` and `still` count dossiers by days.

    One seen open at a time was at risk until the end of that time.
    """
    at_risk = sum(finished.values()) + sum(still.values())
    share = Fraction(1)
    for days in sorted({*finished, *still}):
        ended = finished.get(days, 0)
        if ended:
            share *= 1 - Fraction(ended, at_risk)
            yield days, share
        at_risk -= ended + still.get(days, 0)


def quantile(part: Fraction, finished: Mapping[int, int], still: Mapping[int, int]) -> int | None:
    """The first time by which at least `part` of the dossiers are finished."""
    return next((days for days, longer in survival(finished, still) if longer <= 1 - part), None)


def usual(finished: Mapping[int, int], still: Mapping[int, int]) -> Usual:
    """Thời gian thường mất."""
    return Usual(
        median=quantile(Fraction(1, 2), finished, still),
        ninth_decile=quantile(Fraction(9, 10), finished, still),
        dossiers=sum(finished.values()) + sum(still.values()),
        finished=sum(finished.values()),
    )
