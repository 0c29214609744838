"""Xem trước: the calendars as they are and as they would be, so that a higher room can list the dates that move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from motcua.foundation.calendars.clock import CompiledCalendar, Session
from motcua.foundation.calendars.loading import Shelf, assemble, read
from motcua.foundation.calendars.models import Calendar, CalendarDay, CalendarSession
from motcua.foundation.calendars.operations.changing import DayChange, as_rows, check, check_week


@dataclass(frozen=True)
class Plan:
    """Kế hoạch sửa lịch. `agency_id` is None when the national calendar changes, and with it that of every agency."""

    agency_id: int | None
    before: Shelf
    after: Shelf

    def calendars(self, agency_ids: Iterable[int], on: date) -> dict[int, CompiledCalendar]:
        """Of the agencies asked about, those that the change concerns, each with its calendar as it would be."""
        return {
            agency_id: self.after.calendar(agency_id, on)
            for agency_id in agency_ids
            if self.agency_id in {None, agency_id}
        }


def plan(*, calendar_id: UUID, changes: Sequence[DayChange], reason: str) -> Plan:
    """Xem trước a change of days, without writing anything. Raises InvalidInput like the change itself."""
    check(changes, reason)
    calendar = Calendar.objects.get(pk=calendar_id)
    changed = {change.day for change in changes}
    days = [
        row for row in CalendarDay.objects.all() if row.calendar_id != calendar_id or row.day not in changed
    ]
    before = read(None)
    after = assemble(
        Calendar.objects.all(),
        CalendarSession.objects.all(),
        [*days, *as_rows(calendar, changes)],
        before.regimes,
        None,
    )
    return Plan(calendar.agency_id, before, after)


def plan_hours(
    *, calendar_id: UUID, valid_from: date, week: Mapping[int, Sequence[Session]], reason: str
) -> Plan:
    """Xem trước a change of the week's hours. Raises InvalidInput, OverlappingSessions like the change itself."""
    check_week(week, reason)
    calendar = Calendar.objects.get(pk=calendar_id)
    rows = list(CalendarSession.objects.all())
    own = [row for row in rows if row.calendar_id == calendar_id]
    kept = [row for row in rows if row.calendar_id != calendar_id or row.valid_from != valid_from]
    if not own and not calendar.is_national:  # until its own hours begin, it works by the national ones
        national = Calendar.objects.filter(agency_id=None).values_list("pk", flat=True).first()
        kept += [
            CalendarSession(
                calendar=calendar,
                valid_from=row.valid_from,
                weekday=row.weekday,
                start=row.start,
                end=row.end,
            )
            for row in rows
            if row.calendar_id == national and row.valid_from != valid_from
        ]
    new = [
        CalendarSession(
            calendar=calendar, valid_from=valid_from, weekday=weekday, start=session.start, end=session.end
        )
        for weekday, sessions in week.items()
        for session in sessions
    ]
    before = read(None)
    days = CalendarDay.objects.all()
    after = assemble(Calendar.objects.all(), [*kept, *new], days, before.regimes, None)
    return Plan(calendar.agency_id, before, after)
