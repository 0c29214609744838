"""Ai có thể nhận: the facts that `fairness` weighs, read in as many questions for one dossier as for five hundred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from motcua.core.time import local_date
from motcua.foundation.calendars.clock import CompiledCalendar, working_minutes_between
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.access import house_of
from motcua.foundation.identity.models import Absence, Delegation, Membership
from motcua.service.dossiers.fairness import Advice, Hand, Work, advise
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.assigning import people_for
from motcua.service.dossiers.operations.steps import agency_of
from motcua.service.workflows.models import Task, WorkflowStep

PLANNED = WorkflowStep.objects.filter(workflow=OuterRef("workflow_id"), key=OuterRef("step_key"))


def advice_for(dossier: Dossier, at: datetime, *, without: Collection[UUID] = ()) -> Advice:
    """Gợi ý người giữ bước hiện tại của hồ sơ."""
    return advice_among(
        agency_of(dossier, dossier.step_kind), dossier.step_role, dossier, at, without=without
    )


def advice_among(
    agency_id: int, role: str, dossier: Dossier, at: datetime, *, without: Collection[UUID] = ()
) -> Advice:
    """Gợi ý người nhận hồ sơ for a step of that role there."""
    hands = [hand for hand in hands_of(agency_id, role, at) if hand.key not in without]
    return advise(hands, on=local_date(at), due_on=local_date(dossier.due_at) if dossier.due_at else None)


def hands_of(agency_id: int, role: str, at: datetime) -> list[Hand]:
    """Những người mang vai trò tại cơ quan, with what they hold and when they are away; in five questions."""
    people = people_for(agency_id, role, at)
    keys = [person.pk for person in people]
    work, away = work_of(keys, agency_id, at), away_of(keys, role, at)
    until = _until(keys, agency_id, role, at)
    return [
        Hand(
            person.pk,
            person.full_name,
            work=tuple(work.get(person.pk, ())),
            away=away.get(person.pk),
            until=until.get(person.pk),
        )
        for person in people
    ]


def work_of(people: Collection[UUID], agency_id: int, at: datetime) -> Mapping[UUID, list[Work]]:
    """Việc đang giữ: the open tasks of each person, wherever they are, with the planned minutes that are left."""
    calendar = work_calendar(agency_id, local_date(at))
    found: dict[UUID, list[Work]] = defaultdict(list)
    held = Task.objects.open().filter(holder__in=people)
    rows = held.annotate(planned=Subquery(PLANNED.values("minutes")[:1])).values_list(
        "holder", "due_at", "planned"
    )
    for holder, due_at, planned in rows:
        found[holder].append(work(due_at, planned or 0, at, calendar))
    return found


def work(due_at: datetime | None, planned: int, at: datetime, calendar: CompiledCalendar) -> Work:
    """What is left of a task: never more than what is planned, nor than what fits before it is due; late ones are whole."""
    is_late = due_at is not None and due_at < at
    left = (
        planned if due_at is None or is_late else min(planned, working_minutes_between(at, due_at, calendar))
    )
    return Work(local_date(due_at) if due_at else None, left, is_late)


def planned_minutes(dossiers: Iterable[Dossier]) -> Mapping[tuple[int | None, str], int]:
    """Phút theo quy trình of the present steps, by workflow and step, in one question."""
    wanted = {(one.workflow_id, one.step_key) for one in dossiers}
    rows = WorkflowStep.objects.filter(
        workflow__in={workflow for workflow, _ in wanted}, key__in={key for _, key in wanted}
    )
    return {
        (workflow, key): minutes for workflow, key, minutes in rows.values_list("workflow", "key", "minutes")
    }


def away_of(people: Collection[UUID], role: str, at: datetime) -> Mapping[UUID, tuple[date, date]]:
    """Vắng mặt: who is on leave or has handed this role to somebody else, now or soon; the first such time of each."""
    day = local_date(at)
    leaves = Absence.objects.filter(person__in=people, last_day__gte=day, ended_at=None)
    given = Delegation.objects.filter(giver__in=people, post__role__code=role, valid_to__gte=day).filter(
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)
    )
    rows = [
        *leaves.values_list("person", "first_day", "last_day"),
        *given.values_list("giver", "valid_from", "valid_to"),
    ]
    return {
        person: (first, last) for person, first, last in sorted(rows, key=lambda row: row[1], reverse=True)
    }


def _until(people: Collection[UUID], agency_id: int, role: str, at: datetime) -> Mapping[UUID, date]:
    """The last day in the role, of those who have one."""
    seats = Membership.objects.valid_on(local_date(at)).filter(
        user__in=people, post__role__code=role, post__agency__in=house_of(agency_id)
    )
    rows = seats.values_list("user", "valid_to", "post__valid_to").order_by(
        F("valid_to").asc(nulls_last=True)
    )
    found: dict[UUID, date | None] = {}
    for user, seat_ends, post_ends in rows:
        ends = min((day for day in (seat_ends, post_ends) if day), default=None)
        known = found.get(user, date.min)
        found[user] = None if ends is None or known is None else max(known, ends)
    return {user: ends for user, ends in found.items() if ends is not None}
