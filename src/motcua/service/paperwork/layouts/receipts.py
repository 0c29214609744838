"""Mẫu 01 and the paper for many dossiers at once."""

from __future__ import annotations

from dataclasses import dataclass

from motcua.core.money import vnd
from motcua.service.paperwork.facts import BatchReceipt, Component, Receipt
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import Style, bold, cell, italic, left, line, moment, told, two
from motcua.service.paperwork.registry import OLD
from motcua.service.paperwork.sheet import Block, Cell, Sheet, Table

TITLE = "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
BATCH_TITLE = "Giấy tiếp nhận nhiều hồ sơ và hẹn trả kết quả"


@dataclass(frozen=True)
class Words:
    """Lời của bộ mẫu."""

    person: str
    organisation: str
    limit: str
    place: str
    paper: str
    sets: str = "Số lượng hồ sơ"


NEW_WORDS = Words(
    "Tiếp nhận hồ sơ của ông/bà", "Tiếp nhận hồ sơ của tổ chức", "Thời hạn giải quyết", "Nhận kết quả tại", "A4"
)  # fmt: skip
OLD_WORDS = Words(
    "Tiếp nhận hồ sơ của", "Tiếp nhận hồ sơ của", "Thời gian giải quyết theo quy định", "Đăng ký nhận kết quả tại", "A5"
)  # fmt: skip


def receipt(facts: Receipt, style: Style) -> Sheet:
    """Mẫu 01: one page for each copy when it can be. Legal: TT03-2025 PL, TT01-2018 PL"""
    words = OLD_WORDS if style.forms == OLD else NEW_WORDS
    paper = facts.look.paper or words.paper
    return parts.sheet(
        [_copy(facts, words, label, is_small=paper == "A5") for label in facts.copies or ("",)],
        style,
        title=TITLE,
        subject=f"Mã hồ sơ {facts.code}",
        author=facts.letterhead.agency,
        paper=paper,
        fits=True,
    )


def _copy(facts: Receipt, words: Words, label: str, *, is_small: bool) -> list[Block]:
    below = parts.code_line(facts.code)
    if label:
        below.append(parts.centred(italic(label, em=0.88), before=2, after=0))
    place = " – ".join(part for part in (facts.return_place, facts.return_way) if part)
    who = words.organisation if facts.applicant.is_organisation else words.person
    submitter, receiver = ("Người nộp hồ sơ", facts.submitter), ("Người tiếp nhận hồ sơ", facts.receiver)
    return [
        parts.letterhead_of(facts.letterhead, share=0.62 if is_small else 0.72, rule=16 if is_small else 24),
        *parts.title_of(TITLE, below, mark=facts.tracking_url, look=facts.look, code=facts.code),
        *([left(facts.unit)] if facts.unit else []),
        *parts.person(facts.applicant, who),
        *_authorised(facts),
        *parts.what(facts.procedure, facts.matter),
        *told("Cơ quan giải quyết", facts.settling_agency),
        *_certification(facts),
        line("Thành phần hồ sơ nộp gồm:", stays_with_next=True),
        _components(facts.components),
        *parts.pair((words.sets, f"{two(facts.sets)} (bộ)"), (words.limit, facts.limit), (-1, -1.8)),
        _appointment(facts),
        *(told("Căn cứ hẹn trả", facts.due_note) if facts.due_at else []),
        *told(words.place, place),
        *_fee(facts),
        *_book(facts),
        *parts.signatures(submitter, receiver, room=11 if is_small else 17),
        *parts.foot_lines(
            facts.tracking_url if facts.look.mark in {"QR", "BOTH"} else "",
            facts.contact_phone,
            *(["Cách tính ngày hẹn: " + " ".join(facts.explanation)] if facts.explanation else []),
        ),
    ]  # fmt: skip


def _authorised(facts: Receipt) -> list[Block]:
    if facts.representative is None:
        return []
    said = parts.person(facts.representative, "Người được ủy quyền")
    return said + told("Giấy tờ ủy quyền", facts.authorisation)


def _certification(facts: Receipt) -> list[Block]:
    asked = facts.certification
    if asked is None:
        return []
    way = "có ký số bản điện tử" if asked.is_electronic else "không yêu cầu bản điện tử"
    said = f"{two(asked.pages) if asked.pages else '……'} trang; {two(asked.paper_copies)} bản giấy; {way}"
    return told("Yêu cầu chứng thực", said, is_bold=True)


def _components(components: tuple[Component, ...]) -> Table:
    has_pages = any(part.pages for part in components)
    columns = [(11.0, "STT"), (-1.0, "Tên giấy tờ"), (38.0, "Hình thức"), (19.0, "Số lượng")]
    if has_pages:
        columns.insert(2, (16.0, "Số trang"))
    rows = []
    for number, part in enumerate(components, start=1):
        note = italic(f" ({part.note})") if part.note else ""
        pages = (cell(two(part.pages) if part.pages else ""),) if has_pages else ()
        rows.append((
            cell(str(number)), cell(part.name, note, is_left=True), *pages, cell(part.form), cell(two(part.quantity)),
        ))  # fmt: skip
    return parts.grid(columns, rows)


def _appointment(facts: Receipt) -> Table:
    if facts.due_at:
        promised = [f"Thời gian trả kết quả ({parts.weekday(facts.due_at)}):", moment(facts.due_at)]
    else:
        promised = ["Thời gian trả kết quả:", facts.due_note]
    beside = (
        Cell(blocks=(left("Thời gian nhận hồ sơ:\n", moment(facts.received_at), before=1, after=1),)),
        Cell(blocks=(left(f"{promised[0]}\n", bold(promised[1]), before=1, after=1),)),
    )
    return Table(widths=(-1, -1), rows=(beside,), inset=2.4, above=2.5, below=2.5, stays_whole=True)


def _book(facts: Receipt) -> list[Block]:
    if not facts.look.has_book:
        return []
    return [line(f"Vào Sổ theo dõi hồ sơ, Quyển số: {facts.book}; Số thứ tự: {facts.entry}.")]


def _fee(facts: Receipt) -> list[Block]:
    if facts.fee <= 0:
        return []
    in_words = f" ({facts.fee_in_words})" if facts.fee_in_words else ""
    return told(
        "Phí, lệ phí đã thu", f"{vnd(facts.fee)}{in_words}{f'; {facts.fee_note}' if facts.fee_note else ''}"
    )


def batch_receipt(facts: BatchReceipt, style: Style) -> Sheet:
    """Giấy tiếp nhận nhiều hồ sơ: the promise of each stands in its line."""
    return parts.sheet(
        [_batch_copy(facts, label) for label in facts.copies or ("",)],
        style,
        title=BATCH_TITLE,
        author=facts.letterhead.agency,
        is_landscape=True,
    )


def _batch_copy(facts: BatchReceipt, label: str) -> list[Block]:
    below: list[Block] = [parts.centred(f"Số lượng: {two(len(facts.rows))} hồ sơ", before=1, after=0)]
    if label:
        below.append(parts.centred(italic(label, em=0.88), before=1, after=0))
    columns = [
        (10.0, "STT"), (41.0, "Mã hồ sơ"), (-1.4, "Nội dung yêu cầu giải quyết"), (-0.9, "Chủ hồ sơ"),
        (-0.9, "Cơ quan giải quyết"), (13.0, "Số bộ"), (24.0, "Thời hạn"), (23.0, "Nhận"), (23.0, "Hẹn trả"),
    ]  # fmt: skip
    rows = [
        (
            cell(str(number)), cell(row.code), cell(row.procedure, is_left=True), cell(row.applicant, is_left=True),
            cell(row.agency, is_left=True), cell(two(row.sets)), cell(row.limit),
            cell(parts.moment_short(row.received_at)), cell(bold(parts.moment_short(row.due_at) or row.due_note)),
        )
        for number, row in enumerate(facts.rows, start=1)
    ]  # fmt: skip
    return [
        parts.letterhead_of(facts.letterhead, share=1),
        *parts.title_of(BATCH_TITLE, below),
        *([left(facts.unit)] if facts.unit else []),
        *parts.person(facts.submitter, "Tiếp nhận hồ sơ do ông/bà, tổ chức nộp"),
        line(f"Thời gian tiếp nhận: {moment(facts.received_at)}."),
        parts.grid(columns, rows, em=0.85),
        *told("Nhận kết quả tại", facts.return_place),
        *parts.signatures(
            ("Người nộp hồ sơ", facts.submitter.name), ("Người tiếp nhận hồ sơ", facts.receiver)
        ),
        *_tracked(facts),
    ]


def _tracked(facts: BatchReceipt) -> list[Block]:
    more = [f"Tra cứu từng hồ sơ theo mã tại {facts.tracking_url}."] if facts.tracking_url else []
    return parts.foot_lines("", facts.contact_phone, *more)
