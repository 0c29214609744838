"""Luật tính phí: how much is to be paid, and the sentence that says why. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from motcua.core.errors import DomainError
from motcua.core.money import vnd


class NotComputable(DomainError):
    """Chưa tính được mức thu: somebody at the counter must say it."""


@dataclass(frozen=True)
class Exemption:
    """Miễn, giảm: what a group of payers pays less, in per cent of the whole (100: nothing to pay)."""

    group: str
    name: str
    percent_off: int


@dataclass(frozen=True)
class Rule:
    """Mức thu của một khoản. `amount` per unit; None: not fixed. `online_percent_off`: reduction when filed on line.

    `answer`: the question of the form that says how many units.
    """

    kind: str
    name: str
    amount: int | None
    per: str = ""  # "trang", "bản": counted by quantity; "" : fixed
    online_percent_off: int = 0
    least: int = 0
    most: int | None = None
    exemptions: tuple[Exemption, ...] = ()
    answer: str = ""


@dataclass(frozen=True)
class Charge:
    """Một khoản đã tính: `reason` says how, in words for the payer; amount 0: nothing to pay, and why."""

    kind: str
    name: str
    amount: int
    reason: str
    quantity: int = 1


def charge(rule: Rule, *, quantity: int = 1, groups: Iterable[str] = (), is_online: bool = False) -> Charge:
    """Tính một khoản: the best exemption of the payer's groups counts, then the reduction on line. Whole đồng, halves up.

    Raises NotComputable where no amount is fixed.
    """
    if rule.amount is None:
        raise NotComputable(f"Mức thu “{rule.name}” chưa cố định. Hãy hỏi nơi tiếp nhận hồ sơ.")
    if quantity < 1:
        raise DomainError("Số lượng phải từ 1 trở lên.", field="quantity")
    count = quantity if rule.per else 1
    whole = rule.amount * count
    words = [f"{count} {rule.per} × {vnd(rule.amount)}"] if rule.per else []
    if rule.per and whole < rule.least:
        whole, words = rule.least, [*words, f"tối thiểu {vnd(rule.least)}"]
    if rule.per and rule.most is not None and whole > rule.most:
        whole, words = rule.most, [*words, f"tối đa {vnd(rule.most)}"]
    if not whole:
        return Charge(rule.kind, rule.name, 0, "Không thu phí", count)
    if best := _best(rule.exemptions, frozenset(groups)):
        if best.percent_off >= 100:
            return Charge(rule.kind, rule.name, 0, f"Được miễn: {best.name}", count)
        whole = part(whole, 100 - best.percent_off)
        words.append(f"giảm {best.percent_off} % ({best.name})")
    if is_online and rule.online_percent_off:
        whole = part(whole, 100 - rule.online_percent_off)
        words.append(
            "miễn khi nộp trực tuyến"
            if rule.online_percent_off >= 100
            else f"giảm {rule.online_percent_off} % khi nộp trực tuyến"
        )
    return Charge(rule.kind, rule.name, whole, ", ".join(words) or "Mức thu cố định", count)


def price_of(rule: Rule, *, is_online: bool) -> str:
    """Mức thu bằng lời, before anything is known of the payer: "8.000 đồng mỗi bản, tối thiểu 20.000 đồng"."""
    if rule.amount is None:
        return "cơ quan tính theo hồ sơ"
    whole = part(rule.amount, 100 - rule.online_percent_off) if is_online else rule.amount
    if not whole:
        return "Miễn phí"
    words = [f"{vnd(whole)} mỗi {rule.per}" if rule.per else vnd(whole)]
    words += [f"tối thiểu {vnd(rule.least)}"] if rule.least else []
    words += [f"tối đa {vnd(rule.most)}"] if rule.most is not None else []
    return ", ".join(words)


def who_pays_less(rule: Rule) -> str:
    """Ai được miễn, giảm: "Hộ nghèo được miễn, Trẻ em giảm 50 %"."""
    return ", ".join(
        f"{one.name} được miễn" if one.percent_off >= 100 else f"{one.name} giảm {one.percent_off} %"
        for one in rule.exemptions
    )


def total(charges: Sequence[Charge]) -> int:
    """Tổng phải nộp."""
    return sum(one.amount for one in charges)


def part(amount: int, percent: int) -> int:
    """So many per cent of an amount in whole đồng; half a đồng counts as one."""
    return (amount * percent + 50) // 100


def _best(exemptions: Iterable[Exemption], groups: frozenset[str]) -> Exemption | None:
    return max(
        (one for one in exemptions if one.group in groups), key=lambda one: one.percent_off, default=None
    )
