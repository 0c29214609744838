"""What can have happened to money. The ledger keeps these names for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class DueEvent(Event):
    """Sự kiện của khoản phải nộp; `owner` is the key of the dossier or draft that owes it."""

    subject_type: ClassVar[str] = "due"

    owner: UUID
    kind: str
    name: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class DueRaised(DueEvent):
    label: ClassVar[str] = "Phát sinh khoản phải nộp"
    opens: ClassVar[bool] = True

    collector: int
    agency: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class DueCancelled(DueEvent):
    label: ClassVar[str] = "Thôi khoản phải nộp"

    reason: str


@dataclass(frozen=True, kw_only=True)
class DuePaid(DueEvent):
    label: ClassVar[str] = "Đã nộp tiền"

    way: str
    reference: str
    receipt: str


@dataclass(frozen=True, kw_only=True)
class DueRefunded(DueEvent):
    label: ClassVar[str] = "Đã hoàn tiền"

    reason: str


@dataclass(frozen=True, kw_only=True)
class DossierMoneyEvent(Event):
    """The same as it stands in the life of the dossier, once there is one."""

    subject_type: ClassVar[str] = "dossier"

    due: UUID
    name: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class DossierOwes(DossierMoneyEvent):
    label: ClassVar[str] = "Phát sinh khoản phải nộp"


@dataclass(frozen=True, kw_only=True)
class DossierOwesNoMore(DossierMoneyEvent):
    label: ClassVar[str] = "Thôi khoản phải nộp"


@dataclass(frozen=True, kw_only=True)
class DossierPaid(DossierMoneyEvent):
    label: ClassVar[str] = "Đã nộp phí, lệ phí"


@dataclass(frozen=True, kw_only=True)
class DossierRefunded(DossierMoneyEvent):
    label: ClassVar[str] = "Đã hoàn phí, lệ phí"


@dataclass(frozen=True, kw_only=True)
class PaymentEvent(Event):
    """Sự kiện của một lần thanh toán."""

    subject_type: ClassVar[str] = "payment"

    due: UUID
    reference: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class PaymentCreated(PaymentEvent):
    label: ClassVar[str] = "Tạo lần thanh toán"
    opens: ClassVar[bool] = True

    way: str


@dataclass(frozen=True, kw_only=True)
class PaymentMoved(PaymentEvent):
    label: ClassVar[str] = "Lần thanh toán chuyển trạng thái"

    before: str
    after: str
    source: str


@dataclass(frozen=True, kw_only=True)
class PaymentReturned(PaymentEvent):
    """Người nộp quay lại: the outside is asked at once, without waiting for its word."""

    label: ClassVar[str] = "Người nộp quay lại từ trang thanh toán"


@dataclass(frozen=True, kw_only=True)
class OrderOpened(Event):
    """Several dues are paid together; each has its own payment in the order."""

    label: ClassVar[str] = "Mở lệnh thanh toán chung"
    subject_type: ClassVar[str] = "payment_order"
    opens: ClassVar[bool] = True

    reference: str
    amount: int
    dues: int


@dataclass(frozen=True, kw_only=True)
class ExceptionEvent(Event):
    """Sự kiện của tiền chưa khớp."""

    subject_type: ClassVar[str] = "money_exception"

    kind: str
    reference: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class ExceptionFound(ExceptionEvent):
    label: ClassVar[str] = "Tiền không khớp"
    opens: ClassVar[bool] = True

    detail: str


@dataclass(frozen=True, kw_only=True)
class ExceptionTaken(ExceptionEvent):
    label: ClassVar[str] = "Nhận xử lý tiền chưa khớp"


@dataclass(frozen=True, kw_only=True)
class ExceptionTied(ExceptionEvent):
    label: ClassVar[str] = "Tính tiền đang giữ vào một khoản"

    due: UUID | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ExceptionResolved(ExceptionEvent):
    label: ClassVar[str] = "Giải quyết tiền chưa khớp"

    resolution: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RefundEvent(Event):
    """Sự kiện của phiếu hoàn tiền."""

    subject_type: ClassVar[str] = "refund"

    amount: int


@dataclass(frozen=True, kw_only=True)
class RefundAsked(RefundEvent):
    label: ClassVar[str] = "Đề nghị hoàn tiền"
    opens: ClassVar[bool] = True

    reason: str


@dataclass(frozen=True, kw_only=True)
class RefundConfirmed(RefundEvent):
    label: ClassVar[str] = "Xác nhận đề nghị hoàn tiền tự lập"


@dataclass(frozen=True, kw_only=True)
class RefundApproved(RefundEvent):
    label: ClassVar[str] = "Duyệt hoàn tiền"

    is_by_hand: bool
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class RefundTurnedBack(RefundEvent):
    """The channel was told to send it back and refused."""

    label: ClassVar[str] = "Cổng từ chối lệnh hoàn, trả bằng tay"


@dataclass(frozen=True, kw_only=True)
class RefundRefused(RefundEvent):
    label: ClassVar[str] = "Không duyệt hoàn tiền"

    reason: str


@dataclass(frozen=True, kw_only=True)
class RefundDone(RefundEvent):
    label: ClassVar[str] = "Đã trả tiền hoàn"

    proof: str


@dataclass(frozen=True, kw_only=True)
class RefundAccountGiven(RefundEvent):
    """Where the money goes back to, by bank and last digits alone."""

    label: ClassVar[str] = "Ghi tài khoản nhận tiền hoàn"

    bank: str
    tail: str
    is_other_name: bool
    is_changed: bool


@dataclass(frozen=True, kw_only=True)
class RefundRuleSet(Event):
    label: ClassVar[str] = "Đặt quy định hoàn tiền"
    subject_type: ClassVar[str] = "refund_rule"

    valid_from: date
    needs_two: bool
    promise_days: int
    basis: str


@dataclass(frozen=True, kw_only=True)
class TillClosed(Event):
    label: ClassVar[str] = "Tổng kết quỹ"
    subject_type: ClassVar[str] = "till"

    agency: int
    day: date
    expected: int
    counted: int


@dataclass(frozen=True, kw_only=True)
class StatementImported(Event):
    label: ClassVar[str] = "Nhập sao kê"
    subject_type: ClassVar[str] = "money_statement"
    opens: ClassVar[bool] = True

    source: str
    lines: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class DayReconciled(Event):
    label: ClassVar[str] = "Đối soát ngày"
    subject_type: ClassVar[str] = "payment_channel"

    day: date
    rows: int
    differing: int


@dataclass(frozen=True, kw_only=True)
class DifferenceResolved(Event):
    label: ClassVar[str] = "Giải quyết chênh lệch đối soát"
    subject_type: ClassVar[str] = "reconciliation"
    opens: ClassVar[bool] = True

    reference: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MonthSettled(Event):
    label: ClassVar[str] = "Quyết toán tháng"
    subject_type: ClassVar[str] = "settlement"
    opens: ClassVar[bool] = True

    collector: int
    agency: int
    month: date
    amount: int
    proof: str


@dataclass(frozen=True, kw_only=True)
class ChannelEvent(Event):
    """Sự kiện của kênh thanh toán; it tells no secret, only under which name one is kept."""

    subject_type: ClassVar[str] = "payment_channel"

    agency: int
    adapter: str


@dataclass(frozen=True, kw_only=True)
class ChannelDrafted(ChannelEvent):
    label: ClassVar[str] = "Soạn kênh thanh toán"
    opens: ClassVar[bool] = True

    name: str
    details: dict[str, str]
    secret_name: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class ChannelSet(ChannelEvent):
    label: ClassVar[str] = "Đặt kênh thanh toán"

    way: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class ChannelEnded(ChannelEvent):
    label: ClassVar[str] = "Thôi dùng kênh thanh toán"

    valid_to: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChannelDropped(ChannelEvent):
    label: ClassVar[str] = "Bỏ bản soạn kênh thanh toán"


@dataclass(frozen=True, kw_only=True)
class FeeRuleEvent(Event):
    """Sự kiện của mức thu."""

    subject_type: ClassVar[str] = "fee_rule"

    procedure: str
    name: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class FeeRuleDrafted(FeeRuleEvent):
    label: ClassVar[str] = "Soạn mức thu"
    opens: ClassVar[bool] = True

    valid_from: date


@dataclass(frozen=True, kw_only=True)
class FeeRuleSet(FeeRuleEvent):
    label: ClassVar[str] = "Ban hành mức thu"

    offering: int | None
    valid_from: date
    basis: str


@dataclass(frozen=True, kw_only=True)
class FeeRuleEnded(FeeRuleEvent):
    label: ClassVar[str] = "Thôi áp dụng mức thu"

    valid_to: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class FeeRuleDropped(FeeRuleEvent):
    label: ClassVar[str] = "Bỏ bản soạn mức thu"


@dataclass(frozen=True, kw_only=True)
class PayerGroupSet(Event):
    label: ClassVar[str] = "Đặt diện miễn, giảm phí"
    subject_type: ClassVar[str] = "payer_group"
    opens: ClassVar[bool] = True

    code: str
    name: str
    proof: str


@dataclass(frozen=True, kw_only=True)
class GroupConfirmed(Event):
    """An officer has seen the paper of who pays less; `owner` is the key of the dossier or filing."""

    label: ClassVar[str] = "Xác nhận diện miễn, giảm phí"
    subject_type: ClassVar[str] = "confirmed_group"
    opens: ClassVar[bool] = True

    owner: UUID
    group: str
    proof: str
