"""Ký số tài liệu: a document of the store becomes a signed one beside it; the unsigned one stays as it was."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import PurePath

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from motcua.core import events
from motcua.foundation.documents import content
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.opening import refuse_unsafe
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.signing.events import DocumentSigned
from motcua.foundation.signing.making import SignedPdf, sign_pdf
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.refusals import UnsignablePdf
from motcua.foundation.signing.stamping import Stamp


def sign_document(
    document: Document,
    *,
    identity: SigningIdentity,
    reason: str,
    place: str,
    by: AbstractBaseUser | None,
    at: datetime,
    stamp: Stamp | None = None,
) -> Document:
    """Ký số tài liệu: returns the signed document, of the same subject and with the same data.

    Signing takes some tenths of a second and may call a device or a service: no lock is held meanwhile. Whoever calls
    makes sure that it is done once. Raises SigningRefused, and what opening a file may raise.
    """
    signed = sign_pdf(bytes_of(document), identity=identity, reason=reason, place=place, at=at, stamp=stamp)
    return keep_signed(document, identity=identity, signed=signed, by=by, at=at)


@transaction.atomic
def keep_signed(
    document: Document,
    *,
    identity: SigningIdentity,
    signed: SignedPdf,
    by: AbstractBaseUser | None,
    at: datetime,
) -> Document:
    """Lưu tệp đã ký, and say in the ledger who has signed what."""
    kept = store(
        io.BytesIO(signed.content),
        name=f"{PurePath(document.name).stem}-da-ky.pdf".replace("-da-ky-da-ky", "-da-ky"),
        by=by,
        at=at,
        subject_id=document.subject_id,
        facts=document.facts,
    )
    events.record(
        DocumentSigned(
            subject_id=kept.pk,
            actor_id=by.pk if by else None,
            at=at,
            source=document.pk,
            identity=identity.pk,
            signer=identity.holder_name,
            level=signed.level,
        )
    )
    return kept


def bytes_of(document: Document) -> bytes:
    """Nội dung PDF of a document that may be signed. Raises UnsignablePdf, Quarantined, StillScanning."""
    if document.file.media_type != "application/pdf":
        raise UnsignablePdf(
            f"Tệp “{document.name}” không phải PDF nên không ký số được. Hãy xuất ra PDF rồi tải lên lại."
        )
    refuse_unsafe(document)
    with content.opened(document.file.sha256) as stream:
        return stream.read()
