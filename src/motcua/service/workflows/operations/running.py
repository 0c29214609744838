"""Chạy quy trình: a dossier enters its workflow, ends a step, passes from hand to hand.

These are the inner moves of a dossier's acts: they run in the caller's transaction, which has locked the dossier,
asks for the permission and records the one event of the act. They write no event of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from motcua.core.asking import Asked
from motcua.core.errors import DomainError, Stale
from motcua.core.time import local_date
from motcua.foundation.calendars.clock import add_working_minutes, working_minutes_between
from motcua.foundation.calendars.loading import work_calendar
from motcua.service.workflows.blueprint import Outcome, Step, label_of
from motcua.service.workflows.engine import Compiled, open_steps
from motcua.service.workflows.milestones import STOPPED
from motcua.service.workflows.models import Task, Workflow, WorkflowStep
from motcua.service.workflows.timing import step_due

if TYPE_CHECKING:
    from motcua.foundation.calendars.clock import CompiledCalendar, WorkCalendar
    from motcua.foundation.identity.models import User

    Calendar = WorkCalendar | CompiledCalendar

MOVED_ON = "Bước “{step}” của hồ sơ vừa được xử lý xong. Hãy tải lại trang để xem bước hiện tại."


class NoWorkflow(DomainError):
    """Chưa có quy trình nội bộ cho thủ tục này."""


def resolve(*, procedure_id: int, agency_id: int, on: date) -> Workflow:
    """Quy trình áp dụng for a dossier received on that day; its model stays in the database. Raises NoWorkflow.

    An answer is kept for two seconds, and forgotten at once in the process that publishes another.
    """
    key, moment = (procedure_id, agency_id, on), time.monotonic()
    workflow, asked_at = _applying.get(key, (None, 0.0))
    if workflow is None or moment - asked_at > FRESH_FOR:
        workflow = APPLYING.first(procedure_id=procedure_id, agency_id=agency_id, on=on)
        if workflow is not None:
            if len(_applying) >= MOST_KEPT:
                _applying.clear()
            _applying[key] = workflow, moment
    if workflow is None:
        raise NoWorkflow(
            "Thủ tục này chưa có quy trình nội bộ đang áp dụng tại cơ quan giải quyết. "
            "Hãy báo người quản trị ban hành quy trình trước khi tiếp nhận.",
            field="procedure",
            legal="ND118-2025 Đ12.3",
        )
    return workflow


def forget_applying() -> None:
    """Ask again which workflow applies: one was published or retired."""
    _applying.clear()


FRESH_FOR = 2.0  # seconds
MOST_KEPT = 5_000
_applying: dict[tuple[int, int, date], tuple[Workflow, float]] = {}
APPLYING = Asked(
    lambda procedure_id, agency_id, on: Workflow.objects.without_model().applying_to(
        procedure_id, agency_id, on
    )[:1]
)


def compiled_of(workflow: Workflow) -> Compiled:
    """The model of a published workflow ready to run, read from the database once in each process.

    The database refuses any change of a published model, so what is kept is never stale.
    """
    return _compiled(workflow.uid)


@lru_cache(maxsize=512)
def _compiled(uid: UUID) -> Compiled:
    return Workflow.objects.get(uid=uid).compiled


def start(
    *,
    dossier_id: UUID,
    workflow: Workflow,
    agency_id: int,
    at: datetime,
    holder: User | None = None,
    calendar: Calendar | None = None,
    not_after: datetime | None = None,
) -> Task:
    """Bắt đầu: open the first step of a new dossier at `agency_id`. One INSERT, no replay.

    `not_after`: the dossier's own due moment, which no step may pass. Raises Stale when it has begun already.
    """
    task = first_task(
        dossier_id=dossier_id,
        workflow=workflow,
        agency_id=agency_id,
        at=at,
        holder=holder,
        calendar=calendar,
        not_after=not_after,
    )
    task.save(force_insert=True)
    return task


def first_task(
    *,
    dossier_id: UUID,
    workflow: Workflow,
    agency_id: int,
    at: datetime,
    holder: User | None = None,
    calendar: Calendar | None = None,
    not_after: datetime | None = None,
) -> Task:
    """The row that `start` inserts, for a caller that inserts many at once."""
    return Task(
        dossier_id=dossier_id,
        number=1,
        workflow_id=workflow.pk,
        step_key=workflow.first_step_key,
        name=workflow.first_step_name,
        kind=workflow.first_step_kind,
        role=workflow.first_step_role,
        agency_id=agency_id,
        holder=holder,
        opened_at=at,
        due_at=_due_at(at, workflow.first_step_minutes, agency_id, calendar, not_after),
    )


@transaction.atomic
def complete(
    *,
    dossier_id: UUID,
    step_key: str,
    outcome: str,
    by: User | None,
    at: datetime,
    note: str = "",
    agency_of: Callable[[str], int] | None = None,
    calendar: Calendar | None = None,
    not_after: datetime | None = None,
) -> list[Task]:
    """Hoàn thành bước: end the open task of that step, and open what follows; [] at the end of the workflow.

    `agency_of` says where a step of a kind is done; without it the next step stays where this one was.
    Raises Stale when the step is not open (any more), NoWay when the workflow has no way for the outcome.
    """
    tasks = list(Task.objects.of(dossier_id).with_workflow())
    task = next((task for task in tasks if task.is_open and task.step_key == step_key), None)
    if task is None:
        raise Stale(MOVED_ON.format(step=next((t.name for t in tasks if t.step_key == step_key), step_key)))
    trace = [(done.step_key, done.outcome) for done in tasks if not done.is_open]
    compiled = compiled_of(task.workflow)
    _refuse_unknown(compiled.blueprint.step(step_key), outcome)
    following = open_steps(compiled, [*trace, (step_key, outcome)])

    # Two clicks meet here: the second finds no open row.
    ended = Task.objects.open().filter(pk=task.pk).update(
        completed_at=at, completed_by=by, outcome=outcome, note=note.strip()
    )  # fmt: skip
    if not ended:
        raise Stale(MOVED_ON.format(step=task.name))
    open_already = {other.step_key for other in tasks if other.is_open} - {step_key}
    fresh = []
    for place, step in enumerate((step for step in following if step.key not in open_already), 1):
        where = agency_of(step.kind) if agency_of else task.agency_id
        fresh.append(
            Task(
                dossier_id=dossier_id,
                number=tasks[-1].number + place,
                workflow_id=task.workflow_id,
                step_key=step.key,
                name=step.name,
                kind=step.kind,
                role=step.role,
                agency_id=where,
                opened_at=at,
                due_at=_due_at(at, step.minutes, where, calendar, not_after),
            )
        )
    return Task.objects.bulk_create(fresh)


def assign(*, task: Task, holder: User | None) -> Task:
    """Giao việc: put an open task into somebody's hands (None: back to all of its role). Raises Stale."""
    if not Task.objects.open().filter(pk=task.pk).update(holder=holder):
        raise Stale(MOVED_ON.format(step=task.name))
    task.holder = holder
    return task


def reassign(*, dossier_id: UUID, step_key: str, holder: User | None) -> None:
    """Giao lại: the same, by dossier and step. Raises Stale."""
    if not Task.objects.open().filter(dossier_id=dossier_id, step_key=step_key).update(holder=holder):
        raise Stale("Bước này của hồ sơ không còn mở. Hãy tải lại trang để xem bước hiện tại.")


def claim(*, dossier_id: UUID, step_key: str, holder: User) -> None:
    """Nhận việc: take a waiting task; only the first of two succeeds. Raises Stale."""
    waiting = Task.objects.open().filter(dossier_id=dossier_id, step_key=step_key, holder=None)
    if not waiting.update(holder=holder):
        raise Stale("Việc này vừa có người nhận hoặc đã xong. Hãy chọn việc khác trong danh sách chờ.")


def release(*, dossier_id: UUID, step_key: str, holder: User) -> None:
    """Trả việc về danh sách chờ: what one holds oneself. Raises Stale."""
    held = Task.objects.open().filter(dossier_id=dossier_id, step_key=step_key, holder=holder)
    if not held.update(holder=None):
        raise Stale("Bạn không còn giữ việc này. Hãy tải lại trang để xem ai đang giữ.")


def hand_over(*, giver: User, receiver: User, agency_id: int | None = None) -> int:
    """Bàn giao toàn bộ việc đang giữ (nghỉ, chuyển công tác); at one agency or at all. Returns how many."""
    held = Task.objects.open().filter(holder=giver)
    if agency_id is not None:
        held = held.filter(agency=agency_id)
    return held.update(holder=receiver)


def move(*, dossier_id: UUID, agency_id: int, holder: User | None = None) -> int:
    """Chuyển nơi làm: the open tasks of a dossier go to another agency. Returns how many."""
    return Task.objects.open().filter(dossier_id=dossier_id).update(agency=agency_id, holder=holder)


def redate(*, dossier_id: UUID, due_at: datetime | None) -> int:
    """Đổi hạn của bước đang mở, when the dossier's clock was moved. Returns how many."""
    return Task.objects.open().filter(dossier_id=dossier_id).update(due_at=due_at)


def freeze(*, dossier_id: UUID) -> dict[str, datetime]:
    """Dừng giờ của các bước đang mở: they are due at no time while the clock stands still; returns what they were due."""
    still = Task.objects.open().filter(dossier_id=dossier_id)
    dues = {key: due for key, due in still.values_list("step_key", "due_at") if due is not None}
    still.update(due_at=None)
    return dues


def thaw(
    *,
    dossier_id: UUID,
    dues: Mapping[str, datetime],
    since: datetime,
    at: datetime,
    not_after: datetime | None,
    restarts: bool = False,
) -> dict[str, datetime | None]:
    """Tính tiếp giờ của các bước đang mở: each gets the working time that it had left at `since`.

    With `restarts` it gets its whole time again. Returns the new due moments by step.
    """
    still = list(Task.objects.open().filter(dossier_id=dossier_id))
    minutes = _minutes_of(still) if restarts else {}
    for task in still:
        calendar = work_calendar(task.agency_id, local_date(at))
        before = dues.get(task.step_key)
        if restarts:
            task.due_at = _due_at(at, minutes.get(task.step_key, 0), task.agency_id, calendar, not_after)
        elif before is None:
            task.due_at = not_after
        else:
            left = working_minutes_between(since, before, calendar)
            due = add_working_minutes(at, left, calendar)
            task.due_at = min(due, not_after) if not_after else due
    Task.objects.bulk_update(still, ["due_at"])
    return {task.step_key: task.due_at for task in still}


def reopen(*, dossier_id: UUID, stopped_at: datetime, at: datetime, not_after: datetime | None) -> list[Task]:
    """Mở lại những việc đã dừng lúc ấy, with the working time that they had left; the first of them first."""
    stopped = Task.objects.filter(dossier_id=dossier_id, outcome=STOPPED, completed_at=stopped_at)
    dues = {key: due for key, due in stopped.values_list("step_key", "due_at") if due is not None}
    stopped.update(completed_at=None, completed_by=None, outcome="", note="")
    thaw(dossier_id=dossier_id, dues=dues, since=stopped_at, at=at, not_after=not_after)
    return list(Task.objects.of(dossier_id).open())


def _minutes_of(tasks: Sequence[Task]) -> dict[str, int]:
    """How long each of the steps may take, as its workflow says."""
    steps = WorkflowStep.objects.filter(workflow__in={task.workflow_id for task in tasks})
    return dict(steps.filter(key__in=[task.step_key for task in tasks]).values_list("key", "minutes"))


def stop(*, dossier_id: UUID, by: User | None, at: datetime, note: str = "") -> int:
    """Dừng: close what is open, because the dossier goes no further. Returns how many."""
    still = Task.objects.open().filter(dossier_id=dossier_id)
    return still.update(completed_at=at, completed_by=by, outcome=STOPPED, note=note.strip())


def _due_at(
    at: datetime, minutes: int, agency_id: int, calendar: Calendar | None, not_after: datetime | None
) -> datetime | None:
    """A step without a time of its own (the return of the result) is due when the dossier is."""
    if not minutes:
        return not_after
    due = step_due(at, minutes, calendar or work_calendar(agency_id, local_date(at)))
    return min(due, not_after) if not_after else due


def _refuse_unknown(step: Step, outcome: str) -> None:
    if outcome not in set(Outcome) or outcome not in step.outcomes:
        allowed = ", ".join(known.label for known in step.outcomes)
        raise DomainError(
            f"Bước “{step.name}” không nhận kết quả “{label_of(outcome)}”. Hãy chọn một trong: {allowed}.",
            field="outcome",
        )
