"""Tiếp nhận tại quầy theo mức thu: what the tariff asks is owed item by item, and paid when it is collected.

Of one procedure, or of a linked group, where each part owes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from motcua.core.errors import InvalidInput
from motcua.core.money import vnd
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.linking.models import Bundle
from motcua.service.linking.operations.filing import file_bundle
from motcua.service.payments.models import Due, PayerGroup
from motcua.service.payments.operations.charging import charge_dossier, in_words
from motcua.service.payments.operations.confirming import confirm_group
from motcua.service.payments.operations.paying import take_cash
from motcua.service.payments.pricing import Costs
from motcua.service.payments.rules import Charge, total

SAID = "Diện {name}: {proof}"


@dataclass(frozen=True)
class Owed:
    """Phải thu của người này: the charges as counted for them, and the group whose paper the officer has seen."""

    costs: Costs
    group: PayerGroup | None = None
    proof: str = ""

    @property
    def said(self) -> str:
        """Ghi chú thu: whose paper was seen."""
        return SAID.format(name=self.group.name, proof=self.proof)[:200] if self.group else ""


@transaction.atomic
def receive_owing(
    take_in: Callable[..., Dossier],
    *,
    owed: Owed,
    by: User,
    at: datetime,
    fee_amount: int,
    fee_note: str,
    **given: Any,
) -> Dossier:
    """Tiếp nhận và ghi khoản thu: collected now it is paid in cash with a receipt for each, else it is owed.

    `take_in`: the operation that receives, which is given the rest. Raises InvalidInput where another sum was
    collected than the tariff asks, and what `take_in` raises. Legal: L97-2015 Đ10
    """
    _refuse_other_sum(fee_amount, owed.costs.charges)
    dossier = take_in(by=by, at=at, fee_amount=0, fee_note=fee_note or owed.said, **given)
    dues = _owe(dossier, owed, by, at)
    if fee_amount:
        _take(dues, by, at)
    return dossier


@transaction.atomic
def file_bundle_owing(
    *, owed: Mapping[str, Owed], by: User, at: datetime, fee_amount: int, fee_note: str, **given: Any
) -> Bundle:
    """Tiếp nhận bộ liên thông và ghi khoản thu of each part (`owed`, by its key) to the agency that settles it.

    Raises InvalidInput where another sum was collected than the parts ask together, and what `file_bundle` raises.
    Legal: L97-2015 Đ10
    """
    _refuse_other_sum(fee_amount, [charge for one in owed.values() for charge in one.costs.charges])
    said = next((one.said for one in owed.values() if one.group), "")
    bundle = file_bundle(by=by, at=at, fee_amount=0, fee_note=fee_note or said, **given)
    dues: list[Due] = []
    for part in bundle.parts.select_related("part", "dossier").order_by("position"):
        dues += _owe(part.dossier, owed[part.part.key], by, at)
    if fee_amount:
        _take(dues, by, at)
    return bundle


def _owe(dossier: Dossier, owed: Owed, by: User, at: datetime) -> list[Due]:
    if owed.group:
        confirm_group(subject_id=dossier.pk, group=owed.group, proof=owed.proof, by=by, at=at)
    return charge_dossier(dossier=dossier, charges=owed.costs.charges, by=by, at=at)


def _take(dues: Iterable[Due], by: User, at: datetime) -> None:
    """Thu tiền mặt, fees before charges: series of receipts are always held in one order."""
    for due in sorted(dues, key=lambda due: due.kind):
        take_cash(due_id=due.pk, by=by, at=at)


def _refuse_other_sum(collected: int, charges: Sequence[Charge]) -> None:
    whole = total(charges)
    if collected in {0, whole}:
        return
    words = (
        f"Theo mức thu là {vnd(whole)}: {in_words(charges)}. Thu đúng số đó, hoặc để trống nếu nộp sau."
        if whole
        else f"{in_words(charges)}. Người này không phải nộp; hãy để trống số tiền đã thu."
    )
    raise InvalidInput({"fee_amount": words})
