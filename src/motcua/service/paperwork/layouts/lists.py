"""Danh sách bàn giao: dossiers to the settling agency, results back to the counter."""

from __future__ import annotations

from motcua.service.paperwork.facts import HandOverList, PaperSlip, ResultList
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import (
    Style,
    bold,
    cell,
    day,
    line,
    moment,
    moment_short,
    told,
    two,
)
from motcua.service.paperwork.sheet import Block, Sheet

TITLE = "Danh sách bàn giao hồ sơ"
SLIP_TITLE = "Phiếu giao hồ sơ giấy"
RESULT_TITLE = "Danh sách bàn giao kết quả giải quyết thủ tục hành chính"


def hand_over(facts: HandOverList, style: Style) -> Sheet:
    """Danh sách bàn giao hồ sơ. Legal: ND118-2025 Đ18"""
    columns = [
        (10.0, "TT"), (41.0, "Mã hồ sơ"), (-1.3, "Thủ tục hành chính"), (-1.0, "Chủ hồ sơ"), (23.0, "Tiếp nhận"),
        (23.0, "Hẹn trả"), (13.0, "Số bộ"), (17.0, "Số giấy tờ"), (28.0, "Ghi chú"),
    ]  # fmt: skip
    rows = [
        (
            cell(str(number)), cell(row.code), cell(row.procedure, is_left=True), cell(row.applicant, is_left=True),
            cell(moment_short(row.received_at)), cell(moment_short(row.due_at)), cell(two(row.sets)),
            cell(two(row.papers)), cell(row.note, is_left=True),
        )
        for number, row in enumerate(facts.rows, start=1)
    ]  # fmt: skip
    body = [
        *_opening(facts, TITLE, "hồ sơ"),
        parts.grid(columns, rows, em=0.85),
        *parts.signatures(("Bên giao", facts.giver), ("Bên nhận", facts.receiver)),
    ]
    return _list(facts, style, TITLE, body)


def result_list(facts: ResultList, style: Style) -> Sheet:
    """Danh sách bàn giao kết quả between the settling agency and the counter. Legal: ND118-2025 Đ22"""
    columns = [
        (10.0, "TT"), (41.0, "Mã hồ sơ"), (-1.2, "Thủ tục hành chính"), (-1.2, "Kết quả"), (27.0, "Số, ngày ban hành"),
        (-0.9, "Chủ hồ sơ"), (-1.1, "Địa chỉ"), (13.0, "Thu phí"), (15.0, "Nhận qua BCCI"),
    ]  # fmt: skip
    rows = [
        (
            cell(str(number)), cell(row.code), cell(row.procedure, is_left=True), cell(row.result, is_left=True),
            cell(f"{row.number}\n{day(row.issued_on)}"), cell(row.applicant, is_left=True),
            cell(row.address, is_left=True), cell("X" if row.has_fee else ""), cell("X" if row.is_posted else ""),
        )
        for number, row in enumerate(facts.rows, start=1)
    ]  # fmt: skip
    body = [
        *_opening(facts, RESULT_TITLE, "kết quả"),
        parts.grid(columns, rows, em=0.83),
        *parts.signatures(("Bên giao", facts.giver), ("Bên nhận", facts.receiver)),
    ]
    return _list(facts, style, RESULT_TITLE, body)


def paper_slip(facts: PaperSlip, style: Style) -> Sheet:
    """Phiếu giao hồ sơ giấy: goes with the papers of a dossier received elsewhere. Legal: ND118-2025 Đ20.1"""
    rows = [
        (cell(str(number)), cell(part.name, is_left=True), cell(part.form), cell(two(part.quantity)))
        for number, part in enumerate(facts.components, start=1)
    ]
    body = [
        parts.letterhead_of(facts.letterhead),
        *parts.title_of(SLIP_TITLE, parts.code_line(facts.code), look=facts.look, code=facts.code),
        *told("Bên giao", facts.giver_unit, is_bold=True),
        *told("Bên nhận", facts.receiver_unit, is_bold=True),
        *told("Thủ tục hành chính", facts.procedure),
        *told("Chủ hồ sơ", facts.applicant),
        *told("Thời gian nhận hồ sơ", moment(facts.received_at)),
        *told("Hẹn trả kết quả", moment(facts.due_at)),
        parts.grid([(11.0, "STT"), (-1.0, "Tên giấy tờ"), (38.0, "Hình thức"), (19.0, "Số lượng")], rows),
        *told("Phải giao trước", moment(facts.send_by)),
        *told("Thời gian giao", moment(facts.at)),
        *told("Chuyển bằng", facts.carrier),
        *told("Thời gian nhận", moment(facts.arrived_at)),
        *told("Ghi nhận khi nhận", facts.note),
        *parts.signatures(("Bên giao", facts.giver), ("Bên nhận", facts.receiver)),
    ]
    return parts.sheet(
        [body], style, title=SLIP_TITLE, subject=f"Mã hồ sơ {facts.code}", author=facts.letterhead.agency,
        paper=facts.look.paper or "A4", fits=True,
    )  # fmt: skip


def _opening(facts: HandOverList | ResultList, title: str, word: str) -> list[Block]:
    return [
        parts.letterhead_of(facts.letterhead, share=1),
        *parts.title_of(title),
        *told("Bên giao", facts.giver_unit, is_bold=True),
        *told("Bên nhận", facts.receiver_unit, is_bold=True),
        line(f"Thời gian bàn giao: {moment(facts.at)}. Số lượng: ", bold(two(len(facts.rows))), f" {word}."),
    ]


def _list(facts: HandOverList | ResultList, style: Style, title: str, body: list[Block]) -> Sheet:
    return parts.sheet(
        [body],
        style,
        title=title,
        subject=facts.receiver_unit,
        author=facts.letterhead.agency,
        is_landscape=True,
    )
