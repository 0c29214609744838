"""Sửa bản soạn biểu mẫu: its pages, groups and questions one by one, and who signs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import Stale
from motcua.foundation.citizens.models import AssuranceLevel
from motcua.service.forms import editing
from motcua.service.forms.definition import (
    Definition,
    Field,
    Group,
    OwnSignature,
    Repeat,
    Signers,
    Widget,
)
from motcua.service.forms.sources import FACTS
from motcua.web.admin.eform_base import FormAdmin
from motcua.web.admin.eform_reading import TESTS, read_field, read_repeat, read_rule, read_signers

WIDGETS = [(widget.value, widget.label) for widget in Widget]
SIGNATURES = [(one.value, one.label) for one in OwnSignature]
MOVES = {"up": -1, "down": 1}


class Editing(FormAdmin):
    """Thêm, chuyển, bỏ a page, a group or a field."""

    def post(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        version = self.draft(version_id)
        reader = self.read()
        act, place = reader.text("act", longest=20), _place(reader.text("place", longest=20))
        definition = version.definition
        if act == "page":
            title = reader.text("title", required="Hãy ghi tên trang.", longest=150)
            reader.check()
            return self.keep(version, editing.add_page(definition, title), "Đã thêm trang.", "#them-trang")
        if act == "group":
            definition = editing.add_group(definition, place[0], _new_group(definition, place[0]))
            return self.keep(version, definition, "Đã thêm nhóm.", f"#p{place[0]}")
        return self.keep(version, _shifted(definition, act, place), "Đã sửa.", f"#p{place[0]}")


class PageEdit(FormAdmin):
    def get(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        page = editing.part_at(version.definition.pages, _place(place)[0])
        return self.render(
            "admin/eforms/page.html", version=version, part=page, repeat=None,
            before=_before(version.definition, page.key), **_picked(page.show_if),
        )  # fmt: skip

    def post(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        number = _place(place)[0]
        page = editing.part_at(version.definition.pages, number)
        reader = self.read()
        changed = replace(
            page, title=reader.text("title", required="Hãy ghi tên trang.", longest=150),
            help=reader.paragraph("help", longest=1000), show_if=read_rule(reader, version.definition, "show_if"),
        )  # fmt: skip
        reader.check()
        return self.keep(
            version, editing.put_page(version.definition, number, changed), "Đã sửa trang.", f"#p{number}"
        )


class GroupEdit(FormAdmin):
    def get(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        where = _place(place)
        page = editing.part_at(version.definition.pages, where[0])
        group = editing.part_at(page.groups, where[1])
        return self.render(
            "admin/eforms/page.html", version=version, part=group, repeat=group.repeat or Repeat(name="", row=""),
            before=_before(version.definition, page.key), **_picked(group.show_if),
        )  # fmt: skip

    def post(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        where = _place(place)
        group = editing.part_at(editing.part_at(version.definition.pages, where[0]).groups, where[1])
        reader = self.read()
        changed = replace(
            group, title=reader.text("title", longest=150), help=reader.paragraph("help", longest=1000),
            repeat=read_repeat(reader, group, version.definition),
            show_if=read_rule(reader, version.definition, "show_if"),
        )  # fmt: skip
        reader.check()
        definition = editing.put_group(version.definition, where[0], where[1], changed)
        return self.keep(version, definition, "Đã sửa nhóm.", f"#p{where[0]}")


class FieldEdit(FormAdmin):
    """Một câu hỏi: a new one when its number is past the last."""

    def get(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        where = _place(place)
        page = editing.part_at(version.definition.pages, where[0])
        group = editing.part_at(page.groups, where[1])
        is_new = where[2] >= len(group.fields)
        field = Field(name="", label="") if is_new else group.fields[where[2]]
        return self.render(
            "admin/eforms/field.html", version=version, field=field, is_new=is_new, widgets=WIDGETS,
            sources=list(FACTS.items()),
            options="\n".join(f"{option.value} | {option.label}" for option in field.options),
            computed=_as_json(field.computed), required_if=_as_json(field.required_if),
            before=_before(version.definition, page.key, up_to=field.name), **_picked(field.show_if),
        )  # fmt: skip

    def post(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        where = _place(place)
        group = editing.part_at(editing.part_at(version.definition.pages, where[0]).groups, where[1])
        is_new = where[2] >= len(group.fields)
        old = Field(name="", label="") if is_new else group.fields[where[2]]
        reader = self.read()
        field = read_field(reader, old, version.definition)
        reader.check()
        if is_new:
            definition = editing.add_field(version.definition, where[0], where[1], field)
        else:
            definition = editing.put_field(version.definition, where, field)
        return self.keep(version, definition, f"Đã lưu câu “{field.label}”.", f"#p{where[0]}")


class WhoSigns(FormAdmin):
    """Ai ký: whether who files signs the declaration, and who else must agree."""

    def get(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        version = self.draft(version_id)
        asked = version.definition.signers
        levels = AssuranceLevel.objects.order_by("rank").values_list("rank", "name")
        return self.render(
            "admin/eforms/signing.html", version=version, has_signers=asked is not None,
            signers=asked or Signers(label=""), signature=version.definition.signature.value, signatures=SIGNATURES,
            levels=[("0", "Mức nào cũng được"), *((str(rank), f"Từ {name}") for rank, name in levels)],
        )  # fmt: skip

    def post(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        version = self.draft(version_id)
        reader = self.read()
        signature = reader.choice("signature", list(OwnSignature), required="Hãy chọn một mục.")
        signers = read_signers(reader)
        reader.check()
        definition = replace(version.definition, signers=signers, signature=OwnSignature(signature))
        return self.keep(version, definition, "Đã lưu ai ký.", "#ai-ky")


def _as_json(rule: Any) -> str:
    return "" if rule is None else json.dumps(rule, ensure_ascii=False)


def _picked(rule: Any) -> dict[str, Any]:
    """How the simple picker shows a rule; one that it cannot say stands as JSON."""
    picked = {"picked_field": "", "picked_test": "==", "picked_value": "", "picked_json": "", "tests": TESTS}
    if rule is None:
        return picked
    if isinstance(rule, dict) and len(rule) == 1:
        test, arguments = next(iter(rule.items()))
        if test in {"==", "!=", ">", "<"} and isinstance(arguments, list) and len(arguments) == 2:
            asked, value = arguments
            if isinstance(asked, dict) and set(asked) == {"var"} and not isinstance(value, (dict, list)):
                said = {True: "Có", False: "Không"}.get(value, value) if isinstance(value, bool) else value
                return picked | {"picked_field": asked["var"], "picked_test": test, "picked_value": str(said)}
    return picked | {"picked_json": _as_json(rule)}


def _before(definition: Definition, page_key: str, *, up_to: str = "") -> list[tuple[str, str]]:
    """Những câu đứng trước: what a condition may ask for."""
    found = []
    for page, group, field in definition.places():
        if field.name == up_to and page.key == page_key:
            break
        if group.repeat is None:
            found.append((field.name, field.label))
    return found


def _place(told: str) -> tuple[int, int, int]:
    """Chỗ "0.2.1": page, group, field; what is missing is 0."""
    parts = [int(part) for part in told.split(".") if part.isdecimal() and len(part) < 5]
    return tuple((*parts, 0, 0, 0)[:3])  # type: ignore[return-value]


def _new_group(definition: Definition, page: int) -> Group:
    held = editing.part_at(definition.pages, page)
    return Group(key=editing.key_of("nhom", {group.key for group in held.groups}, "nhom"))


def _shifted(definition: Definition, act: str, place: tuple[int, int, int]) -> Definition:
    """Chuyển hoặc bỏ: "page-up", "group-down", "field-remove"."""
    what, _, how = act.partition("-")
    match what, how:
        case "page", "remove":
            return editing.remove_page(definition, place[0])
        case "page", "up" | "down":
            return editing.move_page(definition, place[0], MOVES[how])
        case "group", "remove":
            return editing.remove_group(definition, place[0], place[1])
        case "group", "up" | "down":
            return editing.move_group(definition, place[0], place[1], MOVES[how])
        case "field", "remove":
            return editing.remove_field(definition, place)
        case "field", "up" | "down":
            return editing.move_field(definition, place, MOVES[how])
        case _:
            raise Stale("Trang gửi một việc không có. Hãy tải lại trang.")
