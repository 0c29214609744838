"""What the clock is told: limits, regimes, sessions and the marks of a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Unit(StrEnum):
    """Đơn vị của thời hạn."""

    WORKING_DAY = "WORKING_DAY"
    DAY = "DAY"
    HOUR = "HOUR"
    MONTH = "MONTH"
    NONE = "NONE"

    @property
    def label(self) -> str:
        return UNIT_LABELS[self]


UNIT_LABELS = {
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.DAY: "ngày",
    Unit.HOUR: "giờ làm việc",
    Unit.MONTH: "tháng",
    Unit.NONE: "không quy định bằng số",
}


@dataclass(frozen=True)
class Limit:
    """Thời hạn giải quyết: a number and a unit. No number, a range or free text: the clock promises nothing."""

    value: Decimal | int | None
    unit: Unit

    def __post_init__(self) -> None:
        if self.value is not None and self.value < 0:
            raise ValueError(f"A limit cannot be negative: {self.value}.")

    @property
    def is_a_number(self) -> bool:
        return self.unit is not Unit.NONE and bool(self.value)

    @property
    def amount(self) -> Fraction:
        return Fraction(self.value or 0)

    @property
    def ratio(self) -> tuple[int, int]:
        """The same number as numerator and denominator, for whole-number arithmetic."""
        return (self.value or 0).as_integer_ratio()

    def __str__(self) -> str:
        if not self.is_a_number or self.value is None:
            return UNIT_LABELS[Unit.NONE]
        number = f"{self.value:f}"
        if "." in number:
            number = number.rstrip("0").rstrip(".")
        return f"{number.replace('.', ',')} {UNIT_LABELS[self.unit]}"


@dataclass(frozen=True, order=True)
class Session:
    """Buổi làm việc: from `start` to `end` of one day."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"A session cannot end ({self.end}) before it starts ({self.start}).")

    @property
    def first_minute(self) -> int:
        return self.start.hour * 60 + self.start.minute

    @property
    def last_minute(self) -> int:
        return self.end.hour * 60 + self.end.minute

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


OFFICE_HOURS = (Session(time(7, 30), time(11, 30)), Session(time(13, 30), time(17, 0)))
OFFICE_WEEK: Mapping[int, tuple[Session, ...]] = dict.fromkeys(range(5), OFFICE_HOURS)


class SupplementRule(StrEnum):
    """Sau khi bổ sung: what a complete supplement does to the time that has run."""

    RESTART = "RESTART"
    PAUSE = "PAUSE"

    @property
    def label(self) -> str:
        return "Tính lại từ đầu" if self is SupplementRule.RESTART else "Tính tiếp, trừ thời gian chờ"


class EndMoment(StrEnum):
    """Thời điểm kết thúc: where in its last day a limit of working days ends."""

    END_OF_DAY = "END_OF_DAY"
    SAME_HOUR = "SAME_HOUR"

    @property
    def label(self) -> str:
        return "Hết giờ làm việc của ngày cuối" if self is EndMoment.END_OF_DAY else "Đúng giờ tiếp nhận"


@dataclass(frozen=True)
class Regime:
    """Chế độ pháp lý: the rules in force at reception. A dossier keeps those of its reception.

    None means that the regime fixes no such number.
    """

    code: str
    valid_from: date
    valid_to: date | None = None
    name: str = ""
    supplement: SupplementRule = SupplementRule.RESTART
    end_moment: EndMoment = EndMoment.END_OF_DAY
    transfer_cutoff: time = time(15, 0)
    paper_transfer_days: int = 1
    supplement_notice_days: int | None = 3
    supplement_silence_days: int | None = 15
    max_supplements: int | None = 1
    max_extensions: int | None = 1
    apology_lead_days: int = 1
    correction_days: int | None = 3
    online_alert_hours: int | None = 2
    online_answer_hours: int | None = 8
    forms: str = "TT03-2025"
    basis: str = ""

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Happening(StrEnum):
    """Điều đã xảy ra: what the clock must know of the life of a dossier, besides its reception."""

    AGENCY_RECEIVED = "AGENCY_RECEIVED"  # the competent agency holds a boundary-free dossier
    SUPPLEMENT_REQUESTED = "SUPPLEMENT_REQUESTED"
    SUPPLEMENT_COMPLETED = "SUPPLEMENT_COMPLETED"
    SUPPLEMENT_GIVEN_UP = "SUPPLEMENT_GIVEN_UP"  # nothing was brought, and nobody waits for it any more
    PAUSED = "PAUSED"  # for a financial obligation, where the procedure's own law says so
    RESUMED = "RESUMED"
    EXTENDED = "EXTENDED"
    DECIDED = "DECIDED"
    RETURNED = "RETURNED"
    REFUSED = "REFUSED"
    STOPPED = "STOPPED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True)
class Mark:
    """Một mốc: what happened when; `until` is the new date of an extension."""

    kind: Happening
    at: datetime
    until: datetime | None = None
