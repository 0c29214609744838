"""Dời mọi ngày hẹn: together as one by one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.foundation.calendars.operations.changing import change_days, closure
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.service.dossiers.models import Dossier, Rescheduling
from motcua.service.dossiers.operations import rescheduling
from motcua.service.dossiers.operations.rescheduling import Moved, reschedule, reschedule_all
from motcua.service.dossiers.tests.world import MONDAY, World
from motcua.service.workflows.models import Task

NOON = MONDAY + timedelta(hours=3)


@pytest.fixture
def stormy(world: World) -> World:
    """Five dossiers, and then two days off for the department that nobody knew of."""
    from motcua.foundation.calendars.models import Calendar

    for number in range(5):
        world.receive(MONDAY + timedelta(minutes=number))
    calendar, _ = Calendar.objects.get_or_create(
        agency_id=world.department.pk, defaults={"name": "Lịch riêng"}
    )
    change_days(
        calendar_id=calendar.pk,
        changes=closure(date(2026, 3, 4), date(2026, 3, 5), "Bão"),
        reason="Bão số 3",
        by=world.admin,
        at=NOON,
    )
    return world


def facts(dossiers: Any) -> list[Any]:
    """What a moved promise leaves, besides keys and hashes."""
    return [
        (
            one.due_at,
            one.first_due_at,
            one.step_due_at,
            list(Task.objects.of(one.pk).values_list("due_at", flat=True)),
            list(
                Rescheduling.objects.filter(dossier=one).values_list(
                    "due_before", "due_after", "reason", "at", "by"
                )
            ),
            list(
                Line.objects.of(one.pk)
                .filter(name="DueDateMoved")
                .values_list("number", "payload", "actor_id")
            ),
        )
        for one in dossiers
    ]


def all_at_once(world: World, **given: Any) -> Moved:
    return reschedule_all(by=world.admin, at=NOON, reason="Bão số 3", **given)


class TestRescheduleAll:
    def test_leaves_what_rescheduling_one_by_one_leaves(self, stormy: World) -> None:
        Dossier.objects.update(step_due_at=MONDAY + timedelta(days=60))
        Task.objects.open().update(due_at=MONDAY + timedelta(days=60))
        dossiers = list(Dossier.objects.order_by("received_at"))
        twin = dossiers[0]
        reschedule(dossier_id=twin.pk, by=stormy.admin, at=NOON, reason="Bão số 3")
        stand = all_at_once(stormy)
        assert (stand.total, stand.looked, stand.moved, stand.busy, stand.after) == (5, 5, 4, 0, "")
        alone, *together = facts(Dossier.objects.order_by("received_at"))
        assert all(told[1:4] == alone[1:4] or told[2] == told[0] for told in together)
        for told in together:
            assert len(told[4]) == len(told[5]) == 1
            assert told[2] == told[0] == told[3][-1]  # the step is never due after the dossier
        assert verify().is_intact

    def test_gives_each_the_date_that_the_clock_gives_it_alone(self, stormy: World) -> None:
        all_at_once(stormy)
        after = dict(Dossier.objects.values_list("pk", "due_at"))
        for pk, due_at in after.items():
            assert reschedule(dossier_id=pk, by=stormy.admin, at=NOON, reason="x") is None
            assert due_at == Dossier.objects.get(pk=pk).due_at

    def test_moves_nothing_twice(self, stormy: World) -> None:
        assert all_at_once(stormy).moved == 5
        assert all_at_once(stormy).moved == 0

    def test_tells_how_far_it_is_and_goes_on(self, stormy: World, monkeypatch) -> None:
        monkeypatch.setattr(rescheduling, "CHUNK", 2)
        told: list[Moved] = []
        first = all_at_once(stormy, progress=told.append, should_stop=lambda: True)
        assert (first.looked, first.moved, bool(first.after)) == (2, 2, True)
        last = all_at_once(stormy, since=first, progress=told.append)
        assert (last.looked, last.moved, last.after) == (5, 5, "")
        assert [one.looked for one in told] == [2, 4, 5]

    def test_moves_only_where_one_may(self, stormy: World) -> None:
        assert reschedule_all(by=stormy.officer, at=NOON, reason="x") == Moved(0)
        assert all_at_once(stormy, agency_ids=[stormy.other.pk]).total == 0

    def test_leaves_alone_what_an_officer_has_set(self, stormy: World) -> None:
        Dossier.objects.update(due_reason="Theo lịch hẹn của dân")
        assert all_at_once(stormy).total == 0

    def test_asks_as_many_questions_for_many_as_for_one(self, stormy: World) -> None:
        counts = []
        for keep in (1, 4):
            Dossier.objects.update(due_reason="đặt tay")
            chosen = list(Dossier.objects.filter(reschedulings=None).values_list("pk", flat=True)[:keep])
            Dossier.objects.filter(pk__in=chosen).update(due_reason="")
            all_at_once(stormy, agency_ids=[])  # what a process keeps is read
            with CaptureQueriesContext(connection) as captured:
                assert all_at_once(stormy).moved == keep
            counts.append(sum("calendarversion" not in one["sql"] for one in captured.captured_queries))
        assert counts[1] <= counts[0]
