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
class OpinionLate(DossierEvent):
    label: ClassVar[str] = "Cơ quan được hỏi chưa trả lời đúng hạn"

    consultation: UUID
    agency: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class StepRecalled(StepEvent):
    label: ClassVar[str] = "Thu hồi bước đã chuyển"


@dataclass(frozen=True, kw_only=True)
class StepReturned(StepEvent):
    label: ClassVar[str] = "Trả về bước trước"


@dataclass(frozen=True, kw_only=True)
class StepSkipped(StepEvent):
    label: ClassVar[str] = "Bỏ qua bước"


@dataclass(frozen=True, kw_only=True)
class StepEscalated(DossierEvent):
    label: ClassVar[str] = "Báo chậm"

    step: str
    role: str
    agency: int
    holder: UUID | None
    step_due_at: datetime | None


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
class SupplementSent(DossierEvent):
    label: ClassVar[str] = "Người nộp gửi phần bổ sung trực tuyến"

    supplement: UUID
    delivery: UUID
    sent: list[str]
    lacking: list[str]


@dataclass(frozen=True, kw_only=True)
class DeliveryLooked(DossierEvent):
    label: ClassVar[str] = "Một cửa đã xem phần bổ sung gửi trực tuyến"

    delivery: UUID
    good: list[str]
    bad: list[str]


@dataclass(frozen=True, kw_only=True)
class MessageSent(DossierEvent):
    label: ClassVar[str] = "Tin trong hồ sơ"

    message: UUID
    is_from_office: bool
    asks: bool


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
class DossierOpened(Event):
    """Of the applicant: they read who has opened which of their dossiers; once a day for each person."""

    subject_type: ClassVar[str] = "applicant"
    label: ClassVar[str] = "Mở hồ sơ để xem"

    dossier: UUID
    code: str


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


@dataclass(frozen=True, kw_only=True)
class LimitCorrected(DossierEvent):
    label: ClassVar[str] = "Sửa thời hạn theo thủ tục đã đính chính"

    limit_before: str
    limit_after: str
    due_before: datetime | None
    due_after: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApologyDrafted(DossierEvent):
    label: ClassVar[str] = "Soạn thư xin lỗi"

    apology: UUID
    due_after: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApologyRevised(DossierEvent):
    label: ClassVar[str] = "Sửa dự thảo thư xin lỗi"

    apology: UUID
    cause: str
    due_after: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApologyDiscarded(DossierEvent):
    label: ClassVar[str] = "Bỏ dự thảo thư xin lỗi"

    apology: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApologySent(DossierEvent):
    """The letter went out too late to move the date: the day that it names is only the one to expect."""

    label: ClassVar[str] = "Gửi thư xin lỗi"

    apology: UUID
    number: str
    cause: str
    reason: str
    before: datetime
    after: datetime
    signed_for: UUID | None


@dataclass(frozen=True, kw_only=True)
class DueExtended(ApologySent):
    """The letter went out in time and is the first: the lawful date has moved."""

    label: ClassVar[str] = "Xin lỗi, hẹn lại ngày trả"


@dataclass(frozen=True, kw_only=True)
class LatenessExplained(DossierEvent):
    label: ClassVar[str] = "Giải trình hồ sơ chậm"

    cause: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LatenessReviewed(DossierEvent):
    label: ClassVar[str] = "Xem xét trách nhiệm hồ sơ chậm"

    verdict: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LatenessPublished(DossierEvent):
    label: ClassVar[str] = "Công khai kết quả xem xét hồ sơ chậm"

    verdict: str


@dataclass(frozen=True, kw_only=True)
class WrongResultFound(DossierEvent):
    label: ClassVar[str] = "Ghi nhận kết quả sai"

    correction: UUID
    fault: str
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ResultCorrected(DossierEvent):
    label: ClassVar[str] = "Sửa kết quả"

    correction: UUID
    number: str
    issued_on: date
    old_number: str
    cost_amount: int


@dataclass(frozen=True, kw_only=True)
class ResultReturnedAgain(DossierEvent):
    """The corrected result was handed over after the workflow had ended."""

    label: ClassVar[str] = "Trả kết quả đã sửa"

    receiver: str
    note: str


@dataclass(frozen=True, kw_only=True)
class SettledAtOnce(DossierEvent):
    label: ClassVar[str] = "Giải quyết và trả kết quả ngay"

    number: str
    issued_on: date
    receiver: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class LateCauseChanged(Event):
    label: ClassVar[str] = "Sửa danh mục nguyên nhân chậm"
    subject_type: ClassVar[str] = "late_cause"

    code: str
    name: str
    side: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True)
class LateCauseAdded(LateCauseChanged):
    label: ClassVar[str] = "Thêm nguyên nhân chậm"
    opens: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class DossierReminded(DossierEvent):
    label: ClassVar[str] = "Nhắc người đang giữ"

    step: str
    holder: UUID
    text: str


@dataclass(frozen=True, kw_only=True)
class BulkActEvent(Event):
    subject_type: ClassVar[str] = "bulk_act"


@dataclass(frozen=True, kw_only=True)
class BulkActBegun(BulkActEvent):
    label: ClassVar[str] = "Làm một việc với nhiều hồ sơ"
    opens: ClassVar[bool] = True

    kind: str
    count: int


@dataclass(frozen=True, kw_only=True)
class BulkActResumed(BulkActEvent):
    label: ClassVar[str] = "Làm lại những hồ sơ chưa làm được"

    count: int


@dataclass(frozen=True, kw_only=True)
class BulkActFinished(BulkActEvent):
    label: ClassVar[str] = "Xong việc với nhiều hồ sơ"

    done: int
    already: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class WorkHandedOver(Event):
    label: ClassVar[str] = "Bàn giao công việc"
    subject_type: ClassVar[str] = "handing_over"
    opens: ClassVar[bool] = True

    act: UUID
    giver: UUID | None
    agency: int | None
    reason: str
    note: str
    receivers: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class DossierMigrated(DossierEvent):
    label: ClassVar[str] = "Chuyển sang quy trình mới"

    transition: UUID
    version: int
    from_workflow: int
    to_workflow: int
    from_step: str
    step: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DossierMigrationUndone(DossierEvent):
    label: ClassVar[str] = "Trở lại quy trình trước"

    transition: UUID
    version: int
    step: str


@dataclass(frozen=True, kw_only=True)
class TransitionOrdered(Event):
    """What a published version means for the dossiers on their way; it belongs to the story of the workflow."""

    label: ClassVar[str] = "Quyết định chuyển tiếp hồ sơ"
    subject_type: ClassVar[str] = "workflow"

    transition: UUID
    rule: str
    before_step: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TransitionBegun(Event):
    """More dossiers than one part: what the page that began it leaves, the worker carries on."""

    label: ClassVar[str] = "Bắt đầu chuyển tiếp hồ sơ"
    subject_type: ClassVar[str] = "workflow"

    transition: UUID
    dossiers: int


@dataclass(frozen=True, kw_only=True)
class TransitionUndone(Event):
    label: ClassVar[str] = "Hoàn lại chuyển tiếp hồ sơ"
    subject_type: ClassVar[str] = "workflow"

    transition: UUID
    rule: str
