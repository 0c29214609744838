"""Two at the same second: real transactions in threads, each with a connection of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from motcua.core.errors import DomainError
from motcua.core.ids import new_id
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.service.dossiers.models import Assignment, Consultation, Dossier
from motcua.service.dossiers.operations.assigning import claim, reassign
from motcua.service.dossiers.operations.consulting import answer, consult
from motcua.service.dossiers.operations.deciding import propose, send_back, sign
from motcua.service.dossiers.operations.receiving import AlreadyReceived
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.tests.test_life import hours, to_signature, to_work
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.workflows.models import Task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of them in the same instant; what each gave, or how it was refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(60) for done in [pool.submit(run, act) for act in acts]]


def refusals(given: list[Any]) -> int:
    return sum(isinstance(one, DomainError) for one in given)


def again(user: User) -> User:
    """The user as another process has read it."""
    return User.objects.get(pk=user.pk)


class TestAtTheSameSecond:
    def test_one_form_sent_by_two_is_taken_once(self, world: World) -> None:
        key = new_id()
        given = at_once(*[lambda: world.receive(dossier_id=key, by=again(world.clerk)) for _ in range(4)])
        assert Dossier.objects.count() == 1
        told = [one for one in given if isinstance(one, AlreadyReceived)]
        assert len(told) == 3
        assert {refusal.dossier.pk for refusal in told} == {key}
        assert Line.objects.filter(subject_id=key).count() == 1
        assert world.receive().code.endswith("-0002")  # those who were refused gave their number back

    def test_clerks_get_codes_without_gap_or_duplicate(self, world: World) -> None:
        def three() -> list[str]:
            return [world.receive(by=again(world.clerk)).code for _ in range(3)]

        codes = [code for given in at_once(three, three, three, three) for code in given]
        assert sorted(int(code[-4:]) for code in codes) == list(range(1, 13))
        assert sorted(Dossier.objects.values_list("book_number", flat=True)) == list(range(1, 13))
        assert verify().is_intact

    @pytest.mark.parametrize("step", ["sign", ""])
    def test_a_step_completed_by_two_is_completed_once(self, world: World, step: str) -> None:
        dossier = to_signature(world)
        given = at_once(
            *[
                lambda: sign(dossier_id=dossier.pk, by=again(world.leader), at=hours(26), step=step)
                for _ in range(3)
            ]
        )
        assert refusals(given) == 2
        assert Line.objects.filter(subject_id=dossier.pk, name="DecisionSigned").count() == 1
        assert Task.objects.open().filter(dossier_id=dossier.pk).count() == 1

    def test_signing_and_sending_back_do_not_both_happen(self, world: World) -> None:
        dossier = to_signature(world)
        given = at_once(
            lambda: sign(dossier_id=dossier.pk, by=again(world.leader), at=hours(26)),
            lambda: send_back(dossier_id=dossier.pk, reason="Thiếu", by=again(world.leader), at=hours(26)),
        )
        assert refusals(given) == 1
        assert verify().is_intact

    def test_one_of_two_gets_the_work(self, world: World) -> None:
        dossier = to_work(world)
        Assignment.objects.filter(dossier=dossier, until=None).update(until=hours(3))
        Dossier.objects.filter(pk=dossier.pk).update(holder=None)
        Task.objects.filter(dossier_id=dossier.pk, completed_at=None).update(holder=None)
        given = at_once(
            lambda: claim(dossier_id=dossier.pk, by=again(world.officer), at=hours(3)),
            lambda: claim(dossier_id=dossier.pk, by=again(world.colleague), at=hours(3)),
        )
        assert refusals(given) == 1
        assert Assignment.objects.filter(dossier=dossier, until=None).count() == 1

    def test_reassigning_while_the_officer_proposes_leaves_one_truth(self, world: World) -> None:
        dossier = to_work(world)
        at_once(
            lambda: propose(
                dossier_id=dossier.pk, outcome="APPROVE", reason="", by=again(world.officer), at=hours(4)
            ),
            lambda: reassign(
                dossier_id=dossier.pk,
                holder=again(world.colleague),
                by=again(world.head),
                at=hours(4),
                reason="Nghỉ",
            ),
        )
        dossier.refresh_from_db()
        task = Task.objects.open().get(dossier_id=dossier.pk)
        assert (task.step_key, task.holder_id) == (dossier.step_key, dossier.holder_id)
        assert verify().is_intact

    def test_the_last_two_answers_at_once_set_the_dossier_going(self, world: World) -> None:
        dossier = to_work(world)
        for agency in (world.other, world.centre):
            consult(
                dossier_id=dossier.pk,
                agency=agency,
                question="?",
                due_at=hours(30),
                by=world.officer,
                at=hours(3),
            )
        keys: list[UUID] = list(Consultation.objects.values_list("pk", flat=True))
        given = at_once(
            *[
                lambda key=key: answer(consultation_id=key, text="Có", by=again(world.officer), at=hours(4))
                for key in keys
            ]
        )
        assert refusals(given) == 0
        dossier.refresh_from_db()
        assert dossier.state == "IN_WORK"
        assert verify().is_intact

    def test_a_result_is_given_out_once(self, world: World) -> None:
        dossier = to_signature(world)
        sign(dossier_id=dossier.pk, by=world.leader, at=hours(26))
        issue(dossier_id=dossier.pk, number="1", issued_on=date(2026, 3, 3), by=world.records, at=hours(27))
        given = at_once(
            *[
                lambda: return_result(dossier_id=dossier.pk, by=again(world.clerk), at=hours(28))
                for _ in range(2)
            ]
        )
        assert refusals(given) == 1
        assert Counter(Line.objects.of(dossier.pk).values_list("name", flat=True))["ResultReturned"] == 1


class TestKilledInTheMiddle:
    def test_leaves_nothing_behind(self, world: World) -> None:
        dossier = to_signature(world)

        def die() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                sign(dossier_id=dossier.pk, by=again(world.leader), at=hours(26))
                cursor.execute("SELECT pg_backend_pid()")
                pid = cursor.fetchone()[0]
                killer = connection.copy()
                with killer.cursor() as other:
                    other.execute("SELECT pg_terminate_backend(%s)", [pid])
                killer.close()
                cursor.execute("SELECT 1")

        with ThreadPoolExecutor(1) as pool, pytest.raises(Exception, match=r"terminat|closed|lost|shutdown"):
            pool.submit(die).result(60)
        dossier.refresh_from_db()
        assert (dossier.state, dossier.step_key) == ("DECIDED", "sign")
        assert not Line.objects.filter(subject_id=dossier.pk, name="DecisionSigned").exists()
        assert sign(dossier_id=dossier.pk, by=world.leader, at=hours(27)).state == "SIGNED"
