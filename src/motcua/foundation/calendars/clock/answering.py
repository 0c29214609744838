"""Ngày hẹn trả: when the result is promised, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock.compiled import CompiledCalendar
from motcua.foundation.calendars.clock.explaining import Asked, Line, explain
from motcua.foundation.calendars.clock.facts import EndMoment, Limit, Mark, Regime, Unit
from motcua.foundation.calendars.clock.rulers import Ruler, pushed, ruler_for
from motcua.foundation.calendars.clock.tracking import Pause, Track, replay
from motcua.foundation.calendars.clock.weeks import WorkCalendar

AnyCalendar = WorkCalendar | CompiledCalendar


@dataclass(frozen=True)
class Answer:
    """Câu trả lời của đồng hồ.

    `due_at` is the lawful moment, None when nothing is promised or the clock is stopped. `first_due_at` leaves the
    extension out, for honest statistics. `start_at` is the instant that counts as the reception: asked again with it,
    the clock answers the same.
    """

    due_at: datetime | None
    start_at: datetime
    first_due_at: datetime | None
    is_paused: bool = False
    is_provisional: bool = False
    explain: Callable[[], tuple[Line, ...]] = field(default=tuple, repr=False, compare=False)

    @cached_property
    def explanation(self) -> tuple[Line, ...]:
        """Vì sao ngày này? Each day or span that was counted or skipped, with its reason."""
        return self.explain()


def due(
    received_at: datetime,
    limit: Limit,
    calendar: AnyCalendar,
    regime: Regime,
    *,
    starts_after_cutoff_next_day: bool = False,
    boundary_free: bool = False,
    events: Sequence[Mark] = (),
) -> Answer:
    """Ngày hẹn trả: the moment promised for a dossier, from its reception and everything that happened to it since.

    Legal: BLDS-2015 Đ147, Đ148; ND118-2025 Đ17.3, Đ18, Đ19
    """
    ready = calendar.compiled
    track = (
        replay(received_at, events, regime, boundary_free=boundary_free) if events or boundary_free else None
    )
    counted_from = track.received_at if track else received_at
    if track and track.is_provisional:
        counted_from = transfer_due(received_at, ready, regime)
    start_at = start_of(counted_from, ready, regime) if starts_after_cutoff_next_day else counted_from
    if not limit.is_a_number:
        first_due_at = due_at = None
    elif track is None:
        first_due_at = due_at = _simple_due(start_at, limit, ready, regime)
    elif track.is_paused:
        first_due_at = due_at = None
    else:
        first_due_at, due_at = _tracked_due(start_at, limit, ready, regime, track)
    return Answer(
        due_at,
        start_at,
        first_due_at,
        is_paused=track is not None and track.is_paused,
        is_provisional=track is not None and track.is_provisional,
        explain=partial(explain, Asked(received_at, start_at, limit, ready, regime, track), first_due_at),
    )


def due_at(
    received_at: datetime,
    limit: Limit,
    calendar: AnyCalendar,
    regime: Regime,
    *,
    starts_after_cutoff_next_day: bool = False,
    boundary_free: bool = False,
    events: Sequence[Mark] = (),
) -> datetime | None:
    """The moment alone, for recomputing many: most dossiers have no history."""
    if events or boundary_free:
        return due(
            received_at,
            limit,
            calendar,
            regime,
            starts_after_cutoff_next_day=starts_after_cutoff_next_day,
            boundary_free=boundary_free,
            events=events,
        ).due_at
    if not limit.is_a_number:
        return None
    ready = calendar.compiled
    if starts_after_cutoff_next_day:
        received_at = start_of(received_at, ready, regime)
    return _simple_due(received_at, limit, ready, regime)


def start_of(received_at: datetime, calendar: AnyCalendar, regime: Regime) -> datetime:
    """Bắt đầu tính: for procedures whose limit starts the next working day when they are received after the cut-off.

    The reception then counts as made when that day opens, and so does one on a day of rest.
    Legal: ND63-2024; ND118-2025 Đ18
    """
    ready = calendar.compiled
    local = received_at.astimezone(VIETNAM)
    if local.time() <= regime.transfer_cutoff and ready.is_working(local.date()):
        return received_at
    return ready.opening(local.date() + timedelta(days=1))


def transfer_due(received_at: datetime, calendar: AnyCalendar, regime: Regime) -> datetime:
    """Hạn chuyển hồ sơ: the same working day; after the cut-off, when the next working day opens.

    Legal: ND118-2025 Đ18
    """
    ready = calendar.compiled
    local = received_at.astimezone(VIETNAM)
    if local.time() <= regime.transfer_cutoff and ready.is_working(local.date()):
        closes = ready.close(local.date())
        if local < closes:
            return closes
    return ready.opening(local.date() + timedelta(days=1))


def paper_due(received_at: datetime, calendar: AnyCalendar, regime: Regime) -> datetime:
    """Hạn chuyển hồ sơ giấy of a boundary-free dossier: one working day. Legal: ND118-2025 Đ20.1"""
    day = received_at.astimezone(VIETNAM).toordinal()
    return calendar.compiled.nth_close(day, regime.paper_transfer_days)


def _simple_due(start_at: datetime, limit: Limit, calendar: CompiledCalendar, regime: Regime) -> datetime:
    """The fast path: whole working days, nothing has happened."""
    if limit.unit is Unit.WORKING_DAY and regime.end_moment is EndMoment.END_OF_DAY:
        number = int(limit.value or 0)
        if number == limit.value:
            local = start_at if start_at.tzinfo is VIETNAM else start_at.astimezone(VIETNAM)
            return calendar.nth_close(local.toordinal(), number)
    ruler = ruler_for(start_at, limit, calendar, regime)
    return ruler.moment(ruler.target)


def _tracked_due(
    start_at: datetime, limit: Limit, calendar: CompiledCalendar, regime: Regime, track: Track
) -> tuple[datetime, datetime]:
    """The moment without and with the extension."""
    ruler = ruler_for(start_at, limit, calendar, regime)
    first_due_at = ruler.moment(pushed(ruler.target, track.pauses, ruler))
    if track.extension is None or track.extension.until is None:
        return first_due_at, first_due_at
    extended = _extended(track.extension, track.pauses, ruler)
    return first_due_at, max(first_due_at, extended)


def _extended(extension: Mark, pauses: Sequence[Pause], ruler: Ruler) -> datetime:
    """The new date of the letter, moved by what was paused after it."""
    until = (extension.until or extension.at).astimezone(VIETNAM)
    place = ruler.place(until)
    later = [
        Pause(max(pause.first, extension.at), pause.last, pause.reason)
        for pause in pauses
        if pause.last > extension.at
    ]
    moved = pushed(place, later, ruler, until)
    return until if moved == place else ruler.moment(moved)
