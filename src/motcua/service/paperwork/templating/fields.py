"""Trường có thể điền: what a template may name, each with an explanation and the kind of its value.

Read from the facts themselves, so that what a form knows and what a template may name are one thing.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, get_args, get_origin, get_type_hints

from motcua.service.paperwork.registry import FACTS, Form
from motcua.service.paperwork.templating.words import EXPLANATIONS

INNER = frozenset({"look", "copies"})  # how a paper looks, not what it says
KINDS = {bool: "có/không", int: "số", str: "chữ", datetime: "giờ, ngày", date: "ngày"}


@dataclass(frozen=True)
class Leaf:
    """Một giá trị."""

    kind: str


@dataclass(frozen=True)
class Many:
    """Một danh sách."""

    of: Node


Node = Leaf | Many | Mapping[str, "Node"]


@dataclass(frozen=True)
class Field:
    """Trường: its name as a template writes it, what it is, and how it is written."""

    name: str
    explanation: str
    kind: str
    depth: int = 0


@lru_cache(maxsize=32)
def schema_of(form: Form) -> Mapping[str, Node]:
    """Các trường của biểu mẫu as a tree; the pictures of its marks stand beside them."""
    return {**_schema(FACTS[form]), "qr": Leaf("hình"), "barcode": Leaf("hình"), "today": Leaf("ngày")}


def fields_of(form: Form) -> list[Field]:
    """The same in words, for the page and for suggestions: a list's own fields follow it."""
    extra = [
        Field("qr", "Mã QR tra cứu hồ sơ, đặt trong {{ }}", "hình"),
        Field("barcode", "Mã vạch của mã hồ sơ, đặt trong {{ }}", "hình"),
    ]
    return [*_told(FACTS[form], "", 0), *extra]


def _schema(kind: Any) -> dict[str, Node]:
    hints = get_type_hints(kind)
    return {field.name: _node(hints[field.name]) for field in fields(kind) if field.name not in INNER}


def _node(hint: Any) -> Node:
    hint = _bare(hint)
    if get_origin(hint) is tuple:
        return Many(_node(get_args(hint)[0]))
    if is_dataclass(hint):
        return _schema(hint)
    return Leaf(KINDS.get(hint, "chữ"))


def _bare(hint: Any) -> Any:
    """Without "or None"."""
    if isinstance(hint, types.UnionType):
        return next(part for part in get_args(hint) if part is not types.NoneType)
    return hint


def _told(kind: Any, prefix: str, depth: int) -> Iterator[Field]:
    hints = get_type_hints(kind)
    for field in fields(kind):
        if field.name in INNER:
            continue
        hint = _bare(hints[field.name])
        name = f"{prefix}{field.name}"
        said = EXPLANATIONS[kind.__name__][field.name]
        if get_origin(hint) is tuple:
            inner = _bare(get_args(hint)[0])
            yield Field(name, said, "danh sách", depth)
            if is_dataclass(inner):
                yield from _told(inner, "row.", depth + 1)
        elif is_dataclass(hint):
            yield Field(name, said, "nhóm", depth)
            yield from _told(hint, f"{name}.", depth + 1)
        else:
            yield Field(name, said, KINDS.get(hint, "chữ"), depth)
