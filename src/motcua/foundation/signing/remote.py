"""Dịch vụ ký số từ xa: what signing needs of it; an integration fills it in at start.

The service gets a digest, never the paper. Its holder says yes or no on the phone, some seconds or minutes later.
"""

from __future__ import annotations

from typing import Protocol

from motcua.foundation.signing.refusals import SignerUnavailable


class Declined(Exception):
    """Người ký từ chối trên điện thoại, or the service let it lapse."""


class RemoteService(Protocol):
    """Dịch vụ: `credential` is the key name of the identity. Each raises SigningRefused when it cannot be asked."""

    def ask(self, *, credential: str, digest: bytes, words: str) -> str:
        """Gửi yêu cầu to the phone; returns the service's name of it. Raises CertificateRevoked as well."""

    def answer(self, *, credential: str, transaction: str, digest: bytes) -> bytes | None:
        """Chữ ký, None while nobody has said anything. May be asked again: it gives the same. Raises Declined."""

    def cancel(self, *, transaction: str) -> None:
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
