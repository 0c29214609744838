"""Biên nhận nộp trực tuyến: what was sent and when, as PDF; the receipt with the appointment follows when it is taken in.

Legal: ND118-2025 Đ17.2
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from motcua.core.time import local_date
from motcua.service.filing.models import Filing, FrozenDeclaration
from motcua.service.filing.standing_with import stands_with
from motcua.service.paperwork.facts import Letterhead, Look
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import Style, line, told
from motcua.service.paperwork.sheet import Block
from motcua.service.paperwork.writing.pdf import write_pdf

TITLE = "Biên nhận hồ sơ nộp trực tuyến"


def receipt_pdf(filing: Filing) -> bytes:
    """Biên nhận; the same bytes each time."""
    return write_pdf(
        parts.sheet(
            [_blocks(filing)],
            Style("", ""),
            title=f"{TITLE} {filing.code}",
            author=filing.reception_agency.name,
            subject=filing.matter,
        ),
        at=filing.submitted_at,
    )


def _blocks(filing: Filing) -> list[Block]:
    unit = filing.offering.unit
    address = f"{settings.SITE_URL}/tra-cuu/?ma={filing.code}"
    beside = stands_with(filing.dossier_key)
    signed = beside.declaration
    sent = [f"{part.name}{' (nộp bản giấy sau)' if part.is_on_paper else ''}" for part in filing.parts.all()]
    return [
        parts.letterhead_of(
            Letterhead(agency=filing.reception_agency.name, on=local_date(filing.submitted_at))
        ),
        *parts.title_of(
            TITLE,
            [parts.centred("Số nộp: ", parts.bold(filing.code))],
            mark=address,
            look=Look(),
            code=filing.code,
        ),
        *told("Người nộp", filing.applicant.name),
        *told("Cùng đứng tên", "; ".join(one.name for one in beside.cosigners)),
        *told("Tờ khai", _signed(signed) if signed else ""),
        *told("Nội dung yêu cầu", filing.matter),
        *told("Nơi giải quyết", filing.offering.agency.name),
        *told("Nộp lúc", parts.moment(filing.submitted_at)),
        *told("Cơ quan trả lời trước", _moment(filing.answer_due_at)),
        line("Giấy tờ đã gửi:", stays_with_next=True),
        *parts.numbered(sent),
        line(
            "Biên nhận này cho biết hồ sơ đã đến hệ thống, chưa phải giấy hẹn. Khi hồ sơ đủ và được tiếp nhận, "
            "bạn nhận giấy tiếp nhận có mã hồ sơ và ngày hẹn trả; thời hạn giải quyết tính từ lúc đó."
        ),
        *parts.foot_lines(address, unit.phone if unit else filing.reception_agency.phone),
    ]


def _signed(declaration: FrozenDeclaration) -> str:
    when = f" lúc {_moment(declaration.signed_at)}" if declaration.signed_at else ""
    return f"{declaration.signer} đã ký số{when}, nội dung còn nguyên khi kiểm tra"


def _moment(at: datetime | None) -> str:
    return parts.moment(at) if at else ""
