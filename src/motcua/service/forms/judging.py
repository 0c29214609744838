"""Điều còn phải sửa: the truth about a set of answers, by the server alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from motcua.service.forms.definition import Definition, Field, Page, Widget
from motcua.service.forms.reading import fault
from motcua.service.forms.settling import Settled, is_empty, settle

FORMATS = FormatChecker(["date", "uuid"])
ASKING = {
    Widget.CHOICE: "Hãy chọn một mục.",
    Widget.SELECT: "Hãy chọn một mục.",
    Widget.YES_NO: "Hãy chọn Có hoặc Không.",
    Widget.SEVERAL: "Hãy chọn ít nhất một mục.",
    Widget.ADDRESS: "Hãy ghi địa chỉ.",
    Widget.FILE: "Hãy đính kèm tệp.",
    Widget.STATEMENT: "Hãy đọc và đánh dấu đồng ý thì mới đi tiếp được.",
}


def judge(
    definition: Definition, data: Mapping[str, Any], *, on: date, page: Page | None = None
) -> dict[str, str]:
    """What is lacking or wrong, by the key of its field; of one page, or of all that is asked."""
    settled = settle(definition, data, on=on)
    keys = settled.fields_of(page) if page else list(settled.shown)
    found = {key: sentence for key in keys if (sentence := _of(settled, key, on))}
    for one in [page] if page else settled.pages:
        found |= _of_rows(settled, one)
    return found


def _of(settled: Settled, key: str, on: date) -> str:
    field = settled.shown[key]
    if field.computed is not None:
        return ""
    value = value_at(settled.values, key)
    if is_empty(value):
        return lacking(field) if key in settled.required else ""
    return fault(field, value, on=on) or _shape_fault(field, value)


def lacking(field: Field) -> str:
    """What is said of a field that must be answered."""
    label = field.label.rstrip(" ?:.")
    return ASKING.get(field.widget) or f"Hãy ghi: {label[:1].lower()}{label[1:]}."


def _shape_fault(field: Field, value: Any) -> str:
    """The schema has the last word: nothing that it would not take is ever called right."""
    if _validator(field).is_valid(value):
        return ""
    return "Câu trả lời chưa đúng dạng. Hãy xóa đi và ghi lại."


def _validator(field: Field) -> Draft202012Validator:
    return _known_validator(field.taken)


@lru_cache(maxsize=1024)
def _known_validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema), format_checker=FORMATS)


def _of_rows(settled: Settled, page: Page) -> dict[str, str]:
    found = {}
    for group in page.groups:
        if group.repeat is None or f"{page.key}.{group.key}" not in settled.groups:
            continue
        count = len(settled.values.get(group.repeat.name, []))
        row = group.repeat.row or "dòng"
        if count < group.repeat.least:
            found[group.repeat.name] = f"Cần ít nhất {group.repeat.least} {row}; hiện có {count}."
        elif count > group.repeat.most:
            found[group.repeat.name] = f"Ghi nhiều nhất {group.repeat.most} {row}; hiện có {count}."
    return found


def value_at(data: Mapping[str, Any], key: str) -> Any:
    """The answer under a key, "name" or "group.0.name"."""
    if key.count(".") != 2:
        return data.get(key)
    group, place, name = key.split(".")
    rows = data.get(group)
    if not isinstance(rows, list) or int(place) >= len(rows) or not isinstance(rows[int(place)], Mapping):
        return None
    return rows[int(place)].get(name)
