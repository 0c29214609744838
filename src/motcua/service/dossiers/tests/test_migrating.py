"""Dossiers on their way go over to a new version: ordered, carried out in parts, undone within a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction

from motcua.core.errors import Forbidden, Stale
from motcua.core.time import VIETNAM
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.outbox import deliver_due
from motcua.foundation.ledger.verifying import verify
from motcua.oversight.integrity.invariants.flow import trace_does_not_replay
from motcua.service.dossiers.models import Dossier, Transition, TransitionItem
from motcua.service.dossiers.operations import migrating
from motcua.service.dossiers.operations.assigning import assign_work, claim
from motcua.service.dossiers.operations.deciding import propose, review, send_back, sign
from motcua.service.dossiers.operations.migrating import (
    TransitionRefused,
    carry_on,
    order,
    publish,
)
from motcua.service.dossiers.operations.migrating_back import undo_some
from motcua.service.dossiers.operations.pausing import resume
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.test_pausing import stop_clock
from motcua.service.dossiers.tests.world import MONDAY, USUAL, World
from motcua.service.dossiers.transitions import groups
from motcua.service.workflows.blueprint import Blueprint, Flow, Outcome, Step, StepKind
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations import running
from motcua.service.workflows.operations.drafting import draft

TUESDAY = datetime(2026, 3, 3, 14, 0, tzinfo=VIETNAM)
BASIS = "Quyết định 12/QĐ-UBND ngày 02/3/2026"
Rule = Transition.Rule


def with_legal_check(**work: object) -> Blueprint:
    """One more review before the signature, and changes of the step of assessment."""
    extra = Step("legal", "Pháp chế kiểm tra", StepKind.REVIEW, "DIVISION_HEAD", 60)
    flows = [flow for flow in USUAL.flows if (flow.source, flow.outcome) != ("review", Outcome.AGREE)]
    flows += [
        Flow("review", "legal", Outcome.AGREE),
        Flow("legal", "sign", Outcome.AGREE),
        Flow("legal", "work", Outcome.SEND_BACK),
    ]
    steps = [replace(step, **work) if step.key == "work" else step for step in USUAL.steps]
    return replace(USUAL, steps=(*steps, extra), flows=tuple(flows))


def without_review() -> Blueprint:
    flows = [flow for flow in USUAL.flows if "review" not in {flow.source, flow.target}]
    steps = tuple(step for step in USUAL.steps if step.key != "review")
    return replace(USUAL, steps=steps, flows=(*flows, Flow("work", "sign")))


def drafted(world: World, blueprint: Blueprint, at: datetime = MONDAY) -> Workflow:
    controller = User.objects.get(username="kiemsoat")
    return draft(procedure_id=world.procedure.pk, agency_id=None, blueprint=blueprint, by=controller, at=at)


def published(
    world: World, blueprint: Blueprint, rule: str = Rule.ALL_OPEN, before_step: str = "", **more: object
) -> Transition:
    made = drafted(world, blueprint)
    return publish(
        workflow_id=made.pk,
        by=world.admin,
        at=TUESDAY,
        rule=rule,
        before_step=before_step,
        legal_basis=BASIS,
        **more,
    )  # type: ignore[arg-type]


def to_work(world: World) -> Dossier:
    dossier = world.receive()
    transfer(dossier_id=dossier.pk, by=world.clerk, at=MONDAY + timedelta(hours=1))
    return assign_work(
        dossier_id=dossier.pk, holder=world.officer, by=world.head, at=MONDAY + timedelta(hours=2)
    )


def to_review(world: World) -> Dossier:
    dossier = to_work(world)
    return propose(
        dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=MONDAY + timedelta(hours=5)
    )


class TestOrder:
    def test_goes_with_the_publication(self, world: World) -> None:
        made = published(world, with_legal_check())

        assert made.workflow.state == Workflow.State.PUBLISHED
        names = (
            Line.objects.filter(subject_id=made.workflow.uid)
            .order_by("number")
            .values_list("name", flat=True)
        )
        assert list(names) == ["WorkflowDrafted", "WorkflowPublished", "TransitionOrdered"]

    def test_of_new_dossiers_only_is_finished_at_once(self, world: World) -> None:
        made = drafted(world, with_legal_check())
        ordered = publish(workflow_id=made.pk, by=world.admin, at=TUESDAY, rule=Rule.NEW_ONLY)

        assert not ordered.is_going_on
        assert not ordered.items.exists()

    @pytest.mark.parametrize(
        ("rule", "before", "basis", "field"),
        [
            ("", "", BASIS, "rule"),
            (Rule.ALL_OPEN, "", "  ", "legal_basis"),
            (Rule.BEFORE_STEP, "", BASIS, "before_step"),
            (Rule.BEFORE_STEP, "nowhere", BASIS, "before_step"),
        ],
    )
    def test_is_refused_by_field_and_publishes_nothing(
        self, world: World, rule: str, before: str, basis: str, field: str
    ) -> None:
        made = drafted(world, with_legal_check())
        with pytest.raises(TransitionRefused) as refused:
            publish(
                workflow_id=made.pk,
                by=world.admin,
                at=TUESDAY,
                rule=rule,
                before_step=before,
                legal_basis=basis,
            )

        assert refused.value.field == field
        made.refresh_from_db()
        assert made.state == Workflow.State.DRAFT

    def test_is_one_at_a_time(self, world: World) -> None:
        made = published(world, with_legal_check())
        with pytest.raises(Stale):
            order(
                workflow_id=made.workflow_id,
                by=world.admin,
                at=TUESDAY,
                rule=Rule.ALL_OPEN,
                legal_basis=BASIS,
            )

    def test_needs_the_right_to_publish(self, world: World) -> None:
        made = published(world, with_legal_check())
        with pytest.raises(Forbidden):
            carry_on(transition_id=made.pk, by=world.officer, at=TUESDAY)

    def test_the_database_asks_for_the_basis(self, world: World) -> None:
        made = published(world, with_legal_check())
        with pytest.raises(IntegrityError), transaction.atomic():
            Transition.objects.filter(pk=made.pk).update(legal_basis="")


class TestPreview:
    def test_says_where_each_lands(self, world: World) -> None:
        to_work(world), to_work(world), to_review(world), world.receive()
        made = drafted(world, with_legal_check())

        found = {group.step: group for group in groups(made, Rule.ALL_OPEN)}
        assert {step: group.count for step, group in found.items()} == {"receive": 1, "work": 2, "review": 1}
        assert {step: group.lands_on and group.lands_on.key for step, group in found.items()} == {
            "receive": "receive", "work": "work", "review": "review",
        }  # fmt: skip

    def test_chooses_those_who_are_before_the_step(self, world: World) -> None:
        to_work(world), to_review(world), world.receive()
        made = drafted(world, with_legal_check())

        chosen = {group.step: group.is_chosen for group in groups(made, Rule.BEFORE_STEP, "review")}
        assert chosen == {"receive": True, "work": True, "review": False}

    def test_passes_on_where_a_step_is_gone(self, world: World) -> None:
        to_review(world)
        (group,) = groups(drafted(world, without_review()), Rule.ALL_OPEN)

        assert group.lands_on is not None
        assert group.lands_on.key == "sign"

    def test_does_not_guess_between_two(self, world: World) -> None:
        to_review(world)
        both = with_legal_check()
        steps = tuple(replace(step, key="first") if step.key == "review" else step for step in both.steps)
        steps = tuple(replace(step, name="Soát") if step.key == "first" else step for step in steps)
        rename = {"review": "first"}
        flows = tuple(
            Flow(rename.get(f.source, f.source), rename.get(f.target, f.target), f.outcome)
            for f in both.flows
        )
        (group,) = groups(drafted(world, replace(both, steps=steps, flows=flows)), Rule.ALL_OPEN)

        assert group.is_stuck
        assert "có nhiều bước cùng loại" in group.why

    def test_asks_two_questions_however_many_there_are(
        self, world: World, django_assert_max_num_queries
    ) -> None:
        for _ in range(4):
            to_work(world)
        made = drafted(world, with_legal_check())
        with django_assert_max_num_queries(3):
            groups(made, Rule.ALL_OPEN)


class TestCarryOn:
    def test_puts_a_dossier_at_the_same_step_with_the_new_minutes(self, world: World) -> None:
        dossier = to_work(world)
        before = Task.objects.open().get(dossier_id=dossier.pk)
        made = published(world, with_legal_check(minutes=480))

        progress = carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)

        assert (progress.done, progress.refused, progress.left) == (1, 0, 0)
        dossier.refresh_from_db()
        task = Task.objects.open().get(dossier_id=dossier.pk)
        assert (task.pk, task.opened_at, task.workflow_id) == (before.pk, before.opened_at, made.workflow_id)
        assert (dossier.workflow_id, dossier.holder, dossier.state) == (
            made.workflow_id,
            world.officer,
            State.IN_WORK,
        )
        assert dossier.step_due_at == task.due_at
        assert task.due_at is not None
        assert before.due_at is not None
        assert task.due_at < before.due_at
        made.refresh_from_db()
        assert made.finished_at == TUESDAY
        line = Line.objects.filter(subject_id=dossier.pk).latest("number")
        assert (line.name, line.payload["reason"]) == ("DossierMigrated", BASIS)

    def test_the_dossier_goes_on_by_the_new_version_to_its_end(self, world: World) -> None:
        dossier = to_work(world)
        made = published(world, with_legal_check())
        carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)

        key, at = dossier.pk, TUESDAY + timedelta(hours=1)
        propose(dossier_id=key, outcome="APPROVE", reason="", by=world.officer, at=at)
        review(dossier_id=key, by=world.head, at=at)
        assert Dossier.objects.get(pk=key).step_key == "legal"
        send_back(dossier_id=key, reason="Xem lại", by=world.head, at=at)
        propose(dossier_id=key, outcome="APPROVE", reason="", by=world.officer, at=at)
        review(dossier_id=key, by=world.head, at=at)
        review(dossier_id=key, by=world.head, at=at)
        sign(dossier_id=key, by=world.leader, at=at)
        issue(dossier_id=key, number="1", issued_on=date(2026, 3, 3), by=world.records, at=at)
        return_result(dossier_id=key, by=world.clerk, at=at)

        assert Dossier.objects.get(pk=key).state == State.RETURNED
        assert not verify().faults

    def test_a_step_that_is_gone_lets_go_of_who_cannot_do_the_next(self, world: World) -> None:
        dossier = to_review(world)
        claim(dossier_id=dossier.pk, by=world.head, at=MONDAY + timedelta(hours=6))
        made = published(world, without_review())

        carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)

        dossier.refresh_from_db()
        assert (dossier.step_key, dossier.step_role, dossier.holder) == ("sign", "LEADER", None)
        sign(dossier_id=dossier.pk, by=world.leader, at=TUESDAY)

    def test_leaves_those_who_are_past_the_step(self, world: World) -> None:
        early, late = to_work(world), to_review(world)
        made = published(world, with_legal_check(), Rule.BEFORE_STEP, "review")

        assert carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY).done == 1

        early.refresh_from_db()
        late.refresh_from_db()
        assert early.workflow_id == made.workflow_id
        assert late.workflow_id != made.workflow_id
        assert not TransitionItem.objects.filter(dossier=late).exists()

    def test_goes_on_where_it_stopped_and_does_nothing_twice(self, world: World) -> None:
        for _ in range(5):
            to_work(world)
        made = published(world, with_legal_check())

        lefts = [carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY, most=2).left for _ in range(3)]
        again = carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)

        assert lefts == [3, 1, 0]
        assert (again.done, again.left) == (0, 0)
        assert made.items.count() == Line.objects.filter(name="DossierMigrated").count() == 5

    def test_keeps_a_refusal_with_its_reason(self, world: World) -> None:
        dossier = to_review(world)
        flows = tuple(
            Flow("a", f.target, f.outcome) if f.source == "review"
            else Flow(f.source, "a" if f.target == "review" else f.target, f.outcome)
            for f in USUAL.flows
        )  # fmt: skip
        steps = tuple(
            replace(step, key="a", name="Xem xét lại") if step.key == "review" else step
            for step in USUAL.steps
        )
        second = Step("b", "Soát", StepKind.REVIEW, "DIVISION_HEAD", 60)
        flows = tuple(
            Flow("a", "b", Outcome.AGREE) if (f.source, f.outcome) == ("a", Outcome.AGREE) else f
            for f in flows
        )
        flows = (*flows, Flow("b", "sign", Outcome.AGREE), Flow("b", "work", Outcome.SEND_BACK))
        made = published(world, replace(USUAL, steps=(*steps, second), flows=flows))

        progress = carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)

        assert (progress.done, progress.refused, progress.left) == (0, 1, 0)
        item = made.items.get()
        assert (item.dossier, item.result) == (dossier, TransitionItem.Result.REFUSED)
        assert "nhiều bước cùng loại" in item.why

    def test_waits_for_the_day_of_the_version(self, world: World) -> None:
        made = published(world, with_legal_check(), valid_from=date(2026, 3, 10))
        with pytest.raises(TransitionRefused, match="áp dụng từ 10/03/2026"):
            carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)

    def test_takes_new_dossiers_by_the_new_version_anyway(self, world: World) -> None:
        made = published(world, with_legal_check())
        assert world.receive(TUESDAY + timedelta(minutes=1)).workflow_id == made.workflow_id


class TestUndo:
    def moved(self, world: World, *dossiers: Dossier) -> Transition:
        made = published(world, with_legal_check(minutes=480))
        carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)
        return made

    def test_puts_everything_back_as_it_was(self, world: World) -> None:
        dossier = to_work(world)
        before = Dossier.objects.filter(pk=dossier.pk).values().get()
        task = Task.objects.open().filter(dossier_id=dossier.pk).values().get()
        made = self.moved(world, dossier)

        progress = undo_some(transition_id=made.pk, by=world.admin, at=TUESDAY + timedelta(hours=23))

        assert (progress.done, progress.refused, progress.left) == (1, 0, 0)
        assert Dossier.objects.filter(pk=dossier.pk).values().get() == before
        assert Task.objects.open().filter(dossier_id=dossier.pk).values().get() == task
        assert Line.objects.filter(subject_id=dossier.pk).latest("number").name == "DossierMigrationUndone"
        propose(
            dossier_id=dossier.pk,
            outcome="APPROVE",
            reason="",
            by=world.officer,
            at=TUESDAY + timedelta(days=1),
        )

    def test_says_which_could_not_and_why(self, world: World) -> None:
        dossier, other = to_work(world), to_work(world)
        made = self.moved(world, dossier, other)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=TUESDAY)

        progress = undo_some(transition_id=made.pk, by=world.admin, at=TUESDAY + timedelta(hours=1))

        assert (progress.done, progress.refused) == (1, 1)
        kept = made.items.get(dossier=dossier)
        assert (kept.result, kept.why) == ("KEPT", "Bước “Thẩm định hồ sơ” đã xong sau khi chuyển.")

    def test_ends_after_a_day(self, world: World) -> None:
        made = self.moved(world, to_work(world))
        with pytest.raises(TransitionRefused, match="24 giờ"):
            undo_some(transition_id=made.pk, by=world.admin, at=TUESDAY + timedelta(hours=25))

    def test_moves_nothing_more_afterwards(self, world: World) -> None:
        to_work(world), to_work(world)
        made = published(world, with_legal_check())
        carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY, most=1)
        undo_some(transition_id=made.pk, by=world.admin, at=TUESDAY)

        with pytest.raises(TransitionRefused, match="đã được hoàn lại"):
            carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)
        assert Dossier.objects.filter(workflow_id=made.workflow_id).count() == 0

    def test_is_done_once(self, world: World) -> None:
        made = self.moved(world, to_work(world))
        for _ in range(2):
            undo_some(transition_id=made.pk, by=world.admin, at=TUESDAY)

        assert Line.objects.filter(name="DossierMigrationUndone").count() == 1
        assert Line.objects.filter(name="TransitionUndone").count() == 1

    def test_a_version_may_be_ordered_again_after_it(self, world: World) -> None:
        dossier = to_work(world)
        made = self.moved(world, dossier)
        undo_some(transition_id=made.pk, by=world.admin, at=TUESDAY)
        again = order(
            workflow_id=made.workflow_id, by=world.admin, at=TUESDAY, rule=Rule.ALL_OPEN, legal_basis=BASIS
        )
        assert migrating.carry_on(transition_id=again.pk, by=world.admin, at=TUESDAY).done == 1


class TestTheTrace:
    """The way of a dossier that was moved: the way in stands for what it had done before."""

    def test_replays_for_the_nightly_check(self, world: World) -> None:
        dossier = to_work(world)
        made = published(world, with_legal_check())
        carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)
        assert list(trace_does_not_replay(TUESDAY)) == []
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=TUESDAY)
        assert list(trace_does_not_replay(TUESDAY)) == []

        Task.objects.open().filter(dossier_id=dossier.pk).update(step_key="issue")
        assert len(list(trace_does_not_replay(TUESDAY))) == 1

    def test_takes_back_what_was_done_since(self, world: World) -> None:
        dossier = to_work(world)
        made = published(world, with_legal_check())
        carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=TUESDAY)

        moved = running.take_back(
            dossier_id=dossier.pk,
            step_key="work",
            by=world.officer,
            at=TUESDAY,
            note="Nhầm",
            agency_of=lambda _: world.department.pk,
        )

        assert [task.step_key for task in moved.opened] == ["work"]
        assert [task.step_key for task in Task.objects.open().filter(dossier_id=dossier.pk)] == ["work"]
        with pytest.raises(Stale):  # what was done by the version before stays done
            running.take_back(
                dossier_id=dossier.pk,
                step_key="receive",
                by=world.clerk,
                at=TUESDAY,
                note="Nhầm",
                agency_of=lambda _: world.department.pk,
            )

    def test_a_dossier_with_two_steps_open_waits(self, world: World) -> None:
        dossier = to_work(world)
        task = Task.objects.open().get(dossier_id=dossier.pk)
        Task.objects.create(
            dossier_id=dossier.pk, number=task.number + 1, workflow=task.workflow, step_key="beside", name="Nhánh kia",
            kind="WORK", role="OFFICER", agency=task.agency, opened_at=TUESDAY,
        )  # fmt: skip
        made = published(world, with_legal_check())

        assert carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY).refused == 1
        assert "2 bước mở song song" in made.items.get().why


class TestWaiting:
    """A dossier that waits goes over too; the time that a pause gave to its step stays with it."""

    def paused(self, land: World) -> Dossier:
        dossier = to_work(land)
        stop_clock(land, dossier, MONDAY + timedelta(hours=5))
        dossier.refresh_from_db()
        return dossier

    def test_goes_over_and_goes_on_by_the_new_version(self, land: World) -> None:
        dossier = self.paused(land)
        made = published(land, with_legal_check(minutes=480))

        assert carry_on(transition_id=made.pk, by=land.admin, at=TUESDAY).done == 1
        dossier.refresh_from_db()
        assert (dossier.state, dossier.due_at, dossier.step_due_at) == (State.PAUSED, None, None)
        resume(dossier_id=dossier.pk, by=land.officer, at=TUESDAY + timedelta(days=1))

        dossier.refresh_from_db()
        assert (dossier.state, dossier.workflow_id) == (State.IN_WORK, made.workflow_id)
        assert dossier.step_due_at is not None

    def test_keeps_the_time_that_a_pause_gave(self, land: World) -> None:
        usual, paused = to_work(land), self.paused(land)
        resume(dossier_id=paused.pk, by=land.officer, at=TUESDAY)
        made = published(land, with_legal_check(minutes=480))
        carry_on(transition_id=made.pk, by=land.admin, at=TUESDAY)

        usual.refresh_from_db()
        paused.refresh_from_db()
        assert usual.step_due_at is not None
        assert paused.step_due_at is not None
        assert paused.step_due_at > usual.step_due_at


class TestWorker:
    def test_carries_on_with_what_the_page_left(self, world: World) -> None:
        dossiers = [to_work(world) for _ in range(3)]
        made = published(world, with_legal_check())
        assert carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY, most=1).left == 2
        with patch("motcua.service.dossiers.tasks.now", return_value=TUESDAY):
            deliver_due()
        made.refresh_from_db()
        assert made.finished_at is not None
        moved = Dossier.objects.filter(workflow_id=made.workflow_id)
        assert {one.pk for one in moved} == {one.pk for one in dossiers}
        assert Line.objects.filter(name="DossierMigrated").count() == 3

    def test_takes_back_what_the_page_left_and_nothing_more_goes_over(self, world: World) -> None:
        for _ in range(3):
            to_work(world)
        made = published(world, with_legal_check())
        carry_on(transition_id=made.pk, by=world.admin, at=TUESDAY, most=2)
        undo_some(transition_id=made.pk, by=world.admin, at=TUESDAY, most=1)
        with patch("motcua.service.dossiers.tasks.now", return_value=TUESDAY):
            deliver_due()
        assert not Dossier.objects.filter(workflow_id=made.workflow_id).exists()
        assert sorted(made.items.values_list("result", flat=True)) == ["UNDONE", "UNDONE"]
