"""Cách nối đơn vị bưu chính: what a dialect must be able to do; each room of `integrations/` says so under its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from motcua.core.errors import DomainError
from motcua.service.postal.models import AddressCode, Carrier, Shipment
from motcua.service.postal.states import Meaning


class CarrierTrouble(DomainError):
    """Bưu chính không trả lời được: down, slow, or an answer that is none. Nothing is known of the parcel."""


@dataclass(frozen=True)
class Told:
    """Lời báo về một bưu gửi."""

    outside_id: str
    code: str
    meaning: Meaning
    status: str = ""
    words: str = ""
    happened_at: datetime | None = None


@dataclass(frozen=True)
class Parcel:
    """Một bưu gửi with the carrier's own codes of both places."""

    shipment: Shipment
    sender: AddressCode
    receiver: AddressCode


class Dialect(Protocol):
    """Every method may raise CarrierTrouble; none touches the database."""

    can_track: bool

    def price(self, sender: AddressCode, receiver: AddressCode, weight: int) -> int: ...

    def order(self, parcel: Parcel) -> str: ...

    def cancel(self, shipment: Shipment) -> None: ...

    def redeliver(self, shipment: Shipment) -> None: ...

    def get_back(self, shipment: Shipment) -> None: ...

    def track(self, last_id: str) -> tuple[Sequence[Told], str]: ...


class Makes(Protocol):
    def __call__(self, carrier: Carrier, /) -> Dialect: ...


_dialects: dict[str, Makes] = {}


def install(dialects: Mapping[str, Makes]) -> None:
    """Say which dialects there are; replaces whatever was said before."""
    _dialects.clear()
    _dialects.update(dialects)


def names() -> list[str]:
    return sorted(_dialects)


def dialect_of(carrier: Carrier) -> Dialect | None:
    """None: this carrier is told and asked by hand."""
    makes = _dialects.get(carrier.dialect)
    return makes(carrier) if makes else None
