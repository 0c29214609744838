"""Bản quét của bản chính: a scanner's PDF as it is, or photographs bound into one PDF in the order they came."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from motcua.core.errors import InvalidInput
from motcua.core.text import fold
from motcua.foundation.documents import recognising, sheets
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.arriving import ArrivedFile, use
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.documents.rendering import CannotShow
from motcua.foundation.documents.sheets import Cut
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier

MOST_FILES = 50


def keep_scan(uploads: Sequence[Any], *, title: str, dossier: Dossier, by: User, at: datetime) -> Document:
    """Raises InvalidInput, RefusedFile, StoreUnavailable."""
    if not uploads:
        raise InvalidInput({"file": "Hãy quét hoặc chụp bản chính."})
    if len(uploads) > MOST_FILES:
        raise InvalidInput({"file": f"Nhiều nhất {MOST_FILES} tệp một lần. Hãy quét thành một tệp PDF."})
    name = f"{fold(title)[:60] or 'ban-chinh'}.pdf"
    facts = PaperFacts(title=title, holder_id=dossier.applicant_id)
    if len(uploads) == 1 and _is_pdf(uploads[0]):
        return store(uploads[0], name=name, by=by, at=at, facts=facts)
    pictures = [picture for upload in uploads for picture in _pages(upload)]
    document = store(io.BytesIO(recognising.bound(pictures)), name=name, by=by, at=at, facts=facts)
    for upload in uploads:
        if isinstance(upload, ArrivedFile):
            use(upload, document_id=document.pk, at=at)
    return document


def _pages(upload: Any) -> list[bytes]:
    try:
        return [one.content for one in sheets.flatten(upload, is_pdf=_is_pdf(upload), cut=Cut())]
    except CannotShow as reason:
        raise InvalidInput({"file": f"{upload.name}: {reason}"}) from None


def _is_pdf(upload: Any) -> bool:
    head = upload.read(5)
    upload.seek(0)
    return bool(head == b"%PDF-")
