"""Diễn biến: the marks of a dossier folded into what the clock must know now. Replaying them always gives the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

from motcua.foundation.calendars.clock.facts import Happening, Mark, Regime, SupplementRule

ENDINGS = frozenset(
    {Happening.DECIDED, Happening.RETURNED, Happening.REFUSED, Happening.STOPPED, Happening.WITHDRAWN}
)


@dataclass(frozen=True)
class Pause:
    """Khoảng dừng: from `first` until just before `last`."""

    first: datetime
    last: datetime
    reason: Happening


@dataclass(frozen=True)
class Track:
    """Trạng thái của đồng hồ after some marks.

    `received_at` is the reception that counts now: the first one, the competent agency's, or the complete supplement.
    """

    received_at: datetime
    is_provisional: bool = False  # boundary-free, and the competent agency does not hold it yet
    pauses: tuple[Pause, ...] = ()
    waiting: tuple[Mark, ...] = ()  # what the clock is stopped for, at most one of each kind
    supplements: int = 0
    restarts: int = 0
    extension: Mark | None = None
    extensions: int = 0
    ended: Mark | None = None

    @property
    def is_paused(self) -> bool:
        return bool(self.waiting) and self.ended is None

    def after(self, mark: Mark, regime: Regime) -> Track:
        """The state one mark later."""
        match mark.kind:
            case Happening.AGENCY_RECEIVED:
                if not self.is_provisional:
                    return self
                return replace(self, received_at=mark.at, is_provisional=False)
            case Happening.SUPPLEMENT_REQUESTED:
                return replace(self._stopped_by(mark), supplements=self.supplements + 1)
            case Happening.SUPPLEMENT_COMPLETED:
                return self._supplemented(mark, regime)
            case Happening.SUPPLEMENT_GIVEN_UP:
                return self._resumed(mark, Happening.SUPPLEMENT_REQUESTED)
            case Happening.PAUSED:
                return self._stopped_by(mark)
            case Happening.RESUMED:
                return self._resumed(mark, Happening.PAUSED)
            case Happening.EXTENDED:
                return replace(self, extension=mark, extensions=self.extensions + 1)
        return self if self.ended else replace(self, ended=mark)

    def _stopped_by(self, mark: Mark) -> Track:
        if any(earlier.kind is mark.kind for earlier in self.waiting):
            return self
        return replace(self, waiting=(*self.waiting, mark))

    def _resumed(self, mark: Mark, kind: Happening) -> Track:
        begun = next((earlier for earlier in self.waiting if earlier.kind is kind), None)
        if begun is None:
            return self
        waiting = tuple(earlier for earlier in self.waiting if earlier is not begun)
        return replace(self, waiting=waiting, pauses=(*self.pauses, Pause(begun.at, mark.at, kind)))

    def _supplemented(self, mark: Mark, regime: Regime) -> Track:
        resumed = self._resumed(mark, Happening.SUPPLEMENT_REQUESTED)
        if resumed is self or regime.supplement is SupplementRule.PAUSE:
            return resumed
        return replace(resumed, received_at=mark.at, pauses=(), restarts=self.restarts + 1)


def replay(
    received_at: datetime, marks: Iterable[Mark], regime: Regime, *, boundary_free: bool = False
) -> Track:
    """Dựng lại từ các mốc: the state of the clock is a pure fold over what happened, in order of time."""
    start = Track(received_at, is_provisional=boundary_free)
    return reduce(
        lambda track, mark: track.after(mark, regime), sorted(marks, key=lambda mark: mark.at), start
    )


def merged(pauses: Iterable[Pause]) -> list[tuple[datetime, datetime]]:
    """The pauses in order of time, empty ones left out, overlapping and adjoining ones as one."""
    spans: list[tuple[datetime, datetime]] = []
    for pause in sorted(pauses, key=lambda pause: pause.first):
        if pause.first >= pause.last:
            continue
        if spans and pause.first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], pause.last))
        else:
            spans.append((pause.first, pause.last))
    return spans
