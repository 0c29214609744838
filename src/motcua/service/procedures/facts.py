"""Nội dung của thủ tục: a whole revision as one value, to read, compare, publish and export. Pure.

Publishing takes such a value, reading gives it back; every source (national catalogue, demo, an administrator's page)
ends here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from motcua.service.procedures.questions import QuestionFacts


@dataclass(frozen=True)
class LimitFacts:
    """Thời hạn: number and unit of the clock; `text` is what the source wrote of it."""

    value: Decimal | None = None
    unit: str = "NONE"
    text: str = ""


@dataclass(frozen=True)
class PaperFacts:
    """Giấy tờ; `held_in`: the register of the State that already has it, so that nobody hands it in."""

    name: str
    originals: int = 0
    copies: int = 0
    is_required: bool = True
    is_note: bool = False
    template_code: str = ""
    note: str = ""
    held_in: str = ""


@dataclass(frozen=True)
class GroupFacts:
    """Trường hợp, nhóm giấy tờ: `kind` as models.Case.Kind."""

    name: str = ""
    kind: str = "COMMON"
    papers: tuple[PaperFacts, ...] = ()


@dataclass(frozen=True)
class FeeFacts:
    """Phí, lệ phí: `case` is the place of the group it belongs to, from 0; None: of everybody."""

    amount: int | None = None
    currency: str = ""
    label: str = ""
    kind: str = "UNSAID"
    is_estimate: bool = False
    note: str = ""
    case: int | None = None


@dataclass(frozen=True)
class ChannelFacts:
    """Cách thức thực hiện: `case_limits` maps the place of a group to the limit of its own."""

    kind: str
    name: str = ""
    limit: LimitFacts = LimitFacts()
    note: str = ""
    fees: tuple[FeeFacts, ...] = ()
    case_limits: tuple[tuple[int, LimitFacts], ...] = ()


@dataclass(frozen=True)
class ResultFacts:
    """Loại kết quả."""

    name: str
    code: str = ""


@dataclass(frozen=True)
class LegalFacts:
    """Căn cứ pháp lý."""

    number: str
    issued_on: date | None = None
    title: str = ""
    issuer: str = ""


@dataclass(frozen=True)
class ProcedureFacts:
    """Nội dung đầy đủ của một phiên bản thủ tục."""

    code: str
    name: str
    ministry: str = ""
    decision: str = ""
    levels: tuple[str, ...] = ()
    kind: str = ""
    field: str = ""
    subjects: tuple[str, ...] = ()
    settling: str = ""
    competent: str = ""
    receiving: str = ""
    cooperating: str = ""
    conditions: str = ""
    steps: str = ""
    keywords: tuple[str, ...] = ()
    source: str = ""
    sets: int = 1
    needs_no_receipt: bool = False
    starts_next_day_after_cutoff: bool = False
    has_financial_pause: bool = False
    has_sector_pause: bool = False
    online_level: str = "NONE"
    groups: tuple[GroupFacts, ...] = ()
    channels: tuple[ChannelFacts, ...] = ()
    results: tuple[ResultFacts, ...] = ()
    legal: tuple[LegalFacts, ...] = ()
    questions: tuple[QuestionFacts, ...] = ()
    other: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def papers(self) -> tuple[PaperFacts, ...]:
        return tuple(paper for group in self.groups for paper in group.papers)
