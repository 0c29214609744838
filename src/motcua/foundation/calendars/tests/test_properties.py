from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from motcua.core.time import VIETNAM
from motcua.foundation.calendars import seeds
from motcua.foundation.calendars.clock import (
    OFFICE_HOURS,
    CompiledCalendar,
    Happening,
    Limit,
    Mark,
    SupplementRule,
    Track,
    Unit,
    WorkCalendar,
    add_working_minutes,
    due,
    due_at,
    replay,
    spent,
    start_of,
    working_minutes_between,
)
from motcua.foundation.calendars.tests.naive import naive_due
from motcua.foundation.calendars.tests.strategies import (
    calendars,
    days,
    limits,
    marks_of,
    pauses,
    proof,
    ready,
    receptions,
    regimes,
)

OFFICE = CompiledCalendar(WorkCalendar())


class TestDueDate:
    @proof
    @given(receptions, limits, calendars, regimes, st.data())
    def test_is_the_same_as_that_of_a_naive_loop(self, at, limit, calendar, regime, data) -> None:
        spans = data.draw(pauses(at))

        prepared, marks = ready(calendar), marks_of(spans)

        answer = due(at, limit, prepared, regime, events=marks)

        assert answer.due_at == naive_due(at, limit, calendar, regime, spans)
        assert answer.due_at == due_at(at, limit, prepared, regime, events=marks)

    @proof
    @given(receptions, limits, calendars, regimes, st.booleans())
    def test_is_never_before_the_reception(self, at, limit, calendar, regime, flag) -> None:
        answer = due(at, limit, ready(calendar), regime, starts_after_cutoff_next_day=flag)

        assert answer.due_at >= at.replace(second=0, microsecond=0)
        assert answer.start_at >= at

    @proof
    @given(receptions, receptions, limits, calendars, regimes, st.booleans())
    def test_is_never_earlier_for_a_later_reception(self, one, other, limit, calendar, regime, flag) -> None:
        prepared = ready(calendar)
        earlier, later = (
            due(at, limit, prepared, regime, starts_after_cutoff_next_day=flag).due_at
            for at in sorted([one, other])
        )

        assert earlier <= later

    @proof
    @given(receptions, limits, calendars, regimes, days, st.data())
    def test_is_never_earlier_for_one_more_holiday(self, at, limit, calendar, regime, day, data) -> None:
        marks = marks_of(data.draw(pauses(at)))
        more = replace(calendar, days_off={**calendar.days_off, day: "Thêm một ngày nghỉ"})

        with_holiday = due(at, limit, ready(more), regime, events=marks).due_at

        assert with_holiday >= due(at, limit, ready(calendar), regime, events=marks).due_at

    @proof
    @given(receptions, limits, calendars, regimes, st.booleans())
    def test_is_the_same_when_asked_from_the_start_that_it_gave(
        self, at, limit, calendar, regime, flag
    ) -> None:
        prepared = ready(calendar)
        answer = due(at, limit, prepared, regime, starts_after_cutoff_next_day=flag)

        assert due(answer.start_at, limit, prepared, regime).due_at == answer.due_at


class TestPause:
    @proof
    @given(receptions, limits, calendars, regimes, st.integers(0, 60 * 24 * 20))
    def test_that_ends_where_it_began_changes_nothing(self, at, limit, calendar, regime, later) -> None:
        moment = at + timedelta(minutes=later)
        marks = marks_of([(moment, moment)])
        prepared = ready(calendar)

        assert (
            due(at, limit, prepared, regime, events=marks).due_at == due(at, limit, prepared, regime).due_at
        )

    @proof
    @given(receptions, limits, calendars, regimes, st.data())
    def test_cut_in_two_is_still_one(self, at, limit, calendar, regime, data) -> None:
        cuts = sorted(data.draw(st.lists(st.integers(0, 60 * 24 * 30), min_size=3, max_size=3)))
        first, middle, last = (at + timedelta(minutes=cut) for cut in cuts)
        prepared = ready(calendar)

        whole = due(at, limit, prepared, regime, events=marks_of([(first, last)])).due_at

        assert (
            due(at, limit, prepared, regime, events=marks_of([(first, middle), (middle, last)])).due_at
            == whole
        )

    @proof
    @given(receptions, limits, calendars, regimes, st.data())
    def test_never_makes_the_date_earlier(self, at, limit, calendar, regime, data) -> None:
        marks = marks_of(data.draw(pauses(at)))
        prepared = ready(calendar)

        assert (
            due(at, limit, prepared, regime, events=marks).due_at >= due(at, limit, prepared, regime).due_at
        )

    @proof
    @given(receptions, limits, calendars, regimes, st.data())
    def test_that_began_before_the_date_never_ends_after_it(self, at, limit, calendar, regime, data) -> None:
        spans = data.draw(pauses(at, most=1))
        prepared = ready(calendar)
        promised = due(at, limit, prepared, regime).due_at
        moved = due(at, limit, prepared, regime, events=marks_of(spans)).due_at

        for first, last in spans:
            assert first >= promised or last <= moved


class TestExplanation:
    @proof
    @given(receptions, limits, calendars, regimes, st.data(), st.booleans())
    def test_sums_to_the_limit_and_ends_on_the_day(self, at, limit, calendar, regime, data, flag) -> None:
        marks = marks_of(data.draw(pauses(at)))
        answer = due(at, limit, ready(calendar), regime, starts_after_cutoff_next_day=flag, events=marks)

        lines = answer.explanation
        dated = [line for line in lines if line.opens is None or line.closes is not None]
        assert sum(line.counted for line in lines) == limit.amount
        assert lines[-1].running == limit.amount
        assert max(line.last for line in dated) == answer.due_at.date()
        assert all(earlier.running <= later.running for earlier, later in pairwise(lines))

    @proof
    @given(receptions, st.integers(1, 25), calendars, regimes)
    def test_names_each_day_once_and_counts_only_worked_ones(self, at, number, calendar, regime) -> None:
        answer = due(at, Limit(number, Unit.WORKING_DAY), ready(calendar), regime)

        for line in answer.explanation:
            for day in (line.first, line.last):
                assert not line.is_counted or calendar.is_working(day)


class TestSpent:
    @proof
    @given(receptions, limits, calendars, regimes, st.data())
    def test_and_left_make_the_whole(self, at, limit, calendar, regime, data) -> None:
        marks = marks_of(data.draw(pauses(at)))
        now = at + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 60)))

        sums = spent(at, limit, ready(calendar), regime, now=now, events=marks)

        assert sums.used + sums.left == sums.total
        assert sums.used >= 0

    @proof
    @given(receptions, st.integers(1, 20), regimes)
    def test_whole_is_the_limit_where_all_days_are_alike(self, at, number, regime) -> None:
        calendar = OFFICE
        first_counted = at if regime.end_moment == "SAME_HOUR" else at.replace(hour=23, minute=59)
        limit = Limit(number, Unit.WORKING_DAY)

        whole = working_minutes_between(first_counted, due(at, limit, calendar, regime).due_at, calendar)

        assert whole == number * sum(s.last_minute - s.first_minute for s in OFFICE_HOURS)


KINDS = st.sampled_from(Happening)
FOUR_MINUTES = st.lists(st.integers(1, 60 * 24 * 40), min_size=4, max_size=4, unique=True)


class TestReplay:
    @proof
    @given(receptions, regimes, st.sampled_from(SupplementRule), st.booleans(), st.data())
    def test_equals_what_was_kept_step_by_step(self, at, regime, rule, boundary_free, data) -> None:
        regime = replace(regime, supplement=rule)
        after = st.integers(0, 60 * 24 * 40).map(lambda minutes: at + timedelta(minutes=minutes))
        moments = sorted(data.draw(st.lists(after, max_size=8, unique=True)))
        marks = [Mark(data.draw(KINDS), moment, until=moment + timedelta(days=9)) for moment in moments]

        stored = reduce(
            lambda track, mark: track.after(mark, regime), marks, Track(at, is_provisional=boundary_free)
        )

        shuffled = data.draw(st.permutations(marks))
        assert replay(at, shuffled, regime, boundary_free=boundary_free) == stored

    @proof
    @given(receptions, limits, calendars, regimes, st.sampled_from(SupplementRule), st.data())
    def test_gives_the_date_that_was_stored(self, at, limit, calendar, regime, rule, data) -> None:
        regime = replace(regime, supplement=rule)
        prepared = ready(calendar)
        moments = [at + timedelta(minutes=minutes) for minutes in sorted(data.draw(FOUR_MINUTES))]
        begin, asked, answered, end = data.draw(st.sampled_from([moments, moments[1:] + moments[:1]]))
        marks = [Mark(Happening.SUPPLEMENT_REQUESTED, asked), Mark(Happening.SUPPLEMENT_COMPLETED, answered)]
        marks += marks_of([(begin, end)]) if begin < end else []
        marks.sort(key=lambda mark: mark.at)

        stored = None
        for number in range(len(marks) + 1):
            stored = due(at, limit, prepared, regime, events=marks[:number])

        rebuilt = due(at, limit, CompiledCalendar(calendar), regime, events=data.draw(st.permutations(marks)))
        assert rebuilt.due_at == stored.due_at
        assert rebuilt.start_at == (answered if rule is SupplementRule.RESTART else at)


class TestWorkingMinutes:
    @proof
    @given(receptions, st.integers(1, 20_000), calendars)
    def test_are_found_again(self, at, minutes, calendar) -> None:
        prepared = ready(calendar)

        assert working_minutes_between(at, add_working_minutes(at, minutes, prepared), prepared) == minutes

    @proof
    @given(receptions, calendars, regimes)
    def test_start_of_is_stable(self, at, calendar, regime) -> None:
        prepared = ready(calendar)
        start = start_of(at, prepared, regime)

        assert start_of(start, prepared, regime) == start or start.hour >= 15


class TestGrowing:
    def test_reaches_any_year_of_a_life(self) -> None:
        calendar = CompiledCalendar(WorkCalendar())
        regime = seeds.REGIMES[0]
        for year in (1955, 1999, 2045, 2190):
            at = datetime(year, 3, 2, 9, 0, tzinfo=VIETNAM)
            assert due(at, Limit(5, Unit.WORKING_DAY), calendar, regime).due_at == naive_due(
                at, Limit(5, Unit.WORKING_DAY), calendar.plain, regime
            )
