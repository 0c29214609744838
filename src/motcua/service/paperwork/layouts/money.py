"""Biên lai thu phí, lệ phí."""

from __future__ import annotations

from motcua.core.money import vnd
from motcua.service.paperwork.facts import FeeReceipt
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import Style, bold, centred, italic, left, line, moment, told
from motcua.service.paperwork.sheet import Block, Cell, Sheet

COPIES = ("Liên 1: Lưu tại đơn vị thu", "Liên 2: Giao người nộp tiền", "Liên 3: Nội bộ")


def fee_receipt(facts: FeeReceipt, style: Style) -> Sheet:
    """Biên lai: one page of A5 across for each keeper. Legal: ND123-2020 Đ32"""
    return parts.sheet(
        [_copy(facts, label) for label in facts.copies or COPIES],
        style,
        title=f"Biên lai thu {facts.kind}",
        subject=f"Số {facts.serial}, mã hồ sơ {facts.code}",
        author=facts.letterhead.agency,
        paper=facts.look.paper or "A5",
        is_landscape=(facts.look.paper or "A5") == "A5",
        fits=True,
    )


def _copy(facts: FeeReceipt, label: str) -> list[Block]:
    return [
        parts.bare(
            (-1.25, -1), ((Cell(blocks=_unit(facts)), Cell(blocks=_serial(facts))),), above=0, below=3
        ),
        centred(bold(f"BIÊN LAI THU {facts.kind.upper()}", em=1.25), before=3, after=1),
        centred(italic(label, em=0.9), before=0, after=4),
        *([centred(bold(f"ĐÃ HỦY – {facts.cancelled}"), before=0, after=4)] if facts.cancelled else []),
        *told("Tên loại phí, lệ phí", facts.charge, is_bold=True),
        *told("Người nộp tiền", facts.payer.name, is_bold=True),
        *parts.pair((facts.payer.id_label, facts.payer.id_number), ("Số điện thoại", facts.payer.phone)),
        *told("Địa chỉ", facts.payer.address),
        *told("Thủ tục hành chính", facts.procedure),
        *told("Mã hồ sơ", facts.code),
        line("Số tiền: ", bold(vnd(facts.amount)), "."),
        line("Viết bằng chữ: ", italic(f"{facts.amount_in_words}."), ""),
        *told("Hình thức thanh toán", facts.way),
        *told("Thời gian nộp tiền", moment(facts.paid_at)),
        *parts.signatures(("Người nộp tiền", facts.payer.name), ("Người thu tiền", facts.collector), room=12),
    ]


def _unit(facts: FeeReceipt) -> tuple[Block, ...]:
    tight = {"before": 0.0, "after": 1.5}
    head = facts.letterhead
    return (
        *([left(head.parent.upper(), **tight)] if head.parent else []),
        left(bold((facts.collector_unit or head.agency).upper()), **tight),
        *([left(f"Mã số thuế: {facts.tax_code}", **tight)] if facts.tax_code else []),
    )


def _serial(facts: FeeReceipt) -> tuple[Block, ...]:
    tight = {"before": 0.0, "after": 1.5}
    return (
        left(f"Mẫu số: {facts.template}", **tight),
        left(f"Ký hiệu: {facts.symbol}", **tight),
        left("Số: ", bold(facts.serial, em=1.15), **tight),
    )
