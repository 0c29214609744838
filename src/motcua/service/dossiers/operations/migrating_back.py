"""Hoàn lại chuyển tiếp: within a day, what nobody has touched since goes back to where it stood."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.foundation.identity.models import User
from motcua.service.dossiers.events import DossierMigrationUndone, TransitionUndone
from motcua.service.dossiers.models import Dossier, Transition, TransitionItem
from motcua.service.dossiers.operations.migrating import AT_ONCE, Progress, TransitionRefused, require
from motcua.service.dossiers.operations.standing import Place, stand
from motcua.service.workflows.models import Task

Rule, Result = Transition.Rule, TransitionItem.Result


@transaction.atomic
def begin_undo(*, transition_id: UUID, by: User, at: datetime) -> Transition:
    """Hoàn lại chuyển tiếp: nothing more is moved, and what was moved may go back. Raises TransitionRefused, Forbidden."""
    ordered = (
        Transition.objects.select_for_update(of=("self",)).select_related("workflow").get(pk=transition_id)
    )
    require(by, at, ordered.workflow)
    if ordered.undone_at is not None:
        return ordered
    if ordered.rule == Rule.NEW_ONLY or not ordered.is_undoable(at):
        raise TransitionRefused(
            "Chỉ hoàn lại được trong 24 giờ sau khi chuyển xong."
            if ordered.rule != Rule.NEW_ONLY
            else "Đợt này không chuyển hồ sơ nào nên không có gì để hoàn lại."
        )
    ordered.undone_at, ordered.undone_by = at, by
    ordered.save(update_fields=["undone_at", "undone_by"])
    events.record(
        TransitionUndone(
            subject_id=ordered.workflow.uid, actor_id=by.pk, at=at, transition=ordered.pk, rule=ordered.rule
        )
    )
    return ordered


def undo_some(*, transition_id: UUID, by: User, at: datetime, most: int = AT_ONCE) -> Progress:
    """Hoàn lại một phần: up to `most` dossiers go back, each in its own transaction; safe to run again."""
    begin_undo(transition_id=transition_id, by=by, at=at)
    moved = TransitionItem.objects.filter(transition=transition_id, result=Result.MOVED).order_by("id")
    results = [
        undo(item_id=key, by=by, at=at).result for key in list(moved.values_list("pk", flat=True)[:most])
    ]
    return Progress(results.count(Result.UNDONE), results.count(Result.KEPT), moved.count())


@transaction.atomic
def undo(*, item_id: int, by: User, at: datetime) -> TransitionItem:
    """Hoàn lại một hồ sơ that nobody has touched since; what was touched stays, and the item says why."""
    found = TransitionItem.objects.select_related("transition__workflow", "from_workflow", "from_holder").get(
        pk=item_id
    )
    require(by, at, found.transition.workflow)
    dossier = Dossier.objects.lock(found.dossier_id)
    found.refresh_from_db(fields=["result"])
    if found.result != Result.MOVED or found.task_id is None:
        return found
    found.undone_at = at
    if why := _touched(dossier, found, found.task_id):
        found.result, found.why = Result.KEPT, why
        found.save(update_fields=["result", "why", "undone_at"])
        return found
    found.result = Result.UNDONE
    found.save(update_fields=["result", "undone_at"])
    holder = found.from_holder if found.from_holder and found.from_holder.is_active else dossier.holder
    place = Place(
        found.from_workflow,
        found.from_step,
        found.from_step_name,
        found.from_kind,
        found.from_role,
        found.from_due_at,
        holder,
    )
    stand(dossier, Task.objects.get(pk=found.task_id), place, by=by, at=at)
    events.record(
        DossierMigrationUndone(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            transition=found.transition_id,
            version=found.from_workflow.version,
            step=found.from_step,
        )
    )
    return found


def _touched(dossier: Dossier, item: TransitionItem, task_id: UUID) -> str:
    """What has happened since, in a sentence; "" when nothing has."""
    if not Task.objects.open().filter(pk=task_id, step_key=item.to_step).exists():
        return f"Bước “{item.to_step_name}” đã xong sau khi chuyển."
    if dossier.workflow_id != item.transition.workflow_id:
        return "Hồ sơ đã chuyển tiếp sang một phiên bản khác nữa."
    if dossier.state != item.state:
        return f"Hồ sơ đã sang trạng thái “{dossier.get_state_display()}”."
    if dossier.holder_id != item.to_holder_id:
        return "Hồ sơ đã đổi người giữ."
    return ""
