"""Chữ ký số trong quy trình số hóa, as digitising asks for it; whoever signs fills it in at start.

The officer signs the copy that they have checked, then the agency seals it. Legal: ND118-2025 Đ17.1, Đ19.2
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User
    from motcua.foundation.org.models import Agency

NOT_YET = "Hệ thống chưa có chữ ký số cho giấy tờ số hóa."


class PaperSigner(Protocol):
    """Người ký: each act gives back the key of the signed document, which takes the place of the one before."""

    def why_not(self, *, officer: User, agency: Agency, at: datetime) -> str:
        """Vì sao người này và cơ quan này chưa ký được; "" when both can."""

    def sign(self, *, document_id: UUID, by: User, at: datetime) -> UUID:
        """Ký của công chức. Raises DomainError."""

    def seal(self, *, document_id: UUID, agency: Agency, by: User, at: datetime) -> UUID:
        """Ký của cơ quan. Raises DomainError."""


_signer: PaperSigner | None = None


def install(signer: PaperSigner | None) -> None:
    """Say who signs; replaces whoever did before."""
    global _signer  # noqa: PLW0603  filled once, at start
    _signer = signer


def signer() -> PaperSigner | None:
    return _signer


def why_not(*, officer: User, agency: Agency, at: datetime) -> str:
    """Chưa ký số được vì; "" when it can be."""
    return _signer.why_not(officer=officer, agency=agency, at=at) if _signer is not None else NOT_YET
