"""Bảng kê thu hộ tháng: what each collecting unit hands over to each agency, as a paper to be signed and as a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from motcua.core.money import figures, vnd_in_words
from motcua.core.time import local_date
from motcua.service.paperwork.facts import Letterhead
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import Style, cell, told
from motcua.service.paperwork.sheet import Block
from motcua.service.paperwork.writing.pdf import write_pdf
from motcua.service.payments.operations.settling import Owed

HEAD = ("Nơi thu", "Cơ quan được nộp", "Loại", "Đã thu (đồng)", "Đã hoàn (đồng)", "Phải nộp (đồng)")
COLUMNS = [
    (10.0, "TT"),
    (-1.6, "Cơ quan được nộp"),
    (28.0, "Loại"),
    (32.0, "Đã thu"),
    (28.0, "Đã hoàn"),
    (32.0, "Phải nộp"),
]
Named = tuple[str, Owed]  # the name of the collecting unit, and a line of it


def month_rows(rows: Sequence[Named]) -> list[tuple[object, ...]]:
    """Bảng kê as a table, its head first; the sums are numbers."""
    return [
        HEAD,
        *((name, row.agency, row.charge, row.collected, row.returned, row.amount) for name, row in rows),
    ]


def month_pdf(rows: Sequence[Named], month: date, at: datetime) -> bytes:
    """Bảng kê thu hộ của tháng, one page and more for each collecting unit; with room to be signed."""
    units = [(name, [row for _, row in some]) for name, some in groupby(rows, key=lambda one: one[0])]
    title = f"Bảng kê thu hộ phí, lệ phí tháng {month:%m/%Y}"
    sheet = parts.sheet(
        [_blocks(name, some, title, at) for name, some in units]
        or [[parts.centred("Tháng này chưa thu khoản nào.")]],
        Style("", ""),
        title=title,
        author=units[0][0] if units else "",
    )
    return write_pdf(sheet, at=at)


def _blocks(name: str, rows: Sequence[Owed], title: str, at: datetime) -> list[Block]:
    total = sum(row.amount for row in rows)
    lines = [
        (
            cell(str(place)), cell(row.agency, is_left=True), cell(row.charge), cell(figures(row.collected)),
            cell(figures(row.returned)), cell(figures(row.amount)),
        )
        for place, row in enumerate(rows, start=1)
    ]  # fmt: skip
    return [
        parts.letterhead_of(Letterhead(agency=name, on=local_date(at))),
        *parts.title_of(title, [parts.centred("Đơn vị tính: đồng")]),
        parts.grid(COLUMNS, lines),
        *told("Tổng phải nộp", f"{figures(total)} đồng", is_bold=True),
        *(told("Bằng chữ", vnd_in_words(total).capitalize()) if total > 0 else []),
        *parts.signatures(("Người lập", ""), ("Thủ trưởng nơi thu", ""), ("Đại diện cơ quan nhận", "")),
    ]
