"""Không đòi giấy đã có: an officer who asks for what is held gives a reason, and the demand is recorded.

Legal: ND118-2025 Đ17.1; ND63-2010 Đ20
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.core.text import fold, tidy
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.dossiers.store import Occasion, Reuse, Wanted
from motcua.service.holdings.events import HeldPaperDemanded
from motcua.service.holdings.finding import held_by_names
from motcua.service.holdings.models import Demand, HeldPaper
from motcua.service.holdings.operations.using import Actor, consent, mark_used

LEAST_WORDS = 10  # letters: "không" explains nothing


class HeldAlready(InvalidInput):
    """Giấy này đã có trong kho."""


class Holdings:
    """Kho giấy tờ, as `dossiers.store.PaperStore` asks for it."""

    def refuse_needless(
        self, wanted: Sequence[Wanted], occasion: Occasion, *, by: User, at: datetime
    ) -> None:
        """Raises HeldAlready: nothing has been recorded then."""
        names = {one.name for one in wanted}
        held = held_by_names(
            occasion.applicant_id, names, procedure_id=occasion.procedure_id, on=local_date(at)
        )
        asked = [(one, held[one.name]) for one in wanted if one.name in held]
        wrong = {
            one.field: sentence for one, paper in asked if (sentence := _why_not(one, paper, occasion.stage))
        }
        if wrong:
            raise HeldAlready(wrong)
        for one, paper in asked:
            _record(one, paper, occasion, by=by, at=at)

    @transaction.atomic
    def use(self, reuse: Reuse, occasion: Occasion, *, by: User, at: datetime) -> Mapping[int, UUID | None]:
        """Raises ConsentMissing, PaperGone."""
        if reuse.means:
            consent(
                holder_id=occasion.applicant_id,
                subject_id=occasion.subject_id,
                means=reuse.means,
                by=by,
                at=at,
            )
        actor = Actor.officer(by, occasion.agency_id)
        documents = {}
        for paper_id, held_id in reuse.held.items():
            use = mark_used(
                held_id=held_id,
                holder_id=occasion.applicant_id,
                subject_id=occasion.subject_id,
                actor=actor,
                at=at,
                paper_id=paper_id,
                purpose="Tiếp nhận hồ sơ",
            )
            documents[paper_id] = use.held.document_id
        return documents


def told(held: HeldPaper) -> str:
    """Nói về một giấy trong kho: "số 12/TL, cấp ngày 02/03/2026, dùng được đến hết ngày 02/09/2026"."""
    said = [f"số {held.number}"] if held.number else []
    said += [f"cấp ngày {held.issued_on:%d/%m/%Y}"] if held.issued_on else []
    said.append(
        f"dùng được đến hết ngày {held.valid_until:%d/%m/%Y}" if held.valid_until else "không có hạn dùng"
    )
    return ", ".join(said)


def names_within(texts: Sequence[str], names: Sequence[str]) -> list[str]:
    """Which of these papers a free text asks for, by their names."""
    said = [f" {fold(text)} " for text in texts]
    return [name for name in names if fold(name) and any(f" {fold(name)} " in text for text in said)]


def _why_not(one: Wanted, held: HeldPaper, stage: str) -> str:
    if one.demand.code not in Demand.Reason.values:
        instead = "Hãy dùng giấy trong kho" + (
            ", hoặc chọn lý do vẫn phải nộp." if stage != "REFUSAL" else "."
        )
        return f"“{one.name}” đã có trong kho ({told(held)}). {instead}"
    if one.demand.code != Demand.Reason.BROUGHT and len(tidy(one.demand.words)) < LEAST_WORDS:
        return f"Hãy giải thích bằng lời vì sao vẫn phải nộp “{one.name}”, ít nhất {LEAST_WORDS} chữ cái."
    return ""


def _record(one: Wanted, held: HeldPaper, occasion: Occasion, *, by: User, at: datetime) -> None:
    """Ghi yêu cầu: once for each paper, dossier and stage, so that a form sent twice is told once."""
    assert held.paper_type is not None  # noqa: S101  only what has a type is found in the store
    reason = Demand.Reason(one.demand.code)
    demand, is_new = Demand.objects.get_or_create(
        subject_id=occasion.subject_id,
        held=held,
        stage=occasion.stage,
        defaults={
            "paper_type": held.paper_type,
            "reason": reason,
            "words": tidy(one.demand.words)[:300] or str(reason.label),
            "procedure_id": occasion.procedure_id,
            "agency_id": occasion.agency_id,
            "by": by,
            "at": at,
        },
    )
    if is_new:
        events.record(
            HeldPaperDemanded(
                subject_id=held.pk, actor_id=by.pk, at=at, demand=demand.pk, subject=occasion.subject_id,
                stage=occasion.stage, reason=reason, words=demand.words,
            )
        )  # fmt: skip
