"""Không hồ sơ nào không có người giữ: what stands against somebody's leaving, and against the end of an agency."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency, Role
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.steps import agency_of
from motcua.service.workflows.models import Workflow, WorkflowStep


class StillHolds(DomainError):
    """Còn giữ hồ sơ: the work must be handed over first."""


def refuse_while_holding(user: User, at: datetime) -> None:
    """Against closing an account: whoever holds dossiers hands them over first. Raises StillHolds."""
    _refuse(user, Dossier.objects.held_by(user).count(), "khóa tài khoản")


def refuse_role_still_needed(user: User, at: datetime) -> None:
    """Against ending a post: dossiers in hand whose step asks for a role that is gone with it. Raises StillHolds."""
    access = access_of(user, at)
    held = Dossier.objects.held_by(user).only("step_kind", "step_role", "agency_id", "reception_agency_id")
    lost = [one for one in held if one.step_role not in access.roles(agency_of(one, one.step_kind))]
    _refuse(user, len(lost), "thôi giữ vị trí này")


def refuse_without_successor(agency: Agency, at: datetime) -> None:
    """Against closing an agency that nobody succeeds: its open dossiers would be nobody's. Raises StillHolds."""
    count = Dossier.objects.open().filter(Q(agency=agency) | Q(reception_agency=agency)).count()
    if count:
        raise StillHolds(
            f"{agency} còn {count} hồ sơ đang giải quyết. Hãy chọn cơ quan kế thừa để tiếp nhận các hồ sơ đó.",
            field="successors",
        )


def refuse_role_of_steps(role: Role, at: datetime) -> None:
    """Against taking a role away that a step asks for: in force, or of a dossier on its way. Raises StillHolds."""
    in_force = Workflow.objects.in_force(local_date(at)).published()
    steps = WorkflowStep.objects.filter(Q(role=role.code) | Q(escalate_to=role.code), workflow__in=in_force)
    first = steps.select_related("workflow").first()
    if first:
        raise StillHolds(
            f"Quy trình “{first.workflow.name}” có bước “{first.name}” giao cho vai trò này. Hãy thay quy trình trước.",
            field="why",
        )
    waiting = Dossier.objects.open().filter(step_role=role.code).count()
    if waiting:
        raise StillHolds(
            f"{waiting} hồ sơ đang ở bước của vai trò này. Hãy giải quyết xong trước.", field="why"
        )


def _refuse(user: User, count: int, act: str) -> None:
    if count:
        raise StillHolds(
            f"{user} đang giữ {count} hồ sơ. Hãy bàn giao công việc (Bàn làm việc, mục Bàn giao việc) trước khi {act}."
        )
