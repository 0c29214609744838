"""Câu nào được hỏi: the conditions and computed fields of a form applied to its answers, in the order of asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from motcua.service.forms.definition import Definition, Field, Group, Page
from motcua.service.forms.rules import evaluate, holds


@dataclass
class Settled:
    """Kết quả: the answers that count, and which pages, groups and fields are asked.

    Keys of fields are "name", of rows "group.0.name". What is hidden keeps its answer in the draft and counts for nothing.
    """

    values: dict[str, Any] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    shown: dict[str, Field] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)

    def fields_of(self, page: Page) -> list[str]:
        """Keys of the fields that are asked on a page."""
        names = {one.name for group in page.groups if group.repeat is None for one in group.fields}
        rows = tuple(f"{group.repeat.name}." for group in page.groups if group.repeat)
        return [key for key in self.shown if key in names or (rows and key.startswith(rows))]


def settle(definition: Definition, data: Mapping[str, Any], *, on: date) -> Settled:
    """Hỏi gì, with these answers, on that day."""
    found = Settled()
    for page in definition.on(on).pages:
        if not holds(page.show_if, found.values, on=on):
            continue
        found.pages.append(page)
        for group in page.groups:
            if holds(group.show_if, found.values, on=on):
                found.groups.add(f"{page.key}.{group.key}")
                _settle_group(found, group, data, on)
    return found


def _settle_group(found: Settled, group: Group, data: Mapping[str, Any], on: date) -> None:
    if group.repeat is None:
        for one in group.fields:
            _settle_field(found, one, data, Place("", found.values, None, on))
        return
    held = data.get(group.repeat.name)
    rows = [row for row in held if isinstance(row, Mapping)] if isinstance(held, list) else []
    settled: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        kept: dict[str, Any] = {}
        place = Place(f"{group.repeat.name}.{number}.", kept, kept, on)
        for one in group.fields:
            _settle_field(found, one, row, place)
        settled.append(kept)
    found.values[group.repeat.name] = settled


@dataclass(frozen=True)
class Place:
    """Where a field stands: what its key begins with, where its answer goes, the row it is in."""

    head: str
    into: dict[str, Any]
    row: dict[str, Any] | None
    on: date


def _settle_field(found: Settled, one: Field, data: Mapping[str, Any], place: Place) -> None:
    if not holds(one.show_if, found.values, on=place.on, row=place.row):
        return
    key = place.head + one.name
    found.shown[key] = one
    if one.computed is not None:
        place.into[one.name] = evaluate(one.computed, found.values, on=place.on, row=place.row)
        return
    if not is_empty(data.get(one.name)):
        place.into[one.name] = data[one.name]
    if one.is_required or (
        one.required_if is not None and holds(one.required_if, found.values, on=place.on, row=place.row)
    ):
        found.required.add(key)


def is_empty(value: Any) -> bool:
    """Chưa trả lời."""
    return value is None or value in ("", [], {})
