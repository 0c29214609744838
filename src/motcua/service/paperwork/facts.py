"""Dữ kiện của biểu mẫu: everything that a printed form says, as frozen dataclasses that know no database.

A form is printed from these and from nothing else, so the same facts give the same paper for ever. Fields that a form
leaves empty are empty strings, never None, besides moments that were not promised.

Legal: TT03-2025 PL, TT01-2018 PL, ND30-2020 PL1
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from motcua.core.time import VIETNAM

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Look:
    """Cách trình bày của địa phương on the day: which mark, which lines, which paper. Empty: as the set of forms says."""

    mark: str = "QR"  # QR, BARCODE, BOTH, NONE
    has_book: bool = True
    copies: tuple[str, ...] = ()
    paper: str = ""  # "A4", "A5"


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Phần đầu văn bản: who issues the paper, its number, where and on which day."""

    agency: str
    parent: str = ""
    place: str = ""
    on: date | None = None
    number: str = ""  # "05/PTC"; empty for a paper without a number


@dataclass(frozen=True, kw_only=True)
class Person:
    """Cá nhân, tổ chức, as the forms name them."""

    name: str
    is_organisation: bool = False
    id_number: str = ""
    id_label: str = "Số định danh cá nhân"
    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Component:
    """Thành phần hồ sơ đã nộp: one paper, in which form, how many."""

    name: str
    form: str = "Bản chính"
    quantity: int = 1
    note: str = ""
    pages: int = 0  # of the original that is certified; 0: not told


@dataclass(frozen=True, kw_only=True)
class Certification:
    """Yêu cầu chứng thực: how many pages, how many copies on paper, and whether an electronic copy is signed."""

    pages: int
    paper_copies: int
    is_electronic: bool = False


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả (mẫu 01)."""

    letterhead: Letterhead
    unit: str
    code: str
    applicant: Person
    procedure: str
    components: tuple[Component, ...]
    limit: str
    received_at: datetime
    due_at: datetime | None
    receiver: str
    submitter: str
    representative: Person | None = None
    authorisation: str = ""
    matter: str = ""
    sets: int = 1
    due_note: str = ""  # in place of the moment when none is promised, or why an officer set it
    settling_agency: str = ""
    return_place: str = ""
    return_way: str = ""
    book: str = ""
    entry: str = ""
    fee: int = 0
    fee_in_words: str = ""
    fee_note: str = ""
    tracking_url: str = ""
    contact_phone: str = ""
    explanation: tuple[str, ...] = ()
    certification: Certification | None = None
    copies: tuple[str, ...] = ()  # the label of each copy ("Liên 1: …"); none: one copy without a label
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Phiếu từ chối giải quyết hồ sơ (mẫu 03)."""

    letterhead: Letterhead
    unit: str
    applicant: Person
    procedure: str
    reasons: tuple[str, ...]
    refused_by: str
    refused_at: datetime
    submitter: str
    code: str = ""
    matter: str = ""
    contact_phone: str = ""
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class WantedPaper:
    """Giấy tờ phải bổ sung: what, why, and how many of each kind (the counts are asked by the set of 2018)."""

    name: str
    reason: str = ""
    originals: int = 0
    certified: int = 0
    copies: int = 0


@dataclass(frozen=True, kw_only=True)
class Supplement:
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ (mẫu 02)."""

    letterhead: Letterhead
    unit: str
    applicant: Person
    procedure: str
    papers: tuple[WantedPaper, ...]
    reasons: tuple[str, ...]
    asked_at: datetime
    guide: str
    code: str = ""
    matter: str = ""
    answer_by: datetime | None = None
    contact: str = ""
    contact_phone: str = ""
    tracking_url: str = ""
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class Apology:
    """Phiếu xin lỗi và hẹn lại ngày trả kết quả (mẫu 04)."""

    letterhead: Letterhead
    applicant: Person
    code: str
    procedure: str
    agency: str
    received_at: datetime
    promised_at: datetime
    new_due_at: datetime
    reason: str
    signer: str = ""
    signer_title: str = "Thủ trưởng cơ quan"
    standing: str = ""  # "TUQ. GIÁM ĐỐC": for whom it is signed, by a decision that entrusts
    matter: str = ""
    contact_phone: str = ""
    tracking_url: str = ""
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Thông báo dừng giải quyết hồ sơ (mẫu 05)."""

    letterhead: Letterhead
    unit: str
    applicant: Person
    code: str
    procedure: str
    agency: str
    received_at: datetime
    stopped_at: datetime
    reason: str
    stopped_by: str
    is_asked: bool = True  # by the applicant; False: closed by the office
    asked_at: datetime | None = None
    stage: str = ""
    money: str = ""
    given_back: tuple[str, ...] = ()
    matter: str = ""
    contact_phone: str = ""
    tracking_url: str = ""
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """Một lần giao, nhận: who gave to whom, when, and whether the giver kept the step's limit."""

    giver_unit: str
    receiver_unit: str
    at: datetime
    giver: str = ""
    receiver: str = ""
    work: str = ""
    due_at: datetime | None = None
    verdict: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ControlSheet:
    """Phiếu kiểm soát quá trình giải quyết hồ sơ (mẫu 06; mẫu 05 của bộ cũ), filled from the ledger."""

    letterhead: Letterhead
    code: str
    procedure: str
    applicant: str
    agency: str
    received_at: datetime
    due_at: datetime | None
    hand_overs: tuple[HandOver, ...]
    partners: tuple[str, ...] = ()
    finished_at: datetime | None = None
    verdict: str = ""
    printed_at: datetime | None = None
    book: str = ""
    entry: str = ""
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class ProcessStep:
    """Một việc đã làm với hồ sơ: who did what when, to whom it went, and until when that one had."""

    at: datetime
    by: str
    act: str
    unit: str = ""
    to: str = ""
    due_at: datetime | None = None
    verdict: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ProcessReport:
    """Phiếu quá trình xử lý hồ sơ: everything that the ledger tells, in order."""

    letterhead: Letterhead
    code: str
    procedure: str
    applicant: str
    agency: str
    state: str
    received_at: datetime
    due_at: datetime | None
    steps: tuple[ProcessStep, ...]
    matter: str = ""
    holder: str = ""
    finished_at: datetime | None = None
    verdict: str = ""
    printed_at: datetime | None = None
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Dòng của sổ theo dõi."""

    number: int
    code: str
    procedure: str
    name: str
    contact: str
    agency: str
    received_at: datetime
    due_at: datetime | None = None
    returned_at: datetime | None = None
    sets: int = 1
    return_way: str = ""
    receiver: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Register:
    """Sổ theo dõi hồ sơ (mẫu 07; mẫu 06 của bộ cũ): one book per field, read from the dossiers."""

    letterhead: Letterhead
    first: date
    last: date
    entries: tuple[Entry, ...]
    book: str = ""
    field: str = ""
    keeper: str = ""
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class HandOverRow:
    """Hồ sơ trong danh sách bàn giao."""

    code: str
    procedure: str
    applicant: str
    received_at: datetime
    due_at: datetime | None = None
    sets: int = 1
    papers: int = 0
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class HandOverList:
    """Danh sách bàn giao hồ sơ from the one-stop unit to one settling agency."""

    letterhead: Letterhead
    giver_unit: str
    receiver_unit: str
    at: datetime
    rows: tuple[HandOverRow, ...]
    giver: str = ""
    receiver: str = ""
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class PaperSlip:
    """Phiếu giao hồ sơ giấy of a dossier received elsewhere: what is in the envelope, who gave it, who received it."""

    letterhead: Letterhead
    giver_unit: str
    receiver_unit: str
    code: str
    procedure: str
    applicant: str
    received_at: datetime
    components: tuple[Component, ...]
    send_by: datetime
    at: datetime
    giver: str
    carrier: str = ""
    due_at: datetime | None = None
    arrived_at: datetime | None = None
    receiver: str = ""
    note: str = ""  # what was found lacking on arrival
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class BatchRow:
    """Hồ sơ trong giấy tiếp nhận nhiều hồ sơ."""

    code: str
    procedure: str
    applicant: str
    agency: str
    received_at: datetime
    due_at: datetime | None
    limit: str
    sets: int = 1
    due_note: str = ""


@dataclass(frozen=True, kw_only=True)
class BatchReceipt:
    """Giấy tiếp nhận nhiều hồ sơ và hẹn trả kết quả: one paper, with the list, for who hands in many at once."""

    letterhead: Letterhead
    unit: str
    submitter: Person
    receiver: str
    received_at: datetime
    rows: tuple[BatchRow, ...]
    return_place: str = ""
    contact_phone: str = ""
    tracking_url: str = ""
    copies: tuple[str, ...] = ()
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class ResultRow:
    """Kết quả trong danh sách bàn giao."""

    code: str
    procedure: str
    applicant: str
    result: str
    number: str
    address: str = ""
    issued_on: date | None = None
    has_fee: bool = False
    is_posted: bool = False


@dataclass(frozen=True, kw_only=True)
class ResultList:
    """Danh sách bàn giao kết quả from a settling agency to the one-stop unit."""

    letterhead: Letterhead
    giver_unit: str
    receiver_unit: str
    at: datetime
    rows: tuple[ResultRow, ...]
    giver: str = ""
    receiver: str = ""
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class FeeReceipt:
    """Biên lai thu phí, lệ phí: one kind of money, in figures and in words, once for each keeper."""

    letterhead: Letterhead
    collector_unit: str
    tax_code: str
    template: str  # ký hiệu mẫu
    symbol: str  # ký hiệu biên lai
    serial: str  # "0000123"
    kind: str  # "phí", "lệ phí"
    charge: str
    procedure: str
    code: str
    payer: Person
    amount: int
    amount_in_words: str
    paid_at: datetime
    collector: str
    way: str = ""
    cancelled: str = ""  # why it counts no more
    copies: tuple[str, ...] = ()
    look: Look = Look()


@dataclass(frozen=True, kw_only=True)
class ReturnSlip:
    """Phiếu trả kết quả: what was handed to whom."""

    letterhead: Letterhead
    unit: str
    code: str
    procedure: str
    applicant: Person
    result: str
    result_number: str
    result_on: date | None
    returned_at: datetime
    receiver: str
    returned_by: str
    receiver_is_applicant: bool = True
    receiver_paper: str = ""
    due_at: datetime | None = None
    verdict: str = ""
    given_back: tuple[str, ...] = ()
    note: str = ""
    tracking_url: str = ""
    result_kind: str = ""
    signer: str = ""
    standing: str = ""
    is_signed_electronically: bool = False
    receiver_phone: str = ""
    contact_phone: str = ""
    look: Look = Look()


Facts = (
    Receipt
    | Supplement
    | Refusal
    | Apology
    | Stop
    | ControlSheet
    | ProcessReport
    | Register
    | HandOverList
    | PaperSlip
    | BatchReceipt
    | ResultList
    | ReturnSlip
    | FeeReceipt
)


def as_json(value: Any) -> Any:
    """The facts as JSON values; instants as Vietnamese wall-clock time, as the paper prints them."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).replace(tzinfo=None).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    return value


def from_json(kind: type[T], data: Mapping[str, Any]) -> T:
    """The facts again, from what was kept. What an older release did not know yet has its usual value."""
    hints: dict[str, Any] = _hints(kind)  # type: ignore[arg-type]
    return kind(**{name: _restored(hints[name], value) for name, value in data.items() if name in hints})


@lru_cache(maxsize=64)
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _restored(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not types.NoneType)
    if get_origin(hint) is tuple:
        return tuple(_restored(get_args(hint)[0], item) for item in value)
    if is_dataclass(hint):
        return from_json(hint, value)  # type: ignore[arg-type]
    if hint is datetime:
        return datetime.fromisoformat(value).replace(tzinfo=VIETNAM)
    return date.fromisoformat(value) if hint is date else value


def verdict(at: datetime | None, due_at: datetime | None) -> str:
    """Trước hạn, đúng hạn, quá hạn: on the due day itself is on time, an earlier day is ahead of time."""
    if at is None or due_at is None:
        return ""
    if at > due_at:
        return "Quá hạn"
    return "Đúng hạn" if at.astimezone(VIETNAM).date() == due_at.astimezone(VIETNAM).date() else "Trước hạn"


def two_digits(number: int) -> str:
    """Số nhỏ hơn 10 ghi thêm số 0: 5 -> "05". Legal: ND30-2020 PL1"""
    return f"{number:02d}"
