"""Bảng tải về: tables that people open in a spreadsheet. Whoever has typed a cell, it is read as text and never run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

STARTS = "=+\\-@＝＋－＠"
INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x20\xa0"
FORMULA = re.compile(f"^[{INVISIBLE}]*[{STARTS}]|^[\t\r\n]")
WITHIN = re.compile(f"([;|\t])([{STARTS}])")  # where another spreadsheet would begin a cell


def safe_cell(value: object) -> object:
    """Ô an toàn: a text that a spreadsheet would take for a formula is kept a text; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    text = WITHIN.sub(r"\1'\2", value)
    return f"'{text}" if FORMULA.match(value) else text


def csv_file(rows: Iterable[Iterable[object]]) -> bytes:
    """Tệp CSV: with the mark by which spreadsheets read Vietnamese letters; every cell safe."""
    text = io.StringIO()
    csv.writer(text).writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def xlsx_file(rows: Iterable[Iterable[object]], *, title: str) -> bytes:
    """Tệp Excel: a table with a bold head; a text is a text by its type, numbers stay numbers."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = title[:31]
    widths: dict[int, int] = {}
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(row=place, column=column)
            if isinstance(value, int | float):
                cell.value, cell.number_format = value, "#,##0"
            else:
                text_cell(cell, "" if value is None else str(value))
            if place == 1:
                cell.font = Font(bold=True)
            widths[column] = max(widths.get(column, 10), min(len(str(value)) + 2, 60))
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def text_cell(cell: Any, text: str) -> None:
    """Ô chữ of an Excel sheet: whatever it begins with, it is never worked out."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text) or None
    cell.data_type = "s" if text else "n"
    cell.number_format = "@"
    cell.quotePrefix = bool(FORMULA.match(text))
