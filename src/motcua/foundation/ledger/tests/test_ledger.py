from __future__ import annotations

import json
import time
import tracemalloc
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction

from motcua.core import events
from motcua.core.errors import Stale
from motcua.core.events import Event, Fact
from motcua.core.time import now
from motcua.foundation.ledger import outbox
from motcua.foundation.ledger.chain import line_hash
from motcua.foundation.ledger.models import Delivery, Line, Seal
from motcua.foundation.ledger.verifying import seal_until, verify
from motcua.foundation.ledger.writing import chain_key, write

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class CupFilled(Event):
    label: ClassVar[str] = "Rót đầy"
    subject_type: ClassVar[str] = "cup"

    litres: int


heard: list[Fact] = []


def listen(fact: Fact) -> None:
    heard.append(fact)


def refuse(fact: Fact) -> None:
    raise ConnectionError("máy bên kia không trả lời")


@pytest.fixture(autouse=True)
def _subscriptions() -> Iterator[None]:
    from motcua.config import subscriptions

    heard.clear()
    events.subscribe(in_transaction={Event: [write]}, after_commit={CupFilled: [listen]})
    yield
    subscriptions.install()


def fill(subject: uuid.UUID, litres: int) -> None:
    with transaction.atomic():
        events.record(CupFilled(subject_id=subject, actor_id=None, at=AT, litres=litres))


@transaction.atomic
def fill_and_fail(subject: uuid.UUID) -> None:
    events.record(CupFilled(subject_id=subject, actor_id=None, at=AT, litres=1))
    raise ZeroDivisionError


def tamper(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


class TestWrite:
    def test_numbers_and_chains_the_lines_of_one_subject(self) -> None:
        cup = uuid.uuid4()
        fill(cup, 1)
        fill(cup, 2)

        first, second = Line.objects.filter(subject_id=cup).order_by("number")
        assert (first.number, second.number) == (1, 2)
        assert second.previous == first.hash
        assert second.payload == {"litres": 2}

    def test_writes_many_at_once_as_one_by_one(self) -> None:
        known, other = uuid.uuid4(), uuid.uuid4()
        fill(known, 1)
        told = [(known, 2), (other, 1), (known, 3)]
        with transaction.atomic():
            events.record_all(
                [CupFilled(subject_id=cup, actor_id=None, at=AT, litres=litres) for cup, litres in told]
            )

        of_known = list(Line.objects.filter(subject_id=known).order_by("number"))
        assert [(line.number, line.payload["litres"]) for line in of_known] == [(1, 1), (2, 2), (3, 3)]
        assert [line.previous for line in of_known] == ["", of_known[0].hash, of_known[1].hash]
        assert Delivery.objects.count() == 4
        verdict = verify()
        assert (verdict.is_intact, verdict.lines) == (True, 4)

    def test_goes_away_with_an_act_that_fails(self) -> None:
        cup = uuid.uuid4()
        with pytest.raises(ZeroDivisionError):
            fill_and_fail(cup)
        assert not Line.objects.filter(subject_id=cup).exists()
        assert not Delivery.objects.exists()

    def test_refuses_a_change_through_the_models(self) -> None:
        fill(uuid.uuid4(), 1)
        with pytest.raises(TypeError):
            Line.objects.update(name="x")
        with pytest.raises(TypeError):
            Line.objects.all().delete()


class TestVerify:
    def test_is_green_on_untouched_chains(self) -> None:
        for litres in range(5):
            fill(uuid.uuid4(), litres)
        verdict = verify()
        assert verdict.is_intact
        assert verdict.lines == 5

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE ledger_line SET payload = '{\"litres\": 9}' WHERE number = 2",
            "UPDATE ledger_line SET at = at + interval '1 second' WHERE number = 2",
            "UPDATE ledger_line SET actor_id = gen_random_uuid() WHERE number = 1",
            "UPDATE ledger_line SET name = 'CupEmptied' WHERE number = 3",
            "UPDATE ledger_line SET label = 'Uống cạn' WHERE number = 3",
            "UPDATE ledger_line SET subject_type = 'jug' WHERE number = 1",
            'UPDATE ledger_line SET payload = payload || \'{"by": "x"}\' WHERE number = 1',
            "UPDATE ledger_line SET previous = '' WHERE number = 2",
            "UPDATE ledger_line SET hash = repeat('0', 64) WHERE number = 3",
            "UPDATE ledger_line SET number = 9 WHERE number = 3",
            "UPDATE ledger_line SET payload = (SELECT payload FROM ledger_line WHERE number = 1) WHERE number = 2",
            "DELETE FROM ledger_delivery; DELETE FROM ledger_line WHERE number = 2",
        ],
    )
    def test_finds_a_change_made_by_hand(self, change: str) -> None:
        cup = uuid.uuid4()
        for litres in (1, 2, 3):
            fill(cup, litres)
        tamper(change)
        verdict = verify()
        assert not verdict.is_intact
        assert verdict.faults[0].subject_id == cup

    def test_misses_no_last_line_of_a_sealed_day(self) -> None:
        cup = uuid.uuid4()
        fill(cup, 1)
        fill(cup, 2)
        assert seal_until(now().date() + timedelta(days=2)) == 1
        assert verify().is_intact
        tamper("DELETE FROM ledger_delivery")
        tamper("DELETE FROM ledger_line WHERE number = 2")
        verdict = verify()
        assert [fault.subject_id for fault in verdict.faults] == [None]
        assert Seal.objects.count() == 1

    def test_finds_lines_of_two_subjects_put_in_each_other_s_place(self) -> None:
        first, second = uuid.uuid4(), uuid.uuid4()
        fill(first, 1)
        fill(second, 2)
        third = uuid.uuid4()
        tamper("UPDATE ledger_line SET subject_id = %s WHERE subject_id = %s", third, first)
        assert [fault.subject_id for fault in verify().faults] == [third]

    def test_misses_a_day_taken_away_with_its_seal(self) -> None:
        days = [now() - timedelta(days=ago) for ago in (3, 2, 1)]
        for day in days:
            cup = uuid.uuid4()
            fill(cup, 1)
            tamper("UPDATE ledger_line SET recorded_at = %s WHERE subject_id = %s", day, cup)
        assert seal_until(now().date()) == 3
        assert verify().is_intact
        tamper("DELETE FROM ledger_delivery")
        tamper("DELETE FROM ledger_line WHERE recorded_at = %s", days[1])
        tamper("DELETE FROM ledger_seal WHERE day = %s", days[1].date())
        assert not verify().is_intact

    def test_seals_go_on_from_day_to_day(self) -> None:
        fill(uuid.uuid4(), 1)
        tamper("UPDATE ledger_line SET recorded_at = now() - interval '2 days'")
        seal_until(now().date() - timedelta(days=1))
        fill(uuid.uuid4(), 2)
        assert seal_until(now().date() + timedelta(days=1)) == 1
        assert verify().is_intact

    def test_reads_line_by_line_and_never_the_whole_ledger(self) -> None:
        write_many(subjects=500, lines=20)
        tracemalloc.start()
        try:
            verdict = verify()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (verdict.lines, verdict.subjects, verdict.faults) == (10_000, 500, [])
        assert peak < 12 * 2**20, peak  # two chunks of 2000 lines, not all of them


class TestOutbox:
    def test_calls_nobody_for_a_claim_that_has_outlived_its_lease(self) -> None:
        fill(uuid.uuid4(), 1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(outbox.CLAIM, [outbox.LEASE, 5])
            claim = outbox.Claim(*cursor.fetchone())
        tamper("UPDATE ledger_delivery SET next_at = now() - interval '1 second'")
        assert outbox.deliver_due() == 1  # another worker
        outbox._deliver(claim)  # the first one wakes up
        assert len(heard) == 1
        assert Delivery.objects.get().state == "DONE"

    def test_buries_what_ends_every_worker_that_touches_it(self) -> None:
        fill(uuid.uuid4(), 1)
        for _ in range(outbox.MOST_ATTEMPTS):
            tamper("UPDATE ledger_delivery SET next_at = now() - interval '1 second'")
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(outbox.CLAIM, [outbox.LEASE, 5])  # claimed, then killed
        tamper("UPDATE ledger_delivery SET next_at = now() - interval '1 second'")
        outbox.deliver_due()
        letter = Delivery.objects.get()
        assert letter.state == "DEAD"
        assert "worker" in letter.last_error
        assert heard == []

    def test_says_when_there_is_no_dead_letter_to_revive(self) -> None:
        assert not outbox.revive(1)

    def test_delivers_once_and_in_order(self) -> None:
        cup = uuid.uuid4()
        fill(cup, 1)
        fill(cup, 2)
        while outbox.deliver_due():
            pass
        assert [fact.payload["litres"] for fact in heard] == [1, 2]
        assert set(Delivery.objects.values_list("state", flat=True)) == {"DONE"}

    def test_retries_with_back_off_and_never_blocks_another_subject(self) -> None:
        events.subscribe(in_transaction={Event: [write]}, after_commit={CupFilled: [refuse]})
        broken, sound = uuid.uuid4(), uuid.uuid4()
        fill(broken, 1)
        outbox.deliver_due()
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts) == ("PENDING", 1)
        assert "không trả lời" in delivery.last_error

        tamper("UPDATE ledger_delivery SET listener = %s", outbox_name(listen))
        events.subscribe(in_transaction={Event: [write]}, after_commit={CupFilled: [listen]})
        fill(sound, 2)
        outbox.deliver_due()
        assert [fact.subject_id for fact in heard] == [sound]

    def test_buries_what_never_arrives_and_revives_it_on_request(self) -> None:
        events.subscribe(in_transaction={Event: [write]}, after_commit={CupFilled: [refuse]})
        fill(uuid.uuid4(), 1)
        for _ in range(outbox.MOST_ATTEMPTS):
            tamper("UPDATE ledger_delivery SET next_at = now() - interval '1 second'")
            outbox.deliver_due()
        letter = Delivery.objects.get()
        assert letter.state == "DEAD"
        assert outbox.deliver_due() == 0

        outbox.revive(letter.pk)
        letter.refresh_from_db()
        assert (letter.state, letter.attempts) == ("PENDING", 0)

    def test_a_worker_killed_in_the_middle_lets_go(self) -> None:
        fill(uuid.uuid4(), 1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(outbox.CLAIM, [outbox.LEASE, 5])  # claimed, then the process dies
        assert outbox.deliver_due() == 0
        tamper("UPDATE ledger_delivery SET next_at = now() - interval '1 second'")
        assert outbox.deliver_due() == 1
        assert len(heard) == 1


class TestTwoWorkers:
    @pytest.mark.django_db(transaction=True)
    def test_at_once_call_each_listener_once_and_in_the_order_of_its_subject(self) -> None:
        cups = [uuid.uuid4() for _ in range(5)]
        for litres in range(6):
            for cup in cups:
                fill(cup, litres)

        def work(_: int) -> None:
            try:
                idle = 0
                while idle < 5:
                    idle = 0 if outbox.deliver_due(limit=3) else idle + 1
                    time.sleep(0.005)
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(work, range(3)))
        assert len(heard) == 30
        for cup in cups:
            assert [fact.payload["litres"] for fact in heard if fact.subject_id == cup] == list(range(6))
        assert set(Delivery.objects.values_list("state", flat=True)) == {"DONE"}

    @pytest.mark.django_db(transaction=True)
    def test_at_once_write_no_chain_with_two_ends(self) -> None:
        cup = uuid.uuid4()

        def write_some(_: int) -> int:
            done = 0
            try:
                for _turn in range(10):
                    with suppress(Stale):
                        fill(cup, 1)
                        done += 1
            finally:
                connection.close()
            return done

        with ThreadPoolExecutor(3) as pool:
            written = sum(pool.map(write_some, range(3)))
        assert Line.objects.filter(subject_id=cup).count() == written
        assert verify().is_intact


def write_many(*, subjects: int, lines: int) -> None:
    """Many true chains, by COPY."""
    key, at = chain_key(), AT.isoformat()
    columns = "id, subject_type, subject_id, number, name, label, actor_id, at, payload, previous, hash"
    with connection.cursor() as cursor, cursor.copy(f"COPY ledger_line ({columns}) FROM STDIN") as copy:
        for subject in range(subjects):
            subject_id, previous = uuid.UUID(int=subject + 1), ""
            for number in range(1, lines + 1):
                signature = line_hash(
                    key, subject_type="cup", subject_id=subject_id, number=number, name="CupFilled", label="Rót đầy",
                    actor_id=None, at=AT, payload={"litres": number}, previous=previous,
                )  # fmt: skip
                row = (
                    uuid.uuid4(), "cup", subject_id, number, "CupFilled", "Rót đầy", None, at,
                    json.dumps({"litres": number}), previous, signature,
                )  # fmt: skip
                copy.write_row(row)
                previous = signature


def outbox_name(listener: object) -> str:
    return events.listener_name(listener)  # type: ignore[arg-type]
