"""Báo cước: what each carrier asks for one way, so that who chooses sees all of them; who does not answer says why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from motcua.core.errors import DomainError
from motcua.service.postal.models import Carrier
from motcua.service.postal.operations.ordering import Place, quote


@dataclass(frozen=True)
class Priced:
    """Cước của một đơn vị; `price` None: not known now, `why` says so."""

    carrier: Carrier
    price: int | None
    why: str = ""


def prices(
    carriers: Iterable[Carrier], sender: Place, receiver: Place, weight: int, on: date
) -> list[Priced]:
    """Cước của từng đơn vị, in the order in which they are given."""
    return [_priced(carrier, sender, receiver, weight, on) for carrier in carriers]


def _priced(carrier: Carrier, sender: Place, receiver: Place, weight: int, on: date) -> Priced:
    try:
        price = quote(carrier=carrier, sender=sender, receiver=receiver, weight=weight, on=on)
    except DomainError as refusal:
        return Priced(carrier, None, refusal.message)
    return Priced(carrier, price)
