"""Người nhận việc: who may take the next step, with what they hold already, the least loaded first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q

from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.assigning import candidates, people_for
from motcua.service.workflows.models import Workflow


def next_people(dossier: Dossier, at: datetime) -> list[User]:
    """Ai thụ lý được: who holds a post with the role of the step after this one."""
    workflow = Workflow.objects.filter(pk=dossier.workflow_id or 0).first()
    if workflow is None:
        return []
    way = workflow.blueprint.usual_way(dossier.step_key)
    if not way:
        return []
    role = workflow.blueprint.step(way[0]).role
    return people_for(dossier.agency_id, role, at)


def present_people(dossier: Dossier, at: datetime) -> list[User]:
    """Ai giữ được bước này, besides who holds it."""
    return [person for person in candidates(dossier, at) if person.pk != dossier.holder_id]


def as_options(people: Iterable[User], at: datetime) -> list[tuple[str, str]]:
    """For a select: “Hoàng Minh Em – đang giữ 12, 3 quá hạn”."""
    listed = list(people)
    loads = {
        row["holder"]: (row["held"], row["late"])
        for row in Dossier.objects.open()
        .filter(holder__in=listed)
        .values("holder")
        .annotate(held=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))
    }
    listed.sort(key=lambda person: (*loads.get(person.pk, (0, 0)), person.full_name))
    return [
        (str(person.pk), f"{person.full_name} – {_load(*loads.get(person.pk, (0, 0)))}") for person in listed
    ]


def _load(held: int, late: int) -> str:
    if not held:
        return "chưa giữ hồ sơ nào"
    return f"đang giữ {held}" + (f", {late} quá hạn" if late else "")
