"""Danh mục và quy trình: whatever may be received can also be settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.org.models import Agency, Role
from motcua.oversight.integrity.breaches import ADMIN, OFFICE, Breach, Invariant
from motcua.service.payments.models import FeeRule
from motcua.service.payments.states import Occasion
from motcua.service.procedures.models import Offering
from motcua.service.procedures.models.revision import NotInForce, revision_on
from motcua.service.workflows.models import Workflow, WorkflowStep

MOST = 1000


def offered_without_workflow(at: datetime) -> Iterator[Breach]:
    day = local_date(at)
    applying = Workflow.objects.in_force(day).filter(
        Q(agency=OuterRef("agency")) | Q(agency__isnull=True), procedure=OuterRef("procedure")
    )
    offered = Offering.objects.in_force(day).filter(~Exists(applying))
    for offering in offered.select_related("procedure", "agency"):
        yield Breach(
            str(offering.pk),
            f"{offering.procedure.code} tại {offering.agency.name}",
            "Đang tiếp nhận mà chưa có quy trình nội bộ áp dụng.",
            offering.agency_id,
        )


def offered_at_closed_agency(at: datetime) -> Iterator[Breach]:
    day = local_date(at)
    closed = Agency.objects.filter(Q(valid_to__lt=day) | Q(valid_from__gt=day))
    offered = Offering.objects.in_force(day).filter(Q(agency__in=closed) | Q(receiving_agency__in=closed))
    for offering in offered.select_related("procedure", "agency"):
        yield Breach(
            str(offering.pk),
            f"{offering.procedure.code} tại {offering.agency.name}",
            "Cơ quan tiếp nhận hoặc giải quyết không còn hoạt động.",
            offering.agency_id,
        )


def step_of_unknown_role(at: datetime) -> Iterator[Breach]:
    known = Role.objects.values("code")
    steps = WorkflowStep.objects.filter(
        workflow__in=Workflow.objects.in_force(local_date(at)).published()
    ).exclude(role__in=known)
    for step in steps.select_related("workflow"):
        yield Breach(
            f"{step.workflow_id}:{step.key}",
            str(step.workflow)[:250],
            f"Bước “{step.name}” giao cho vai trò “{step.role}” không có trong hệ thống.",
            step.workflow.agency_id,
        )


def announced_free_but_charged(at: datetime) -> Iterator[Breach]:
    """The catalogue announces nothing to pay, for every way of applying, where a fee rule in force asks money."""
    day = local_date(at)
    asked = FeeRule.objects.in_force(day).filter(amount__gt=0, occasion=Occasion.FILING)
    asked = asked.select_related("procedure", "offering__agency")
    for rule in asked.order_by("procedure__code", "name")[:MOST]:
        try:
            revision = revision_on(rule.procedure_id, day)
        except NotInForce:
            continue
        fees = [fee for channel in revision.channels.all() for fee in channel.fees.all()]
        if any(fee.amount is None or fee.amount or fee.is_estimate for fee in fees):
            continue
        yield Breach(
            str(rule.pk),
            f"{rule.procedure.code} {rule.name}"[:250],
            f"Danh mục công bố miễn phí, mức thu đang áp dụng là {vnd(rule.amount)} theo {rule.basis}."[:500],
            rule.offering.agency_id if rule.offering else None,
        )


INVARIANTS = (
    Invariant(
        "announced-free-but-charged",
        "Thủ tục công bố miễn phí thì không mức thu nào hỏi tiền.",
        "Sửa nội dung công bố của thủ tục, hoặc thôi áp dụng mức thu.",
        OFFICE,
        announced_free_but_charged,
    ),
    Invariant(
        "offered-without-workflow",
        "Thủ tục đang tiếp nhận nào cũng có quy trình nội bộ áp dụng.",
        "Soạn và ban hành quy trình nội bộ.",
        OFFICE,
        offered_without_workflow,
    ),
    Invariant(
        "offered-at-closed-agency",
        "Thủ tục chỉ tiếp nhận ở cơ quan đang hoạt động.",
        "Thôi thực hiện tại cơ quan cũ, mở tại cơ quan kế thừa.",
        ADMIN,
        offered_at_closed_agency,
    ),
    Invariant(
        "step-of-unknown-role",
        "Bước của quy trình đang áp dụng giao cho vai trò có thật.",
        "Soạn phiên bản kế tiếp với vai trò đúng.",
        OFFICE,
        step_of_unknown_role,
    ),
)
