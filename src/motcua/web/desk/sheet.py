"""Tờ hồ sơ: all that a desk shows of one dossier, beside the list or on its own page, in few queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.org.models import Role
from motcua.service.dossiers.models import Consultation, Dossier, PaperTransfer, Result
from motcua.service.dossiers.states import State
from motcua.service.linking.reading import place_of
from motcua.service.procedures.models import Entrustment
from motcua.service.workflows.blueprint import StepKind
from motcua.service.workflows.drawing import in_words, to_svg
from motcua.service.workflows.milestones import milestones
from motcua.service.workflows.models import Task, Workflow
from motcua.web.desk.acts import acts_for
from motcua.web.desk.base import READERS, DeskPage
from motcua.web.desk.choices import choices_for
from motcua.web.ui.dossiers import dossier_promise, explanation_of, moments_of, part_lines
from motcua.web.ui.supplements import supplements_of


class Show(DeskPage):
    """Một hồ sơ: a page of its own, or the part that stands beside the list."""

    any_of = READERS

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        template = "desk/dossiers/_sheet.html" if self.is_fragment else "desk/dossiers/show.html"
        return self.render(template, **sheet_of(self, dossier, request.GET.get("tu", "")))


def sheet_of(page: DeskPage, dossier: Dossier, tab: str = "") -> dict[str, Any]:
    """What the templates of a dossier need; `tab` is the list that one came from."""
    choice = acts_for(dossier, page.user, page.access)
    way = way_of(dossier)
    consultations = list(
        Consultation.objects.filter(dossier=dossier)
        .select_related("agency", "asked_by", "answered_by")
        .order_by("id")
    )
    decisions = list(dossier.decisions.select_related("proposed_by", "signed_by").order_by("-id"))
    return {
        "dossier": dossier,
        "tab": tab,
        "promise": dossier_promise(dossier, page.at),
        "explanation": explanation_of(dossier),
        "choice": choice,
        "act": choice.first,
        "checklist": part_lines(dossier),
        "moments": [
            *moments_of(dossier, page.at),
            *({"state": "next", "what": name} for name in (way.ahead if way else ())),
        ],
        "notes": dossier.notes.select_related("author").order_by("-id"),
        "consultations": consultations,
        "open_question": next((one for one in consultations if one.is_open), None),
        "decision": next((one for one in decisions if one.sent_back_at is None), None),
        "sent_back": decisions[0] if decisions and decisions[0].sent_back_at else None,
        "result": Result.objects.filter(dossier=dossier).select_related("document__file").first(),
        "way": way,
        "bundle_place": place_of(dossier),
        "paper_file": paper_file_of(dossier),
        "signature": signature_of(dossier),
        "today": local_date(page.at),
        "supplements": supplements_of(dossier),
        "paused": dossier.pauses.filter(ended_at=None).first() if dossier.state == State.PAUSED else None,
        "stopped": dossier.stops.filter(reopened_at=None).first() if dossier.closed_at else None,
        **(choices_for(choice.first.key, dossier, page.at) if choice.first else {}),
    }


def paper_file_of(dossier: Dossier) -> PaperTransfer | None:
    """Hồ sơ giấy đi theo, of a dossier that was received elsewhere."""
    if not dossier.is_boundary_free:
        return None
    return PaperTransfer.objects.select_related("from_agency").filter(dossier=dossier).first()


def signature_of(dossier: Dossier) -> str:
    """Thể thức ký, where the agency settles by a decision that entrusts it; asked when it comes to the signature."""
    if dossier.step_kind != StepKind.SIGN:
        return ""
    on = local_date(dossier.received_at)
    found = Entrustment.objects.of(dossier.procedure_id, dossier.agency_id, on).first()
    return f"{found.signature} ({found})" if found and found.signature else ""


@dataclass(frozen=True)
class Way:
    """Đường đi của hồ sơ: the steps to come when all goes well, the picture with the present step, the same in words."""

    ahead: list[str]
    svg: str
    sentences: list[str]


def way_of(dossier: Dossier) -> Way | None:
    """None for a dossier without an internal workflow."""
    workflow = Workflow.objects.filter(pk=dossier.workflow_id or 0).first()
    if workflow is None:
        return None
    tasks = list(Task.objects.of(dossier.pk))
    roles = dict(Role.objects.values_list("code", "name"))
    current = [dossier.step_key] if dossier.step_key else []
    done = {task.step_key for task in tasks if not task.is_open}
    return Way(
        [step.name for step in milestones(workflow.blueprint, tasks) if step.state == "AHEAD"],
        to_svg(workflow.bpmn, current=current, done=done, roles=roles),
        in_words(workflow.blueprint, roles, current=current),
    )
