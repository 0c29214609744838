"""Khoảng ngày: closed at both ends; no last day means until further notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Period:
    """Từ ngày … đến hết ngày …: both days belong to it."""

    first: date
    last: date | None = None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"A period cannot end ({self.last}) before it begins ({self.first}).")

    def __contains__(self, day: date) -> bool:
        return self.contains(day)

    def __str__(self) -> str:
        if self.last is None:
            return f"từ {self.first:%d/%m/%Y}"
        return f"từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}"

    def contains(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def overlaps(self, other: Period) -> bool:
        return (other.last is None or self.first <= other.last) and (
            self.last is None or other.first <= self.last
        )

    def intersection(self, other: Period) -> Period | None:
        """The days of both, or None when there are none."""
        if not self.overlaps(other):
            return None
        ends = [last for last in (self.last, other.last) if last is not None]
        return Period(max(self.first, other.first), min(ends) if ends else None)

    def days(self) -> Iterator[date]:
        """Each day, first to last; endless when there is no last day."""
        day = self.first
        while self.last is None or day <= self.last:
            yield day
            day += timedelta(days=1)

    @classmethod
    def of_year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def of_month(cls, year: int, month: int) -> Period:
        following = date(year + month // 12, month % 12 + 1, 1)
        return cls(date(year, month, 1), following - timedelta(days=1))
