"""Dịch vụ ký số từ xa: what signing needs of it; an integration fills it in at start.

A service gets a digest, never the paper. Its holder says yes or no on the phone, some seconds or minutes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from motcua.foundation.signing.holders import Holder
from motcua.foundation.signing.refusals import SignerUnavailable


class Declined(Exception):
    """Người ký từ chối trên điện thoại, or the service let it lapse."""


@dataclass(frozen=True)
class RemoteKey:
    """Khóa ở một dịch vụ: whose ("": the service of this installation), and what it calls the key."""

    provider: str
    credential: str


@dataclass(frozen=True)
class Provider:
    """Nhà cung cấp mà công dân chọn được. `asks`: what its users are known by; `takes_number`: that is their own number."""

    code: str
    name: str
    asks: str
    hint: str = ""
    takes_number: bool = True
    is_simulated: bool = False


@dataclass(frozen=True)
class FoundKey:
    """Chứng thư tìm thấy at a provider; `standing`: its own word when it cannot be used, else ""."""

    key: RemoteKey
    holder: Holder
    standing: str = ""


class RemoteService(Protocol):
    """Dịch vụ. Each raises SigningRefused when the service cannot be asked."""

    def providers(self, on: date) -> Sequence[Provider]:
        """Nhà cung cấp mở cho công dân ngày ấy; asks nobody, never raises."""

    def found(self, *, provider: str, account: str) -> Sequence[FoundKey]:
        """Chứng thư của một tài khoản ở đó; none when it is not known there."""

    def certificate(self, key: RemoteKey) -> FoundKey:
        """Một chứng thư, as it stands now. Raises KeyMissing as well."""

    def ask(self, *, key: RemoteKey, digest: bytes, words: str) -> str:
        """Gửi yêu cầu to the phone; returns the service's name of it. Raises CertificateRevoked as well."""

    def answer(self, *, key: RemoteKey, transaction: str, digest: bytes) -> bytes | None:
        """Chữ ký, None while nobody has said anything. May be asked again: it gives the same. Raises Declined."""

    def cancel(self, *, key: RemoteKey, transaction: str) -> None:
        """Thôi: nothing that is said on the phone afterwards counts. Never raises for a request that is over."""


_service: RemoteService | None = None


def install(service: RemoteService | None) -> None:
    """Say which service is asked; called once when the process starts."""
    global _service  # noqa: PLW0603  filled once, at start
    _service = service


def service() -> RemoteService:
    if _service is None:
        raise SignerUnavailable("Chưa nối dịch vụ ký số từ xa. Hãy báo người quản trị.")
    return _service


def providers(on: date) -> Sequence[Provider]:
    """Nhà cung cấp mở cho công dân; none where nothing is installed."""
    return _service.providers(on) if _service else ()
