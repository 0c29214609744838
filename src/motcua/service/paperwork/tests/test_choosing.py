"""Which rule holds: a table of cases, and the law that the more specific one always wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.service.paperwork.choosing import Rule, Wanted, most_specific

PROVINCE, CENTRE, DESK, ELSEWHERE = 1, 2, 3, 9
WANTED = Wanted(form="RECEIPT", forms="TT03-2025", agencies=(PROVINCE, CENTRE, DESK), procedure=7)


def rule(name="", **scope):
    return Rule(key=uuid4(), **scope)


class TestMostSpecific:
    @pytest.mark.parametrize(
        ("stronger", "weaker"),
        [
            ({"agency": DESK}, {"agency": CENTRE}),
            ({"agency": CENTRE}, {"agency": PROVINCE}),
            ({"agency": PROVINCE}, {"procedure": 7}),
            ({"agency": CENTRE, "procedure": 7}, {"agency": CENTRE}),
            ({"procedure": 7}, {"forms": "TT03-2025"}),
            ({"forms": "TT03-2025"}, {"form": "RECEIPT"}),
            ({"form": "RECEIPT"}, {}),
            ({"valid_from": date(2026, 2, 1)}, {"valid_from": date(2026, 1, 1)}),
            ({"version": 2}, {"version": 1}),
        ],
    )
    def test_prefers(self, stronger, weaker):
        strong, weak = rule(**stronger), rule(**weaker)
        assert most_specific([weak, strong], WANTED) is strong
        assert most_specific([strong, weak], WANTED) is strong

    @pytest.mark.parametrize(
        "scope",
        [
            {"form": "RECEIP"},
            {"form": "BATCH_RECEIPT"},
            {"forms": "TT03"},
            {"forms": "TT01-2018"},
            {"agency": ELSEWHERE},
            {"procedure": 70},
        ],
    )
    def test_never_matches_a_part_of_a_word_or_another_place(self, scope):
        assert most_specific([rule(**scope)], WANTED) is None

    def test_has_no_answer_without_rules(self):
        assert most_specific([], WANTED) is None


scopes = st.builds(
    Rule,
    key=st.uuids(),
    form=st.sampled_from(["", "RECEIPT", "REFUSAL"]),
    forms=st.sampled_from(["", "TT03-2025", "TT01-2018"]),
    agency=st.sampled_from([None, PROVINCE, CENTRE, DESK, ELSEWHERE]),
    procedure=st.sampled_from([None, 7, 8]),
    valid_from=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    version=st.integers(1, 5),
)
NARROWER = {"form": "RECEIPT", "forms": "TT03-2025", "agency": DESK, "procedure": 7}


class TestProperties:
    @given(scopes, st.sets(st.sampled_from(sorted(NARROWER)), min_size=1), st.lists(scopes, max_size=6))
    def test_a_narrower_rule_always_wins_over_the_one_it_narrows(self, wide, narrowed, others):
        """Whatever its day and version."""
        open_ = replace(wide, **{name: None if name in {"agency", "procedure"} else "" for name in narrowed})
        if not open_.fits(WANTED):
            return
        narrow = replace(
            open_,
            key=UUID(int=1),
            valid_from=date.min,
            version=0,
            **{name: NARROWER[name] for name in narrowed},
        )
        chosen = most_specific([*others, open_, narrow], WANTED)
        assert chosen is not open_

    @given(st.lists(scopes, max_size=8), st.randoms())
    def test_the_order_of_the_rules_says_nothing(self, rules, random):
        shuffled = random.sample(rules, len(rules))
        first, second = most_specific(rules, WANTED), most_specific(shuffled, WANTED)
        assert (first is None) == (second is None)
        if first and second:
            assert first.weight(WANTED) == second.weight(WANTED)

    @given(st.lists(scopes, max_size=8))
    def test_what_is_chosen_fits(self, rules):
        chosen = most_specific(rules, WANTED)
        assert chosen.fits(WANTED) if chosen else not any(one.fits(WANTED) for one in rules)
