"""What can have happened to an identity that signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SigningIdentityRegistered(Event):
    subject_type: ClassVar[str] = "signing_identity"
    label: ClassVar[str] = "Đăng ký chứng thư số"
    opens: ClassVar[bool] = True

    holder: str
    serial: str
    issuer: str
    valid_to: datetime
    keeper: str


@dataclass(frozen=True, kw_only=True)
class SigningIdentityRevoked(Event):
    subject_type: ClassVar[str] = "signing_identity"
    label: ClassVar[str] = "Ngừng dùng chứng thư số"

    serial: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DocumentSigned(Event):
    subject_type: ClassVar[str] = "document"
    label: ClassVar[str] = "Ký số tài liệu"

    source: UUID
    identity: UUID
    signer: str
    level: str
