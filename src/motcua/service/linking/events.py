"""What can have happened to a group of linked procedures and to a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class GroupEvent(Event):
    subject_type: ClassVar[str] = "linked_group"

    code: str


@dataclass(frozen=True, kw_only=True)
class GroupDrafted(GroupEvent):
    label: ClassVar[str] = "Soạn nhóm liên thông"
    opens: ClassVar[bool] = True

    name: str
    parts: list[str]


@dataclass(frozen=True, kw_only=True)
class GroupPublished(GroupEvent):
    label: ClassVar[str] = "Ban hành nhóm liên thông"

    valid_from: date
    replaces: int | None


@dataclass(frozen=True, kw_only=True)
class GroupRetired(GroupEvent):
    label: ClassVar[str] = "Thôi áp dụng nhóm liên thông"

    valid_to: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class BundleEvent(Event):
    subject_type: ClassVar[str] = "bundle"


@dataclass(frozen=True, kw_only=True)
class BundleFiled(BundleEvent):
    label: ClassVar[str] = "Tiếp nhận bộ hồ sơ liên thông"
    opens: ClassVar[bool] = True

    code: str
    group: str
    reception_agency: int
    dossiers: list[str]
    due_at: datetime | None
    critical: list[str]


@dataclass(frozen=True, kw_only=True)
class OutputGiven(BundleEvent):
    """The output of one part has reached the part that needs it."""

    label: ClassVar[str] = "Chuyển kết quả cho phần sau"

    source: UUID
    target: UUID
    output: str
    number: str


@dataclass(frozen=True, kw_only=True)
class BranchStopped(BundleEvent):
    """A part has no result, so those that need it stop; the applicant and the centre are told, the others go on."""

    label: ClassVar[str] = "Một phần không có kết quả, các phần phụ thuộc dừng"

    source: UUID
    reason: str
    stopped: list[UUID]
    going_on: list[UUID]


@dataclass(frozen=True, kw_only=True)
class BundleReturned(BundleEvent):
    label: ClassVar[str] = "Trả kết quả cả bộ hồ sơ liên thông"

    receiver: str
    results: list[str]
    without_result: list[str]
