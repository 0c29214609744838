"""Lấy giấy tờ từ kho quốc gia: with the holder's consent; what comes is kept in the store with where it comes from.

Legal: ND118-2025 Đ17.1
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core.errors import DomainError
from motcua.foundation.documents.kinds import RefusedFile
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import Applicant, User
from motcua.integrations.national_papers import client, contract
from motcua.service.holdings.models import Consent, HeldPaper, PaperType, PaperUse
from motcua.service.holdings.operations.keeping import PaperIn, keep
from motcua.service.holdings.operations.using import Actor, ConsentMissing, mark_looked

logger = logging.getLogger(__name__)


class NoNumber(DomainError):
    """Không tìm được khi chưa biết số định danh."""


def fetch(
    *,
    holder: Applicant,
    types: Sequence[PaperType],
    procedure: str,
    subject_id: UUID,
    agency_id: int | None,
    by: User,
    at: datetime,
) -> list[HeldPaper]:
    """Lấy những loại giấy tờ này; asked again, nothing is kept twice. Not inside a transaction: the store may be slow.

    The type's code is the national code of the result.
    Raises ConsentMissing, NoNumber, NationalStoreDown, NationalStoreOff.
    """
    if not Consent.objects.filter(holder=holder, subject_id=subject_id, withdrawn_at=None).exists():
        raise ConsentMissing
    if not holder.personal_number:
        raise NoNumber(
            "Chưa biết số định danh của người nộp nên không tìm được trong kho quốc gia.", field="fetch"
        )
    if not types:
        return []
    by_code = {one.code: one for one in types}
    found = client.find(
        contract.asking(
            owner=holder.personal_number, owner_name=holder.name, asker=holder.personal_number, procedure=procedure,
            wanted=[contract.Wanted(code) for code in by_code],
        )
    )  # fmt: skip
    kept = []
    for paper in found:
        if paper.code not in by_code:
            continue  # more than was asked for is not looked at
        contents = client.get(paper, paper.files[0]) if paper.files else b""
        kept.append(
            _keep(
                paper,
                contents,
                paper_type=by_code[paper.code],
                holder=holder,
                subject_id=subject_id,
                agency_id=agency_id,
                by=by,
                at=at,
            )
        )
    return kept


@transaction.atomic
def _keep(
    paper: contract.Found,
    contents: bytes,
    *,
    paper_type: PaperType,
    holder: Applicant,
    subject_id: UUID,
    agency_id: int | None,
    by: User,
    at: datetime,
) -> HeldPaper:
    source = f"national:{holder.pk}:{paper.code}:{paper.number}"[:120]
    known = HeldPaper.objects.filter(source=source).first()
    document = None if known and known.document_id else _stored(paper, contents, holder, at)
    held = keep(
        PaperIn(
            holder_id=holder.pk,
            title=paper.title or paper_type.name,
            source=source,
            provenance=HeldPaper.Provenance.NATIONAL,
            trust=HeldPaper.Trust.RECEIVED,
            paper_type=paper_type,
            number=paper.number,
            issued_by=paper.authority,
            document_id=document.pk if document else None,
        ),
        by_id=by.pk,
        at=at,
    )
    mark_looked(
        [held], kind=PaperUse.Kind.FETCHED, actor=Actor.officer(by, agency_id), at=at, subject_id=subject_id,
        purpose="Lấy từ kho quốc gia khi tiếp nhận hồ sơ",
    )  # fmt: skip
    return held


def _stored(paper: contract.Found, contents: bytes, holder: Applicant, at: datetime) -> Document | None:
    """The file, if it is one that the house takes; a paper whose file is bad is still a fact that is known."""
    if not contents:
        return None
    facts = PaperFacts(
        title=(paper.title or paper.files[0].name)[:500], number=paper.number[:100], issuer=paper.authority[:300],
        holder_id=holder.pk, paper_type_code=paper.code[:40],
    )  # fmt: skip
    try:
        return store(io.BytesIO(contents), name=paper.files[0].name, by=None, at=at, facts=facts)
    except RefusedFile as refusal:
        logger.warning("A file of the national store was refused: %s", type(refusal).__name__)
        return None
