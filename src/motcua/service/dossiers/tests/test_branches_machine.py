"""Whatever people do to a dossier with branches, in any order: rows, engine and what the dossier shows agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import faults_of
from motcua.service.dossiers.models import Assignment, Consultation, Dossier
from motcua.service.dossiers.operations import moving, steps
from motcua.service.dossiers.operations.assigning import assign_work, claim, reassign
from motcua.service.dossiers.operations.consulting import answer
from motcua.service.dossiers.operations.deciding import propose, review, send_back, sign
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import MOVES, State
from motcua.service.dossiers.tests.test_branches import BRANCHES
from motcua.service.dossiers.tests.world import BEGINNING, MONDAY, World
from motcua.service.workflows.blueprint import DECIDING
from motcua.service.workflows.engine import open_steps
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations import running
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import publish

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LAWFUL = {(source, target) for move in MOVES for source in move.sources for target in move.targets}
STEPS = st.sampled_from(["", "one", "two", "ask", "review", "sign"])
ACTS = st.tuples(
    st.sampled_from([
        "transfer", "assign", "claim", "approve", "approve", "approve", "refuse", "answer", "answer", "review", "review",
        "send_back", "sign", "issue", "return", "recall", "back", "skip", "reassign",
    ]),
    st.sampled_from(["clerk", "head", "officer", "colleague", "leader", "records", "stranger"]),
    STEPS,
    st.booleans(),
)  # fmt: skip
USUAL = {
    "transfer": "clerk", "assign": "head", "answer": "stranger", "review": "head", "send_back": "head", "sign": "leader",
    "issue": "records", "return": "clerk", "skip": "head",
}  # fmt: skip


@given(st.lists(ACTS, min_size=8, max_size=26))
@settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_rows_engine_and_dossier_agree(branching: World, acts: list[tuple[str, str, str, bool]]) -> None:
    savepoint = transaction.savepoint()
    try:
        walk(branching, acts)
    finally:
        transaction.savepoint_rollback(savepoint)


@pytest.fixture
def branching(world: World) -> World:
    published = Workflow.objects.get()
    made = draft(
        procedure_id=published.procedure_id, agency_id=None, blueprint=BRANCHES, by=world.head, at=BEGINNING
    )
    publish(workflow_id=made.pk, by=world.admin, at=BEGINNING, valid_from=MONDAY.date())
    return world


def walk(world: World, acts: list[tuple[str, str, str, bool]]) -> None:
    dossier = world.receive()
    transfer(dossier_id=dossier.pk, by=world.clerk, at=MONDAY + timedelta(minutes=20))
    assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=MONDAY + timedelta(minutes=40))
    claim(dossier_id=dossier.pk, by=world.colleague, at=MONDAY + timedelta(minutes=50), step="two")
    state, lines = State.IN_WORK, Line.objects.of(dossier.pk).count()
    for number, (act, who, step, is_usual) in enumerate(acts, 4):
        by = getattr(world, USUAL.get(act, who) if is_usual else who)
        given = {"dossier_id": dossier.pk, "by": by, "at": MONDAY + timedelta(minutes=30 * number)}
        verb, more = verb_of(act, world, dossier, "" if is_usual else step, given)
        if verb is None:
            continue
        try:
            with transaction.atomic():
                verb(**more)
        except DomainError as refusal:
            assert refusal.message  # noqa: PT017 -- any refusal in words is lawful here
        now = State(Dossier.objects.get(pk=dossier.pk).state)
        assert now == state or (state, now) in LAWFUL
        state = now
        told = Line.objects.of(dossier.pk).count()
        assert told - lines in {0, 1}
        lines = told
        all_agrees(dossier)
    assert faults_of(dossier.pk) == []


def verb_of(
    act: str, world: World, dossier: Dossier, step: str, given: dict[str, Any]
) -> tuple[Callable[..., Any] | None, dict[str, Any]]:
    if act == "answer":
        asked = Consultation.objects.open().filter(dossier=dossier).first()
        del given["dossier_id"]
        return (answer, {**given, "consultation_id": asked.pk, "text": "Đồng ý"}) if asked else (None, {})
    verbs: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "transfer": (transfer, {"step": step}),
        "assign": (assign_work, {"holder": world.officer, "step": step}),
        "claim": (claim, {"step": step}),
        "approve": (propose, {"outcome": "APPROVE", "reason": "", "step": step}),
        "refuse": (propose, {"outcome": "REFUSE", "reason": "Thiếu căn cứ", "step": step}),
        "review": (review, {"step": step}),
        "send_back": (send_back, {"reason": "Xem lại", "step": step}),
        "sign": (sign, {"step": step}),
        "issue": (issue, {"number": "1", "issued_on": local_date(given["at"]), "step": step}),
        "return": (return_result, {"step": step}),
        "recall": (moving.recall, {"reason": "Nhầm", "step": step}),
        "back": (moving.return_to, {"reason": "Làm lại", "target": step or "one"}),
        "skip": (moving.skip, {"reason": "Không cần", "step": step}),
        "reassign": (reassign, {"holder": world.colleague, "reason": "Chia việc", "step": step}),
    }
    verb, more = verbs[act]
    return verb, {**given, **more}


def all_agrees(dossier: Dossier) -> None:
    shown = Dossier.objects.get(pk=dossier.pk)
    tasks = list(Task.objects.of(dossier.pk).with_workflow())
    still = [task for task in tasks if task.is_open]
    compiled = running.compiled_of(tasks[0].workflow)
    trace = running.trace_of(running.in_order_done(tasks))

    assert {step.key for step in open_steps(compiled, trace)} == {task.step_key for task in still}
    assert {task.is_beside for task in still} <= {len(still) > 1}
    main = steps.main_of(still)
    assert (shown.step_key, shown.holder_id) == ((main.step_key, main.holder_id) if main else ("", None))
    held = {(task.step_key, task.holder_id) for task in still if task.holder_id}
    assert held == set(
        Assignment.objects.filter(dossier=dossier, until=None).values_list("step_key", "holder")
    )
    asking = {task.pk for task in still if task.kind == "CONSULT"}
    assert asking == set(
        Consultation.objects.open().filter(dossier=dossier).values_list("task_id", flat=True)
    )
    if shown.state == State.DECIDED:
        assert all(task.kind in DECIDING for task in still)
        assert shown.decisions.filter(sent_back_at=None).count() == 1
    elif shown.state == State.IN_WORK:
        assert any(task.kind in {"WORK", "CONSULT", "ASSIGN"} for task in still)
