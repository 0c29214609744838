"""How every act ends a step of the internal workflow and opens the next: shared by the verbs, called by no page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from motcua.core.errors import DomainError, Stale
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Assignment, Dossier
from motcua.service.workflows.blueprint import AT_COUNTER, StepKind
from motcua.service.workflows.models import Task
from motcua.service.workflows.operations import running

STEP_FIELDS = (
    "state", "step_key", "step_name", "step_kind", "step_role", "step_due_at", "holder", "held_since",
)  # fmt: skip


# Done by whoever of the role is there: the pile of a unit, and the distribution of work.
TOGETHER = AT_COUNTER | {StepKind.ASSIGN}


class NotYourStep(DomainError):
    """Không phải bước của bạn."""


def take(
    dossier_id: UUID, *, by: User, at: datetime, kind: StepKind, permission: Permission, step: str = ""
) -> Dossier:
    """Lock the dossier for an act on its current step, and refuse when the step or the person is not right.

    `step` is the step that the page showed, so that a stale page is refused. Raises Forbidden, NotYourStep, Stale.
    """
    dossier = Dossier.objects.lock(dossier_id)
    if step and step != dossier.step_key:
        raise Stale(
            f"Hồ sơ {dossier.code} đã sang bước “{dossier.step_name or dossier.get_state_display()}”. "
            "Hãy tải lại trang để xem bước hiện tại."
        )
    if dossier.step_kind != kind:
        raise NotYourStep(
            f"Hồ sơ {dossier.code} đang ở bước “{dossier.step_name or dossier.get_state_display()}”, "
            "không làm được việc này ở bước đó."
        )
    agency_id = agency_of(dossier, kind)
    access = access_of(by, at)
    access.require(permission, agency_id)
    if not is_for(dossier, by, access):
        raise NotYourStep(
            f"Hồ sơ {dossier.code} đang do người khác giữ. Hãy đề nghị người phân công chuyển hồ sơ cho bạn."
            if dossier.holder_id
            else f"Bước “{dossier.step_name}” của hồ sơ {dossier.code} dành cho vai trò khác. "
            "Hãy để người có vai trò của bước nhận việc."
        )
    return dossier


def is_for(dossier: Dossier, user: User, access: Access) -> bool:
    """The open step is this person's to do: held by them or by whoever delegated to them, or waiting for their role.

    Who assigns work does not do it over the holder's head, but moves it first, with the reason: so the one who
    proposes is never by accident the one who reviews.
    """
    if dossier.holder_id == user.pk:
        return True
    place = agency_of(dossier, dossier.step_kind)
    if dossier.holder_id and dossier.step_kind not in TOGETHER:
        return access.stands_for(dossier.holder_id, dossier.step_role, place)
    return dossier.step_role in access.roles(place)


def finish(
    dossier: Dossier,
    *,
    outcome: str,
    by: User,
    at: datetime,
    note: str = "",
    next_holder: User | None = None,
    extra_fields: Sequence[str] = (),
) -> Task | None:
    """End the current step with its outcome, hand the dossier to the next one, and save the projection."""
    tasks = running.complete(
        dossier_id=dossier.pk,
        step_key=dossier.step_key,
        outcome=outcome,
        by=by,
        at=at,
        note=note,
        agency_of=lambda kind: agency_of(dossier, kind),
        not_after=dossier.due_at,
    )
    task = tasks[0] if tasks else None
    holder = (next_holder or previous_holder(dossier, task, at)) if task else None
    if task and holder:
        running.assign(task=task, holder=holder)
    project(dossier, task, holder, at)
    keep_assignment(dossier, holder, by=by, at=at, reason=note)
    dossier.save(update_fields=[*STEP_FIELDS, *extra_fields])
    return task


def project(dossier: Dossier, task: Task | None, holder: User | None, at: datetime) -> None:
    """Write the open step onto the dossier, where lists read it."""
    dossier.step_key = task.step_key if task else ""
    dossier.step_name = task.name if task else ""
    dossier.step_kind = task.kind if task else ""
    dossier.step_role = task.role if task else ""
    dossier.step_due_at = task.due_at if task else None
    dossier.holder = holder
    dossier.held_since = at


def previous_holder(dossier: Dossier, task: Task | None, at: datetime) -> User | None:
    """Whoever held this same step before gets it back, if still in a post of its role."""
    if task is None:
        return None
    earlier = (
        Assignment.objects.filter(dossier=dossier, step_key=task.step_key)
        .select_related("holder")
        .order_by("-since")
        .first()
    )
    if earlier is None or task.role not in access_of(earlier.holder, at).roles(task.agency_id):
        return None
    return earlier.holder


def keep_assignment(dossier: Dossier, holder: User | None, *, by: User, at: datetime, reason: str) -> None:
    """Close the assignment that ends and open the one that begins."""
    Assignment.objects.filter(dossier=dossier, until__isnull=True).update(until=at)
    if holder:
        Assignment.objects.create(
            dossier=dossier,
            step_key=dossier.step_key,
            holder=holder,
            assigned_by=by,
            since=at,
            reason=reason[:300],
        )


def agency_of(dossier: Dossier, kind: str) -> int:
    """Where a step of this kind is done."""
    return dossier.reception_agency_id if kind in AT_COUNTER else dossier.agency_id


@dataclass(frozen=True)
class Ended:
    """The step that an act ends, as it stood before the act."""

    step: str
    held_since: datetime
    step_due_at: datetime | None


def ended(dossier: Dossier) -> Ended:
    return Ended(dossier.step_key, dossier.held_since, dossier.step_due_at)


class Told(TypedDict):
    step: str
    held_since: datetime
    step_due_at: datetime | None
    next_step: str
    next_holder: UUID | None


def told(dossier: Dossier, ended: Ended, task: Task | None) -> Told:
    """What every step's event says of the step that ended and the one that opened."""
    return Told(
        step=ended.step,
        held_since=ended.held_since,
        step_due_at=ended.step_due_at,
        next_step=task.step_key if task else "",
        next_holder=dossier.holder_id,
    )
