"""A dossier walks through its workflow; nothing happens twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connections

from motcua.core.errors import DomainError, Stale
from motcua.core.ids import new_id
from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import WorkCalendar
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency
from motcua.service.workflows.milestones import milestones
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations import drafting, publishing, running
from motcua.service.workflows.templates import standard_blueprint
from motcua.service.workflows.tests.factories import (
    MONDAY,
    AgencyFactory,
    ProcedureFactory,
    UserFactory,
    seed_roles,
)

pytestmark = pytest.mark.django_db
CALENDAR = WorkCalendar()


@pytest.fixture
def workflow() -> Workflow:
    seed_roles()
    procedure = ProcedureFactory.create(limit=(5, "WORKING_DAY"))
    draft = drafting.draft(
        procedure_id=procedure.pk,
        agency_id=None,
        blueprint=standard_blueprint(5 * 480),
        by=UserFactory.create(),
        at=MONDAY,
    )
    return publishing.publish(workflow_id=draft.pk, by=UserFactory.create(), at=MONDAY)


@pytest.fixture
def counter() -> Agency:
    return AgencyFactory.create()


@pytest.fixture
def officer() -> User:
    return UserFactory.create()


def started(workflow: Workflow, agency: Agency, holder: User | None = None, **values: object) -> UUID:
    dossier_id = new_id()
    running.start(
        dossier_id=dossier_id,
        workflow=workflow,
        agency_id=agency.pk,
        at=MONDAY,
        holder=holder,
        calendar=CALENDAR,
        **values,
    )
    return dossier_id


def step(
    dossier_id: UUID, key: str, outcome: str = "DONE", by: User | None = None, **values: object
) -> list[Task]:
    return running.complete(
        dossier_id=dossier_id,
        step_key=key,
        outcome=outcome,
        by=by,
        at=MONDAY + timedelta(hours=1),
        calendar=CALENDAR,
        **values,
    )


class TestStart:
    def test_opens_the_first_step(self, workflow: Workflow, counter: Agency, officer: User) -> None:
        task = Task.objects.get(dossier_id=started(workflow, counter, officer))

        assert (task.step_key, task.kind, task.role, task.number) == ("receive", "RECEIVE", "CLERK", 1)
        assert (task.agency, task.holder) == (counter, officer)
        assert task.due_at == datetime(2026, 3, 2, 10, 48, 45, tzinfo=VIETNAM).replace(second=0) + timedelta(
            minutes=1
        )

    def test_is_one_statement_and_no_replay(
        self, workflow: Workflow, counter: Agency, django_assert_num_queries
    ) -> None:
        lean = running.resolve(procedure_id=workflow.procedure_id, agency_id=counter.pk, on=MONDAY.date())

        with django_assert_num_queries(1):
            started(lean, counter)

    def test_passes_no_step_over_the_dossiers_own_day(self, workflow: Workflow, counter: Agency) -> None:
        soon = MONDAY + timedelta(minutes=30)

        assert Task.objects.get(dossier_id=started(workflow, counter, not_after=soon)).due_at == soon


class TestComplete:
    def test_opens_the_next_step(self, workflow: Workflow, counter: Agency, officer: User) -> None:
        dossier_id = started(workflow, counter)
        opened = step(dossier_id, "receive", by=officer, note="  Đủ giấy tờ ")

        assert [task.step_key for task in opened] == ["assign"]
        done = Task.objects.get(dossier_id=dossier_id, number=1)
        assert (done.outcome, done.completed_by, done.note) == ("DONE", officer, "Đủ giấy tờ")
        assert done.completed_at == MONDAY + timedelta(hours=1)

    def test_puts_the_next_step_where_it_is_done(self, workflow: Workflow, counter: Agency) -> None:
        office = AgencyFactory.create()
        dossier_id = started(workflow, counter)

        [task] = step(
            dossier_id, "receive", agency_of=lambda kind: counter.pk if kind == "RETURN" else office.pk
        )

        assert task.agency == office

    def test_walks_to_the_end(self, workflow: Workflow, counter: Agency) -> None:
        dossier_id = started(workflow, counter)
        for key, outcome in [
            ("receive", "DONE"),
            ("assign", "DONE"),
            ("work", "DONE"),
            ("review", "SEND_BACK"),
        ]:
            step(dossier_id, key, outcome)
        for key, outcome in [("work", "DONE"), ("review", "AGREE"), ("sign", "AGREE"), ("issue", "DONE")]:
            step(dossier_id, key, outcome)

        assert step(dossier_id, "return") == []
        assert [task.step_key for task in Task.objects.of(dossier_id)] == [
            "receive", "assign", "work", "review", "work", "review", "sign", "issue", "return",
        ]  # fmt: skip
        assert not Task.objects.open().filter(dossier_id=dossier_id).exists()

    def test_refuses_a_step_completed_twice(self, workflow: Workflow, counter: Agency) -> None:
        dossier_id = started(workflow, counter)
        step(dossier_id, "receive")

        with pytest.raises(Stale, match="Tiếp nhận, chuyển hồ sơ"):
            step(dossier_id, "receive")
        assert Task.objects.filter(dossier_id=dossier_id).count() == 2

    def test_refuses_an_outcome_that_the_step_has_not(self, workflow: Workflow, counter: Agency) -> None:
        dossier_id = started(workflow, counter)

        with pytest.raises(DomainError, match="Hoàn thành") as refused:
            step(dossier_id, "receive", "REFUSE")
        assert refused.value.field == "outcome"
        assert Task.objects.open().filter(dossier_id=dossier_id).count() == 1

    def test_refuses_a_dossier_it_does_not_know(self) -> None:
        with pytest.raises(Stale):
            step(new_id(), "receive")

    def test_keeps_to_the_version_it_began_with(self, workflow: Workflow, counter: Agency) -> None:
        dossier_id = started(workflow, counter)
        second = drafting.draft(
            procedure_id=workflow.procedure_id,
            agency_id=None,
            blueprint=standard_blueprint(480),
            by=UserFactory.create(),
            at=MONDAY,
        )
        publishing.publish(workflow_id=second.pk, by=UserFactory.create(), at=MONDAY)

        [task] = step(dossier_id, "receive")

        assert task.workflow_id == workflow.pk

    def test_asks_little_of_the_database(
        self, workflow: Workflow, counter: Agency, django_assert_max_num_queries
    ) -> None:
        dossier_id = started(workflow, counter)
        step(dossier_id, "receive")

        with django_assert_max_num_queries(
            7
        ):  # the way so far, the end of this step, the next; and the savepoints
            step(dossier_id, "assign")

    def test_gives_the_return_of_the_result_the_dossiers_own_day(
        self, workflow: Workflow, counter: Agency
    ) -> None:
        dossier_id, due = started(workflow, counter), MONDAY + timedelta(days=4)
        for key, outcome in [("receive", "DONE"), ("assign", "DONE"), ("work", "DONE")]:
            step(dossier_id, key, outcome)
        step(dossier_id, "review", "AGREE")
        step(dossier_id, "sign", "AGREE")

        [task] = step(dossier_id, "issue", not_after=due)

        assert task.due_at == due


@pytest.mark.django_db(transaction=True)
class TestTwoClicks:
    def test_act_once(self, workflow: Workflow, counter: Agency) -> None:
        """The second click has read the open task before the first one committed; it still acts on nothing."""
        dossier_id, together = started(workflow, counter), Barrier(4)

        def click(_: int) -> bool:
            together.wait()
            try:
                step(dossier_id, "receive")
            except Stale:
                return False
            finally:
                connections.close_all()
            return True

        with ThreadPoolExecutor(4) as clerks:
            assert sum(clerks.map(click, range(4))) == 1
        assert Task.objects.filter(dossier_id=dossier_id).count() == 2


class TestMilestones:
    def way(self, workflow: Workflow, dossier_id: UUID) -> list[tuple[str, str]]:
        tasks = list(Task.objects.of(dossier_id))
        return [(milestone.key, milestone.state) for milestone in milestones(workflow.blueprint, tasks)]

    def test_tell_what_is_done_where_it_is_and_what_comes(self, workflow: Workflow, counter: Agency) -> None:
        dossier_id = started(workflow, counter)
        step(dossier_id, "receive")

        assert self.way(workflow, dossier_id) == [
            ("receive", "DONE"), ("assign", "CURRENT"), ("work", "AHEAD"), ("review", "AHEAD"), ("sign", "AHEAD"),
            ("issue", "AHEAD"), ("return", "AHEAD"),
        ]  # fmt: skip

    def test_show_a_step_sent_back_as_current_again(self, workflow: Workflow, counter: Agency) -> None:
        dossier_id = started(workflow, counter)
        for key, outcome in [
            ("receive", "DONE"),
            ("assign", "DONE"),
            ("work", "DONE"),
            ("review", "SEND_BACK"),
        ]:
            step(dossier_id, key, outcome)

        way = self.way(workflow, dossier_id)
        assert way[:4] == [("receive", "DONE"), ("assign", "DONE"), ("work", "CURRENT"), ("review", "AHEAD")]
        [again] = [
            m for m in milestones(workflow.blueprint, list(Task.objects.of(dossier_id))) if m.key == "work"
        ]
        assert again.times == 2

    def test_promise_nothing_after_a_stop(self, workflow: Workflow, counter: Agency) -> None:
        dossier_id = started(workflow, counter)
        running.stop(dossier_id=dossier_id, by=None, at=MONDAY)

        assert self.way(workflow, dossier_id) == [("receive", "STOPPED")]


class TestHands:
    def test_claim_succeeds_once(self, workflow: Workflow, counter: Agency, officer: User) -> None:
        dossier_id = started(workflow, counter)
        running.claim(dossier_id=dossier_id, step_key="receive", holder=officer)

        with pytest.raises(Stale, match="vừa có người nhận"):
            running.claim(dossier_id=dossier_id, step_key="receive", holder=UserFactory.create())
        assert list(Task.objects.held_by(officer.pk).values_list("dossier_id", flat=True)) == [dossier_id]

    def test_release_puts_it_back_to_the_role(
        self, workflow: Workflow, counter: Agency, officer: User
    ) -> None:
        dossier_id = started(workflow, counter, officer)
        running.release(dossier_id=dossier_id, step_key="receive", holder=officer)

        assert Task.objects.waiting(agencies=[counter.pk], roles=["CLERK"]).get().dossier_id == dossier_id
        with pytest.raises(Stale):
            running.release(dossier_id=dossier_id, step_key="receive", holder=officer)

    def test_reassign_moves_it_on(self, workflow: Workflow, counter: Agency, officer: User) -> None:
        dossier_id = started(workflow, counter, UserFactory.create())
        running.reassign(dossier_id=dossier_id, step_key="receive", holder=officer)

        assert Task.objects.get(dossier_id=dossier_id).holder == officer

    def test_assign_refuses_a_finished_task(self, workflow: Workflow, counter: Agency, officer: User) -> None:
        dossier_id = started(workflow, counter)
        task = Task.objects.get(dossier_id=dossier_id)
        step(dossier_id, "receive")

        with pytest.raises(Stale):
            running.assign(task=task, holder=officer)

    def test_hand_over_moves_all_that_one_holds(
        self, workflow: Workflow, counter: Agency, officer: User
    ) -> None:
        giver = UserFactory.create()
        for _ in range(3):
            started(workflow, counter, giver)

        assert running.hand_over(giver=giver, receiver=officer) == 3
        assert Task.objects.held_by(officer.pk).count() == 3


class TestStop:
    def test_closes_what_is_open(self, workflow: Workflow, counter: Agency, officer: User) -> None:
        dossier_id = started(workflow, counter)

        assert running.stop(dossier_id=dossier_id, by=officer, at=MONDAY, note="Công dân rút hồ sơ") == 1
        assert Task.objects.get(dossier_id=dossier_id).outcome == running.STOPPED
        with pytest.raises(Stale):
            step(dossier_id, "receive")


class TestOverdue:
    def test_is_what_is_open_past_its_moment(self, workflow: Workflow, counter: Agency) -> None:
        dossier_id = started(workflow, counter)

        assert not Task.objects.overdue(at=MONDAY).exists()
        assert Task.objects.overdue(at=MONDAY + timedelta(days=1)).get().dossier_id == dossier_id
