"""Sổ theo dõi hồ sơ (mẫu 07; mẫu 06 của bộ 2018)."""

from __future__ import annotations

from motcua.service.paperwork.facts import Entry, Register
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import (
    Style,
    bold,
    cell,
    centred,
    day,
    italic,
    left,
    moment_short,
    two,
)
from motcua.service.paperwork.registry import OLD
from motcua.service.paperwork.sheet import Block, Cell, Sheet, Space

TITLE = "Sổ theo dõi hồ sơ"


def register(facts: Register, style: Style) -> Sheet:
    """Sổ theo dõi: one line for each dossier; the set of 2018 counts its sets. Legal: TT03-2025 PL, TT01-2018 PL"""
    of_book = f", quyển số {facts.book}" if facts.book else ""
    of_field = f", lĩnh vực {facts.field}" if facts.field else ""
    return parts.sheet(
        [_body(facts, with_sets=style.forms == OLD)],
        style,
        title=TITLE,
        subject=facts.field,
        author=facts.letterhead.agency,
        is_landscape=True,
        footer=f"{facts.letterhead.agency} – {TITLE}{of_book}{of_field}",
    )


def _body(facts: Register, *, with_sets: bool) -> list[Block]:
    about = [f"Lĩnh vực: {facts.field}"] if facts.field else []
    about += [f"Quyển số: {facts.book}"] if facts.book else []
    below: list[Block] = [centred(bold("     ".join(about)), before=1, after=1)] if about else []
    below.append(
        centred(italic(f"Từ ngày {day(facts.first)} đến ngày {day(facts.last)}", em=0.92), before=1, after=0)
    )
    columns = [
        (9.0, "TT"), (29.0, "Mã hồ sơ"), (-1.25, "Tên thủ tục hành chính"), *([(11.0, "Số bộ")] if with_sets else []),
        (-0.9, "Tên cá nhân, tổ chức"), (-1.0, "Địa chỉ, số điện thoại"), (-0.75, "Cơ quan chủ trì giải quyết"),
        (19.0, "Nhận hồ sơ"), (19.0, "Hẹn trả kết quả"), (19.0, "Trả kết quả"), (19.0, "Cách nhận kết quả"),
        (24.0, "Ký nhận"),
    ]  # fmt: skip
    table = parts.grid(columns, [_row(entry, with_sets) for entry in facts.entries], em=0.77, counted=True)
    return [
        parts.letterhead_of(facts.letterhead, share=1),
        *parts.title_of(TITLE, below),
        table,
        *([] if facts.entries else [centred(italic("Không có hồ sơ nào trong khoảng thời gian này."))]),
        _end(facts),
    ]


def _row(entry: Entry, with_sets: bool) -> tuple[Cell, ...]:
    signed = [entry.receiver, italic(f"\n{entry.note}") if entry.note else ""]
    return (
        cell(str(entry.number)),
        cell(entry.code.replace("-", "-\u200b")),
        cell(entry.procedure, is_left=True),
        *((cell(two(entry.sets)),) if with_sets else ()),
        cell(entry.name, is_left=True),
        cell(entry.contact, is_left=True),
        cell(entry.agency),
        cell(moment_short(entry.received_at)),
        cell(moment_short(entry.due_at)),
        cell(moment_short(entry.returned_at)),
        cell(entry.return_way),
        cell(*signed),
    )


def _end(facts: Register) -> Block:
    returned = sum(1 for entry in facts.entries if entry.returned_at)
    total = left(
        "Tổng số: ",
        bold(two(len(facts.entries))),
        " hồ sơ; đã trả kết quả: ",
        bold(two(returned)),
        ".",
        before=0,
    )
    signed = (
        centred(bold("NGƯỜI GIỮ SỔ"), before=0, after=1),
        centred(italic("(Ký và ghi rõ họ tên)", em=0.88), before=0, after=0),
        Space(height=15),
        centred(bold(facts.keeper), before=0, after=0),
    )
    return parts.bare((-1, 70), ((Cell(blocks=(total,)), Cell(blocks=signed)),), above=5)
