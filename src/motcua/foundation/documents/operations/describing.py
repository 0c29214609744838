"""Ghi dữ liệu đặc tả: what the law wants to be known of each digitised paper."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from motcua.core import events
from motcua.core.errors import Stale
from motcua.core.time import local_date
from motcua.foundation.documents.events import DocumentDescribed
from motcua.foundation.documents.metadata import LABELS, PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import locked


@transaction.atomic
def describe(*, document_id: UUID, facts: PaperFacts, by: AbstractBaseUser | None, at: datetime) -> Document:
    """Ghi dữ liệu đặc tả: set the paper's data; incomplete data are kept too (`document.missing` says what lacks).

    Records nothing when nothing changed. Raises InvalidInput per field, Stale for a replaced document.
    Legal: ND118-2025 Đ19.2
    """
    facts = facts.checked(on=local_date(at))
    document = locked(document_id)
    if document.replaced_by_id:
        raise Stale("Tệp này đã được thay bằng bản khác. Hãy ghi dữ liệu cho bản mới nhất.", field="file")
    changed = [name for name in LABELS if getattr(document, name) != getattr(facts, name)]
    if not changed:
        return document
    for name in changed:
        setattr(document, name, getattr(facts, name))
    document.save(update_fields=changed)
    events.record(
        DocumentDescribed(subject_id=document.pk, actor_id=by.pk if by else None, at=at, fields=changed)
    )
    return document
