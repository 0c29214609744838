"""Lấy ý kiến: ask another agency inside the limit, and record its answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.events import OpinionAsked, OpinionGiven, OpinionLate
from motcua.service.dossiers.models import Consultation, DeadlineKind, Dossier
from motcua.service.dossiers.operations import deadlines, steps
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.service.dossiers.states import CONSULT, HEAR, PROPOSE, State
from motcua.service.workflows.blueprint import StepKind
from motcua.service.workflows.models import Task

MOST_AT_ONCE = 2_000


@transaction.atomic
def consult(
    *, dossier_id: UUID, agency: Agency, question: str, due_at: datetime, by: User, at: datetime
) -> Consultation:
    """Lấy ý kiến: ask `agency` a question to be answered by `due_at`; the legal clock keeps running.

    Raises IllegalMove, Forbidden, NotYourStep, InvalidInput. Legal: ND118-2025 Đ19.4
    """
    dossier = steps.take(dossier_id, by=by, at=at, kind=StepKind.WORK, permission=Permission.PROCESS)
    wrong = {}
    if not question.strip():
        wrong["question"] = "Hãy ghi nội dung cần lấy ý kiến."
    if due_at <= at:
        wrong["due_at"] = "Hạn trả lời phải sau lúc này. Hãy chọn lại hạn."
    if agency.pk == dossier.agency_id:
        wrong["agency"] = "Hãy chọn cơ quan khác với cơ quan đang giải quyết."
    if wrong:
        raise InvalidInput(wrong)
    dossier.state = CONSULT.apply(dossier.state)
    dossier.save(update_fields=["state"])
    consultation = Consultation.objects.create(
        dossier=dossier, agency=agency, question=question.strip(), asked_by=by, asked_at=at, due_at=due_at
    )
    deadlines.open_deadline(
        dossier, DeadlineKind.OPINION, due_at, at=at, subject=consultation.pk, agency_id=agency.pk
    )
    events.record(
        OpinionAsked(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            consultation=consultation.pk,
            agency=agency.pk,
            question=consultation.question,
            due_at=due_at,
        )
    )
    return consultation


@transaction.atomic
def answer(*, consultation_id: UUID, text: str, by: User, at: datetime) -> Consultation:
    """Trả lời ý kiến: by the asked agency, or recorded by the officer who asked or who holds the dossier now.

    The dossier goes on when the last open question is answered. Raises Forbidden, InvalidInput, IllegalMove.
    Legal: ND118-2025 Đ19.4
    """
    consultation: Consultation = first_or_refuse(Consultation.objects.filter(pk=consultation_id))
    dossier = Dossier.objects.lock(consultation.dossier_id)
    consultation.refresh_from_db()
    is_own = by.pk in {consultation.asked_by_id, dossier.holder_id}
    access_of(by, at).require(Permission.PROCESS, dossier.agency_id if is_own else consultation.agency_id)
    if not text.strip():
        raise InvalidInput({"answer": "Hãy ghi nội dung ý kiến trả lời."})
    if consultation.dropped_at:
        raise InvalidInput(
            {"answer": "Hồ sơ đã dừng hoặc đi theo hướng khác, câu hỏi này không cần trả lời nữa."}
        )
    if consultation.answered_at:
        raise InvalidInput({"answer": "Câu hỏi này đã được trả lời rồi."})
    consultation.answer, consultation.answered_by, consultation.answered_at = text.strip(), by, at
    consultation.save(update_fields=["answer", "answered_by", "answered_at"])
    deadlines.meet(dossier, DeadlineKind.OPINION, at=at, subject=consultation.pk)
    if consultation.task_id:
        _end_step(dossier, consultation, by, at)
    elif dossier.state == State.CONSULTING and not _asked_aside(dossier):
        dossier.state = HEAR.apply(dossier.state)
        dossier.save(update_fields=["state"])
    events.record(
        OpinionGiven(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            consultation=consultation.pk,
            answer=consultation.answer,
        )
    )
    return consultation


def tell_of_late_answers(at: datetime) -> int:
    """Vài phút một lần: each question that was not answered in time is told once; the head of the one-stop unit sees it.

    Legal: ND118-2025 Đ19.4
    """
    late = Consultation.objects.open().filter(due_at__lt=at, late_told_at__isnull=True)
    return sum(
        _tell_late(key, at) for key in late.order_by("due_at").values_list("pk", flat=True)[:MOST_AT_ONCE]
    )


@transaction.atomic
def _tell_late(consultation_id: UUID, at: datetime) -> bool:
    late = Consultation.objects.open().filter(pk=consultation_id, late_told_at__isnull=True)
    if not late.update(late_told_at=at):
        return False
    consultation = Consultation.objects.get(pk=consultation_id)
    events.record(
        OpinionLate(
            subject_id=consultation.dossier_id,
            actor_id=None,
            at=at,
            consultation=consultation.pk,
            agency=consultation.agency_id,
            due_at=consultation.due_at,
        )
    )
    return True


def _end_step(dossier: Dossier, consultation: Consultation, by: User, at: datetime) -> None:
    """The answer to a question of the workflow ends the step that asked it."""
    asking = Task.objects.open().select_related("holder")
    task = asking.filter(pk=consultation.task_id).first() if consultation.task_id else None
    if task is None:
        return
    steps.look_through(dossier, task)
    steps.finish(dossier, outcome="DONE", by=by, at=at, note=consultation.answer[:300], settles=PROPOSE)


def _asked_aside(dossier: Dossier) -> bool:
    """Questions that the officer has put, beside those of the workflow."""
    return dossier.consultations.open().filter(task_id__isnull=True).exists()
