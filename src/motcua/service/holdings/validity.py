"""Thời hạn dùng lại: until when a paper of a kind may be used. Pure; the rule is data of its type."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

FOREVER, MONTHS, PRINTED = "FOREVER", "MONTHS", "PRINTED"


@dataclass(frozen=True)
class Rule:
    """`MONTHS`: that many months from the day of issue. `PRINTED`: the day that the paper itself states."""

    kind: str = FOREVER
    months: int = 0


@dataclass(frozen=True)
class Validity:
    """`until` None: without end. `lacks`: what must be known before the paper may be relied upon, "" when nothing."""

    until: date | None
    lacks: str = ""


def validity_of(rule: Rule, *, issued_on: date | None, printed_until: date | None) -> Validity:
    """Còn dùng được đến ngày nào. A day printed on the paper ends it earlier, never later."""
    if rule.kind == PRINTED:
        return Validity(printed_until, "" if printed_until else "ngày hết hạn ghi trên giấy")
    if rule.kind == FOREVER:
        return Validity(printed_until)
    if issued_on is None:
        return Validity(printed_until, "ngày cấp")
    ends = months_later(issued_on, rule.months)
    return Validity(min(ends, printed_until) if printed_until else ends)


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the last one that the month has."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
