"""Lưu tệp: take an upload in, replace it by a better one, drop one that was never used."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import ProtectedError

from motcua.core import events
from motcua.core.asking import Asked
from motcua.core.errors import DomainError, Forbidden, Stale
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.documents import content, kinds
from motcua.foundation.documents.events import DocumentDiscarded, DocumentReplaced, DocumentStored
from motcua.foundation.documents.kinds import Kind
from motcua.foundation.documents.metadata import LABELS, PaperFacts
from motcua.foundation.documents.models import Document, PreviewState, ScanState, StoredFile
from motcua.foundation.documents.names import clean_name, tidied
from motcua.foundation.documents.operations import arriving

logger = logging.getLogger(__name__)

IN_USE = "Tệp này đã nằm trong hồ sơ nên không bỏ được. Hãy dùng “Thay bản khác” nếu tệp sai."
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 2026))"


class UnknownDocument(DomainError):
    """Không có tài liệu này."""

    def __init__(self) -> None:
        super().__init__("Không tìm thấy tệp này. Có thể tệp đã được bỏ; hãy tải lại trang.", field="file")


class StoreUnavailable(DomainError):
    """Kho tệp không ghi được."""

    def __init__(self) -> None:
        super().__init__(
            "Kho tệp đang không ghi được nên tệp chưa được lưu. Hãy thử lại sau ít phút; nếu vẫn lỗi, báo người quản trị.",
            field="file",
        )


@transaction.atomic
def store(
    upload: IO[bytes] | File[bytes],
    *,
    name: str,
    by: AbstractBaseUser | None,
    at: datetime,
    subject_id: UUID | None = None,
    facts: PaperFacts | None = None,
) -> Document:
    """Lưu tệp: keep an upload and one named use of it; `subject_id` None: not yet used (see `attach`).

    The same content is kept once. The scan and the previews follow after the commit and never hold this up.
    Raises RefusedFile (empty, too large, wrong or unsafe type), InvalidInput (facts).
    """
    return _store(
        upload, name=name, by=by, at=at, subject_id=subject_id, facts=facts or PaperFacts(), replaces=None
    )


@transaction.atomic
def replace(
    upload: IO[bytes] | File[bytes],
    *,
    document_id: UUID,
    name: str,
    by: AbstractBaseUser | None,
    at: datetime,
    reason: str = "",
) -> Document:
    """Thay bản khác: the new document takes over subject and data; the old one stays, pointing to the new.

    Returns the new document. Raises Stale when somebody replaced it meanwhile, RefusedFile, UnknownDocument.
    """
    old = locked(document_id)
    if old.replaced_by_id:
        raise Stale(
            "Tệp này vừa được thay bằng bản khác. Hãy tải lại trang để xem bản mới nhất.", field="file"
        )
    new = _store(upload, name=name, by=by, at=at, subject_id=old.subject_id, facts=old.facts, replaces=old.pk)
    old.replaced_by = new
    old.save(update_fields=["replaced_by"])
    events.record(
        DocumentReplaced(subject_id=old.pk, actor_id=_pk(by), at=at, replacement=new.pk, reason=reason)
    )
    return new


@transaction.atomic
def discard(*, document_id: UUID, by: AbstractBaseUser | None, at: datetime) -> None:
    """Bỏ tệp chưa dùng: only one's own upload, and only while it belongs to nothing.

    The content stays for its other uses. Raises Forbidden, UnknownDocument.
    """
    document = locked(document_id)
    if document.subject_id or document.uploaded_by_id != _pk(by):
        raise Forbidden(IN_USE, field="file")
    if Document.objects.filter(replaced_by=document).exists():
        raise Forbidden(
            "Tệp này đã thay cho một bản trước nên không bỏ được. Hãy thay bằng bản khác.", field="file"
        )
    events.record(
        DocumentDiscarded(subject_id=document.pk, actor_id=_pk(by), at=at, sha256=document.file.sha256)
    )
    try:
        document.delete()
    except ProtectedError:
        raise Forbidden(IN_USE, field="file") from None


@transaction.atomic
def discard_from(*, document_id: UUID, subject_id: UUID, at: datetime, actor_id: UUID | None = None) -> None:
    """Bỏ tệp khỏi bản nháp: of a subject that is not the administration's yet; the caller has asked whose it is.

    The content stays for its other uses, and goes a day later when there are none. Raises Forbidden, UnknownDocument.
    """
    document = locked(document_id)
    if document.subject_id != subject_id:
        raise Forbidden(IN_USE, field="file")
    events.record(
        DocumentDiscarded(subject_id=document.pk, actor_id=actor_id, at=at, sha256=document.file.sha256)
    )
    try:
        document.delete()
    except ProtectedError:
        raise Forbidden(IN_USE, field="file") from None


@transaction.atomic
def share(*, document_id: UUID, subject_id: UUID, by: AbstractBaseUser | None, at: datetime) -> Document:
    """Dùng cùng một tệp cho việc khác: a document of its own for that subject; the content is kept once.

    Whose the document is, the caller has asked. Raises UnknownDocument.
    """
    document = locked(document_id)
    return _named(document.file, document.name, by=by, at=at, subject_id=subject_id, facts=document.facts)


def attach(*, document_ids: list[UUID], subject_id: UUID, by: AbstractBaseUser | None) -> list[Document]:
    """Gắn tệp vào hồ sơ: part of a larger act, which records the event and owns the transaction.

    Takes only uploads of `by` that belong to nothing yet, or already to this subject (so that a repeated act changes
    nothing). Returns them in the given order. Raises Stale when one of them is gone or was used elsewhere.
    """
    if not document_ids:
        return []
    claim(document_ids=document_ids, subject_id=subject_id, by=by)
    found = {
        document.pk: document
        for document in Document.objects.filter(pk__in=document_ids).select_related("file")
    }
    return [found[document_id] for document_id in document_ids]


def claim(*, document_ids: list[UUID], subject_id: UUID, by: AbstractBaseUser | None) -> None:
    """Gắn tệp vào hồ sơ, as `attach` does, without reading them. What belongs to it already is only locked."""
    wanted = set(document_ids)
    loose = wanted - {own.pk for own in OWN.all(document_ids=sorted(wanted), subject_id=subject_id)}
    if not loose:
        return
    taken = Document.objects.filter(pk__in=loose, subject_id=None, uploaded_by_id=_pk(by))
    if taken.update(subject_id=subject_id) != len(loose):
        raise Stale(
            "Có tệp đã được dùng ở hồ sơ khác hoặc đã bỏ. Hãy tải lại trang và chọn lại tệp.", field="file"
        )


OWN = Asked(
    lambda document_ids, subject_id: (
        Document.objects.filter(pk__in=document_ids, subject_id=subject_id)
        .only("pk")
        .select_for_update(no_key=True)
    )
)


def locked(document_id: UUID) -> Document:
    """The document, locked. Raises UnknownDocument."""
    try:
        return Document.objects.lock(document_id)
    except Document.DoesNotExist:
        raise UnknownDocument from None


def one_at_a_time(sha256: str) -> None:
    """Until the transaction ends, nobody else keeps or forgets content of that digest."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME, [sha256])


def _store(
    upload: IO[bytes] | File[bytes],
    *,
    name: str,
    by: AbstractBaseUser | None,
    at: datetime,
    subject_id: UUID | None,
    facts: PaperFacts,
    replaces: UUID | None,
) -> Document:
    shown = tidied(name) or "không tên"
    facts = facts.checked(on=local_date(at))
    limit = int(settings.UPLOAD_LIMIT)
    kinds.refuse_by_size(getattr(upload, "size", None), limit=limit, name=shown)
    try:
        with content.taken(upload, limit=limit) as taken:
            kinds.refuse_by_size(taken.size, limit=limit, name=shown)
            kind = kinds.recognise(taken.stream, size=taken.size, name=shown)
            file = _kept_once(taken, kind, at)
    except content.OverLimit:
        raise kinds.too_large(limit + 1, limit=limit, name=shown) from None
    document = _named(
        file, clean_name(name, kind), by=by, at=at, subject_id=subject_id, facts=facts, replaces=replaces
    )
    if isinstance(upload, arriving.ArrivedFile):
        arriving.use(upload, document_id=document.pk, at=at)
    return document


def _named(
    file: StoredFile,
    name: str,
    *,
    by: AbstractBaseUser | None,
    at: datetime,
    subject_id: UUID | None,
    facts: PaperFacts,
    replaces: UUID | None = None,
) -> Document:
    """One named use of a content that is kept."""
    document = Document(
        id=new_id(),
        file=file,
        name=name,
        subject_id=subject_id,
        uploaded_by_id=_pk(by),
        uploaded_at=at,
        **{label: getattr(facts, label) for label in LABELS},
    )
    document.save(force_insert=True)
    events.record(
        DocumentStored(
            subject_id=document.pk,
            actor_id=_pk(by),
            at=at,
            name=document.name,
            sha256=file.sha256,
            size=file.size,
            media_type=file.media_type,
            subject=subject_id,
            replaces=replaces,
        )
    )
    return document


def _kept_once(taken: content.Content, kind: Kind, at: datetime) -> StoredFile:
    """The row of that content, new or old. Two uploads of the same content wait for each other."""
    one_at_a_time(taken.sha256)
    try:
        content.put(taken)
    except (
        Exception
    ) as error:  # a full disk, an object store that does not answer: each store has its own errors
        logger.exception("The store of files cannot be written")
        raise StoreUnavailable from error
    has_preview = kind.is_image or kind is kinds.PDF
    return StoredFile.objects.get_or_create(
        sha256=taken.sha256,
        defaults={
            "size": taken.size,
            "media_type": kind.media_type,
            "stored_at": at,
            "scan_state": ScanState.PENDING if settings.CLAMAV else ScanState.NOT_SCANNED,
            "preview_state": PreviewState.PENDING if has_preview else PreviewState.NONE,
        },
    )[0]


def _pk(by: AbstractBaseUser | None) -> Any:
    return by.pk if by else None
