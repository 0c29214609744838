"""Lịch sử cho đồng hồ: the rows of a dossier's interruptions as the marks that the clock replays.

The rows are the facts; `due_at` is what the clock makes of them. Whoever recomputes a promise comes through here, one
dossier or a million, so that there is one answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from motcua.core.time import local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.clock import (
    Answer,
    CompiledCalendar,
    Happening,
    Mark,
    Regime,
    add_working_minutes,
    working_minutes_between,
)
from motcua.foundation.calendars.loading import regime_named, work_calendar
from motcua.service.dossiers.models import Apology, Dossier, Pause, Stop, Supplement
from motcua.service.dossiers.states import State

Marks = tuple[Mark, ...]


def marks_of(dossier: Dossier) -> Marks:
    """Các mốc của một hồ sơ, in order of time; in four queries, or none where the row says that nothing interrupted it."""
    if dossier.is_interrupted is False:
        return ends_of(dossier)
    return marks_by_dossier([dossier.pk]).get(dossier.pk, ()) + ends_of(dossier)


def marks_by_dossier(dossier_ids: Collection[UUID]) -> Mapping[UUID, Marks]:
    """Các mốc of many dossiers, without their ends; a dossier that was never interrupted is not in it."""
    found: dict[UUID, list[Mark]] = defaultdict(list)
    for supplement in Supplement.objects.filter(dossier__in=dossier_ids):
        found[supplement.dossier_id] += _of_supplement(supplement)
    for pause in Pause.objects.filter(dossier__in=dossier_ids):
        found[pause.dossier_id] += _of_pause(pause)
    for apology in Apology.objects.filter(dossier__in=dossier_ids, state=Apology.State.SENT, extends=True):
        if apology.sent_at:
            found[apology.dossier_id].append(Mark(Happening.EXTENDED, apology.sent_at, apology.due_after))
    for stop in Stop.objects.filter(dossier__in=dossier_ids, reopened_at__isnull=False):
        found[stop.dossier_id] += _of_reopened(stop)
    return {key: tuple(sorted(marks, key=lambda mark: mark.at)) for key, marks in found.items()}


def ends_of(dossier: Dossier) -> Marks:
    """Mốc kết thúc: how the dossier ended, as far as it has."""
    ends = []
    if dossier.is_boundary_free and dossier.agency_received_at:
        ends.append(Mark(Happening.AGENCY_RECEIVED, dossier.agency_received_at))
    if dossier.finished_at:
        ends.append(Mark(Happening.DECIDED, dossier.finished_at))
    if dossier.closed_at:
        kind = Happening.WITHDRAWN if dossier.state == State.WITHDRAWN else Happening.STOPPED
        ends.append(Mark(kind, dossier.closed_at))
    if dossier.returned_at:
        ends.append(Mark(Happening.RETURNED, dossier.returned_at))
    return tuple(ends)


def answer_of(dossier: Dossier, calendar: CompiledCalendar, marks: Marks) -> Answer:
    """Câu trả lời của đồng hồ for one dossier from its facts: the promise, and why."""
    return clock.due(
        _counted_from(dossier),
        dossier.limit,
        calendar,
        regime_named(dossier.regime),
        starts_after_cutoff_next_day=_starts_next_day(dossier, marks),
        boundary_free=dossier.is_boundary_free,
        events=marks,
    )


def rebuilt(dossier: Dossier) -> datetime | None:
    """Dựng lại ngày hẹn of one dossier from everything that happened to it; equal to what is stored, always."""
    if dossier.bundle_id and _turn_never_came(dossier):
        return None
    calendar = work_calendar(dossier.agency_id, local_date(dossier.received_at))
    return recomputed(dossier, calendar, marks_of(dossier))


def _turn_never_came(dossier: Dossier) -> bool:
    """A part of a bundle that waits for another's output, or ended while it did, was promised nothing of its own."""
    if dossier.closed_at is None:
        return dossier.state == State.AWAITING_OUTPUT
    return dossier.stops.filter(interrupted=State.AWAITING_OUTPUT, reopened_at=None).exists()


def recomputed(
    dossier: Dossier, calendar: CompiledCalendar, marks: Marks = (), *, regime: Regime | None = None
) -> datetime | None:
    """Ngày hẹn tính lại: what the clock promises today from the facts; None: nothing, or the clock stands still.

    `regime`: as it would be, for a preview; else the dossier's own.
    """
    rules = regime or regime_named(dossier.regime)
    if dossier.due_reason:
        return _set_by_hand(dossier, calendar, marks, rules)
    return clock.due_at(
        _counted_from(dossier),
        dossier.limit,
        calendar,
        rules,
        starts_after_cutoff_next_day=_starts_next_day(dossier, marks),
        boundary_free=dossier.is_boundary_free,
        events=marks,
    )


def _counted_from(dossier: Dossier) -> datetime:
    """What the clock counts from: a boundary-free dossier is asked about anew, from the counter where it was handed in."""
    return dossier.received_at if dossier.is_boundary_free else dossier.clock_starts_at


def _starts_next_day(dossier: Dossier, marks: Marks) -> bool:
    """Only a later start can fall after the cut-off: the first one was moved when the dossier was received."""
    if not marks and not dossier.is_boundary_free:
        return False
    return dossier.revision.starts_next_day_after_cutoff


def _set_by_hand(
    dossier: Dossier, calendar: CompiledCalendar, marks: Marks, rules: Regime
) -> datetime | None:
    """A date that a person set keeps its distance in working time: from the start, and beyond what is not counted."""
    due_at, start = dossier.first_due_at, dossier.clock_starts_at
    if due_at is None or not marks:
        return due_at
    track = clock.replay(start, marks, rules, boundary_free=dossier.is_boundary_free)
    if track.is_paused:
        return None
    if track.received_at != start:
        distance = working_minutes_between(start, due_at, calendar)
        due_at = add_working_minutes(track.received_at, distance, calendar)
    for pause in track.pauses:
        if pause.first < due_at:
            lost = working_minutes_between(pause.first, pause.last, calendar)
            due_at = add_working_minutes(due_at, lost, calendar) if lost else due_at
    if track.extension and track.extension.until:
        due_at = max(due_at, track.extension.until)
    return due_at


def _of_supplement(supplement: Supplement) -> Iterator[Mark]:
    yield Mark(Happening.SUPPLEMENT_REQUESTED, supplement.asked_at)
    if supplement.completed_at:
        yield Mark(Happening.SUPPLEMENT_COMPLETED, supplement.completed_at)
    elif supplement.closed_at:
        yield Mark(Happening.SUPPLEMENT_GIVEN_UP, supplement.closed_at)


def _of_pause(pause: Pause) -> Iterator[Mark]:
    yield Mark(Happening.PAUSED, pause.started_at)
    if pause.ended_at:
        yield Mark(Happening.RESUMED, pause.ended_at)


def _of_reopened(stop: Stop) -> Iterator[Mark]:
    """A dossier opened again was not worked on in between: that time is not counted."""
    if stop.reopened_at:
        yield Mark(Happening.PAUSED, stop.at)
        yield Mark(Happening.RESUMED, stop.reopened_at)
