"""The forecast: honest when little is known, and never better for who stands further behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.service.queueing.forecasting import FEWEST, Forecast, OpenDesk, forecast, percentile

FIVE = [timedelta(minutes=5)] * FEWEST


def told_of(ahead: int, desks: int = 1, busy: int = 0, served: list[timedelta] = FIVE) -> Forecast | None:
    """One line, so many before, so many desks that serve it."""
    opened = [OpenDesk(frozenset("a"), place < busy) for place in range(desks)]
    return forecast(order="a" * (ahead + 1), desks=opened, served={"a": served})


def wait(ahead: int, desks: int = 1, busy: int = 0, served: list[timedelta] = FIVE) -> timedelta:
    told = told_of(ahead, desks, busy, served)
    assert told
    return told.median


class TestForecast:
    @pytest.mark.parametrize(
        ("ahead", "desks", "minutes"), [(0, 1, 0), (1, 1, 5), (4, 1, 20), (4, 2, 10), (5, 3, 5), (6, 3, 10)]
    )
    def test_of_services_of_one_length_is_exact(self, ahead: int, desks: int, minutes: int) -> None:
        told = told_of(ahead, desks)
        assert told
        assert (told.median, told.ninetieth) == (timedelta(minutes=minutes),) * 2
        assert told.measured == FEWEST

    def test_counts_who_is_at_a_desk_already(self) -> None:
        assert timedelta(0) < wait(0, busy=1) < timedelta(minutes=5)
        assert wait(0, desks=2, busy=1) == timedelta(0)

    @pytest.mark.parametrize(
        ("ahead", "desks", "number"), [(1, 1, FEWEST - 1), (1, 0, FEWEST), (1000, 1, FEWEST)]
    )
    def test_is_silent_when_too_little_is_known(self, ahead: int, desks: int, number: int) -> None:
        assert told_of(ahead, desks, served=FIVE[:number]) is None

    def test_says_the_same_of_the_same_facts(self) -> None:
        served = [timedelta(seconds=60 + 17 * place % 900) for place in range(40)]
        assert told_of(7, 2, 1, served) == told_of(7, 2, 1, served)

    def test_lets_each_desk_take_only_its_lines(self) -> None:
        desks = [OpenDesk(frozenset("ab")), OpenDesk(frozenset("b"))]
        served = {"a": FIVE, "b": [timedelta(minutes=20)] * FEWEST}
        before = {"bba": 20, "aba": 5, "bbbba": 40, "ba": 20, "a": 0}
        for order, minutes in before.items():
            told = forecast(order=order, desks=desks, served=served)
            assert told
            assert told.median == timedelta(minutes=minutes), order

    def test_takes_others_to_last_as_long_as_ones_own_when_unmeasured(self) -> None:
        told = forecast(order="ba", desks=[OpenDesk(frozenset("ab"))], served={"a": FIVE})
        assert told
        assert told.median == timedelta(minutes=5)
        assert forecast(order="ab", desks=[OpenDesk(frozenset("ab"))], served={"a": FIVE}) is None

    def test_lies_near_the_true_mean(self) -> None:
        served = [timedelta(minutes=2), timedelta(minutes=8)] * 20
        assert timedelta(minutes=80) < wait(20, served=served) < timedelta(minutes=120)

    @given(
        seconds=st.lists(st.integers(10, 3600), min_size=FEWEST, max_size=60),
        ahead=st.integers(0, 30),
        desks=st.integers(1, 5),
    )
    def test_ninetieth_is_never_below_the_middle(self, seconds: list[int], ahead: int, desks: int) -> None:
        served = [timedelta(seconds=one) for one in seconds]
        told = told_of(ahead, desks, served=served)
        assert told
        assert told.median <= told.ninetieth
        assert told.ninetieth <= max(served) * (ahead // desks + 1)


class TestPercentile:
    def test_is_a_value_that_was_measured(self) -> None:
        values = [timedelta(minutes=number) for number in (9, 1, 5, 3, 7)]
        assert percentile(values, 0.5) == timedelta(minutes=5)
        assert percentile(values, 0.9) == timedelta(minutes=9)
        assert percentile([], 0.5) is None
