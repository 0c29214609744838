from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction

from motcua.core import events
from motcua.core.events import Event, Fact
from motcua.core.time import now
from motcua.foundation.ledger import outbox
from motcua.foundation.ledger.models import Delivery, Line, Seal
from motcua.foundation.ledger.verifying import seal_until, verify
from motcua.foundation.ledger.writing import write

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


class TestOutbox:
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


def outbox_name(listener: object) -> str:
    return events.listener_name(listener)  # type: ignore[arg-type]
