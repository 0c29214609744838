"""Several steps at once: two appraise, another agency is asked, one refuses; taken back, returned, skipped, told of."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from motcua.core.errors import DomainError, InvalidInput, Stale
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.leaving import take_leave
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import Assignment, Consultation, Decision, Dossier
from motcua.service.dossiers.operations import moving
from motcua.service.dossiers.operations.assigning import assign_work, claim, reassign
from motcua.service.dossiers.operations.consulting import answer, tell_of_late_answers
from motcua.service.dossiers.operations.deciding import propose, review, send_back, sign
from motcua.service.dossiers.operations.moving import CannotGoBack, recall, return_to, skip
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.steps import NotYourStep
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import IllegalMove, State
from motcua.service.dossiers.tests.world import BEGINNING, MONDAY, World
from motcua.service.workflows.blueprint import Blueprint, Flow, Gate, GateKind, Outcome, Step, StepKind
from motcua.service.workflows.milestones import STOPPED, TAKEN_BACK
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import publish

pytestmark = pytest.mark.django_db

BRANCHES = Blueprint(
    name="Hai phòng cùng thẩm định",
    steps=(
        Step("receive", "Tiếp nhận", StepKind.RECEIVE, "CLERK", 240),
        Step("assign", "Phân công", StepKind.ASSIGN, "DIVISION_HEAD", 120),
        Step("one", "Thẩm định chuyên môn", StepKind.WORK, "OFFICER", 480, escalate_after=480, escalate_to="LEADER"),
        Step("two", "Thẩm định pháp lý", StepKind.WORK, "OFFICER", 960),
        Step("ask", "Lấy ý kiến Sở Xây dựng", StepKind.CONSULT, "OFFICER", 480, unit="H31.3", may_skip=True),
        Step("review", "Xem xét", StepKind.REVIEW, "DIVISION_HEAD", 240, may_skip=True),
        Step("sign", "Ký duyệt", StepKind.SIGN, "LEADER", 240),
        Step("issue", "Phát hành", StepKind.ISSUE, "RECORDS", 120),
        Step("return", "Trả kết quả", StepKind.RETURN, "CLERK", 0),
    ),
    flows=(
        Flow("receive", "assign"), Flow("assign", "again"), Flow("again", "split"),
        Flow("split", "one"), Flow("split", "two"), Flow("split", "ask"),
        Flow("one", "join"), Flow("two", "join"), Flow("ask", "join"), Flow("join", "review"),
        Flow("review", "sign", Outcome.AGREE), Flow("review", "again", Outcome.SEND_BACK),
        Flow("sign", "issue", Outcome.AGREE), Flow("sign", "again", Outcome.SEND_BACK),
        Flow("issue", "return"), Flow("return", "end"),
    ),
    start="receive",
    gates=(Gate("again"), Gate("split", GateKind.PARALLEL), Gate("join", GateKind.PARALLEL)),
)  # fmt: skip


@pytest.fixture
def branching(world: World) -> World:
    published = Workflow.objects.get()
    made = draft(
        procedure_id=published.procedure_id, agency_id=None, blueprint=BRANCHES, by=world.head, at=BEGINNING
    )
    publish(workflow_id=made.pk, by=world.admin, at=BEGINNING, valid_from=MONDAY.date())
    return world


def later(hours: int) -> datetime:
    return MONDAY + timedelta(hours=hours)


@pytest.fixture
def dossier(branching: World) -> Dossier:
    """Distributed: all three branches are open, the first in the officer's hands."""
    received = branching.receive()
    transfer(dossier_id=received.pk, by=branching.clerk, at=later(1))
    return assign_work(dossier_id=received.pk, holder=branching.officer, by=branching.head, at=later(2))


def opened(dossier: Dossier) -> set[str]:
    return set(Task.objects.of(dossier.pk).open().values_list("step_key", flat=True))


def shown(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def both_propose(world: World, dossier: Dossier) -> None:
    claim(dossier_id=dossier.pk, by=world.colleague, at=later(3), step="two")
    propose(dossier_id=dossier.pk, outcome="APPROVE", reason="Đủ", by=world.officer, at=later(4), step="one")
    propose(dossier_id=dossier.pk, outcome="APPROVE", reason="Hợp lệ", by=world.colleague, at=later(5))


def answered(world: World, dossier: Dossier, at: datetime) -> None:
    question = Consultation.objects.get(dossier=dossier, answered_at=None, dropped_at=None)
    answer(consultation_id=question.pk, text="Đồng ý", by=world.stranger, at=at)


class TestBranches:
    def test_all_open_at_once_each_with_its_own_hand_place_and_day(
        self, branching: World, dossier: Dossier
    ) -> None:
        tasks = {task.step_key: task for task in Task.objects.of(dossier.pk).open()}

        assert tasks.keys() == {"one", "two", "ask"}
        assert (tasks["one"].holder, tasks["two"].holder) == (branching.officer, None)
        assert (tasks["ask"].agency, tasks["ask"].is_elsewhere) == (branching.other, True)
        assert tasks["one"].due_at < tasks["two"].due_at
        assert shown(dossier).step_key == "one"

    def test_are_found_by_who_holds_one_of_them(self, branching: World, dossier: Dossier) -> None:
        claim(dossier_id=dossier.pk, by=branching.colleague, at=later(3), step="two")

        for who in (branching.officer, branching.colleague):
            assert list(Dossier.objects.held_by(who)) == [dossier]
            assert dossier in Dossier.objects.visible_to(who, later(3))
        assert shown(dossier).holder == branching.officer
        assert Assignment.objects.filter(dossier=dossier, until=None).count() == 2

    def test_are_seen_by_the_agency_at_which_one_is_done(self, branching: World, dossier: Dossier) -> None:
        assert dossier in Dossier.objects.visible_to(branching.stranger, later(3))
        answered(branching, dossier, later(4))
        assert dossier not in Dossier.objects.visible_to(branching.stranger, later(4))

    def test_come_together_before_the_review(self, branching: World, dossier: Dossier) -> None:
        both_propose(branching, dossier)
        assert opened(dossier) == {"ask"}
        assert shown(dossier).state == State.IN_WORK

        answered(branching, dossier, later(6))

        assert opened(dossier) == {"review"}
        assert (shown(dossier).state, shown(dossier).step_key) == (State.DECIDED, "review")
        assert (
            Decision.objects.filter(dossier=dossier, sent_back_at=None).get().proposed_by
            == branching.colleague
        )

    def test_end_with_a_result(self, branching: World, dossier: Dossier) -> None:
        answered(branching, dossier, later(3))
        both_propose(branching, dossier)
        review(dossier_id=dossier.pk, by=branching.head, at=later(6))
        sign(dossier_id=dossier.pk, by=branching.leader, at=later(7))
        issue(dossier_id=dossier.pk, number="1", issued_on=MONDAY.date(), by=branching.records, at=later(8))
        return_result(dossier_id=dossier.pk, by=branching.clerk, at=later(9))

        assert shown(dossier).state == State.RETURNED
        assert opened(dossier) == set()
        assert not Assignment.objects.filter(dossier=dossier, until=None).exists()

    def test_are_not_ended_by_another_hand(self, branching: World, dossier: Dossier) -> None:
        claim(dossier_id=dossier.pk, by=branching.colleague, at=later(3), step="two")

        with pytest.raises(NotYourStep):
            propose(
                dossier_id=dossier.pk,
                outcome="APPROVE",
                reason="",
                by=branching.officer,
                at=later(4),
                step="two",
            )
        with pytest.raises(Stale):
            propose(
                dossier_id=dossier.pk,
                outcome="APPROVE",
                reason="",
                by=branching.officer,
                at=later(4),
                step="gone",
            )

    def test_are_handed_on_each_for_itself(self, branching: World, dossier: Dossier) -> None:
        reassign(
            dossier_id=dossier.pk, holder=branching.colleague, by=branching.head, at=later(3), reason="Chia việc",
            step="two",
        )  # fmt: skip

        held = dict(Task.objects.of(dossier.pk).open().values_list("step_key", "holder"))
        assert (held["one"], held["two"]) == (branching.officer.pk, branching.colleague.pk)
        assert shown(dossier).holder == branching.officer


class TestRefusalInOneBranch:
    def test_stops_the_others_and_goes_to_review(self, branching: World, dossier: Dossier) -> None:
        claim(dossier_id=dossier.pk, by=branching.colleague, at=later(3), step="two")
        propose(
            dossier_id=dossier.pk, outcome="REFUSE", reason="Không đủ điều kiện", by=branching.officer, at=later(4),
            step="one",
        )  # fmt: skip

        assert opened(dossier) == {"review"}
        assert (shown(dossier).state, shown(dossier).step_key) == (State.DECIDED, "review")
        stopped = Task.objects.of(dossier.pk).filter(outcome=STOPPED)
        assert set(stopped.values_list("step_key", flat=True)) == {"two", "ask"}
        assert all("Thẩm định chuyên môn" in task.note for task in stopped)
        assert Decision.objects.get(dossier=dossier).outcome == "REFUSE"
        assert Consultation.objects.get(dossier=dossier).dropped_at == later(4)
        assert not Assignment.objects.filter(dossier=dossier, until=None, holder=branching.colleague).exists()

    def test_holds_when_the_other_branch_has_proposed_to_approve(
        self, branching: World, dossier: Dossier
    ) -> None:
        claim(dossier_id=dossier.pk, by=branching.colleague, at=later(3), step="two")
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=branching.colleague, at=later(4))
        answered(branching, dossier, later(5))
        propose(
            dossier_id=dossier.pk, outcome="REFUSE", reason="Thiếu căn cứ", by=branching.officer, at=later(6)
        )

        assert Decision.objects.get(dossier=dossier, sent_back_at=None).outcome == "REFUSE"
        assert opened(dossier) == {"review"}

    def test_may_be_sent_back_to_all_branches(self, branching: World, dossier: Dossier) -> None:
        propose(
            dossier_id=dossier.pk,
            outcome="REFUSE",
            reason="Thiếu",
            by=branching.officer,
            at=later(4),
            step="one",
        )
        send_back(dossier_id=dossier.pk, reason="Xem lại", by=branching.head, at=later(5))

        assert opened(dossier) == {"one", "two", "ask"}
        assert shown(dossier).state == State.IN_WORK
        assert Consultation.objects.open().filter(dossier=dossier).count() == 1

    def test_leaves_nothing_to_answer(self, branching: World, dossier: Dossier) -> None:
        question = Consultation.objects.get(dossier=dossier)
        propose(
            dossier_id=dossier.pk,
            outcome="REFUSE",
            reason="Thiếu",
            by=branching.officer,
            at=later(4),
            step="one",
        )

        with pytest.raises(InvalidInput):
            answer(consultation_id=question.pk, text="Đồng ý", by=branching.stranger, at=later(5))


class TestConsultation:
    def test_is_asked_of_the_agency_with_a_day_of_its_own(self, branching: World, dossier: Dossier) -> None:
        question = Consultation.objects.get(dossier=dossier)
        task = Task.objects.of(dossier.pk).get(step_key="ask")

        assert (question.agency, question.due_at, question.task_id) == (branching.other, task.due_at, task.pk)
        assert question in Consultation.objects.waiting_for(branching.stranger, later(3))

    def test_that_is_late_is_told_once(self, branching: World, dossier: Dossier) -> None:
        question = Consultation.objects.get(dossier=dossier)
        assert tell_of_late_answers(question.due_at) == 0

        after = question.due_at + timedelta(minutes=1)
        assert tell_of_late_answers(after) == 1
        assert tell_of_late_answers(after) == 0
        assert Line.objects.of(dossier.pk).last().name == "OpinionLate"
        assert list(Consultation.objects.told_late()) == [question]
        answered(branching, dossier, after)
        assert not Consultation.objects.told_late().exists()

    def test_is_skipped_with_a_reason_by_who_works_on_it(self, branching: World, dossier: Dossier) -> None:
        skip(
            dossier_id=dossier.pk, reason="Đã có ý kiến trước", by=branching.officer, at=later(3), step="ask"
        )

        assert opened(dossier) == {"one", "two"}
        task = Task.objects.of(dossier.pk).get(step_key="ask")
        assert (task.is_skipped, task.note, task.completed_by) == (
            True,
            "Đã có ý kiến trước",
            branching.officer,
        )
        assert Consultation.objects.get(dossier=dossier).dropped_at
        assert Line.objects.of(dossier.pk).last().name == "StepSkipped"


class TestSkip:
    def test_asks_for_a_reason(self, branching: World, dossier: Dossier) -> None:
        with pytest.raises(CannotGoBack) as refused:
            skip(dossier_id=dossier.pk, reason=" ", by=branching.officer, at=later(3), step="ask")
        assert refused.value.field == "reason"

    def test_is_for_what_the_workflow_lets_be_skipped(self, branching: World, dossier: Dossier) -> None:
        with pytest.raises(CannotGoBack, match="không được bỏ qua"):
            skip(dossier_id=dossier.pk, reason="Gấp", by=branching.officer, at=later(3), step="one")

    def test_is_not_for_anybody(self, branching: World, dossier: Dossier) -> None:
        with pytest.raises(NotYourStep):
            skip(dossier_id=dossier.pk, reason="Gấp", by=branching.clerk, at=later(3), step="ask")

    def test_of_a_review_goes_to_the_signature(self, branching: World, dossier: Dossier) -> None:
        both_propose(branching, dossier)
        answered(branching, dossier, later(6))
        skip(dossier_id=dossier.pk, reason="Lãnh đạo xem trực tiếp", by=branching.head, at=later(7))

        assert opened(dossier) == {"sign"}
        assert shown(dossier).state == State.DECIDED


class TestRecall:
    def test_takes_back_what_was_sent(self, branching: World) -> None:
        received = branching.receive()
        transfer(dossier_id=received.pk, by=branching.clerk, at=later(1))
        recall(dossier_id=received.pk, reason="Nhầm hồ sơ", by=branching.clerk, at=later(2))

        assert (shown(received).state, shown(received).step_key) == (State.RECEIVED, "receive")
        assert shown(received).holder == branching.clerk
        assert Task.objects.of(received.pk).get(step_key="assign").outcome == TAKEN_BACK
        assert Line.objects.of(received.pk).last().name == "StepRecalled"
        transfer(dossier_id=received.pk, by=branching.clerk, at=later(3))
        assert opened(received) == {"assign"}

    def test_is_refused_once_the_next_has_set_a_hand_to_it(self, branching: World) -> None:
        received = branching.receive()
        transfer(dossier_id=received.pk, by=branching.clerk, at=later(1))
        claim(dossier_id=received.pk, by=branching.head, at=later(2))

        with pytest.raises(CannotGoBack, match="không còn thu hồi được"):
            recall(dossier_id=received.pk, reason="Nhầm", by=branching.clerk, at=later(3))

    def test_is_for_who_sent_it(self, branching: World, dossier: Dossier) -> None:
        with pytest.raises(CannotGoBack):
            recall(dossier_id=dossier.pk, reason="Nhầm", by=branching.clerk, at=later(3))

    def test_of_one_branch_leaves_the_others(self, branching: World, dossier: Dossier) -> None:
        both_propose(branching, dossier)
        answered(branching, dossier, later(6))
        assert opened(dossier) == {"review"}
        recall(dossier_id=dossier.pk, reason="Xem lại", by=branching.colleague, at=later(7))

        assert opened(dossier) == {"two"}
        assert shown(dossier).state == State.IN_WORK
        assert shown(dossier).holder == branching.colleague
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=branching.colleague, at=later(8))
        assert opened(dossier) == {"review"}

    def test_is_not_for_a_signature(self, branching: World, dossier: Dossier) -> None:
        answered(branching, dossier, later(3))
        both_propose(branching, dossier)
        review(dossier_id=dossier.pk, by=branching.head, at=later(6))
        sign(dossier_id=dossier.pk, by=branching.leader, at=later(7))

        with pytest.raises(CannotGoBack):
            recall(dossier_id=dossier.pk, reason="Nhầm", by=branching.leader, at=later(8))


class TestReturn:
    def test_goes_to_any_step_that_led_here(self, branching: World, dossier: Dossier) -> None:
        tasks = list(Task.objects.of(dossier.pk))
        assert [key for key, _ in moving.returnable(dossier, tasks)] == ["assign", "receive"]
        return_to(
            dossier_id=dossier.pk,
            target="assign",
            reason="Phân công lại",
            by=branching.officer,
            at=later(3),
            step="one",
        )

        assert opened(dossier) == {"assign"}
        assert (shown(dossier).state, shown(dossier).holder) == (State.TRANSFERRED, branching.head)
        assert Line.objects.of(dossier.pk).last().name == "StepReturned"
        assert set(Task.objects.of(dossier.pk).filter(outcome=TAKEN_BACK).values_list("step_key", flat=True)) == {
            "one", "two", "ask",
        }  # fmt: skip
        assign_work(dossier_id=dossier.pk, holder=branching.colleague, by=branching.head, at=later(4))
        assert opened(dossier) == {"one", "two", "ask"}

    def test_to_one_branch_keeps_the_others(self, branching: World, dossier: Dossier) -> None:
        both_propose(branching, dossier)
        answered(branching, dossier, later(6))
        return_to(dossier_id=dossier.pk, target="one", reason="Thiếu số liệu", by=branching.head, at=later(7))

        assert opened(dossier) == {"one"}
        assert shown(dossier).holder == branching.officer
        assert not Decision.objects.filter(dossier=dossier, sent_back_at=None).exists()

    def test_is_refused_for_a_step_of_another_branch(self, branching: World, dossier: Dossier) -> None:
        claim(dossier_id=dossier.pk, by=branching.colleague, at=later(3), step="two")
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=branching.colleague, at=later(4))

        with pytest.raises(DomainError) as refused:
            return_to(
                dossier_id=dossier.pk,
                target="two",
                reason="Sai",
                by=branching.officer,
                at=later(5),
                step="one",
            )
        assert refused.value.field == "target"

    @pytest.mark.parametrize("target", ["", "nowhere", "sign", "one"])
    def test_is_refused_for_a_step_not_done(self, branching: World, dossier: Dossier, target: str) -> None:
        with pytest.raises(CannotGoBack):
            return_to(dossier_id=dossier.pk, target=target, reason="Sai", by=branching.officer, at=later(3))

    def test_is_refused_after_the_signature(self, branching: World, dossier: Dossier) -> None:
        answered(branching, dossier, later(3))
        both_propose(branching, dossier)
        review(dossier_id=dossier.pk, by=branching.head, at=later(6))
        sign(dossier_id=dossier.pk, by=branching.leader, at=later(7))

        with pytest.raises((NotYourStep, IllegalMove)):
            return_to(dossier_id=dossier.pk, target="one", reason="Sai", by=branching.records, at=later(8))


class TestEscalation:
    def test_tells_the_role_once_when_its_moment_has_passed(self, branching: World, dossier: Dossier) -> None:
        task = Task.objects.of(dossier.pk).get(step_key="one")
        assert moving.tell_of_slow_steps(task.escalate_at - timedelta(minutes=1)) == 0
        assert moving.tell_of_slow_steps(task.escalate_at) == 1
        assert moving.tell_of_slow_steps(task.escalate_at) == 0

        line = Line.objects.of(dossier.pk).last()
        assert (line.name, line.payload["role"]) == ("StepEscalated", "LEADER")
        assert list(Task.objects.escalated_to({"LEADER": [branching.department.pk]})) == [task]
        assert not Task.objects.escalated_to({"CLERK": [branching.centre.pk]})

    def test_says_nothing_of_a_step_that_was_done(self, branching: World, dossier: Dossier) -> None:
        propose(
            dossier_id=dossier.pk, outcome="APPROVE", reason="", by=branching.officer, at=later(3), step="one"
        )

        assert moving.tell_of_slow_steps(MONDAY + timedelta(days=9)) == 0


class TestLeave:
    def away(self, person: User, substitute: User | None) -> None:
        take_leave(
            person=person, substitute=substitute, first_day=MONDAY.date(), last_day=date(2026, 3, 10),
            reason="Nghỉ phép", by=person, at=MONDAY,
        )  # fmt: skip

    def test_sends_new_work_to_the_substitute(self, branching: World) -> None:
        self.away(branching.officer, branching.colleague)
        received = branching.receive()
        transfer(dossier_id=received.pk, by=branching.clerk, at=later(1))
        assign_work(dossier_id=received.pk, holder=branching.officer, by=branching.head, at=later(2))

        assert Task.objects.of(received.pk).get(step_key="one").holder == branching.colleague

    def test_gives_what_comes_back_to_the_substitute(self, branching: World, dossier: Dossier) -> None:
        propose(
            dossier_id=dossier.pk,
            outcome="REFUSE",
            reason="Thiếu",
            by=branching.officer,
            at=later(4),
            step="one",
        )
        self.away(branching.officer, branching.colleague)
        send_back(dossier_id=dossier.pk, reason="Xem lại", by=branching.head, at=later(5))

        assert Task.objects.of(dossier.pk).open().get(step_key="one").holder == branching.colleague

    def test_without_a_substitute_leaves_it_to_the_role(self, branching: World) -> None:
        self.away(branching.officer, None)
        received = branching.receive()
        transfer(dossier_id=received.pk, by=branching.clerk, at=later(1))
        assign_work(dossier_id=received.pk, holder=branching.officer, by=branching.head, at=later(2))

        assert Task.objects.of(received.pk).get(step_key="one").holder is None

    def test_lends_the_posts_so_that_what_is_held_goes_on(self, branching: World, dossier: Dossier) -> None:
        self.away(branching.officer, branching.colleague)
        fresh = User.objects.get(pk=branching.colleague.pk)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=fresh, at=later(4), step="one")

        assert opened(dossier) == {"two", "ask"}


class TestQueries:
    def test_a_plain_step_asks_no_more_than_before(
        self, world: World, django_assert_max_num_queries: CaptureQueriesContext
    ) -> None:
        received = world.receive()
        transfer(dossier_id=received.pk, by=world.clerk, at=later(1))
        assign_work(dossier_id=received.pk, holder=world.officer, by=world.head, at=later(2))
        with django_assert_max_num_queries(MOST_QUERIES):
            propose(dossier_id=received.pk, outcome="APPROVE", reason="", by=world.officer, at=later(3))

    def test_the_inbox_is_one_question(
        self, branching: World, dossier: Dossier, django_assert_num_queries: CaptureQueriesContext
    ) -> None:
        with django_assert_num_queries(1):
            assert len(Dossier.objects.held_by(branching.officer)) == 1


MOST_QUERIES = 17  # one of them: that the worker tells of it
