import csv
import os
from datetime import date
from pathlib import Path

import pytest

from motcua.foundation.calendars import loading, seeds
from motcua.foundation.calendars.clock import DayKind
from motcua.foundation.calendars.models import Calendar, CalendarDay, RegimeRule
from motcua.foundation.calendars.operations.seeding import seed_law

REFERENCE = Path(os.environ.get("MOTCUA_REFERENCE_DATA", "nowhere")) / "holidays_vn_2018_2027.csv"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    loading.forget()


class TestNationalDays:
    @pytest.mark.skipif(not REFERENCE.exists(), reason="the reference list is not at hand")
    def test_are_those_of_the_reference_list(self) -> None:
        with REFERENCE.open(encoding="utf-8") as lines:
            expected = {
                date.fromisoformat(row["date"]): row["day_type"] == "off" for row in csv.DictReader(lines)
            }

        assert {seeded.day: seeded.is_off for seeded in seeds.national_days()} == expected

    def test_leave_nine_days_off_at_tet_2026(self) -> None:
        calendar = seeds.national_calendar()

        assert not any(calendar.is_working(date(2026, 2, day)) for day in range(14, 23))
        assert calendar.is_working(date(2026, 2, 13))
        assert calendar.is_working(date(2026, 2, 23))

    def test_swap_with_a_day_of_rest(self) -> None:
        calendar = seeds.national_calendar()

        for swap in seeds.SWAPS:
            assert calendar.day(swap.off).kind is DayKind.HOLIDAY
            assert calendar.day(swap.worked).kind is DayKind.MADE_UP
            assert swap.off.weekday() < 5 <= swap.worked.weekday()


@pytest.mark.django_db
class TestSeedLaw:
    def test_writes_what_the_clock_would_use_without_a_database(self) -> None:
        seed_law()

        seeded = loading.work_calendar(None, date(2026, 1, 1)).plain
        assert seeded.days_off == seeds.national_calendar().days_off
        assert seeded.working_days == seeds.national_calendar().working_days
        assert dict(seeded.sessions) == dict(seeds.national_calendar().sessions)
        assert tuple(loading.regimes()) == seeds.REGIMES

    def test_again_changes_nothing(self) -> None:
        seed_law()
        before = list(CalendarDay.objects.order_by("day").values_list("pk", "day"))

        seed_law()

        assert list(CalendarDay.objects.order_by("day").values_list("pk", "day")) == before
        assert Calendar.objects.count() == 1
        assert RegimeRule.objects.count() == len(seeds.REGIMES)

    def test_does_not_bring_back_what_was_taken_away(self) -> None:
        seed_law()
        CalendarDay.objects.filter(day=date(2026, 11, 24)).delete()
        RegimeRule.objects.filter(code="ND118").update(transfer_cutoff="14:30")

        seed_law()

        assert not CalendarDay.objects.filter(day=date(2026, 11, 24)).exists()
        assert str(loading.regime_named("ND118").transfer_cutoff) == "14:30:00"
