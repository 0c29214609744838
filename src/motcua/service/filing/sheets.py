"""Bảng tính của đợt nộp nhiều hồ sơ: the empty sheet, the sheet as it was sent, the same with its faults marked.

Nothing that is written here is a formula: every cell is a text, in XLSX by its type, in CSV by `core.sheets`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any

from motcua.core.errors import DomainError
from motcua.core.sheets import csv_file, text_cell
from motcua.core.text import fold, tidy
from motcua.foundation.documents import kinds
from motcua.service.forms.columns import Column
from motcua.service.forms.definition import Widget

SHEET, EXPLAINED, LISTS = "Hồ sơ", "Giải thích", "Danh mục"
REFERENCE, FAULTS = "_ref", "_loi"
PAPER = "_giay-"
FIRST = 3  # row 1 the heads, row 2 (hidden) the keys
LONGEST_CELL = 4000
MOST_BYTES = 10 * 1024 * 1024
REQUIRED, WRONG = "FFF3D6", "FBD9D5"
FORMULA = ("=", "+", "-", "@")
BROKEN = "Không đọc được bảng này. Hãy mở bảng, lưu lại dạng Excel (.xlsx) hoặc “CSV UTF-8” rồi gửi lại."


class BadSheet(DomainError):
    """Bảng không đọc được."""


@dataclass(frozen=True)
class Sent:
    """Một dòng như đã gửi: its number in the sheet, and its cells by the key of their column."""

    number: int
    cells: dict[str, str]


def label_of(column: Column) -> str:
    """Đầu cột, with a star where it must be filled in."""
    return f"{column.label} *" if column.is_required else column.label


# --- writing


def written_xlsx(
    columns: Sequence[Column], *, title: str, rows: Iterable[tuple[Mapping[str, str], Mapping[str, str]]] = ()
) -> bytes:
    """Bảng mẫu as XLSX; with `rows` (cells, faults) the sheet that was sent, what is wrong in it marked."""
    from openpyxl import Workbook

    given = list(rows)
    if given:
        columns = [*columns, Column(key=FAULTS, label="Lỗi cần sửa")]
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    _heads(sheet, columns)
    for place, (cells, faults) in enumerate(given, start=FIRST):
        _marked(sheet, place, columns, cells, faults)
    lists = book.create_sheet(LISTS)
    _choices(sheet, lists, columns)
    _explained(book.create_sheet(EXPLAINED, 1), columns, title)
    lists.sheet_state = "hidden"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _text(sheet: Any, row: int, column: int, value: str) -> Any:
    cell = sheet.cell(row=row, column=column)
    text_cell(cell, value)
    return cell


def _heads(sheet: Any, columns: Sequence[Column]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, column in enumerate(columns, start=1):
        head = _text(sheet, 1, place, label_of(column))
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="top")
        if column.is_required:
            head.fill = PatternFill("solid", fgColor=REQUIRED)
        _text(sheet, 2, place, column.key)
        sheet.column_dimensions[get_column_letter(place)].width = 60 if column.key == FAULTS else 24
        sheet.column_dimensions[get_column_letter(place)].number_format = "@"
    sheet.row_dimensions[2].hidden = True
    sheet.freeze_panes = f"A{FIRST}"


def _marked(
    sheet: Any, row: int, columns: Sequence[Column], cells: Mapping[str, str], faults: Mapping[str, str]
) -> None:
    from openpyxl.styles import PatternFill

    labels = {column.key: column.label for column in columns}
    said = "; ".join(f"{labels.get(key, 'Dòng này')}: {sentence}" for key, sentence in faults.items())
    for place, column in enumerate(columns, start=1):
        cell = _text(sheet, row, place, said if column.key == FAULTS else cells.get(column.key, ""))
        if column.key in faults:
            cell.fill = PatternFill("solid", fgColor=WRONG)


def _choices(sheet: Any, lists: Any, columns: Sequence[Column]) -> None:
    """Danh sách thả xuống, from a hidden sheet: a list within the cell may have 255 letters only."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    used = 0
    for place, column in enumerate(columns, start=1):
        if not column.options or column.widget == Widget.SEVERAL:
            continue
        used += 1
        for row, option in enumerate(column.options, start=1):
            _text(lists, row, used, option)
        letter, where = get_column_letter(used), get_column_letter(place)
        told = DataValidation(
            type="list", formula1=f"='{LISTS}'!${letter}$1:${letter}${len(column.options)}", allow_blank=True
        )
        told.showErrorMessage = False
        sheet.add_data_validation(told)
        told.add(f"{where}{FIRST}:{where}1000")


def _explained(sheet: Any, columns: Sequence[Column], title: str) -> None:
    from openpyxl.styles import Alignment, Font

    _text(sheet, 1, 1, title).font = Font(bold=True)
    lines = [
        "Mỗi dòng ở trang “Hồ sơ” là một hồ sơ, ghi từ dòng 3. Đừng đổi tên cột; cột nào không dùng thì để trống.",
        "Cột có dấu * phải ghi. Cột khác có thể cần ghi tùy câu trả lời; hệ thống sẽ báo trước khi nộp.",
    ]
    for place, line in enumerate(lines, start=2):
        _text(sheet, place, 1, line)
    for place, word in enumerate(("Cột", "Bắt buộc", "Cách ghi", "Các mục để chọn"), start=1):
        _text(sheet, 5, place, word).font = Font(bold=True)
    for row, column in enumerate(columns, start=6):
        how = "; ".join(part for part in (column.how, column.help) if part)
        told = (column.label, "Có" if column.is_required else "", how, "\n".join(column.options))
        for place, word in enumerate(told, start=1):
            _text(sheet, row, place, word).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCD", (44, 10, 60, 40), strict=True):
        sheet.column_dimensions[letter].width = width


def written_csv(columns: Sequence[Column]) -> bytes:
    """Bảng mẫu as CSV: the heads alone, in UTF-8 with its mark, which Excel needs."""
    return csv_file([[label_of(column) for column in columns]])


# --- reading


def read_sheet(
    upload: IO[bytes], *, name: str, size: int, columns: Sequence[Column], most: int
) -> list[Sent]:
    """Các dòng của bảng, the empty ones left out. Raises BadSheet, RefusedFile."""
    if not size:
        raise BadSheet("Bảng này rỗng. Hãy kiểm tra tệp rồi gửi lại.", field="sheet")
    if size > MOST_BYTES:
        raise BadSheet(f"Bảng quá lớn. Mỗi bảng tối đa {MOST_BYTES // 1024 // 1024} MB.", field="sheet")
    head = upload.read(4)
    upload.seek(0)
    table = _xlsx(upload, name, size, most) if head.startswith(b"PK") else _csv(upload.read())
    return _rows(table, columns, most)


def _xlsx(upload: IO[bytes], name: str, size: int, most: int) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        if kinds.recognise(upload, size=size, name=name) is not kinds.XLSX:
            raise BadSheet(BROKEN, field="sheet")
        book = CalamineWorkbook.from_filelike(io.BytesIO(upload.read()))
        wanted = SHEET if SHEET in book.sheet_names else book.sheet_names[0]
        sheet = book.get_sheet_by_name(wanted)
        return list(sheet.to_python(skip_empty_area=False, nrows=most + 500))
    except (CalamineError, IndexError, ValueError) as fault:
        raise BadSheet(BROKEN, field="sheet") from fault


def _csv(content: bytes) -> list[list[Any]]:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadSheet(BROKEN, field="sheet")
    try:
        is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except (UnicodeDecodeError, csv.Error):
        raise BadSheet(BROKEN, field="sheet") from None


def _rows(table: list[list[Any]], columns: Sequence[Column], most: int) -> list[Sent]:
    where, first = _heading(table, columns)
    by_key = {column.key: column for column in columns}
    found = []
    for number, row in enumerate(table[first:], start=first + 1):
        cells = {
            key: text
            for place, key in where.items()
            if place < len(row) and (text := as_text(row[place], by_key[key].widget))
        }
        if cells:
            found.append(Sent(number, cells))
    if not found:
        raise BadSheet("Bảng chưa có dòng hồ sơ nào. Hãy ghi mỗi hồ sơ một dòng, từ dòng 3.", field="sheet")
    if len(found) > most:
        raise BadSheet(
            f"Bảng có {len(found)} hồ sơ hoặc nhiều hơn; mỗi lần nộp tối đa {most}. Hãy tách thành nhiều bảng.",
            field="sheet",
        )
    return found


def _heading(table: list[list[Any]], columns: Sequence[Column]) -> tuple[dict[int, str], int]:
    """Which column is which, and where the rows begin: by the hidden keys, else by the words at the head."""
    keys = {column.key for column in columns}
    by_label = {fold(column.label): column.key for column in columns}
    for place, row in enumerate(table[:3]):
        if len(found := {at: str(cell) for at, cell in enumerate(row) if str(cell) in keys}) > 1:
            return found, place + 1
    found = {at: by_label[fold(str(cell))] for at, cell in enumerate(table[0]) if fold(str(cell)) in by_label}
    if not found or len(set(found.values())) != len(found):
        raise BadSheet(
            "Không thấy đầu cột của bảng mẫu. Hãy tải bảng mẫu của thủ tục này, chép các dòng của bạn vào rồi gửi lại.",
            field="sheet",
        )
    return found, 1


def as_text(value: Any, widget: Widget) -> str:
    """Một ô, as somebody would have typed it; digits that a spreadsheet takes for a number keep their zeros."""
    if value is None or isinstance(value, time):
        return str(value or "")
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, (datetime, date)):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, (int, float)):
        return _number(value, widget)
    text = str(value).replace("\0", "")[:LONGEST_CELL]
    text = text[1:] if text[:1] == "'" and text[1:].lstrip().startswith(FORMULA) else text
    return text.strip() if widget == Widget.PARAGRAPH else tidy(text)


def _number(value: float, widget: Widget) -> str:
    if float(value).is_integer():
        digits = str(int(value))
        if widget == Widget.PERSONAL_NUMBER and 10 <= len(digits) < 12:
            return digits.zfill(12)
        if widget == Widget.PHONE and len(digits) == 9:
            return f"0{digits}"
        return digits
    return repr(float(value)).replace(".", ",")
