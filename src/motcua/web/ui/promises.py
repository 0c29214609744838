"""Lời hứa trên trang: how a due moment stands now, with the working days that are left, for the macros of states.html."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from motcua.core.time import local_date
from motcua.foundation.calendars.clock import state_of
from motcua.foundation.calendars.loading import work_calendar

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Promise:
    """Ngày hẹn, lúc này: `days` are working days left, below zero once it is overdue, None when it no longer runs."""

    state: str
    due_at: datetime | None
    days: int | None


def promise_of(
    due_at: datetime | None,
    *,
    at: datetime,
    finished_at: datetime | None = None,
    is_paused: bool = False,
    agency_id: int | None = None,
) -> Promise:
    """The promise of a dossier or a step at `at`; a finished one is judged by when it was finished."""
    if finished_at is not None and due_at is not None:
        return Promise("DONE_LATE" if finished_at > due_at else "DONE_ON_TIME", due_at, None)
    state = state_of(due_at, at, is_paused=is_paused)
    if due_at is None or is_paused:
        return Promise(state, due_at, None)
    today, last = local_date(at), local_date(due_at)
    calendar = work_calendar(agency_id, today)
    if today <= last:
        return Promise(state, due_at, calendar.days_between(today + ONE_DAY, last))
    return Promise(state, due_at, -calendar.days_between(last + ONE_DAY, today))
