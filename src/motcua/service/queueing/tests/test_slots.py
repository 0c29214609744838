"""Slots of a day, from the hours worked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from motcua.core.time import VIETNAM
from motcua.service.queueing.slotting import SlotPlan, slots_of

DAY = date(2026, 3, 3)
HOURS = [(time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))]
PLAN = SlotPlan(30, 3, 14, timedelta(hours=1))
BEFORE = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)


def starts(at: datetime, plan: SlotPlan = PLAN, day: date = DAY) -> list[str]:
    return [f"{one.starts_at:%H:%M}" for one in slots_of(day, HOURS, plan, at=at, taken={})]


class TestSlots:
    def test_fill_the_sessions(self) -> None:
        told = starts(BEFORE)
        assert (told[0], told[7], told[8], told[-1], len(told)) == ("07:30", "11:00", "13:30", "16:30", 15)

    def test_are_whole(self) -> None:
        assert starts(BEFORE, SlotPlan(50, 3, 14, timedelta(0)))[-1] == "16:00"

    def test_leave_the_time_to_come(self) -> None:
        assert starts(datetime(2026, 3, 3, 14, 10, tzinfo=VIETNAM))[0] == "15:30"

    def test_are_not_given_for_yesterday_nor_for_next_year(self) -> None:
        assert starts(BEFORE, day=date(2026, 3, 1)) == []
        assert starts(BEFORE, day=date(2026, 3, 17)) == []
        assert starts(BEFORE, day=date(2026, 3, 16)) != []

    def test_tell_what_is_taken(self) -> None:
        start = datetime(2026, 3, 3, 7, 30, tzinfo=VIETNAM)
        first = slots_of(DAY, HOURS, PLAN, at=BEFORE, taken={start: 2})[0]
        assert (first.free, first.capacity) == (1, 3)
        assert slots_of(DAY, HOURS, PLAN, at=BEFORE, taken={start: 5})[0].free == 0

    @given(minutes=st.integers(5, 240))
    def test_never_overlap_nor_leave_the_sessions(self, minutes: int) -> None:
        found = slots_of(DAY, HOURS, SlotPlan(minutes, 1, 14, timedelta(0)), at=BEFORE, taken={})
        for one, following in pairwise(found):
            assert one.ends_at <= following.starts_at
        assert all(
            any(opens <= one.starts_at.time() and one.ends_at.time() <= closes for opens, closes in HOURS)
            for one in found
        )
