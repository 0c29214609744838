"""Luật của biểu mẫu: conditions and computed fields as JSON, evaluated alike here and in the browser (`rules.mjs`).

A rule is a literal, a list, or one operator with its arguments: `{"==": [{"var": "gender"}, "NAM"]}`. Numbers are exact
decimals of six places at most, never floats; a number that does not fit, and every unlawful argument, gives null. Days
are ISO texts; a day of which only the year or the month is known counts as the last it can be.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

SCALE = 10**6
MOST = 10**15
DEEPEST = 40
NUMBER = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,6}))?")
DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
NOT_PLAIN = re.compile(r"[^0-9a-z]+")
UPPER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)} | {ord("đ"): "d", ord("Đ"): "d"}
MARKS = dict.fromkeys(range(0x300, 0x370))

Json = Any
Rule = Any


class Scope:
    """What a rule may see: the answers, the row of a repeated group it stands in, and the day it is asked for."""

    def __init__(self, data: Mapping[str, Json], today: str, row: Mapping[str, Json] | None = None) -> None:
        self.data, self.today, self.row = data, today, row

    def within(self, row: Json) -> Scope:
        return Scope(self.data, self.today, row if isinstance(row, Mapping) else {})


def evaluate(
    rule: Rule, data: Mapping[str, Json], *, on: date, row: Mapping[str, Json] | None = None
) -> Json:
    """Giá trị của luật for these answers on that day; null where it has none."""
    return _value(rule, Scope(data, on.isoformat(), row), 0)


def holds(rule: Rule, data: Mapping[str, Json], *, on: date, row: Mapping[str, Json] | None = None) -> bool:
    """Điều kiện có đúng: a rule that is not there always holds."""
    return rule is None or truth(evaluate(rule, data, on=on, row=row))


def truth(value: Json) -> bool:
    """Nothing, "", 0, false and an empty list do not hold; all else does."""
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, (int, float)):
        return value != 0
    return len(value) > 0


def plain(text: str) -> str:
    """Chữ không dấu: ASCII letters and digits, lowercase, parted by single blanks."""
    letters = unicodedata.normalize("NFKD", text).translate(MARKS).translate(UPPER)
    return NOT_PLAIN.sub(" ", letters).strip(" ")


def variables(rule: Rule) -> Iterator[str]:
    """Tên các trường mà luật hỏi tới: of answers and of repeated groups; of one's own row as "row:name", of rows counted
    as "group.name".
    """
    if isinstance(rule, list):
        for part in rule:
            yield from variables(part)
    elif isinstance(rule, Mapping):
        for name, given in rule.items():
            arguments = given if isinstance(given, list) else [given]
            if name == "var":
                yield str(arguments[0] if arguments else "").split(".", maxsplit=1)[0]
            elif name == "row":
                yield f"row:{arguments[0] if arguments else ''}"
            elif name in GROUPED and arguments:
                yield str(arguments[0])
                for inner in variables(arguments[1:]):  # what stands in a row of that group
                    yield inner.replace("row:", f"{arguments[0]}.", 1) if inner.startswith("row:") else inner
            else:
                yield from variables(arguments)


def faults(rule: Rule, depth: int = 0) -> list[str]:
    """Chỗ sai trong luật: operators that nobody knows, too few arguments, too deep a nest."""
    if depth > DEEPEST:
        return ["Luật lồng quá sâu."]
    if isinstance(rule, list):
        return [fault for part in rule for fault in faults(part, depth + 1)]
    if not isinstance(rule, Mapping):
        return (
            []
            if rule is None or isinstance(rule, (bool, int, str))
            else [f"“{rule}” không dùng được trong luật."]
        )
    if len(rule) != 1:
        return ["Mỗi phép tính chỉ có một tên."]
    name, given = next(iter(rule.items()))
    arguments = given if isinstance(given, list) else [given]
    if name not in LEAST:
        return [f"Không có phép “{name}”."]
    if len(arguments) < LEAST[name]:
        return [f"Phép “{name}” cần ít nhất {LEAST[name]} phần."]
    if name in NAMED and not isinstance(arguments[0], str):
        return [f"Phép “{name}” cần tên của một trường."]
    return [fault for part in arguments for fault in faults(part, depth + 1)]


def _value(rule: Rule, scope: Scope, depth: int) -> Json:
    if depth > DEEPEST:
        return None
    if isinstance(rule, list):
        return [_value(part, scope, depth + 1) for part in rule]
    if not isinstance(rule, Mapping):
        return rule
    if len(rule) != 1:
        return None
    name, given = next(iter(rule.items()))
    arguments = given if isinstance(given, list) else [given]
    if name in LAZY:
        return LAZY[name](arguments, scope, depth + 1)
    if name in EAGER and len(arguments) >= LEAST[name]:
        return EAGER[name]([_value(part, scope, depth + 1) for part in arguments])
    return None


# --- what is not evaluated before it is known to be needed


def _var(arguments: Sequence[Rule], scope: Scope, _depth: int) -> Json:
    return _at(scope.data, arguments)


def _row(arguments: Sequence[Rule], scope: Scope, _depth: int) -> Json:
    return _at(scope.row or {}, arguments)


def _at(held: Json, arguments: Sequence[Rule]) -> Json:
    if not arguments or not isinstance(arguments[0], str):
        return None
    for part in arguments[0].split("."):
        held = held.get(part) if isinstance(held, Mapping) else None
    return held


def _if(arguments: Sequence[Rule], scope: Scope, depth: int) -> Json:
    for place in range(0, len(arguments) - 1, 2):
        if truth(_value(arguments[place], scope, depth)):
            return _value(arguments[place + 1], scope, depth)
    return _value(arguments[-1], scope, depth) if len(arguments) % 2 else None


def _and(arguments: Sequence[Rule], scope: Scope, depth: int) -> Json:
    return all(truth(_value(part, scope, depth)) for part in arguments)


def _or(arguments: Sequence[Rule], scope: Scope, depth: int) -> Json:
    return any(truth(_value(part, scope, depth)) for part in arguments)


def _today(_arguments: Sequence[Rule], scope: Scope, _depth: int) -> Json:
    return scope.today


def _rows(arguments: Sequence[Rule], scope: Scope) -> list[Scope]:
    held = _at(scope.data, arguments)
    return [scope.within(row) for row in held if isinstance(row, Mapping)] if isinstance(held, list) else []


def _fitting(arguments: Sequence[Rule], scope: Scope, depth: int) -> list[bool]:
    rows = _rows(arguments, scope)
    return [len(arguments) < 2 or truth(_value(arguments[1], row, depth)) for row in rows]


def _count(arguments: Sequence[Rule], scope: Scope, depth: int) -> Json:
    return sum(_fitting(arguments, scope, depth))


def _some(arguments: Sequence[Rule], scope: Scope, depth: int) -> Json:
    return any(_fitting(arguments, scope, depth))


def _every(arguments: Sequence[Rule], scope: Scope, depth: int) -> Json:
    return all(_fitting(arguments, scope, depth))


def _sum(arguments: Sequence[Rule], scope: Scope, depth: int) -> Json:
    if len(arguments) < 2:
        return None
    values = [number(_value(arguments[1], row, depth)) for row in _rows(arguments, scope)]
    return told(sum(value for value in values if value is not None))


def _age(arguments: Sequence[Rule], scope: Scope, depth: int) -> Json:
    if not arguments:
        return None
    born = _last_day(_value(arguments[0], scope, depth))
    at = _day(_value(arguments[1], scope, depth) if len(arguments) > 1 else scope.today)
    if born is None or at is None or born > at:
        return None
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


# --- numbers


def number(value: Json) -> int | None:
    """A number in millionths, or None."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    if isinstance(value, int):
        return value * SCALE if abs(value) <= MOST else None
    found = NUMBER.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    size = int(found[2]) * SCALE + int((found[3] or "").ljust(6, "0"))
    return -size if found[1] else size


def told(millionths: int) -> Json:
    """A number as JSON: whole, or as a decimal text."""
    if abs(millionths) > MOST * SCALE:
        return None
    whole, rest = divmod(abs(millionths), SCALE)
    sign = "-" if millionths < 0 else ""
    if rest == 0:
        return -whole if sign else whole
    return f"{sign}{whole}.{rest:06d}".rstrip("0")


def _rounded(numerator: int, denominator: int) -> int:
    """Half away from zero."""
    size = (2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator))
    return -size if (numerator < 0) != (denominator < 0) else size


def _arithmetic(act: Callable[[int, int], int | None]) -> Callable[[list[Json]], Json]:
    def count(values: list[Json]) -> Json:
        result = number(values[0])
        for value in values[1:]:
            other = number(value)
            result = None if result is None or other is None else act(result, other)
            if result is not None and abs(result) > MOST * SCALE:
                result = None
        return None if result is None else told(result)

    return count


def _divide(one: int, other: int) -> int | None:
    return _rounded(one * SCALE, other) if other else None


def _round(values: list[Json]) -> Json:
    held, places = number(values[0]), number(values[1]) if len(values) > 1 else 0
    if held is None or places is None or places % SCALE or not 0 <= places <= 6 * SCALE:
        return None
    unit = 10 ** (6 - places // SCALE)
    return told(_rounded(held, unit) * unit)


def _extreme(choose: Callable[[list[int]], int]) -> Callable[[list[Json]], Json]:
    def find(values: list[Json]) -> Json:
        numbers = [held for value in values if (held := number(value)) is not None]
        return told(choose(numbers)) if numbers else None

    return find


# --- comparing


def same(one: Json, other: Json) -> bool:
    """Equal as numbers when both are numbers; else of one kind and the same; lists never are."""
    first, second = number(one), number(other)
    if first is not None and second is not None:
        return first == second
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if one is None or other is None:
        return one is other
    return isinstance(one, str) and isinstance(other, str) and one == other


def _order(test: Callable[[Any, Any], bool]) -> Callable[[list[Json]], Json]:
    def compare(values: list[Json]) -> Json:
        first, second = number(values[0]), number(values[1])
        if first is not None and second is not None:
            return test(first, second)
        one, other = _day(values[0]), _day(values[1])
        return test(one, other) if one is not None and other is not None else False

    return compare


def _in(values: list[Json]) -> Json:
    held = values[1]
    return isinstance(held, list) and any(same(values[0], item) for item in held)


def _empty(values: list[Json]) -> Json:
    value = values[0]
    return value is None or (isinstance(value, (str, list, Mapping)) and len(value) == 0)


# --- text and days


def _join(values: list[Json]) -> Json:
    return " ".join(part for part in map(_text, values) if part)


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    held = number(value)
    return "" if held is None else str(told(held))


def _same_text(values: list[Json]) -> Json:
    one, other = plain(_text(values[0])), plain(_text(values[1]))
    return one != "" and one == other


def _has_text(values: list[Json]) -> Json:
    wanted = plain(_text(values[1]))
    return wanted != "" and wanted in plain(_text(values[0]))


def _day(value: Json) -> date | None:
    """A whole day of the calendar."""
    found = DAY.fullmatch(value) if isinstance(value, str) else None
    return _last_day(value) if found and found[3] else None


def _last_day(value: Json) -> date | None:
    """A day, or the last that it can be when only its month or year is known."""
    found = DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 12)
    if year < 1 or not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    chosen = int(found[3]) if found[3] else last
    return date(year, month, chosen) if 1 <= chosen <= last else None


def _days(values: list[Json]) -> Json:
    first, last = _day(values[0]), _day(values[1])
    return (last - first).days if first and last else None


def _year(values: list[Json]) -> Json:
    found = _last_day(values[0])
    return found.year if found else None


LAZY: dict[str, Callable[[Sequence[Rule], Scope, int], Json]] = {
    "var": _var, "row": _row, "if": _if, "and": _and, "or": _or, "today": _today,
    "count": _count, "some": _some, "every": _every, "sum": _sum, "age": _age,
}  # fmt: skip
EAGER: dict[str, Callable[[list[Json]], Json]] = {
    "==": lambda values: same(values[0], values[1]),
    "!=": lambda values: not same(values[0], values[1]),
    "<": _order(lambda one, other: one < other),
    "<=": _order(lambda one, other: one <= other),
    ">": _order(lambda one, other: one > other),
    ">=": _order(lambda one, other: one >= other),
    "not": lambda values: not truth(values[0]),
    "in": _in,
    "empty": _empty,
    "+": _arithmetic(lambda one, other: one + other),
    "-": _arithmetic(lambda one, other: one - other),
    "*": _arithmetic(lambda one, other: _rounded(one * other, SCALE)),
    "/": _arithmetic(_divide),
    "round": _round,
    "min": _extreme(min),
    "max": _extreme(max),
    "join": _join,
    "same_text": _same_text,
    "has_text": _has_text,
    "days": _days,
    "year": _year,
}
TWO = ("==", "!=", "<", "<=", ">", ">=", "in", "same_text", "has_text", "days", "some", "every", "sum", "if")
LEAST: dict[str, int] = dict.fromkeys((*LAZY, *EAGER), 1) | dict.fromkeys(TWO, 2) | {"today": 0}
NAMED = frozenset({"var", "row", "count", "some", "every", "sum"})
GROUPED = frozenset({"count", "some", "every", "sum"})
