"""Khung giờ hẹn: which slots a day has, from the hours that are worked, and how many of each are free. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from motcua.core.time import VIETNAM


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """Cách chia khung giờ of one field: so many minutes each, so many people in each, bookable so far ahead."""

    minutes: int
    capacity: int
    days_ahead: int
    least_notice: timedelta


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """Khung giờ with the places that are left."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.taken)


def slots_of(
    day: date,
    sessions: Iterable[tuple[time, time]],
    plan: SlotPlan,
    *,
    at: datetime,
    taken: Mapping[datetime, int],
) -> list[FreeSlot]:
    """Các khung giờ of a day that can still be reached: whole ones inside the sessions, not too soon, not too far."""
    if not 0 <= (day - at.astimezone(VIETNAM).date()).days <= plan.days_ahead:
        return []
    length = timedelta(minutes=plan.minutes)
    found = []
    for opens, closes in sessions:
        start, end = datetime.combine(day, opens, VIETNAM), datetime.combine(day, closes, VIETNAM)
        while start + length <= end:
            if start >= at + plan.least_notice:
                found.append(FreeSlot(start, start + length, plan.capacity, taken.get(start, 0)))
            start += length
    return found
