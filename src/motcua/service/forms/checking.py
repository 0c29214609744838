"""Kiểm tra biểu mẫu: what keeps a definition from being published, each in a sentence for who builds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from motcua.service.forms.definition import (
    ALONE,
    CHOOSING,
    Definition,
    Field,
    Group,
    Page,
    Signers,
    Widget,
    read,
    write,
)
from motcua.service.forms.rules import faults as rule_faults
from motcua.service.forms.rules import variables
from motcua.service.forms.sources import SOURCES

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
MOST_FIELDS = 300
MOST_SIGNERS = 20


def read_document(document: Any) -> tuple[Definition | None, list[str]]:
    """The definition of a document from outside, or why there is none."""
    if not isinstance(document, Mapping):
        return None, ["Tệp chưa phải một biểu mẫu: cần một đối tượng JSON."]
    try:
        Draft202012Validator.check_schema(document)
        definition = read(document)
        write(definition)
    except SchemaError as fault:
        return None, [f"Tệp chưa phải JSON Schema đúng: {fault.message[:200]}"]
    except RecursionError:
        return None, ["Tệp lồng quá sâu."]
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        return None, [f"Tệp chưa đúng cách ghi biểu mẫu, ở chỗ “{str(fault)[:120]}”."]
    return definition, problems_of(definition)


def problems_of(definition: Definition) -> list[str]:
    """Điều chưa ổn, in the order of the pages; none: it may be published."""
    found: list[str] = []
    if not any(True for _ in definition.places()):
        found.append("Biểu mẫu chưa có câu hỏi nào.")
    found += list(_of_signers(definition.signers))
    found += _twice("Trang", [page.key for page in definition.pages])
    known: set[str] = set()
    total = 0
    for page in definition.pages:
        found += list(_of_condition(page.show_if, known, f"Trang “{page.title}”"))
        if not page.title:
            found.append(f"Trang “{page.key}” chưa có tên.")
        for group in page.groups:
            found += list(_of_group(page, group, known))
            total += len(group.fields)
    if total > MOST_FIELDS:
        found.append(f"Biểu mẫu có {total} câu hỏi; nhiều nhất là {MOST_FIELDS}.")
    return found


def _of_signers(signers: Signers | None) -> Iterator[str]:
    if signers is None:
        return
    if not signers.label.strip():
        yield "Người cùng đứng tên: chưa ghi họ là ai, ví dụ “Vợ hoặc chồng”."
    if not 0 <= signers.least <= signers.most <= MOST_SIGNERS or not signers.most:
        yield f"Người cùng đứng tên: ít nhất và nhiều nhất phải từ 0 đến {MOST_SIGNERS}, nhiều nhất không nhỏ hơn ít nhất."


def _of_group(page: Page, group: Group, known: set[str]) -> Iterator[str]:
    where = f"Trang “{page.title}”"
    yield from _of_condition(group.show_if, known, f"{where}, nhóm “{group.title or group.key}”")
    if group.repeat and not NAME.fullmatch(group.repeat.name):
        yield f"{where}: khóa của nhóm lặp “{group.repeat.name}” chỉ gồm chữ thường không dấu, số và gạch dưới."
    if group.repeat and group.repeat.name in known:
        yield f"{where}: khóa “{group.repeat.name}” đã dùng rồi."
    if group.repeat and not 0 <= group.repeat.least <= group.repeat.most <= 100:
        yield f"{where}: số dòng của nhóm “{group.title}” phải từ 0 đến 100."
    own: set[str] = set()
    for field in group.fields:
        taken = own if group.repeat else known
        seen = known | {f"row:{name}" for name in own} if group.repeat else known
        yield from (
            f"{where}, câu “{field.label}”: {fault}" for fault in _of_field(field, group, taken, seen)
        )
        taken.add(field.name)
    if group.repeat:
        known |= {group.repeat.name, *(f"{group.repeat.name}.{name}" for name in own)}


def _of_field(field: Field, group: Group, taken: set[str], seen: set[str]) -> Iterator[str]:
    if not NAME.fullmatch(field.name):
        yield f"khóa “{field.name}” chỉ gồm chữ thường không dấu, số và gạch dưới."
    if field.name in taken:
        yield f"khóa “{field.name}” đã dùng cho câu khác."
    if not field.label.strip():
        yield "chưa có lời hỏi."
    if field.widget in CHOOSING:
        yield from _of_options(field)
    if group.repeat and field.widget in ALONE:
        yield f"loại “{field.widget.label}” không dùng được trong nhóm lặp."
    if (field.computed is not None) != (field.widget == Widget.COMPUTED):
        yield "câu tự tính cần một luật tính, và chỉ câu ấy mới có."
    if field.source and field.source not in SOURCES:
        yield f"không có nguồn “{field.source}”."
    if field.valid_from and field.valid_to and field.valid_to < field.valid_from:
        yield "ngày hết hiệu lực đứng trước ngày bắt đầu."
    for rule in (field.show_if, field.required_if, field.computed):
        yield from _of_condition(rule, seen, "")


def _of_options(field: Field) -> Iterator[str]:
    values = [option.value for option in field.options]
    if not values or "" in values:
        yield "cần ít nhất một mục để chọn, mục nào cũng có khóa."
    if len(values) != len(set(values)):
        yield "có hai mục cùng khóa."


def _of_condition(rule: Any, known: set[str], where: str) -> Iterator[str]:
    """A rule asks only for what stands before it: so nothing turns in a circle, and nobody is asked back."""
    head = f"{where}: " if where else ""
    if rule is None:
        return
    yield from (head + fault for fault in rule_faults(rule))
    for name in variables(rule):
        if name not in known:
            yield f"{head}luật hỏi “{name.removeprefix('row:')}”, không phải một câu đứng trước."


def _twice(what: str, keys: list[str]) -> list[str]:
    return [f"{what} “{key}” ghi hai lần." for key in sorted({key for key in keys if keys.count(key) > 1})]
