"""Điều gì đã thay đổi: two versions of a form in plain sentences, and what becomes of answers given to the older."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from motcua.service.forms.definition import Definition, Field, Repeat
from motcua.service.forms.judging import judge
from motcua.service.forms.settling import is_empty

Places = dict[str, tuple[str, Field]]


@dataclass(frozen=True)
class Carried:
    """Câu trả lời chuyển sang: what stays, and what is asked again, by key with the reason."""

    data: dict[str, Any]
    again: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def differences(old: Definition, new: Definition) -> list[str]:
    """Khác nhau giữa hai phiên bản, in the order in which one reads the newer."""
    before, after = _places(old), _places(new)
    said = [f"Tên biểu mẫu: “{old.title}” thành “{new.title}”."] if old.title != new.title else []
    if old.signers != new.signers:
        said.append(f"Người cùng đứng tên: {_signers(old)} thành {_signers(new)}.")
    if old.signature != new.signature:
        said.append(f"Người nộp ký số tờ khai: “{old.signature.label}” thành “{new.signature.label}”.")
    pages = {page.key: page.title for page in old.pages}
    for page in new.pages:
        if page.key not in pages:
            said.append(f"Thêm trang “{page.title}”.")
        elif pages[page.key] != page.title:
            said.append(f"Trang “{pages[page.key]}” nay tên là “{page.title}”.")
    kept = {page.key for page in new.pages}
    said += [f"Bỏ trang “{page.title}”." for page in old.pages if page.key not in kept]
    for name, (where, one) in after.items():
        if name not in before:
            said.append(f"Thêm câu “{one.label}” ({where}){', bắt buộc' if one.is_required else ''}.")
        else:
            said += [f"Câu “{one.label}”: {change}." for change in _changes(before[name], (where, one))]
    said += [f"Bỏ câu “{one.label}” ({where})." for name, (where, one) in before.items() if name not in after]
    rows, old_rows = _repeats(new), _repeats(old)
    for name, repeat in rows.items():
        was = old_rows.get(name)
        if was and (was.least, was.most) != (repeat.least, repeat.most):
            said.append(
                f"Nhóm “{repeat.row or name}”: từ {was.least}–{was.most} dòng thành {repeat.least}–{repeat.most} dòng."
            )
    return said


def _signers(definition: Definition) -> str:
    asked = definition.signers
    return f"“{asked.label}”, {asked.least}–{asked.most} người" if asked else "không có"


def carry(old: Definition, new: Definition, data: Mapping[str, Any], *, on: date) -> Carried:
    """Chuyển câu trả lời: answers whose question is still there stay; nothing else is thrown away silently."""
    before, after = _places(old), _places(new)
    names = {name.partition(".")[0] for name in after}
    kept = {name: value for name, value in data.items() if name in names}
    left_out = [
        one.label
        for name, (_, one) in before.items()
        if name not in after and not is_empty(data.get(name.partition(".")[0]))
    ]
    again: dict[str, str] = {}
    was_wrong = set(judge(old, data, on=on))
    for key, sentence in judge(new, kept, on=on).items():
        if key in was_wrong:
            continue
        name = ".".join(part for part in key.split(".") if not part.isdecimal())
        again[key] = "Câu mới của biểu mẫu." if name not in before else sentence
    return Carried(kept, again, left_out)


def _places(definition: Definition) -> Places:
    return {
        f"{group.repeat.name}.{one.name}" if group.repeat else one.name: (f"trang “{page.title}”", one)
        for page, group, one in definition.places()
    }


def _repeats(definition: Definition) -> dict[str, Repeat]:
    return {
        group.repeat.name: group.repeat for page in definition.pages for group in page.groups if group.repeat
    }


def _changes(old: tuple[str, Field], new: tuple[str, Field]) -> Iterator[str]:
    (was_at, was), (at, one) = old, new
    if was_at != at:
        yield f"chuyển từ {was_at} sang {at}"
    if was.label != one.label:
        yield f"lời hỏi cũ là “{was.label}”"
    if was.widget != one.widget:
        yield f"từ “{was.widget.label}” thành “{one.widget.label}”"
    if was.is_required != one.is_required:
        yield "nay bắt buộc" if one.is_required else "nay không bắt buộc"
    if (was.help, was.law) != (one.help, one.law):
        yield "sửa lời hướng dẫn"
    for rule, name in (
        ("show_if", "điều kiện hiện"),
        ("required_if", "điều kiện bắt buộc"),
        ("computed", "cách tính"),
    ):
        if getattr(was, rule) != getattr(one, rule):
            yield f"sửa {name}"
    labels = {option.value: option.label for option in was.options}
    added = [option.label for option in one.options if option.value not in labels]
    values = {option.value for option in one.options}
    gone = [option.label for option in was.options if option.value not in values]
    if added:
        yield f"thêm mục {', '.join(added)}"
    if gone:
        yield f"bỏ mục {', '.join(gone)}"
    if (was.least, was.most, was.length, was.decimals) != (one.least, one.most, one.length, one.decimals):
        yield "sửa giới hạn của câu trả lời"
    if (was.valid_from, was.valid_to) != (one.valid_from, one.valid_to):
        yield "sửa ngày bắt đầu hoặc thôi hỏi"
    if was.source != one.source:
        yield "sửa nguồn điền sẵn"
