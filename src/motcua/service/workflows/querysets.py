"""The questions about workflows and tasks, each a business phrase."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from motcua.service.workflows.models import Task, Workflow  # noqa: F401


class WorkflowQuerySet(models.QuerySet["Workflow"]):
    def of(self, procedure_id: int, agency_id: int | None) -> Self:
        """Các phiên bản for exactly this procedure and agency (None: for any agency), newest first."""
        return self.filter(procedure=procedure_id, agency=agency_id).order_by("-version")

    def in_force(self, on: date) -> Self:
        """Đang áp dụng on that day, whatever has been published since."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)

    def applying_to(self, procedure_id: int, agency_id: int, on: date) -> Self:
        """Áp dụng cho: the agency's own before the one for any agency, a newer version before an older."""
        return (
            self.in_force(on)
            .filter(Q(agency=agency_id) | Q(agency=None), procedure=procedure_id)
            .order_by(F("agency").asc(nulls_last=True), "-version")
        )

    def drafts(self) -> Self:
        return self.filter(state="DRAFT")

    def published(self) -> Self:
        return self.filter(state="PUBLISHED")

    def without_model(self) -> Self:
        """Leaves the model in the database: lists do not need it."""
        return self.defer("bpmn")


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> Self:
        """Đang chờ làm."""
        return self.filter(completed_at=None)

    def of(self, dossier_id: UUID) -> Self:
        """Các bước đã qua và đang ở của một hồ sơ, first to last."""
        return self.filter(dossier_id=dossier_id).order_by("number")

    def with_workflow(self) -> Self:
        """Each with its workflow, whose model stays in the database."""
        return self.select_related("workflow").defer("workflow__bpmn")

    def held_by(self, holder_id: UUID) -> Self:
        """Đang ở tay một người, the most urgent first."""
        return self.open().filter(holder=holder_id).order_by("due_at", "id")

    def in_hands_of(self, holder_id: UUID, agencies: Collection[int]) -> Self:
        """Trong tay người này, or done at these agencies for a dossier of others."""
        if not agencies:
            return self.filter(holder=holder_id)
        return self.filter(Q(holder=holder_id) | Q(is_elsewhere=True, agency__in=agencies))

    def beside(self) -> Self:
        """Đang mở song song với bước khác của cùng hồ sơ."""
        return self.open().filter(is_beside=True)

    def waiting(self, *, agencies: Collection[int], roles: Iterable[str]) -> Self:
        """Đang chờ người nhận at these agencies, for these roles."""
        return (
            self.open()
            .filter(holder=None, agency__in=agencies, role__in=list(roles))
            .order_by("due_at", "id")
        )

    def overdue(self, *, at: datetime) -> Self:
        """Quá hạn của bước."""
        return self.open().filter(due_at__lt=at)

    def to_escalate(self, *, at: datetime) -> Self:
        """Đến lúc báo chậm, and not told of yet; nothing is slow while the clock stands still (it is due at no time)."""
        slow = self.open().filter(escalate_at__lte=at, escalated_at__isnull=True, due_at__isnull=False)
        return slow.order_by("escalate_at")

    def escalated_to(self, by_role: Mapping[str, Collection[int]]) -> Self:
        """Đã báo chậm cho những vai trò này, each at its agencies, and open still."""
        wanted = Q(pk__in=[])
        for role, agencies in by_role.items():
            wanted |= Q(escalate_to=role, agency__in=agencies)
        return self.open().filter(wanted, escalated_at__isnull=False).order_by("escalated_at", "id")
