"""Sửa lịch: give an agency its own calendar, change days and hours. Who may is asked by the page.

Open dossiers are recomputed afterwards by the room that holds them; finished ones keep the dates of their time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.foundation.calendars import loading
from motcua.foundation.calendars.clock import Session
from motcua.foundation.calendars.events import CalendarDaysChanged, CalendarOpened, WorkingHoursChanged
from motcua.foundation.calendars.models import Calendar, CalendarDay, CalendarSession

LONGEST_CLOSURE = 366
LAST_YEAR = 2100


class CalendarExists(DomainError):
    """Cơ quan đã có lịch riêng."""


class OverlappingSessions(DomainError):
    """Các buổi làm việc chồng lên nhau."""


@dataclass(frozen=True)
class DayChange:
    """Một thay đổi: what one day becomes; without a kind, the day is ordinary again."""

    day: date
    kind: str | None = None
    name: str = ""
    decision: str = ""
    swapped_with: date | None = None
    opens: time | None = None
    closes: time | None = None


def holiday(day: date, name: str, *, decision: str = "") -> list[DayChange]:
    """Thêm ngày nghỉ lễ."""
    return [DayChange(day, CalendarDay.Kind.OFF, name, decision)]


def swap(off: date, worked: date, *, decision: str = "") -> list[DayChange]:
    """Hoán đổi: a working day off, a day of rest worked instead."""
    return [
        DayChange(off, CalendarDay.Kind.OFF, f"Nghỉ hoán đổi, làm bù {worked:%d/%m/%Y}", decision, worked),
        DayChange(worked, CalendarDay.Kind.WORKED, f"Làm bù cho {off:%d/%m/%Y}", decision, off),
    ]


def closure(first: date, last: date, reason: str, *, decision: str = "") -> list[DayChange]:
    """Đơn vị nghỉ, each day of a span."""
    days = (last - first).days
    if not 0 <= days < LONGEST_CLOSURE:
        raise InvalidInput({"last": "Ngày cuối phải từ ngày đầu trở đi và trong vòng một năm."})
    return [
        DayChange(first + timedelta(days=place), CalendarDay.Kind.CLOSED, reason, decision)
        for place in range(days + 1)
    ]


def ordinary(*days: date) -> list[DayChange]:
    """Bỏ ngày đặc biệt."""
    return [DayChange(day) for day in days]


@transaction.atomic
def open_calendar(*, agency_id: int, name: str, by: AbstractBaseUser | None, at: datetime) -> Calendar:
    """Lập lịch riêng of an agency; it follows the national one until it says otherwise. Raises CalendarExists."""
    calendar, is_new = Calendar.objects.get_or_create(
        agency_id=agency_id, defaults={"name": tidy(name)[:200]}
    )
    if not is_new:
        raise CalendarExists("Cơ quan này đã có lịch làm việc riêng.", field="agency_id")
    loading.touch()
    events.record(
        CalendarOpened(subject_id=calendar.pk, actor_id=_pk(by), at=at, name=calendar.name, agency=agency_id)
    )
    return calendar


@transaction.atomic
def change_days(
    *, calendar_id: UUID, changes: Sequence[DayChange], reason: str, by: AbstractBaseUser | None, at: datetime
) -> None:
    """Sửa ngày: add, replace or take away special days of a calendar, with who and why.

    Raises InvalidInput. Legal: BLLD-2019 Đ112
    """
    check(changes, reason)
    calendar = Calendar.objects.select_for_update().get(pk=calendar_id)
    before = {row.day: row for row in calendar.days.filter(day__in=[change.day for change in changes])}
    calendar.days.filter(day__in=before).delete()
    CalendarDay.objects.bulk_create(row for row in as_rows(calendar, changes))
    loading.touch()
    events.record(
        CalendarDaysChanged(
            subject_id=calendar.pk,
            actor_id=_pk(by),
            at=at,
            reason=tidy(reason),
            days=[_said(change, before.get(change.day)) for change in changes],
        )
    )


@transaction.atomic
def set_hours(
    *,
    calendar_id: UUID,
    valid_from: date,
    week: Mapping[int, Sequence[Session]],
    reason: str,
    by: AbstractBaseUser | None,
    at: datetime,
) -> None:
    """Đặt giờ làm việc of a whole week (0 is Monday), from a day on. Raises InvalidInput, OverlappingSessions."""
    check_week(week, reason)
    calendar = Calendar.objects.select_for_update().get(pk=calendar_id)
    if not calendar.is_national and not calendar.sessions.exists():
        _copy_national_week(calendar)
    calendar.sessions.filter(valid_from=valid_from).delete()
    CalendarSession.objects.bulk_create(
        CalendarSession(
            calendar=calendar, valid_from=valid_from, weekday=weekday, start=session.start, end=session.end
        )
        for weekday, sessions in week.items()
        for session in sessions
    )
    loading.touch()
    events.record(
        WorkingHoursChanged(
            subject_id=calendar.pk,
            actor_id=_pk(by),
            at=at,
            reason=tidy(reason),
            valid_from=valid_from,
            week={str(weekday): [str(session) for session in sessions] for weekday, sessions in week.items()},
        )
    )


def check(changes: Sequence[DayChange], reason: str) -> None:
    """Refuse what cannot be a change of a calendar. Raises InvalidInput."""
    errors: dict[str, str] = {}
    if not tidy(reason):
        errors["reason"] = "Hãy ghi lý do thay đổi lịch, ví dụ số thông báo hoặc quyết định."
    if not changes:
        errors["day"] = "Hãy chọn ít nhất một ngày."
    if len({change.day for change in changes}) != len(changes):
        errors["day"] = "Một ngày chỉ được đổi một lần trong một lượt."
    for change in changes:
        if not 2000 <= change.day.year <= LAST_YEAR:
            errors["day"] = f"Năm {change.day.year} nằm ngoài lịch."
        if change.kind is not None and not tidy(change.name):
            errors["name"] = "Hãy ghi tên ngày nghỉ hoặc lý do."
        if change.kind == CalendarDay.Kind.SHORT and not (
            change.opens and change.closes and change.opens < change.closes
        ):
            errors["closes"] = "Ngày làm việc một phần cần giờ bắt đầu và giờ kết thúc sau đó."
    if errors:
        raise InvalidInput(errors)


def as_rows(calendar: Calendar, changes: Sequence[DayChange]) -> list[CalendarDay]:
    """The rows that the changes leave behind, not saved."""
    return [
        CalendarDay(
            calendar=calendar,
            day=change.day,
            kind=change.kind,
            name=tidy(change.name)[:200],
            decision=tidy(change.decision)[:200],
            swapped_with=change.swapped_with,
            opens=change.opens if change.kind == CalendarDay.Kind.SHORT else None,
            closes=change.closes if change.kind == CalendarDay.Kind.SHORT else None,
        )
        for change in changes
        if change.kind is not None
    ]


def check_week(week: Mapping[int, Sequence[Session]], reason: str) -> None:
    """Refuse what cannot be the hours of a week. Raises InvalidInput, OverlappingSessions."""
    if not tidy(reason):
        raise InvalidInput({"reason": "Hãy ghi lý do thay đổi giờ làm việc."})
    if not any(week.values()):
        raise InvalidInput({"week": "Tuần phải có ít nhất một buổi làm việc."})
    for sessions in week.values():
        ordered = sorted(sessions)
        for earlier, later in pairwise(ordered):
            if later.start < earlier.end:
                raise OverlappingSessions(f"Buổi {earlier} và buổi {later} chồng lên nhau.", field="week")


def _copy_national_week(calendar: Calendar) -> None:
    """Until its own hours begin, an agency has worked by the national ones."""
    shared = CalendarSession.objects.filter(calendar__agency_id__isnull=True)
    CalendarSession.objects.bulk_create(
        CalendarSession(
            calendar=calendar, valid_from=row.valid_from, weekday=row.weekday, start=row.start, end=row.end
        )
        for row in shared
    )


def _said(change: DayChange, before: CalendarDay | None) -> dict[str, Any]:
    return {
        "day": change.day,
        "before": before and {"kind": before.kind, "name": before.name},
        "after": change.kind and {"kind": str(change.kind), "name": change.name, "decision": change.decision},
    }


def _pk(by: AbstractBaseUser | None) -> UUID | None:
    return by.pk if by else None
