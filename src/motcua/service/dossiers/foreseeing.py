"""Ai sẽ chậm: the forecast of many dossiers from what the database knows of them, in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from motcua.core.time import local_date
from motcua.foundation.calendars.loading import work_calendar
from motcua.service.dossiers.models import Dossier, LatenessRule, StepPace
from motcua.service.dossiers.predicting import Ahead, Forecast, forecast, usual_minutes
from motcua.service.workflows.blueprint import Blueprint, StepKind
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations.running import compiled_of

QUARTER = timedelta(days=91)
FEWEST, MOST = 5, 200  # dossiers through a step: fewer say nothing, more say nothing new

Paces = Mapping[tuple[int, str], int]


def rule_on(day: date) -> LatenessRule | None:
    """Quy định về hồ sơ chậm in force on a day."""
    return LatenessRule.objects.filter(valid_from__lte=day).order_by("-valid_from").first()


def forecasts(dossiers: Sequence[Dossier], *, at: datetime) -> dict[UUID, Forecast]:
    """Dự báo của nhiều hồ sơ; one without a promise or without an open step has none."""
    tasks = Task.objects.open().filter(dossier_id__in=[one.pk for one in dossiers])
    opened = {
        (dossier_id, key): at_
        for dossier_id, key, at_ in tasks.values_list("dossier_id", "step_key", "opened_at")
    }
    workflows = Workflow.objects.filter(pk__in={one.workflow_id for one in dossiers}).without_model()
    blueprints = {workflow.pk: compiled_of(workflow).blueprint for workflow in workflows}
    paces = paces_of(set(blueprints))
    found = {}
    for dossier in dossiers:
        if dossier.due_at is None or dossier.workflow_id not in blueprints or not dossier.step_key:
            continue
        since = opened.get((dossier.pk, dossier.step_key))
        if since is None:
            continue
        if dossier.step_kind == StepKind.RETURN:
            continue
        present, *ahead = _way(blueprints[dossier.workflow_id], dossier, paces)
        found[dossier.pk] = forecast(
            present=present,
            opened_at=since,
            ahead=ahead,
            due_at=dossier.due_at,
            calendar=work_calendar(dossier.agency_id, local_date(at)),
            at=at,
        )
    return found


def paces_of(workflow_ids: set[int]) -> Paces:
    """Nhịp thực tế của các bước, as they were learnt."""
    rows = StepPace.objects.filter(workflow__in=workflow_ids).values_list("workflow", "step_key", "minutes")
    return {(workflow, key): minutes for workflow, key, minutes in rows}


@transaction.atomic
def learn_paces(at: datetime) -> int:
    """Học nhịp: what each step has taken in the last quarter; returns of how many steps that is known."""
    samples: dict[tuple[int, str, int], list[tuple[datetime, datetime]]] = defaultdict(list)
    passed = Task.objects.filter(completed_at__gte=at - QUARTER, completed_at__lt=at).exclude(
        outcome="STOPPED"
    )
    rows = passed.values_list("workflow_id", "step_key", "agency_id", "opened_at", "completed_at")
    for workflow, key, agency, opened_at, completed_at in rows.iterator(chunk_size=5000):
        kept = samples[workflow, key, agency]
        if completed_at and len(kept) < MOST:
            kept.append((opened_at, completed_at))
    day = local_date(at)
    by_step: dict[tuple[int, str], list[int]] = defaultdict(list)
    for (workflow, key, agency), taken in samples.items():
        minutes = usual_minutes(taken, work_calendar(agency, day))
        by_step[workflow, key] += [minutes] * len(taken)
    learnt = [
        StepPace(workflow_id=workflow, step_key=key, minutes=sorted(some)[len(some) // 2], samples=len(some), as_of=at)
        for (workflow, key), some in by_step.items()
        if len(some) >= FEWEST
    ]  # fmt: skip
    StepPace.objects.filter(as_of__lt=at).delete()
    StepPace.objects.bulk_create(
        learnt,
        update_conflicts=True,
        unique_fields=["workflow", "step_key"],
        update_fields=["minutes", "samples", "as_of"],
    )
    return len(learnt)


def _way(blueprint: Blueprint, dossier: Dossier, paces: Paces) -> list[Ahead]:
    """The present step and those until the result is at the one-stop unit."""
    keys = (dossier.step_key, *blueprint.usual_way(dossier.step_key))
    steps = [step for key in keys if (step := blueprint.step(key)).kind != StepKind.RETURN]
    return [Ahead(step.name, step.minutes, paces.get((dossier.workflow_id or 0, step.key))) for step in steps]
