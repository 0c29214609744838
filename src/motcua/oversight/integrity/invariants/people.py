"""Con người: nobody's dossier is ever without somebody who can act on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency
from motcua.oversight.integrity.breaches import ADMIN, UNIT, Breach, Invariant, Remedy
from motcua.oversight.integrity.invariants.telling import dossier_of, each, of_dossier
from motcua.service.dossiers.models import Assignment, Dossier
from motcua.service.dossiers.operations import steps
from motcua.service.dossiers.operations.assigning import people_for
from motcua.service.dossiers.states import OPEN, State
from motcua.service.workflows.models import Task

ALIVE = sorted(OPEN | {State.RESULT_READY})


def holder_inactive(at: datetime) -> Iterator[Breach]:
    yield from _of_tasks(
        Task.objects.open().filter(holder__is_active=False).select_related("holder"),
        lambda task: f"Bước “{task.name}” trong tay {_name(task)}, tài khoản đã khóa.",
    )


def holder_without_role(at: datetime) -> Iterator[Breach]:
    open_tasks = Task.objects.open().filter(holder__is_active=True)
    held = open_tasks.values_list("holder", "role", "agency").distinct()
    people = {user.pk: user for user in User.objects.filter(pk__in={row[0] for row in held})}
    lost = Q(pk__in=[])
    for holder, role, agency in held:
        if role not in access_of(people[holder], at).roles(agency):
            lost |= Q(holder=holder, role=role, agency=agency)
    yield from _of_tasks(
        open_tasks.filter(lost).select_related("holder"),
        lambda task: f"{_name(task)} không còn ở vị trí làm được bước “{task.name}”.",
    )


def release(key: str, by: User, at: datetime) -> None:
    """Back to the pile of its role, where everybody of the role sees it."""
    task = Task.objects.open().get(pk=UUID(key))
    dossier = dossier_of(str(task.dossier_id))
    Task.objects.filter(pk=task.pk).update(holder=None)
    if dossier.step_key == task.step_key:
        dossier.holder, dossier.held_since = None, at
        dossier.save(update_fields=["holder", "held_since"])
        steps.keep_assignment(dossier, None, by=by, at=at, reason="")


def task_in_other_hands(at: datetime) -> Iterator[Breach]:
    shown = Task.objects.open().filter(dossier_id=OuterRef("pk"), step_key=OuterRef("step_key"))
    followed = Q(Exists(shown.filter(holder=OuterRef("holder")))) | Q(
        Exists(shown.filter(holder__isnull=True)), holder__isnull=True
    )
    wrong = Dossier.objects.filter(~followed, Exists(shown), state__in=ALIVE)
    yield from each(
        wrong.select_related("holder"),
        lambda one: (
            f"Hồ sơ ghi người giữ là {one.holder.full_name if one.holder else '(không ai)'}, "
            f"bước “{one.step_name}” lại ở tay người khác."
        ),
    )


def follow_the_task(key: str, by: User, at: datetime) -> None:
    dossier = dossier_of(key)
    task = Task.objects.open().select_related("holder").get(dossier_id=dossier.pk, step_key=dossier.step_key)
    dossier.holder, dossier.held_since = task.holder, at
    dossier.save(update_fields=["holder", "held_since"])
    steps.keep_assignment(dossier, task.holder, by=by, at=at, reason="Ghi lại theo bước đang mở")


def assignment_of_another(at: datetime) -> Iterator[Breach]:
    rows = Assignment.objects.filter(until__isnull=True, step_key=F("dossier__step_key"))
    rows = rows.select_related("dossier", "holder")
    rows = rows.filter(
        Q(dossier__holder__isnull=True) & Q(dossier__state__in=ALIVE)
        | Q(dossier__holder__isnull=False) & ~Q(holder=F("dossier__holder"))
    )
    for row in rows:
        yield of_dossier(
            row.dossier, f"Phân công đang ghi cho {row.holder.full_name}, hồ sơ ghi người giữ khác."
        )


def assign_anew(key: str, by: User, at: datetime) -> None:
    dossier = dossier_of(key)
    steps.keep_assignment(dossier, dossier.holder, by=by, at=at, reason="Ghi lại theo người đang giữ")


def nobody_can_take_it(at: datetime) -> Iterator[Breach]:
    waiting = Task.objects.open().filter(holder__isnull=True)
    for agency_id, role in waiting.values_list("agency", "role").distinct():
        if not people_for(agency_id, role, at):
            yield from _of_tasks(
                waiting.filter(agency=agency_id, role=role),
                lambda task: f"Bước “{task.name}” chờ vai trò “{task.role}” mà cơ quan không có ai mang.",
            )


def agency_closed(at: datetime) -> Iterator[Breach]:
    closed = Agency.objects.filter(valid_to__lt=local_date(at))
    dossiers = Dossier.objects.filter(state__in=ALIVE).filter(
        Q(agency__in=closed) | Q(reception_agency__in=closed)
    )
    yield from each(
        dossiers, lambda _: "Cơ quan giải quyết hoặc nơi tiếp nhận đã giải thể, hồ sơ chưa được bàn giao."
    )


def _of_tasks(tasks: QuerySet[Task], detail: Callable[[Task], str]) -> Iterator[Breach]:
    found = list(tasks.order_by("id")[:MOST])
    dossiers = Dossier.objects.in_bulk({task.dossier_id for task in found})
    for task in found:
        if dossier := dossiers.get(task.dossier_id):
            yield of_dossier(dossier, detail(task), key=str(task.pk))


def _name(task: Task) -> str:
    return task.holder.full_name if task.holder else "(không ai)"


MOST = 5_000

INVARIANTS = (
    Invariant(
        "holder-inactive",
        "Người giữ hồ sơ có tài khoản đang hoạt động.",
        "Bàn giao hồ sơ cho người khác, hoặc đưa về danh sách chờ của vai trò.",
        UNIT,
        holder_inactive,
        Remedy("Đưa về danh sách chờ", release),
    ),
    Invariant(
        "holder-without-role",
        "Người giữ hồ sơ đang ở vị trí làm được bước ấy.",
        "Bàn giao hồ sơ cho người đang ở vị trí, hoặc đưa về danh sách chờ của vai trò.",
        UNIT,
        holder_without_role,
        Remedy("Đưa về danh sách chờ", release),
    ),
    Invariant(
        "task-in-other-hands",
        "Người giữ ghi trên hồ sơ là người giữ bước đang mở.",
        "Ghi lại theo bước đang mở.",
        ADMIN,
        task_in_other_hands,
        Remedy("Ghi lại theo bước đang mở", follow_the_task),
    ),
    Invariant(
        "assignment-of-another",
        "Phân công đang có hiệu lực là của người giữ hồ sơ.",
        "Ghi lại phân công theo người đang giữ.",
        ADMIN,
        assignment_of_another,
        Remedy("Ghi lại phân công", assign_anew),
    ),
    Invariant(
        "nobody-can-take-it",
        "Bước chờ nhận luôn có người mang vai trò của bước tại nơi làm.",
        "Bổ nhiệm người vào vị trí, hoặc sửa vai trò của bước trong quy trình.",
        ADMIN,
        nobody_can_take_it,
    ),
    Invariant(
        "agency-closed-with-open-dossiers",
        "Cơ quan đã giải thể không còn hồ sơ đang giải quyết.",
        "Bàn giao hồ sơ cho cơ quan kế thừa bằng trang bàn giao.",
        ADMIN,
        agency_closed,
    ),
)
