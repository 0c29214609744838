"""Đọc và hiện câu trả lời: what a page sends becomes JSON, and JSON what a person reads. Nothing typed is ever dropped:
what cannot be read stays as it was written, and `problems` says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Protocol

from motcua.core.errors import DomainError
from motcua.core.money import figures
from motcua.core.text import tidy
from motcua.foundation.identity import checks
from motcua.service.forms import places
from motcua.service.forms.definition import LENGTHS, Definition, Field, Group, Page, Widget
from motcua.service.forms.settling import is_empty

W = Widget
KEPT = 20_000  # letters of one answer that are kept at most, however many were sent
DAY = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4})|(\d{2})(\d{2})(\d{4})")
MONTH = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{4})")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
PARTS = ("form", "province", "ward", "detail", "old_province", "old_district", "old_ward")
YES, NO = "yes", "no"


class Typed(Protocol):
    """What a page sent: Django's QueryDict, or anything that answers as it does."""

    def get(self, key: str, default: Any = None, /) -> Any: ...
    def getlist(self, key: str, /) -> Collection[Any]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __iter__(self) -> Any: ...


def read_page(page: Page, typed: Typed, *, on: date) -> dict[str, Any]:
    """Câu trả lời của một trang, by name; a repeated group as its list of rows."""
    answers: dict[str, Any] = {}
    for group in page.groups:
        fields = [field for field in group.fields if field.widget != W.COMPUTED]
        if group.repeat is None:
            answers |= {field.name: read_value(field, field.name, typed, on=on) for field in fields}
        else:
            answers[group.repeat.name] = _rows(group, fields, typed, on)
    return answers


def _rows(group: Group, fields: list[Field], typed: Typed, on: date) -> list[dict[str, Any]]:
    assert group.repeat is not None  # noqa: S101  asked only of such
    head = f"{group.repeat.name}."
    found = {
        key.split(".")[1]
        for key in typed
        if isinstance(key, str) and key.startswith(head) and key.count(".") == 2
    }
    numbers = sorted(int(place) for place in found if place.isdecimal() and len(place) < 4)
    rows = []
    for place in numbers[: group.repeat.most]:
        row = {field.name: read_value(field, f"{head}{place}.{field.name}", typed, on=on) for field in fields}
        rows.append({name: value for name, value in row.items() if not is_empty(value)})
    return rows


def read_value(field: Field, key: str, typed: Typed, *, on: date) -> Any:
    """Một câu trả lời as JSON; "" and None when nothing was said."""
    match field.widget:
        case W.SEVERAL:
            return list(dict.fromkeys(str(item)[:200] for item in typed.getlist(key) if item))
        case W.STATEMENT:
            return True if typed.get(key) else None
        case W.ADDRESS:
            return places.read_address({part: str(typed.get(f"{key}.{part}") or "") for part in PARTS})
        case _:
            return read_text(field, str(typed.get(key) or "")[:KEPT], on=on)


def read_text(field: Field, given: str, *, on: date) -> Any:
    """What one line of text says for this field; as it stands when it says nothing."""
    if field.widget == W.PARAGRAPH:
        return given.replace("\r\n", "\n").strip()
    text = tidy(given)
    if not text:
        return None
    match field.widget:
        case W.YES_NO:
            return {YES: True, NO: False}.get(text, text)
        case W.MONEY:
            digits = re.sub(r"[.\s]|đồng|đ|₫", "", text)
            return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else text
        case W.NUMBER:
            return _number(field, text)
        case W.DATE | W.PARTIAL_DATE:
            return _date(text, is_partial=field.widget == W.PARTIAL_DATE)
        case W.PERSONAL_NUMBER | W.PHONE | W.EMAIL | W.NAME:
            try:
                return _checked(field, text, on)
            except DomainError:
                return text
        case _:
            return text


def _number(field: Field, text: str) -> Any:
    if not field.decimals:
        whole = re.sub(r"[.\s]", "", text) if re.fullmatch(r"-?\d{1,3}([.\s]\d{3})+", text) else text
        return int(whole) if re.fullmatch(r"-?[0-9]{1,15}", whole) else text
    written = text.replace(" ", "")
    written = written.replace(".", "").replace(",", ".") if "," in written else written
    return written if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", written) else text


def _date(text: str, *, is_partial: bool) -> str:
    if found := DAY.fullmatch(text):
        day, month, year = [int(part) for part in found.groups() if part]
        return f"{year:04d}-{month:02d}-{day:02d}"
    if is_partial and (found := MONTH.fullmatch(text)):
        return f"{int(found[2]):04d}-{int(found[1]):02d}"
    return text


def _checked(field: Field, text: str, on: date) -> str:
    match field.widget:
        case W.PERSONAL_NUMBER:
            return checks.personal_number(text, on=on, field=field.name)
        case W.PHONE:
            return checks.phone(text, field=field.name)
        case W.EMAIL:
            return checks.email(text, field=field.name)
        case _:
            return checks.person_name(text, field=field.name)


# --- showing


def typed_again(field: Field, value: Any) -> Any:
    """As the field of a page shows it: days as dd/MM/yyyy, đồng with dots."""
    if field.widget == W.SEVERAL:
        return [str(item) for item in value] if isinstance(value, list) else []
    if is_empty(value):
        return ""
    if field.widget == W.YES_NO:
        return {True: YES, False: NO}.get(value, str(value)) if isinstance(value, bool) else str(value)
    if field.widget == W.STATEMENT:
        return "1" if value is True else ""
    if field.widget in {W.DATE, W.PARTIAL_DATE}:
        return day_in_words(value)
    if field.widget in {W.MONEY, W.COMPUTED} and isinstance(value, int) and not isinstance(value, bool):
        return figures(value)
    if field.widget == W.NUMBER and field.decimals and str(value).replace(".", "").lstrip("-").isdecimal():
        return str(value).replace(".", ",")
    return str(value)


def in_words(field: Field, value: Any) -> str:
    """Câu trả lời as it is read on the confirm page and on paper; "" when there is none."""
    if is_empty(value):
        return ""
    match field.widget:
        case W.CHOICE | W.SELECT:
            return field.label_of(value)
        case W.SEVERAL:
            return (
                "; ".join(field.label_of(item) for item in value) if isinstance(value, list) else str(value)
            )
        case W.YES_NO:
            return (
                {True: "Có", False: "Không"}.get(value, str(value)) if isinstance(value, bool) else str(value)
            )
        case W.STATEMENT:
            return "Đồng ý" if value is True else ""
        case W.ADDRESS:
            return places.in_words(value)
        case W.MONEY:
            return f"{figures(value)} đồng" if isinstance(value, int) else str(value)
        case W.FILE:
            return "Đã đính kèm"
        case W.COMPUTED if isinstance(value, bool):
            return "Có" if value else "Không"
        case _:
            return str(typed_again(field, value))


def day_in_words(value: Any) -> str:
    parts = str(value).split("-")
    if all(part.isdecimal() for part in parts) and len(parts) <= 3:
        return "/".join(reversed(parts))
    return str(value)


# --- what is not right


def fault(field: Field, value: Any, *, on: date) -> str:
    """Điều chưa đúng ở một câu trả lời, with what to do; "" when it is right."""
    match field.widget:
        case W.DATE | W.PARTIAL_DATE:
            return _day_fault(field, value)
        case W.PERSONAL_NUMBER | W.PHONE | W.EMAIL | W.NAME:
            try:
                _checked(field, str(value), on)
            except DomainError as refusal:
                return refusal.message
            return ""
        case W.NUMBER:
            return _number_fault(field, value)
        case W.MONEY:
            if not isinstance(value, int) or isinstance(value, bool):
                return "Viết số tiền bằng số đồng, ví dụ 150.000."
            return _bounds_fault(field, value, "đồng")
        case W.CHOICE | W.SELECT:
            known = {option.value for option in field.options}
            return "" if value in known else "Chọn một trong các mục đã cho."
        case W.SEVERAL:
            known = {option.value for option in field.options}
            return "" if isinstance(value, list) and set(value) <= known else "Chọn trong các mục đã cho."
        case W.YES_NO:
            return "" if isinstance(value, bool) else "Chọn Có hoặc Không."
        case W.ADDRESS:
            return places.fault(value, is_new_only=not field.has_old_form)
        case W.TEXT | W.PARAGRAPH:
            most = field.length or LENGTHS[field.widget]
            return f"Viết tối đa {most} ký tự (đang có {len(str(value))})." if len(str(value)) > most else ""
        case _:
            return ""


def _day_fault(field: Field, value: Any) -> str:
    text = str(value)
    is_partial = field.widget == W.PARTIAL_DATE
    example = "26/11/1985, hoặc chỉ năm 1985" if is_partial else "26/11/2026"
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
    if found is None or (not is_partial and not found[3]):
        return f"“{text[:60]}” chưa phải là một ngày. Viết ngày/tháng/năm, ví dụ {example}."
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return f"Không có ngày {day_in_words(text)} trong lịch. Hãy kiểm tra lại."
    return ""


def _number_fault(field: Field, value: Any) -> str:
    if field.decimals:
        fits = isinstance(value, str) and re.fullmatch(
            rf"-?[0-9]{{1,15}}(\.[0-9]{{1,{field.decimals}}})?", value
        )
        if not fits:
            return f"Viết một số, nhiều nhất {field.decimals} chữ số sau dấu phẩy, ví dụ 85,5."
        return _bounds_fault(field, float(value), "")
    if not isinstance(value, int) or isinstance(value, bool):
        return f"“{str(value)[:40]}” chưa phải là một số nguyên."
    return _bounds_fault(field, value, "")


def _bounds_fault(field: Field, value: float, unit: str) -> str:
    least, most = field.least, field.most
    if (least is not None and value < least) or (most is not None and value > most):
        bounds: Iterable[str] = (
            *([f"từ {figures(least)}"] if least is not None else []),
            *([f"đến {figures(most)}"] if most is not None else []),
        )
        return f"Viết một số {' '.join(bounds)} {unit}".strip() + "."
    return ""


def fields_by_name(definition: Definition) -> dict[str, Field]:
    """Every field by its name; of a row as "group.name"."""
    return {
        f"{group.repeat.name}.{field.name}" if group.repeat else field.name: field
        for _page, group, field in definition.places()
    }
