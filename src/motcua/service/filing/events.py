"""What can have happened to a filing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FilingEvent(Event):
    subject_type: ClassVar[str] = "filing"


@dataclass(frozen=True, kw_only=True)
class FilingSubmitted(FilingEvent):
    label: ClassVar[str] = "Nộp hồ sơ trực tuyến"
    opens: ClassVar[bool] = True

    code: str
    procedure: str
    agency: int
    reception_agency: int
    alert_due_at: datetime | None
    answer_due_at: datetime | None
    parts: list[str]


@dataclass(frozen=True, kw_only=True)
class OfficerAlerted(FilingEvent):
    label: ClassVar[str] = "Báo công chức có hồ sơ trực tuyến"

    is_in_time: bool


@dataclass(frozen=True, kw_only=True)
class AnswerRunsOut(FilingEvent):
    label: ClassVar[str] = "Sắp hết hạn trả lời hồ sơ trực tuyến"

    answer_due_at: datetime


@dataclass(frozen=True, kw_only=True)
class FilingSupplementAsked(FilingEvent):
    label: ClassVar[str] = "Yêu cầu bổ sung hồ sơ trực tuyến"

    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class FilingSupplemented(FilingEvent):
    label: ClassVar[str] = "Người nộp đã bổ sung"

    answer_due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FilingRefused(FilingEvent):
    label: ClassVar[str] = "Từ chối tiếp nhận hồ sơ trực tuyến"

    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class FilingMisaddressed(FilingEvent):
    label: ClassVar[str] = "Báo gửi nhầm nơi"

    reasons: list[str]
    right_place: str


@dataclass(frozen=True, kw_only=True)
class FilingAccepted(FilingEvent):
    label: ClassVar[str] = "Tiếp nhận hồ sơ trực tuyến"

    dossier: UUID
    dossier_code: str
    is_in_time: bool


@dataclass(frozen=True, kw_only=True)
class FilingWithdrawn(FilingEvent):
    label: ClassVar[str] = "Người nộp rút hồ sơ trực tuyến"

    reason: str


@dataclass(frozen=True, kw_only=True)
class PayerGroupRefused(FilingEvent):
    label: ClassVar[str] = "Không thuộc diện miễn, giảm đã khai"

    group: str
    reason: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class FilingContactChanged(FilingEvent):
    label: ClassVar[str] = "Đổi thông tin liên hệ"

    changed: list[str]


@dataclass(frozen=True, kw_only=True)
class DraftEvent(Event):
    """Of a draft the ledger keeps its beginning, its end and who has opened it elsewhere; not what is typed in it."""

    subject_type: ClassVar[str] = "draft"


@dataclass(frozen=True, kw_only=True)
class DraftBegun(DraftEvent):
    label: ClassVar[str] = "Bắt đầu bản nháp"
    opens: ClassVar[bool] = True

    procedure: str


@dataclass(frozen=True, kw_only=True)
class DraftResumed(DraftEvent):
    label: ClassVar[str] = "Mở lại bản nháp bằng mã"

    where: str


@dataclass(frozen=True, kw_only=True)
class DraftTaken(DraftEvent):
    label: ClassVar[str] = "Bản nháp thuộc về tài khoản"


@dataclass(frozen=True, kw_only=True)
class DraftRenewed(DraftEvent):
    label: ClassVar[str] = "Đã xem nội dung mới của thủ tục"

    revision: int


@dataclass(frozen=True, kw_only=True)
class DraftFiled(DraftEvent):
    label: ClassVar[str] = "Đã nộp từ bản nháp"

    filing: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class DraftReceived(DraftEvent):
    label: ClassVar[str] = "Đã tiếp nhận bản nháp tại quầy"

    dossier: UUID
    dossier_code: str


@dataclass(frozen=True, kw_only=True)
class DraftRunsOut(DraftEvent):
    label: ClassVar[str] = "Báo bản nháp sắp bị xóa"

    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class DraftForgotten(DraftEvent):
    label: ClassVar[str] = "Đã xóa bản nháp và tệp của nó"

    files: int
    asked: bool


@dataclass(frozen=True, kw_only=True)
class SignerInvited(DraftEvent):
    label: ClassVar[str] = "Mời người cùng đứng tên"

    signer: UUID


@dataclass(frozen=True, kw_only=True)
class SignerRemoved(DraftEvent):
    label: ClassVar[str] = "Thôi mời người cùng đứng tên"

    signer: UUID


@dataclass(frozen=True, kw_only=True)
class SignerAgreed(DraftEvent):
    """`content`: the digest of what was agreed to. `is_on_paper`: a clerk has the signed paper."""

    label: ClassVar[str] = "Người cùng đứng tên đã đồng ý"

    signer: UUID
    content: str
    is_on_paper: bool


@dataclass(frozen=True, kw_only=True)
class SignerKnown(DraftEvent):
    """A clerk has seen the number of who agreed on paper, who follows the dossier on line from now."""

    label: ClassVar[str] = "Ghi số định danh của người cùng đứng tên đã ký trên giấy"

    signer: UUID


@dataclass(frozen=True, kw_only=True)
class SignerDeclined(DraftEvent):
    label: ClassVar[str] = "Người cùng đứng tên không đồng ý"

    signer: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class AgreementsTakenBack(DraftEvent):
    label: ClassVar[str] = "Nội dung đã đổi, phải đồng ý lại"

    signers: list[UUID]


@dataclass(frozen=True, kw_only=True)
class DeclarationSigned(DraftEvent):
    """`content`: the digest of what was signed; `matched`: whether the certificate names the number or the name alone."""

    label: ClassVar[str] = "Người nộp đã ký số tờ khai"

    signer: str
    serial: str
    content: str
    matched: str


@dataclass(frozen=True, kw_only=True)
class DeclarationSentToPhone(DraftEvent):
    """The digest of the declaration went to a provider, whose user says yes or no on the phone."""

    label: ClassVar[str] = "Gửi tờ khai lên điện thoại để ký số"

    provider: str
    signer: str
    serial: str
    content: str


@dataclass(frozen=True, kw_only=True)
class DeclarationNotSignedByPhone(DraftEvent):
    """`outcome`: a state of `RemoteSignature`."""

    label: ClassVar[str] = "Lượt ký trên điện thoại không thành"

    outcome: str
    content: str


@dataclass(frozen=True, kw_only=True)
class DeclarationUnsigned(DraftEvent):
    label: ClassVar[str] = "Người nộp bỏ bản tờ khai đã ký"

    content: str


@dataclass(frozen=True, kw_only=True)
class FilingDeclarationSigned(FilingEvent):
    """The filing goes with a declaration that who files has signed: by which certificate, when, which file."""

    label: ClassVar[str] = "Hồ sơ có tờ khai người nộp ký số"

    signer: str
    issuer: str
    serial: str
    matched: str
    signed_at: datetime | None
    is_time_proven: bool
    sha256: str


@dataclass(frozen=True, kw_only=True)
class FilingAssisted(FilingEvent):
    """An officer (the actor) has typed it for the person; `how` they have confirmed it."""

    label: ClassVar[str] = "Công chức hỗ trợ nộp trực tuyến"

    how: str


@dataclass(frozen=True, kw_only=True)
class FilingCoSigned(FilingEvent):
    """Who stands for the filing beside its owner; each with how they agreed and when."""

    label: ClassVar[str] = "Hồ sơ có người cùng đứng tên"

    signers: list[dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class BatchEvent(Event):
    """Of a batch the ledger keeps who filed how many from one sheet; not what stood in it."""

    subject_type: ClassVar[str] = "filing_batch"


@dataclass(frozen=True, kw_only=True)
class BatchBegun(BatchEvent):
    label: ClassVar[str] = "Bắt đầu đợt nộp nhiều hồ sơ"
    opens: ClassVar[bool] = True

    procedure: str
    account: UUID


@dataclass(frozen=True, kw_only=True)
class BatchRead(BatchEvent):
    label: ClassVar[str] = "Nhận bảng của đợt nộp nhiều hồ sơ"

    rows: int
    wrong: int


@dataclass(frozen=True, kw_only=True)
class BatchAsked(BatchEvent):
    label: ClassVar[str] = "Nộp các dòng của bảng"

    count: int


@dataclass(frozen=True, kw_only=True)
class BatchFinished(BatchEvent):
    label: ClassVar[str] = "Nộp xong các dòng của bảng"

    filed: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class BatchForgotten(BatchEvent):
    label: ClassVar[str] = "Đã xóa bảng và tệp của đợt nộp"

    files: int
    rows: int
