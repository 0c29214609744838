"""Đọc điều đã gõ ở trang soạn biểu mẫu: a field, a rule, a repeated group, who else must agree."""

from __future__ import annotations

import json
from typing import Any

from motcua.core.text import fold
from motcua.service.forms import editing
from motcua.service.forms.checking import MOST_SIGNERS
from motcua.service.forms.definition import (
    CHOOSING,
    Definition,
    Field,
    Group,
    Option,
    Repeat,
    Signers,
    Widget,
)
from motcua.service.forms.sources import SOURCES
from motcua.web.ui.forms import Reader

TESTS = (
    ("==", "là"), ("!=", "không phải là"), (">", "lớn hơn"), ("<", "nhỏ hơn"), ("has", "có chọn"),
    ("filled", "đã được trả lời"),
)  # fmt: skip


def read_field(reader: Reader, old: Field, definition: Definition) -> Field:
    """Câu hỏi as it was typed."""
    label = reader.text("label", required="Hãy ghi lời hỏi.", longest=300)
    widget = Widget(
        reader.choice("widget", list(Widget), required="Hãy chọn loại câu trả lời.") or Widget.TEXT
    )
    name = reader.text("name", longest=60)
    is_choosing = widget in CHOOSING
    return Field(
        name=name or old.name or editing.key_of(label, editing.names_of(definition), "cau"),
        label=label,
        widget=widget,
        help=reader.paragraph("help", longest=600),
        law=reader.text("law", longest=300),
        is_required=reader.is_ticked("is_required"),
        required_if=_read_json(reader, "required_if"),
        show_if=read_rule(reader, definition, "show_if"),
        computed=_read_json(reader, "computed") if widget == Widget.COMPUTED else None,
        source=reader.choice("source", list(SOURCES)),
        valid_from=reader.day("valid_from"),
        valid_to=reader.day("valid_to"),
        options=_read_options(reader) if is_choosing else (),
        least=reader.integer("least"),
        most=reader.integer("most"),
        decimals=reader.integer("decimals", least=0, most=6) or 0 if widget == Widget.NUMBER else 0,
        length=reader.integer("length", least=1, most=4000) or 0 if widget in {Widget.TEXT, Widget.PARAGRAPH} else 0,
        has_old_form=reader.is_ticked("has_old_form") if widget == Widget.ADDRESS else True,
    )  # fmt: skip


def _read_options(reader: Reader) -> tuple[Option, ...]:
    """Mục để chọn: "KHÓA | lời" on a line, or the words alone."""
    options: list[Option] = []
    for line in reader.paragraph("options", longest=8000).splitlines():
        value, bar, said = (part.strip() for part in line.partition("|"))
        said = said if bar else value
        if not said:
            continue
        if not bar:
            value = editing.key_of(said, {option.value.lower() for option in options}, "muc").upper()
        options.append(Option(value=value, label=said))
    if not options:
        reader.refuse("options", "Hãy ghi ít nhất một mục, mỗi mục một dòng.")
    return tuple(options)


def read_repeat(reader: Reader, group: Group, definition: Definition) -> Repeat | None:
    if not reader.is_ticked("is_repeated"):
        return None
    row = reader.text("row", required="Hãy ghi tên gọi một dòng, ví dụ: Con.", longest=60)
    name = group.repeat.name if group.repeat else editing.key_of(row, editing.names_of(definition), "dong")
    least = reader.integer("least", least=0, most=100) or 0
    return Repeat(name=name, row=row, least=least, most=reader.integer("most", least=1, most=100) or 20)


def read_rule(reader: Reader, definition: Definition, name: str) -> Any:
    """Điều kiện: from the simple picker, or as JSON when somebody has written it."""
    if reader.text(f"{name}_json", longest=4000):
        return _read_json(reader, f"{name}_json")
    asked = reader.text(f"{name}_field", longest=60)
    if not asked:
        return None
    test = reader.choice(f"{name}_test", [code for code, _ in TESTS]) or "=="
    value = _value_of(definition, asked, reader.text(f"{name}_value", longest=200))
    if test == "filled":
        return {"not": [{"empty": [{"var": asked}]}]}
    if test == "has":
        return {"in": [value, {"var": asked}]}
    return {test: [{"var": asked}, value]}


def _value_of(definition: Definition, name: str, told: str) -> Any:
    """What the picker's word means for that field: yes and no, a number, the key of an option, or the text."""
    field = next((one for _, _, one in definition.places() if one.name == name), None)
    if field is None:
        return told
    if field.widget in {Widget.YES_NO, Widget.STATEMENT}:
        return fold(told) in {"co", "yes", "true", "dong y"}
    if field.widget in {Widget.NUMBER, Widget.MONEY, Widget.COMPUTED} and told.replace(".", "").isdecimal():
        return int(told.replace(".", ""))
    return next((option.value for option in field.options if fold(option.label) == fold(told)), told)


def _read_json(reader: Reader, name: str) -> Any:
    told = reader.text(name, longest=4000)
    if not told:
        return None
    try:
        return json.loads(told)
    except (ValueError, RecursionError):
        reader.refuse(name, "Luật chưa phải JSON đúng. Xem cách viết ở tài liệu biểu mẫu.")
        return None


def read_signers(reader: Reader) -> Signers | None:
    """Người cùng đứng tên; None when nobody else is asked."""
    if not reader.is_ticked("has_signers"):
        return None
    label = reader.text("label", required="Hãy ghi họ là ai, ví dụ: Vợ hoặc chồng.", longest=150)
    least, most = (
        reader.integer("least", least=0, most=MOST_SIGNERS),
        reader.integer("most", least=1, most=MOST_SIGNERS),
    )
    least, most = 1 if least is None else least, 1 if most is None else most
    if least > most:
        reader.refuse("most", "Nhiều nhất không được nhỏ hơn ít nhất.")
    level = reader.integer("level", least=0) or 0
    return Signers(label=label, least=least, most=most, level=level)
