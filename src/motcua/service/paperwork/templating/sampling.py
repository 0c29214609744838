"""Giá trị mẫu của một trường, as the page of fields shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST = 60


def sample_value(facts: Mapping[str, Any], name: str) -> str:
    """What the sample holds under that name; of a list's field, the first line's; "" where it holds none."""
    value: Any = facts
    if name.startswith("row."):
        value = _first_row_with(facts, name.removeprefix("row.").partition(".")[0])
        name = name.removeprefix("row.")
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, list):
        return f"{len(value)} dòng" if value else ""
    if isinstance(value, Mapping) or value is None:
        return ""
    words = {True: "có", False: "không"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _first_row_with(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    lists = [
        value
        for value in facts.values()
        if isinstance(value, list) and value and isinstance(value[0], Mapping)
    ]
    return next((rows[0] for rows in lists if name in rows[0]), {})
