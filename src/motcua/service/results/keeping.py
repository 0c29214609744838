"""Giữ bản sao chứng thực trong kho của chủ giấy: once its signatures are made; withdrawn from it when it is revoked."""

from __future__ import annotations

from motcua.core.events import Event
from motcua.service.holdings.finding import type_named
from motcua.service.holdings.models import HeldPaper
from motcua.service.holdings.operations.keeping import PaperIn, keep, withdraw
from motcua.service.results.events import ResultPublished, ResultRevoked
from motcua.service.results.models import Certification


def keep_certified(event: Event) -> None:
    """Công bố bản sao chứng thực: it may be used again like every paper of the store."""
    assert isinstance(event, ResultPublished)  # noqa: S101  said in config/subscriptions.py
    made = _certified(event.paper_id)
    if made is None or made.issued is None:
        return
    keep(
        PaperIn(
            holder_id=made.issued.holder_id,
            title=made.title,
            source=f"certified:{made.issued.pk}",
            provenance=HeldPaper.Provenance.CERTIFIED,
            trust=HeldPaper.Trust.SIGNED,
            paper_type=type_named(made.title, procedure_id=made.dossier.procedure_id),
            number=made.original_number,
            issued_by=made.original_issuer,
            issued_on=made.original_issued_on,
            dossier_id=made.dossier_id,
            document_id=made.issued.document_id,
        ),
        by_id=event.actor_id,
        at=event.at,
    )


def withdraw_certified(event: Event) -> None:
    """Bản sao chứng thực bị thu hồi."""
    assert isinstance(event, ResultRevoked)  # noqa: S101  said in config/subscriptions.py
    made = _certified(event.paper_id)
    held = HeldPaper.objects.filter(source=f"certified:{made.issued_id}").first() if made else None
    if held:
        withdraw(
            held_id=held.pk, reason=f"Bị thu hồi: {event.reason}"[:300], by_id=event.actor_id, at=event.at
        )


def _certified(paper_id: str) -> Certification | None:
    return Certification.objects.select_related("issued", "dossier").filter(issued__paper_id=paper_id).first()
