"""What can have happened in the store of papers. The ledger keeps these names for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PaperEvent(Event):
    subject_type: ClassVar[str] = "held_paper"


@dataclass(frozen=True, kw_only=True)
class PaperKept(PaperEvent):
    """Never the number of the paper nor the person's name: they stand in the store alone."""

    label: ClassVar[str] = "Giấy tờ vào kho"
    opens: ClassVar[bool] = True

    holder: UUID
    paper_type: str
    provenance: str
    trust: str
    valid_until: date | None
    dossier: UUID | None
    document: UUID | None
    supersedes: list[UUID]


@dataclass(frozen=True, kw_only=True)
class PaperClassified(PaperEvent):
    label: ClassVar[str] = "Xếp loại giấy tờ trong kho"

    paper_type: str


@dataclass(frozen=True, kw_only=True)
class PaperWithdrawn(PaperEvent):
    label: ClassVar[str] = "Thu hồi giấy tờ khỏi kho"

    reason: str


@dataclass(frozen=True, kw_only=True)
class PaperLookedAt(PaperEvent):
    label: ClassVar[str] = "Xem giấy tờ trong kho"

    kind: str
    subject: UUID | None


@dataclass(frozen=True, kw_only=True)
class PaperReused(PaperEvent):
    label: ClassVar[str] = "Dùng lại giấy tờ trong kho"

    subject: UUID
    consent: UUID


@dataclass(frozen=True, kw_only=True)
class HeldPaperDemanded(PaperEvent):
    label: ClassVar[str] = "Yêu cầu nộp giấy đã có trong kho"

    demand: UUID
    subject: UUID
    stage: str
    reason: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ConsentEvent(Event):
    subject_type: ClassVar[str] = "paper_consent"


@dataclass(frozen=True, kw_only=True)
class ReuseConsented(ConsentEvent):
    label: ClassVar[str] = "Đồng ý dùng lại giấy tờ"
    opens: ClassVar[bool] = True

    holder: UUID
    subject: UUID
    means: str


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(ConsentEvent):
    label: ClassVar[str] = "Rút lại đồng ý dùng giấy tờ"

    holder: UUID


@dataclass(frozen=True, kw_only=True)
class PaperTypeChanged(Event):
    label: ClassVar[str] = "Sửa loại giấy tờ"
    subject_type: ClassVar[str] = "paper_type"

    code: str
    name: str
    validity: str
    months: int
    valid_to: date | None
    names: list[str]  # what procedures call it, as they stand now
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaperTypeSet(Event):
    label: ClassVar[str] = "Ghi loại giấy tờ"
    subject_type: ClassVar[str] = "paper_type"
    opens: ClassVar[bool] = True

    code: str
    name: str
    validity: str
    months: int


@dataclass(frozen=True, kw_only=True)
class DigitisationEvent(Event):
    subject_type: ClassVar[str] = "digitisation"


@dataclass(frozen=True, kw_only=True)
class DigitisationBegun(DigitisationEvent):
    label: ClassVar[str] = "Bắt đầu số hóa giấy tờ"
    opens: ClassVar[bool] = True

    dossier: UUID | None = None
    part: UUID | None = None
    item: UUID | None = None  # of a campaign of old results


@dataclass(frozen=True, kw_only=True)
class PaperScanned(DigitisationEvent):
    label: ClassVar[str] = "Quét xong giấy tờ"

    document: UUID
    pages: int


@dataclass(frozen=True, kw_only=True)
class PaperRead(DigitisationEvent):
    """`fields`: of which data the machine has a suggestion; never what it read."""

    label: ClassVar[str] = "Máy đọc chữ trên giấy tờ"

    document: UUID
    fields: list[str]
    note: str


@dataclass(frozen=True, kw_only=True)
class PaperConfirmed(DigitisationEvent):
    label: ClassVar[str] = "Công chức xác nhận dữ liệu giấy tờ"

    document: UUID
    corrected: list[str]


@dataclass(frozen=True, kw_only=True)
class PaperSigned(DigitisationEvent):
    label: ClassVar[str] = "Công chức ký số bản số hóa"

    document: UUID


@dataclass(frozen=True, kw_only=True)
class PaperSealed(DigitisationEvent):
    label: ClassVar[str] = "Cơ quan ký số bản số hóa"

    document: UUID


@dataclass(frozen=True, kw_only=True)
class PaperPutAway(DigitisationEvent):
    label: ClassVar[str] = "Đưa bản số hóa vào kho"

    held: UUID
    is_unsigned: bool


@dataclass(frozen=True, kw_only=True)
class PaperLoaded(DigitisationEvent):
    """A scan that was made elsewhere: the worker makes its pages ready."""

    label: ClassVar[str] = "Nạp bản quét làm sẵn"

    item: UUID
    document: UUID


@dataclass(frozen=True, kw_only=True)
class PaperSetAside(DigitisationEvent):
    label: ClassVar[str] = "Bản số hóa chờ định danh chủ giấy tờ"

    is_unsigned: bool


@dataclass(frozen=True, kw_only=True)
class CampaignEvent(Event):
    subject_type: ClassVar[str] = "campaign"


@dataclass(frozen=True, kw_only=True)
class CampaignOpened(CampaignEvent):
    label: ClassVar[str] = "Mở đợt số hóa kết quả cũ"
    opens: ClassVar[bool] = True

    name: str
    target: int
    ends_on: date
    decision: str


@dataclass(frozen=True, kw_only=True)
class ItemsPlanned(CampaignEvent):
    label: ClassVar[str] = "Ghi kết quả cũ vào kế hoạch số hóa"

    added: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class ItemHolderFound(CampaignEvent):
    """Never the personal number: it stands with the applicant alone."""

    label: ClassVar[str] = "Ghi chủ của kết quả cũ"

    item: UUID


@dataclass(frozen=True, kw_only=True)
class CampaignChanged(CampaignEvent):
    label: ClassVar[str] = "Sửa đợt số hóa kết quả cũ"

    changes: list[dict[str, str]]
    reason: str


@dataclass(frozen=True, kw_only=True)
class CampaignClosed(CampaignEvent):
    label: ClassVar[str] = "Đóng đợt số hóa kết quả cũ"

    kept: int
    left: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class CampaignReopened(CampaignEvent):
    label: ClassVar[str] = "Mở lại đợt số hóa kết quả cũ"

    reason: str


@dataclass(frozen=True, kw_only=True)
class ItemStruck(CampaignEvent):
    label: ClassVar[str] = "Gạch kết quả cũ khỏi kế hoạch"

    item: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class ItemPutBack(CampaignEvent):
    label: ClassVar[str] = "Đưa kết quả cũ trở lại kế hoạch"

    item: UUID


@dataclass(frozen=True, kw_only=True)
class ScansLoaded(CampaignEvent):
    label: ClassVar[str] = "Nạp bản quét làm sẵn cho một đợt"

    loaded: int
    refused: int
