from datetime import date, datetime, time
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from motcua.core.errors import InvalidInput
from motcua.core.time import VIETNAM
from motcua.foundation.calendars import loading
from motcua.foundation.calendars.clock import OFFICE_HOURS, Limit, Session, Unit, due
from motcua.foundation.calendars.models import Calendar, CalendarDay
from motcua.foundation.calendars.operations.changing import (
    CalendarExists,
    DayChange,
    OverlappingSessions,
    change_days,
    closure,
    holiday,
    open_calendar,
    ordinary,
    set_hours,
    swap,
)
from motcua.foundation.calendars.operations.previewing import plan
from motcua.foundation.calendars.operations.seeding import seed_law
from motcua.foundation.ledger.models import Line

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=VIETNAM)
AGENCY, OTHER = 71, 72
WEDNESDAY = date(2026, 3, 4)
RECEIVED, FIVE = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM), Limit(5, Unit.WORKING_DAY)


@pytest.fixture(autouse=True)
def national() -> Calendar:
    loading.forget()
    seed_law()
    return Calendar.objects.get(agency_id=None)


@pytest.fixture
def own() -> Calendar:
    return open_calendar(agency_id=AGENCY, name="  Lịch  Sở Xây dựng ", by=None, at=NOON)


def change(calendar: Calendar, changes: list[DayChange], reason: str = "Thông báo 15/TB-UBND") -> None:
    change_days(calendar_id=calendar.pk, changes=changes, reason=reason, by=None, at=NOON)


def promise(agency_id: int | None) -> date | None:
    calendar = loading.work_calendar(agency_id, RECEIVED.date())
    due_at = due(RECEIVED, FIVE, calendar, loading.regime_on(RECEIVED.date())).due_at
    return due_at and due_at.date()


class TestOpenCalendar:
    def test_follows_the_national_one_at_first(self, own: Calendar) -> None:
        assert own.name == "Lịch Sở Xây dựng"
        assert promise(AGENCY) == promise(None) == date(2026, 3, 9)

    def test_is_done_once(self, own: Calendar) -> None:
        with pytest.raises(CalendarExists):
            open_calendar(agency_id=AGENCY, name="Lịch khác", by=None, at=NOON)

    def test_is_in_the_ledger(self, own: Calendar) -> None:
        line = Line.objects.get(subject_id=own.pk)

        assert (line.name, line.payload) == ("CalendarOpened", {"name": "Lịch Sở Xây dựng", "agency": AGENCY})


class TestChangeDays:
    def test_of_the_nation_moves_everybody(self, national: Calendar, own: Calendar) -> None:
        change(national, holiday(WEDNESDAY, "Ngày lễ mới"))

        assert promise(None) == promise(AGENCY) == promise(OTHER) == date(2026, 3, 10)

    def test_of_an_agency_moves_only_it(self, own: Calendar) -> None:
        change(own, closure(WEDNESDAY, date(2026, 3, 5), "Bão"))

        assert promise(AGENCY) == date(2026, 3, 11)
        assert promise(OTHER) == date(2026, 3, 9)

    def test_of_an_agency_wins_over_the_nation(self, national: Calendar, own: Calendar) -> None:
        change(national, holiday(WEDNESDAY, "Ngày lễ mới"))
        change(own, [DayChange(WEDNESDAY, CalendarDay.Kind.WORKED, "Trực giải quyết hồ sơ")])

        assert promise(AGENCY) == date(2026, 3, 9)
        assert promise(OTHER) == date(2026, 3, 10)

    def test_swaps_two_days(self, national: Calendar) -> None:
        change(national, swap(off=WEDNESDAY, worked=date(2026, 3, 7)))

        assert promise(None) == date(2026, 3, 9)
        assert loading.work_calendar(None, WEDNESDAY).is_working(date(2026, 3, 7))

    def test_shortens_a_day(self, own: Calendar) -> None:
        short = DayChange(
            date(2026, 3, 9), CalendarDay.Kind.SHORT, "Mất điện", opens=time(7, 30), closes=time(11, 0)
        )
        change(own, [short])

        calendar = loading.work_calendar(AGENCY, WEDNESDAY)
        assert due(RECEIVED, FIVE, calendar, loading.regime_on(WEDNESDAY)).due_at == datetime(
            2026, 3, 9, 11, 0, tzinfo=VIETNAM
        )

    def test_can_be_taken_back(self, national: Calendar) -> None:
        change(national, holiday(WEDNESDAY, "Ngày lễ mới"))
        change(national, ordinary(WEDNESDAY), "Nhập nhầm")

        assert promise(None) == date(2026, 3, 9)

    def test_says_in_the_ledger_what_was_and_what_is(self, national: Calendar) -> None:
        change(national, holiday(WEDNESDAY, "Lễ", decision="QĐ 1"))
        change(national, ordinary(WEDNESDAY), "Nhập nhầm")

        added, removed = Line.objects.filter(subject_id=national.pk).order_by("number")
        assert added.payload["days"][0]["after"] == {"kind": "OFF", "name": "Lễ", "decision": "QĐ 1"}
        assert removed.payload == {
            "reason": "Nhập nhầm",
            "days": [{"day": "2026-03-04", "before": {"kind": "OFF", "name": "Lễ"}, "after": None}],
        }

    @pytest.mark.parametrize(
        ("changes", "reason", "field"),
        [
            ([], "Lý do", "day"),
            (holiday(WEDNESDAY, "Lễ"), "  ", "reason"),
            (holiday(WEDNESDAY, " "), "Lý do", "name"),
            (holiday(WEDNESDAY, "Lễ") * 2, "Lý do", "day"),
            (holiday(date(1026, 3, 4), "Lễ"), "Lý do", "day"),
            ([DayChange(WEDNESDAY, "SHORT", "Họp", opens=time(9), closes=time(8))], "Lý do", "closes"),
        ],
    )
    def test_refuses_what_is_no_change(self, national: Calendar, changes, reason: str, field: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            change(national, changes, reason)

        assert field in refusal.value.errors

    def test_that_is_rolled_back_is_not_remembered(self, national: Calendar) -> None:
        def fail() -> None:
            with transaction.atomic():
                change(national, holiday(WEDNESDAY, "Ngày lễ mới"))
                assert promise(None) == date(2026, 3, 10)
                raise IntegrityError

        with pytest.raises(IntegrityError):
            fail()

        assert promise(None) == date(2026, 3, 9)


class TestSetHours:
    def test_holds_from_its_day_on(self, own: Calendar) -> None:
        week = {**dict.fromkeys(range(5), OFFICE_HOURS), 5: OFFICE_HOURS[:1]}
        set_hours(
            calendar_id=own.pk,
            valid_from=date(2026, 3, 9),
            week=week,
            reason="Làm sáng thứ Bảy",
            by=None,
            at=NOON,
        )

        calendar = loading.work_calendar(AGENCY, WEDNESDAY)
        assert not calendar.is_working(date(2026, 3, 7))
        assert calendar.is_working(date(2026, 3, 14))
        assert not loading.work_calendar(OTHER, WEDNESDAY).is_working(date(2026, 3, 14))

    def test_refuses_sessions_that_overlap(self, own: Calendar) -> None:
        week = {0: [Session(time(7), time(11)), Session(time(10), time(16))]}

        with pytest.raises(OverlappingSessions, match="07:00–11:00"):
            set_hours(calendar_id=own.pk, valid_from=WEDNESDAY, week=week, reason="Thử", by=None, at=NOON)

    def test_refuses_an_empty_week(self, own: Calendar) -> None:
        with pytest.raises(InvalidInput):
            set_hours(calendar_id=own.pk, valid_from=WEDNESDAY, week={}, reason="Thử", by=None, at=NOON)


class TestPlan:
    def test_shows_both_calendars_and_writes_nothing(self, national: Calendar) -> None:
        planned = plan(calendar_id=national.pk, changes=holiday(WEDNESDAY, "Ngày lễ mới"), reason="Thử")

        after = planned.calendars([AGENCY, OTHER], RECEIVED.date())
        regime = loading.regime_on(WEDNESDAY)
        assert due(RECEIVED, FIVE, after[AGENCY], regime).due_at == datetime(
            2026, 3, 10, 17, 0, tzinfo=VIETNAM
        )
        assert promise(AGENCY) == date(2026, 3, 9)
        assert not CalendarDay.objects.filter(day=WEDNESDAY).exists()

    def test_of_an_agency_concerns_it_alone(self, own: Calendar) -> None:
        planned = plan(calendar_id=own.pk, changes=closure(WEDNESDAY, WEDNESDAY, "Bão"), reason="Thử")

        assert set(planned.calendars([AGENCY, OTHER], WEDNESDAY)) == {AGENCY}


class TestLoading:
    def test_asks_the_database_once_for_many(self) -> None:
        loading.work_calendar(AGENCY, WEDNESDAY)
        loading._settle()

        with CaptureQueriesContext(connection) as queries:
            for _ in range(100):
                loading.work_calendar(AGENCY, WEDNESDAY)
                loading.regime_on(WEDNESDAY)

        assert len(queries) <= 1

    def test_hears_of_a_change_made_elsewhere(
        self, monkeypatch: pytest.MonkeyPatch, national: Calendar
    ) -> None:
        assert promise(None) == date(2026, 3, 9)
        loading._settle()
        CalendarDay.objects.create(calendar=national, day=WEDNESDAY, kind="OFF", name="Lễ")
        national_version = loading.CalendarVersion.objects.get()
        national_version.token = UUID(int=7)
        national_version.save()

        monkeypatch.setattr(loading, "FRESH_FOR", 0.0)

        assert promise(None) == date(2026, 3, 10)

    def test_uses_the_law_where_the_database_is_empty(self) -> None:
        Calendar.objects.all().delete()
        loading.forget()

        assert promise(AGENCY) == date(2026, 3, 9)
        assert not loading.work_calendar(None, WEDNESDAY).is_working(date(2026, 2, 16))
