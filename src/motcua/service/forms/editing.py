"""Sửa biểu mẫu: each change of a definition gives a new one. A place is numbers: of the page, its group, its field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from motcua.core.errors import Stale
from motcua.service.forms.definition import Definition, Field, Group, Page
from motcua.service.forms.rules import plain

Part = TypeVar("Part")
GONE = "Phần này không còn trong bản soạn. Hãy tải lại trang."


def part_at(parts: tuple[Part, ...], place: int) -> Part:
    """Raises Stale when there is none."""
    if not 0 <= place < len(parts):
        raise Stale(GONE)
    return parts[place]


def key_of(title: str, taken: set[str], otherwise: str) -> str:
    """A key from a title, without diacritics, that nobody has yet."""
    start = re.sub(r"^[^a-z]+", "", plain(title)).replace(" ", "_")[:40].strip("_") or otherwise
    key, number = start, 2
    while key in taken:
        key, number = f"{start}_{number}", number + 1
    return key


def names_of(definition: Definition) -> set[str]:
    """Every key that a field or a repeated group has."""
    names = {field.name for _, _, field in definition.places()}
    return names | {group.repeat.name for page in definition.pages for group in page.groups if group.repeat}


def add_page(definition: Definition, title: str) -> Definition:
    key = key_of(title, {page.key for page in definition.pages}, "trang")
    return replace(definition, pages=(*definition.pages, Page(key=key, title=title)))


def put_page(definition: Definition, place: int, page: Page) -> Definition:
    part_at(definition.pages, place)
    return replace(definition, pages=_put(definition.pages, place, page))


def move_page(definition: Definition, place: int, by: int) -> Definition:
    return replace(definition, pages=_moved(definition.pages, place, by))


def remove_page(definition: Definition, place: int) -> Definition:
    return replace(definition, pages=_without(definition.pages, place))


def add_group(definition: Definition, page: int, group: Group) -> Definition:
    return _in_page(definition, page, lambda groups: (*groups, group))


def put_group(definition: Definition, page: int, place: int, group: Group) -> Definition:
    return _in_page(definition, page, lambda groups: _put(groups, place, group))


def move_group(definition: Definition, page: int, place: int, by: int) -> Definition:
    return _in_page(definition, page, lambda groups: _moved(groups, place, by))


def remove_group(definition: Definition, page: int, place: int) -> Definition:
    return _in_page(definition, page, lambda groups: _without(groups, place))


def add_field(definition: Definition, page: int, group: int, field: Field) -> Definition:
    return _in_group(definition, page, group, lambda fields: (*fields, field))


def put_field(definition: Definition, place: tuple[int, int, int], field: Field) -> Definition:
    return _in_group(definition, place[0], place[1], lambda fields: _put(fields, place[2], field))


def move_field(definition: Definition, place: tuple[int, int, int], by: int) -> Definition:
    return _in_group(definition, place[0], place[1], lambda fields: _moved(fields, place[2], by))


def remove_field(definition: Definition, place: tuple[int, int, int]) -> Definition:
    return _in_group(definition, place[0], place[1], lambda fields: _without(fields, place[2]))


def _in_page(
    definition: Definition, place: int, change: Callable[[tuple[Group, ...]], tuple[Group, ...]]
) -> Definition:
    page = part_at(definition.pages, place)
    return put_page(definition, place, replace(page, groups=change(page.groups)))


def _in_group(
    definition: Definition, page: int, place: int, change: Callable[[tuple[Field, ...]], tuple[Field, ...]]
) -> Definition:
    group = part_at(part_at(definition.pages, page).groups, place)
    return put_group(definition, page, place, replace(group, fields=change(group.fields)))


def _put(parts: tuple[Part, ...], place: int, part: Part) -> tuple[Part, ...]:
    part_at(parts, place)
    return (*parts[:place], part, *parts[place + 1 :])


def _without(parts: tuple[Part, ...], place: int) -> tuple[Part, ...]:
    part_at(parts, place)
    return (*parts[:place], *parts[place + 1 :])


def _moved(parts: tuple[Part, ...], place: int, by: int) -> tuple[Part, ...]:
    """One up or one down; the first stays first, the last stays last."""
    part = part_at(parts, place)
    rest = _without(parts, place)
    to = min(max(place + by, 0), len(rest))
    return (*rest[:to], part, *rest[to:])
