"""What can have happened to an electronic result. All are facts of its dossier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event
from motcua.service.dossiers.events import DossierEvent


@dataclass(frozen=True, kw_only=True)
class ResultDrafted(DossierEvent):
    label: ClassVar[str] = "Gửi dự thảo kết quả"

    document: UUID


@dataclass(frozen=True, kw_only=True)
class SigningAsked(Event):
    """Its subject is the job: the worker hears of it, one job after another."""

    subject_type: ClassVar[str] = "signing_job"
    label: ClassVar[str] = "Yêu cầu ký số"

    dossier: UUID
    signer: str


@dataclass(frozen=True, kw_only=True)
class ResultFileSigned(DossierEvent):
    label: ClassVar[str] = "Ký số kết quả"

    signer: str
    document: UUID
    is_agency: bool


@dataclass(frozen=True, kw_only=True)
class ResultPublished(DossierEvent):
    label: ClassVar[str] = "Công bố kết quả điện tử"

    paper_id: str
    sha256: str
    is_signed: bool


@dataclass(frozen=True, kw_only=True)
class ResultReplaced(DossierEvent):
    label: ClassVar[str] = "Thay kết quả điện tử"

    paper_id: str
    replacement: str


@dataclass(frozen=True, kw_only=True)
class ResultRevoked(DossierEvent):
    label: ClassVar[str] = "Thu hồi kết quả"

    paper_id: str
    reason: str
    decision_number: str


@dataclass(frozen=True, kw_only=True)
class IssuerKeyOpened(Event):
    subject_type: ClassVar[str] = "issuer_key"
    label: ClassVar[str] = "Mở khóa phát hành"

    key_id: str
    valid_from: datetime


@dataclass(frozen=True, kw_only=True)
class ResultShared(Event):
    subject_type: ClassVar[str] = "result_share"
    label: ClassVar[str] = "Chia sẻ kết quả"
    opens: ClassVar[bool] = True

    issued: UUID
    to_whom: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ShareEnded(Event):
    subject_type: ClassVar[str] = "result_share"
    label: ClassVar[str] = "Thôi chia sẻ kết quả"


@dataclass(frozen=True, kw_only=True)
class ShareOpened(Event):
    """Somebody with the link has read it; the holder hears of it."""

    subject_type: ClassVar[str] = "result_share"
    label: ClassVar[str] = "Mở kết quả được chia sẻ"


@dataclass(frozen=True, kw_only=True)
class CopyOrdered(DossierEvent):
    label: ClassVar[str] = "Đặt bản giấy của kết quả"

    paper_id: str
    way: str


@dataclass(frozen=True, kw_only=True)
class CopyOrderCancelled(DossierEvent):
    label: ClassVar[str] = "Thôi đặt bản giấy"

    paper_id: str


@dataclass(frozen=True, kw_only=True)
class CopyOrderEnded(DossierEvent):
    """The office cannot make it; what was paid goes back."""

    label: ClassVar[str] = "Không lập được bản giấy đã đặt"

    paper_id: str
    reason: str
    refunded: int


@dataclass(frozen=True, kw_only=True)
class PaperCopyPrinted(DossierEvent):
    label: ClassVar[str] = "In bản giấy của kết quả điện tử"

    paper_id: str
    copy_id: str
    number: int
    agency: int


@dataclass(frozen=True, kw_only=True)
class CorrectionAsked(DossierEvent):
    label: ClassVar[str] = "Đề nghị đính chính kết quả"

    paper_id: str
    wrong: str


@dataclass(frozen=True, kw_only=True)
class CorrectionAnswered(DossierEvent):
    label: ClassVar[str] = "Trả lời đề nghị đính chính"

    paper_id: str
    is_accepted: bool
    answer: str


@dataclass(frozen=True, kw_only=True)
class CertificationPrepared(DossierEvent):
    label: ClassVar[str] = "Đối chiếu bản chính để chứng thực bản sao điện tử"

    certification: UUID
    title: str
    pages: int


@dataclass(frozen=True, kw_only=True)
class CertificationPreparedAgain(CertificationPrepared):
    label: ClassVar[str] = "Làm lại bản sao bị trả lại, trình ký chứng thực"


@dataclass(frozen=True, kw_only=True)
class CertificationDropped(DossierEvent):
    label: ClassVar[str] = "Thôi chứng thực bản sao"

    certification: UUID
    words: str


@dataclass(frozen=True, kw_only=True)
class CertificationRefused(DossierEvent):
    label: ClassVar[str] = "Không chứng thực bản sao"

    title: str
    bar: str
    words: str


@dataclass(frozen=True, kw_only=True)
class CertificationSentBack(DossierEvent):
    label: ClassVar[str] = "Trả lại bản sao chờ chứng thực"

    certification: UUID
    words: str


@dataclass(frozen=True, kw_only=True)
class CopyCertified(DossierEvent):
    label: ClassVar[str] = "Ký chứng thực bản sao điện tử"

    certification: UUID
    paper_id: str
    code: str
    title: str


@dataclass(frozen=True, kw_only=True)
class CertificationBarSet(Event):
    subject_type: ClassVar[str] = "certification_bar"
    label: ClassVar[str] = "Đặt trường hợp không được chứng thực"

    code: str
    name: str
    basis: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True)
class AnswerRuleSet(Event):
    subject_type: ClassVar[str] = "answer_rule"
    label: ClassVar[str] = "Đặt hạn trả lời đề nghị đính chính"

    valid_from: date
    answer_days: int
    basis: str
