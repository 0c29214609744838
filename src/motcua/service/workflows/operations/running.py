"""Chạy quy trình: a dossier enters its workflow, ends a step, passes from hand to hand.

These are the inner moves of a dossier's acts: they run in the caller's transaction, which has locked the dossier,
asks for the permission and records the one event of the act. They write no event of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from motcua.core.asking import Asked
from motcua.core.errors import DomainError, Stale
from motcua.core.keeping import forgotten_by, kept
from motcua.core.rows import write_columns
from motcua.core.time import local_date
from motcua.foundation.calendars.clock import add_working_minutes, working_minutes_between
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.org.models import Agency
from motcua.service.workflows.blueprint import RECEPTION, SETTLING, UNITS, Outcome, Step, StepKind, label_of
from motcua.service.workflows.engine import Compiled, Trace, open_steps, replayed, resting_on
from motcua.service.workflows.landing import came_in
from motcua.service.workflows.milestones import STOPPED, TAKEN_BACK
from motcua.service.workflows.models import Task, Workflow, WorkflowStep
from motcua.service.workflows.timing import step_due

if TYPE_CHECKING:
    from motcua.foundation.calendars.clock import CompiledCalendar, WorkCalendar
    from motcua.foundation.identity.models import User

    Calendar = WorkCalendar | CompiledCalendar

MOVED_ON = "Bước “{step}” của hồ sơ vừa được xử lý xong. Hãy tải lại trang để xem bước hiện tại."


WALKED = frozenset(Outcome)  # the outcomes that lead on


class NoWorkflow(DomainError):
    """Chưa có quy trình nội bộ cho thủ tục này."""


def resolve(*, procedure_id: int, agency_id: int, on: date, version: UUID | None = None) -> Workflow:
    """Quy trình áp dụng for a dossier received on that day; its model stays in the database. Raises NoWorkflow.

    An answer is kept while the `version` stands (`Access.version`, which every change of a workflow renews), else for two
    seconds, and forgotten at once in the process that publishes another.
    """
    key, moment = (procedure_id, agency_id, on), time.monotonic()
    workflow, asked_at, seen = _applying.get(key, (None, 0.0, None))
    is_known = moment - asked_at <= FRESH_FOR if version is None else version == seen
    if workflow is None or not is_known:
        workflow = APPLYING.first(procedure_id=procedure_id, agency_id=agency_id, on=on)
        if workflow is not None:
            if len(_applying) >= MOST_KEPT:
                _applying.clear()
            _applying[key] = workflow, moment, version
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
_applying: dict[tuple[int, int, date], tuple[Workflow, float, UUID | None]] = {}
forgotten_by(forget_applying)
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


@kept(512)
def _compiled(uid: UUID) -> Compiled:
    return Workflow.objects.get(uid=uid).compiled


@kept(512)
def model_of(workflow_id: int) -> Workflow:
    """The workflow that dossiers follow, with its model, read once in each process for the same reason. Read it only."""
    return Workflow.objects.get(pk=workflow_id)


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


@dataclass(frozen=True)
class Moved:
    """Sau một bước: what has ended, what has opened, what goes on beside it, and what was stopped or taken back."""

    ended: Task
    opened: list[Task] = field(default_factory=list)
    beside: list[Task] = field(default_factory=list)
    stopped: list[Task] = field(default_factory=list)
    undone: list[Task] = field(default_factory=list)

    @property
    def open(self) -> list[Task]:
        return [*self.opened, *self.beside]


@dataclass(frozen=True)
class Places:
    """Nơi làm các bước: the agencies of a dossier, and the calendar and the last moment that its steps are held to."""

    agency_of: Callable[[str], int]
    calendar: Calendar | None = None
    not_after: datetime | None = None

    def of(self, step: Step) -> tuple[int, bool]:
        """Where a step is done, and whether that is neither the settling agency nor the place of reception."""
        if step.unit in UNITS:
            kind = {SETTLING: StepKind.WORK, RECEPTION: StepKind.RECEIVE}.get(step.unit, step.kind)
            return self.agency_of(kind), False
        agency_id = _agency_named(step.unit)
        if agency_id is None:
            raise DomainError(
                f"Bước “{step.name}” làm ở cơ quan mã “{step.unit}” nay không còn. Hãy báo người quản trị quy trình."
            )
        return agency_id, agency_id not in {self.agency_of(StepKind.WORK), self.agency_of(StepKind.RECEIVE)}


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
    """Hoàn thành bước: end the open task of that step, and open what follows; [] where nothing follows yet.

    `agency_of` says where a step of a kind is done; without it the next step stays where this one was.
    Raises Stale when the step is not open (any more), NoWay when the workflow has no way for the outcome.
    """
    moved = advance(
        dossier_id=dossier_id,
        step_key=step_key,
        outcome=outcome,
        by=by,
        at=at,
        note=note,
        agency_of=agency_of,
        calendar=calendar,
        not_after=not_after,
    )
    return moved.opened


@transaction.atomic
def advance(
    *,
    dossier_id: UUID,
    step_key: str,
    outcome: str,
    by: User | None,
    at: datetime,
    note: str = "",
    is_skipped: bool = False,
    agency_of: Callable[[str], int] | None = None,
    calendar: Calendar | None = None,
    not_after: datetime | None = None,
) -> Moved:
    """The same, telling all that has changed. A refusal in a branch stops what is open in the others."""
    tasks = list(Task.objects.of(dossier_id).with_workflow())
    task = next((task for task in tasks if task.is_open and task.step_key == step_key), None)
    if task is None:
        raise Stale(MOVED_ON.format(step=next((t.name for t in tasks if t.step_key == step_key), step_key)))
    way = way_of(tasks)
    compiled = way.compiled
    is_branch = sum(other.is_open for other in tasks) > 1 or replayed(compiled, way.trace).is_shared
    _refuse_unknown(compiled.blueprint.step(step_key), outcome, is_branch=is_branch)
    following = open_steps(compiled, [*way.trace, (step_key, outcome)])

    # Two clicks meet here: the second finds no open row.
    task.completed_at, task.outcome, task.note, task.is_skipped = at, outcome, note.strip(), is_skipped
    task.done_number = max((one.done_number or 0 for one in tasks), default=0) + 1
    ended = Task.objects.open().filter(pk=task.pk).update(
        completed_at=at, completed_by=by, outcome=outcome, note=task.note, done_number=task.done_number,
        is_skipped=is_skipped,
    )  # fmt: skip
    if not ended:
        raise Stale(MOVED_ON.format(step=task.name))
    stay_at = task.agency_id
    places = Places(agency_of or (lambda _: stay_at), calendar, not_after)
    why = f"Dừng vì bước “{task.name}” từ chối."
    return _follow(tasks, task, following, places, by=by, at=at, outcome=STOPPED, note=why)


class Parted(DomainError):
    """Đang đi nhiều nhánh, hoặc bước sau ở nơi khác: not to be ended together with others."""


@dataclass(frozen=True)
class End:
    """Một bước được làm xong cùng lúc với nhiều bước khác: of which dossier, and what its next step needs."""

    dossier_id: UUID
    step_key: str
    places: Places


@transaction.atomic
def advance_all(
    ends: Sequence[End], *, outcome: str, by: User | None, at: datetime, note: str = ""
) -> dict[UUID, Moved | DomainError]:
    """Hoàn thành nhiều bước: `advance` for each dossier with the same outcome, in three statements for all of them.

    Gives what has changed in each dossier, or why its step cannot end; nothing is written of a dossier that is refused.
    The caller has locked the dossiers. Raises Parted when one of them walks several branches: those go by themselves.
    """
    walked: dict[UUID, list[Task]] = {}
    keys = [end.dossier_id for end in ends]
    for task in Task.objects.filter(dossier_id__in=keys).with_workflow().order_by("dossier_id", "number"):
        walked.setdefault(task.dossier_id, []).append(task)
    given: dict[UUID, Moved | DomainError] = {}
    for end in ends:
        try:
            given[end.dossier_id] = _moved_alone(walked.get(end.dossier_id, []), end, outcome, at)
        except Parted:
            raise
        except DomainError as refusal:
            given[end.dossier_id] = refusal
    moved = [one for one in given.values() if isinstance(one, Moved)]
    for one in moved:
        one.ended.completed_by, one.ended.note = by, note.strip()
    write_columns(
        [one.ended for one in moved], ["completed_at", "completed_by", "outcome", "note", "done_number"]
    )
    Task.objects.bulk_create([task for one in moved for task in one.opened])
    return given


def _moved_alone(tasks: list[Task], end: End, outcome: str, at: datetime) -> Moved:
    """What `advance` would do to a dossier that walks one way; the rows are made, and not yet written."""
    task = next((task for task in tasks if task.is_open and task.step_key == end.step_key), None)
    if task is None:
        name = next((one.name for one in tasks if one.step_key == end.step_key), end.step_key)
        raise Stale(MOVED_ON.format(step=name))
    compiled = compiled_of(task.workflow)
    done = in_order_done(tasks)
    if sum(one.is_open for one in tasks) > 1 or replayed(compiled, trace_of(done)).is_shared:
        raise Parted("Quy trình của hồ sơ có nhánh song song.")
    _refuse_unknown(compiled.blueprint.step(end.step_key), outcome, is_branch=False)
    following = open_steps(compiled, [*trace_of(done), (end.step_key, outcome)])
    if len(following) > 1 or any(
        step.unit not in UNITS or step.kind == StepKind.CONSULT for step in following
    ):
        raise Parted("Bước sau của hồ sơ ở nhiều nơi.")
    task.completed_at, task.outcome = at, outcome
    task.done_number = max((one.done_number or 0 for one in tasks), default=0) + 1
    return Moved(task, [_task_of(step, task, tasks[-1].number + 1, end.places, at) for step in following])


@transaction.atomic
def take_back(
    *,
    dossier_id: UUID,
    step_key: str,
    by: User | None,
    at: datetime,
    note: str,
    from_step: str = "",
    agency_of: Callable[[str], int],
    not_after: datetime | None = None,
) -> Moved:
    """Lấy lại bước đã làm: the last time that step was done is undone, with all that rests on it; it opens again.

    The rows stay, marked; other branches keep what they have done. `from_step`: the open step that it must lie before.
    Raises Stale when the step has not been done, DomainError when it does not lead to `from_step`.
    """
    tasks = list(Task.objects.of(dossier_id).with_workflow())
    way = way_of(tasks)
    done, compiled, shift = way.done, way.compiled, len(way.before)
    place = next((n for n in reversed(range(len(done))) if done[n].step_key == step_key), None)
    if place is None:
        raise Stale("Bước này chưa làm hoặc đã được lấy lại. Hãy tải lại trang.")
    standing = replayed(compiled, way.trace).open
    if from_step and (from_step not in standing or place + shift not in standing[from_step].past):
        raise DomainError(
            f"Bước “{done[place].name}” không dẫn tới bước đang làm nên không trả về được. Hãy chọn bước khác.",
            field="target",
        )
    gone = {number - shift for number in resting_on(compiled, way.trace, place + shift)}
    rest = [one for number, one in enumerate(done) if number not in gone]
    undone = Task.objects.filter(pk__in=[done[number].pk for number in gone], undone_at=None)
    if undone.update(undone_at=at) != len(gone):
        raise Stale(MOVED_ON.format(step=done[place].name))
    following = open_steps(compiled, [*way.before, *trace_of(rest)])
    places = Places(agency_of, None, not_after)
    moved = _follow(tasks, done[place], following, places, by=by, at=at, outcome=TAKEN_BACK, note=note)
    first = sorted(moved.opened, key=lambda task: task.step_key != step_key)
    return replace(moved, opened=first, undone=[done[number] for number in sorted(gone)])


def _follow(
    tasks: list[Task],
    task: Task,
    following: Sequence[Step],
    places: Places,
    *,
    by: User | None,
    at: datetime,
    outcome: str,
    note: str,
) -> Moved:
    """Make the rows agree with the steps that are open now."""
    wanted = {step.key for step in following}
    still = [other for other in tasks if other.is_open and other.pk != task.pk]
    stopped = [other for other in still if other.step_key not in wanted]
    if stopped:
        Task.objects.open().filter(pk__in=[other.pk for other in stopped]).update(
            completed_at=at, completed_by=by, outcome=outcome, note=note.strip()
        )
    beside = [other for other in still if other.step_key in wanted]
    open_already = {other.step_key for other in beside}
    fresh = [
        _task_of(step, task, tasks[-1].number + place, places, at)
        for place, step in enumerate((step for step in following if step.key not in open_already), 1)
    ]
    _mark(fresh, beside)
    return Moved(task, Task.objects.bulk_create(fresh), beside, stopped)


def _mark(fresh: Sequence[Task], still: Sequence[Task]) -> None:
    """Whether the open steps of a dossier stand beside each other: the fresh rows are to be written, the others are."""
    is_beside = len(fresh) + len(still) > 1
    for task in fresh:
        task.is_beside = is_beside
    changed = [task.pk for task in still if task.is_beside != is_beside]
    if changed:
        Task.objects.open().filter(pk__in=changed).update(is_beside=is_beside)
    for task in still:
        task.is_beside = is_beside


def _task_of(step: Step, before: Task, number: int, places: Places, at: datetime) -> Task:
    where, is_elsewhere = places.of(step)
    calendar = places.calendar or work_calendar(where, local_date(at)) if step.escalate_after else None
    return Task(
        dossier_id=before.dossier_id,
        number=number,
        workflow_id=before.workflow_id,
        step_key=step.key,
        name=step.name,
        kind=step.kind,
        role=step.role,
        agency_id=where,
        opened_at=at,
        due_at=_due_at(at, step.minutes, where, places.calendar, places.not_after),
        is_elsewhere=is_elsewhere,
        escalate_at=step_due(at, step.escalate_after, calendar) if calendar else None,
        escalate_to=step.escalate_to,
    )


def led_to(done: Sequence[Task], task: Task) -> list[Task]:
    """Các bước dẫn tới một bước đang mở, first to last: those of its own branch and those before it parted."""
    way = way_of([*done, task])
    shift = len(way.before)
    token = replayed(way.compiled, way.trace).open.get(task.step_key)
    return [one for place, one in enumerate(way.done) if token and place + shift in token.past]


def is_shared(dossier_id: UUID) -> bool:
    """Có nhiều nhánh đang chạy: several steps are open, or a branch waits for the others where they meet."""
    tasks = list(Task.objects.of(dossier_id).with_workflow())
    if not tasks:
        return False
    way = way_of(tasks)
    return replayed(way.compiled, way.trace).is_shared


@dataclass(frozen=True)
class Way:
    """Đường đã đi: the version, the way in of a dossier that was moved to it, and what was done since and still counts."""

    compiled: Compiled
    before: Trace
    done: list[Task]

    @property
    def trace(self) -> list[tuple[str, str]]:
        return [*self.before, *trace_of(self.done)]


def way_of(tasks: Sequence[Task]) -> Way:
    """Đường đã đi của một hồ sơ: `tasks` are all of it, by number, each with its workflow. At least one."""
    compiled = compiled_of(tasks[-1].workflow)
    before, own = came_in(compiled, tasks)
    return Way(compiled, before, in_order_done(own))


def in_order_done(tasks: Iterable[Task]) -> list[Task]:
    """Các bước đã làm và còn giá trị, in the order in which they were done."""
    counted = [task for task in tasks if not task.is_open and not task.undone_at and task.outcome in WALKED]
    return sorted(counted, key=lambda task: (task.done_number or 0, task.number))


def trace_of(done: Iterable[Task]) -> list[tuple[str, str]]:
    """Diễn biến, as the engine replays it."""
    return [(task.step_key, task.outcome) for task in done]


def _agency_named(code: str) -> int | None:
    return Agency.objects.filter(code=code).values_list("pk", flat=True).first()


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
    """Đổi hạn của các bước đang mở that would end later, when the dossier's clock was moved. Returns how many."""
    late = Task.objects.open().filter(dossier_id=dossier_id)
    if due_at is not None:
        late = late.filter(Q(due_at__gt=due_at) | Q(due_at=None))
    return late.update(due_at=due_at)


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
        if before and task.due_at and task.escalate_at:
            task.escalate_at += task.due_at - before
    Task.objects.bulk_update(still, ["due_at", "escalate_at"])
    return {task.step_key: task.due_at for task in still}


def reopen(*, dossier_id: UUID, stopped_at: datetime, at: datetime, not_after: datetime | None) -> list[Task]:
    """Mở lại những việc đã dừng lúc ấy, with the working time that they had left; the first of them first."""
    stopped = Task.objects.filter(dossier_id=dossier_id, outcome=STOPPED, completed_at=stopped_at)
    dues = {key: due for key, due in stopped.values_list("step_key", "due_at") if due is not None}
    stopped.update(completed_at=None, completed_by=None, outcome="", note="")
    thaw(dossier_id=dossier_id, dues=dues, since=stopped_at, at=at, not_after=not_after)
    return list(Task.objects.of(dossier_id).open().select_related("holder"))


def _minutes_of(tasks: Sequence[Task]) -> dict[str, int]:
    """How long each of the steps may take, as its workflow says."""
    steps = WorkflowStep.objects.filter(workflow__in={task.workflow_id for task in tasks})
    return dict(steps.filter(key__in=[task.step_key for task in tasks]).values_list("key", "minutes"))


def redate_all(due: Sequence[tuple[UUID, datetime]]) -> int:
    """Đổi hạn của nhiều hồ sơ: `redate` for each of them, in two statements. Returns how many."""
    wanted = dict(due)
    tasks = list(Task.objects.open().filter(dossier_id__in=wanted).only("dossier_id", "due_at"))
    for task in tasks:
        task.due_at = wanted[task.dossier_id]
    return write_columns(tasks, ["due_at"])


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


def _refuse_unknown(step: Step, outcome: str, *, is_branch: bool) -> None:
    """A branch may always be refused: what follows is in the engine's rule."""
    if outcome == Outcome.REFUSE and is_branch:
        return
    if outcome not in set(Outcome) or outcome not in step.outcomes:
        allowed = ", ".join(known.label for known in step.outcomes)
        raise DomainError(
            f"Bước “{step.name}” không nhận kết quả “{label_of(outcome)}”. Hãy chọn một trong: {allowed}.",
            field="outcome",
        )
