"""Nghe việc của hồ sơ: a signed decision asks for the leader's digital signature, an issued result becomes electronic.

Everything here runs in the transaction of the act and only writes rows; signing itself is the worker's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from motcua.core import events
from motcua.core.events import Event
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.documents.models import Document
from motcua.foundation.signing.models import SigningIdentity
from motcua.service.dossiers.events import (
    DecisionSentBack,
    DecisionSigned,
    ResultCorrected,
    ResultIssued,
    SettledAtOnce,
)
from motcua.service.dossiers.models import Correction, Dossier, Result
from motcua.service.results.codes import payload_of
from motcua.service.results.events import ResultPublished, ResultReplaced, SigningAsked
from motcua.service.results.models import IssuedResult, ResultDraft, SigningJob
from motcua.service.results.paper_ids import new_paper_id

PDF = "application/pdf"


def ask_leaders(happened: Sequence[Event]) -> None:
    """Nhiều quyết định đã ký: for each with a draft, the leader's signature, when the leader has a certificate."""
    subjects = [event.subject_id for event in happened]
    drafts = ResultDraft.objects.filter(dossier__in=subjects, withdrawn_at=None)
    by_dossier = {draft.dossier_id: draft for draft in drafts}
    if not by_dossier:
        return
    identities: dict[UUID | None, SigningIdentity | None] = {}
    for event in happened:
        draft = by_dossier.get(event.subject_id)
        if draft is None or event.actor_id is None:
            continue
        if event.actor_id not in identities:
            identities[event.actor_id] = SigningIdentity.objects.of_officer(event.actor_id, event.at)
        identity = identities[event.actor_id]
        if identity:
            ask(event.subject_id, identity, draft.document_id, event.actor_id, event.at)


@events.many(ask_leaders)
def ask_leader(event: Event) -> None:
    """Quyết định đã ký."""
    assert isinstance(event, DecisionSigned)  # noqa: S101  said in config/subscriptions.py
    ask_leaders([event])


def drop_draft(event: Event) -> None:
    """Trả lại để thẩm định thêm: the draft that was sent back is not signed."""
    assert isinstance(event, DecisionSentBack)  # noqa: S101
    ResultDraft.objects.filter(dossier=event.subject_id, withdrawn_at=None).update(withdrawn_at=event.at)


def result_issued(event: Event) -> None:
    """Phát hành, or settled at once: the result gets its paper id."""
    assert isinstance(event, ResultIssued | SettledAtOnce)  # noqa: S101
    dossier, result = _facts(event.subject_id)
    _issue(dossier, result, event, None)


def result_corrected(event: Event) -> None:
    """Kết quả đã sửa: the new paper takes the place of the old one, which says so from now on."""
    assert isinstance(event, ResultCorrected)  # noqa: S101
    dossier, result = _facts(event.subject_id)
    old = IssuedResult.objects.standing(dossier.pk)
    if old:
        wrong = Correction.objects.get(pk=event.correction).wrong
        old.state, old.ended_at, old.ended_by_id = IssuedResult.State.REPLACED, event.at, event.actor_id
        old.ended_reason = f"Sửa kết quả sai: {wrong}"[:500]
        old.save(update_fields=["state", "ended_at", "ended_by", "ended_reason"])
        SigningJob.objects.filter(issued=old, state__in=["WAITING", "FAILED"]).update(state="DROPPED")
    issued = _issue(dossier, result, event, old)
    if old:
        events.record(
            ResultReplaced(
                subject_id=dossier.pk,
                actor_id=event.actor_id,
                at=event.at,
                paper_id=old.paper_id,
                replacement=issued.paper_id,
            )
        )


def _issue(dossier: Dossier, result: Result, event: Event, replaces: IssuedResult | None) -> IssuedResult:
    issued = IssuedResult(
        id=new_id(),
        paper_id=new_paper_id(local_date(event.at)),
        dossier=dossier,
        holder_id=dossier.applicant_id,
        agency=dossier.agency,
        name=result.name,
        number=result.number,
        issued_on=result.issued_on,
        issued_at=event.at,
        replaces=replaces,
    )
    source = result.document or _drafted(dossier, event)
    issued.document = source
    issued.valid_until = source.valid_to if source else None
    agency = SigningIdentity.objects.of_agency(dossier.agency_id, event.at)
    is_to_be_signed = bool(event.actor_id and agency and source and source.file.media_type == PDF)
    if not is_to_be_signed:
        issued.published_at = event.at
        issued.sha256 = source.file.sha256 if source else ""
        issued.payload = payload_of(issued, None, event.at)
    issued.save(force_insert=True)
    if source and result.document_id is None:
        Result.objects.filter(pk=result.pk).update(document=source)
    if agency and source and is_to_be_signed and event.actor_id:
        if isinstance(event, ResultCorrected) and (
            leader := SigningIdentity.objects.of_officer(event.actor_id, event.at)
        ):
            ask(dossier.pk, leader, source.pk, event.actor_id, event.at)
        ask(dossier.pk, agency, source.pk, event.actor_id, event.at, issued=issued)
    return issued


def tell_published(issued: IssuedResult, *, actor_id: UUID | None, at: datetime) -> None:
    events.record(
        ResultPublished(
            subject_id=issued.dossier_id,
            actor_id=actor_id,
            at=at,
            paper_id=issued.paper_id,
            sha256=issued.sha256,
            is_signed=issued.is_signed,
        )
    )


def _drafted(dossier: Dossier, event: Event) -> Document | None:
    """The draft that the leader has seen, where nothing else was brought."""
    if not isinstance(event, ResultIssued):
        return None
    draft = (
        ResultDraft.objects.filter(dossier=dossier, withdrawn_at=None)
        .select_related("document__file")
        .first()
    )
    return draft.document if draft else None


def ask(  # noqa: PLR0917
    dossier_id: UUID,
    identity: SigningIdentity,
    source_id: UUID,
    by_id: UUID,
    at: datetime,
    issued: IssuedResult | None = None,
) -> None:
    """Yêu cầu một chữ ký, once for a file and a certificate; `issued`: the agency's, of that paper."""
    job, is_new = SigningJob.objects.get_or_create(
        source_id=source_id,
        identity=identity,
        defaults={"dossier_id": dossier_id, "issued": issued, "asked_by_id": by_id, "asked_at": at},
    )
    if is_new:
        events.record(
            SigningAsked(
                subject_id=job.pk, actor_id=by_id, at=at, dossier=dossier_id, signer=identity.holder_name
            )
        )


def _facts(dossier_id: UUID) -> tuple[Dossier, Result]:
    result = Result.objects.select_related("dossier__agency", "dossier__applicant", "document__file").get(
        dossier=dossier_id
    )
    return result.dossier, result
