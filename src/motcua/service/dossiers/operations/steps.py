"""How every act ends a step of the internal workflow and opens the next: shared by the verbs, called by no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypedDict
from uuid import UUID

from motcua.core.errors import DomainError, Stale
from motcua.core.rows import write_columns
from motcua.core.time import local_date
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import Absence, User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Assignment, Consultation, DeadlineKind, Decision, Dossier
from motcua.service.dossiers.operations import deadlines
from motcua.service.dossiers.states import Move
from motcua.service.workflows.blueprint import AT_COUNTER, DECIDING, StepKind
from motcua.service.workflows.models import Task
from motcua.service.workflows.operations import running
from motcua.service.workflows.operations.running import Moved, Places

STEP_FIELDS = (
    "state", "step_key", "step_name", "step_kind", "step_role", "step_due_at", "step_agency", "holder", "held_since",
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
    return admit(Dossier.objects.lock(dossier_id), by=by, at=at, kind=kind, permission=permission, step=step)


def admit(
    dossier: Dossier, *, by: User, at: datetime, kind: StepKind, permission: Permission, step: str = ""
) -> Dossier:
    """The rule of `take` for a dossier that is locked already: is the step the right one, and this person's to do?"""
    access = access_of(by, at)
    look_at(dossier, by, access, step=step, kind=kind)
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


def look_at(
    dossier: Dossier,
    user: User,
    access: Access,
    *,
    step: str = "",
    kind: str = "",
    tasks: Sequence[Task] | None = None,
) -> None:
    """See the dossier through another of its open steps, when the one that it shows is not the one that is meant.

    Where branches go on beside each other the dossier shows one step; the page or the person may mean another.
    `tasks`: those of the dossier with their holders, when they are at hand.
    """
    fits = (not step or step == dossier.step_key) and (not kind or kind == dossier.step_kind)
    if fits and (step or is_for(dossier, user, access)):
        return
    if tasks is None:
        tasks = list(Task.objects.of(dossier.pk).open().select_related("holder"))
    others = [
        task
        for task in tasks
        if task.is_open and task.step_key != dossier.step_key
        if step in {"", task.step_key} and kind in {"", task.kind}
    ]
    shown = _shown(dossier)
    for task in others:
        look_through(dossier, task)
        if step or is_for(dossier, user, access):
            return
    for name, value in shown.items():
        setattr(dossier, name, value)


def look_through(dossier: Dossier, task: Task) -> None:
    """The step fields of the dossier in memory become those of the task; nothing is saved."""
    project(dossier, task, task.holder, task.opened_at)


def main_of(tasks: Sequence[Task]) -> Task | None:
    """Việc chính, which the dossier shows: of the settling agency before others, the earliest due first."""
    return min(
        tasks,
        key=lambda task: (
            task.is_elsewhere,
            task.kind == StepKind.CONSULT,
            task.due_at is None,
            task.due_at or task.opened_at,
            task.number,
        ),
        default=None,
    )


def finish(
    dossier: Dossier,
    *,
    outcome: str,
    by: User,
    at: datetime,
    note: str = "",
    next_holder: User | None = None,
    settles: Move | None = None,
    is_skipped: bool = False,
    extra_fields: Sequence[str] = (),
) -> Task | None:
    """End the step at which the dossier is looked at, hand on what follows, and save what the dossier shows.

    `settles`: the move that is made when all branches have come to who decides. Returns the first step that opened.
    """
    moved = running.advance(
        dossier_id=dossier.pk,
        step_key=dossier.step_key,
        outcome=outcome,
        by=by,
        at=at,
        note=note,
        is_skipped=is_skipped,
        agency_of=lambda kind: usual_place(dossier, kind),
        not_after=dossier.due_at,
    )
    if settles and moved.open and all(task.kind in DECIDING for task in moved.open):
        dossier.state = settles.apply(dossier.state)
    return follow(dossier, moved, by=by, at=at, note=note, next_holder=next_holder, extra_fields=extra_fields)


def follow(
    dossier: Dossier,
    moved: Moved,
    *,
    by: User,
    at: datetime,
    note: str = "",
    next_holder: User | None = None,
    extra_fields: Sequence[str] = (),
) -> Task | None:
    """Put the steps that opened into hands, close what was stopped, and save what the dossier shows."""
    drop_questions(dossier, moved.stopped, at)
    for place, task in enumerate(moved.opened):
        given = next_holder if place == 0 else None
        holder = covering(given or previous_holder(dossier, task, at), task, at)
        if holder:
            running.assign(task=task, holder=holder)
        if task.kind == StepKind.CONSULT:
            _ask(dossier, task, by, at)
    current = main_of(moved.open)
    if current is None:
        project(dossier, None, None, at)
    elif current in moved.opened:
        project(dossier, current, current.holder, at)
    else:
        project(dossier, current, current.holder, _held_since(dossier, current))
    _keep_assignments(dossier, moved, by=by, at=at, reason=note)
    dossier.save(update_fields=[*STEP_FIELDS, *extra_fields])
    return moved.opened[0] if moved.opened else None


def show_main(dossier: Dossier) -> None:
    """Let the dossier show its main open step again, after the steps have got other due moments; nothing is saved."""
    current = main_of(list(Task.objects.of(dossier.pk).open().select_related("holder")))
    if current:
        project(dossier, current, current.holder, _held_since(dossier, current))


def take_up(dossier: Dossier, tasks: Sequence[Task], *, by: User, at: datetime, reason: str) -> None:
    """Put steps that open again into the hands they were in, and show the main one; nothing is saved of the dossier."""
    rows = [
        _assignment(dossier, task.step_key, task.holder, by=by, at=at, reason=reason)
        for task in tasks
        if task.holder
    ]
    Assignment.objects.bulk_create(rows)
    current = main_of(tasks)
    project(dossier, current, current.holder if current else None, at)


def finish_all(
    dossiers: Sequence[Dossier], *, outcome: str, by: User, at: datetime, extra_fields: Sequence[str] = ()
) -> dict[UUID, Task | DomainError | None]:
    """`finish` for many dossiers with the same outcome: the same rows, by a few statements for all of them.

    Gives the step that opened in each dossier, or why its step cannot end. Raises Parted when branches are met.
    """
    ends = [
        running.End(one.pk, one.step_key, Places(partial(usual_place, one), not_after=one.due_at))
        for one in dossiers
    ]
    given = running.advance_all(ends, outcome=outcome, by=by, at=at)
    refused = {pk: told for pk, told in given.items() if isinstance(told, DomainError)}
    opened = {pk: next(iter(told.opened), None) for pk, told in given.items() if isinstance(told, Moved)}
    moved = [one for one in dossiers if one.pk in opened]
    holders = _previous_holders(opened, at)
    in_hand: dict[User, list[UUID]] = {}
    for dossier in moved:
        task = opened[dossier.pk]
        if task and (holder := holders.get(dossier.pk)):
            in_hand.setdefault(holder, []).append(task.pk)
            task.holder = holder
        project(dossier, task, task.holder if task else None, at)
    for holder, tasks in in_hand.items():
        Task.objects.open().filter(pk__in=tasks).update(holder=holder)
    Assignment.objects.filter(dossier__in=moved, until__isnull=True).update(until=at)
    Assignment.objects.bulk_create(
        _assignment(one, one.step_key, one.holder, by=by, at=at, reason="") for one in moved if one.holder
    )
    write_columns(moved, [*STEP_FIELDS, *extra_fields])
    return {**refused, **opened}


def _previous_holders(opened: Mapping[UUID, Task | None], at: datetime) -> dict[UUID, User]:
    """`previous_holder` of many dossiers, or who covers for them, in one question and one for each person."""
    steps = {pk: task for pk, task in opened.items() if task}
    earlier = (
        Assignment.objects.filter(
            dossier__in=list(steps), step_key__in={task.step_key for task in steps.values()}
        )
        .select_related("holder")
        .order_by("since")
    )
    last = {(one.dossier_id, one.step_key): one.holder for one in earlier}
    people = {person.pk: person for person in last.values()}
    known: dict[tuple[UUID, str, int], User | None] = {}
    found = {}
    for pk, task in steps.items():
        holder = last.get((pk, task.step_key))
        if holder is None:
            continue
        key = holder.pk, task.role, task.agency_id
        if key not in known:
            is_able = task.role in access_of(people[holder.pk], at).roles(task.agency_id)
            known[key] = covering(people[holder.pk], task, at) if is_able else None
        if keeper := known[key]:
            found[pk] = keeper
    return found


def project(dossier: Dossier, task: Task | None, holder: User | None, at: datetime) -> None:
    """Write the open step onto the dossier, where lists read it."""
    dossier.step_key = task.step_key if task else ""
    dossier.step_name = task.name if task else ""
    dossier.step_kind = task.kind if task else ""
    dossier.step_role = task.role if task else ""
    dossier.step_due_at = task.due_at if task else None
    dossier.step_agency_id = task.agency_id if task and task.is_elsewhere else None
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


def covering(holder: User | None, task: Task, at: datetime) -> User | None:
    """Người nhận thật: new work of somebody who is away goes to the substitute; to the role when nobody can take it."""
    if holder is None:
        return None
    met = {holder.pk}
    while (absence := Absence.objects.covering(holder.pk, local_date(at)).first()) is not None:
        holder = absence.substitute
        if holder is None or holder.pk in met or not holder.is_active:
            return None
        met.add(holder.pk)
    if len(met) > 1 and task.role not in access_of(holder, at).roles(task.agency_id):
        return None
    return holder


def keep_assignment(dossier: Dossier, holder: User | None, *, by: User, at: datetime, reason: str) -> None:
    """Close the assignment of the step that the dossier is looked at, and open the one that begins."""
    Assignment.objects.filter(dossier=dossier, until__isnull=True, step_key=dossier.step_key).update(until=at)
    if holder:
        _assignment(dossier, dossier.step_key, holder, by=by, at=at, reason=reason).save(force_insert=True)


def _keep_assignments(dossier: Dossier, moved: Moved, *, by: User, at: datetime, reason: str) -> None:
    going_on = [task.step_key for task in moved.beside]
    Assignment.objects.filter(dossier=dossier, until__isnull=True).exclude(step_key__in=going_on).update(
        until=at
    )
    given = [
        _assignment(dossier, task.step_key, task.holder, by=by, at=at, reason=reason)
        for task in moved.opened
        if task.holder
    ]
    if given:
        Assignment.objects.bulk_create(given)


def _assignment(
    dossier: Dossier, step_key: str, holder: User, *, by: User, at: datetime, reason: str
) -> Assignment:
    return Assignment(
        dossier=dossier, step_key=step_key, holder=holder, assigned_by=by, since=at, reason=reason[:300]
    )


def has_branches(dossier: Dossier) -> bool:
    """Nhiều nhánh: others are at work beside the step at hand, or have come before it to where they meet."""
    return running.is_shared(dossier.pk)


def replace_decision(dossier: Dossier, *, outcome: str, reason: str, by: User, at: datetime) -> Decision:
    """Đề xuất: what is proposed now stands; a proposal that another branch has made before gives way to it."""
    dossier.decisions.filter(sent_back_at__isnull=True).update(
        sent_back_at=at, sent_back_reason="Có đề xuất sau của bước khác thay thế."
    )
    return Decision.objects.create(
        dossier=dossier, outcome=outcome, reason=reason, proposed_by=by, proposed_at=at
    )


def _held_since(dossier: Dossier, task: Task) -> datetime:
    held = Assignment.objects.filter(dossier=dossier, step_key=task.step_key, until__isnull=True).first()
    return held.since if held else task.opened_at


def _ask(dossier: Dossier, task: Task, by: User, at: datetime) -> None:
    """Lấy ý kiến theo quy trình: the question that the asked agency finds among those it has to answer."""
    asked = Consultation.objects.create(
        dossier=dossier,
        agency_id=task.agency_id,
        question=f"{task.name}: {dossier.matter}",
        asked_by=by,
        asked_at=at,
        due_at=task.due_at or dossier.due_at or at,
        task_id=task.pk,
    )
    deadlines.open_deadline(
        dossier, DeadlineKind.OPINION, asked.due_at, at=at, subject=asked.pk, agency_id=asked.agency_id
    )


def drop_questions(dossier: Dossier, stopped: Sequence[Task], at: datetime) -> None:
    """Thôi hỏi: the questions of these steps need no answer any more."""
    keys = [task.pk for task in stopped if task.kind == StepKind.CONSULT]
    if not keys:
        return
    for asked in Consultation.objects.open().filter(task_id__in=keys):
        deadlines.drop(dossier, DeadlineKind.OPINION, at=at, subject=asked.pk)
        asked.dropped_at = at
        asked.save(update_fields=["dropped_at"])


def _shown(dossier: Dossier) -> dict[str, object]:
    return {name: getattr(dossier, name) for name in STEP_FIELDS}


def agency_of(dossier: Dossier, kind: str) -> int:
    """Where the step of this kind is done that the dossier is looked at."""
    if dossier.step_agency_id and kind == dossier.step_kind:
        return dossier.step_agency_id
    return usual_place(dossier, kind)


def usual_place(dossier: Dossier, kind: str) -> int:
    """Where a step of this kind is done unless the workflow names a place."""
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
        next_holder=task.holder_id if task else None,
    )
