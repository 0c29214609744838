"""Danh mục minh họa: 43 real procedures as facts of our own writing, read from `data/procedures/*.toml`.

Each file has a `[common]` table that its procedures share. A paper is [name, originals, copies] or, when it is asked
for only of some, [name, originals, copies, "khi có"]; a fee is [label, amount, note] or [label, amount, note,
currency], counted by the piece when its note opens with "mỗi"; a legal basis is "number | title | issuer | date".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from motcua.foundation.identity.models import User
from motcua.service.procedures.facts import (
    ChannelFacts,
    FeeFacts,
    GroupFacts,
    LegalFacts,
    LimitFacts,
    PaperFacts,
    ProcedureFacts,
    ResultFacts,
)
from motcua.service.procedures.operations.publishing import Published, publish
from motcua.service.procedures.questions import OptionFacts, QuestionFacts

QUESTIONS = Path(__file__).parent / "data" / "questions.toml"
FOLDER = Path(__file__).parent / "data" / "procedures"
CHANNELS = {"COUNTER": "Trực tiếp", "ONLINE": "Trực tuyến", "POST": "Dịch vụ bưu chính"}
UNITS = {"ngày làm việc": "WORKING_DAY", "ngày": "DAY", "giờ": "HOUR", "tháng": "MONTH"}
LIMIT = re.compile(r"(\d+(?:,\d+)?) (.+)")
KIND = "TTHC được giao luật quy định chi tiết"


@dataclass(frozen=True)
class Entry:
    """Một thủ tục minh họa: `settled_by` says which kind of agency of the demo settles it, e.g. COMMUNE, JUSTICE."""

    facts: ProcedureFacts
    aliases: tuple[str, ...]
    settled_by: str


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Mọi thủ tục minh họa, in the order of their files."""
    return tuple(entry for path in sorted(FOLDER.glob("*.toml")) for entry in _read(path))


def load(*, by: User | None, at: datetime, valid_from: date) -> list[tuple[Entry, Published]]:
    """Nạp danh mục minh họa, in force from `valid_from`; a second time nothing changes."""
    return [
        (entry, publish(facts=entry.facts, by=by, at=at, valid_from=valid_from, aliases=entry.aliases))
        for entry in entries()
    ]


def _read(path: Path) -> Iterator[Entry]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    for told in content["procedure"]:
        row = {**content["common"], **told}
        yield Entry(_facts(row), tuple(row.get("aliases", ())), row["settled_by"])


def _facts(row: Mapping[str, Any]) -> ProcedureFacts:
    cases = row.get("case", ())
    groups = [GroupFacts(papers=_papers(row["papers"]))]
    groups += [GroupFacts(case["name"], "ALTERNATIVE", _papers(case["papers"])) for case in cases]
    asked = _asked().get(row["code"], {})
    groups = [_with_held(group, asked.get("held", {})) for group in groups]
    case_limits = tuple(
        (place, limit(case["limit"])) for place, case in enumerate(cases, start=1) if "limit" in case
    )
    return ProcedureFacts(
        code=row["code"],
        name=row["name"],
        ministry=row["ministry"],
        decision=row["decision"],
        levels=tuple(row["levels"]),
        kind=KIND,
        field=row["field"],
        subjects=tuple(row["subjects"]),
        settling=row["settling"],
        competent=row.get("competent", row["settling"]),
        receiving=row.get("receiving", ""),
        cooperating=row.get("cooperating", ""),
        conditions=row.get("conditions", ""),
        steps=row.get("steps", ""),
        needs_no_receipt=row.get("needs_no_receipt", False),
        starts_next_day_after_cutoff=row.get("starts_next_day_after_cutoff", False),
        has_financial_pause=row.get("has_financial_pause", False),
        has_sector_pause=row.get("has_sector_pause", False),
        online_level=row["online_level"],
        groups=tuple(groups),
        questions=tuple(_question(told, groups) for told in asked.get("question", ())),
        channels=tuple(_channels(row, case_limits)),
        results=tuple(ResultFacts(name, code) for name, code in row["results"]),
        legal=tuple(map(_legal, row["legal"])),
    )


@lru_cache(maxsize=1)
def _asked() -> Mapping[str, Any]:
    return tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))


def _with_held(group: GroupFacts, held: Mapping[str, str]) -> GroupFacts:
    """Papers that the State has already."""
    papers = (
        replace(
            paper, held_in=next((where for name, where in held.items() if paper.name.startswith(name)), "")
        )
        for paper in group.papers
    )
    return replace(group, papers=tuple(papers))


def _question(told: Mapping[str, Any], groups: Sequence[GroupFacts]) -> QuestionFacts:
    papers = [paper.name for group in groups for paper in group.papers]
    cases = [group.name for group in groups]
    return QuestionFacts(
        text=told["text"],
        options=tuple(
            OptionFacts(
                label=option["label"],
                case=_place(cases, option["case"]) if "case" in option else None,
                needs=tuple(_place(papers, name) for name in option.get("needs", ())),
                drops=tuple(_place(papers, name) for name in option.get("drops", ())),
            )
            for option in told["options"]
        ),
    )


def _place(names: Sequence[str], beginning: str) -> int:
    """Where the name stands that begins so. Raises StopIteration when the data names nothing."""
    return next(place for place, name in enumerate(names) if beginning and name.startswith(beginning))


def _channels(
    row: Mapping[str, Any], case_limits: tuple[tuple[int, LimitFacts], ...]
) -> Iterator[ChannelFacts]:
    limits = row.get("limits") or dict.fromkeys(row.get("channels", CHANNELS), row.get("limit", ""))
    fees = row.get("fees", [])
    for kind, told in limits.items():
        yield ChannelFacts(
            kind=kind,
            name=CHANNELS[kind],
            limit=limit(told),
            fees=tuple(map(_fee, fees.get(kind, []) if isinstance(fees, Mapping) else fees)),
            case_limits=case_limits,
        )


def limit(told: str) -> LimitFacts:
    """Thời hạn ghi bằng chữ: "3 ngày làm việc"; nothing told: no number is said."""
    if not told:
        return LimitFacts()
    found = LIMIT.fullmatch(told)
    if found is None or found[2] not in UNITS:
        raise ValueError(f"Not a limit: {told!r}")
    return LimitFacts(Decimal(found[1].replace(",", ".")), UNITS[found[2]], found[2].capitalize())


def _papers(rows: Sequence[Sequence[Any]]) -> tuple[PaperFacts, ...]:
    return tuple(PaperFacts(row[0], row[1], row[2], is_required=len(row) == 3) for row in rows)


def _fee(row: Sequence[Any]) -> FeeFacts:
    label, amount, note, *currency = row
    return FeeFacts(
        amount=amount,
        currency=currency[0] if currency else "VND",
        label=label,
        kind="FEE" if label.startswith("Lệ phí") else "CHARGE",
        is_estimate=note.startswith("mỗi"),
        note=note,
    )


def _legal(told: str) -> LegalFacts:
    number, title, issuer, day = told.split(" | ")
    return LegalFacts(number, date.fromisoformat(day), title, issuer)
