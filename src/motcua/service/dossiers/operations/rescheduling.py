"""Tính lại ngày hẹn: what a change of the calendar does to open dossiers, previewed first and then applied."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, TypeVar, cast
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.rows import write_columns
from motcua.core.time import local_date
from motcua.foundation.calendars.clock import CompiledCalendar, Limit, Regime, Unit
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import DueDateMoved, LimitCorrected
from motcua.service.dossiers.history import Marks, ends_of, marks_by_dossier, marks_of, rebuilt, recomputed
from motcua.service.dossiers.models import Dossier, Rescheduling
from motcua.service.procedures.models.revision import ChannelNotOffered, NotInForce, revision_on
from motcua.service.workflows.operations import running

CHUNK = 2000
LOT = 500  # promises that are written by one transaction
CLOCK_FIELDS = (  # all that the clock asks of a dossier
    "agency_id", "received_at", "clock_starts_at", "limit_value", "limit_unit", "regime", "due_at", "step_due_at",
    "state", "is_boundary_free", "agency_received_at", "finished_at", "closed_at", "returned_at",
)  # fmt: skip


@dataclass(frozen=True)
class Shift:
    """Một ngày hẹn sẽ dời: of which dossier, from when, to when."""

    dossier_id: UUID
    code: str
    applicant_name: str
    before: datetime
    after: datetime


def preview(
    calendars: dict[int, CompiledCalendar],
    *,
    agency_ids: list[int] | None = None,
    regime: Regime | None = None,
) -> Iterator[Shift]:
    """Xem trước: the open dossiers whose promise would move if each agency worked by its calendar in `calendars`.

    `calendars` maps an agency to the calendar as it would be; agencies that are not in it keep today's. `regime` is a
    regime as it would be: only the dossiers that were received under it are looked at.
    """
    dossiers = (
        Dossier.objects.open()
        .filter(due_at__isnull=False, due_reason="")
        .select_related("revision")
        .order_by("agency_id", "id")
    )
    if agency_ids is not None:
        dossiers = dossiers.filter(agency__in=agency_ids)
    if regime is not None:
        dossiers = dossiers.filter(regime=regime.code)
    for chunk in batched(dossiers.iterator(chunk_size=CHUNK), CHUNK):
        marks = marks_by_dossier([dossier.pk for dossier in chunk])
        for dossier in chunk:
            calendar = calendars.get(dossier.agency_id) or work_calendar(
                dossier.agency_id, local_date(dossier.received_at)
            )
            after = recomputed(dossier, calendar, marks.get(dossier.pk, ()) + ends_of(dossier), regime=regime)
            if after and dossier.due_at and after != dossier.due_at:
                yield Shift(dossier.pk, dossier.code, dossier.applicant_name, dossier.due_at, after)


@transaction.atomic
def reschedule(*, dossier_id: UUID, by: User, at: datetime, reason: str) -> Rescheduling | None:
    """Dời ngày hẹn: recompute one open dossier by the calendar in force; None when nothing moves.

    The first promise is kept for ever; the open step is never due after the dossier. Raises Forbidden.
    Legal: BLDS-2015 Đ148
    """
    dossier = Dossier.objects.lock(dossier_id)
    access_of(by, at).require(Permission.MANAGE_CALENDARS, dossier.agency_id)
    if not dossier.is_open or dossier.due_at is None or dossier.due_reason:
        return None
    calendar = work_calendar(dossier.agency_id, local_date(dossier.received_at))
    after = recomputed(dossier, calendar, marks_of(dossier))
    if after is None or after == dossier.due_at:
        return None
    before, dossier.due_at = dossier.due_at, after
    if dossier.step_due_at and dossier.step_due_at > after:
        dossier.step_due_at = after
        running.redate(dossier_id=dossier.pk, due_at=after)
    dossier.save(update_fields=["due_at", "step_due_at"])
    moved = Rescheduling.objects.create(
        dossier=dossier, due_before=before, due_after=after, reason=reason[:300], at=at, by=by
    )
    events.record(
        DueDateMoved(subject_id=dossier.pk, actor_id=by.pk, at=at, before=before, after=after, reason=reason)
    )
    return moved


@dataclass(frozen=True)
class LimitShift:
    """Một thời hạn sẽ sửa: of which dossier, from what to what, and the dates that follow (None: the clock is stopped)."""

    dossier_id: UUID
    code: str
    applicant_name: str
    limit_before: Limit
    limit_after: Limit
    before: datetime | None
    after: datetime | None


def preview_limits(procedure_id: int) -> Iterator[LimitShift]:
    """Xem trước: the open dossiers whose limit a correcting revision has changed, dates set by hand left alone.

    A revision corrects when it is in force from before the reception, though it was published afterwards.
    """
    dossiers = (
        Dossier.objects.open().filter(procedure=procedure_id, due_reason="").order_by("received_at", "id")
    )
    for dossier in dossiers.select_related("revision", "case"):
        limit = corrected_limit(dossier)
        if limit is not None and limit != dossier.limit:
            before, due_before = dossier.limit, dossier.due_at
            dossier.limit_value, dossier.limit_unit = limit.value, limit.unit
            yield LimitShift(
                dossier.pk, dossier.code, dossier.applicant_name, before, limit, due_before, rebuilt(dossier)
            )


def corrected_limit(dossier: Dossier) -> Limit | None:
    """Thời hạn theo phiên bản sửa sai, when one is in force on the day of reception; None: nothing corrects it."""
    try:
        latest = revision_on(dossier.procedure_id, local_date(dossier.received_at))
        if latest.number <= dossier.revision.number:
            return None
        name = dossier.case.name if dossier.case else None
        case = next((one for one in latest.cases if one.name == name), None)
        return latest.limit_for(dossier.channel, case)
    except (NotInForce, ChannelNotOffered):
        return None


@transaction.atomic
def correct_limit(*, dossier_id: UUID, by: User, at: datetime, reason: str) -> Dossier | None:
    """Sửa thời hạn của một hồ sơ theo phiên bản sửa sai; None when nothing is to be corrected. The first promise stays.

    Raises Forbidden. Legal: ND118-2025 Đ17.3
    """
    dossier = Dossier.objects.lock(dossier_id)
    access_of(by, at).require(Permission.MANAGE_PROCEDURES, dossier.agency_id)
    if not dossier.is_open or dossier.due_reason:
        return None
    limit = corrected_limit(dossier)
    if limit is None or limit == dossier.limit:
        return None
    limit_before, before = dossier.limit, dossier.due_at
    dossier.limit_value, dossier.limit_unit = limit.value, limit.unit
    dossier.due_at = rebuilt(dossier) or (None if dossier.stands_still else before)
    dossier.first_due_at = dossier.first_due_at or dossier.due_at
    if dossier.due_at and dossier.step_due_at and dossier.step_due_at > dossier.due_at:
        dossier.step_due_at = dossier.due_at
        running.redate(dossier_id=dossier.pk, due_at=dossier.due_at)
    dossier.save(update_fields=["limit_value", "limit_unit", "due_at", "first_due_at", "step_due_at"])
    if before and dossier.due_at and before != dossier.due_at:
        Rescheduling.objects.create(
            dossier=dossier, due_before=before, due_after=dossier.due_at, reason=reason[:300], at=at, by=by
        )
    events.record(
        LimitCorrected(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            limit_before=str(limit_before),
            limit_after=str(limit),
            due_before=before,
            due_after=dossier.due_at,
            reason=reason.strip(),
        )
    )
    return dossier


class _Promise(NamedTuple):
    """What the clock asks of a dossier, as a bare row: a million of them are looked at, few are written."""

    pk: UUID
    agency_id: int
    received_at: datetime
    clock_starts_at: datetime
    limit_value: Decimal | None
    limit_unit: str
    regime: str
    due_at: datetime | None
    step_due_at: datetime | None
    state: str
    is_boundary_free: bool
    agency_received_at: datetime | None
    finished_at: datetime | None
    closed_at: datetime | None
    returned_at: datetime | None
    is_interrupted: bool

    @property
    def due_reason(self) -> str:
        """Dates that a person has set are not among those looked at."""
        return ""

    @property
    def is_plain(self) -> bool:
        """Nothing has happened to it that the clock would replay."""
        return not self.is_interrupted and not self.is_boundary_free and not ends_of(cast("Dossier", self))

    @property
    def limit(self) -> Limit:
        return _limit(self.limit_value, self.limit_unit)


@lru_cache(maxsize=1024)
def _limit(value: Decimal | None, unit: str) -> Limit:
    return Limit(value, Unit(unit))


@dataclass(frozen=True)
class Moved:
    """Tiến độ tính lại: how many open promises there are, how many were looked at, moved, or were in use just then.

    `after` is the mark to go on from; "" when all have been looked at.
    """

    total: int
    looked: int = 0
    moved: int = 0
    busy: int = 0
    after: str = ""


def reschedule_all(
    *,
    by: User,
    at: datetime,
    reason: str,
    agency_ids: Collection[int] | None = None,
    since: Moved | None = None,
    progress: Callable[[Moved], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Moved:
    """Dời mọi ngày hẹn: what `reschedule` does to one, done to all open dossiers of these agencies, some hundreds at once.

    Each that moves has its own row and its own line in the ledger, in one transaction with its lot. Dossiers that
    somebody acts on just now are left out and counted. Going on from `since`, or doing it all again, moves nothing
    twice. Only where `by` may manage calendars.
    """
    mine = access_of(by, at).where(Permission.MANAGE_CALENDARS)
    agencies = sorted(mine if agency_ids is None else mine & set(agency_ids))
    promises = Dossier.objects.open().filter(due_at__isnull=False, due_reason="", agency__in=agencies)
    stand = since or Moved(promises.count())
    calendars: dict[tuple[int, date], CompiledCalendar] = {}
    while True:
        page = promises.filter(pk__gt=stand.after) if stand.after else promises
        rows = page.with_interruptions().order_by("pk").values_list("pk", *CLOCK_FIELDS, "is_interrupted")
        chunk = [_Promise._make(row) for row in rows[:CHUNK]]
        plain = cast("list[Dossier]", [one for one in chunk if one.is_plain])
        others = [one.pk for one in chunk if not one.is_plain]
        whole = list(Dossier.objects.filter(pk__in=others).select_related("revision")) if others else []
        after = _promises(plain, {}, calendars) | _promises(whole, marks_by_dossier(others), calendars)
        shifts = [one.pk for one in chunk if after[one.pk] not in {None, one.due_at}]
        moved = sum(
            _move(lot, by=by, at=at, reason=reason, calendars=calendars) for lot in batched(shifts, LOT)
        )
        is_last = len(chunk) < CHUNK
        stand = Moved(
            stand.total,
            stand.looked + len(chunk),
            stand.moved + moved,
            stand.busy + len(shifts) - moved,
            "" if is_last else str(chunk[-1].pk),
        )
        progress(stand)
        if is_last or should_stop():
            return stand


@transaction.atomic
def _move(
    dossier_ids: Sequence[UUID],
    *,
    by: User,
    at: datetime,
    reason: str,
    calendars: dict[tuple[int, date], CompiledCalendar],
) -> int:
    """Write the new promises of one lot, computed again from the rows that are locked now; returns how many moved."""
    locked = (
        Dossier.objects.open()
        .filter(pk__in=dossier_ids, due_at__isnull=False, due_reason="")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )
    dossiers = {one.pk: one for one in locked.select_related("revision").defer("words")}
    after = _promises(list(dossiers.values()), marks_by_dossier(dossiers), calendars)
    moved = [one for one in dossiers.values() if after[one.pk] not in {None, one.due_at}]
    rows, happened, redated = [], [], []
    for dossier in moved:
        before, fresh = dossier.due_at, after[dossier.pk]
        if before is None or fresh is None:
            continue
        dossier.due_at = fresh
        if dossier.step_due_at and dossier.step_due_at > fresh:
            dossier.step_due_at = fresh
            redated.append((dossier.pk, fresh))
        rows.append(
            Rescheduling(
                dossier=dossier, due_before=before, due_after=fresh, reason=reason[:300], at=at, by=by
            )
        )
        happened.append(
            DueDateMoved(
                subject_id=dossier.pk, actor_id=by.pk, at=at, before=before, after=fresh, reason=reason
            )
        )
    write_columns(moved, ["due_at", "step_due_at"])
    running.redate_all(redated)
    Rescheduling.objects.bulk_create(rows)
    events.record_all(happened)
    return len(moved)


def _promises(
    dossiers: Sequence[Dossier],
    marks: Mapping[UUID, Marks],
    calendars: dict[tuple[int, date], CompiledCalendar],
) -> dict[UUID, datetime | None]:
    """What the clock promises each of them today, by the calendar in force; `calendars` keeps those that were read."""
    found: dict[UUID, datetime | None] = {}
    for dossier in dossiers:
        key = dossier.agency_id, local_date(dossier.received_at)
        if key not in calendars:
            calendars[key] = work_calendar(*key)
        found[dossier.pk] = recomputed(dossier, calendars[key], marks.get(dossier.pk, ()) + ends_of(dossier))
    return found


Item = TypeVar("Item")


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """In chunks of at most `size`."""
    waiting = iter(items)
    while chunk := list(islice(waiting, size)):
        yield chunk
