"""Real days, worked out by hand."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from motcua.core.time import VIETNAM
from motcua.foundation.calendars import seeds
from motcua.foundation.calendars.clock import (
    OFFICE_HOURS,
    EndMoment,
    Limit,
    Regime,
    Unit,
    WorkCalendar,
    due,
    paper_due,
    state_of,
    transfer_due,
)

CALENDAR = seeds.national_calendar()
ND61, ND118, ND309 = seeds.REGIMES
SAME_HOUR = Regime(code="SAME", valid_from=date(2018, 1, 1), end_moment=EndMoment.SAME_HOUR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def promised(received_at: str, number: str | float, unit: Unit, regime: Regime = ND118, **flags: bool) -> str:
    answer = due(at(received_at), Limit(Decimal(str(number)), unit), CALENDAR, regime, **flags)
    assert answer.due_at is not None
    return f"{answer.due_at:%Y-%m-%dT%H:%M}"


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("received_at", "number", "due_at"),
        [
            ("2026-03-02T08:00", 5, "2026-03-09T17:00"),  # an ordinary week
            ("2026-03-02T11:45", 1, "2026-03-03T17:00"),  # between the sessions
            ("2026-03-02T15:01", 1, "2026-03-03T17:00"),  # after the cut-off: the limit is the same
            ("2026-03-02T16:59", 1, "2026-03-03T17:00"),
            ("2026-03-06T16:00", 1, "2026-03-09T17:00"),  # Friday afternoon
            ("2026-03-07T09:00", 1, "2026-03-09T17:00"),  # online on a Saturday
            ("2026-02-13T15:01", 3, "2026-02-25T17:00"),  # Tết 2026: off from 14 to 22 February
            ("2026-02-12T10:00", 1, "2026-02-13T17:00"),
            ("2026-02-12T10:00", 2, "2026-02-23T17:00"),
            ("2025-12-31T10:00", 1, "2026-01-05T17:00"),  # 2 January is off …
            ("2026-01-08T10:00", 2, "2026-01-10T17:00"),  # … and Saturday 10 January is worked
            ("2026-08-20T10:00", 2, "2026-08-22T17:00"),  # Saturday 22 August is worked …
            ("2026-08-28T10:00", 1, "2026-09-03T17:00"),  # … for Monday 31 August
            ("2026-11-23T10:00", 1, "2026-11-25T17:00"),  # Ngày Văn hóa Việt Nam
            ("2026-04-24T10:00", 1, "2026-04-28T17:00"),  # Giỗ Tổ on a Sunday moves to Monday
            ("2026-03-02T08:00", 1.5, "2026-03-04T11:30"),  # half a day is a morning
            ("2026-03-02T08:00", 0.5, "2026-03-03T11:30"),
        ],
    )
    def test_end_with_the_last_session(self, received_at: str, number: float, due_at: str) -> None:
        assert promised(received_at, number, Unit.WORKING_DAY) == due_at

    @pytest.mark.parametrize(
        ("received_at", "number", "due_at"),
        [
            ("2026-03-02T09:15", 1, "2026-03-03T09:15"),
            ("2026-03-02T13:30", 1, "2026-03-03T13:30"),
            ("2026-03-06T16:00", 1, "2026-03-09T16:00"),
            ("2026-03-02T11:45", 1, "2026-03-03T13:30"),  # the count starts with the next session
            ("2026-03-02T18:00", 1, "2026-03-04T07:30"),
            ("2026-03-02T07:30", 0.5, "2026-03-02T11:15"),
        ],
    )
    def test_end_at_the_same_hour_where_the_regime_says_so(self, received_at, number, due_at) -> None:
        assert promised(received_at, number, Unit.WORKING_DAY, SAME_HOUR) == due_at

    @pytest.mark.parametrize(
        ("received_at", "due_at"),
        [
            ("2026-03-02T15:00", "2026-03-03T17:00"),
            ("2026-03-02T15:01", "2026-03-04T17:00"),
            ("2026-03-06T15:01", "2026-03-10T17:00"),
            ("2026-03-07T09:00", "2026-03-10T17:00"),  # a Saturday is never better than the Friday before
        ],
    )
    def test_start_a_day_later_after_the_cut_off_where_the_procedure_says_so(
        self, received_at, due_at
    ) -> None:
        assert promised(received_at, 1, Unit.WORKING_DAY, starts_after_cutoff_next_day=True) == due_at


class TestOtherUnits:
    @pytest.mark.parametrize(
        ("received_at", "number", "unit", "due_at"),
        [
            ("2026-03-02T08:00", 8, Unit.HOUR, "2026-03-03T08:30"),
            ("2026-03-02T11:45", 1, Unit.HOUR, "2026-03-02T14:30"),
            ("2026-03-02T10:30", 1, Unit.HOUR, "2026-03-02T11:30"),
            ("2026-03-06T16:45", 0.5, Unit.HOUR, "2026-03-09T07:45"),
            ("2026-03-07T09:00", 4, Unit.HOUR, "2026-03-09T11:30"),
            ("2026-03-02T08:00", 15, Unit.DAY, "2026-03-17T17:00"),
            ("2026-02-09T08:00", 7, Unit.DAY, "2026-02-23T17:00"),  # 16 February is in Tết
            ("2026-01-05T08:00", 5, Unit.DAY, "2026-01-10T17:00"),  # a worked Saturday ends it
            ("2026-03-02T08:00", 1.5, Unit.DAY, "2026-03-04T17:00"),
            ("2026-08-31T08:00", 6, Unit.MONTH, "2027-03-01T17:00"),  # 28 February 2027 is a Sunday
            ("2026-01-31T08:00", 1, Unit.MONTH, "2026-03-02T17:00"),  # 28 February is a Saturday
            ("2027-08-31T08:00", 6, Unit.MONTH, "2028-02-29T17:00"),  # a leap year
            ("2026-03-10T08:00", 1.5, Unit.MONTH, "2026-04-28T17:00"),  # 25/4 Saturday, then Giỗ Tổ
        ],
    )
    def test_have_their_own_ways(self, received_at: str, number: float, unit: Unit, due_at: str) -> None:
        assert promised(received_at, number, unit) == due_at

    @pytest.mark.parametrize(
        "limit", [Limit(None, Unit.NONE), Limit(None, Unit.WORKING_DAY), Limit(0, Unit.DAY)]
    )
    def test_without_a_number_promise_nothing(self, limit: Limit) -> None:
        answer = due(at("2026-03-02T08:00"), limit, CALENDAR, ND118)

        assert answer.due_at is None
        assert "không hứa ngày nào" in answer.explanation[-1].reason
        assert str(limit) == "không quy định bằng số"

    def test_are_written_as_people_write_them(self) -> None:
        assert str(Limit(Decimal("1.50"), Unit.WORKING_DAY)) == "1,5 ngày làm việc"
        assert str(Limit(Decimal(30), Unit.DAY)) == "30 ngày"
        assert str(Limit(6, Unit.MONTH)) == "6 tháng"


class TestTransfer:
    @pytest.mark.parametrize(
        ("received_at", "due_at"),
        [
            ("2026-03-02T08:00", "2026-03-02T17:00"),
            ("2026-03-02T15:00", "2026-03-02T17:00"),
            ("2026-03-02T15:01", "2026-03-03T07:30"),
            ("2026-03-06T16:59", "2026-03-09T07:30"),
            ("2026-02-13T15:01", "2026-02-23T07:30"),
            ("2026-03-07T09:00", "2026-03-09T07:30"),
        ],
    )
    def test_is_due_the_same_day_or_when_the_next_one_opens(self, received_at: str, due_at: str) -> None:
        assert transfer_due(at(received_at), CALENDAR, ND118) == at(due_at)

    def test_of_paper_takes_one_working_day(self) -> None:
        assert paper_due(at("2026-03-06T08:00"), CALENDAR, ND118) == at("2026-03-09T17:00")


class TestRegime:
    @pytest.mark.parametrize(
        ("day", "code"),
        [
            ("2017-01-01", "ND61"),
            ("2025-06-30", "ND61"),
            ("2025-07-01", "ND118"),
            ("2026-08-04", "ND118"),
            ("2026-08-05", "ND118-309"),
        ],
    )
    def test_is_that_of_the_day_of_reception(self, day: str, code: str) -> None:
        assert seeds.regime_on(date.fromisoformat(day)).code == code


class TestExplanation:
    def test_says_each_day(self) -> None:
        answer = due(at("2026-02-13T15:01"), Limit(3, Unit.WORKING_DAY), CALENDAR, ND118)

        told = {line.when: (line.counted, line.reason) for line in answer.explanation}
        assert told["16/02/2026"] == (0, "Nghỉ lễ: Giao thừa Tết Nguyên Đán")
        assert told["21/02/2026"] == (0, "Thứ Bảy, nghỉ hằng tuần")
        assert told["25/02/2026"] == (1, "Ngày làm việc")
        assert "sau 15:00" in answer.explanation[0].reason
        assert [line.running for line in answer.explanation if line.is_counted] == [1, 2, 3]

    def test_names_the_day_that_was_made_up(self) -> None:
        answer = due(at("2026-01-08T10:00"), Limit(2, Unit.WORKING_DAY), CALENDAR, ND118)

        assert answer.explanation[-1].reason == "Làm bù cho 02/01/2026"

    def test_says_why_the_last_day_moved(self) -> None:
        answer = due(at("2026-08-31T08:00"), Limit(6, Unit.MONTH), CALENDAR, ND118)

        assert "chuyển tiếp: Chủ nhật" in answer.explanation[-2].reason
        assert answer.explanation[-1].when == "01/03/2027"


class TestState:
    @pytest.mark.parametrize(
        ("now", "state"),
        [
            ("2026-03-02T08:00", "ON_TIME"),
            ("2026-03-08T08:00", "DUE_SOON"),
            ("2026-03-09T17:00", "DUE_TODAY"),
            ("2026-03-09T17:01", "OVERDUE"),
        ],
    )
    def test_follows_the_hour(self, now: str, state: str) -> None:
        assert state_of(at("2026-03-09T17:00"), at(now)) == state

    def test_without_a_date_is_never_on_time(self) -> None:
        assert state_of(None, at("2026-03-02T08:00")) == "NO_PROMISE"
        assert state_of(None, at("2026-03-02T08:00"), is_paused=True) == "PAUSED"


class TestCalendar:
    def test_of_saturday_mornings_counts_them_as_days(self) -> None:
        calendar = WorkCalendar(sessions={**dict.fromkeys(range(5), OFFICE_HOURS), 5: OFFICE_HOURS[:1]})

        answer = due(at("2026-03-06T08:00"), Limit(1, Unit.WORKING_DAY), calendar, ND118)

        assert answer.due_at == at("2026-03-07T11:30")

    def test_without_the_holidays_of_a_year_says_so(self) -> None:
        answer = due(at("2027-12-30T08:00"), Limit(5, Unit.WORKING_DAY), CALENDAR, ND118)

        assert answer.explanation[-1].reason.startswith("Lịch nghỉ năm 2028 chưa được nhập")
