from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.time import now
from motcua.service.dossiers.lasting import quantile, survival, usual
from motcua.service.dossiers.models import Dossier, UsualTime
from motcua.service.dossiers.operations.lasting import learn_usual_times
from motcua.service.dossiers.tests.world import build_world

seen = st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=40)


def redistributed(rows: list[tuple[int, bool]]) -> dict[int, Fraction]:
    """Brute force: each open dossier hands its weight on, in equal parts, to all that lasted longer than it."""
    order = sorted(rows, key=lambda row: (row[0], not row[1]))  # finished before open on one day
    weight = [Fraction(1, len(rows)) for _ in rows]
    for place, (_, is_finished) in enumerate(order):
        later = range(place + 1, len(rows))
        if not is_finished and later:
            for heir in later:
                weight[heir] += weight[place] / len(later)
            weight[place] = Fraction(0)
    left, longer = {}, Fraction(1)
    for (days, is_finished), held in zip(order, weight, strict=True):
        if is_finished:
            longer -= held
            left[days] = longer
    return left


class TestKaplanMeier:
    def test_by_hand(self) -> None:
        """Ten dossiers: 2 2 3 3+ 4 5+ 6 7+ 8 8+ (+: still open)."""
        finished, still = Counter([2, 2, 3, 4, 6, 8]), Counter([3, 5, 7, 8])
        assert dict(survival(finished, still)) == {
            2: Fraction(8, 10),
            3: Fraction(7, 10),
            4: Fraction(7, 10) * Fraction(5, 6),
            6: Fraction(7, 10) * Fraction(5, 6) * Fraction(3, 4),
            8: Fraction(7, 10) * Fraction(5, 6) * Fraction(3, 4) * Fraction(1, 2),
        }
        assert usual(finished, still).median == 6
        assert usual(finished, still).ninth_decile is None

    @given(seen)
    def test_is_the_weight_handed_on_by_what_is_open(self, rows: list[tuple[int, bool]]) -> None:
        finished = Counter(days for days, is_finished in rows if is_finished)
        still = Counter(days for days, is_finished in rows if not is_finished)
        assert dict(survival(finished, still)) == (redistributed(rows) if rows else {})

    @given(st.lists(st.integers(0, 50), min_size=1))
    def test_with_nothing_open_is_the_plain_quantile(self, days: list[int]) -> None:
        half = sorted(days)[-(-len(days) // 2) - 1]
        assert quantile(Fraction(1, 2), Counter(days), {}) == half

    @given(seen)
    def test_an_open_dossier_never_makes_it_shorter(self, rows: list[tuple[int, bool]]) -> None:
        finished = Counter(days for days, is_finished in rows if is_finished)
        still = Counter(days for days, is_finished in rows if not is_finished)
        alone = quantile(Fraction(1, 2), finished, {})
        both = quantile(Fraction(1, 2), finished, still)
        assert both is None or (alone is not None and both >= alone)

    def test_of_nothing_says_nothing(self) -> None:
        assert not usual({}, {}).says_enough
        assert not usual(Counter([1] * 9), {}).says_enough
        assert usual(Counter([1] * 10), {}).says_enough


@pytest.mark.django_db
def test_is_learnt_of_each_agency_and_of_the_province() -> None:
    world = build_world()
    at = now()
    dossier = world.receive(at - timedelta(days=9))
    world.receive(at - timedelta(days=2))
    Dossier.objects.filter(pk=dossier.pk).update(finished_at=dossier.received_at)
    assert learn_usual_times(at) == learn_usual_times(at) == 2
    rows = UsualTime.objects.filter(procedure=dossier.procedure)
    assert {(row.agency_id, row.median, row.dossiers, row.finished) for row in rows} == {
        (dossier.agency_id, 0, 2, 1),
        (None, 0, 2, 1),
    }
    assert not any(row.says_enough for row in rows)
