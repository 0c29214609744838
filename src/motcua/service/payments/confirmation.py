"""Xác nhận đã nộp tiền: a paper to keep from the moment the money is there, until its receipt is issued."""

from __future__ import annotations

from motcua.core.money import vnd, vnd_in_words
from motcua.core.time import local_date
from motcua.service.paperwork.facts import Letterhead
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import Style, line, told
from motcua.service.paperwork.sheet import Block
from motcua.service.paperwork.writing.pdf import write_pdf
from motcua.service.payments.models import Due, Payment
from motcua.service.payments.states import Way

TITLE = "Xác nhận đã nộp tiền"
NO_RECEIPT = (
    "Giấy này xác nhận tiền đã đến nơi thu, không thay biên lai. Biên lai được lập khi hồ sơ được tiếp nhận; nếu hồ sơ "
    "không được tiếp nhận, tiền được hoàn lại, bạn không cần làm đơn."
)


def confirmation_pdf(due: Due, payment: Payment) -> bytes:
    """Giấy xác nhận of a paid due; the same bytes each time."""
    assert due.paid_at is not None  # noqa: S101  asked by the caller
    return write_pdf(
        parts.sheet(
            [_blocks(due, payment)],
            Style("", ""),
            title=f"{TITLE} {payment.reference}",
            author=due.collector.name,
            subject=due.name,
        ),
        at=due.paid_at,
    )


def _blocks(due: Due, payment: Payment) -> list[Block]:
    assert due.paid_at is not None  # noqa: S101  asked by the caller
    return [
        parts.letterhead_of(Letterhead(agency=due.collector.name, on=local_date(due.paid_at))),
        *parts.title_of(TITLE, [parts.centred("Số: ", parts.bold(payment.reference))]),
        *told("Người nộp", due.payer_name),
        *told("Hồ sơ", due.code),
        *told("Thủ tục", due.procedure),
        *told("Khoản nộp", due.name),
        *told("Cách tính", due.reason),
        *told("Số tiền", vnd(due.amount), is_bold=True),
        *told("Bằng chữ", vnd_in_words(due.amount).capitalize()),
        *told("Nộp lúc", parts.moment(due.paid_at)),
        *told("Cách trả", due.get_way_display()),
        *told("Mã tham chiếu", "" if payment.way == Way.CASH else payment.outer_reference),
        *told("Mã giao dịch", payment.transaction),
        *told("Nộp cho", due.agency.name),
        line(NO_RECEIPT),
    ]
