"""Quy trình và trạng thái: the steps that are open, and the state that the dossier says it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby

from django.db.models import Count, Exists, F, OuterRef, Q

from motcua.core.errors import DomainError
from motcua.foundation.identity.models import User
from motcua.oversight.integrity.breaches import ADMIN, UNIT, Breach, Invariant, Remedy
from motcua.oversight.integrity.invariants.telling import dossier_of, each, of_dossier
from motcua.service.dossiers.models import Consultation, Deadline, Dossier, Pause, Supplement
from motcua.service.dossiers.operations import steps
from motcua.service.dossiers.operations.rescheduling import batched
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.dossiers.states import AT_WORK, CLOSED, OPEN, State
from motcua.service.workflows.blueprint import StepKind
from motcua.service.workflows.engine import open_steps
from motcua.service.workflows.models import Task
from motcua.service.workflows.operations import running
from motcua.service.workflows.querysets import TaskQuerySet

CHUNK = 2000
DURING: Mapping[
    str, frozenset[State]
] = {  # which states a dossier may be in while a step of this kind is open
    StepKind.RECEIVE: frozenset({State.RECEIVED}),
    StepKind.ASSIGN: frozenset({State.TRANSFERRED, State.IN_WORK}),
    StepKind.WORK: frozenset({State.TRANSFERRED, State.IN_WORK, State.CONSULTING}),
    StepKind.CONSULT: frozenset({State.TRANSFERRED, State.IN_WORK, State.CONSULTING}),
    StepKind.REVIEW: frozenset({State.DECIDED}),
    StepKind.SIGN: frozenset({State.DECIDED}),
    StepKind.ISSUE: frozenset({State.SIGNED}),
    StepKind.RETURN: frozenset({State.RESULT_READY}),
}


def tasks_of_closed(at: datetime) -> Iterator[Breach]:
    dossiers = _with_open_task(Dossier.objects.filter(state__in=sorted(CLOSED)))
    yield from each(dossiers, lambda one: f"Hồ sơ “{one.get_state_display()}” mà vẫn còn bước đang mở.")


def close_tasks(key: str, by: User, at: datetime) -> None:
    dossier = dossier_of(key)
    running.stop(dossier_id=dossier.pk, by=by, at=at, note="Đóng theo hồ sơ đã kết thúc")
    steps.project(dossier, None, None, dossier.held_since)
    dossier.save(update_fields=list(steps.STEP_FIELDS))
    steps.keep_assignment(dossier, None, by=by, at=at, reason="")


def work_without_task(at: datetime) -> Iterator[Breach]:
    working = Dossier.objects.filter(state__in=sorted(OPEN | {State.RESULT_READY}), workflow_id__isnull=False)
    working = working.filter(~Exists(_open_tasks()), corrections__isnull=True)
    yield from each(working, lambda one: f"Hồ sơ “{one.get_state_display()}” không có bước nào đang mở.")


def step_not_open(at: datetime) -> Iterator[Breach]:
    shown = _open_tasks().filter(step_key=OuterRef("step_key"))
    dossiers = _with_open_task(Dossier.objects.filter(~Exists(shown)).exclude(state__in=sorted(CLOSED)))
    yield from each(dossiers, lambda one: f"Hồ sơ ghi bước “{one.step_name or '(trống)'}”, bước đó không mở.")


def show_open_step(key: str, by: User, at: datetime) -> None:
    dossier = dossier_of(key)
    task = (
        Task.objects.open()
        .filter(dossier_id=dossier.pk)
        .select_related("holder")
        .order_by(F("due_at").asc(nulls_last=True), "number")
        .first()
    )
    steps.project(dossier, task, task.holder if task else None, task.opened_at if task else at)
    dossier.save(update_fields=list(steps.STEP_FIELDS))
    steps.keep_assignment(
        dossier, dossier.holder, by=by, at=at, reason="Ghi lại theo bước đang mở của quy trình"
    )


def mark_against_steps(at: datetime) -> Iterator[Breach]:
    open_ones = Task.objects.open().values("dossier_id")
    counted = open_ones.annotate(steps=Count("pk"), marked=Count("pk", filter=Q(is_beside=True)))
    wrong = counted.filter(Q(steps=1, marked=1) | Q(steps__gt=1) & ~Q(marked=F("steps")))
    dossiers = Dossier.objects.filter(pk__in=wrong.values("dossier_id"))
    yield from each(dossiers, lambda _: "Dấu “mở song song” trên các bước đang mở không đúng với số bước.")


def mark_steps(key: str, by: User, at: datetime) -> None:
    still = Task.objects.open().filter(dossier_id=key)
    still.update(is_beside=still.count() > 1)


def state_against_step(at: datetime) -> Iterator[Breach]:
    wrong = Q()
    for kind, states in DURING.items():
        wrong |= Q(step_kind=str(kind), state__in=sorted(AT_WORK | {State.RESULT_READY} - states)) & ~Q(
            state__in=sorted(states)
        )
    dossiers = Dossier.objects.filter(wrong)
    yield from each(
        dossiers,
        lambda one: f"Trạng thái “{one.get_state_display()}” nhưng quy trình đang ở bước “{one.step_name}”.",
    )


def trace_does_not_replay(at: datetime) -> Iterator[Breach]:
    dossiers = Dossier.objects.open().filter(workflow_id__isnull=False).only("id", "code", "agency_id")
    for chunk in batched(dossiers.order_by("id").iterator(chunk_size=CHUNK), CHUNK):
        tasks = Task.objects.filter(dossier_id__in=[one.pk for one in chunk]).with_workflow()
        by_dossier = {
            key: list(rows)
            for key, rows in groupby(tasks.order_by("dossier_id", "number"), key=lambda task: task.dossier_id)
        }
        for dossier in chunk:
            if fault := _replayed(by_dossier.get(dossier.pk, [])):
                yield of_dossier(dossier, fault)


def _replayed(tasks: list[Task]) -> str:
    """What is wrong with the way of one dossier; empty when its steps lead to those that are open."""
    if not tasks:
        return ""
    try:
        way = running.way_of(tasks)
        expected = {step.key for step in open_steps(way.compiled, way.trace)}
    except DomainError as refusal:
        return f"Các bước đã qua không đi theo quy trình: {refusal.message}"
    actual = {task.step_key for task in tasks if task.is_open}
    if expected == actual:
        return ""
    return f"Theo quy trình phải mở bước {_listed(expected)}, thực tế mở {_listed(actual)}."


def _listed(keys: set[str]) -> str:
    return ", ".join(sorted(keys)) or "(không bước nào)"


def waiting_without_cause(at: datetime) -> Iterator[Breach]:
    awaited = Supplement.objects.filter(
        dossier=OuterRef("pk"), completed_at__isnull=True, closed_at__isnull=True
    )
    paused = Pause.objects.filter(dossier=OuterRef("pk"), ended_at__isnull=True)
    dossiers = Dossier.objects.filter(
        Q(state=State.AWAITING_SUPPLEMENT.value) & ~Exists(awaited)
        | Q(state=State.PAUSED.value) & ~Exists(paused)
    )
    yield from each(
        dossiers,
        lambda one: f"Đồng hồ dừng (“{one.get_state_display()}”) mà không có phiếu hoặc văn bản nào.",
    )


def cause_without_waiting(at: datetime) -> Iterator[Breach]:
    supplements = Supplement.objects.filter(completed_at__isnull=True, closed_at__isnull=True)
    for row in supplements.exclude(dossier__state=State.AWAITING_SUPPLEMENT.value).select_related("dossier"):
        yield of_dossier(
            row.dossier, f"Phiếu yêu cầu bổ sung số {row.number} còn chờ, hồ sơ không ở trạng thái chờ."
        )
    pauses = Pause.objects.filter(ended_at__isnull=True).exclude(dossier__state=State.PAUSED.value)
    for pause in pauses.select_related("dossier"):
        yield of_dossier(pause.dossier, f"Văn bản {pause.letter} dừng tính thời hạn, đồng hồ vẫn chạy.")


def consulting_without_question(at: datetime) -> Iterator[Breach]:
    asked = Consultation.objects.open().filter(dossier=OuterRef("pk"))
    dossiers = Dossier.objects.filter(
        ~Exists(asked), ~Exists(_open_tasks().filter(kind=StepKind.CONSULT.value))
    )
    yield from each(
        dossiers.filter(state=State.CONSULTING.value),
        lambda _: "Đang lấy ý kiến mà không còn câu hỏi nào chờ.",
    )


def deadline_of_closed(at: datetime) -> Iterator[Breach]:
    rows = Deadline.objects.filter(met_at__isnull=True, dropped_at__isnull=True)
    afterwards = [Deadline.Kind.CORRECTION, Deadline.Kind.CORRECTION_ANSWER]  # begin when there is a result
    rows = rows.filter(dossier__state__in=sorted(CLOSED)).exclude(kind__in=afterwards)
    for row in rows.select_related("dossier"):
        detail = f"Thời hạn “{row.get_kind_display()}” còn chạy dù hồ sơ đã đóng."
        yield of_dossier(row.dossier, detail, key=str(row.pk))


def drop_deadline(key: str, by: User, at: datetime) -> None:
    Deadline.objects.filter(pk=key).update(dropped_at=at)


def _open_tasks() -> TaskQuerySet:
    return Task.objects.open().filter(dossier_id=OuterRef("pk"))


def _with_open_task(dossiers: DossierQuerySet) -> DossierQuerySet:
    return dossiers.filter(pk__in=Task.objects.open().values("dossier_id"))


INVARIANTS = (
    Invariant(
        "open-task-in-closed-dossier",
        "Hồ sơ đã đóng không còn bước nào đang mở.",
        "Bước còn mở làm người giữ thấy việc không có thật. Đóng bước theo hồ sơ.",
        ADMIN,
        tasks_of_closed,
        Remedy("Đóng các bước còn mở", close_tasks),
    ),
    Invariant(
        "work-without-task",
        "Hồ sơ đang giải quyết luôn có ít nhất một bước đang mở.",
        "Không ai thấy hồ sơ này trong danh sách việc. Mở trang hồ sơ, xem diễn biến rồi trả lại bước đúng.",
        ADMIN,
        work_without_task,
    ),
    Invariant(
        "step-not-open",
        "Bước ghi trên hồ sơ là một bước đang mở của quy trình.",
        "Danh sách việc hiện sai bước. Ghi lại theo bước đang mở.",
        ADMIN,
        step_not_open,
        Remedy("Ghi lại bước đang mở", show_open_step),
    ),
    Invariant(
        "mark-against-steps",
        "Bước mở song song được đánh dấu song song; bước mở một mình thì không.",
        "Hộp việc tìm các nhánh theo dấu này nên có thể sót việc. Đánh dấu lại theo các bước đang mở.",
        ADMIN,
        mark_against_steps,
        Remedy("Đánh dấu lại", mark_steps),
    ),
    Invariant(
        "state-against-step",
        "Trạng thái hồ sơ khớp với loại bước đang mở.",
        "Xem diễn biến để biết bước nào bị ghi ngoài quy trình, rồi trả hồ sơ về bước đúng.",
        ADMIN,
        state_against_step,
    ),
    Invariant(
        "trace-does-not-replay",
        "Các bước đã qua, diễn lại theo quy trình, dẫn đúng tới các bước đang mở.",
        "Có bước bị sửa ngoài hệ thống. Đối chiếu nhật ký hồ sơ với các bước đã ghi.",
        ADMIN,
        trace_does_not_replay,
    ),
    Invariant(
        "waiting-without-cause",
        "Hồ sơ dừng tính thời hạn luôn có phiếu yêu cầu bổ sung hoặc văn bản dừng.",
        "Đồng hồ đứng mà không có căn cứ. Lập phiếu hoặc cho đồng hồ chạy tiếp.",
        UNIT,
        waiting_without_cause,
    ),
    Invariant(
        "cause-without-waiting",
        "Còn phiếu yêu cầu bổ sung hoặc văn bản dừng thì hồ sơ ở trạng thái chờ.",
        "Khép phiếu đã hết tác dụng, hoặc xem vì sao hồ sơ rời trạng thái chờ.",
        UNIT,
        cause_without_waiting,
    ),
    Invariant(
        "consulting-without-question",
        "Hồ sơ đang lấy ý kiến thì còn ít nhất một câu hỏi chờ trả lời.",
        "Ghi nhận ý kiến để hồ sơ đi tiếp.",
        UNIT,
        consulting_without_question,
    ),
    Invariant(
        "deadline-of-closed-dossier",
        "Hồ sơ đã đóng không còn thời hạn bên trong đang chạy.",
        "Thời hạn này còn gây báo động. Bỏ đi.",
        ADMIN,
        deadline_of_closed,
        Remedy("Bỏ thời hạn", drop_deadline),
    ),
)
