"""Tiếp nhận tại quầy theo mức thu: what the tariff asks is owed item by item, and paid when it is collected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from motcua.core.errors import InvalidInput
from motcua.core.money import vnd
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.payments.models import PayerGroup
from motcua.service.payments.operations.charging import charge_dossier, in_words
from motcua.service.payments.operations.confirming import confirm_group
from motcua.service.payments.operations.paying import take_cash
from motcua.service.payments.pricing import Costs

SAID = "Diện {name}: {proof}"


@dataclass(frozen=True)
class Owed:
    """Phải thu của người này: the charges as counted for them, and the group whose paper the officer has seen."""

    costs: Costs
    group: PayerGroup | None = None
    proof: str = ""


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
    whole = owed.costs.total
    if fee_amount not in {0, whole}:
        raise InvalidInput({"fee_amount": _asks(owed.costs)})
    said = SAID.format(name=owed.group.name, proof=owed.proof) if owed.group else ""
    note = fee_note or said[:200]
    dossier = take_in(by=by, at=at, fee_amount=0, fee_note=note, **given)
    if owed.group:
        confirm_group(subject_id=dossier.pk, group=owed.group, proof=owed.proof, by=by, at=at)
    dues = charge_dossier(dossier=dossier, charges=owed.costs.charges, by=by, at=at)
    for due in dues if fee_amount else []:
        take_cash(due_id=due.pk, by=by, at=at)
    return dossier


def _asks(costs: Costs) -> str:
    if not costs.total:
        return f"{in_words(costs.charges)}. Người này không phải nộp; hãy để trống số tiền đã thu."
    return f"Theo mức thu là {vnd(costs.total)}: {in_words(costs.charges)}. Thu đúng số đó, hoặc để trống nếu nộp sau."
