"""What can have happened to an account, a delegation or an applicant. No event carries a personal number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class StaffEvent(Event):
    subject_type: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class StaffCreated(StaffEvent):
    label: ClassVar[str] = "Tạo tài khoản"
    opens: ClassVar[bool] = True

    username: str
    full_name: str


@dataclass(frozen=True, kw_only=True)
class StaffDescribed(StaffEvent):
    label: ClassVar[str] = "Sửa thông tin tài khoản"

    changed: list[str]


@dataclass(frozen=True, kw_only=True)
class StaffDeactivated(StaffEvent):
    label: ClassVar[str] = "Khóa tài khoản"

    reason: str


@dataclass(frozen=True, kw_only=True)
class StaffReactivated(StaffEvent):
    label: ClassVar[str] = "Mở lại tài khoản"


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(StaffEvent):
    """`by_owner`: False when an administrator set a new one."""

    label: ClassVar[str] = "Đổi mật khẩu"

    by_owner: bool


@dataclass(frozen=True, kw_only=True)
class SignedIn(StaffEvent):
    label: ClassVar[str] = "Đăng nhập"

    ip: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(StaffEvent):
    label: ClassVar[str] = "Đăng xuất thiết bị"

    sessions: int


@dataclass(frozen=True, kw_only=True)
class SecondFactorEnrolled(StaffEvent):
    label: ClassVar[str] = "Bật xác thực hai lớp"


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(StaffEvent):
    label: ClassVar[str] = "Gỡ xác thực hai lớp"

    reason: str


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(StaffEvent):
    label: ClassVar[str] = "Dùng mã khôi phục"

    left: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesRenewed(StaffEvent):
    label: ClassVar[str] = "Tạo lại mã khôi phục"


@dataclass(frozen=True, kw_only=True)
class Appointed(StaffEvent):
    label: ClassVar[str] = "Giao vị trí"

    post_id: int
    post: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True)
class AppointmentEnded(StaffEvent):
    label: ClassVar[str] = "Thôi giữ vị trí"

    post_id: int
    post: str
    last_day: date


@dataclass(frozen=True, kw_only=True)
class PostDelegated(StaffEvent):
    """Of the giver."""

    label: ClassVar[str] = "Ủy quyền vị trí"

    delegation_id: UUID
    receiver_id: UUID
    post_id: int
    valid_from: date
    valid_to: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class DelegationWithdrawn(StaffEvent):
    label: ClassVar[str] = "Thu hồi ủy quyền"

    delegation_id: UUID
    receiver_id: UUID


@dataclass(frozen=True, kw_only=True)
class LeaveTaken(StaffEvent):
    label: ClassVar[str] = "Báo nghỉ, cử người thay"

    absence_id: UUID
    substitute_id: UUID | None
    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class LeaveEnded(StaffEvent):
    label: ClassVar[str] = "Đi làm lại sớm"

    absence_id: UUID


@dataclass(frozen=True, kw_only=True)
class ApplicantEvent(Event):
    subject_type: ClassVar[str] = "applicant"


@dataclass(frozen=True, kw_only=True)
class ApplicantCreated(ApplicantEvent):
    label: ClassVar[str] = "Thêm người nộp hồ sơ"
    opens: ClassVar[bool] = True

    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ApplicantUpdated(ApplicantEvent):
    """`changed` names the fields; old names are kept, because people come back under them."""

    label: ClassVar[str] = "Cập nhật người nộp hồ sơ"

    changed: list[str]
    old_name: str


@dataclass(frozen=True, kw_only=True)
class PersonalNumberSeen(ApplicantEvent):
    """Who looked, and why."""

    label: ClassVar[str] = "Xem đủ số định danh"

    reason: str


@dataclass(frozen=True, kw_only=True)
class MandateGiven(ApplicantEvent):
    """Of the principal; both people are told."""

    label: ClassVar[str] = "Ủy quyền làm thủ tục; báo cho cả hai người"

    mandate: UUID
    agent: UUID
    fields: list[str]
    procedures: list[str]
    valid_from: date
    valid_to: date
    paper: str
    told: list[UUID]


@dataclass(frozen=True, kw_only=True)
class MandateRevoked(ApplicantEvent):
    label: ClassVar[str] = "Thu hồi ủy quyền làm thủ tục; báo cho cả hai người"

    mandate: UUID
    agent: UUID
    reason: str
    told: list[UUID]
