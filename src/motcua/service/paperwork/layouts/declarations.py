"""Tờ khai: the answers to an electronic form laid out as the declaration that one signs. Legal: ND30-2020 PL1"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from motcua.service.forms.answered import AnsweredPage, Part
from motcua.service.paperwork.layouts.parts import (
    MOTTO,
    STATE,
    Style,
    bold,
    centred,
    code_line,
    italic,
    line,
    long_day,
    sheet,
    signatures,
    told,
)
from motcua.service.paperwork.sheet import Align, Block, Rule, Sheet, Space


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Nội dung tờ khai. `official`: the declaration it follows; `code`: of the filing or dossier, once there is one."""

    title: str
    addressee: str
    pages: Sequence[AnsweredPage]
    signer: str = ""
    place: str = ""
    on: date
    code: str = ""
    official: str = ""
    version: int = 1


def lay_out_declaration(facts: Declaration) -> Sheet:
    """Tờ khai as a sheet: what was asked and not answered stands with an empty line, so that nothing is hidden."""
    dated = f"{facts.place}, {long_day(facts.on)}" if facts.place else long_day(facts.on).capitalize()
    blocks: list[Block] = [
        centred(bold(STATE), before=0, after=1),
        centred(bold(MOTTO), before=0, after=1),
        Rule(width=56, above=0.2),
        Space(height=4),
        centred(bold("TỜ KHAI", em=1.15), before=0, after=1),
        centred(bold(facts.title.upper(), em=1.05), before=0, after=2, is_balanced=True),
        *code_line(facts.code),
        *([centred("Kính gửi: ", bold(facts.addressee), before=3, after=3)] if facts.addressee else []),
    ]
    for number, page in enumerate(facts.pages, start=1):
        blocks.append(line(bold(f"{number}. {page.title}"), before=3, stays_with_next=True))
        blocks += [block for part in page.parts for block in _part(part)]
    blocks += [
        line(italic(dated), align=Align.RIGHT, before=5, after=0),
        *signatures(("", ""), ("Người khai", facts.signer)),
    ]
    style = Style("", f"Theo {_lower(facts.official)}" if facts.official else "")
    return sheet(
        [blocks], style, title=f"Tờ khai: {facts.title}", author=facts.signer or "Người khai",
        footer=f"Lập từ biểu mẫu điện tử, phiên bản {facts.version}.",
    )  # fmt: skip


def _part(part: Part) -> list[Block]:
    head: list[Block] = [line(italic(part.title), before=2, stays_with_next=True)] if part.title else []
    return head + [
        block for one in part.lines for block in told(one.label.rstrip(" :?."), one.answer or "…" * 12)
    ]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
