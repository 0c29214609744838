"""Thẩm định, xem xét, ký: from the officer's proposal to the leader's signature."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import (
    DecisionProposed,
    DecisionReviewed,
    DecisionSentBack,
    DecisionSigned,
)
from motcua.service.dossiers.models import DeadlineKind, Decision, Dossier
from motcua.service.dossiers.operations import deadlines, steps
from motcua.service.dossiers.states import PROPOSE, REVIEW, SEND_BACK, SIGN
from motcua.service.workflows.blueprint import Outcome, StepKind

NOT_PROPOSED = "Hồ sơ {code} chưa có kết quả thẩm định để ký."


class ReasonMissing(DomainError):
    """Thiếu lý do."""


@transaction.atomic
def propose(
    *, dossier_id: UUID, outcome: str, reason: str, by: User, at: datetime, note: str = "", step: str = ""
) -> Dossier:
    """Trình kết quả thẩm định: the officer says what should be decided and why; a refusal must give its reason.

    Beside other branches the dossier goes to who decides when all are done; a refusal ends the others at once.
    Raises IllegalMove, Forbidden, NotYourStep, ReasonMissing, Stale. Legal: ND118-2025 Đ19.2, Đ19.3
    """
    dossier = steps.take(
        dossier_id, by=by, at=at, kind=StepKind.WORK, permission=Permission.PROCESS, step=step
    )
    if outcome not in Decision.Outcome.values:
        raise ReasonMissing("Hãy chọn đề xuất: giải quyết hoặc từ chối giải quyết.", field="outcome")
    if outcome == Decision.Outcome.REFUSE and not reason.strip():
        raise ReasonMissing("Hãy ghi lý do từ chối giải quyết, nêu căn cứ pháp luật.", field="reason")
    PROPOSE.apply(dossier.state)  # refused before anything is written
    steps.replace_decision(dossier, outcome=outcome, reason=reason.strip(), by=by, at=at)
    before = steps.ended(dossier)
    is_end = outcome == Decision.Outcome.REFUSE and steps.has_branches(dossier)
    way = Outcome.REFUSE if is_end else Outcome.DONE
    task = steps.finish(dossier, outcome=way, by=by, at=at, note=note, settles=PROPOSE)
    events.record(
        DecisionProposed(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            note=note,
            outcome=outcome,
            reason=reason.strip(),
            **steps.told(dossier, before, task),
        )
    )
    return dossier


@transaction.atomic
def review(*, dossier_id: UUID, by: User, at: datetime, note: str = "", step: str = "") -> Dossier:
    """Xem xét, đồng ý trình ký. Raises IllegalMove, Forbidden, NotYourStep, Stale. Legal: ND118-2025 Đ19.2"""
    dossier = steps.take(
        dossier_id, by=by, at=at, kind=StepKind.REVIEW, permission=Permission.REVIEW, step=step
    )
    dossier.state = REVIEW.apply(dossier.state)
    before = steps.ended(dossier)
    task = steps.finish(dossier, outcome="AGREE", by=by, at=at, note=note)
    events.record(
        DecisionReviewed(
            subject_id=dossier.pk, actor_id=by.pk, at=at, note=note, **steps.told(dossier, before, task)
        )
    )
    return dossier


@transaction.atomic
def sign(*, dossier_id: UUID, by: User, at: datetime, note: str = "", step: str = "") -> Dossier:
    """Ký kết quả: the leader's word; from here on the dossier is decided. `signing.sign_all` does the same to many.

    Raises IllegalMove, Forbidden, NotYourStep, Stale. Legal: ND118-2025 Đ22.1
    """
    dossier = steps.take(dossier_id, by=by, at=at, kind=StepKind.SIGN, permission=Permission.SIGN, step=step)
    dossier.state = SIGN.apply(dossier.state)
    dossier.decided_at = at
    decision = _standing(dossier)
    decision.signed_by, decision.signed_at = by, at
    decision.save(update_fields=["signed_by", "signed_at"])
    deadlines.drop(dossier, DeadlineKind.SUPPLEMENT_NOTICE, at=at)  # nothing more may be asked for
    before = steps.ended(dossier)
    task = steps.finish(dossier, outcome="AGREE", by=by, at=at, note=note, extra_fields=["decided_at"])
    events.record(
        DecisionSigned(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            note=note,
            outcome=decision.outcome,
            **steps.told(dossier, before, task),
        )
    )
    return dossier


@transaction.atomic
def send_back(*, dossier_id: UUID, reason: str, by: User, at: datetime, step: str = "") -> Dossier:
    """Trả lại để thẩm định thêm: from review or signature back to the officer who proposed, with the reason.

    Raises IllegalMove, Forbidden, NotYourStep, ReasonMissing, Stale.
    """
    waiting = Dossier.objects.lock(dossier_id)
    kind, permission = (
        (StepKind.SIGN, Permission.SIGN)
        if waiting.step_kind == StepKind.SIGN
        else (StepKind.REVIEW, Permission.REVIEW)
    )
    dossier = steps.take(dossier_id, by=by, at=at, kind=kind, permission=permission, step=step)
    if not reason.strip():
        raise ReasonMissing("Hãy ghi lý do trả lại, để người thụ lý biết phải làm thêm gì.", field="reason")
    dossier.state = SEND_BACK.apply(dossier.state)
    decision = _standing(dossier)
    decision.sent_back_at, decision.sent_back_reason = at, reason.strip()[:500]
    decision.save(update_fields=["sent_back_at", "sent_back_reason"])
    before = steps.ended(dossier)
    task = steps.finish(dossier, outcome="SEND_BACK", by=by, at=at, note=reason)
    events.record(
        DecisionSentBack(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            note=reason.strip(),
            **steps.told(dossier, before, task),
        )
    )
    return dossier


def _standing(dossier: Dossier) -> Decision:
    decision = dossier.decisions.filter(sent_back_at__isnull=True).first()
    if decision is None:
        raise ReasonMissing(NOT_PROPOSED.format(code=dossier.code))
    return decision
