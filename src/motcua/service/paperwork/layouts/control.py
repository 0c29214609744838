"""Phiếu kiểm soát (mẫu 06; mẫu 05 của bộ 2018) and the process report, both filled from the ledger."""

from __future__ import annotations

from motcua.service.paperwork.facts import ControlSheet, HandOver, ProcessReport
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import (
    Style,
    bold,
    cell,
    centred,
    clock,
    day,
    italic,
    left,
    line,
    moment,
    told,
)
from motcua.service.paperwork.registry import OLD
from motcua.service.paperwork.sheet import Block, Cell, Sheet, Table, text

TITLE = "Phiếu kiểm soát quá trình giải quyết hồ sơ"
REPORT_TITLE = "Phiếu quá trình xử lý hồ sơ"


def control_sheet(facts: ControlSheet, style: Style) -> Sheet:
    """Phiếu kiểm soát: a block for each hand-over, with both names. Legal: TT03-2025 PL, TT01-2018 PL"""
    footer = (
        f"Lập tự động từ nhật ký điện tử của hồ sơ {facts.code}, tính đến {moment(facts.printed_at)}."
        if facts.printed_at
        else ""
    )
    return parts.sheet(
        [_control(facts, style)],
        style,
        title=TITLE,
        subject=f"Mã hồ sơ {facts.code}",
        author=facts.letterhead.agency,
        footer=footer,
    )


def _control(facts: ControlSheet, style: Style) -> list[Block]:
    below = parts.code_line(facts.code)
    if style.forms == OLD and facts.look.has_book:
        below.append(
            centred(f"Quyển số: {facts.book or '…'}; Số thứ tự: {facts.entry or '…'}", before=2, after=0)
        )
    due = moment(facts.due_at) if facts.due_at else "không ấn định"
    verdict = [" – ", bold(facts.verdict.lower())] if facts.verdict else []
    rows = [cells for number, step in enumerate(facts.hand_overs, start=1) for cells in _block(number, step)]
    head = tuple(
        parts.head_cell(words, columns=2) if words == TIME else parts.head_cell(words)
        for words in ("TT", "Tên cơ quan, đơn vị", TIME, "Kết quả", "Ghi chú")
    )
    table = Table(widths=(8, -1, 33, 33, 21, 26), rows=(head, *rows), head_rows=1, em=0.85, stays_whole=False)
    return [
        parts.letterhead_of(facts.letterhead),
        *parts.title_of(TITLE, below),
        *told("Thủ tục hành chính", facts.procedure, is_bold=True),
        *told("Chủ hồ sơ", facts.applicant),
        *told("Cơ quan (bộ phận) giải quyết hồ sơ", facts.agency),
        *told("Cơ quan phối hợp giải quyết hồ sơ", "; ".join(facts.partners) or "không"),
        line(f"Thời gian nhận hồ sơ: {moment(facts.received_at)}."),
        line(f"Thời gian hẹn trả kết quả: {due}."),
        *([line(f"Có kết quả: {moment(facts.finished_at)}", *verdict, ".")] if facts.finished_at else []),
        table,
        *([] if facts.hand_overs else [centred(italic("Chưa có lần giao, nhận nào."))]),
    ]  # fmt: skip


TIME = "Thời gian giao, nhận hồ sơ"


def _block(number: int, step: HandOver) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """One hand-over: the giver above, the receiver below."""
    limit = text(f"\nhạn {clock(step.due_at)}\n{day(step.due_at)}", em=0.88) if step.due_at else ""
    note = italic(f": {step.note}") if step.note else ""
    above = (
        cell(str(number), rows=2),
        cell(italic("Giao: "), step.giver_unit, is_left=True),
        cell(f"{clock(step.at)} ngày {day(step.at)}", columns=2),
        cell(bold(step.verdict) if step.verdict else "", limit, rows=2),
        cell(step.work, note, is_left=True, rows=2),
    )
    below = (
        cell(italic("Nhận: "), step.receiver_unit, is_left=True),
        _signed("Người giao", step.giver),
        _signed("Người nhận", step.receiver),
    )
    return above, below


def _signed(label: str, name: str) -> Cell:
    words = (centred(italic(label, em=0.88), before=0, after=1), centred(bold(name), before=0, after=0))
    return Cell(blocks=words, is_middle=True)


def process_report(facts: ProcessReport, style: Style) -> Sheet:
    """Phiếu quá trình xử lý: what was done, by whom, to whom it went and until when that one had."""
    return parts.sheet(
        [_report(facts)],
        style,
        title=REPORT_TITLE,
        subject=f"Mã hồ sơ {facts.code}",
        author=facts.letterhead.agency,
        is_landscape=True,
        footer=f"Lập tự động từ nhật ký điện tử của hồ sơ {facts.code}, tính đến {moment(facts.printed_at)}."
        if facts.printed_at
        else "",
    )


def _report(facts: ProcessReport) -> list[Block]:
    columns = [
        (10.0, "TT"), (24.0, "Ngày gửi"), (-1.0, "Người xử lý"), (-1.1, "Thao tác"), (-1.0, "Người nhận"),
        (26.0, "Thời hạn của người gửi"), (21.0, "Kết quả"), (-1.1, "Ghi chú"),
    ]  # fmt: skip
    rows = [
        (
            cell(str(number)), cell(parts.moment_short(step.at)), _who(step.by, step.unit), cell(step.act, is_left=True),
            cell(step.to, is_left=True), cell(parts.moment_short(step.due_at)), cell(step.verdict),
            cell(step.note, is_left=True),
        )
        for number, step in enumerate(facts.steps, start=1)
    ]  # fmt: skip
    due = moment(facts.due_at) if facts.due_at else "không ấn định"
    return [
        parts.letterhead_of(facts.letterhead, share=1),
        *parts.title_of(REPORT_TITLE, parts.code_line(facts.code)),
        *told("Thủ tục hành chính", facts.procedure, is_bold=True),
        *(told("Nội dung cụ thể", facts.matter) if facts.matter != facts.procedure else []),
        *parts.pair(("Chủ hồ sơ", facts.applicant), ("Cơ quan giải quyết", facts.agency)),
        *parts.pair(("Thời gian nhận hồ sơ", moment(facts.received_at)), ("Hẹn trả kết quả", due)),
        *parts.pair(("Trạng thái", facts.state), ("Đang giữ hồ sơ", facts.holder)),
        *told(
            "Có kết quả", moment(facts.finished_at) + (f" – {facts.verdict.lower()}" if facts.verdict else "")
        ),
        parts.grid(columns, rows, em=0.83),
        *([] if facts.steps else [centred(italic("Chưa có việc nào."))]),
    ]


def _who(name: str, unit: str) -> Cell:
    words = [left(bold(name), before=0, after=0)]
    if unit:
        words.append(left(text(unit, em=0.9), before=0, after=0))
    return Cell(blocks=tuple(words), is_middle=True)
