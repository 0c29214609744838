"""Whatever people do to dossiers, in any order, what is stored stays true."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import regime_named
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import faults_of
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import (
    Assignment,
    Consultation,
    Deadline,
    Dossier,
    Part,
    Pause,
    Stop,
    Supplement,
    SupplementItem,
)
from motcua.service.dossiers.operations.amending import amend
from motcua.service.dossiers.operations.assigning import assign_work, claim, reassign
from motcua.service.dossiers.operations.consulting import answer, consult
from motcua.service.dossiers.operations.deadlines import raise_alarms
from motcua.service.dossiers.operations.deciding import propose, review, send_back, sign
from motcua.service.dossiers.operations.keeping import add_note, prioritise
from motcua.service.dossiers.operations.moving import recall, return_to, skip
from motcua.service.dossiers.operations.pausing import pause, resume
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.operations.stopping import lapse, lapse_silent, reopen, stop
from motcua.service.dossiers.operations.supplementing import (
    BroughtIn,
    ItemIn,
    ask_supplement,
    complete_supplement,
)
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import CLOSED, ENDED_EARLY, MOVES, WAITING, State
from motcua.service.dossiers.tests.world import MONDAY, World, lacking_items
from motcua.service.workflows.models import Task

EXAMPLES, FULL_EXAMPLES, FULL_STEPS = 24, 2_500, 50
FULL_WALK = 100_000  # steps, counted, walked in full
FULL = os.environ.get("MOTCUA_PROOFS") == "full"
STAFF = ("clerk", "head", "officer", "colleague", "leader", "records", "stranger", "admin")
PEOPLE = st.sampled_from(STAFF)
WORDS = st.sampled_from(["", " ", "Đủ căn cứ", "x" * 400])
MOSTLY = st.sampled_from([True, True, True, False])
LAWFUL = {(source, target) for move in MOVES for source in move.sources for target in move.targets}
OTHER_ROWS = (Supplement, SupplementItem, Pause, Stop, Part, Deadline)
RIGHT = {  # who usually does the step, so that random walks get somewhere
    "receive": "clerk", "assign": "head", "work": "officer", "review": "head", "sign": "leader",
    "issue": "records", "return": "clerk",
}  # fmt: skip


class Office(RuleBasedStateMachine):
    """Một dossier among people who do whatever they like; each example leaves the database as it was."""

    world: World
    steps = 0  # of all examples, the first look before any act not counted

    def __init__(self) -> None:
        super().__init__()
        self.counted = -1
        self.savepoint = transaction.savepoint()
        self.at = MONDAY
        self.dossier = self.world.receive()
        self.lines = 1
        self.state = State.RECEIVED
        self.first_due_at = self.dossier.first_due_at

    @initialize(regime=st.sampled_from(["ND118", "ND118", "ND61"]))
    def the_law_of_its_reception(self, regime: str) -> None:
        Dossier.objects.filter(pk=self.dossier.pk).update(regime=regime)

    def teardown(self) -> None:
        type(self).steps += max(self.counted, 0)
        transaction.savepoint_rollback(self.savepoint)

    @invariant()
    def one_more_step_is_counted(self) -> None:
        self.counted += 1

    def act(self, verb: Callable[..., Any], who: str, **given: Any) -> None:
        """One act: done and told in one line, or refused in words and nothing has changed."""
        self.at += timedelta(minutes=37)
        before = self.picture()
        try:
            verb(by=self.person(who), at=self.at, **given)
        except DomainError as refusal:
            assert refusal.message.strip()  # noqa: PT017 -- any refusal is lawful here
            assert self.picture() == before
            return
        after = self.picture()
        told = Line.objects.of(self.dossier.pk).count() - self.lines
        assert told == (1 if after != before else 0) or (verb in {add_note, prioritise} and told == 1)
        self.lines += told
        if told:
            last = Line.objects.of(self.dossier.pk).last()
            assert (last.actor_id, last.at) == (self.person(who).pk, self.at)

    def whose(self, who: str, right: bool) -> str:
        """Whoever has the step now, when it is to be the right one."""
        dossier = self.now()
        if not right or not dossier.step_key:
            return who
        return next((name for name in STAFF if self.person(name) == dossier.holder), RIGHT[dossier.step_key])

    def person(self, name: str) -> User:
        user: User = getattr(self.world, name)
        return user

    def picture(self) -> tuple[Any, ...]:
        return (
            Dossier.objects.values().get(pk=self.dossier.pk),
            list(Task.objects.filter(dossier_id=self.dossier.pk).order_by("number").values()),
            list(Assignment.objects.filter(dossier=self.dossier).order_by("id").values()),
            list(Consultation.objects.filter(dossier=self.dossier).order_by("id").values()),
            list(self.dossier.decisions.order_by("id").values()),
            list(self.dossier.notes.order_by("id").values()),
            *(list(rows.objects.filter(dossier=self.dossier).order_by("id").values()) for rows in OTHER_ROWS),
        )

    def now(self) -> Dossier:
        return Dossier.objects.get(pk=self.dossier.pk)

    @rule(who=PEOPLE, holder=PEOPLE, words=WORDS, on_the_way=MOSTLY, back=st.integers(0, 4))
    def goes_on(self, who: str, holder: str, words: str, on_the_way: bool, back: int) -> None:
        """The act of the present step, mostly by whom it belongs to."""
        key = self.now().step_key
        if on_the_way and key:
            who, holder = RIGHT[key], "officer"
        held = self.now().holder
        if on_the_way and held:
            who = next(name for name in STAFF if self.person(name) == held)
        if back == 0 and key in {"review", "sign"}:
            self.act(send_back, who, dossier_id=self.dossier.pk, reason=words)
            return
        verbs: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
            "receive": (transfer, {"note": words}),
            "assign": (assign_work, {"holder": self.person(holder), "note": words}),
            "work": (propose, {"outcome": "APPROVE" if back else "REFUSE", "reason": words}),
            "review": (review, {"note": words}),
            "sign": (sign, {"note": words}),
            "issue": (issue, {"number": "1/KQ", "issued_on": local_date(self.at), "note": words}),
            "return": (return_result, {"receiver_name": words}),
        }
        if key:
            verb, given = verbs[key]
            self.act(verb, who, dossier_id=self.dossier.pk, step=key, **given)

    @rule(who=PEOPLE, verb=st.sampled_from([transfer, review, sign, return_result, claim]))
    def somebody_does_something(self, who: str, verb: Callable[..., Any]) -> None:
        self.act(verb, who, dossier_id=self.dossier.pk)

    @rule(who=PEOPLE, step=st.sampled_from([*RIGHT, "nowhere"]))
    def a_stale_page_is_sent(self, who: str, step: str) -> None:
        if step != self.now().step_key:
            self.act(sign, who, dossier_id=self.dossier.pk, step=step)

    @rule(who=PEOPLE, holder=PEOPLE, words=WORDS)
    def moves_to_another(self, who: str, holder: str, words: str) -> None:
        self.act(reassign, who, dossier_id=self.dossier.pk, holder=self.person(holder), reason=words)

    @rule(who=PEOPLE, words=WORDS)
    def takes_it_back(self, who: str, words: str) -> None:
        self.act(recall, who, dossier_id=self.dossier.pk, reason=words)

    @rule(who=PEOPLE, words=WORDS, to=st.sampled_from([*RIGHT, "nowhere"]), on_the_way=MOSTLY)
    def gives_it_back(self, who: str, words: str, to: str, on_the_way: bool) -> None:
        if on_the_way and self.now().step_key:
            who = RIGHT[self.now().step_key]
        self.act(return_to, who, dossier_id=self.dossier.pk, target=to, reason=words)

    @rule(who=PEOPLE, words=WORDS)
    def skips_it(self, who: str, words: str) -> None:
        self.act(skip, who, dossier_id=self.dossier.pk, reason=words)

    @precondition(lambda self: self.now().step_key == "work")
    @rule(who=PEOPLE, words=WORDS, late=st.booleans())
    def asks_another_agency(self, who: str, words: str, late: bool) -> None:
        due = self.at + timedelta(days=-1 if late else 2)
        given = {"agency": self.world.other, "question": words, "due_at": due}
        self.act(consult, who, dossier_id=self.dossier.pk, **given)

    @precondition(lambda self: Consultation.objects.filter(dossier=self.dossier).exists())
    @rule(who=PEOPLE, words=WORDS, data=st.data())
    def answers(self, who: str, words: str, data: st.DataObject) -> None:
        keys = list(
            Consultation.objects.filter(dossier=self.dossier).order_by("id").values_list("pk", flat=True)
        )
        self.act(answer, who, consultation_id=data.draw(st.sampled_from(keys)), text=words)

    @rule(who=PEOPLE, words=WORDS, right=MOSTLY, data=st.data())
    def asks_for_papers(self, who: str, words: str, right: bool, data: st.DataObject) -> None:
        """A verdict on each component, mostly by whoever has the step and with all that is asked."""
        verdicts = st.sampled_from(["ADD", "MEND"] if right else ["FINE", "ADD", "?"])
        items = [
            ItemIn(data.draw(verdicts), "Ký tên" if right else words, part.pk)
            for part in self.dossier.parts.order_by("position")
        ]
        given = {"items": items, "reason": "Thiếu" if right else words, "contact_name": "Em"}
        self.act(ask_supplement, self.whose(who, right), dossier_id=self.dossier.pk, **given)

    @precondition(lambda self: self.now().state == State.AWAITING_SUPPLEMENT)
    @rule(who=PEOPLE, right=MOSTLY, data=st.data())
    def brings_papers(self, who: str, right: bool, data: st.DataObject) -> None:
        lacking = lacking_items(self.dossier)
        some = data.draw(st.lists(st.sampled_from(lacking), unique_by=lambda item: item.pk))
        brought = [BroughtIn(item.pk) for item in (lacking if right else some)]
        self.act(complete_supplement, "clerk" if right else who, dossier_id=self.dossier.pk, brought=brought)

    @rule(who=PEOPLE, words=WORDS, right=MOSTLY)
    def stops_the_clock(self, who: str, words: str, right: bool) -> None:
        given = {
            "kind": "FINANCIAL" if right else "OTHER_LAW",
            "reason": "Chờ nộp thuế" if right else words,
            "basis": "Luật",
            "letter": "1/TB",
            "letter_on": local_date(self.at),
        }
        self.act(pause, self.whose(who, right), dossier_id=self.dossier.pk, **given)

    @precondition(lambda self: self.now().state == State.PAUSED)
    @rule(who=PEOPLE, right=MOSTLY)
    def lets_it_go_on(self, who: str, right: bool) -> None:
        self.act(resume, self.whose(who, right), dossier_id=self.dossier.pk)

    @rule(who=PEOPLE, kind=st.sampled_from(["STOP", "WITHDRAW"]), meant=st.integers(0, 5))
    def asks_to_stop(self, who: str, kind: str, meant: int) -> None:
        """Rarely meant, so that most dossiers live on."""
        given = {"kind": kind, "requested_by": "Ánh", "papers": "không", "fees": "không"}
        reason = "Đổi ý" if meant == 0 else " "
        self.act(stop, "clerk" if meant == 0 else who, dossier_id=self.dossier.pk, reason=reason, **given)

    @rule(who=PEOPLE)
    def closes_for_silence(self, who: str) -> None:
        self.act(lapse, who, dossier_id=self.dossier.pk)

    @precondition(lambda self: self.now().closed_at is not None)
    @rule(who=PEOPLE, right=MOSTLY, words=WORDS)
    def opens_it_again(self, who: str, right: bool, words: str) -> None:
        reason = "Có lý do chính đáng" if right else words
        self.act(reopen, "head" if right else who, dossier_id=self.dossier.pk, reason=reason)

    @rule(who=PEOPLE, sets=st.integers(0, 3))
    def corrects_something(self, who: str, sets: int) -> None:
        given = {
            "requested_by": "Ánh",
            "reason": "Ghi nhầm",
            "matter": "Việc",
            "phone": "",
            "return_channel": "POST",
        }
        self.act(amend, who, dossier_id=self.dossier.pk, sets=sets, **given)

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        """And the worker does in the night what it does every night."""
        self.at += timedelta(days=days)
        before = Line.objects.of(self.dossier.pk).count()
        closed = lapse_silent(self.at)
        told = raise_alarms(self.at)
        self.lines += closed + told
        assert Line.objects.of(self.dossier.pk).count() == before + closed + told

    @rule(who=PEOPLE, words=WORDS, priority=st.sampled_from(["HIGH", "NORMAL", "?"]))
    def says_something(self, who: str, words: str, priority: str) -> None:
        self.act(add_note, who, dossier_id=self.dossier.pk, text=words)
        self.act(prioritise, who, dossier_id=self.dossier.pk, priority=priority, reason=words)

    @invariant()
    def the_state_is_reached_by_a_lawful_move(self) -> None:
        state = State(self.now().state)
        assert state == self.state or (self.state, state) in LAWFUL
        self.state = state

    @invariant()
    def one_step_is_open_until_the_result_is_returned_and_the_dossier_shows_it(self) -> None:
        dossier = self.now()
        tasks = list(Task.objects.open().filter(dossier_id=dossier.pk))
        if dossier.state in CLOSED:
            assert tasks == []
            assert (dossier.step_key, dossier.holder_id, dossier.step_due_at) == ("", None, None)
            return
        (task,) = tasks
        shown = (
            dossier.step_key, dossier.step_name, dossier.step_kind, dossier.step_role, dossier.step_due_at,
            dossier.holder_id,
        )  # fmt: skip
        assert shown == (task.step_key, task.name, task.kind, task.role, task.due_at, task.holder_id)
        assert task.due_at is None or dossier.due_at is None or task.due_at <= dossier.due_at

    @invariant()
    def an_assignment_is_open_only_for_the_holder(self) -> None:
        dossier = self.now()
        held = list(
            Assignment.objects.filter(dossier=dossier, until=None).values_list("holder", "step_key", "since")
        )
        assert held == (
            [(dossier.holder_id, dossier.step_key, dossier.held_since)] if dossier.holder_id else []
        )

    @invariant()
    def a_question_is_open_only_while_opinions_are_asked(self) -> None:
        is_asked = Consultation.objects.open().filter(dossier=self.dossier).exists()
        assert is_asked == (self.now().state == State.CONSULTING)

    @invariant()
    def the_ledger_is_whole(self) -> None:
        assert faults_of(self.dossier.pk) == []
        assert Line.objects.of(self.dossier.pk).count() == self.lines

    @invariant()
    def the_promise_is_what_the_clock_says(self) -> None:
        dossier = self.now()
        assert dossier.due_at == rebuilt(dossier)
        assert dossier.first_due_at == self.first_due_at
        assert (dossier.due_at is None) == (dossier.state in WAITING)
        if dossier.state in WAITING:
            assert dossier.step_due_at is None

    @invariant()
    def what_interrupts_is_open_only_while_it_does(self) -> None:
        dossier = self.now()
        open_ones = (
            Supplement.objects.awaited().filter(dossier=dossier).exists(),
            Pause.objects.filter(dossier=dossier, ended_at=None).exists(),
            Stop.objects.filter(dossier=dossier, reopened_at=None).exists(),
        )
        state = State(dossier.state)
        expected = (state == State.AWAITING_SUPPLEMENT, state == State.PAUSED, state in ENDED_EARLY)
        assert open_ones == expected
        if state in ENDED_EARLY:
            assert not Deadline.objects.running().filter(dossier=dossier).exists()

    @invariant()
    def it_is_asked_for_papers_no_more_often_than_the_law_allows(self) -> None:
        most = regime_named(self.now().regime).max_supplements
        assert most is None or self.dossier.supplements.count() <= most

    @invariant()
    def the_moments_are_those_of_the_state(self) -> None:
        dossier = self.now()
        moments: list[datetime | None] = [dossier.decided_at, dossier.finished_at, dossier.returned_at]
        reached = {State.SIGNED: 1, State.RESULT_READY: 2, State.RETURNED: 3}.get(State(dossier.state), 0)
        assert [moment is not None for moment in moments] == [place < reached for place in range(3)]


@pytest.mark.slow
@pytest.mark.timeout(0 if FULL else 240)
def test_whatever_people_do_the_records_stay_true(land: World) -> None:
    machine = type("OfficeOfThisWorld", (Office,), {"world": land})
    with suppress(AttributeError):
        machine.__module__ = __name__
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=FULL_EXAMPLES if FULL else EXAMPLES,
            stateful_step_count=FULL_STEPS if FULL else 12,
            deadline=None,
            derandomize=not FULL,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert machine.steps >= (FULL_WALK if FULL else EXAMPLES)
