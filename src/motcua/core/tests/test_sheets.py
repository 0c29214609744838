"""What is downloaded as a table runs nothing, and nothing goes out by another door."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

import motcua
from motcua.core.sheets import csv_file, safe_cell

WRITERS = re.compile(r"csv\.(?:writer|DictWriter)\(|\bopenpyxl\b|\bxlsxwriter\b|\bwriterows?\(")


class TestSafeCell:
    @pytest.mark.parametrize(
        "typed",
        [
            "=1+1", "+84912", "-2", "@SUM(A1)", " \t=1", "\u200b=1", "\u202e@x", "＝cmd|'/c calc'!A0", "\rx", "\n=1",
            '=HYPERLINK("http://x","y")',
        ],
    )  # fmt: skip
    def test_keeps_a_formula_a_text(self, typed: str) -> None:
        assert str(safe_cell(typed)).startswith("'")
        assert str(safe_cell(typed)).replace("'", "") == typed.replace("'", "")

    def test_leaves_words_and_numbers_as_they_are(self) -> None:
        for value in ("Phí thẩm định", "Nguyễn Thị Ánh (mẹ)", "", "a = b", "H31-2", 5, -5, 2.5, None):
            assert safe_cell(value) == value

    def test_begins_no_cell_in_a_spreadsheet_that_parts_by_semicolons(self) -> None:
        assert safe_cell("An;=cmd()|@x") == "An;'=cmd()|'@x"


class TestCsvFile:
    def test_is_read_back_as_it_was_told(self) -> None:
        content = csv_file([("Tên", "Số"), ("=1+1", -5), ('Có "dấu", và\ndòng', "\ud83d")])
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert rows == [["Tên", "Số"], ["'=1+1", "-5"], ['Có "dấu", và\ndòng', "?"]]


def test_no_other_line_of_the_house_writes_a_table() -> None:
    home = Path(motcua.__file__).parent
    found = {
        str(path.relative_to(home))
        for path in home.rglob("*.py")
        if "tests" not in path.parts and WRITERS.search(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "core/sheets.py",
        "service/filing/sheets.py",
    }  # the second writes texts alone, by their type
