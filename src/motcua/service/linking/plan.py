"""Kế hoạch của nhóm liên thông: when each part may begin and is due, and the critical path to the last. Pure.

A part begins when everything that it waits for is due (as planned) or has come (as it happens); its own limit then runs
by the calendar of its agency. The promise of the whole is the end of its longest way.
Legal: ND63-2024; ND118-2025 Đ20.2
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from motcua.core.errors import DomainError
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.clock import Answer, CompiledCalendar, Limit, Regime


class Circle(DomainError):
    """Các phần chờ lẫn nhau: no order lets them all begin."""


@dataclass(frozen=True)
class Piece:
    """Một phần của nhóm: its limit, the calendar of who settles it, and the parts whose output it needs."""

    key: str
    name: str
    limit: Limit
    calendar: CompiledCalendar
    after: tuple[str, ...] = ()
    starts_next_day: bool = (
        False  # its own law: what begins after the cut-off counts from the next working day
    )


@dataclass(frozen=True)
class Planned:
    """Một phần đã định ngày: when its limit starts, when it is due, and which part it waits for longest."""

    key: str
    name: str
    answer: Answer
    waits_for: str = ""

    @property
    def start_at(self) -> datetime:
        return self.answer.start_at

    @property
    def due_at(self) -> datetime | None:
        return self.answer.due_at


@dataclass(frozen=True)
class Plan:
    """Kế hoạch: the parts in an order in which they can be done, and the way that decides the date."""

    parts: tuple[Planned, ...]
    due_at: datetime | None
    critical: tuple[str, ...]  # keys from the first part to the last; empty when nothing is promised

    def part(self, key: str) -> Planned:
        return next(part for part in self.parts if part.key == key)


def plan(
    received_at: datetime,
    pieces: Sequence[Piece],
    regime: Regime,
    *,
    starts_after_cutoff_next_day: bool = False,
) -> Plan:
    """Lập kế hoạch for a bundle received at `received_at`. Raises Circle.

    A part without a limit in numbers promises nothing, and so does whatever waits for it, and the whole.
    """
    done: dict[str, Planned] = {}
    for piece in in_order(pieces):
        done[piece.key] = _planned(piece, done, received_at, regime, starts_after_cutoff_next_day)
    parts = tuple(done.values())
    ends = [part.due_at for part in parts]
    if not parts or any(end is None for end in ends):
        return Plan(parts, None, ())
    last = max(parts, key=lambda part: part.due_at or received_at)
    return Plan(parts, last.due_at, _way_to(last, done))


def in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Thứ tự làm được: each after what it waits for; else as they are given. Raises Circle."""
    left, placed, order = list(pieces), set[str](), []
    while left:
        ready = next((piece for piece in left if placed.issuperset(piece.after)), None)
        if ready is None:
            names = ", ".join(f"“{piece.name}”" for piece in left)
            raise Circle(f"Các phần {names} chờ lẫn nhau hoặc chờ một phần không có. Hãy xem lại phụ thuộc.")
        left.remove(ready)
        placed.add(ready.key)
        order.append(ready)
    return order


def dependants(after: Mapping[str, Sequence[str]], key: str) -> list[str]:
    """Những phần phụ thuộc: every part that waits for `key`, at once or through others, in a stable order."""
    found: list[str] = []
    reached = {key}
    while fresh := [
        one for one, waits in after.items() if one not in reached and reached.intersection(waits)
    ]:
        reached.update(fresh)
        found += fresh
    return found


def _planned(
    piece: Piece, done: Mapping[str, Planned], received_at: datetime, regime: Regime, next_day: bool
) -> Planned:
    before = [done[key] for key in piece.after]
    if any(part.due_at is None for part in before):
        return Planned(piece.key, piece.name, Answer(None, received_at, None), before[0].key)
    latest = max(before, key=lambda part: part.due_at or received_at, default=None)
    begins = latest.due_at if latest and latest.due_at else received_at
    answer = clock.due(
        begins,
        piece.limit,
        piece.calendar,
        regime,
        starts_after_cutoff_next_day=piece.starts_next_day or (next_day and latest is None),
    )
    return Planned(piece.key, piece.name, answer, latest.key if latest else "")


def _way_to(last: Planned, done: Mapping[str, Planned]) -> tuple[str, ...]:
    way = [last.key]
    while earlier := done[way[0]].waits_for:
        way.insert(0, earlier)
    return tuple(way)
