"""What the printing room tells. The ledger keeps these names for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FormPrinted(Event):
    """In biểu mẫu: a paper of the dossier was issued under a number, or its control sheet was renewed."""

    label: ClassVar[str] = "In biểu mẫu"
    subject_type: ClassVar[str] = "dossier"

    form: str
    forms: str
    number: str
    digest: str
    note: str


@dataclass(frozen=True, kw_only=True)
class FormReprinted(FormPrinted):
    """In lại: the same paper again; the ledger keeps who took out a paper that states personal data."""

    label: ClassVar[str] = "In lại biểu mẫu"


@dataclass(frozen=True, kw_only=True)
class RefusalPrinted(FormPrinted):
    label: ClassVar[str] = "In phiếu từ chối"
    subject_type: ClassVar[str] = "intake_refusal"


@dataclass(frozen=True, kw_only=True)
class RefusalReprinted(RefusalPrinted):
    label: ClassVar[str] = "In lại phiếu từ chối"


@dataclass(frozen=True, kw_only=True)
class ListPrinted(FormPrinted):
    """In danh sách: one paper about many dossiers; the paper itself is the subject."""

    label: ClassVar[str] = "In danh sách"
    subject_type: ClassVar[str] = "paper_list"

    dossiers: list[str]


@dataclass(frozen=True, kw_only=True)
class ListReprinted(ListPrinted):
    label: ClassVar[str] = "In lại danh sách"


@dataclass(frozen=True, kw_only=True)
class TemplateEvent(Event):
    """Sự kiện của mẫu giấy tờ riêng."""

    subject_type: ClassVar[str] = "paper_template"

    form: str
    forms: str
    agency: int | None
    procedure: str
    version: int
    sha256: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TemplateUploaded(TemplateEvent):
    label: ClassVar[str] = "Tải mẫu giấy tờ lên"
    opens: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class TemplatePublished(TemplateEvent):
    label: ClassVar[str] = "Ban hành mẫu giấy tờ"

    valid_from: date
    replaces: int | None


@dataclass(frozen=True, kw_only=True)
class TemplateWithdrawn(TemplateEvent):
    label: ClassVar[str] = "Thu hồi mẫu giấy tờ"


@dataclass(frozen=True, kw_only=True)
class TemplateDiscarded(TemplateEvent):
    label: ClassVar[str] = "Bỏ bản thử mẫu giấy tờ"


@dataclass(frozen=True, kw_only=True)
class LookSet(Event):
    """Đặt cách trình bày giấy tờ from a day on."""

    label: ClassVar[str] = "Đặt cách trình bày giấy tờ"
    subject_type: ClassVar[str] = "paper_look"
    opens: ClassVar[bool] = True

    agency: int | None
    form: str
    valid_from: date
    mark: str
    has_book: bool
    copies: list[str]
    paper: str
    symbol: str
    parent_line: str
    agency_line: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class FeeSeriesOpened(Event):
    """Mở ký hiệu biên lai; the one before it ends the day before."""

    label: ClassVar[str] = "Mở ký hiệu biên lai"
    subject_type: ClassVar[str] = "fee_series"
    opens: ClassVar[bool] = True

    agency: int
    kind: str
    template: str
    symbol: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class FeeReceiptIssued(Event):
    """Lập biên lai: one number of a series was used for one sum."""

    label: ClassVar[str] = "Lập biên lai"
    subject_type: ClassVar[str] = "dossier"

    symbol: str
    number: str
    amount: int
    charge: str
    way: str


@dataclass(frozen=True, kw_only=True)
class FeeReceiptCancelled(Event):
    """Hủy biên lai: the number stays used."""

    label: ClassVar[str] = "Hủy biên lai"
    subject_type: ClassVar[str] = "dossier"

    symbol: str
    number: str
    amount: int
    reason: str
