"""Chỗ đứng của hồ sơ: put a dossier and its one open task at a step of a version; an inner move, without an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from motcua.core.time import local_date
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Assignment, Dossier
from motcua.service.dossiers.operations import steps
from motcua.service.workflows.blueprint import Step
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations.transplanting import transplant
from motcua.service.workflows.timing import step_due


@dataclass(frozen=True)
class Place:
    """Chỗ đứng: a step of a version, when it is due there and in whose hands."""

    workflow: Workflow
    key: str
    name: str
    kind: str
    role: str
    due_at: datetime | None
    holder: User | None


def stand(dossier: Dossier, task: Task, place: Place, *, by: User, at: datetime) -> None:
    """Đứng vào: who holds the dossier keeps it where that may be, since when it was. Raises Stale."""
    step = place.workflow.blueprint.step(place.key)
    transplant(
        task_id=task.pk,
        workflow_id=place.workflow.pk,
        key=place.key,
        name=place.name,
        kind=place.kind,
        role=place.role,
        due_at=place.due_at,
        escalate_at=_told_late_at(task, step),
        escalate_to=step.escalate_to,
        holder=place.holder,
    )
    is_elsewhere = place.key != dossier.step_key or place.holder != dossier.holder
    dossier.workflow_id = place.workflow.pk
    dossier.step_key, dossier.step_name = place.key, place.name
    dossier.step_kind, dossier.step_role = place.kind, place.role
    dossier.step_due_at = place.due_at
    if is_elsewhere:
        dossier.holder = place.holder
        dossier.held_since = at
        Assignment.objects.filter(dossier=dossier, until__isnull=True).update(until=at)
        steps.keep_assignment(dossier, place.holder, by=by, at=at, reason="Chuyển tiếp quy trình")
    dossier.save(update_fields=[*steps.STEP_FIELDS, "workflow_id"])


def _told_late_at(task: Task, step: Step) -> datetime | None:
    if not step.escalate_after:
        return None
    calendar = work_calendar(task.agency_id, local_date(task.opened_at))
    return step_due(task.opened_at, step.escalate_after, calendar)
