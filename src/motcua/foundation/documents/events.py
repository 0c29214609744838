"""What can have happened to a document. The ledger keeps these names for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class DocumentEvent(Event):
    subject_type: ClassVar[str] = "document"


@dataclass(frozen=True, kw_only=True)
class DocumentStored(DocumentEvent):
    """`subject` is what the document belongs to (a dossier), None for an upload not yet used."""

    label: ClassVar[str] = "Lưu tệp"
    opens: ClassVar[bool] = True

    name: str
    sha256: str
    size: int
    media_type: str
    subject: UUID | None
    replaces: UUID | None


@dataclass(frozen=True, kw_only=True)
class DocumentDescribed(DocumentEvent):
    """Which data were changed; never the personal data themselves."""

    label: ClassVar[str] = "Ghi dữ liệu đặc tả của giấy tờ"

    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class DocumentReplaced(DocumentEvent):
    label: ClassVar[str] = "Thay bằng bản khác"

    replacement: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class DocumentDiscarded(DocumentEvent):
    label: ClassVar[str] = "Bỏ tệp chưa dùng"

    sha256: str


@dataclass(frozen=True, kw_only=True)
class DocumentOpened(DocumentEvent):
    label: ClassVar[str] = "Mở tệp"

    subject: UUID | None


@dataclass(frozen=True, kw_only=True)
class DocumentQuarantined(DocumentEvent):
    """`uploaded_by` and `subject` say whom to tell."""

    label: ClassVar[str] = "Cách ly tệp nhiễm mã độc"

    name: str
    signature: str
    subject: UUID | None
    uploaded_by: UUID | None
