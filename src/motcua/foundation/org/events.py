"""What can have happened to an agency or a role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AgencyEvent(Event):
    subject_type: ClassVar[str] = "agency"


@dataclass(frozen=True, kw_only=True)
class AgencyCreated(AgencyEvent):
    label: ClassVar[str] = "Thành lập cơ quan"
    opens: ClassVar[bool] = True

    code: str
    name: str
    kind: str
    parent_code: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class AgencyRenamed(AgencyEvent):
    label: ClassVar[str] = "Đổi tên cơ quan"

    old_name: str
    name: str
    on: date


@dataclass(frozen=True, kw_only=True)
class AgencyMoved(AgencyEvent):
    label: ClassVar[str] = "Chuyển cơ quan trực thuộc"

    old_parent_code: str
    parent_code: str
    on: date


@dataclass(frozen=True, kw_only=True)
class AgencyDescribed(AgencyEvent):
    label: ClassVar[str] = "Sửa thông tin liên hệ của cơ quan"

    changed: dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class AgencyClosed(AgencyEvent):
    """`successors` maps the code of each successor to the share it takes over."""

    label: ClassVar[str] = "Kết thúc hoạt động cơ quan"

    last_day: date
    successors: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class OneStopUnitOpened(AgencyEvent):
    label: ClassVar[str] = "Lập Bộ phận Một cửa"

    code: str
    name: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class OneStopUnitClosed(AgencyEvent):
    label: ClassVar[str] = "Kết thúc Bộ phận Một cửa"

    code: str
    last_day: date


@dataclass(frozen=True, kw_only=True)
class PostOpened(AgencyEvent):
    label: ClassVar[str] = "Lập vị trí"

    post_id: int
    title: str
    role: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class PostClosed(AgencyEvent):
    label: ClassVar[str] = "Kết thúc vị trí"

    post_id: int
    title: str
    last_day: date


@dataclass(frozen=True, kw_only=True)
class RoleDefined(Event):
    label: ClassVar[str] = "Đặt quyền của vai trò"
    subject_type: ClassVar[str] = "role"

    code: str
    permissions: list[str]
    scope: str
    needs_second_factor: bool


@dataclass(frozen=True, kw_only=True)
class RoleChanged(RoleDefined):
    """Of a role that people have already: what they gain and lose, and why."""

    label: ClassVar[str] = "Đổi quyền của vai trò"

    gained: list[str]
    lost: list[str]
    people: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class RoleEnded(Event):
    label: ClassVar[str] = "Bỏ vai trò"
    subject_type: ClassVar[str] = "role"

    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class VerticalSeated(AgencyEvent):
    label: ClassVar[str] = "Cơ quan ngành dọc tiếp nhận tại trung tâm"

    centre: int
    mode: str
    decision: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class VerticalUnseated(AgencyEvent):
    label: ClassVar[str] = "Cơ quan ngành dọc thôi tiếp nhận tại trung tâm"

    centre: int
    last_day: date
    reason: str
