"""Lựa chọn của từng việc: what the fields of an act offer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motcua.core.time import local, local_date
from motcua.foundation.calendars.clock import add_working_minutes
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.documents.kinds import ACCEPT
from motcua.foundation.org.models import Agency, AgencyKind
from motcua.service.dossiers.fairness import Advice
from motcua.service.dossiers.hands import advice_for
from motcua.service.dossiers.models import Decision, Dossier, Pause, Priority
from motcua.service.dossiers.operations.moving import returnable
from motcua.service.dossiers.operations.pausing import kinds_allowed
from motcua.service.dossiers.operations.returning import result_name
from motcua.service.workflows.models import Task
from motcua.web.desk.people import as_options, next_people, present_people

TWO_DAYS = 2 * 8 * 60  # working minutes: how long an opinion usually takes


def choices_for(act: str, dossier: Dossier, at: datetime) -> dict[str, Any]:
    """The variables of an act's fields besides `form` and `dossier`."""
    if act == "claim":
        return {"why": advice_for(dossier, at).why}
    if act == "assignment":
        return people_in(next_people(dossier, at))
    if act == "holder":
        return people_in(present_people(dossier, at))
    if act == "proposal":
        return {"outcomes": Decision.Outcome.choices, "kept_draft": None}
    if act == "back":
        tasks = list(Task.objects.of(dossier.pk).with_workflow())
        return {"targets": returnable(dossier, tasks)}
    if act == "priority":
        return {"priorities": Priority.choices}
    if act == "consultations":
        until = local(add_working_minutes(at, TWO_DAYS, work_calendar(dossier.agency_id, local_date(at))))
        if dossier.due_at and at < dossier.due_at < until:
            until = local(dossier.due_at)
        return {"agencies": agencies_besides(dossier, at), "until": until}
    if act == "pause":
        allowed = kinds_allowed(dossier)
        return {"kinds": [(kind.value, kind.label) for kind in Pause.Kind if kind.value in allowed]}
    if act == "resume":
        return {"pause": dossier.pauses.filter(ended_at=None).first()}
    if act == "reopening":
        return {"stop": dossier.stops.filter(reopened_at=None).first()}
    if act == "issue":
        decision = dossier.decisions.filter(sent_back_at=None).first()
        outcome = decision.outcome if decision else Decision.Outcome.APPROVE
        return {
            "result_name": result_name(dossier, outcome),
            "issued_on": local_date(at),
            "accept": ACCEPT,
            "kept": None,
        }
    return {}


def people_in(advice: Advice) -> dict[str, Any]:
    """Whom one may choose, and in words why the first of them is suggested."""
    return {"people": as_options(advice), "why": advice.why if advice.places else ""}


def agencies_besides(dossier: Dossier, at: datetime) -> list[tuple[str, str]]:
    """Các cơ quan hỏi được."""
    internal = AgencyKind.objects.filter(is_internal=True).values("code")
    others = Agency.objects.valid_on(local_date(at)).exclude(pk=dossier.agency_id).exclude(kind__in=internal)
    return [(str(pk), name) for pk, name in others.order_by("name", "id").values_list("pk", "name")]
