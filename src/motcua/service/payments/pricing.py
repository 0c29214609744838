"""Phải nộp bao nhiêu: the rules in force for one way, case and day; what they ask of the payer; the sum."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, prefetch_related_objects

from motcua.core.asking import Asked
from motcua.core.errors import InvalidInput
from motcua.service.forms.counting import counted
from motcua.service.payments.models import FeeRule, PayerGroup
from motcua.service.payments.rules import Charge, NotComputable, Rule, charge, price_of, total
from motcua.service.payments.states import DueKind, Occasion
from motcua.service.procedures.models import Case, Fee, Offering, Revision

# The catalogue calls "lệ phí" FEE and "phí" CHARGE; money calls them the other way round, as receipts do.
KINDS = {Fee.Kind.FEE: DueKind.CHARGE, Fee.Kind.CHARGE: DueKind.FEE, Fee.Kind.UNSAID: DueKind.FEE}
ONLINE = "ONLINE"
MOST_COUNTED = 100_000


@dataclass(frozen=True)
class Costs:
    """Phải nộp bao nhiêu: what can be said already; `open_names`: charges whose sum the office fixes later.

    `uncounted`: units of which nobody has said yet how many; they are counted as one.
    """

    charges: tuple[Charge, ...]
    open_names: tuple[str, ...] = ()
    has_exemptions: bool = False
    uncounted: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return total(self.charges)

    @property
    def to_pay(self) -> list[Charge]:
        """Khoản có tiền."""
        return [one for one in self.charges if one.amount]


class FeeQuestions(ABC):
    """Điều phải hỏi để tính phí: how many of each unit, and whether the payer belongs to a group that pays less."""

    on: date

    @property
    @abstractmethod
    def units(self) -> tuple[str, ...]:
        """Đếm theo gì: "bản", "trang"; of each it is asked once how many."""

    @property
    @abstractmethod
    def codes(self) -> frozenset[str]:
        """Mã các diện được miễn, giảm."""

    @property
    @abstractmethod
    def is_set(self) -> bool:
        """By fee rules; else it is what the procedure announces."""

    @abstractmethod
    def costs(self, *, group: str = "", quantities: Mapping[str, int] | None = None) -> Costs:
        """Chi phí of who belongs to this group, before anything is owed."""

    def groups(self) -> list[PayerGroup]:
        """Diện miễn, giảm mà mức thu này có; none: nobody is asked."""
        return list(PayerGroup.objects.valid_on(self.on).filter(pk__in=self.codes)) if self.codes else []

    def field_of(self, unit: str) -> str:
        """The name under which a page asks how many."""
        return f"quantity-{self.units.index(unit)}"


@dataclass(frozen=True)
class Tariff(FeeQuestions):
    """Mức thu của một lần nộp: its rules, and what must be known of the payer before the sum is."""

    rules: tuple[Rule, ...]
    on: date
    is_online: bool = False
    has_rules: bool = False

    @property
    def is_set(self) -> bool:
        return self.has_rules

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule.per for rule in self.rules if rule.per))

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(one.group for rule in self.rules for one in rule.exemptions)

    def answer_for(self, unit: str) -> str:
        """Câu hỏi của biểu mẫu that counts this unit; "": none is named."""
        return next((rule.answer for rule in self.rules if rule.per == unit and rule.answer), "")

    def counted_in(self, answers: Mapping[str, Any]) -> dict[str, int]:
        """Số lượng mà tờ khai đã nói; what is beyond all counting is not said."""
        told = {unit: counted(answers, self.answer_for(unit)) for unit in self.units}
        return {unit: count for unit, count in told.items() if count and count <= MOST_COUNTED}

    def costs(self, *, group: str = "", quantities: Mapping[str, int] | None = None) -> Costs:
        known, charges, names = quantities or {}, [], []
        for rule in self.rules:
            try:
                charges.append(
                    charge(rule, quantity=known.get(rule.per, 1), groups=[group], is_online=self.is_online)
                )
            except NotComputable:
                names.append(rule.name)
        uncounted = tuple(unit for unit in self.units if unit not in known)
        return Costs(tuple(charges), tuple(names), bool(self.codes), uncounted)

    def checked(self, given: Mapping[str, int]) -> dict[str, int]:
        """Số lượng đã khai, of the units that count here. Raises InvalidInput by `field_of`."""
        wrong = {
            self.field_of(unit): f"Số {unit} từ 1 đến {MOST_COUNTED}."
            for unit in self.units
            if unit in given and not 1 <= given[unit] <= MOST_COUNTED
        }
        if wrong:
            raise InvalidInput(wrong)
        return {unit: given[unit] for unit in self.units if unit in given}


@dataclass(frozen=True)
class JointTariff(FeeQuestions):
    """Mức thu của nhiều thủ tục nộp một lần: asked on one page, owed by each part for itself.

    `parts`: name of the procedure and its tariff, by the key of the part.
    """

    parts: Mapping[str, tuple[str, Tariff]]
    on: date

    @property
    def is_set(self) -> bool:
        return any(tariff.is_set for _, tariff in self.parts.values())

    @property
    def units(self) -> tuple[str, ...]:
        """Đếm theo gì, của thủ tục nào: "bản (Đăng ký khai sinh)"."""
        return tuple(_unit(name, unit) for name, tariff in self.parts.values() for unit in tariff.units)

    @property
    def codes(self) -> frozenset[str]:
        return frozenset[str]().union(*(tariff.codes for _, tariff in self.parts.values()))

    def costs(self, *, group: str = "", quantities: Mapping[str, int] | None = None) -> Costs:
        each = self.costs_each(group=group, quantities=quantities).values()
        known = quantities or {}
        return Costs(
            tuple(charge for costs in each for charge in costs.charges),
            tuple(name for costs in each for name in costs.open_names),
            bool(self.codes),
            tuple(unit for unit in self.units if unit not in known),
        )

    def costs_each(self, *, group: str = "", quantities: Mapping[str, int] | None = None) -> dict[str, Costs]:
        """Chi phí của từng phần, by its key."""
        told = quantities or {}
        return {
            key: tariff.costs(
                group=group,
                quantities={
                    unit: told[_unit(name, unit)] for unit in tariff.units if _unit(name, unit) in told
                },
            )
            for key, (name, tariff) in self.parts.items()
        }


def _unit(name: str, unit: str) -> str:
    return f"{unit} ({name})"


def tariff_of(
    offering: Offering, *, channel: str, case: Case | None, on: date, content: Revision | None = None
) -> Tariff:
    """Mức thu áp dụng: the rules of the offering on that day, else what the procedure says for this way and case.

    `content`: of the procedure, where another is meant than the one in force on that day.
    """
    is_online = channel == ONLINE
    if own := own_rules(offering, on):
        return Tariff(_as_rules(own), on, is_online=is_online, has_rules=True)
    fees = (content or offering.content_on(on)).fees_for(channel, case)
    return Tariff(tuple(announced(fees)), on, is_online=is_online)


def announced(fees: Collection[Fee]) -> list[Rule]:
    """Mức thu mà thủ tục công bố; what it leaves open is not fixed."""
    return [
        Rule(
            KINDS[Fee.Kind(fee.kind)],
            fee.label or fee.get_kind_display(),
            None if fee.amount is None or fee.is_estimate or fee.currency not in {"VND", ""} else fee.amount,
        )
        for fee in fees
    ]


def own_rules(offering: Offering, on: date, occasion: str = Occasion.FILING) -> list[FeeRule]:
    """Mức thu tỉnh đặt: those of this place, else those of everywhere; none: what the procedure says counts."""
    known = {"offering_id": offering.pk, "procedure_id": offering.procedure_id, "on": on}
    found = RULES.all(**known, occasion=str(occasion))
    if found:
        prefetch_related_objects(found, "exemptions__group")
    return rules_at(found, offering.pk)


RULES = Asked(
    lambda offering_id, procedure_id, on, occasion: (
        FeeRule.objects.in_force(on)
        .filter(Q(offering=offering_id) | Q(offering__isnull=True, procedure=procedure_id), occasion=occasion)
        .order_by("kind", "name")
    )
)


def rules_at(rules: Iterable[FeeRule], offering_id: int | None) -> list[FeeRule]:
    """Of these the ones that count at a place (None: at one that has none of its own)."""
    known = list(rules)
    own = [rule for rule in known if rule.offering_id is not None and rule.offering_id == offering_id]
    return own or [rule for rule in known if rule.offering_id is None]


@dataclass(frozen=True)
class Published:
    """Mức thu đang áp dụng của một thủ tục, as its public page tells it: the rules that count at the chosen place.

    `elsewhere`: the rules that some places have of their own, while none is chosen.
    """

    rules: tuple[Rule, ...]
    bases: tuple[str, ...]
    elsewhere: tuple[Rule, ...]

    @property
    def in_words(self) -> str:
        """Một dòng, for a list."""
        told = list(dict.fromkeys(price_of(rule, is_online=False) for rule in self.rules))
        places = dict.fromkeys(price_of(rule, is_online=False) for rule in self.elsewhere)
        return "; ".join([*told, *([f"tùy nơi nộp: {', '.join(places)}"] if places else [])])


def published_for(
    procedure_ids: Collection[int], on: date, *, offering_id: int | None = None
) -> dict[int, Published]:
    """Mức thu đang áp dụng by procedure; where there is none, what the procedure announces counts."""
    found = (
        FeeRule.objects.in_force(on)
        .filter(procedure__in=procedure_ids, occasion=Occasion.FILING)
        .prefetch_related("exemptions__group")
    )
    by_procedure: dict[int, list[FeeRule]] = {}
    for rule in found.order_by("kind", "name"):
        by_procedure.setdefault(rule.procedure_id, []).append(rule)
    told = {}
    for key, rules in by_procedure.items():
        counting = rules_at(rules, offering_id)
        places = [rule for rule in rules if rule.offering_id and offering_id is None]
        if counting or places:
            bases = tuple(dict.fromkeys(rule.basis for rule in counting))
            told[key] = Published(_as_rules(counting), bases, _as_rules(places))
    return told


def _as_rules(rows: Iterable[FeeRule]) -> tuple[Rule, ...]:
    return tuple(row.as_rule() for row in rows)
