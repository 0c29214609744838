"""Ghi dữ kiện luật định: regimes, the national week and its days, as the law and the yearly decisions fix them."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from motcua.foundation.calendars import loading, seeds
from motcua.foundation.calendars.clock import OFFICE_WEEK
from motcua.foundation.calendars.models import (
    Calendar,
    CalendarDay,
    CalendarSession,
    CalendarVersion,
    RegimeRule,
)

FIRST_DAY = date(2018, 1, 1)


@transaction.atomic
def seed_law() -> None:
    """Nạp dữ kiện luật định: write what is missing; what an administrator has changed or taken away stays so.

    A day is written only in a year of which the calendar knows nothing yet.
    """
    regimes = [RegimeRule(**RegimeRule.fields_of(regime)) for regime in seeds.REGIMES]
    before = RegimeRule.objects.count()
    RegimeRule.objects.bulk_create(regimes, ignore_conflicts=True)
    is_changed = RegimeRule.objects.count() != before
    national, is_new = Calendar.objects.get_or_create(
        agency_id=None, defaults={"name": seeds.NATIONAL_NAME, "valid_from": FIRST_DAY}
    )
    if is_new:
        _write_week(national)
    is_changed = _write_days(national) or is_new or is_changed
    if is_changed or not CalendarVersion.objects.exists():
        loading.touch()


def _write_week(calendar: Calendar) -> None:
    CalendarSession.objects.bulk_create(
        CalendarSession(
            calendar=calendar, valid_from=FIRST_DAY, weekday=weekday, start=session.start, end=session.end
        )
        for weekday, sessions in OFFICE_WEEK.items()
        for session in sessions
    )


def _write_days(calendar: Calendar) -> bool:
    known_years = {day.year for day in calendar.days.dates("day", "year")}
    if known_years.issuperset(seeds.YEARS):
        return False
    missing = [
        CalendarDay(
            calendar=calendar,
            day=seeded.day,
            kind=CalendarDay.Kind.OFF if seeded.is_off else CalendarDay.Kind.WORKED,
            name=seeded.name,
            decision=seeded.decision,
            swapped_with=seeded.swapped_with,
        )
        for seeded in seeds.national_days()
        if seeded.day.year not in known_years
    ]
    CalendarDay.objects.bulk_create(missing)
    return bool(missing)
