"""What can have happened to a dossier. The ledger keeps these names for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class DossierEvent(Event):
    subject_type: ClassVar[str] = "dossier"


@dataclass(frozen=True, kw_only=True)
class DossierReceived(DossierEvent):
    label: ClassVar[str] = "Tiếp nhận hồ sơ"
    opens: ClassVar[bool] = True

    code: str
    procedure: str
    revision: int
    agency: int
    reception_agency: int
    channel: str
    regime: str
    limit: str
    clock_starts_at: datetime
    due_at: datetime | None
    due_reason: str
    parts: list[str]
    fee_amount: int


@dataclass(frozen=True, kw_only=True)
class IntakeRefused(Event):
    label: ClassVar[str] = "Từ chối tiếp nhận"
    subject_type: ClassVar[str] = "intake_refusal"
    opens: ClassVar[bool] = True

    number: int
    procedure: str
    agency: int
    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class StepEvent(DossierEvent):
    """A fact that ended one step of the internal workflow; `step` and `held_since` say which and how long."""

    step: str
    held_since: datetime
    step_due_at: datetime | None
    next_step: str
    next_holder: UUID | None
    note: str


@dataclass(frozen=True, kw_only=True)
class DossierTransferred(StepEvent):
    label: ClassVar[str] = "Chuyển hồ sơ đến cơ quan giải quyết"


@dataclass(frozen=True, kw_only=True)
class DossierAssigned(DossierEvent):
    label: ClassVar[str] = "Phân công thụ lý"

    step: str
    holder: UUID
    from_holder: UUID | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class DossierClaimed(DossierEvent):
    label: ClassVar[str] = "Nhận việc"

    step: str
    holder: UUID


@dataclass(frozen=True, kw_only=True)
class WorkAssigned(StepEvent):
    label: ClassVar[str] = "Phân công thụ lý"


@dataclass(frozen=True, kw_only=True)
class OpinionAsked(DossierEvent):
    label: ClassVar[str] = "Lấy ý kiến"

    consultation: UUID
    agency: int
    question: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class OpinionGiven(DossierEvent):
    label: ClassVar[str] = "Trả lời ý kiến"

    consultation: UUID
    answer: str


@dataclass(frozen=True, kw_only=True)
class DecisionProposed(StepEvent):
    label: ClassVar[str] = "Trình kết quả thẩm định"

    outcome: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecisionReviewed(StepEvent):
    label: ClassVar[str] = "Xem xét, đồng ý trình ký"


@dataclass(frozen=True, kw_only=True)
class DecisionSentBack(StepEvent):
    label: ClassVar[str] = "Trả lại để thẩm định thêm"


@dataclass(frozen=True, kw_only=True)
class DecisionSigned(StepEvent):
    label: ClassVar[str] = "Ký kết quả"

    outcome: str


@dataclass(frozen=True, kw_only=True)
class ResultIssued(StepEvent):
    label: ClassVar[str] = "Phát hành, chuyển kết quả về Một cửa"

    number: str
    issued_on: date


@dataclass(frozen=True, kw_only=True)
class ResultReturned(StepEvent):
    label: ClassVar[str] = "Trả kết quả"

    receiver: str


@dataclass(frozen=True, kw_only=True)
class NoteAdded(DossierEvent):
    label: ClassVar[str] = "Ghi chú"

    note: UUID


@dataclass(frozen=True, kw_only=True)
class PriorityChanged(DossierEvent):
    label: ClassVar[str] = "Đổi mức ưu tiên"

    before: str
    after: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaperDigitised(DossierEvent):
    label: ClassVar[str] = "Số hóa giấy tờ"

    part: UUID
    document: UUID
    sha256: str


@dataclass(frozen=True, kw_only=True)
class DueDateMoved(DossierEvent):
    label: ClassVar[str] = "Tính lại ngày hẹn trả"

    before: datetime
    after: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class SupplementAsked(DossierEvent):
    """`items` says of each component what was found: its name, the verdict, and what to do."""

    label: ClassVar[str] = "Yêu cầu bổ sung hồ sơ"

    supplement: UUID
    number: int
    reason: str
    items: list[dict[str, str]]
    waits_until: datetime | None
    due_before: datetime | None


@dataclass(frozen=True, kw_only=True)
class SupplementBrought(DossierEvent):
    """Something was brought, and something is still lacking: the clock goes on standing still."""

    label: ClassVar[str] = "Nhận một phần hồ sơ bổ sung"

    supplement: UUID
    brought: list[str]
    lacking: list[str]
    note: str


@dataclass(frozen=True, kw_only=True)
class SupplementCompleted(DossierEvent):
    label: ClassVar[str] = "Đã nhận đủ hồ sơ bổ sung"

    supplement: UUID
    brought: list[str]
    note: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ClockPaused(DossierEvent):
    label: ClassVar[str] = "Tạm dừng tính thời hạn"

    pause: UUID
    kind: str
    reason: str
    letter: str
    letter_on: date
    due_before: datetime | None


@dataclass(frozen=True, kw_only=True)
class ClockResumed(DossierEvent):
    label: ClassVar[str] = "Tính tiếp thời hạn"

    pause: UUID
    note: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class EndedEarly(DossierEvent):
    """The dossier was closed without a result; `step` is where it stood."""

    stop: UUID
    number: int
    requested_by: str
    reason: str
    step: str


@dataclass(frozen=True, kw_only=True)
class DossierStopped(EndedEarly):
    label: ClassVar[str] = "Dừng giải quyết theo yêu cầu"


@dataclass(frozen=True, kw_only=True)
class DossierWithdrawn(EndedEarly):
    label: ClassVar[str] = "Rút hồ sơ theo yêu cầu"


@dataclass(frozen=True, kw_only=True)
class DossierLapsed(EndedEarly):
    label: ClassVar[str] = "Đóng hồ sơ do không bổ sung"


@dataclass(frozen=True, kw_only=True)
class DossierReopened(DossierEvent):
    label: ClassVar[str] = "Mở lại hồ sơ"

    stop: UUID
    reason: str
    step: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DossierAmended(DossierEvent):
    """`changes` says of each field what it was and what it is now."""

    label: ClassVar[str] = "Sửa hồ sơ theo yêu cầu của người nộp"

    requested_by: str
    reason: str
    changes: list[dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class DeadlineAlarmed(DossierEvent):
    label: ClassVar[str] = "Báo sắp hết thời hạn"

    deadline: UUID
    kind: str
    due_at: datetime
    note: str


@dataclass(frozen=True, kw_only=True)
class AgencyReceived(DossierEvent):
    label: ClassVar[str] = "Cơ quan giải quyết nhận hồ sơ phi địa giới"

    agency: int
    reception_agency: int
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, kw_only=True)
class PaperFileSent(DossierEvent):
    label: ClassVar[str] = "Giao hồ sơ giấy phi địa giới"

    number: int
    to_agency: int
    papers: int
    due_at: datetime
    carrier: str


@dataclass(frozen=True, kw_only=True)
class PaperFileReceived(DossierEvent):
    label: ClassVar[str] = "Nhận hồ sơ giấy phi địa giới"

    number: int
    from_agency: int
    papers: int
    note: str


@dataclass(frozen=True, kw_only=True)
class OutputAwaited(DossierEvent):
    label: ClassVar[str] = "Chờ kết quả của phần liên thông trước"

    bundle: UUID
    waits_for: list[str]
    planned_start_at: datetime
    planned_due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LinkedPartBegun(DossierEvent):
    label: ClassVar[str] = "Nhận kết quả liên thông, bắt đầu tính thời hạn"

    bundle: UUID
    output: str
    clock_starts_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LinkedPartStopped(DossierEvent):
    label: ClassVar[str] = "Dừng vì phần liên thông trước không có kết quả"

    bundle: UUID
    because_of: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ActedFor(DossierEvent):
    label: ClassVar[str] = "Nộp hồ sơ theo ủy quyền; báo cho cả hai người"

    mandate: UUID
    principal: UUID
    agent: UUID


@dataclass(frozen=True, kw_only=True)
class AlarmRuleSet(Event):
    label: ClassVar[str] = "Đặt thời gian báo trước"
    subject_type: ClassVar[str] = "alarm_rule"

    kind: str
    before: int
    after: int
    reason: str
