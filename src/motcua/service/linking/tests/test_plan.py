"""The plan of a group is pure: tables of dates, and what always holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import Limit, Regime, Unit, WorkCalendar, due
from motcua.foundation.calendars.seeds import REGIMES
from motcua.service.linking.plan import Circle, Piece, dependants, in_order, plan

CALENDAR = WorkCalendar().compiled
REGIME: Regime = REGIMES[-1]
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)


def days(number: int) -> Limit:
    return Limit(Decimal(number), Unit.WORKING_DAY)


def piece(key: str, number: int, *after: str) -> Piece:
    return Piece(key, key, days(number), CALENDAR, after)


def closes(day: int) -> datetime:
    return datetime(2026, 3, day, 17, 0, tzinfo=VIETNAM)


class TestPlan:
    def test_parts_that_wait_for_none_run_side_by_side(self):
        made = plan(MONDAY, [piece("a", 1), piece("b", 3)], REGIME)
        assert made.due_at == closes(5)
        assert made.critical == ("b",)

    def test_a_part_begins_when_what_it_needs_is_due(self):
        made = plan(MONDAY, [piece("card", 1, "birth"), piece("birth", 1), piece("home", 2, "birth")], REGIME)
        assert made.part("birth").due_at == closes(3)
        assert made.part("card").due_at == closes(4)
        assert made.due_at == closes(5)
        assert made.critical == ("birth", "home")
        assert made.part("home").waits_for == "birth"

    def test_filed_after_the_cutoff_everything_starts_the_next_working_day(self):
        late = datetime(2026, 3, 6, 15, 1, tzinfo=VIETNAM)  # a Friday
        pieces = [piece("a", 1), piece("b", 1, "a")]
        assert plan(late, pieces, REGIME).due_at == closes(10)
        assert plan(late, pieces, REGIME, starts_after_cutoff_next_day=True).due_at == closes(11)

    def test_a_part_whose_own_law_says_so_counts_from_the_day_after_what_it_waited_for(self):
        own = Piece("b", "b", days(1), CALENDAR, ("a",), starts_next_day=True)
        assert plan(MONDAY, [piece("a", 1), own], REGIME).due_at == closes(5)

    def test_what_promises_nothing_leaves_the_whole_without_a_date(self):
        open_ended = Piece("b", "b", Limit(None, Unit.NONE), CALENDAR, ("a",))
        made = plan(MONDAY, [piece("a", 1), open_ended, piece("c", 1, "b")], REGIME)
        assert made.due_at is None
        assert made.critical == ()
        assert made.part("a").due_at == closes(3)
        assert made.part("c").due_at is None

    def test_a_circle_is_refused_in_words(self):
        with pytest.raises(Circle, match="chờ lẫn nhau"):
            plan(MONDAY, [piece("a", 1, "b"), piece("b", 1, "a")], REGIME)

    def test_who_depends_on_a_part(self):
        after = {"a": (), "b": ("a",), "c": ("b",), "d": ()}
        assert dependants(after, "a") == ["b", "c"]
        assert dependants(after, "c") == []


@st.composite
def groups(draw):
    """Any group: each part waits for some of those before it."""
    number = draw(st.integers(2, 6))
    pieces = []
    for place in range(number):
        after = draw(st.lists(st.sampled_from([f"p{n}" for n in range(place)]), unique=True)) if place else []
        pieces.append(piece(f"p{place}", draw(st.integers(1, 9)), *after))
    return draw(st.permutations(pieces))


BEGINNING = datetime(2026, 1, 5, tzinfo=VIETNAM)
moments = st.integers(0, 470_000).map(lambda minutes: BEGINNING + timedelta(minutes=minutes))


class TestAlways:
    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(groups(), moments, st.booleans())
    def test_the_whole_is_never_earlier_than_any_way_through_it(self, pieces, at, next_day):
        made = plan(at, pieces, REGIME, starts_after_cutoff_next_day=next_day)
        by_key = {one.key: one for one in pieces}

        def longest(key: str) -> int:
            one = by_key[key]
            return int(one.limit.value or 0) + max((longest(before) for before in one.after), default=0)

        for one in pieces:
            alone = due(at, days(longest(one.key)), CALENDAR, REGIME, starts_after_cutoff_next_day=next_day)
            assert made.due_at >= alone.due_at
            assert made.part(one.key).due_at == alone.due_at

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(groups(), moments, st.data())
    def test_a_longer_part_or_a_new_dependence_never_makes_it_earlier(self, pieces, at, data):
        before = plan(at, pieces, REGIME)
        order = in_order(pieces)
        place = data.draw(st.integers(0, len(order) - 1))
        chosen = order[place]
        more = (
            data.draw(st.lists(st.sampled_from([one.key for one in order[:place]]), unique=True))
            if place
            else []
        )
        longer = Piece(
            chosen.key, chosen.name, days(int(chosen.limit.value or 0) + data.draw(st.integers(0, 5))), CALENDAR,
            tuple(dict.fromkeys([*chosen.after, *more])),
        )  # fmt: skip
        after = plan(at, [longer if one.key == chosen.key else one for one in pieces], REGIME)
        assert after.due_at >= before.due_at

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(groups(), moments, moments)
    def test_filed_later_it_is_never_due_earlier(self, pieces, one, other):
        first, last = sorted([one, other])
        assert plan(first, pieces, REGIME).due_at <= plan(last, pieces, REGIME).due_at

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(groups(), moments)
    def test_the_critical_way_ends_with_the_whole(self, pieces, at):
        made = plan(at, pieces, REGIME)
        assert made.part(made.critical[-1]).due_at == made.due_at
        for earlier, later in zip(made.critical, made.critical[1:], strict=False):
            assert made.part(later).waits_for == earlier
