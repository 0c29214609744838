"""Phí, lệ phí của một lần nộp: said in plain words before it is filed, owed from the moment it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.service.dossiers.models import Channel
from motcua.service.filing.models import Draft, Filing
from motcua.service.forms.asking import answers_of, form_for
from motcua.service.forms.counting import countable
from motcua.service.forms.models import Answers, FormVersion
from motcua.service.payments.models import Due
from motcua.service.payments.operations.charging import cancel_due, dues_of, raise_dues
from motcua.service.payments.operations.refunding import give_back, promise_of
from motcua.service.payments.pricing import Costs, Tariff, tariff_of
from motcua.service.payments.states import DueState, RefundCause
from motcua.service.procedures.models import Case, Offering, Revision


@dataclass(frozen=True)
class DraftFee:
    """Phí của một bản nháp: its tariff, what its form says already of the number, and what its owner has still to say.

    `units`: asked on the step of the fee; `from_form`: counted by answers, None where the answer is not there yet.
    """

    tariff: Tariff
    units: tuple[str, ...]
    from_form: Mapping[str, int | None]
    said: Mapping[str, int]
    group: str | None

    @property
    def quantities(self) -> dict[str, int]:
        """Số lượng, as far as it is known."""
        told = {unit: self.said[unit] for unit in self.units if unit in self.said}
        return told | {unit: count for unit, count in self.from_form.items() if count}

    @property
    def costs(self) -> Costs:
        """Phải nộp bao nhiêu, theo những gì đã khai."""
        return self.tariff.costs(group=self.group or "", quantities=self.quantities)

    @property
    def is_asked(self) -> bool:
        """Có điều phải hỏi."""
        return bool(self.units or self.tariff.codes)


def fee_of(draft: Draft, on: date, *, begun: Callable[[], Answers | None] | None = None) -> DraftFee:
    """Phí của bản nháp vào ngày: what the form that was begun (or is in force) counts is not asked a second time.

    `begun`: gives the answers, where somebody has read them already.
    """
    return fee_by(draft, draft.case, on, begun=begun)


def fee_by(
    draft: Draft,
    case: Case | None,
    on: date,
    *,
    content: Revision | None = None,
    begun: Callable[[], Answers | None] | None = None,
) -> DraftFee:
    """Phí của bản nháp nếu theo trường hợp và nội dung này."""
    tariff = tariff_of(draft.offering, channel=Channel.ONLINE, case=case, on=on, content=content)
    from_form: dict[str, int | None] = {}
    if any(tariff.answer_for(unit) for unit in tariff.units):
        answers = begun() if begun else answers_of(draft.dossier_key)
        version = answers.version if answers else form_for(draft.offering, on, case=case)
        from_form = counted_by(tariff, version, answers.data if answers else {})
    asked = tuple(unit for unit in tariff.units if unit not in from_form)
    return DraftFee(tariff, asked, from_form, draft.quantities, draft.payer_group)


def counted_by(
    tariff: Tariff, version: FormVersion | None, answers: Mapping[str, Any]
) -> dict[str, int | None]:
    """Số lượng mà biểu mẫu hỏi: of each unit that a question of it counts; None: not answered."""
    known = countable(version.definition) if version else {}
    told = tariff.counted_in(answers)
    return {unit: told.get(unit) for unit in tariff.units if tariff.answer_for(unit) in known}


def told(costs: Costs) -> str:
    """Phải nộp bao nhiêu, trong một câu: the sum, what it is made of, and for one of what is not counted yet."""
    charges = costs.to_pay
    parts = [f"{one.name} ({one.reason})" for one in charges]
    if len(charges) > 1:
        parts = [f"{vnd(one.amount)} {part}" for one, part in zip(charges, parts, strict=True)]
    words = [f"{vnd(costs.total)}: {', '.join(parts)}"] if charges else []
    words += [f"{name}: cơ quan tính theo hồ sơ" for name in costs.open_names]
    if charges and costs.uncounted:
        words.append(f"tính cho một {', một '.join(costs.uncounted)}")
    return "; ".join(words) or "Không mất phí, lệ phí"


def costs_of(
    offering: Offering,
    case: Case | None,
    on: date,
    *,
    group: str = "",
    quantities: Mapping[str, int] | None = None,
) -> Costs:
    """Chi phí nộp trực tuyến của ngày, before anything is owed; of who says to belong to a group that pays less."""
    tariff = tariff_of(offering, channel=Channel.ONLINE, case=case, on=on)
    return tariff.costs(group=group, quantities=quantities)


def costs_of_filing(filing: Filing, *, group: str) -> Costs:
    """Chi phí của một lần nộp, by the day and the numbers with which it was filed."""
    day = local_date(filing.submitted_at)
    return costs_of(filing.offering, filing.case, day, group=group, quantities=filing.quantities)


def owe(filing: Filing, costs: Costs, at: datetime) -> list[Due]:
    """Ghi khoản phải nộp of a filing, under the key of its dossier."""
    return raise_dues(
        subject_id=filing.dossier_key,
        offering=filing.offering,
        charges=costs.charges,
        payer_name=(filing.representative or filing.applicant).name,
        code=filing.code,
        at=at,
    )


def owe_no_more(filing: Filing, occasion: RefundCause, at: datetime) -> str:
    """Thôi thu, và hoàn: when a filing ends without a dossier, what is open is owed no more and what came goes back.

    Returns what its owner is told of it; "" where nothing had come.
    """
    for due in Due.objects.of(filing.dossier_key).open():
        cancel_due(due_id=due.pk, reason=occasion.label, by=None, at=at)
    promised = promise_of(give_back(subject_id=filing.dossier_key, occasion=occasion, at=at))
    return f" {promised}" if promised else ""


def still_to_pay(filing: Filing) -> list[Due]:
    """Khoản còn phải nộp."""
    return [due for due in dues_of(filing.dossier_key) if due.state == DueState.OPEN]
