"""Chia việc công bằng: tables of facts, and what must hold for any facts."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from motcua.service.dossiers.fairness import Advice, Hand, Work, advise, share_out

MONDAY = date(2026, 3, 2)
FRIDAY = MONDAY + timedelta(days=4)
NEXT_MONTH = date(2026, 4, 1)
DAY = 480


def hand(number: int, name: str, *work: Work, **facts: object) -> Hand:
    return Hand(UUID(int=number), name, work=work, **facts)  # type: ignore[arg-type]


AN, BINH = hand(1, "An"), hand(2, "Bình")


def first(advice: Advice) -> str:
    assert advice.first
    return advice.first.hand.name


class TestAdvise:
    def test_takes_the_one_with_least_work_before_the_due_day(self) -> None:
        much_later = hand(1, "An", Work(NEXT_MONTH, 10 * DAY))
        little_now = hand(2, "Bình", Work(MONDAY, 2 * DAY))
        assert first(advise([much_later, little_now], on=MONDAY, due_on=FRIDAY)) == "An"
        assert first(advise([much_later, little_now], on=MONDAY, due_on=NEXT_MONTH)) == "Bình"

    def test_says_why(self) -> None:
        busy = hand(1, "An", Work(FRIDAY, 3 * DAY), Work(NEXT_MONTH, 4 * DAY), Work(MONDAY, DAY // 2, True))
        advice = advise([busy, BINH], on=MONDAY, due_on=FRIDAY)
        assert advice.why == (
            "Bình: chưa giữ hồ sơ nào. Người kế tiếp là An: đang giữ 3 hồ sơ, còn 7,5 ngày việc, "
            "trong đó 3,5 ngày phải xong trước hồ sơ này, 1 trễ."
        )

    def test_passes_over_who_is_away_or_gone_until_it_is_due(self) -> None:
        away = hand(1, "An", away=(MONDAY, FRIDAY))
        gone = hand(2, "Bình", until=MONDAY)
        other = hand(3, "Cúc", has_role=False)
        advice = advise([away, gone, other], on=MONDAY, due_on=FRIDAY)
        assert advice.first is None
        assert "An nghỉ đến 06/03/2026" in advice.why
        assert "Bình chỉ giữ vị trí đến 02/03/2026" in advice.why
        assert "Cúc không mang vai trò" in advice.why

    def test_counts_days_away_as_work(self) -> None:
        away = hand(1, "An", away=(MONDAY, MONDAY + timedelta(days=1)))
        busy = hand(2, "Bình", Work(MONDAY, DAY))
        advice = advise([away, busy], on=MONDAY, due_on=FRIDAY)
        assert first(advice) == "Bình"
        assert "nghỉ 2 ngày trước hạn" in advice.why

    def test_has_nobody_to_name(self) -> None:
        assert advise([], on=MONDAY, due_on=None).why == "Không có ai mang vai trò của bước này tại đơn vị."


class TestShareOut:
    def test_counts_what_was_just_given(self) -> None:
        things = [(UUID(int=number), Work(FRIDAY, DAY)) for number in range(10)]
        given_ = [first(advice) for _, advice in share_out(things, [AN, BINH], on=MONDAY)]
        assert given_.count("An") == given_.count("Bình") == 5

    def test_begins_with_what_is_due_first(self) -> None:
        things = [
            (UUID(int=1), Work(None, DAY)),
            (UUID(int=2), Work(FRIDAY, DAY)),
            (UUID(int=3), Work(MONDAY, DAY)),
        ]
        assert [key.int for key, _ in share_out(things, [AN], on=MONDAY)] == [3, 2, 1]


# For any facts

DAYS = st.integers(-20, 60).map(lambda number: MONDAY + timedelta(days=number))
WORKS = st.builds(Work, st.none() | DAYS, st.integers(0, 5_000), st.booleans())
AWAYS = st.none() | st.tuples(DAYS, st.integers(0, 30)).map(
    lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]))
)
HANDS = st.lists(
    st.builds(
        Hand,
        st.uuids(),
        st.sampled_from(["An", "Bình", "Cúc"]),
        st.booleans(),
        st.lists(WORKS, max_size=4).map(tuple),
        AWAYS,
        st.none() | DAYS,
    ),
    max_size=5,
    unique_by=lambda one: one.key,
)


class TestAnyFacts:
    @given(HANDS, st.none() | DAYS)
    def test_never_names_somebody_without_the_role(self, hands: list[Hand], due_on: date | None) -> None:
        advice = advise(hands, on=MONDAY, due_on=due_on)
        assert advice.first is None or advice.first.hand.has_role
        assert len(advice.places) == len(hands)

    @given(HANDS, st.none() | DAYS, WORKS)
    def test_more_work_never_makes_anybody_preferred(
        self, hands: list[Hand], due_on: date | None, more: Work
    ) -> None:
        before = [place.hand.key for place in advise(hands, on=MONDAY, due_on=due_on).places]
        for one in hands:
            loaded = [other.with_more(more) if other.key == one.key else other for other in hands]
            after = [place.hand.key for place in advise(loaded, on=MONDAY, due_on=due_on).places]
            assert after.index(one.key) >= before.index(one.key)

    @given(HANDS, st.none() | DAYS, st.randoms(use_true_random=False))
    def test_is_the_same_in_whatever_order_they_are_told(self, hands, due_on, chance) -> None:
        mixed = list(hands)
        chance.shuffle(mixed)
        assert advise(hands, on=MONDAY, due_on=due_on) == advise(mixed, on=MONDAY, due_on=due_on)

    @given(HANDS, st.lists(st.tuples(st.uuids(), WORKS), max_size=6, unique_by=lambda pair: pair[0]))
    def test_shares_out_everything_or_says_why_not(self, hands, things) -> None:
        shared = dict(share_out(things, hands, on=MONDAY))
        assert set(shared) == {key for key, _ in things}
        assert all(advice.first or advice.why.startswith("Không có ai") for advice in shared.values())
