"""Bảng bước: a workflow as the table that is typed into, and back. Pure, besides reading the form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict

from motcua.service.workflows.blueprint import Blueprint, Outcome, StepKind
from motcua.service.workflows.templates import StepInput
from motcua.web.ui.forms import Reader

MOST_ROWS = 60
NEW = "new-"
CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)")
NUMBER = re.compile(r"\d{1,8}(\.\d{1,4})?")
ROW = re.compile(r"steps-(\d{1,3})-name")


@dataclass(frozen=True)
class Row:
    """Một dòng của bảng, as it was typed: `back` is the key of the line it sends back to, `minutes` are hours in words."""

    key: str
    name: str = ""
    kind: str = StepKind.WORK.value
    role: str = ""
    hours: str = ""
    product: str = ""
    back: str = ""


def rows_of(blueprint: Blueprint) -> list[Row] | None:
    """The lines of a workflow that goes one way, with ways back; None when it branches and is no list."""
    places = {step.key: place for place, step in enumerate(blueprint.steps)}
    rows = []
    for place, step in enumerate(blueprint.steps):
        ways = blueprint.ways_from(step.key)
        backs = [way for way in ways if way.outcome is Outcome.SEND_BACK]
        on = [way for way in ways if way.outcome is not Outcome.SEND_BACK]
        is_last = place + 1 == len(blueprint.steps)
        following = blueprint.end_keys if is_last else {blueprint.steps[place + 1].key}
        if len(on) != 1 or on[0].target not in following or len(backs) > 1:
            return None
        if backs and places.get(backs[0].target, len(places)) >= place:
            return None
        back = backs[0].target if backs else ""
        rows.append(
            Row(step.key, step.name, step.kind.value, step.role, hours_of(step.minutes), step.product, back)
        )
    if blueprint.steps and blueprint.start != blueprint.steps[0].key:
        return None
    return rows


def typed_rows(typed: QueryDict) -> list[Row]:
    """The lines as they stand in the form, in its order."""
    numbers = sorted(int(found[1]) for name in typed if (found := ROW.fullmatch(name)))[:MOST_ROWS]
    return [
        Row(
            key=typed.get(f"steps-{number}-key", "")[:60],
            name=typed.get(f"steps-{number}-name", "")[:300],
            kind=typed.get(f"steps-{number}-kind", ""),
            role=typed.get(f"steps-{number}-role", ""),
            hours=typed.get(f"steps-{number}-minutes", "")[:20],
            product=typed.get(f"steps-{number}-product", "")[:400],
            back=typed.get(f"steps-{number}-sends_back_to", ""),
        )
        for number in numbers
    ]


def changed(rows: Sequence[Row], act: str) -> list[Row]:
    """The table after one press: "up:2", "down:2", "remove:2", "add"."""
    kept = list(rows)
    verb, _, given = act.partition(":")
    place = int(given) if given.isdecimal() else -1
    if verb == "add" and len(kept) < MOST_ROWS:
        taken = {row.key for row in kept}
        number = next(number for number in range(1, MOST_ROWS + 2) if f"{NEW}{number}" not in taken)
        kept.append(Row(f"{NEW}{number}"))
    elif verb == "remove" and 0 <= place < len(kept):
        gone = kept.pop(place).key
        kept = [Row(**{**vars_of(row), "back": ""}) if row.back == gone else row for row in kept]
    elif verb in {"up", "down"} and 0 <= place < len(kept):
        other = place + (-1 if verb == "up" else 1)
        if 0 <= other < len(kept):
            kept[place], kept[other] = kept[other], kept[place]
    return kept


def read_steps(rows: Sequence[Row], reader: Reader, roles: Mapping[str, str]) -> list[StepInput]:
    """The lines as the workflow takes them; refusals stand beside the fields of their line."""
    kinds = {kind.value: kind for kind in StepKind}
    numbers = {row.key: number for number, row in enumerate(rows, start=1) if row.key}
    read = []
    for place, row in enumerate(rows):
        minutes = minutes_of(row.hours)
        if minutes is None:
            reader.refuse(
                f"steps-{place}-minutes", f"Bước {place + 1}: viết số giờ từ 0, ví dụ 4 hoặc 1,5 hoặc 1:35."
            )
        if row.kind not in kinds:
            reader.refuse(f"steps-{place}-kind", f"Bước {place + 1}: hãy chọn loại bước.")
            continue
        if row.role and row.role not in roles:
            reader.refuse(f"steps-{place}-role", f"Bước {place + 1}: hãy chọn vai trò trong danh sách.")
        read.append(
            StepInput(
                name=row.name,
                kind=kinds[row.kind],
                role=row.role,
                minutes=minutes or 0,
                product=row.product.strip()[:300],
                sends_back_to=numbers.get(row.back, 0),
                key="" if row.key.startswith(NEW) else row.key,
            )
        )
    return read


def hours_of(minutes: int) -> str:
    """Giờ làm việc: "4", "1,5"; other minutes as they stand on a clock, "1:35"."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d}" if rest % 30 else f"{hours},5" if rest else str(hours)


def vars_of(row: Row) -> dict[str, str]:
    return {name: getattr(row, name) for name in Row.__dataclass_fields__}


def minutes_of(hours: str) -> int | None:
    """Số giờ đã gõ: "4", "1,5", "1:35"; none is 0. None when it is no such number."""
    typed = hours.strip().replace(",", ".")
    clock = CLOCK.fullmatch(typed)
    if clock:
        return int(clock[1]) * 60 + int(clock[2])
    return round(Decimal(typed or 0) * 60) if not typed or NUMBER.fullmatch(typed) else None
