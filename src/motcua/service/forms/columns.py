"""Biểu mẫu thành cột của bảng tính: one row is the answers of one dossier; what is read is read as a page is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from motcua.core.text import fold, tidy
from motcua.service.forms import places
from motcua.service.forms.definition import ALONE, CHOOSING, Definition, Field, Group, Page, Widget
from motcua.service.forms.reading import NO, YES, read_page
from motcua.service.forms.settling import is_empty

W = Widget
ADDRESS_PARTS = (("province", "tỉnh, thành phố"), ("ward", "xã, phường"), ("detail", "số nhà, đường, thôn"))
SAYS_YES = frozenset({"co", "x", "dung", "yes", "true", "1", "dong y"})
SAYS_NO = frozenset({"khong", "no", "false", "0"})
HOW = {
    W.DATE: "ngày/tháng/năm, ví dụ 26/11/2026",
    W.PARTIAL_DATE: "ngày/tháng/năm, tháng/năm, hoặc chỉ năm",
    W.MONEY: "số đồng, ví dụ 150.000",
    W.NUMBER: "một số",
    W.PERSONAL_NUMBER: "12 chữ số trên thẻ căn cước",
    W.PHONE: "10 chữ số",
    W.EMAIL: "địa chỉ thư điện tử",
    W.YES_NO: "Có hoặc Không",
    W.STATEMENT: "ghi Có nếu đồng ý",
    W.SEVERAL: "một hoặc nhiều mục, cách nhau bằng dấu chấm phẩy",
    W.CHOICE: "một mục trong danh sách",
    W.SELECT: "một mục trong danh sách",
    W.NAME: "họ, chữ đệm, tên viết đủ dấu",
}


@dataclass(frozen=True)
class Column:
    """Một cột: the key it is read by, the words at its head, how it is filled in."""

    key: str
    label: str
    is_required: bool = False
    how: str = ""
    help: str = ""
    options: tuple[str, ...] = ()
    widget: Widget = W.TEXT


def columns_of(definition: Definition, *, on: date, rows: int, known: Collection[str] = ()) -> list[Column]:
    """Các cột, in the order of asking; a repeated group has its fields for `rows` of its rows.

    What is `known` already, by the names of its fields, may stay empty.
    """
    found = [
        column
        for page in definition.on(on).pages
        for group in page.groups
        for column in _of_group(page, group, rows, known)
    ]
    return _told_apart(found)


def _of_group(page: Page, group: Group, rows: int, known: Collection[str]) -> Iterator[tuple[str, Column]]:
    """Each column with what it is called more fully where its label alone is not enough."""
    above = group.title or page.title
    fields = [one for one in group.fields if one.widget not in {W.COMPUTED, W.FILE}]
    is_sure = page.show_if is None and group.show_if is None
    if group.repeat is None:
        for one in fields:
            is_asked = is_sure and one.name not in known
            yield from ((above, column) for column in _of_field(one, one.name, is_sure=is_asked))
        return
    for place in range(min(rows, group.repeat.most)):
        head = f"{group.repeat.row or above} {place + 1}"
        for one in fields:
            key = f"{group.repeat.name}.{place}.{one.name}"
            for column in _of_field(one, key, is_sure=is_sure and place < group.repeat.least):
                yield above, replace(column, label=f"{head}: {column.label}")


def _of_field(field: Field, key: str, *, is_sure: bool) -> Iterator[Column]:
    label = tidy(field.label).rstrip(" ?:.*")
    is_required = is_sure and field.is_required and field.show_if is None
    plain = Column(
        key=key,
        label=label,
        is_required=is_required,
        how=HOW.get(field.widget, ""),
        help=field.help,
        options=tuple(tidy(option.label) for option in field.options),
        widget=field.widget,
    )
    if field.widget != W.ADDRESS:
        yield replace(plain, options=("Có", "Không")) if field.widget in {W.YES_NO, W.STATEMENT} else plain
        return
    for part, said in ADDRESS_PARTS:
        yield replace(
            plain,
            key=f"{key}.{part}",
            label=f"{label} ({said})",
            is_required=is_required and part != "detail",
            how="tên như hiện nay, sau 01/07/2025" if part != "detail" else "",
            widget=W.TEXT,
        )


def _told_apart(found: list[tuple[str, Column]]) -> list[Column]:
    """No two heads alike: with the group before the label, then with a number."""
    labels = [column.label for _, column in found]
    columns, taken = [], set[str]()
    for above, column in found:
        label = column.label if labels.count(column.label) == 1 else f"{above}: {column.label}"
        number, unique = 2, label
        while unique in taken:
            unique, number = f"{label} ({number})", number + 1
        taken.add(unique)
        columns.append(replace(column, label=unique))
    return columns


# --- reading a row


class Cells:
    """Một dòng của bảng, read as what a page has sent."""

    def __init__(self, values: Mapping[str, str | list[str]]) -> None:
        self.values = values

    def get(self, key: str, default: Any = None, /) -> Any:
        held = self.values.get(key, default)
        return (held[-1] if held else default) if isinstance(held, list) else held

    def getlist(self, key: str, /) -> Collection[Any]:
        held = self.values.get(key, [])
        return held if isinstance(held, list) else [held]

    def __contains__(self, key: object, /) -> bool:
        return key in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)


def read_row(definition: Definition, cells: Mapping[str, str], *, on: date) -> dict[str, Any]:
    """Câu trả lời của một dòng, by name; what was left empty is not there."""
    asked = definition.on(on)
    typed: dict[str, str | list[str]] = {}
    for page in asked.pages:
        for group in page.groups:
            for field in group.fields:
                if group.repeat is None:
                    typed |= _typed(field, field.name, cells)
                else:
                    for place in range(group.repeat.most):
                        typed |= _typed(field, f"{group.repeat.name}.{place}.{field.name}", cells)
    found: dict[str, Any] = {}
    for page in asked.pages:
        found |= read_page(page, Cells(typed), on=on)
    return {name: value for name, value in found.items() if not is_empty(value)}


def _typed(field: Field, key: str, cells: Mapping[str, str]) -> dict[str, str | list[str]]:
    if field.widget == W.ADDRESS:
        return _address(key, cells)
    given = cells.get(key, "")
    if not given or field.widget in ALONE:
        return {}
    if field.widget in CHOOSING:
        return {key: _chosen(field, given)}
    if field.widget == W.YES_NO:
        return {key: YES if fold(given) in SAYS_YES else NO if fold(given) in SAYS_NO else given}
    if field.widget == W.STATEMENT:
        return {key: "1"} if fold(given) in SAYS_YES else {}
    return {key: given}


def _chosen(field: Field, given: str) -> str | list[str]:
    """The keys of the options that a cell names by their words; what is none stays, and is refused as such."""
    by_words = {fold(option.label): option.value for option in field.options}
    by_words |= {fold(option.value): option.value for option in field.options}
    if field.widget != W.SEVERAL:
        return by_words.get(fold(given), given)
    return [by_words.get(fold(part), part.strip()) for part in given.split(";") if part.strip()]


def _address(key: str, cells: Mapping[str, str]) -> dict[str, str | list[str]]:
    told = {part: cells.get(f"{key}.{part}", "") for part, _ in ADDRESS_PARTS}
    wanted = fold(told["province"]).removeprefix("tinh ").removeprefix("thanh pho ").removeprefix("tp ")
    told["province"] = {fold(name): code for code, name in places.provinces()}.get(wanted, told["province"])
    return {f"{key}.{part}": value for part, value in told.items() if value}


def place_of(fault_key: str, columns: Collection[Column]) -> str:
    """Cột có lỗi: the column where a fault of `problems` is shown; of an address or a group its first."""
    keys = [column.key for column in columns]
    if fault_key in keys:
        return fault_key
    return next((key for key in keys if key.startswith(f"{fault_key}.")), fault_key)
