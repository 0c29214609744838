"""Kết quả của tôi: what the holder of a dossier may read and take home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from motcua.foundation.documents.models import Document
from motcua.foundation.documents.opening import sign_link
from motcua.service.results.models import IssuedResult, ResultCheck, SigningJob

MOST_CHECKS = 20


@dataclass(frozen=True)
class Held:
    """Một kết quả của người này: `link` opens the file for some minutes; empty while there is none."""

    issued: IssuedResult
    link: str
    checks: tuple[ResultCheck, ...]
    check_count: int


def held_of(code: str, at: datetime) -> list[Held]:
    """The results of the dossier with that code, for whoever has proved to be its applicant."""
    found = IssuedResult.objects.filter(dossier__code=code).select_related(
        "document__file", "agency", "replaced_by"
    )
    return [held_as(issued, at) for issued in found.order_by("-issued_at", "-pk")]


def held_as(issued: IssuedResult, at: datetime) -> Held:
    """One result with its link and the checks that were made."""
    checks = issued.checks.order_by("-at")
    link = ""
    if issued.document_id and issued.published_at:
        link = sign_link(document_id=issued.document_id, user_id=None, at=at)
    return Held(issued, link, tuple(checks[:MOST_CHECKS]), checks.count())


def may_be_taken(document_id: UUID) -> Document | None:
    """The file of a published result."""
    is_published = IssuedResult.objects.published().filter(document=document_id).exists()
    return Document.objects.select_related("file").filter(pk=document_id).first() if is_published else None


def signatures_of(dossier_id: UUID) -> list[SigningJob]:
    """Các chữ ký số of a dossier, the earliest first."""
    found = SigningJob.objects.filter(dossier=dossier_id).exclude(state=SigningJob.State.DROPPED)
    return list(found.select_related("identity", "signed").order_by("asked_at", "pk"))
