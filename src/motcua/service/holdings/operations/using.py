"""Đồng ý, xem, dùng lại: nothing is used without the holder's word, and each look and use is a line that they can read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput, Stale
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.holdings.events import ConsentWithdrawn, PaperLookedAt, PaperReused, ReuseConsented
from motcua.service.holdings.models import Consent, HeldPaper, PaperUse

Kind = PaperUse.Kind


class ConsentMissing(InvalidInput):
    """Chưa có đồng ý của chủ giấy tờ."""

    def __init__(self) -> None:
        super().__init__(
            {
                "consent": "Hãy hỏi chủ giấy tờ có đồng ý dùng lại giấy tờ trong kho không, và ghi lại câu trả lời."
            }
        )


class PaperGone(Stale):
    """Giấy tờ không còn dùng được."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Ai xem, dùng: an officer at an agency, or the holder. `name` is what the holder reads."""

    id: UUID | None
    name: str
    agency_id: int | None = None

    @classmethod
    def officer(cls, user: User, agency_id: int | None) -> Actor:
        return cls(id=user.pk, name=user.full_name, agency_id=agency_id)


@transaction.atomic
def consent(
    *,
    holder_id: UUID,
    subject_id: UUID,
    means: str,
    by: User | None,
    at: datetime,
    actor_id: UUID | None = None,
) -> Consent:
    """Ghi đồng ý: the holder lets what is held be used for this dossier; told twice, recorded once.

    `by`: the officer who heard it, None on line, where `actor_id` is the holder's account. Raises InvalidInput.
    """
    if means not in Consent.Means.values:
        raise ConsentMissing
    given, is_new = Consent.objects.get_or_create(
        holder_id=holder_id,
        subject_id=subject_id,
        withdrawn_at=None,
        defaults={"means": means, "given_at": at, "recorded_by": by},
    )
    if is_new:
        who = by.pk if by else actor_id
        events.record(
            ReuseConsented(
                subject_id=given.pk, actor_id=who, at=at, holder=holder_id, subject=subject_id, means=means
            )
        )
    return given


@transaction.atomic
def withdraw_consent(*, consent_id: UUID, holder_id: UUID, actor_id: UUID | None, at: datetime) -> Consent:
    """Rút lại đồng ý: only by the holder, only before anything was used by it. Raises Forbidden, DomainError."""
    given = Consent.objects.select_for_update().filter(pk=consent_id).first()
    if given is None or given.holder_id != holder_id:
        raise Forbidden("Chỉ chủ giấy tờ được rút lại đồng ý của mình.")
    if given.uses.exists():
        raise DomainError(
            "Giấy tờ đã được dùng cho hồ sơ này nên không rút lại được. Hãy liên hệ nơi tiếp nhận hồ sơ."
        )
    if given.withdrawn_at is None:
        given.withdrawn_at = at
        given.save(update_fields=["withdrawn_at"])
        events.record(ConsentWithdrawn(subject_id=given.pk, actor_id=actor_id, at=at, holder=holder_id))
    return given


@transaction.atomic
def mark_used(
    *,
    held_id: UUID,
    holder_id: UUID,
    subject_id: UUID,
    actor: Actor,
    at: datetime,
    paper_id: int | None = None,
    purpose: str = "",
) -> PaperUse:
    """Dùng lại: for the dossier or draft of that key, which the holder has consented to; told twice, used once.

    Raises ConsentMissing, PaperGone when it is withdrawn, replaced, out of date or another person's.
    Legal: ND118-2025 Đ17.1, Đ22.1
    """
    usable = HeldPaper.objects.of(holder_id).reusable_on(local_date(at))
    held = usable.select_for_update(of=("self",)).filter(pk=held_id).first()
    if held is None:
        raise PaperGone(
            "Giấy tờ trong kho vừa hết hiệu lực hoặc đã được thay. Hãy tải lại trang rồi kiểm lại."
        )
    given = Consent.objects.filter(holder=holder_id, subject_id=subject_id, withdrawn_at=None).first()
    if given is None:
        raise ConsentMissing
    use, is_new = PaperUse.objects.get_or_create(
        held=held,
        subject_id=subject_id,
        kind=Kind.USED,
        **_paper(paper_id),
        defaults={
            "holder_id": holder_id,
            "consent": given,
            "agency_id": actor.agency_id,
            "actor_id": actor.id,
            "actor_name": actor.name[:200],
            "purpose": purpose[:500],
            "at": at,
        },
    )
    if is_new:
        events.record(
            PaperReused(subject_id=held.pk, actor_id=actor.id, at=at, subject=subject_id, consent=given.pk)
        )
    return use


@transaction.atomic
def mark_looked(
    held: Iterable[HeldPaper],
    *,
    kind: str,
    actor: Actor,
    at: datetime,
    subject_id: UUID | None = None,
    purpose: str = "",
) -> None:
    """Đã xem: a line for each paper; the list of one reception is told once however often its page is read."""
    papers = list(held)
    if kind == Kind.LISTED:
        told = PaperUse.objects.filter(kind=kind, subject_id=subject_id, actor_id=actor.id, held__in=papers)
        known = set(told.values_list("held", flat=True))
        papers = [paper for paper in papers if paper.pk not in known]
    PaperUse.objects.bulk_create(
        [
            PaperUse(
                held=paper, holder_id=paper.holder_id, kind=kind, subject_id=subject_id, agency_id=actor.agency_id,
                actor_id=actor.id, actor_name=actor.name[:200], purpose=purpose[:500], at=at,
            )
            for paper in papers
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    for paper in papers:
        events.record(
            PaperLookedAt(subject_id=paper.pk, actor_id=actor.id, at=at, kind=kind, subject=subject_id)
        )


def _paper(paper_id: int | None) -> dict[str, Any]:
    """Which paper of the procedure it answers; None: the dossier as a whole."""
    return {"paper_id": paper_id}
