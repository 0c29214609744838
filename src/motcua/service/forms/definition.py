"""Định nghĩa biểu mẫu: one JSON Schema (2020-12) whose annotations say how each field is asked; read and written here.

`x-ui` of a property: widget, required, show_if, required_if, computed, law, source, validity, groups of a row. `x-pages`
of the whole: the pages, their groups, and which properties stand in each; `x-signers`: who else must agree;
`x-signature`: whether who files signs the declaration. Any JSON Schema validator can check answers; only the
annotations are ours. `write(read(document))` is the canonical document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from motcua.core.choices import Labelled
from motcua.core.periods import Period

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_MONEY = 10**15
TEXT_LENGTH = 300
PARAGRAPH_LENGTH = 3000
PARTIAL_DAY = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


class Widget(Labelled):
    """Loại trường: how a field is asked."""

    TEXT = "TEXT", "Một dòng chữ"
    PARAGRAPH = "PARAGRAPH", "Đoạn văn"
    NAME = "NAME", "Họ tên người"
    NUMBER = "NUMBER", "Số"
    MONEY = "MONEY", "Số tiền (đồng)"
    DATE = "DATE", "Ngày"
    PARTIAL_DATE = "PARTIAL_DATE", "Ngày, có thể chỉ biết năm"
    PERSONAL_NUMBER = "PERSONAL_NUMBER", "Số định danh cá nhân"
    PHONE = "PHONE", "Số điện thoại"
    EMAIL = "EMAIL", "Thư điện tử"
    CHOICE = "CHOICE", "Chọn một (hiện hết các mục)"
    SELECT = "SELECT", "Chọn một (danh sách thả)"
    YES_NO = "YES_NO", "Có hoặc không"
    SEVERAL = "SEVERAL", "Chọn nhiều"
    ADDRESS = "ADDRESS", "Địa chỉ"
    FILE = "FILE", "Tệp đính kèm"
    STATEMENT = "STATEMENT", "Lời cam đoan"
    COMPUTED = "COMPUTED", "Hệ thống tự tính"


class OwnSignature(Labelled):
    """Ký số tờ khai: whether who files puts a digital signature of their own on the declaration."""

    NONE = "NONE", "Không ký số"
    MAY = "MAY", "Được ký số, không bắt buộc"
    MUST = "MUST", "Phải ký số"


W = Widget
CHOOSING = frozenset({W.CHOICE, W.SELECT, W.SEVERAL})
LENGTHS = {W.TEXT: TEXT_LENGTH, W.PARAGRAPH: PARAGRAPH_LENGTH}
ALONE = frozenset({W.ADDRESS, W.FILE})  # no columns of a repeated group


@dataclass(frozen=True, kw_only=True)
class Option:
    """Một mục để chọn."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """Trường: one question. `required_if` makes an optional field required; a hidden one never is.

    `source` is the fact that may fill it in beforehand; `law` the law's word, shown once beside the plain one;
    `least` and `most` bound a number (whole, or `decimals` places); `length` a text.
    """

    name: str
    label: str
    widget: Widget = W.TEXT
    help: str = ""
    law: str = ""
    is_required: bool = True
    required_if: Any = None
    show_if: Any = None
    computed: Any = None
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    options: tuple[Option, ...] = ()
    least: int | None = None
    most: int | None = None
    decimals: int = 0
    length: int = 0
    has_old_form: bool = True  # of an address: may it be one of before July 2025

    @property
    def period(self) -> Period:
        return Period(self.valid_from or date.min, self.valid_to)

    @cached_property
    def taken(self) -> str:
        """Dạng của câu trả lời, as the text of a JSON Schema: written once for each field of a definition."""
        return json.dumps(shape(self), sort_keys=True)

    def label_of(self, value: object) -> str:
        return next((option.label for option in self.options if option.value == value), str(value))


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """Nhóm lặp: rows of the same fields, kept as a list under `name`."""

    name: str
    row: str
    least: int = 0
    most: int = 20


@dataclass(frozen=True, kw_only=True)
class Group:
    """Nhóm câu hỏi on one page."""

    key: str
    title: str = ""
    help: str = ""
    show_if: Any = None
    repeat: Repeat | None = None
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """Một trang của biểu mẫu."""

    key: str
    title: str
    help: str = ""
    show_if: Any = None
    groups: tuple[Group, ...] = ()

    @property
    def fields(self) -> Iterator[Field]:
        return (field for group in self.groups for field in group.fields)


@dataclass(frozen=True, kw_only=True)
class Signers:
    """Người cùng đứng tên: how many others must agree before it is filed, and what they are called.

    `level`: the rank of assurance at which they sign in to agree.
    """

    label: str
    least: int = 1
    most: int = 1
    level: int = 0


@dataclass(frozen=True, kw_only=True)
class Definition:
    """Biểu mẫu, as it is read: pages of groups of fields; `signers`: who else must agree, none by default;
    `signature`: whether the declaration is signed by who files.
    """

    title: str
    pages: tuple[Page, ...] = ()
    signers: Signers | None = None
    signature: OwnSignature = OwnSignature.NONE

    def page(self, key: str) -> Page | None:
        return next((page for page in self.pages if page.key == key), None)

    def places(self) -> Iterator[tuple[Page, Group, Field]]:
        """Every field with where it stands, in the order of asking."""
        for page in self.pages:
            for group in page.groups:
                for field in group.fields:
                    yield page, group, field

    @cached_property
    def is_dated(self) -> bool:
        """Có câu chỉ hỏi từ ngày, đến ngày."""
        return any(field.valid_from or field.valid_to for _, _, field in self.places())

    def on(self, day: date) -> Definition:
        """Như được hỏi vào một ngày: without the fields that are not asked then."""
        if not self.is_dated:
            return self
        return replace(
            self,
            pages=tuple(
                replace(
                    page,
                    groups=tuple(
                        replace(group, fields=tuple(field for field in group.fields if day in field.period))
                        for group in page.groups
                    ),
                )
                for page in self.pages
            ),
        )


# --- reading


def read(document: Mapping[str, Any]) -> Definition:
    """The definition that a document says. Raises KeyError, TypeError or ValueError on one that is none."""
    properties = document.get("properties", {})
    return Definition(
        title=str(document.get("title", "")),
        pages=tuple(_page(page, properties) for page in document.get("x-pages", [])),
        signers=_signers(document.get("x-signers")),
        signature=OwnSignature(document.get("x-signature", OwnSignature.NONE)),
    )


def _signers(told: Mapping[str, Any] | None) -> Signers | None:
    if not told:
        return None
    numbers = {name: int(told[name]) for name in ("least", "most", "level") if name in told}
    return Signers(label=str(told["label"]), **numbers)


def _page(page: Mapping[str, Any], properties: Mapping[str, Any]) -> Page:
    return Page(
        key=str(page["key"]),
        title=str(page["title"]),
        help=str(page.get("help", "")),
        show_if=page.get("show_if"),
        groups=tuple(_group(group, properties) for group in page.get("groups", [])),
    )


def _group(group: Mapping[str, Any], properties: Mapping[str, Any]) -> Group:
    repeat = None
    held = properties
    if told := group.get("repeat"):
        listed = properties[told["name"]]
        repeat = Repeat(
            name=str(told["name"]), row=str(told.get("row", "")),
            least=int(listed.get("minItems", 0)), most=int(listed.get("maxItems", 20)),
        )  # fmt: skip
        held = listed["items"]["properties"]
    return Group(
        key=str(group["key"]),
        title=str(group.get("title", "")),
        help=str(group.get("help", "")),
        show_if=group.get("show_if"),
        repeat=repeat,
        fields=tuple(_field(name, held[name]) for name in group.get("fields", [])),
    )


def _field(name: str, held: Mapping[str, Any]) -> Field:
    ui = held.get("x-ui", {})
    widget = Widget(ui.get("widget", "TEXT"))
    listed = held.get("items", {}).get("oneOf", []) if widget == W.SEVERAL else held.get("oneOf", [])
    return Field(
        name=name,
        label=str(held.get("title", name)),
        widget=widget,
        help=str(held.get("description", "")),
        law=str(ui.get("law", "")),
        is_required=bool(ui.get("required", True)),
        required_if=ui.get("required_if"),
        show_if=ui.get("show_if"),
        computed=ui.get("computed"),
        source=str(ui.get("source", "")),
        valid_from=_day(ui.get("valid_from")),
        valid_to=_day(ui.get("valid_to")),
        options=tuple(Option(value=str(one["const"]), label=str(one.get("title", one["const"]))) for one in listed),
        least=_own(held.get("minimum", ui.get("least")), 0 if widget == W.MONEY else None),
        most=_own(held.get("maximum", ui.get("most")), MOST_MONEY if widget == W.MONEY else None),
        decimals=int(ui.get("decimals", 0)),
        length=_own(held.get("maxLength"), LENGTHS[widget]) or 0 if widget in LENGTHS else 0,
        has_old_form=bool(ui.get("old_form", True)),
    )  # fmt: skip


def _own(told: Any, usual: int | None) -> int | None:
    """A bound that the field has of its own; the usual one is not said."""
    return None if told is None or int(told) == usual else int(told)


def _day(told: Any) -> date | None:
    return date.fromisoformat(told) if told else None


# --- writing


def write(definition: Definition) -> dict[str, Any]:
    """The canonical document: a JSON Schema that says of every field what its widget allows."""
    properties: dict[str, Any] = {}
    for page in definition.pages:
        for group in page.groups:
            held = {field.name: written(field) for field in group.fields}
            if group.repeat is None:
                properties.update(held)
                continue
            properties[group.repeat.name] = {
                "type": "array",
                "minItems": group.repeat.least,
                "maxItems": group.repeat.most,
                "items": {"type": "object", "properties": held, "additionalProperties": False},
            }
    whole: dict[str, Any] = {
        "$schema": DIALECT,
        "type": "object",
        "title": definition.title,
        "properties": properties,
        "additionalProperties": False,
        "x-pages": [_written_page(page) for page in definition.pages],
    }
    if definition.signers:
        whole["x-signers"] = asdict(definition.signers)
    if definition.signature != OwnSignature.NONE:
        whole["x-signature"] = definition.signature.value
    return whole


def _written_page(page: Page) -> dict[str, Any]:
    told = {"key": page.key, "title": page.title, "help": page.help, "show_if": page.show_if}
    return _said(told) | {"groups": [_written_group(group) for group in page.groups]}


def _written_group(group: Group) -> dict[str, Any]:
    repeat = {"name": group.repeat.name, "row": group.repeat.row} if group.repeat else None
    told = {
        "key": group.key,
        "title": group.title,
        "help": group.help,
        "show_if": group.show_if,
        "repeat": repeat,
    }
    return _said(told) | {"fields": [field.name for field in group.fields]}


def written(field: Field) -> dict[str, Any]:
    """One property: what may stand there, its words, and how it is asked."""
    ui = {
        "widget": field.widget.value,
        "required": None if field.is_required else False,
        "required_if": field.required_if,
        "show_if": field.show_if,
        "computed": field.computed,
        "law": field.law,
        "source": field.source,
        "valid_from": field.valid_from.isoformat() if field.valid_from else None,
        "valid_to": field.valid_to.isoformat() if field.valid_to else None,
        "decimals": field.decimals or None,
        "least": field.least if field.decimals else None,
        "most": field.most if field.decimals else None,
        "old_form": None if field.has_old_form else False,
    }
    told = {"title": field.label, "description": field.help}
    return shape(field) | _said(told) | {"x-ui": _said(ui)}


def _said(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None and value != ""}


def shape(field: Field) -> dict[str, Any]:
    """Dạng của câu trả lời, in the words of JSON Schema."""
    options = [{"const": option.value, "title": option.label} for option in field.options]
    match field.widget:
        case W.TEXT | W.PARAGRAPH:
            return {"type": "string", "minLength": 1, "maxLength": field.length or LENGTHS[field.widget]}
        case W.NUMBER if field.decimals:
            return {
                "type": "string",
                "pattern": rf"^-?[0-9]{{1,15}}(\.[0-9]{{1,{min(field.decimals, 6)}}})?$",
            }
        case W.NUMBER:
            return {"type": "integer"} | _said({"minimum": field.least, "maximum": field.most})
        case W.MONEY:
            return {"type": "integer", "minimum": field.least or 0, "maximum": field.most or MOST_MONEY}
        case W.DATE:
            return {"type": "string", "format": "date"}
        case W.PARTIAL_DATE:
            return {"type": "string", "pattern": PARTIAL_DAY}
        case W.PERSONAL_NUMBER:
            return {"type": "string", "pattern": "^[0-9]{12}$"}
        case W.EMAIL:
            return {"type": "string", "format": "email", "maxLength": 254}
        case W.CHOICE | W.SELECT:
            return {"oneOf": options or [{"const": "", "title": ""}]}
        case W.SEVERAL:
            return {"type": "array", "uniqueItems": True, "items": {"oneOf": options or [{"const": ""}]}}
        case W.YES_NO:
            return {"type": "boolean"}
        case W.STATEMENT:
            return {"const": True}
        case W.ADDRESS:
            return _address()
        case W.FILE:
            return {"type": "string", "format": "uuid"}
        case W.COMPUTED:
            return {"type": ["string", "integer", "boolean", "null"]}
        case _:
            return {"type": "string", "minLength": 1, "maxLength": 200}


def _address() -> dict[str, Any]:
    """Today: the codes of province and commune. Before July 2025: the three names as they were."""
    line = {"type": "string", "maxLength": 200}
    return {
        "type": "object",
        "properties": {"form": {"enum": ["NEW", "OLD"]}}
        | dict.fromkeys(("province", "ward", "district", "detail", "text"), line),
        "required": ["form", "province", "ward"],
        "additionalProperties": False,
    }
