"""Ai được gọi tiếp: a pure rule. Priority and appointments go first, and nobody is passed over for ever.

Of those who wait, in this order: whoever has waited longer than the unit allows, the longest first; whoever has an
appointment that is due; a person of priority, at most one for so many others; whoever came first; and an appointment
before its time only when nobody else is there. The first line is what keeps everybody from starving: from then on only
those who have waited longer still can come before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class LineRule:
    """Luật gọi số of one unit. `normal_per_priority` 0: priority always goes first."""

    normal_per_priority: int = 1
    longest_wait: timedelta = timedelta(minutes=60)
    early: timedelta = timedelta(minutes=10)  # an appointment is due so long before its time
    late: timedelta = timedelta(minutes=15)  # and is kept so long after it


@dataclass(frozen=True, slots=True)
class Waiting:
    """Một người đang chờ. `since`: since when the person waits, whatever desk they were sent to meanwhile."""

    key: Any
    since: datetime
    number: int
    is_priority: bool = False
    appointment_at: datetime | None = None

    def waits_from(self, rule: LineRule) -> datetime:
        """From when the wait counts: who comes long before an appointment does not wait yet."""
        if self.appointment_at is None:
            return self.since
        return max(self.since, self.appointment_at - rule.early)


def next_in_line(
    waiting: Iterable[Waiting], rule: LineRule, at: datetime, *, normal_since_priority: int
) -> Waiting | None:
    """Người được gọi tiếp; None when nobody waits.

    `normal_since_priority`: how many others were called since the last person of priority.
    """
    people = list(waiting)
    for group in _groups(people, rule, at, is_turn=normal_since_priority >= rule.normal_per_priority):
        if group:
            return group[0]
    return None


def in_order(
    waiting: Iterable[Waiting], rule: LineRule, at: datetime, *, normal_since_priority: int
) -> list[Waiting]:
    """Thứ tự sẽ gọi, if all were called now, one after another."""
    left, order, since = list(waiting), [], normal_since_priority
    while (one := next_in_line(left, rule, at, normal_since_priority=since)) is not None:
        left.remove(one)
        order.append(one)
        since = counted(since, one)
    return order


def counted(normal_since_priority: int, called: Waiting) -> int:
    """The count after this call. An appointment is neither: it leaves the count as it is."""
    if called.is_priority:
        return 0
    return normal_since_priority + (called.appointment_at is None)


def _groups(
    people: Sequence[Waiting], rule: LineRule, at: datetime, *, is_turn: bool
) -> Iterable[list[Waiting]]:
    def sooner(one: Waiting) -> tuple[datetime, int, str]:
        return one.waits_from(rule), one.number, str(one.key)

    walked_in = sorted((one for one in people if one.appointment_at is None), key=sooner)
    invited = sorted((one for one in people if one.appointment_at), key=sooner)
    due = [one for one in invited if one.waits_from(rule) <= at]
    yield sorted(
        (one for one in [*walked_in, *due] if at - one.waits_from(rule) >= rule.longest_wait), key=sooner
    )
    yield due
    priority = [one for one in walked_in if one.is_priority]
    others = [one for one in walked_in if not one.is_priority]
    yield priority if is_turn or not others else []
    yield others
    yield priority
    yield invited
