"""Nghe tin: what other rooms tell becomes a paper in the store, in the transaction of the act."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from motcua.core.events import Event
from motcua.foundation.documents.events import DocumentDescribed, DocumentOpened
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.models import User
from motcua.service.dossiers.events import ResultCorrected, ResultIssued, SettledAtOnce, WrongResultFound
from motcua.service.dossiers.models import Decision, Dossier, Result, Scan
from motcua.service.holdings.finding import type_named
from motcua.service.holdings.models import Digitisation, HeldPaper, PaperMatch, PaperUse
from motcua.service.holdings.operations.keeping import PaperIn, keep, withdraw
from motcua.service.holdings.operations.using import Actor, mark_looked

P, T = HeldPaper.Provenance, HeldPaper.Trust


def keep_described(event: Event) -> None:
    """Giấy tờ đã số hóa và được công chức ghi đủ dữ liệu, of a person that is known, in a dossier.

    Legal: ND118-2025 Đ19.2
    """
    assert isinstance(event, DocumentDescribed)  # noqa: S101  as the table of subscriptions says
    document = Document.objects.filter(pk=event.subject_id).first()
    if document is None or document.holder_id is None or document.missing or event.actor_id is None:
        return
    if Digitisation.objects.filter(document=document).exists():
        return  # it goes to the store at the end of its own process
    scan = Scan.objects.filter(document=document).select_related("dossier").order_by("id").first()
    if scan is not None:
        keep_scan(scan, by_id=event.actor_id, at=event.at)


def keep_scan(scan: Scan, *, by_id: UUID, at: datetime, trust: str = T.CHECKED) -> HeldPaper | None:
    """Đưa một bản số hóa đã đối chiếu vào kho; None when nobody is known whose paper it is."""
    document, dossier = scan.document, scan.dossier
    if document.holder_id is None:
        return None
    title = document.title or scan.part.name
    kind = type_named(title, procedure_id=dossier.procedure_id, code=document.paper_type_code)
    return keep(
        PaperIn(
            holder_id=document.holder_id,
            title=title,
            source=f"document:{document.pk}",
            provenance=P.DIGITISED,
            trust=trust,
            paper_type=kind or type_named(scan.part.name, procedure_id=dossier.procedure_id),
            number=document.number,
            issued_by=document.issuer,
            issued_on=document.issued_on,
            printed_until=document.valid_to,
            dossier_id=dossier.pk,
            document_id=document.pk,
        ),
        by_id=by_id,
        at=at,
    )


def keep_result(event: Event) -> None:
    """Kết quả đã phát hành: what the agency issued needs never be brought again. Legal: ND118-2025 Đ22.1, Đ22.4"""
    assert isinstance(event, ResultIssued | ResultCorrected | SettledAtOnce)  # noqa: S101  as the table of subscriptions says
    dossier = Dossier.objects.select_related("agency").get(pk=event.subject_id)
    if dossier.decisions.filter(sent_back_at=None).exclude(outcome=Decision.Outcome.APPROVE).exists():
        return  # a refusal is no paper to show
    result = Result.objects.get(dossier=dossier)
    held = keep(
        PaperIn(
            holder_id=dossier.applicant_id,
            title=result.name,
            source=f"result:{result.pk}:{result.number}"[:120],
            provenance=P.RESULT,
            trust=T.ISSUED,
            paper_type=type_named(
                result.name, procedure_id=dossier.procedure_id, role=PaperMatch.Role.RESULT
            ),
            number=result.number,
            issued_by=dossier.agency.name,
            issued_on=result.issued_on,
            dossier_id=dossier.pk,
            document_id=result.document_id,
        ),
        by_id=event.actor_id,
        at=event.at,
    )
    if isinstance(event, ResultCorrected):
        of_same = HeldPaper.objects.filter(source__startswith=f"result:{result.pk}:", superseded_by=None)
        of_same.exclude(pk=held.pk).update(superseded_by=held)


def withdraw_result(event: Event) -> None:
    """Kết quả bị phát hiện sai: it may not be relied upon while it is being mended. Legal: ND118-2025 Đ23.1"""
    assert isinstance(event, WrongResultFound)  # noqa: S101  as the table of subscriptions says
    wrong = HeldPaper.objects.standing().filter(dossier=event.subject_id, provenance=P.RESULT)
    for held in wrong:
        reason = f"Kết quả bị phát hiện sai: {event.reason}"
        withdraw(held_id=held.pk, reason=reason[:300], by_id=event.actor_id, at=event.at)


def tell_of_opening(event: Event) -> None:
    """Mở bản số hóa: an officer has read it; the holder will see who."""
    assert isinstance(event, DocumentOpened)  # noqa: S101  as the table of subscriptions says
    if event.actor_id is None:
        return
    held = list(HeldPaper.objects.filter(document=event.subject_id))
    if not held:
        return
    user = User.objects.filter(pk=event.actor_id).first()
    if user is not None:
        mark_looked(
            held,
            kind=PaperUse.Kind.OPENED,
            actor=Actor.officer(user, None),
            at=event.at,
            subject_id=event.subject,
        )
