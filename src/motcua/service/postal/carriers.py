"""Cách nối đơn vị bưu chính: what a dialect must be able to do; each room of `integrations/` says so under its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from motcua.core.errors import DomainError
from motcua.service.postal.models import AddressCode, Carrier, Shipment
from motcua.service.postal.states import Meaning


class CarrierTrouble(DomainError):
    """Bưu chính không trả lời được: down, slow, or an answer that is none. Nothing is known of the parcel."""


class NoSecret(CarrierTrouble):
    """Chưa có khóa nối: nobody can be believed, and nobody asked."""


class NotTheirs(CarrierTrouble):
    """Không phải lời của bưu chính: what it bears as a token is not the one that was agreed."""


@dataclass(frozen=True)
class Told:
    """Lời báo về một bưu gửi: ours by `code`, or by the number that the carrier gave it.

    `meaning` None: its status is looked up (`meanings`). `collected` None: this carrier does not say what it took.
    """

    outside_id: str
    code: str
    meaning: Meaning | None = None
    status: str = ""
    words: str = ""
    happened_at: datetime | None = None
    carrier_code: str = ""
    collected: int | None = None
    is_back: bool = False  # told of the way back to the sender


@dataclass(frozen=True)
class Parcel:
    """Một bưu gửi with the carrier's own codes of both places."""

    shipment: Shipment
    sender: AddressCode
    receiver: AddressCode


class Dialect(Protocol):
    """Every method may raise CarrierTrouble; none touches the database.

    `track` asks for news, `read` is given them; by `tell_again` who tells by itself tells the whole way once more.
    """

    can_track: bool
    can_tell_again: bool
    statuses: Mapping[str, Meaning]  # those that its contract explains

    def price(self, sender: AddressCode, receiver: AddressCode, weight: int, cod: int) -> int: ...

    def order(self, parcel: Parcel) -> str: ...

    def cancel(self, shipment: Shipment) -> None: ...

    def redeliver(self, shipment: Shipment) -> None: ...

    def get_back(self, shipment: Shipment) -> None: ...

    def track(self, last_id: str) -> tuple[Sequence[Told], str]: ...

    def read(self, given: Mapping[str, Any]) -> Told: ...

    def tell_again(self, shipment: Shipment) -> None: ...


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
