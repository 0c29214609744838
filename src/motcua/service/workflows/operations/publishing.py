"""Ban hành quy trình: checked, by a second person, from a day on; dossiers on their way keep their version."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.time import local_date
from motcua.core.two_people import refuse_own_draft
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.foundation.org.models import Agency, Role
from motcua.service.procedures.models import Procedure
from motcua.service.workflows.blueprint import UNITS, Blueprint
from motcua.service.workflows.checking import Problem, blocking, problems
from motcua.service.workflows.comparing import differences
from motcua.service.workflows.events import WorkflowPublished, WorkflowRetired
from motcua.service.workflows.models import Workflow
from motcua.service.workflows.operations.drafting import lock_draft
from motcua.service.workflows.operations.running import forget_applying
from motcua.service.workflows.querysets import WorkflowQuerySet
from motcua.service.workflows.timing import working_minutes

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User


class NotFit(DomainError):
    """Quy trình chưa đủ điều kiện ban hành; `problems` says why, each in a sentence."""

    def __init__(self, found: list[Problem]) -> None:
        self.problems = tuple(found)
        super().__init__(
            "Chưa thể ban hành quy trình. " + " ".join(problem.message for problem in found),
            field="steps",
            legal="ND118-2025 Đ12.3",
        )


def check(workflow: Workflow) -> list[Problem]:
    """Kiểm tra a workflow against its own shape, the roles that exist and the limits of its procedure."""
    return check_blueprint(workflow.blueprint, workflow.procedure_id)


def check_blueprint(blueprint: Blueprint, procedure_id: int) -> list[Problem]:
    """Kiểm tra what is being drawn for a procedure, before it is anybody's draft."""
    held = limits(procedure_id)
    named = {step.unit for step in blueprint.steps} - UNITS.keys()
    return problems(
        blueprint,
        roles=set(Role.objects.living().values_list("code", flat=True)),
        units=set(Agency.objects.filter(code__in=named).values_list("code", flat=True)) if named else set(),
        limit=max(held, default=None),
        shortest=min(held, default=None),
    )


def limits(procedure_id: int) -> list[int]:
    """Working minutes of every limit in numbers in the procedure's present revision, of all channels and cases."""
    revision = Procedure.objects.select_related("current").get(pk=procedure_id).current
    if revision is None:
        return []
    channels = revision.channels.prefetch_related("case_limits")
    written = [(channel.limit_value, channel.limit_unit) for channel in channels]
    written += [
        (row.limit_value, row.limit_unit) for channel in channels for row in channel.case_limits.all()
    ]
    held = [working_minutes(Limit(value, Unit(unit))) for value, unit in written]
    return [minutes for minutes in held if minutes is not None]


def changes(workflow: Workflow) -> list[str]:
    """Thay đổi so với bản đang áp dụng, to be read before publishing; empty for a first version."""
    published = _published(workflow).first()
    return differences(published.blueprint, workflow.blueprint) if published else []


@transaction.atomic
def publish(
    *,
    workflow_id: int,
    by: User,
    at: datetime,
    valid_from: date | None = None,
    decision: str = "",
    reason: str = "",
) -> Workflow:
    """Ban hành: the draft holds for dossiers received from `valid_from` (today) on; the version before it ends then.

    Raises NotADraft, NotFit, Forbidden when the publisher is the drafter. Legal: ND118-2025 Đ12.3, Đ27.3
    """
    workflow = lock_draft(workflow_id)
    refuse_own_draft(workflow.drafted_by_id, by.pk if by else None)
    today = local_date(at)
    first_day = valid_from or today
    if first_day < today:
        raise DomainError("Ngày áp dụng không thể ở quá khứ. Hãy chọn từ hôm nay trở đi.", field="valid_from")
    if found := blocking(check(workflow)):
        raise NotFit(found)

    before = _published(workflow).select_for_update().first()
    told = tuple(differences(before.blueprint, workflow.blueprint)) if before else ()
    if before:
        before.state = Workflow.State.RETIRED
        before.valid_to = first_day - timedelta(days=1)
        before.save(update_fields=["state", "valid_to"])
    workflow.state = Workflow.State.PUBLISHED
    workflow.valid_from = first_day
    workflow.published_by, workflow.published_at = by, at
    workflow.decision = decision.strip()[:200]
    workflow.reason = reason.strip()[:500] or workflow.reason
    try:
        with transaction.atomic():
            workflow.save()
    except IntegrityError as error:
        raise Stale("Có người vừa ban hành một phiên bản khác. Hãy tải lại trang.") from error
    forget_applying()
    events.record(
        WorkflowPublished(
            subject_id=workflow.uid,
            actor_id=by.pk,
            at=at,
            version=workflow.version,
            valid_from=first_day,
            decision=workflow.decision,
            reason=workflow.reason,
            changes=told,
            replaces=before.version if before else None,
            digest=workflow.compiled.digest,
        )
    )
    return workflow


@transaction.atomic
def retire(
    *, workflow_id: int, by: User | None, at: datetime, reason: str, last_day: date | None = None
) -> Workflow:
    """Thôi áp dụng: no dossier received after `last_day` (today) takes it; those on their way finish on it."""
    workflow = Workflow.objects.select_for_update().get(pk=workflow_id)
    if workflow.state != Workflow.State.PUBLISHED:
        raise DomainError("Chỉ quy trình đang ban hành mới thôi áp dụng được.")
    workflow.state = Workflow.State.RETIRED
    workflow.valid_to = last_day or local_date(at)
    workflow.save(update_fields=["state", "valid_to"])
    forget_applying()
    events.record(
        WorkflowRetired(
            subject_id=workflow.uid,
            actor_id=by.pk if by else None,
            at=at,
            valid_to=workflow.valid_to,
            reason=reason.strip(),
        )
    )
    return workflow


def _published(workflow: Workflow) -> WorkflowQuerySet:
    return Workflow.objects.of(workflow.procedure_id, workflow.agency_id).published()
