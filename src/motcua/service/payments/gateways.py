"""Cổng thanh toán: what a channel must be able to do; each adapter of `integrations/` says so under its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from motcua.core.errors import DomainError
from motcua.service.payments.models import Payment, PaymentChannel, PaymentOrder, Refund
from motcua.service.payments.states import Verdict, Way


class GatewayTrouble(DomainError):
    """Cổng không trả lời được: down, slow, or an answer that is none. Nothing is known of the money."""


@dataclass(frozen=True)
class Started:
    """Đã mở: where the payer goes, or what the payer scans."""

    pay_url: str = ""
    qr_payload: str = ""


@dataclass(frozen=True)
class Told:
    """Lời báo: what the outside says of one reference. `amount` None: it did not say."""

    reference: str
    verdict: Verdict
    amount: int | None = None
    transaction: str = ""
    words: str = ""
    is_authentic: bool = True
    is_whole: bool = True  # False: of an order of which another sum was told than was asked for


@dataclass(frozen=True)
class Refunding:
    """Trả lời lệnh hoàn: `is_done` None: not known yet."""

    is_done: bool | None
    proof: str = ""


@dataclass(frozen=True)
class Visit:
    """Where the payer's browser is: address to come back to, where to call us, and from where it came."""

    return_url: str
    callback_url: str
    address: str = ""
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """Một thông số mà cách nối cần, as it is asked on the page of a channel."""

    name: str
    label: str
    hint: str = ""
    is_needed: bool = True


@dataclass(frozen=True)
class Description:
    """Một cách nối, for who sets a channel: how the payer pays, what must be known. `secrets`: parts of its key."""

    title: str
    way: Way
    asked: tuple[Asked, ...] = ()
    secrets: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Tried:
    """Kết quả thử nối: in words, and a QR to be scanned where there is one. No money moves."""

    words: str
    qr_payload: str = ""


Payable = Payment | PaymentOrder  # both have: reference, amount, due, lines, code, words


class Gateway(Protocol):
    """Cách nối một kênh. Every method may raise GatewayTrouble; none touches the database."""

    can_refund: bool
    can_refund_part: bool  # of an order: the sum of one of its dues
    can_query: bool

    def start(self, payment: Payable, visit: Visit, at: datetime) -> Started: ...

    def query(self, payment: Payable, at: datetime) -> Told: ...

    def refund(self, refund: Refund, at: datetime) -> Refunding: ...

    def try_out(self, at: datetime) -> Tried: ...


_adapters: dict[str, type[Gateway] | object] = {}


def install(adapters: dict[str, object]) -> None:
    """Say which adapters there are; replaces whatever was said before."""
    _adapters.clear()
    _adapters.update(adapters)


def names() -> list[str]:
    return sorted(_adapters)


def described(adapter: str) -> Description | None:
    """What the adapter of that name asks for; None: there is none, or it is not for people to set."""
    return getattr(_adapters.get(adapter), "description", None)


def gateway_of(channel: PaymentChannel) -> Gateway:
    """The adapter of a channel. Raises GatewayTrouble when this installation has none of that name."""
    make = _adapters.get(channel.adapter)
    if make is None:
        raise GatewayTrouble("Kênh thanh toán này chưa nối. Hãy chọn cách khác hoặc nộp tại quầy.")
    made: Gateway = make(channel)  # type: ignore[operator]
    return made
