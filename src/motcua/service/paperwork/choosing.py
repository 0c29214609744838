"""Chọn mẫu: which of several rules of a place and a form holds for one paper. Pure: the most specific wins, exactly.

A rule names what it is for; what it leaves open holds for all. Agencies weigh most (the nearer the heavier), then the
procedure, then the set of forms, then the form itself; of two equal ones the newer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Giấy tờ cần mẫu. `agencies`: the issuer's line from the root down to itself."""

    form: str
    forms: str
    agencies: tuple[int, ...]
    procedure: int | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Phạm vi áp dụng of a template or of a look, under its `key`. Empty and None: for all."""

    key: UUID
    form: str = ""
    forms: str = ""
    agency: int | None = None
    procedure: int | None = None
    valid_from: date = date.min
    version: int = 0

    def fits(self, wanted: Wanted) -> bool:
        return (
            self.form in {"", wanted.form}
            and self.forms in {"", wanted.forms}
            and (self.agency is None or self.agency in wanted.agencies)
            and (self.procedure is None or self.procedure == wanted.procedure)
        )

    def weight(self, wanted: Wanted) -> tuple[int, bool, bool, bool, date, int]:
        depth = 0 if self.agency is None else wanted.agencies.index(self.agency) + 1
        return (
            depth,
            self.procedure is not None,
            bool(self.forms),
            bool(self.form),
            self.valid_from,
            self.version,
        )


def most_specific(rules: Iterable[Rule], wanted: Wanted) -> Rule | None:
    """Mẫu được chọn: None when no rule fits."""
    return max(
        (rule for rule in rules if rule.fits(wanted)), key=lambda rule: rule.weight(wanted), default=None
    )
