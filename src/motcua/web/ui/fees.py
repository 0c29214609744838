"""Hỏi để tính phí: how many, and whether the payer belongs to a group that pays less; asked alike wherever one files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from motcua.core.money import vnd
from motcua.service.payments.models import PayerGroup
from motcua.service.payments.pricing import MOST_COUNTED, FeeQuestions
from motcua.web.ui.forms import Reader
from motcua.web.ui.wording import lower_first

NONE_OF_THEM = "KHONG"
MANY = 1000  # so many exceed the least sum of a rule that counts


@dataclass(frozen=True)
class FeeAsked:
    """Những gì phải hỏi: each unit as (field, unit, how many so far), each group as (code, name, what it pays)."""

    units: Sequence[tuple[str, str, int | str]]
    groups: Sequence[tuple[str, str, str]]
    whole: str  # what one pays who belongs to none of them


def fee_asked(
    tariff: FeeQuestions,
    groups: Iterable[PayerGroup],
    *,
    units: Collection[str],
    quantities: Mapping[str, int],
) -> FeeAsked:
    """The questions of a tariff. What a group pays is told for one of each unit that is asked beside it."""
    known = {unit: count for unit, count in quantities.items() if unit not in units}
    return FeeAsked(
        units=[(tariff.field_of(unit), unit, quantities.get(unit, "")) for unit in units],
        groups=[(one.pk, one.name, _pays(tariff, one, known)) for one in groups],
        whole=_sum(tariff, "", known),
    )


def read_quantities(
    reader: Reader, tariff: FeeQuestions, units: Iterable[str], *, required: bool
) -> dict[str, int]:
    """Số lượng đã ghi, by unit."""
    said = {
        unit: reader.integer(
            tariff.field_of(unit),
            least=1,
            most=MOST_COUNTED,
            required=f"Hãy ghi số {unit}." if required else "",
        )
        for unit in units
    }
    return {unit: count for unit, count in said.items() if count}


def _pays(tariff: FeeQuestions, group: PayerGroup, quantities: Mapping[str, int]) -> str:
    proof = f", kèm {lower_first(group.proof)}" if group.proof else ""
    return f"{_sum(tariff, group.pk, quantities)}{proof}"


def _sum(tariff: FeeQuestions, code: str, quantities: Mapping[str, int]) -> str:
    """Một người thuộc diện này nộp: what does not depend on a number, and what each of a unit adds."""

    def whole(more: Mapping[str, int]) -> int:
        return tariff.costs(group=code, quantities={**quantities, **more}).total

    one = whole({})
    rates = {unit: whole({unit: 2}) - one for unit in tariff.units if unit not in quantities}
    fixed = one - sum(rates.values())
    told = [vnd(fixed)] if fixed else []
    told += [f"{vnd(rate)} mỗi {unit}" for unit, rate in rates.items() if rate]
    grows_later = any(not rate and whole({unit: MANY}) > one for unit, rate in rates.items())
    return f"Nộp {'từ ' if grows_later else ''}{' và '.join(told)}" if told else "Không mất phí"
