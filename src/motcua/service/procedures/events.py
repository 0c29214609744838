"""What can have happened to a procedure. The ledger keeps these names for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ProcedureEvent(Event):
    subject_type: ClassVar[str] = "procedure"

    code: str


@dataclass(frozen=True, kw_only=True)
class ProcedurePublished(ProcedureEvent):
    label: ClassVar[str] = "Đưa thủ tục vào danh mục"
    opens: ClassVar[bool] = True

    name: str
    valid_from: date
    decision: str


@dataclass(frozen=True, kw_only=True)
class ProcedureRevised(ProcedureEvent):
    label: ClassVar[str] = "Công bố phiên bản mới của thủ tục"

    revision: int
    valid_from: date
    decision: str
    changes: list[str]


@dataclass(frozen=True, kw_only=True)
class ProcedureRepealed(ProcedureEvent):
    label: ClassVar[str] = "Bãi bỏ thủ tục"

    valid_to: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class ProcedureNicknamed(ProcedureEvent):
    label: ClassVar[str] = "Sửa tên thường gọi của thủ tục"

    before: list[str]
    after: list[str]


@dataclass(frozen=True, kw_only=True)
class OfferingOpened(ProcedureEvent):
    label: ClassVar[str] = "Bắt đầu tiếp nhận thủ tục"

    agency: int
    receiving_agency: int
    valid_from: date
    decision: str


@dataclass(frozen=True, kw_only=True)
class CounterAuthorised(ProcedureEvent):
    label: ClassVar[str] = "Giao Một cửa quyết định thủ tục"

    agency: int
    receiving_agency: int
    authority: str


@dataclass(frozen=True, kw_only=True)
class OfferingClosed(ProcedureEvent):
    label: ClassVar[str] = "Thôi tiếp nhận thủ tục"

    agency: int
    receiving_agency: int
    valid_to: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class BoundaryFreeListed(ProcedureEvent):
    label: ClassVar[str] = "Đưa vào danh mục phi địa giới"

    scope: str
    decision: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class BoundaryFreeDelisted(ProcedureEvent):
    label: ClassVar[str] = "Đưa ra khỏi danh mục phi địa giới"

    valid_to: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class CompetenceEntrusted(Event):
    """Of the entrustment: what moves from whom to whom, by which decision, and how many offerings follow it."""

    label: ClassVar[str] = "Ghi sổ phân cấp, ủy quyền"
    subject_type: ClassVar[str] = "entrustment"
    opens: ClassVar[bool] = True

    kind: str
    decision: str
    giver: int
    receiver: int
    procedures: list[str]
    signature: str
    valid_from: date
    valid_to: date | None
    offerings: int


@dataclass(frozen=True, kw_only=True)
class EntrustmentEnded(Event):
    label: ClassVar[str] = "Chấm dứt phân cấp, ủy quyền"
    subject_type: ClassVar[str] = "entrustment"

    decision: str
    last_day: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class EverydayNameGiven(Event):
    """Of the name itself: what people say, and what it means."""

    label: ClassVar[str] = "Đặt tên thường gọi để tìm"
    subject_type: ClassVar[str] = "everyday_name"
    opens: ClassVar[bool] = True

    phrase: str
    code: str
    means: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class EverydayNameEnded(Event):
    label: ClassVar[str] = "Thôi dùng tên thường gọi"
    subject_type: ClassVar[str] = "everyday_name"

    phrase: str


@dataclass(frozen=True, kw_only=True)
class LifeEventArranged(Event):
    label: ClassVar[str] = "Xếp sự kiện trong đời"
    subject_type: ClassVar[str] = "life_event"

    name: str
    procedures: list[str]
    valid_to: date | None


@dataclass(frozen=True, kw_only=True)
class PortalModeSet(Event):
    label: ClassVar[str] = "Đặt chế độ của cổng"
    subject_type: ClassVar[str] = "portal_mode"
    opens: ClassVar[bool] = True

    code: str
    mode: str
    address: str
    reason: str
    valid_from: date
