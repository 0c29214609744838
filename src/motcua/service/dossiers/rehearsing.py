"""Chạy thử trên hồ sơ thật: the finished dossiers of a procedure, with the way they took, as the dry run takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F

from motcua.core.time import VIETNAM, local_date
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.access import house_of
from motcua.foundation.identity.models import Membership
from motcua.foundation.org.querysets import valid_on
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.states import FINISHED
from motcua.service.procedures.models import Offering
from motcua.service.workflows.dry_run import Outlook, Past, Pool, Visit, dry_run, measured
from motcua.service.workflows.models import Task
from motcua.service.workflows.operations.running import WALKED

if TYPE_CHECKING:
    from motcua.foundation.calendars.clock import CompiledCalendar
    from motcua.service.dossiers.querysets import DossierQuerySet
    from motcua.service.workflows.models import Workflow

MOST = 10_000  # dossiers of one dry run; the newest
AT_ONCE = 2_000  # dossiers whose tasks are read by one query
FIELDS = (
    "dossier_id", "step_key", "kind", "role", "opened_at", "completed_at", "outcome", "name", "completed_by", "agency",
)  # fmt: skip


@dataclass(frozen=True)
class Rehearsal:
    """Một lần chạy thử: its outcome, and what it could not take in."""

    outlook: Outlook
    unfinished: int  # received in the period, without a result yet
    left_out: int  # finished, but more than a dry run takes


def last_quarter(on: date) -> tuple[date, date]:
    """Quý gần nhất đã hết: its first and last day."""
    first = date(on.year, (on.month - 1) // 3 * 3 + 1, 1)
    last = first - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last


def rehearse(workflow: Workflow, *, first: date, last: date, at: datetime) -> Rehearsal:
    """Chạy thử a version on the dossiers received from `first` to `last`. Raises NothingToReplay."""
    received = received_between(workflow, first, last)
    finished = with_result(received)
    pasts, calendars = pasts_of(finished.order_by("-received_at"))
    outlook = dry_run(
        workflow.blueprint, pasts, calendars, people_of(pools_of(workflow, pasts), local_date(at))
    )
    return Rehearsal(
        outlook,
        unfinished=received.open().count(),
        left_out=finished.count() - MOST if len(pasts) == MOST else 0,
    )


def received_between(workflow: Workflow, first: date, last: date) -> DossierQuerySet:
    """Hồ sơ của thủ tục that came in those days to the agency of the workflow, or to any that offers the procedure."""
    if workflow.agency_id is not None:
        agencies = [workflow.agency_id]
    else:
        offered = Offering.objects.filter(procedure=workflow.procedure_id)
        agencies = list(offered.values_list("agency", flat=True).distinct())
    begins = datetime.combine(first, time(), VIETNAM)
    ends = datetime.combine(last + timedelta(days=1), time(), VIETNAM)
    return Dossier.objects.filter(
        agency__in=agencies, procedure=workflow.procedure_id, received_at__gte=begins, received_at__lt=ends
    )


def with_result(dossiers: DossierQuerySet) -> DossierQuerySet:
    """Đã có kết quả: what was stopped or withdrawn tells nothing of how long a way takes."""
    return dossiers.filter(state__in=sorted(FINISHED), finished_at__isnull=False)


def pasts_of(dossiers: DossierQuerySet) -> tuple[list[Past], dict[int, CompiledCalendar]]:
    """The finished of these dossiers, at most `MOST`, and the calendars of their agencies; a query for each 2,000."""
    columns = "id", "received_at", "due_at", "finished_at", "agency_id", "reception_agency_id"
    rows = list(dossiers.filter(finished_at__isnull=False).values_list(*columns, named=True)[:MOST])
    calendars: dict[int, CompiledCalendar] = {}
    for row in rows:
        if row.agency_id not in calendars:
            calendars[row.agency_id] = work_calendar(row.agency_id, local_date(row.received_at))
    agencies = {row.id: row.agency_id for row in rows}
    visits = _visits(agencies, calendars)
    pasts = [
        Past(
            key=row.id,
            received_at=row.received_at,
            due_at=row.due_at,
            finished_at=row.finished_at or row.received_at,
            visits=tuple(visits.get(row.id, ())),
            agency=row.agency_id,
            counter=row.reception_agency_id,
        )
        for row in rows
    ]
    return pasts, calendars


def _visits(
    agencies: Mapping[UUID, int], calendars: Mapping[int, CompiledCalendar]
) -> dict[UUID, list[Visit]]:
    keys = list(agencies)
    found: dict[UUID, list[Visit]] = {}
    for begin in range(0, len(keys), AT_ONCE):
        tasks = Task.objects.filter(dossier_id__in=keys[begin : begin + AT_ONCE], completed_at__isnull=False)
        tasks = tasks.filter(undone_at=None, outcome__in=sorted(WALKED)).order_by("dossier_id", "number")
        for row in tasks.values_list(*FIELDS):
            dossier_id, step, kind, role, opened, completed, outcome, name, by, place = row
            took = measured(opened, completed, calendars[agencies[dossier_id]])
            visit = Visit(step, kind, role, opened, completed, outcome, took, name, by, place)
            found.setdefault(dossier_id, []).append(visit)
    return found


def pools_of(workflow: Workflow, pasts: Sequence[Past]) -> set[Pool]:
    """Every role of the workflow at every agency that the dossiers went through."""
    agencies = {past.agency for past in pasts} | {past.counter for past in pasts}
    agencies |= {visit.agency for past in pasts for visit in past.visits}
    return {(agency, step.role) for agency in agencies for step in workflow.blueprint.steps}


def people_of(pools: Iterable[Pool], on: date) -> dict[Pool, int]:
    """Bao nhiêu người có vai trò đó at each agency and in its internal units, in one query."""
    wanted = set(pools)
    homes: dict[int, list[int]] = {}
    for agency_id in {agency_id for agency_id, _ in wanted}:
        for unit in house_of(agency_id):
            homes.setdefault(unit, []).append(agency_id)
    held = Membership.objects.valid_on(on).filter(valid_on(on, "post__"), post__agency__in=list(homes))
    held = held.filter(user__is_active=True, post__role__code__in={role for _, role in wanted})
    bearers: dict[Pool, set[UUID]] = {}
    for unit, role, user_id in held.values_list(F("post__agency"), F("post__role__code"), F("user")):
        for agency_id in homes[unit]:
            bearers.setdefault((agency_id, role), set()).add(user_id)
    return {pool: len(bearers.get(pool, ())) for pool in wanted}
