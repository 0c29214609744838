"""Chuyển việc sang phiên bản khác: an inner move of a dossier's act, as those of `running` are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from motcua.core.errors import Stale
from motcua.service.workflows.models import Task

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User


def transplant(
    *,
    task_id: UUID,
    workflow_id: int,
    key: str,
    name: str,
    kind: str,
    role: str,
    due_at: datetime | None,
    escalate_at: datetime | None,
    escalate_to: str,
    holder: User | None,
) -> None:
    """Đặt việc đang mở vào một bước của phiên bản khác: it stays the same task, open since when it was. Raises Stale."""
    moved = Task.objects.open().filter(pk=task_id).update(
        workflow=workflow_id, step_key=key, name=name, kind=kind, role=role, due_at=due_at, holder=holder,
        escalate_at=escalate_at, escalate_to=escalate_to,
    )  # fmt: skip
    if not moved:
        raise Stale(f"Bước “{name}” của hồ sơ vừa được xử lý xong. Hãy tải lại trang để xem bước hiện tại.")
