"""Lời của danh mục: limits, fees and labels as a person reads them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from motcua.core.money import vnd

UNIT_NAMES = {"WORKING_DAY": "ngày làm việc", "DAY": "ngày", "HOUR": "giờ", "MONTH": "tháng"}
NOTHING_SAID = {"", "(không ghi đơn vị)"}


def number(value: Decimal) -> str:
    """Con số: "3" or "1,5", no trailing zeros, a Vietnamese comma."""
    return f"{value.normalize():f}".replace(".", ",")


def limit_in_words(value: Decimal | None, unit: str, text: str = "") -> str:
    """Thời hạn: "3 ngày làm việc"; where the source has no unit, that is said and not guessed."""
    name = UNIT_NAMES.get(unit)
    if name and value is not None:
        return f"{number(value)} {name}"
    if value is not None:
        return f"{number(value)} ({'không ghi đơn vị' if text in NOTHING_SAID else text})"
    return "không ghi bằng số" if text in NOTHING_SAID else text


def amount_in_words(amount: int | None, currency: str, label: str, note: str) -> str:
    """Mức thu: "Lệ phí: 10.000 đồng (mỗi bản)"."""
    if amount is None:
        said = label or "chưa ghi mức thu"
    elif currency in {"VND", ""}:
        said = f"{label}: {vnd(amount)}" if amount and label and "Đồng" not in label else vnd(amount)
        said = (label or "Miễn phí") if amount == 0 else said
    else:
        said = f"{amount} {currency}"
    return f"{said} ({note})" if note else said


def shared(said: Iterable[tuple[str, str]]) -> str:
    """What is said of each way, once for all the ways of which the same is said."""
    ways: dict[str, list[str]] = {}
    for way, text in said:
        ways.setdefault(text, []).append(way)
    if len(ways) == 1:
        return next(iter(ways))
    return "; ".join(f"{', '.join(dict.fromkeys(names))}: {text}" for text, names in ways.items())


def papers_in_words(papers: int, cases: int) -> str:
    if not papers:
        return ""
    return f"{papers} loại giấy tờ, chia theo {cases} trường hợp" if cases else f"{papers} loại giấy tờ"


def join_split_labels(labels: Sequence[str]) -> list[str]:
    """Labels whose bracket was broken at a comma are put together again: "Tổ chức (…" + "HTX)"."""
    joined: list[str] = []
    for label in labels:
        if joined and joined[-1].count("(") > joined[-1].count(")"):
            joined[-1] += f", {label}"
        else:
            joined.append(label)
    return joined
