"""Soạn quy trình: a draft from a list of steps, from a BPMN file or from the version in force; edited until published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.text import tidy
from motcua.core.time import VIETNAM
from motcua.foundation.org.models import Agency, AgencyKind, Role
from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import Blueprint
from motcua.service.workflows.comparing import differences
from motcua.service.workflows.engine import compile as compiled
from motcua.service.workflows.events import WorkflowDiscarded, WorkflowDrafted, WorkflowEdited
from motcua.service.workflows.models import Workflow, WorkflowStep
from motcua.service.workflows.templates import StepInput, from_list

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User


class NotADraft(DomainError):
    """Quy trình đã ban hành thì không sửa được."""


class DraftExists(DomainError):
    """Đã có một bản nháp khác."""


@transaction.atomic
def draft(
    *,
    procedure_id: int,
    agency_id: int | None,
    blueprint: Blueprint,
    by: User | None,
    at: datetime,
    reason: str = "",
) -> Workflow:
    """Soạn bản nháp of the next version, for one agency (None: for every agency without its own). Raises DraftExists."""
    name = tidy(blueprint.name)
    if not name:
        raise DomainError("Quy trình chưa có tên.", field="name")
    versions = Workflow.objects.of(procedure_id, agency_id)
    if versions.drafts().exists():
        raise _draft_exists()
    workflow = Workflow(
        procedure_id=procedure_id,
        agency_id=agency_id,
        version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
        drafted_by=by,
        drafted_at=at,
        reason=reason.strip()[:500],
    )
    _describe(workflow, bpmn.renamed(blueprint, name))
    try:
        with transaction.atomic():
            workflow.save(force_insert=True)
    except IntegrityError as error:
        raise _draft_exists() from error
    _write_steps(workflow)
    events.record(
        WorkflowDrafted(
            subject_id=workflow.uid,
            actor_id=by.pk if by else None,
            at=at,
            procedure_id=procedure_id,
            agency_id=agency_id,
            version=workflow.version,
            steps=len(blueprint.steps),
            digest=workflow.compiled.digest,
        )
    )
    return workflow


def draft_from_steps(
    *,
    procedure_id: int,
    agency_id: int | None,
    name: str,
    steps: Sequence[StepInput],
    by: User | None,
    at: datetime,
    reason: str = "",
) -> Workflow:
    """Soạn từ danh sách bước. Raises InvalidInput, DraftExists."""
    return draft(
        procedure_id=procedure_id,
        agency_id=agency_id,
        blueprint=from_list(tidy(name), steps),
        by=by,
        at=at,
        reason=reason,
    )


def draft_from_bpmn(
    *,
    procedure_id: int,
    agency_id: int | None,
    model: bytes | str,
    by: User | None,
    at: datetime,
    name: str = "",
    reason: str = "",
) -> Workflow:
    """Soạn từ tệp BPMN of any tool. Raises UnreadableModel, UnsupportedConstruct, DraftExists."""
    blueprint = read_model(model)
    named = bpmn.renamed(blueprint, tidy(name) or blueprint.name or "Quy trình nội bộ")
    return draft(procedure_id=procedure_id, agency_id=agency_id, blueprint=named, by=by, at=at, reason=reason)


def draft_next(*, workflow_id: int, by: User | None, at: datetime, reason: str = "") -> Workflow:
    """Soạn phiên bản kế tiếp: a draft that begins as a copy of a version. Raises DraftExists."""
    workflow = Workflow.objects.get(pk=workflow_id)
    return draft(
        procedure_id=workflow.procedure_id,
        agency_id=workflow.agency_id,
        blueprint=workflow.blueprint,
        by=by,
        at=at,
        reason=reason,
    )


@transaction.atomic
def edit(
    *, workflow_id: int, blueprint: Blueprint, by: User | None, at: datetime, base: str = ""
) -> Workflow:
    """Sửa bản nháp; whoever edits last has drafted it, and so may not publish it.

    `base`: the digest of the model that the editor began from. Raises NotADraft, Stale when it is another by now.
    """
    workflow = lock_draft(workflow_id)
    if base and base != workflow.compiled.digest:
        raise Stale(
            f"Bản nháp này vừa được {workflow.drafted_by or 'người khác'} sửa lúc "
            f"{workflow.drafted_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}. Bản bạn đang vẽ vẫn còn trên màn hình: "
            "hãy tải về thành tệp, rồi mở lại trang để xem bản mới."
        )
    before, model = workflow.blueprint, workflow.bpmn
    _describe(workflow, bpmn.renamed(blueprint, tidy(blueprint.name) or workflow.name))
    changes = differences(before, workflow.blueprint)
    if workflow.bpmn == model:
        return workflow
    workflow.drafted_by, workflow.drafted_at = by, at
    workflow.save()
    _write_steps(workflow)
    events.record(
        WorkflowEdited(
            subject_id=workflow.uid,
            actor_id=by.pk if by else None,
            at=at,
            changes=tuple(changes),
            digest=workflow.compiled.digest,
        )
    )
    return workflow


def edit_from_bpmn(
    *, workflow_id: int, model: bytes | str, by: User | None, at: datetime, base: str = ""
) -> Workflow:
    """Thay mô hình của bản nháp bằng một tệp BPMN. Raises NotADraft, Stale, UnreadableModel, UnsupportedConstruct."""
    blueprint = read_model(model)
    name = blueprint.name or Workflow.objects.only("name").get(pk=workflow_id).name
    return edit(workflow_id=workflow_id, blueprint=bpmn.renamed(blueprint, name), by=by, at=at, base=base)


@transaction.atomic
def discard(*, workflow_id: int, by: User | None, at: datetime, reason: str = "") -> Workflow:
    """Bỏ bản nháp; it stays readable, its number is not given again. Raises NotADraft."""
    workflow = lock_draft(workflow_id)
    workflow.state = Workflow.State.DISCARDED
    workflow.save(update_fields=["state"])
    events.record(
        WorkflowDiscarded(
            subject_id=workflow.uid, actor_id=by.pk if by else None, at=at, reason=reason.strip()
        )
    )
    return workflow


def read_model(model: bytes | str) -> Blueprint:
    """A BPMN file read with the names of our roles, so that lanes called after them give their steps a role."""
    return read_with_warnings(model).blueprint


def read_with_warnings(model: bytes | str, process: str = "") -> bpmn.Reading:
    """The same with what was left aside; `process`: the id of the one to take from a file of several."""
    roles = {name: code for code, name in Role.objects.values_list("code", "name")}
    internal = AgencyKind.objects.filter(is_internal=True).values("code")
    agencies = Agency.objects.exclude(kind__in=internal)
    units = {name: code for code, name in agencies.values_list("code", "name")}
    return bpmn.read_with_warnings(model, roles=roles, units=units, process=process)


def lock_draft(workflow_id: int) -> Workflow:
    """The draft, locked for a change. Raises NotADraft."""
    workflow = Workflow.objects.select_for_update().filter(pk=workflow_id).first()
    if workflow is None or workflow.state != Workflow.State.DRAFT:
        state = f" (đang ở trạng thái “{workflow.get_state_display()}”)" if workflow else ""
        raise NotADraft(
            f"Quy trình này không còn là bản nháp{state} nên không sửa được. Hãy soạn một phiên bản kế tiếp."
        )
    return workflow


def _describe(workflow: Workflow, blueprint: Blueprint) -> None:
    """Put the model and all that is read from it onto the row."""
    workflow.bpmn = bpmn.write(blueprint)
    drawn = compiled(workflow.bpmn).blueprint
    first = drawn.by_key.get(drawn.first_key)
    workflow.name = drawn.name[:200]
    workflow.minutes = drawn.longest_minutes()
    workflow.first_step_key = first.key if first else ""
    workflow.first_step_name = first.name if first else ""
    workflow.first_step_kind = first.kind if first else ""
    workflow.first_step_role = first.role if first else ""
    workflow.first_step_minutes = first.minutes if first else 0


def _write_steps(workflow: Workflow) -> None:
    workflow.steps.all().delete()
    WorkflowStep.objects.bulk_create(
        WorkflowStep(
            workflow=workflow,
            key=step.key,
            position=position,
            name=step.name,
            kind=step.kind,
            role=step.role,
            minutes=step.minutes,
            product=step.product,
            outcomes=list(step.outcomes),
            unit=step.unit,
            escalate_after=step.escalate_after,
            escalate_to=step.escalate_to,
            may_skip=step.may_skip,
        )
        for position, step in enumerate(workflow.blueprint.steps, 1)
    )


def _draft_exists() -> DraftExists:
    return DraftExists(
        "Thủ tục này đã có một bản nháp quy trình đang soạn. Hãy sửa tiếp hoặc bỏ bản nháp đó trước."
    )
