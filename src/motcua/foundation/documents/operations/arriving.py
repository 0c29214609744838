"""Nhận tệp từng phần: what a broken line has cut off goes on from where it stopped; whole and true, it is stored once.

The parts lie in the store of files, so that any process may take the next one. Nothing here is a fact of a dossier: the
document that comes of it is recorded when it is stored.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction

from motcua.core.errors import DomainError
from motcua.foundation.documents import kinds
from motcua.foundation.documents.models import IncomingFile, PhoneLink
from motcua.foundation.documents.names import tidied

KEPT = timedelta(days=2)  # after the last part: a night, and the day that somebody needs to find a network
PART = 1024 * 1024
MOST_AT_ONCE = 60  # files on their way to one form
IN_MEMORY = 2 * 1024 * 1024


class NoSuchUpload(DomainError):
    """Không còn tệp đang gửi này."""

    def __init__(self) -> None:
        super().__init__("Phần đã gửi không còn được giữ. Hãy chọn tệp và gửi lại từ đầu.", field="file")


class WrongPlace(DomainError):
    """Phần gửi tới không nối tiếp phần đã nhận: ask how much is there, and go on from there."""


class BrokenUpload(DomainError):
    """Tệp nhận được không giống tệp đã gửi."""


class ArrivedFile(File):  # type: ignore[type-arg]
    """Tệp đã đến đủ: as any upload; to store it a second time gives the document that it became."""

    def __init__(self, stream: IO[bytes], incoming: IncomingFile) -> None:
        super().__init__(stream, name=incoming.name)
        self.size = incoming.size
        self.incoming_id = incoming.pk


@transaction.atomic
def begin_upload(
    *,
    place: str,
    name: str,
    size: int,
    at: datetime,
    sent_by_id: UUID | None = None,
    sha256: str = "",
    link: PhoneLink | None = None,
) -> IncomingFile:
    """Bắt đầu gửi một tệp. Raises EmptyFile, TooLarge before a byte travels; DomainError when too many are on their way."""
    shown, limit = tidied(name) or "không tên", int(settings.UPLOAD_LIMIT)
    kinds.refuse_by_size(size, limit=limit, name=shown)
    waiting = IncomingFile.objects.filter(place=place, used_at=None, expires_at__gt=at)
    if waiting.count() >= MOST_AT_ONCE:
        raise DomainError("Có quá nhiều tệp gửi dở. Hãy gửi xong hoặc bỏ bớt rồi thử lại.", field="file")
    return IncomingFile.objects.create(
        place=place,
        sent_by_id=sent_by_id,
        name=shown[:200],
        size=size,
        sha256=sha256.lower() if _is_digest(sha256) else "",
        link=link,
        begun_at=at,
        expires_at=at + KEPT,
    )


def receive(*, upload_id: UUID, offset: int, stream: IO[bytes], at: datetime) -> int:
    """Nhận tiếp từ `offset`: as much as comes, kept part by part; returns how much is there now.

    A line that breaks leaves what has come. Raises WrongPlace, NoSuchUpload.
    """
    while True:
        part, is_broken = _read(stream, PART)
        if part:
            offset = _keep_part(upload_id=upload_id, offset=offset, part=part, at=at)
        if is_broken or len(part) < PART:
            return offset


def arrived(upload_id: UUID, at: datetime) -> ArrivedFile:
    """Mở tệp đã đến đủ, put together, compared with the sender's digest. Raises NoSuchUpload, BrokenUpload, DomainError."""
    incoming = IncomingFile.objects.filter(pk=upload_id, used_at=None, expires_at__gt=at).first()
    if incoming is None:
        raise NoSuchUpload
    if not incoming.is_whole:
        raise DomainError(f"Tệp “{incoming.name}” chưa gửi xong. Hãy chờ gửi đủ.", field="file")
    whole, digest = tempfile.SpooledTemporaryFile(IN_MEMORY), hashlib.sha256()  # noqa: SIM115  whoever stores it reads it
    for part in _parts(incoming):
        digest.update(part)
        whole.write(part)
    if whole.tell() != incoming.size or incoming.sha256 not in {"", digest.hexdigest()}:
        whole.close()
        cancel_upload(upload_id=upload_id)
        raise BrokenUpload(
            f"Tệp “{incoming.name}” nhận được không giống tệp trên máy của bạn. Hãy gửi lại từ đầu.",
            field="file",
        )
    whole.seek(0)
    return ArrivedFile(whole, incoming)


def use(arrived_file: ArrivedFile, *, document_id: UUID, at: datetime) -> None:
    """Đã lưu thành tài liệu: with the act that stores it, once. Raises DomainError when another request was first."""
    incoming = (
        IncomingFile.objects.select_for_update().filter(pk=arrived_file.incoming_id, used_at=None).first()
    )
    if incoming is None:
        raise DomainError("Tệp này vừa được lưu rồi. Hãy tải lại trang.", field="file")
    incoming.used_at, incoming.document_id = at, document_id
    incoming.save(update_fields=["used_at", "document_id"])
    transaction.on_commit(lambda: _forget_parts(incoming), robust=True)


@transaction.atomic
def cancel_upload(*, upload_id: UUID) -> None:
    """Thôi gửi: what has come is forgotten."""
    incoming = IncomingFile.objects.select_for_update().filter(pk=upload_id, used_at=None).first()
    if incoming is not None:
        _forget_parts(incoming)
        incoming.delete()


def forget_uploads(*, at: datetime) -> int:
    """Dọn tệp gửi dở whose time is over, and what is left of those that were stored; returns how many."""
    over = list(IncomingFile.objects.filter(expires_at__lte=at).order_by("expires_at")[:1000])
    for incoming in over:
        _forget_parts(incoming)
        incoming.delete()
    return len(over)


@transaction.atomic
def _keep_part(*, upload_id: UUID, offset: int, part: bytes, at: datetime) -> int:
    incoming = (
        IncomingFile.objects.select_for_update().filter(pk=upload_id, used_at=None, expires_at__gt=at).first()
    )
    if incoming is None:
        raise NoSuchUpload
    if offset != incoming.received or offset + len(part) > incoming.size:
        raise WrongPlace("Phần gửi tới không nối tiếp phần đã nhận.", field="file")
    where = _address(incoming, len(incoming.parts))
    default_storage.delete(where)  # what a rolled back try may have left
    default_storage.save(where, ContentFile(part))
    incoming.parts.append(len(part))
    incoming.received += len(part)
    incoming.expires_at = at + KEPT
    incoming.save(update_fields=["parts", "received", "expires_at"])
    return incoming.received


def _read(stream: IO[bytes], most: int) -> tuple[bytes, bool]:
    """As much as comes, up to `most`; True when the line broke."""
    pieces, size = [], 0
    try:
        while size < most and (piece := stream.read(min(64 * 1024, most - size))):
            pieces.append(piece)
            size += len(piece)
    except OSError:  # Django's UnreadablePostError is one
        return b"".join(pieces), True
    return b"".join(pieces), False


def _parts(incoming: IncomingFile) -> Iterator[bytes]:
    for place in range(len(incoming.parts)):
        with default_storage.open(_address(incoming, place), "rb") as part:
            yield part.read()


def _forget_parts(incoming: IncomingFile) -> None:
    for place in range(len(incoming.parts) + 1):
        default_storage.delete(_address(incoming, place))


def _address(incoming: IncomingFile, place: int) -> str:
    return f"dang-gui/{incoming.pk}-{place:05d}"


def _is_digest(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdefABCDEF" for letter in text)
