"""Mở tệp: what a page needs to send a file, and links that expire. No HTTP here besides the names of headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core import signing

from motcua.core.errors import DomainError
from motcua.foundation.documents import content
from motcua.foundation.documents.models import Document, Preview, ScanState
from motcua.foundation.documents.names import content_disposition

SALT = "motcua.documents.link"
LIFETIME = timedelta(minutes=15)
NEVER_RUN = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


class Quarantined(DomainError):
    """Tệp đang cách ly."""


class StillScanning(DomainError):
    """Tệp đang được quét."""


class LostContent(DomainError):
    """Kho tệp mất nội dung."""


class BrokenLink(DomainError):
    """Đường dẫn không dùng được."""


@dataclass(frozen=True)
class Opened:
    """An open file with everything a response needs. Who takes it closes `stream`."""

    stream: IO[bytes]
    media_type: str
    size: int
    sha256: str
    headers: Mapping[str, str]


def opened(document: Document, *, inline: bool = False) -> Opened:
    """Mở để tải về hoặc xem: `inline` is honoured only for kinds that a browser may show.

    Raises Quarantined, StillScanning, LostContent.
    """
    file = document.file
    refuse_unsafe(document)
    kind = file.kind
    headers = {
        "Content-Disposition": content_disposition(document.name, inline=inline and kind.is_shown),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    if kind.media_type != "application/pdf":  # a sandbox would switch the browser's PDF viewer off
        headers["Content-Security-Policy"] = NEVER_RUN
    return Opened(_stream(file.sha256), kind.media_type, file.size, file.sha256, headers)


def opened_preview(preview: Preview) -> Opened:
    """Mở ảnh xem trước: a picture that we have drawn ourselves. Raises Quarantined, LostContent."""
    if preview.file.is_infected:
        raise Quarantined("Tệp nhiễm mã độc, đã cách ly, nên không xem được.")
    headers = {
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600, immutable",
        "Content-Security-Policy": NEVER_RUN,
    }
    return Opened(_stream(preview.sha256), "image/webp", preview.size, preview.sha256, headers)


def refuse_unsafe(document: Document) -> None:
    """Nothing infected leaves the house; what is being scanned waits some seconds. Its previews can be seen meanwhile."""
    file = document.file
    if file.is_infected:
        raise Quarantined(
            f"Tệp “{document.name}” nhiễm mã độc ({file.scan_note}), đã cách ly. Hãy đề nghị người nộp gửi bản khác.",
            field="file",
        )
    if file.scan_state == ScanState.PENDING and settings.CLAMAV:
        raise StillScanning(
            f"Tệp “{document.name}” đang được quét vi-rút. Hãy thử lại sau ít giây.", field="file"
        )


def sign_link(*, document_id: UUID, user_id: Any, at: datetime, lifetime: timedelta = LIFETIME) -> str:
    """Ký đường dẫn: a token for one document, one recipient (None: whoever holds it) and a short while."""
    until = int((at + lifetime).timestamp())
    return signing.Signer(salt=SALT).sign_object([str(document_id), _text(user_id), until], compress=False)


def check_link(token: str, *, user_id: Any, at: datetime) -> UUID:
    """Kiểm tra đường dẫn: the document that the token opens for this recipient now. Raises BrokenLink."""
    try:
        document_id, owner, until = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        raise BrokenLink("Đường dẫn tải tệp không đúng. Hãy mở lại từ trang hồ sơ.") from None
    if owner != _text(user_id):
        raise BrokenLink("Đường dẫn này dành cho người khác. Hãy mở lại từ trang hồ sơ.")
    if at.timestamp() >= until:
        raise BrokenLink("Đường dẫn tải tệp đã hết hạn. Hãy mở lại từ trang hồ sơ.")
    return UUID(document_id)


def _stream(sha256: str) -> IO[bytes]:
    try:
        return content.opened(sha256)
    except FileNotFoundError:
        raise LostContent("Kho tệp không còn nội dung này. Hãy báo người quản trị.", field="file") from None


def _text(user_id: Any) -> str:
    return "" if user_id is None else str(user_id)
