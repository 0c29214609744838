from __future__ import annotations

from datetime import timedelta

import pytest

from motcua.core.errors import InvalidInput
from motcua.core.time import local
from motcua.foundation.ledger import outbox
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import AlarmRule, Deadline
from motcua.service.dossiers.operations.consulting import answer, consult
from motcua.service.dossiers.operations.deadlines import minutes_before, raise_alarms, set_alarm
from motcua.service.dossiers.operations.deciding import propose
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.tests.test_supplementing import vn
from motcua.service.dossiers.tests.world import MONDAY, World, in_work


class TestRaiseAlarms:
    def test_tells_of_a_hand_over_an_hour_before_it_must_be_made(self, world: World) -> None:
        dossier = world.receive()
        assert raise_alarms(vn("2026-03-02T15:59")) == 0
        assert not Deadline.objects.exists()
        assert raise_alarms(vn("2026-03-02T16:00")) == 1
        assert raise_alarms(vn("2026-03-02T16:05")) == 0
        told = Line.objects.of(dossier.pk).last()
        assert (told.name, told.actor_id) == ("DeadlineAlarmed", None)
        assert "hạn 17:00 ngày 02/03/2026" in told.payload["note"]
        transfer(dossier_id=dossier.pk, by=world.clerk, at=vn("2026-03-02T16:30"))
        assert Deadline.objects.get(kind="TRANSFER").met_at == vn("2026-03-02T16:30")

    def test_counts_working_time_backwards_over_the_night(self, world: World) -> None:
        world.receive(at=vn("2026-03-02T15:30"))  # due at the opening of Tuesday
        assert raise_alarms(vn("2026-03-02T15:59")) == 0
        assert raise_alarms(vn("2026-03-02T16:01")) == 1

    def test_tells_while_there_is_still_time_to_ask_for_a_supplement(self, world: World) -> None:
        in_work(world)
        assert raise_alarms(vn("2026-03-05T10:59")) == 0
        assert raise_alarms(vn("2026-03-05T11:00")) == 1
        assert Deadline.objects.alarmed().count() == 1
        raise_alarms(vn("2026-03-06T08:00"))
        assert not Deadline.objects.running().exists()  # not to have asked is no breach

    def test_is_silent_about_what_was_proposed_meanwhile(self, world: World) -> None:
        dossier = in_work(world)
        propose(
            dossier_id=dossier.pk, outcome="APPROVE", reason="", by=world.officer, at=vn("2026-03-04T09:00")
        )
        assert raise_alarms(vn("2026-03-05T15:00")) == 0
        assert not Deadline.objects.running().exists()

    def test_tells_the_asked_agency_of_its_opinion(self, world: World) -> None:
        dossier = in_work(world)
        due = vn("2026-03-04T17:00")
        asked = consult(
            dossier_id=dossier.pk, agency=world.other, question="?", due_at=due, by=world.officer, at=vn("2026-03-02T14:00")
        )  # fmt: skip
        assert raise_alarms(vn("2026-03-04T14:00")) == 1
        assert Deadline.objects.alarmed().get().agency == world.other
        answer(consultation_id=asked.pk, text="Thống nhất", by=world.stranger, at=vn("2026-03-04T15:00"))
        assert Deadline.objects.get(kind="OPINION").met_at is not None


class TestSetAlarm:
    def test_holds_from_its_day_on(self, world: World) -> None:
        tomorrow = MONDAY + timedelta(days=1)
        set_alarm(kind="TRANSFER", minutes=120, reason="Nhắc sớm hơn", by=world.admin, at=tomorrow)
        assert (minutes_before("TRANSFER", MONDAY), minutes_before("TRANSFER", tomorrow)) == (60, 120)
        told = Line.objects.get(name="AlarmRuleSet")
        assert (told.payload["before"], told.payload["after"]) == (60, 120)
        set_alarm(kind="TRANSFER", minutes=90, reason="Vừa đủ", by=world.admin, at=tomorrow)
        assert AlarmRule.objects.get().minutes == 90

    def test_names_every_wrong_field(self, world: World) -> None:
        with pytest.raises(InvalidInput) as refusal:
            set_alarm(kind="?", minutes=0, reason=" ", by=world.admin, at=MONDAY)
        assert set(refusal.value.errors) == {"kind", "minutes", "reason"}


def test_the_alarm_of_an_old_rule_keeps_its_moment(world: World) -> None:
    in_work(world)
    before = Deadline.objects.get().alarm_at
    set_alarm(kind="SUPPLEMENT_NOTICE", minutes=30, reason="Ít hơn", by=world.admin, at=MONDAY)
    assert Deadline.objects.get().alarm_at == before
    assert local(before) == vn("2026-03-05T11:00")


def test_one_task_that_fails_does_not_stop_the_others(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "close_old_connections", lambda: None)
    done: list[object] = []

    def fails(at: object) -> None:
        raise RuntimeError("out of order")

    outbox.do_each([fails, done.append])
    assert len(done) == 1
    assert "out of order" in caplog.text
