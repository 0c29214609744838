"""Dữ kiện của biểu mẫu: everything that a printed form says, as frozen dataclasses that know no database.

A form is printed from these and from nothing else, so the same facts give the same paper for ever. Fields that a form
leaves empty are empty strings, never None, besides moments that were not promised.

Legal: TT03-2025 PL, TT01-2018 PL, ND30-2020 PL1
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from motcua.core.time import VIETNAM


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
    copies: tuple[str, ...] = ()  # the label of each copy ("Liên 1: …"); none: one copy without a label


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


Facts = Receipt | Refusal | ControlSheet | Register | HandOverList | ReturnSlip


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
