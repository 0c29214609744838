"""Chuyển hồ sơ đang giải quyết sang phiên bản quy trình mới: ordered with the publication, carried out in parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.time import local_date
from motcua.foundation.calendars.clock import add_working_minutes, working_minutes_between
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import (
    DossierMigrated,
    TransitionBegun,
    TransitionOrdered,
)
from motcua.service.dossiers.models import Dossier, Transition, TransitionItem
from motcua.service.dossiers.operations import steps
from motcua.service.dossiers.operations.standing import Place, stand
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.dossiers.states import WAITING
from motcua.service.dossiers.transitions import groups, in_groups
from motcua.service.workflows.blueprint import Step
from motcua.service.workflows.landing import comes_before, landing
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations import publishing, running
from motcua.service.workflows.operations.running import Places
from motcua.service.workflows.timing import step_due

AT_ONCE = 100  # dossiers of one part: some seconds
Rule, Result = Transition.Rule, TransitionItem.Result


class CannotMigrate(DomainError):
    """Không chuyển được hồ sơ này: the sentence says why; the others are not held up."""


class TransitionRefused(DomainError):
    """Không quyết định chuyển tiếp như thế được."""


@dataclass(frozen=True)
class Progress:
    """Đã tới đâu: of this part, and how many are left."""

    done: int
    refused: int
    left: int


@transaction.atomic
def publish(
    *,
    workflow_id: int,
    by: User,
    at: datetime,
    rule: str,
    before_step: str = "",
    legal_basis: str = "",
    valid_from: date | None = None,
    decision: str = "",
    reason: str = "",
) -> Transition:
    """Ban hành kèm quy tắc chuyển tiếp: the version is published, and what it means for dossiers on their way is ordered.

    Raises what `publishing.publish` and `order` raise. Legal: ND118-2025 Đ12.3
    """
    workflow = publishing.publish(
        workflow_id=workflow_id, by=by, at=at, valid_from=valid_from, decision=decision, reason=reason
    )
    return order(
        workflow_id=workflow.pk, by=by, at=at, rule=rule, before_step=before_step, legal_basis=legal_basis
    )


@transaction.atomic
def order(
    *, workflow_id: int, by: User, at: datetime, rule: str, before_step: str = "", legal_basis: str = ""
) -> Transition:
    """Quyết định chuyển tiếp: which dossiers on their way the version takes over. Nothing moves yet.

    Raises TransitionRefused, Forbidden, Stale when another one is going on.
    """
    workflow = Workflow.objects.select_for_update().get(pk=workflow_id)
    require(by, at, workflow)
    if workflow.state != Workflow.State.PUBLISHED:
        raise TransitionRefused("Chỉ phiên bản đang ban hành mới nhận hồ sơ chuyển sang được.")
    if rule not in Rule.values:
        raise TransitionRefused("Hãy chọn quy tắc cho hồ sơ đang giải quyết.", field="rule")
    step = workflow.blueprint.by_key.get(before_step) if rule == Rule.BEFORE_STEP else None
    if rule == Rule.BEFORE_STEP and step is None:
        raise TransitionRefused("Hãy chọn bước mà hồ sơ chưa tới.", field="before_step")
    basis = legal_basis.strip()
    if rule != Rule.NEW_ONLY and not basis:
        raise TransitionRefused(
            "Hãy ghi căn cứ để áp dụng quy trình mới cho hồ sơ đã tiếp nhận.", field="legal_basis"
        )
    made = Transition(
        workflow=workflow,
        rule=rule,
        before_step=step.key if step else "",
        before_step_name=step.name if step else "",
        legal_basis=basis[:500],
        ordered_by=by,
        ordered_at=at,
        finished_at=at if rule == Rule.NEW_ONLY else None,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Stale("Phiên bản này đang có một đợt chuyển tiếp chưa xong. Hãy tải lại trang.") from error
    events.record(
        TransitionOrdered(
            subject_id=workflow.uid,
            actor_id=by.pk,
            at=at,
            transition=made.pk,
            rule=rule,
            before_step=made.before_step,
            reason=basis,
        )
    )
    return made


def carry_on(*, transition_id: UUID, by: User, at: datetime, most: int = AT_ONCE) -> Progress:
    """Chuyển tiếp một phần: up to `most` dossiers, each in its own transaction; safe to run again, also by two at once.

    The first part of several says so, and the worker carries on with the rest. Raises TransitionRefused, Forbidden.
    """
    ordered = Transition.objects.select_related("workflow").get(pk=transition_id)
    require(by, at, ordered.workflow)
    _refuse_unready(ordered, at)
    waiting = left_of(ordered)
    if not ordered.items.exists() and (number := waiting.count()) > most:
        tell_of_beginning(ordered, dossiers=number, by=by, at=at)
    keys = list(waiting.values_list("pk", flat=True)[:most])
    results = [migrate(transition_id=transition_id, dossier_id=key, by=by, at=at).result for key in keys]
    left = waiting.count()
    if not left:
        Transition.objects.filter(pk=transition_id, finished_at=None).update(finished_at=at)
    return Progress(results.count(Result.MOVED), results.count(Result.REFUSED), left)


@transaction.atomic
def tell_of_beginning(ordered: Transition, *, dossiers: int, by: User, at: datetime) -> None:
    """Bắt đầu chuyển: more than one part, so that the worker carries on with what a page may leave."""
    events.record(
        TransitionBegun(
            subject_id=ordered.workflow.uid,
            actor_id=by.pk,
            at=at,
            transition=ordered.pk,
            dossiers=dossiers,
        )
    )


def left_of(ordered: Transition) -> DossierQuerySet:
    """Còn lại: whom the rule wants moved and nobody has looked at in this transition."""
    chosen = [
        group for group in groups(ordered.workflow, ordered.rule, ordered.before_step) if group.is_chosen
    ]
    seen = TransitionItem.objects.filter(transition=ordered, dossier=OuterRef("pk"))
    return in_groups(ordered.workflow, chosen).filter(~Exists(seen))


@transaction.atomic
def migrate(*, transition_id: UUID, dossier_id: UUID, by: User, at: datetime) -> TransitionItem:
    """Chuyển một hồ sơ: it stands at the same step of the new version, open since when it was, due by the new minutes.

    Looked at once: a second call gives what the first found. What cannot be moved is kept as refused, with the reason.
    Raises Forbidden, TransitionRefused.
    """
    ordered = Transition.objects.select_related("workflow").get(pk=transition_id)
    require(by, at, ordered.workflow)
    _refuse_unready(ordered, at)
    dossier = Dossier.objects.lock(dossier_id)
    known = TransitionItem.objects.filter(transition=ordered, dossier=dossier).first()
    if known is not None:
        return known
    if dossier.workflow_id is None:
        raise CannotMigrate(f"Hồ sơ {dossier.code} không theo quy trình nào.")
    item = TransitionItem(
        transition=ordered,
        dossier=dossier,
        state=dossier.state,
        from_workflow_id=dossier.workflow_id,
        from_step=dossier.step_key,
        from_step_name=dossier.step_name,
        from_kind=dossier.step_kind,
        from_role=dossier.step_role,
        from_due_at=dossier.step_due_at,
        from_holder=dossier.holder,
        decided_at=at,
    )
    try:
        task, step = _movable(ordered, dossier)
    except CannotMigrate as refusal:
        item.result, item.why = Result.REFUSED, refusal.message[:500]
        item.save(force_insert=True)
        return item
    item.task_id, item.to_step, item.to_step_name, item.result = task.pk, step.key, step.name, Result.MOVED
    holder = dossier.holder if _may_hold(dossier, step, at) else None
    item.to_holder = holder
    item.save(force_insert=True)
    place = Place(
        ordered.workflow, step.key, step.name, step.kind, step.role, _due(dossier, task, step), holder
    )
    stand(dossier, task, place, by=by, at=at)
    events.record(
        DossierMigrated(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            transition=ordered.pk,
            version=ordered.workflow.version,
            from_workflow=item.from_workflow_id,
            to_workflow=ordered.workflow_id,
            from_step=item.from_step,
            step=step.key,
            reason=ordered.legal_basis,
        )
    )
    return item


def require(by: User, at: datetime, workflow: Workflow) -> None:
    access = access_of(by, at)
    if workflow.agency_id is None:
        access.require(Permission.PUBLISH_WORKFLOWS)
    else:
        access.require(Permission.PUBLISH_WORKFLOWS, workflow.agency_id)


def _refuse_unready(ordered: Transition, at: datetime) -> None:
    workflow = ordered.workflow
    if ordered.undone_at is not None:
        raise TransitionRefused("Đợt chuyển tiếp này đã được hoàn lại.")
    if workflow.valid_from and local_date(at) < workflow.valid_from:
        raise TransitionRefused(
            f"Phiên bản {workflow.version} áp dụng từ {workflow.valid_from:%d/%m/%Y}. Hãy chuyển hồ sơ từ ngày đó."
        )
    if workflow.state != Workflow.State.PUBLISHED:
        raise TransitionRefused(f"Phiên bản {workflow.version} không còn áp dụng nên không nhận thêm hồ sơ.")


def _movable(ordered: Transition, dossier: Dossier) -> tuple[Task, Step]:
    """The open task and the step it goes to. Raises CannotMigrate."""
    if not dossier.is_open or not dossier.step_key:
        raise CannotMigrate(f"Hồ sơ {dossier.code} đã xong hoặc đã dừng trong lúc chuyển.")
    if dossier.workflow_id == ordered.workflow_id:
        raise CannotMigrate(f"Hồ sơ {dossier.code} đã theo phiên bản này.")
    opened = list(Task.objects.of(dossier.pk).open().with_workflow())
    if len(opened) != 1:
        raise CannotMigrate(
            f"Hồ sơ {dossier.code} đang có {len(opened)} bước mở song song nên không chuyển được; chờ các nhánh gộp lại."
        )
    compiled = ordered.workflow.compiled
    land = landing(compiled, key=dossier.step_key, name=dossier.step_name, kind=dossier.step_kind)
    if land.step is None:
        raise CannotMigrate(land.why)
    where, _ = Places(lambda kind: steps.usual_place(dossier, kind)).of(land.step)
    if where != opened[0].agency_id:
        raise CannotMigrate(
            f"Bước “{land.step.name}” của phiên bản mới làm ở cơ quan khác nên không chuyển giữa chừng được."
        )
    if dossier.state in WAITING and land.step.key != dossier.step_key:
        raise CannotMigrate(f"Hồ sơ {dossier.code} đang chờ ở một bước mà phiên bản mới không có.")
    if ordered.rule == Rule.BEFORE_STEP and not comes_before(
        compiled.blueprint, land.step.key, ordered.before_step
    ):
        raise CannotMigrate(
            f"Hồ sơ {dossier.code} đã tới bước “{ordered.before_step_name}” trong lúc chuyển."
        )
    return opened[0], land.step


def _may_hold(dossier: Dossier, step: Step, at: datetime) -> bool:
    holder = dossier.holder
    if holder is None:
        return False
    if step.role == dossier.step_role and step.kind == dossier.step_kind:
        return True
    return step.role in access_of(holder, at).roles(steps.agency_of(dossier, step.kind))


def _due(dossier: Dossier, task: Task, step: Step) -> datetime | None:
    """By the minutes of the new step, from when it was opened; never after the dossier. What waits keeps its date.

    Time that the step was given for a pause stays with it.
    """
    if dossier.state in WAITING:
        return task.due_at
    if not step.minutes:
        return dossier.due_at
    calendar = work_calendar(task.agency_id, local_date(task.opened_at))
    due = step_due(task.opened_at, step.minutes, calendar)
    before = running.compiled_of(task.workflow).blueprint.by_key.get(task.step_key)
    if before and before.minutes and task.due_at:
        planned = step_due(task.opened_at, before.minutes, calendar)
        due = add_working_minutes(due, working_minutes_between(planned, task.due_at, calendar), calendar)
    return min(due, dossier.due_at) if dossier.due_at else due
