"""Who will be late: the rule alone, with steps and times that can be reckoned by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock import CompiledCalendar
from motcua.foundation.calendars.seeds import national_calendar
from motcua.service.dossiers.predicting import Ahead, Forecast, forecast, new_date, usual_minutes

DAY = 480  # minutes of a working day, as workflows count


def moment(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """In March 2026, whose second is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=VIETNAM)


@pytest.fixture(scope="module")
def calendar() -> CompiledCalendar:
    return national_calendar().compiled


def a_forecast(calendar: CompiledCalendar, **changes: object) -> Forecast:
    given = {
        "present": Ahead("Thẩm định", 2 * DAY),
        "opened_at": moment(3, 7, 30),
        "ahead": [Ahead("Trình ký", DAY // 2), Ahead("Ký", DAY // 2)],
        "due_at": moment(9, 17),
        "calendar": calendar,
        "at": moment(4, 7, 30),
        **changes,
    }
    return forecast(**given)  # type: ignore[arg-type]


class TestForecast:
    def test_is_in_time_when_the_rest_fits(self, calendar):
        found = a_forecast(calendar)
        assert found.expected_at == moment(5, 17)  # one day is left of the step, and one for the others
        assert not found.is_late

    def test_is_late_by_what_does_not_fit(self, calendar):
        found = a_forecast(calendar, due_at=moment(5, 16))
        assert found.is_late

    def test_a_step_that_has_outrun_its_time_is_taken_as_almost_done(self, calendar):
        found = a_forecast(calendar, at=moment(9, 7, 30))
        assert found.expected_at == moment(9, 17)
        assert not found.is_late
        assert "quá 2 ngày" in found.lines[0]

    def test_the_same_steps_a_day_later_are_late(self, calendar):
        assert a_forecast(calendar, at=moment(9, 13, 30)).is_late

    def test_believes_the_real_pace_more_than_the_plan(self, calendar):
        slow = [Ahead("Trình ký", DAY // 2, usual=3 * DAY), Ahead("Ký", DAY // 2)]
        found = a_forecast(calendar, ahead=slow)
        assert found.is_late
        assert any("thường mất 3 ngày" in line for line in found.lines)

    def test_says_what_it_is_made_of(self, calendar):
        lines = a_forecast(calendar).lines
        assert lines[-1] == "Cần thêm 2 ngày; đến ngày hẹn còn 4 ngày."
        assert len(lines) == 4

    def test_is_overdue_when_the_promise_has_passed(self, calendar):
        found = a_forecast(calendar, at=moment(10, 9))
        assert found.is_late
        assert found.lines[-1].endswith("còn 0 phút.")


class TestNewDate:
    def test_is_the_close_of_the_day_when_it_is_expected(self, calendar):
        found = Forecast(moment(11, 10), moment(9, 17), ())
        assert new_date(found, calendar, at=moment(5)) == moment(11, 17)

    def test_is_a_working_day_after_the_promise_at_least(self, calendar):
        found = Forecast(moment(9, 17, 30), moment(9, 17), ())
        assert new_date(found, calendar, at=moment(5)) == moment(10, 17)

    def test_counts_from_now_when_the_promise_has_passed(self, calendar):
        found = Forecast(moment(13, 9), moment(9, 17), ())
        assert new_date(found, calendar, at=moment(13, 8)) == moment(16, 17)


def test_the_usual_time_is_the_median(calendar):
    taken = [(moment(3, 7, 30), moment(day, 7, 30)) for day in (4, 5, 13)]
    assert usual_minutes(taken, calendar) == 2 * DAY
