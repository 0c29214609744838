"""Bảng tải về: tables that people open in a spreadsheet. Whoever has typed a cell, it is read as text and never run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

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
