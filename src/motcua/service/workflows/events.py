"""What can have happened to a workflow. What happens to a dossier on its way is told by the dossier's own events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class WorkflowEvent(Event):
    """Sự kiện của quy trình nội bộ."""

    subject_type: ClassVar[str] = "workflow"


@dataclass(frozen=True, kw_only=True)
class WorkflowDrafted(WorkflowEvent):
    label: ClassVar[str] = "Soạn quy trình"
    opens: ClassVar[bool] = True

    procedure_id: int
    agency_id: int | None
    version: int
    steps: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class WorkflowEdited(WorkflowEvent):
    label: ClassVar[str] = "Sửa quy trình"

    changes: tuple[str, ...]
    digest: str


@dataclass(frozen=True, kw_only=True)
class WorkflowPublished(WorkflowEvent):
    label: ClassVar[str] = "Ban hành quy trình"

    version: int
    valid_from: date
    decision: str
    reason: str
    changes: tuple[str, ...]
    replaces: int | None  # the version that no new dossier takes from then on
    digest: str


@dataclass(frozen=True, kw_only=True)
class WorkflowRetired(WorkflowEvent):
    label: ClassVar[str] = "Thôi áp dụng quy trình"

    valid_to: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class WorkflowDiscarded(WorkflowEvent):
    label: ClassVar[str] = "Bỏ bản nháp quy trình"

    reason: str
