"""Who comes next: tables of people, and properties for whatever people may come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.core.time import VIETNAM
from motcua.service.queueing.ordering import LineRule, Waiting, counted, in_order, next_in_line

EIGHT = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
RULE = LineRule(normal_per_priority=2, longest_wait=timedelta(minutes=60))


def after(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def person(name: str, came: float = 0, **more: Any) -> Waiting:
    return Waiting(key=name, since=after(came), number=int(came) + 1, **more)


def order(people: list[Waiting], at: float, *, since_priority: int = 0, rule: LineRule = RULE) -> str:
    called = in_order(people, rule, after(at), normal_since_priority=since_priority)
    return " ".join(one.key for one in called)


class TestOrder:
    def test_of_nobody_is_empty(self) -> None:
        assert next_in_line([], RULE, EIGHT, normal_since_priority=0) is None

    def test_is_that_of_coming(self) -> None:
        assert order([person("b", 2), person("a", 1), person("c", 3)], 5) == "a b c"

    def test_lets_one_priority_in_after_so_many_others(self) -> None:
        people = [person(f"n{place}", place) for place in range(5)]
        old = [person("p1", 5, is_priority=True), person("p2", 6, is_priority=True)]
        assert order(people + old, 10, since_priority=0) == "n0 n1 p1 n2 n3 p2 n4"
        assert order(people + old, 10, since_priority=2) == "p1 n0 n1 p2 n2 n3 n4"

    def test_calls_all_priority_first_where_the_unit_says_so(self) -> None:
        people = [person("n", 0), person("p1", 5, is_priority=True), person("p2", 6, is_priority=True)]
        assert order(people, 10, rule=LineRule(normal_per_priority=0)) == "p1 p2 n"

    def test_does_not_keep_priority_waiting_when_nobody_else_is_there(self) -> None:
        assert order([person("p", 5, is_priority=True)], 6) == "p"

    @pytest.mark.parametrize(
        ("at", "said"),
        [(15, "n hen"), (20, "hen n"), (29, "hen n")],
        ids=["long before", "ten minutes before", "just before"],
    )
    def test_keeps_an_appointment_at_its_time(self, at: float, said: str) -> None:
        assert order([person("n", 0), person("hen", 1, appointment_at=after(30))], at) == said

    def test_calls_an_early_guest_when_nobody_else_waits(self) -> None:
        assert order([person("hen", 0, appointment_at=after(120))], 5) == "hen"

    def test_calls_first_whoever_waited_too_long(self) -> None:
        people = [
            person("n", 0), person("p", 20, is_priority=True), person("hen", 1, appointment_at=after(60)),
        ]  # fmt: skip
        assert order(people, 59, since_priority=9) == "hen p n"
        assert order(people, 60, since_priority=9) == "n hen p"

    def test_does_not_let_an_early_guest_age_before_the_time(self) -> None:
        assert order([person("hen", 0, appointment_at=after(180)), person("n", 100)], 110) == "n hen"

    def test_counts_an_appointment_as_neither(self) -> None:
        assert counted(2, person("hen", appointment_at=EIGHT)) == 2
        assert counted(2, person("n")) == 3
        assert counted(2, person("p", is_priority=True)) == 0


PEOPLE = st.lists(
    st.tuples(st.integers(0, 240), st.booleans(), st.one_of(st.none(), st.integers(0, 300))),
    min_size=1,
    max_size=40,
)
RULES = st.builds(
    LineRule,
    normal_per_priority=st.integers(0, 5),
    longest_wait=st.integers(5, 120).map(lambda number: timedelta(minutes=number)),
    early=st.integers(0, 30).map(lambda number: timedelta(minutes=number)),
)


def crowd(drawn: list[tuple[int, bool, int | None]]) -> list[Waiting]:
    return [
        Waiting(place, after(came), place, first, after(meets) if meets is not None else None)
        for place, (came, first, meets) in enumerate(drawn)
    ]


class TestWhoeverComes:
    @given(people=PEOPLE, rule=RULES, at=st.integers(0, 500))
    def test_everybody_is_called_once(self, people: Any, rule: LineRule, at: int) -> None:
        waiting = crowd(people)
        called = in_order(waiting, rule, after(at), normal_since_priority=0)
        assert sorted(one.key for one in called) == sorted(one.key for one in waiting)

    @given(people=PEOPLE, rule=RULES, at=st.integers(0, 500), since=st.integers(0, 9))
    def test_nobody_who_waited_too_long_is_passed_by_one_who_waited_less(
        self, people: Any, rule: LineRule, at: int, since: int
    ) -> None:
        waiting = [one for one in crowd(people) if one.since <= after(at)]
        called = next_in_line(waiting, rule, after(at), normal_since_priority=since)
        for one in waiting:
            if after(at) - one.waits_from(rule) >= rule.longest_wait:
                assert called
                assert called.waits_from(rule) <= one.waits_from(rule)

    @settings(max_examples=60)
    @given(people=PEOPLE, rule=RULES, every=st.integers(1, 12))
    def test_nobody_waits_for_ever(self, people: Any, rule: LineRule, every: int) -> None:
        """One desk calls one person every so many minutes while more keep coming, priority and appointments before all.

        From the moment somebody has waited too long, at most those can come before who had waited longer by then.
        """
        waiting = crowd(people)
        patient = waiting[0]
        aged = patient.waits_from(rule) + rule.longest_wait
        minute, since, newcomers = 0, 0, 0
        allowed: set[Any] | None = None
        while True:
            at = after(minute)
            newcomers += 1
            waiting.append(Waiting(("new", newcomers), at, 1000 + newcomers, is_priority=True))
            there = [one for one in waiting if one.since <= at]
            if at >= aged and allowed is None:
                allowed = {one.key for one in there if one.waits_from(rule) <= patient.waits_from(rule)}
            called = next_in_line(there, rule, at, normal_since_priority=since)
            if called:
                waiting.remove(called)
                since = counted(since, called)
                if called.key == patient.key:
                    return
                if allowed is not None:
                    assert called.key in allowed
                    allowed.discard(called.key)
            minute += every
            assert minute < 100_000

    @given(people=PEOPLE, rule=RULES, at=st.integers(0, 500))
    def test_people_of_one_kind_keep_their_order(self, people: Any, rule: LineRule, at: int) -> None:
        waiting = [one for one in crowd(people) if one.appointment_at is None]
        called = in_order(waiting, rule, after(at), normal_since_priority=0)
        for is_priority in (True, False):
            same = [(one.since, one.number) for one in called if one.is_priority is is_priority]
            assert same == sorted(same)
