"""Thu hồi, trả về, bỏ qua, báo chậm: what may be done to a step besides doing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import StepEscalated, StepRecalled, StepReturned, StepSkipped
from motcua.service.dossiers.models import Assignment, Consultation, DeadlineKind, Dossier
from motcua.service.dossiers.operations import deadlines, steps
from motcua.service.dossiers.operations.steps import NotYourStep
from motcua.service.dossiers.states import (
    GO_BACK_TO_ASSIGNMENT,
    GO_BACK_TO_RECEPTION,
    GO_BACK_TO_REVIEW,
    GO_BACK_TO_WORK,
    PROPOSE,
    Move,
)
from motcua.service.workflows.blueprint import StepKind, usual_outcome
from motcua.service.workflows.models import Task
from motcua.service.workflows.operations import running

BACK_TO: Mapping[str, Move] = {
    StepKind.RECEIVE: GO_BACK_TO_RECEPTION,
    StepKind.ASSIGN: GO_BACK_TO_ASSIGNMENT,
    StepKind.WORK: GO_BACK_TO_WORK,
    StepKind.CONSULT: GO_BACK_TO_WORK,
    StepKind.REVIEW: GO_BACK_TO_REVIEW,
}
ACTS_ON: Mapping[str, Permission] = {  # who may do the step may also give it back
    StepKind.ASSIGN: Permission.ASSIGN,
    StepKind.WORK: Permission.PROCESS,
    StepKind.REVIEW: Permission.REVIEW,
    StepKind.SIGN: Permission.SIGN,
}
MOST_AT_ONCE = 2_000


class CannotGoBack(DomainError):
    """Không lấy lại được bước này."""


@transaction.atomic
def recall(*, dossier_id: UUID, reason: str, by: User, at: datetime, step: str = "") -> Dossier:
    """Thu hồi: whoever sent the dossier on takes it back, while nobody has set a hand to what followed.

    `step`: the step to take back; without it the last one that this person has done. Raises CannotGoBack, IllegalMove.
    """
    dossier = Dossier.objects.lock(dossier_id)
    _need_reason(reason)
    tasks = list(Task.objects.of(dossier.pk))
    sent = recallable(dossier, tasks, by)
    if sent is None or step not in {"", sent.step_key}:
        raise CannotGoBack(
            f"Hồ sơ {dossier.code} không còn thu hồi được: bước sau đã có người bắt tay vào, hoặc bạn không phải người "
            "vừa chuyển. Hãy đề nghị người đang giữ trả về."
        )
    return _go_back(dossier, sent, event=StepRecalled, reason=reason, by=by, at=at)


@transaction.atomic
def return_to(
    *, dossier_id: UUID, target: str, reason: str, by: User, at: datetime, step: str = ""
) -> Dossier:
    """Trả về một bước trước: any step that led here is done again, by who did it, with the reason.

    `target`: key of that step; `step`: the step that the page showed. Raises CannotGoBack, Forbidden, NotYourStep,
    IllegalMove, Stale.
    """
    dossier = Dossier.objects.lock(dossier_id)
    access = access_of(by, at)
    steps.look_at(dossier, by, access, step=step)
    if dossier.step_kind not in ACTS_ON or not steps.is_for(dossier, by, access):
        raise NotYourStep(f"Bạn không giữ bước nào của hồ sơ {dossier.code} để trả về.")
    access.require(ACTS_ON[dossier.step_kind], steps.agency_of(dossier, dossier.step_kind))
    _need_reason(reason)
    done = running.in_order_done(Task.objects.of(dossier.pk))
    chosen = next((task for task in reversed(done) if task.step_key == target), None)
    if chosen is None:
        raise CannotGoBack("Hãy chọn một bước đã làm trước bước này.", field="target")
    return _go_back(
        dossier, chosen, event=StepReturned, reason=reason, by=by, at=at, from_step=dossier.step_key
    )


@transaction.atomic
def skip(*, dossier_id: UUID, reason: str, by: User, at: datetime, step: str = "") -> Dossier:
    """Bỏ qua một bước that the workflow allows to be skipped, with the reason.

    By whose step it is, or by who distributes the work of the settling agency. Raises NotYourStep, CannotGoBack, Stale.
    """
    dossier = Dossier.objects.lock(dossier_id)
    access = access_of(by, at)
    steps.look_at(dossier, by, access, step=step)
    if step and step != dossier.step_key:
        raise CannotGoBack(f"Bước này của hồ sơ {dossier.code} không còn mở. Hãy tải lại trang.")
    _need_reason(reason)
    task = Task.objects.of(dossier.pk).open().filter(step_key=dossier.step_key).with_workflow().first()
    if task is None or not running.compiled_of(task.workflow).blueprint.step(task.step_key).may_skip:
        raise CannotGoBack(f"Bước “{dossier.step_name}” của hồ sơ {dossier.code} không được bỏ qua.")
    may = steps.is_for(dossier, by, access) and task.kind != StepKind.CONSULT
    if not may and not access.may(Permission.ASSIGN, dossier.agency_id) and not _works_on(dossier, by):
        raise NotYourStep(f"Bạn không giữ hồ sơ {dossier.code} nên không bỏ qua bước được.")
    before = steps.ended(dossier)
    steps.drop_questions(dossier, [task], at)
    following = steps.finish(
        dossier,
        outcome=usual_outcome(StepKind(task.kind)),
        by=by,
        at=at,
        note=reason.strip(),
        is_skipped=True,
        settles=PROPOSE if task.kind == StepKind.CONSULT else None,
    )
    events.record(
        StepSkipped(
            subject_id=dossier.pk, actor_id=by.pk, at=at, note=reason.strip(),
            **steps.told(dossier, before, following),
        )
    )  # fmt: skip
    return dossier


def recallable(dossier: Dossier, tasks: list[Task], user: User) -> Task | None:
    """Bước thu hồi được: the last that this person has done, if what it opened is open still and untouched."""
    done = running.in_order_done(tasks)
    mine = next((task for task in reversed(done) if task.completed_by_id == user.pk), None)
    if mine is None or mine.kind not in BACK_TO or not BACK_TO[mine.kind].is_lawful_from(dossier.state):
        return None
    sent_at = mine.completed_at or mine.opened_at
    opened = [task for task in tasks if task.number > mine.number and task.opened_at >= sent_at]
    later = [
        task for task in done if (task.done_number or 0, task.number) > (mine.done_number or 0, mine.number)
    ]
    if not opened or any(not task.is_open for task in opened) or any(task in opened for task in later):
        return None
    return None if _is_touched(dossier, opened) else mine


def returnable(dossier: Dossier, tasks: list[Task]) -> list[tuple[str, str]]:
    """Các bước trả về được from the step that the dossier is looked at, the latest first: (key, name)."""
    done = running.in_order_done(tasks)
    here = next((task for task in tasks if task.is_open and task.step_key == dossier.step_key), None)
    if here is None or dossier.step_kind not in ACTS_ON:
        return []
    led = running.led_to(done, here)
    found: dict[str, str] = {}
    for task in reversed(led):
        if task.kind in BACK_TO and BACK_TO[task.kind].is_lawful_from(dossier.state):
            found.setdefault(task.step_key, task.name)
    return list(found.items())


def tell_of_slow_steps(at: datetime) -> int:
    """Vài phút một lần: each open step past the moment of its escalation is told once to the role named there."""
    slow = Task.objects.to_escalate(at=at)
    return sum(_escalate(key, at) for key in slow.values_list("pk", flat=True)[:MOST_AT_ONCE])


@transaction.atomic
def _escalate(task_id: UUID, at: datetime) -> bool:
    if not Task.objects.to_escalate(at=at).filter(pk=task_id).update(escalated_at=at):
        return False
    task = Task.objects.get(pk=task_id)
    events.record(
        StepEscalated(
            subject_id=task.dossier_id,
            actor_id=None,
            at=at,
            step=task.step_key,
            role=task.escalate_to,
            agency=task.agency_id,
            holder=task.holder_id,
            step_due_at=task.due_at,
        )
    )
    return True


def _go_back(
    dossier: Dossier,
    target: Task,
    *,
    event: type[StepRecalled | StepReturned],
    reason: str,
    by: User,
    at: datetime,
    from_step: str = "",
) -> Dossier:
    if target.kind not in BACK_TO:
        raise CannotGoBack(f"Không trả về được bước “{target.name}”.", field="target")
    dossier.state = BACK_TO[target.kind].apply(dossier.state)
    before = steps.ended(dossier)
    moved = running.take_back(
        dossier_id=dossier.pk,
        step_key=target.step_key,
        by=by,
        at=at,
        note=reason.strip(),
        from_step=from_step,
        agency_of=lambda kind: steps.usual_place(dossier, kind),
        not_after=dossier.due_at,
    )
    if target.kind == StepKind.RECEIVE:
        dossier.agency_received_at = None
        deadlines.drop(dossier, DeadlineKind.SUPPLEMENT_NOTICE, at=at)
    if any(task.kind == StepKind.WORK for task in moved.undone):  # what was proposed is to be proposed again
        dossier.decisions.filter(sent_back_at__isnull=True).update(
            sent_back_at=at, sent_back_reason=reason.strip()[:500]
        )
    task = steps.follow(
        dossier,
        moved,
        by=by,
        at=at,
        note=reason.strip(),
        next_holder=_doer(target, at),
        extra_fields=["agency_received_at"],
    )
    events.record(
        event(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            note=reason.strip(),
            **steps.told(dossier, before, task),
        )
    )
    return dossier


def _doer(task: Task, at: datetime) -> User | None:
    """Whoever did the step gets it again, if still in a post of its role."""
    doer = task.completed_by
    return doer if doer and task.role in access_of(doer, at).roles(task.agency_id) else None


def _is_touched(dossier: Dossier, opened: list[Task]) -> bool:
    """Claimed, handed on, or asked about since it came."""
    keys, since = [task.step_key for task in opened], min(task.opened_at for task in opened)
    hands = Assignment.objects.filter(dossier=dossier, step_key__in=keys, since__gt=since)
    asked = Consultation.objects.filter(dossier=dossier, asked_at__gt=since)
    return hands.exists() or asked.exists()


def _works_on(dossier: Dossier, user: User) -> bool:
    """Holds another open step of the dossier at the settling agency."""
    return Task.objects.of(dossier.pk).open().filter(holder=user, agency=dossier.agency_id).exists()


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise CannotGoBack("Hãy ghi lý do, để người nhận và người kiểm tra đều hiểu.", field="reason")
