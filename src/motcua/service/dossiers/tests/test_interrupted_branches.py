"""A dossier whose branches go on beside each other is interrupted and goes on as a whole."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from motcua.service.dossiers.models import Assignment, Dossier
from motcua.service.dossiers.operations.assigning import claim
from motcua.service.dossiers.operations.stopping import reopen, stop
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.test_supplementing import ask, bring_all, vn
from motcua.service.dossiers.tests.world import BEGINNING, MONDAY, USUAL, World, in_work
from motcua.service.workflows.blueprint import Blueprint, Flow, Gate, GateKind, Outcome, Step, StepKind
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import publish

HOUR = timedelta(hours=1)
FORKED = Blueprint(
    name="Hai việc song song",
    steps=(*USUAL.steps, Step("other", "Kiểm tra thực địa", StepKind.WORK, "OFFICER", 480)),
    gates=(Gate("fork", GateKind.PARALLEL), Gate("join", GateKind.PARALLEL)),
    flows=(
        Flow("receive", "assign"),
        Flow("assign", "fork"),
        Flow("fork", "work"),
        Flow("fork", "other"),
        Flow("work", "join"),
        Flow("other", "join"),
        Flow("join", "review"),
        Flow("review", "sign", Outcome.AGREE),
        Flow("review", "assign", Outcome.SEND_BACK),
        Flow("sign", "issue", Outcome.AGREE),
        Flow("sign", "assign", Outcome.SEND_BACK),
        Flow("issue", "return"),
        Flow("return", "end"),
    ),
    start="receive",
)


@pytest.fixture
def forked(world: World) -> World:
    made = draft(
        procedure_id=world.procedure.pk,
        agency_id=world.department.pk,
        blueprint=FORKED,
        by=world.leader,
        at=BEGINNING,
    )
    publish(workflow_id=made.pk, by=world.admin, at=BEGINNING, valid_from=date(2026, 1, 1))
    return world


def dues(dossier: Dossier) -> dict[str, object]:
    return dict(Task.objects.open().filter(dossier_id=dossier.pk).values_list("step_key", "due_at"))


class TestBranches:
    def two_open(self, world: World) -> Dossier:
        dossier = in_work(world)
        Task.objects.filter(dossier_id=dossier.pk, step_key="other").update(holder=world.colleague)
        assert set(dues(dossier)) == {"work", "other"}
        return dossier

    def test_every_branch_stands_still_and_gets_its_time_again(self, forked: World) -> None:
        dossier = self.two_open(forked)
        ask(forked, dossier, MONDAY + 4 * HOUR, by=forked.colleague, step="other")
        assert dues(dossier) == {"work": None, "other": None}
        bring_all(forked, dossier, vn("2026-03-05T07:30"))
        dossier.refresh_from_db()
        assert dues(dossier) == {"work": vn("2026-03-06T17:00"), "other": vn("2026-03-05T17:00")}
        assert (dossier.step_key, dossier.step_due_at) == ("other", vn("2026-03-05T17:00"))
        assert dossier.holder == forked.colleague

    def test_every_branch_ends_and_opens_again_in_the_same_hands(self, forked: World) -> None:
        dossier = self.two_open(forked)
        stop(
            dossier_id=dossier.pk, kind="STOP", requested_by="Ánh", reason="Đổi ý", papers="không", fees="không",
            by=forked.clerk, at=MONDAY + 4 * HOUR,
        )  # fmt: skip
        assert dues(dossier) == {}
        assert not Assignment.objects.filter(dossier=dossier, until=None).exists()
        reopen(dossier_id=dossier.pk, reason="Đổi ý", by=forked.head, at=MONDAY + 5 * HOUR)
        held = dict(Assignment.objects.filter(dossier=dossier, until=None).values_list("step_key", "holder"))
        assert held == {"work": forked.officer.pk, "other": forked.colleague.pk}
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK
        claim(dossier_id=dossier.pk, by=dossier.holder, at=MONDAY + 6 * HOUR)
        assert Workflow.objects.filter(agency=forked.department).exists()
