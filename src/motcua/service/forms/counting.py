"""Đếm từ tờ khai: which questions of a form say how many, and how many they say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from motcua.service.forms.definition import Definition, Widget


def countable(definition: Definition) -> dict[str, str]:
    """Câu hỏi đếm được, by name with its words: a whole number, or a repeated group whose rows are counted."""
    found = {}
    for _page, group, field in definition.places():
        if group.repeat is not None:
            found[group.repeat.name] = group.repeat.row or group.title
        elif field.widget == Widget.NUMBER and not field.decimals:
            found[field.name] = field.label
    return found


def counted(answers: Mapping[str, Any], name: str) -> int | None:
    """Bao nhiêu, as it was answered; None: not answered, or nothing that counts."""
    said = answers.get(name) if name else None
    if isinstance(said, list):
        return len(said) or None
    return said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else None
