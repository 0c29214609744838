from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from motcua.core.time import VIETNAM
from motcua.web.ui import wording
from motcua.web.ui.promises import promise_of

AT = datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM)  # a Monday; the 24th is a holiday


class TestDays:
    def test_are_written_day_month_year_in_vietnam(self) -> None:
        late = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
        assert wording.vn_date(late) == "26/11/2026"
        assert wording.vn_datetime(late) == "01:00 ngày 26/11/2026"

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (AT, "09:30 hôm nay"),
            (AT + timedelta(days=1), "09:30 ngày mai"),
            (AT - timedelta(days=1), "09:30 hôm qua"),
            (AT + timedelta(days=3), "09:30 thứ Năm 26/11"),
            (AT + timedelta(days=60), "09:30 thứ Sáu 22/01/2027"),
        ],
    )
    def test_near_ones_are_said_as_people_say_them(self, value: datetime, said: str) -> None:
        assert wording.vn_moment(value, on=AT.date()) == said

    def test_missing_ones_say_what_they_are_told_to(self) -> None:
        assert wording.vn_date(None, "chưa có") == "chưa có"

    def test_of_the_week_have_names(self) -> None:
        assert wording.vn_weekday(date(2026, 11, 29)) == "Chủ nhật"


class TestCounts:
    @pytest.mark.parametrize(
        ("days", "said"),
        [
            (2, "Còn 2 ngày làm việc"),
            (0.5, "Còn 0,5 ngày làm việc"),
            (-1.5, "Quá hạn 1,5 ngày làm việc"),
            (0, "Đến hạn hôm nay"),
        ],
    )
    def test_of_working_days_left(self, days: float, said: str) -> None:
        assert wording.remaining(days) == said

    def test_of_minutes_and_bytes(self) -> None:
        assert wording.span(150) == "2 giờ 30 phút"
        assert wording.file_size(1_500_000) == "1,4 MB"
        assert wording.amount(Fraction(3, 2)) == "1,5"

    def test_of_a_number_hide_all_but_its_end(self) -> None:
        assert wording.masked("079190001234").endswith(" 1234")
        assert "0791" not in wording.masked("079190001234")


@pytest.mark.django_db
class TestPromise:
    def test_counts_the_working_days_that_are_left(self) -> None:
        due = datetime(2026, 11, 27, 17, 0, tzinfo=VIETNAM)
        promise = promise_of(due, at=AT)
        assert (promise.state, promise.days) == ("ON_TIME", 3)  # 25, 26, 27: the 24th is no working day

    def test_counts_the_working_days_that_are_lost(self) -> None:
        promise = promise_of(datetime(2026, 11, 20, 17, 0, tzinfo=VIETNAM), at=AT)
        assert (promise.state, promise.days) == ("OVERDUE", -1)

    def test_of_a_finished_dossier_is_judged_by_its_end(self) -> None:
        due = datetime(2026, 11, 20, 17, 0, tzinfo=VIETNAM)
        assert promise_of(due, at=AT, finished_at=due).state == "DONE_ON_TIME"
        assert promise_of(due, at=AT, finished_at=AT).state == "DONE_LATE"

    def test_that_was_never_made_is_never_on_time(self) -> None:
        assert promise_of(None, at=AT).state == "NO_PROMISE"
