"""Nhiều hồ sơ một lúc."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.core.ids import new_id
from motcua.foundation.ledger.models import Delivery, Line
from motcua.foundation.ledger.outbox import deliver_due
from motcua.foundation.ledger.verifying import verify
from motcua.service.dossiers.models import (
    Assignment,
    BulkAct,
    BulkItem,
    Deadline,
    Decision,
    Dossier,
    Reminder,
)
from motcua.service.dossiers.operations import together
from motcua.service.dossiers.operations.assigning import assign_work
from motcua.service.dossiers.operations.deciding import propose, review, send_back, sign
from motcua.service.dossiers.operations.signing import sign_all
from motcua.service.dossiers.operations.together import HIDDEN, Chosen, NotChosen, begin, resume, work
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import MONDAY, World
from motcua.service.workflows.models import Task

NOON = MONDAY + timedelta(days=1)
Kind, Answer = BulkAct.Kind, BulkItem.State


def transferred(world: World) -> Dossier:
    return transfer(dossier_id=world.receive().pk, by=world.clerk, at=MONDAY + timedelta(hours=1))


def proposed(world: World) -> Dossier:
    dossier = transferred(world)
    assign_work(dossier_id=dossier.pk, holder=world.officer, by=world.head, at=MONDAY + timedelta(hours=2))
    return propose(
        dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=MONDAY + timedelta(hours=3)
    )


def to_sign(world: World) -> Dossier:
    return review(dossier_id=proposed(world).pk, by=world.head, at=MONDAY + timedelta(hours=4))


def begun(kind: str, dossiers: list[Dossier], by: Any, **values: object) -> BulkAct:
    chosen = [Chosen(one.pk, one.step_key) for one in dossiers]
    return begin(bulk_id=new_id(), kind=kind, chosen=chosen, by=by, at=NOON, values=values)


def worked(act: BulkAct, *, at: datetime = NOON) -> dict[UUID, str]:
    assert work(act.pk, clock=lambda: at, should_stop=lambda: False)
    return answers(act)


def answers(act: BulkAct) -> dict[UUID, str]:
    return dict(act.items.values_list("dossier_id", "state"))


def stops_after(times: int) -> Callable[[], bool]:
    left = iter(range(times))
    return lambda: next(left, None) is None


class TestBegin:
    def test_refuses_none_and_too_many(self, world: World) -> None:
        for count in (0, 501):
            chosen = [Chosen(new_id()) for _ in range(count)]
            with pytest.raises(NotChosen):
                begin(bulk_id=new_id(), kind=Kind.SIGN, chosen=chosen, by=world.leader, at=NOON, values={})
        assert not BulkAct.objects.exists()

    def test_takes_five_hundred_and_says_of_each_that_it_is_not_there(self, world: World) -> None:
        chosen = [Chosen(new_id()) for _ in range(500)]
        act = begin(bulk_id=new_id(), kind=Kind.SIGN, chosen=chosen, by=world.leader, at=NOON, values={})
        assert set(worked(act).values()) == {Answer.REFUSED}
        assert set(act.items.values_list("sentence", flat=True)) == {HIDDEN}

    def test_is_one_act_when_pressed_twice(self, world: World) -> None:
        dossier, key = to_sign(world), new_id()
        chosen = [Chosen(dossier.pk, dossier.step_key)]
        for _ in range(2):
            act = begin(bulk_id=key, kind=Kind.SIGN, chosen=chosen, by=world.leader, at=NOON, values={})
            worked(act)
        assert BulkAct.objects.count() == 1
        assert Line.objects.filter(subject_id=key, name="BulkActBegun").count() == 1
        assert Line.objects.filter(subject_id=dossier.pk, name="DecisionSigned").count() == 1


class TestWork:
    def test_judges_each_by_the_rule_of_the_single_act(self, world: World) -> None:
        ready, early = to_sign(world), proposed(world)
        act = begun(Kind.SIGN, [ready, early], world.leader)
        assert worked(act) == {ready.pk: Answer.DONE, early.pk: Answer.REFUSED}
        with pytest.raises(together.DomainError) as refusal:
            sign(dossier_id=early.pk, by=world.leader, at=NOON, step=early.step_key)
        assert act.items.get(dossier_id=early.pk).sentence == refusal.value.message
        act.refresh_from_db()
        assert act.finished_at == NOON
        assert Line.objects.get(subject_id=act.pk, name="BulkActFinished").payload == {
            "done": 1, "already": 0, "refused": 1,
        }  # fmt: skip

    def test_refuses_who_may_not(self, world: World) -> None:
        act = begun(Kind.SIGN, [to_sign(world), to_sign(world)], world.head)
        assert set(worked(act).values()) == {Answer.REFUSED}
        assert not Dossier.objects.filter(state=State.SIGNED).exists()

    def test_says_what_was_done_before(self, world: World) -> None:
        dossier = to_sign(world)
        worked(begun(Kind.SIGN, [dossier], world.leader))
        assert worked(begun(Kind.SIGN, [dossier], world.leader)) == {dossier.pk: Answer.ALREADY}

    def test_goes_on_where_a_killed_worker_stopped(self, world: World, monkeypatch) -> None:
        monkeypatch.setattr(together, "CHUNK", 2)
        dossiers = [proposed(world) for _ in range(5)]
        act = begun(Kind.REVIEW, dossiers, world.head)
        assert not work(act.pk, clock=lambda: NOON, should_stop=stops_after(4))
        half = list(answers(act).values())
        assert 0 < half.count(Answer.DONE) < 5
        assert set(worked(act).values()) == {Answer.DONE}
        assert Line.objects.filter(name="DecisionReviewed", at=NOON).count() == 5

    def test_keeps_no_answer_of_an_act_that_was_cut_off(self, world: World, monkeypatch) -> None:
        """A process that dies between the act and its answer leaves neither: they are one transaction."""
        dossier = proposed(world)
        act = begun(Kind.REVIEW, [dossier], world.head)

        def killed(*args: object, **kwargs: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(BulkItem, "save", killed)
            with pytest.raises(KeyboardInterrupt):
                work(act.pk, clock=lambda: NOON, should_stop=lambda: False)
        assert not Line.objects.filter(name="DecisionReviewed", subject_id=dossier.pk, at=NOON).exists()
        assert worked(act) == {dossier.pk: Answer.DONE}

    def test_is_finished_by_the_worker(self, world: World, monkeypatch) -> None:
        monkeypatch.setattr("motcua.service.dossiers.tasks.now", lambda: NOON)
        act = begun(Kind.SIGN, [to_sign(world), to_sign(world)], world.leader)
        deliver_due()
        assert set(answers(act).values()) == {Answer.DONE}
        assert Delivery.objects.get(subject_id=act.pk).state == Delivery.State.DONE

    def test_does_again_only_what_was_refused(self, world: World) -> None:
        ready, early = to_sign(world), proposed(world)
        act = begun(Kind.SIGN, [ready, early], world.leader)
        worked(act)
        review(dossier_id=early.pk, by=world.head, at=NOON)
        BulkItem.objects.filter(dossier_id=early.pk).update(step="sign")
        assert resume(bulk_id=act.pk, by=world.leader, at=NOON) == 1
        assert set(worked(act).values()) == {Answer.DONE}
        assert Line.objects.filter(name="DecisionSigned").count() == 2
        assert resume(bulk_id=act.pk, by=world.leader, at=NOON) == 0

    def test_a_fault_in_one_holds_no_other_up(self, world: World, monkeypatch) -> None:
        one, other = proposed(world), proposed(world)
        real = together.review

        def broken(*, dossier_id: UUID, **kwargs: Any) -> Dossier:
            if dossier_id == one.pk:
                raise RuntimeError("broken")
            return real(dossier_id=dossier_id, **kwargs)

        monkeypatch.setattr(together, "review", broken)
        act = begun(Kind.REVIEW, [one, other], world.head)
        assert worked(act) == {one.pk: Answer.REFUSED, other.pk: Answer.DONE}

    def test_transfers_claims_assigns_sends_back_issues_and_returns(self, world: World) -> None:
        dossier = world.receive()

        def do(kind: str, by: Any, *, item: dict[str, str] | None = None, **values: object) -> None:
            now = Dossier.objects.get(pk=dossier.pk)
            act = begin(
                bulk_id=new_id(),
                kind=kind,
                chosen=[Chosen(now.pk, now.step_key, item or {})],
                by=by,
                at=NOON,
                values=values,
            )
            assert list(worked(act).values()) == [Answer.DONE], act.items.get().sentence

        do(Kind.TRANSFER, world.clerk)
        do(Kind.ASSIGN, world.head, holder=world.officer.pk)
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=NOON)
        do(Kind.CLAIM, world.head)
        do(Kind.REVIEW, world.head)
        do(Kind.SEND_BACK, world.leader, reason="Thiếu căn cứ.")
        propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=NOON)
        do(Kind.REVIEW, world.head)
        do(Kind.SIGN, world.leader)
        do(Kind.ISSUE, world.records, item={"number": "12/TL"}, issued_on=NOON.date())
        do(Kind.RETURN, world.clerk, receiver_name="Lê Văn Nhận")
        dossier.refresh_from_db()
        assert dossier.state == State.RETURNED
        assert verify().is_intact


class TestSignAll:
    """Signing together leaves what signing one by one leaves."""

    FORGOTTEN = frozenset(
        {"id", "dossier_id", "hash", "previous", "recorded_at", "code", "book_number", "workflow_id"}
    )

    def rows(self, dossier: Dossier) -> dict[str, Any]:
        def plain(queryset: Any) -> list[dict[str, Any]]:
            return [
                {name: value for name, value in row.items() if name not in self.FORGOTTEN}
                for row in queryset.values()
            ]

        return {
            "dossier": plain(Dossier.objects.filter(pk=dossier.pk).defer("words")),
            "tasks": plain(Task.objects.of(dossier.pk)),
            "decisions": plain(Decision.objects.filter(dossier=dossier)),
            "assignments": plain(
                Assignment.objects.filter(dossier=dossier).order_by("since", "until", "step_key")
            ),
            "deadlines": plain(Deadline.objects.filter(dossier=dossier).order_by("kind", "due_at")),
            "lines": [
                {name: value for name, value in row.items() if name not in {*self.FORGOTTEN, "subject_id"}}
                for row in Line.objects.of(dossier.pk).filter(number__gt=1).values()
            ],
        }

    def test_leaves_the_same_rows(self, world: World) -> None:
        def again(dossier: Dossier) -> Dossier:
            """Signed back once, so that somebody has held the step before."""
            send_back(dossier_id=dossier.pk, reason="Xem lại", by=world.leader, at=NOON)
            propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=NOON)
            return review(dossier_id=dossier.pk, by=world.head, at=NOON)

        alone, together_ = [to_sign(world), again(to_sign(world))], [to_sign(world), again(to_sign(world))]
        for dossier in alone:
            sign(dossier_id=dossier.pk, by=world.leader, at=NOON, step="sign")
        assert not sign_all({one.pk: "sign" for one in together_}, by=world.leader, at=NOON)
        for one, other in zip(alone, together_, strict=True):
            assert self.rows(one) == self.rows(other)

    def test_writes_nothing_of_what_it_refuses(self, world: World) -> None:
        early, ready = proposed(world), to_sign(world)
        before = self.rows(early)
        missing = new_id()
        refused = sign_all({early.pk: "", ready.pk: "", missing: ""}, by=world.leader, at=NOON)
        assert set(refused) == {early.pk, missing}
        assert self.rows(early) == before

    def test_takes_as_many_statements_for_many_as_for_two(self, world: World) -> None:
        counts = []
        for many in (2, 6):
            dossiers = [to_sign(world) for _ in range(many)]
            sign_all({dossiers.pop().pk: ""}, by=world.leader, at=NOON)  # what a process keeps is read
            with CaptureQueriesContext(connection) as captured:
                sign_all({one.pk: "" for one in dossiers}, by=world.leader, at=NOON)
            counts.append(sum("calendarversion" not in one["sql"] for one in captured.captured_queries))
        assert counts[0] == counts[1]


class TestRemind:
    def test_reminds_once_a_day(self, world: World) -> None:
        dossier = transferred(world)
        assign_work(
            dossier_id=dossier.pk, holder=world.officer, by=world.head, at=MONDAY + timedelta(hours=2)
        )
        for state, at in (
            (Answer.DONE, NOON),
            (Answer.REFUSED, NOON + timedelta(hours=1)),
            (Answer.DONE, NOON + timedelta(days=1)),
        ):
            act = begun(Kind.REMIND, [dossier], world.head, text="Sắp đến hạn.")
            assert worked(act, at=at) == {dossier.pk: state}
        assert Reminder.objects.filter(dossier=dossier, holder=world.officer).count() == 2
        assert Line.objects.filter(subject_id=dossier.pk, name="DossierReminded").count() == 2

    @pytest.mark.parametrize(("who", "is_done"), [("clerk", True), ("leader", True), ("colleague", False)])
    def test_is_for_who_watches_over_it(self, world: World, who: str, is_done: bool) -> None:
        dossier = transferred(world)
        assign_work(
            dossier_id=dossier.pk, holder=world.officer, by=world.head, at=MONDAY + timedelta(hours=2)
        )
        given = worked(begun(Kind.REMIND, [dossier], getattr(world, who)))
        assert (given[dossier.pk] == Answer.DONE) is is_done

    def test_has_nobody_to_remind_while_nobody_holds_it(self, world: World) -> None:
        act = begun(Kind.REMIND, [transferred(world)], world.leader)
        assert set(worked(act).values()) == {Answer.REFUSED}
        assert "chưa có người giữ" in act.items.get().sentence
