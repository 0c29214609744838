"""What can have happened in the queue. The ledger keeps these names for ever; it holds no name and no phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class TicketEvent(Event):
    subject_type: ClassVar[str] = "ticket"

    machine: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class TicketTaken(TicketEvent):
    label: ClassVar[str] = "Lấy số thứ tự"
    opens: ClassVar[bool] = True

    code: str
    field: UUID
    unit: int
    source: str
    priority: str
    appointment: UUID | None


@dataclass(frozen=True, kw_only=True)
class TicketCalled(TicketEvent):
    label: ClassVar[str] = "Gọi số"

    desk: UUID
    calls: int


@dataclass(frozen=True, kw_only=True)
class TicketStarted(TicketEvent):
    label: ClassVar[str] = "Bắt đầu phục vụ"

    desk: UUID


@dataclass(frozen=True, kw_only=True)
class TicketFinished(TicketEvent):
    label: ClassVar[str] = "Phục vụ xong"

    desk: UUID
    seconds: int


@dataclass(frozen=True, kw_only=True)
class TicketMissed(TicketEvent):
    label: ClassVar[str] = "Gọi vắng mặt"

    desk: UUID


@dataclass(frozen=True, kw_only=True)
class TicketRecalled(TicketEvent):
    label: ClassVar[str] = "Mời lại người gọi vắng"

    desk: UUID


@dataclass(frozen=True, kw_only=True)
class TicketLeft(TicketEvent):
    label: ClassVar[str] = "Không chờ nữa"


@dataclass(frozen=True, kw_only=True)
class TicketTransferred(TicketEvent):
    label: ClassVar[str] = "Chuyển số"

    from_field: UUID
    field: UUID
    desk: UUID | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class TicketTied(TicketEvent):
    label: ClassVar[str] = "Nhận hồ sơ từ số thứ tự"

    dossier: UUID


@dataclass(frozen=True, kw_only=True)
class DeskEvent(Event):
    subject_type: ClassVar[str] = "desk"


@dataclass(frozen=True, kw_only=True)
class DeskSetUp(DeskEvent):
    label: ClassVar[str] = "Lập quầy"

    unit: int
    number: int
    fields: list[UUID]


@dataclass(frozen=True, kw_only=True)
class DeskEnded(DeskEvent):
    label: ClassVar[str] = "Bỏ quầy"

    last_day: date


@dataclass(frozen=True, kw_only=True)
class DeskOpened(DeskEvent):
    label: ClassVar[str] = "Mở quầy"

    sitting: UUID


@dataclass(frozen=True, kw_only=True)
class DeskClosed(DeskEvent):
    label: ClassVar[str] = "Đóng quầy"

    sitting: UUID


@dataclass(frozen=True, kw_only=True)
class AppointmentEvent(Event):
    subject_type: ClassVar[str] = "appointment"


@dataclass(frozen=True, kw_only=True)
class AppointmentBooked(AppointmentEvent):
    label: ClassVar[str] = "Đặt lịch hẹn"
    opens: ClassVar[bool] = True

    field: UUID
    starts_at: datetime
    offering: int | None


@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(AppointmentEvent):
    label: ClassVar[str] = "Hủy lịch hẹn"


@dataclass(frozen=True, kw_only=True)
class AppointmentKept(AppointmentEvent):
    label: ClassVar[str] = "Đến đúng hẹn, lấy số"

    ticket: UUID
    is_in_time: bool


@dataclass(frozen=True, kw_only=True)
class QueueFieldEvent(Event):
    subject_type: ClassVar[str] = "queue_field"


@dataclass(frozen=True, kw_only=True)
class QueueFieldSet(QueueFieldEvent):
    label: ClassVar[str] = "Đặt lĩnh vực lấy số"

    unit: int
    name: str
    prefix: str
    subjects: list[str]


@dataclass(frozen=True, kw_only=True)
class QueueFieldEnded(QueueFieldEvent):
    label: ClassVar[str] = "Thôi lĩnh vực lấy số"

    last_day: date


@dataclass(frozen=True, kw_only=True)
class SlotRuleSet(QueueFieldEvent):
    label: ClassVar[str] = "Đặt khung giờ hẹn"

    valid_from: date
    minutes: int
    capacity: int
    days_ahead: int
    notice_minutes: int


@dataclass(frozen=True, kw_only=True)
class QueueRuleSet(Event):
    label: ClassVar[str] = "Đặt luật gọi số"
    subject_type: ClassVar[str] = "queue_rule"

    unit: int
    valid_from: date
    normal_per_priority: int
    longest_wait_minutes: int
    early_minutes: int
    late_minutes: int


@dataclass(frozen=True, kw_only=True)
class MachineEvent(Event):
    subject_type: ClassVar[str] = "queue_machine"


@dataclass(frozen=True, kw_only=True)
class MachineMade(MachineEvent):
    label: ClassVar[str] = "Cấp khóa cho máy"
    opens: ClassVar[bool] = True

    unit: int
    name: str
    rights: list[str]


@dataclass(frozen=True, kw_only=True)
class MachineRevoked(MachineEvent):
    label: ClassVar[str] = "Thu hồi khóa của máy"
