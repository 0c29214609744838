"""Đúng hẹn của bưu chính: counted from what was promised and when it came. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

ON_TIME, LATE, RUNNING = "ON_TIME", "LATE", "RUNNING"


@dataclass(frozen=True)
class Punctuality:
    """Đúng hẹn, trễ hẹn, chưa đến hẹn."""

    on_time: int = 0
    late: int = 0
    running: int = 0

    @property
    def share(self) -> int | None:
        """Tỷ lệ đúng hẹn in percent, of those whose promise has passed or was kept; None when there is none."""
        counted = self.on_time + self.late
        return round(100 * self.on_time / counted) if counted else None


def outcome(promised_on: date, delivered_on: date | None, today: date) -> str:
    """One parcel: a promise that has passed without delivery is late, whatever comes after."""
    if delivered_on is not None:
        return ON_TIME if delivered_on <= promised_on else LATE
    return LATE if today > promised_on else RUNNING


def count(parcels: Iterable[tuple[date, date | None]], today: date) -> Punctuality:
    """`parcels`: (promised on, delivered on or None) of those handed over."""
    outcomes = [outcome(promised_on, delivered_on, today) for promised_on, delivered_on in parcels]
    return Punctuality(outcomes.count(ON_TIME), outcomes.count(LATE), outcomes.count(RUNNING))
