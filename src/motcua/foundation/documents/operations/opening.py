"""Mở tệp: give a file out and remember who has looked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from motcua.core import events
from motcua.foundation.documents.events import DocumentOpened
from motcua.foundation.documents.opening import Opened, opened
from motcua.foundation.documents.operations.storing import locked


@transaction.atomic
def open_document(
    *, document_id: UUID, by: AbstractBaseUser | None, at: datetime, inline: bool = False
) -> Opened:
    """Mở tệp: the file, ready to be sent; the ledger says who opened it and when.

    The caller has already asked whether `by` may see it. Raises UnknownDocument, Quarantined, StillScanning, LostContent.
    """
    document = locked(document_id)
    given = opened(document, inline=inline)
    events.record(
        DocumentOpened(
            subject_id=document.pk, actor_id=by.pk if by else None, at=at, subject=document.subject_id
        )
    )
    return given
