"""Tờ hồ sơ: all that a desk shows of one dossier, beside the list or on its own page, in few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.asking import Asked
from motcua.core.time import local_date
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices.models import Notice
from motcua.foundation.org.models import Agency, Role
from motcua.service.dossiers.models import (
    Apology,
    Consultation,
    Decision,
    Dossier,
    Message,
    PaperTransfer,
    Result,
)
from motcua.service.dossiers.operations.looking import mark_opened
from motcua.service.dossiers.operations.steps import look_at
from motcua.service.dossiers.states import State
from motcua.service.filing.standing_with import stands_with
from motcua.service.linking.reading import place_of
from motcua.service.procedures.models import Entrustment
from motcua.service.workflows.blueprint import StepKind
from motcua.service.workflows.drawing import in_words, to_svg
from motcua.service.workflows.milestones import milestones
from motcua.service.workflows.models import Task
from motcua.service.workflows.operations.running import compiled_of, in_order_done, model_of
from motcua.web.desk.acts import acts_for, acts_of_way
from motcua.web.desk.base import READERS, DeskPage
from motcua.web.desk.choices import choices_for
from motcua.web.desk.signing import signing_of
from motcua.web.ui.dossiers import dossier_promise, explanation_of, moments_of, part_lines
from motcua.web.ui.papers import PrintPage, prints_of
from motcua.web.ui.promises import Promise, promise_of
from motcua.web.ui.supplements import supplements_of

MOST_NOTICES = 20
TASKS = Asked(
    lambda dossier_id: Task.objects.of(dossier_id).with_workflow().select_related("holder", "completed_by")
)
CONSULTATIONS = Asked(
    lambda dossier_id: (
        Consultation.objects.filter(dossier_id=dossier_id)
        .select_related("agency", "asked_by", "answered_by")
        .order_by("id")
    )
)
DECISIONS = Asked(
    lambda dossier_id: (
        Decision.objects.filter(dossier_id=dossier_id)
        .select_related("proposed_by", "signed_by")
        .order_by("-id")
    )
)
RESULT = Asked(
    lambda dossier_id: Result.objects.filter(dossier_id=dossier_id).select_related("document__file")[:1]
)


class Show(DeskPage):
    """Một hồ sơ: a page of its own, or the part that stands beside the list."""

    any_of = READERS

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        mark_opened(dossier=dossier, by=self.user, at=self.at)
        template = "desk/dossiers/_sheet.html" if self.is_fragment else "desk/dossiers/show.html"
        return self.render(template, **sheet_of(self, dossier, request.GET.get("tu", "")))


class Print(PrintPage):
    """Tờ in của hồ sơ."""

    any_of = READERS


def sheet_of(page: DeskPage, dossier: Dossier, tab: str = "") -> dict[str, Any]:
    """What the templates of a dossier need; `tab` is the list that one came from."""
    tasks = TASKS.all(dossier_id=dossier.pk)
    look_at(dossier, page.user, page.access, tasks=tasks)
    choice = acts_for(dossier, page.user, page.access, acts_of_way(dossier, tasks, page.user, page.access))
    way = way_of(dossier, tasks)
    consultations = CONSULTATIONS.all(dossier_id=dossier.pk)
    decisions = DECISIONS.all(dossier_id=dossier.pk)
    return {
        "dossier": dossier,
        "tab": tab,
        "promise": dossier_promise(dossier, page.at),
        "explanation": explanation_of(dossier),
        "choice": choice,
        "act": choice.first,
        "checklist": part_lines(dossier),
        "beside": stands_with(dossier.pk),
        "moments": [
            *moments_of(dossier, page.at),
            *({"state": "next", "what": name} for name in (way.ahead if way else ())),
        ],
        "notes": dossier.notes.select_related("author").order_by("-id"),
        "consultations": consultations,
        "open_question": next((one for one in consultations if is_asked_aside(one)), None),
        "decision": next((one for one in decisions if one.sent_back_at is None), None),
        "sent_back": decisions[0] if decisions and decisions[0].sent_back_at else None,
        "result": RESULT.first(dossier_id=dossier.pk),
        "way": way,
        "branches": branches_of(tasks, page.at),
        "skippable": skippable_opinions(dossier, tasks, page),
        "letters": letters_of(dossier),
        "corrections": list(
            dossier.corrections.select_related("old_document__file", "found_by").order_by("id")
        ),
        "notices": list(Notice.objects.about(dossier.pk)[:MOST_NOTICES]),
        "questions": Message.objects.waiting_for_office().filter(dossier=dossier).count(),
        "is_late": dossier.is_on_time(page.at) is False,
        "bundle_place": place_of(dossier),
        "paper_file": paper_file_of(dossier),
        "signature": signature_of(dossier),
        "today": local_date(page.at),
        "supplements": supplements_of(dossier),
        "paused": dossier.pauses.filter(ended_at=None).first() if dossier.state == State.PAUSED else None,
        "stopped": dossier.stops.filter(reopened_at=None).first() if dossier.closed_at else None,
        "prints": prints_of(dossier),
        "signing": signing_of(page, dossier),
        **(choices_for(choice.first.key, dossier, page.at) if choice.first else {}),
    }


def letters_of(dossier: Dossier) -> list[Apology]:
    """Thư xin lỗi, the latest first; those thrown away are left out."""
    if dossier.is_interrupted is False:
        return []
    return list(
        dossier.apologies.exclude(state=Apology.State.DISCARDED).select_related("cause").order_by("-id")
    )


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


@dataclass(frozen=True)
class Branch:
    """Một bước đang làm song song: what, where, by whom, until when."""

    task: Task
    place: str
    promise: Promise


def branches_of(tasks: Sequence[Task], at: datetime) -> list[Branch]:
    """The open steps, when there are several."""
    still = [task for task in tasks if task.is_open]
    if len(still) < 2:
        return []
    names = dict(Agency.objects.filter(pk__in={task.agency_id for task in still}).values_list("pk", "name"))
    return [
        Branch(task, names.get(task.agency_id, ""), promise_of(task.due_at, at=at, agency_id=task.agency_id))
        for task in still
    ]


def skippable_opinions(dossier: Dossier, tasks: list[Task], page: DeskPage) -> set[str]:
    """Opinions of the workflow that it lets be skipped, for who works on the dossier at the settling agency."""
    works = any(task.is_open and task.holder_id == page.user.pk for task in tasks)
    if not works and not page.access.may(Permission.ASSIGN, dossier.agency_id):
        return set()
    asked = [task for task in tasks if task.is_open and task.kind == StepKind.CONSULT]
    return {
        task.step_key for task in asked if compiled_of(task.workflow).blueprint.step(task.step_key).may_skip
    }


def is_asked_aside(one: Consultation) -> bool:
    """Waits for its answer, and was put by the officer: those of the workflow are answered by the asked agency."""
    return one.answered_at is None and one.dropped_at is None and one.task_id is None


def way_of(dossier: Dossier, tasks: list[Task]) -> Way | None:
    """None for a dossier without an internal workflow."""
    if dossier.workflow_id is None:
        return None
    workflow = model_of(dossier.workflow_id)
    roles = dict(Role.objects.values_list("code", "name"))
    current = [task.step_key for task in tasks if task.is_open]
    done = {task.step_key for task in in_order_done(tasks)}
    return Way(
        [step.name for step in milestones(workflow.blueprint, tasks) if step.state == "AHEAD"],
        to_svg(workflow.bpmn, current=current, done=done, roles=roles),
        in_words(workflow.blueprint, roles, current=current),
    )
