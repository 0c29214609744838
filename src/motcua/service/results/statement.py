"""Lời chứng bản sao điện tử: one page behind the scanned original, from a list of fields.

The fields follow what the book of certifications asks for; the official wording of the statement was not read.
Legal: ND45-2020 Đ10; ND23-2015 Đ20
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

import pikepdf

from motcua.service.paperwork.facts import Letterhead
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.layouts.parts import Style, bold, centred, line, told
from motcua.service.paperwork.sheet import Block, Space
from motcua.service.paperwork.writing.pdf import write_pdf

TITLE = "Lời chứng bản sao điện tử"
SENTENCE = "Chứng thực bản sao điện tử đúng với bản chính."


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Lời chứng. `standing`: "TUQ. CHỦ TỊCH", where the signer signs by a decision that entrusts it."""

    letterhead: Letterhead
    code: str
    book: str
    certified_at: datetime
    title: str
    pages: int
    compared_by: str
    signer: str
    role: str
    paper_id: str
    standing: str = ""
    original_number: str = ""
    original_issuer: str = ""
    original_issued_on: str = ""

    def fields(self) -> list[tuple[str, str]]:
        """The list of fields, each on a line of its own; empty ones are left out."""
        return [
            ("Bản chính", self.title),
            ("Số của bản chính", self.original_number),
            ("Nơi cấp", self.original_issuer),
            ("Ngày cấp", self.original_issued_on),
            ("Số trang", f"{self.pages} trang, đứng trước trang này"),
            ("Số chứng thực", self.code),
            ("Quyển số", self.book),
            ("Thời điểm chứng thực", parts.moment(self.certified_at)),
            ("Người đối chiếu với bản chính", self.compared_by),
            ("Người thực hiện chứng thực", self.signer),
            ("Mã bản sao", self.paper_id),
        ]


def with_statement(scan: bytes, statement: Statement) -> bytes:
    """The scanned original followed by its statement, with room below for both digital signatures."""
    page = write_pdf(
        parts.sheet([_blocks(statement)], Style("", ""), title=f"{TITLE} {statement.code}",
                    author=statement.letterhead.agency, subject=statement.title),
        at=statement.certified_at,
    )  # fmt: skip
    whole = io.BytesIO()
    with pikepdf.Pdf.open(io.BytesIO(scan)) as pdf, pikepdf.Pdf.open(io.BytesIO(page)) as last:
        pdf.pages.extend(last.pages)
        pdf.save(whole, deterministic_id=True)
    return whole.getvalue()


def _blocks(statement: Statement) -> list[Block]:
    return [
        parts.letterhead_of(statement.letterhead),
        centred(bold(TITLE.upper(), em=1.1), before=6, after=2),
        line(bold(SENTENCE), before=4, after=3),
        *(block for label, value in statement.fields() if value for block in told(label, value)),
        Space(height=4),
        *parts.signatures(
            ("", ""), (statement.role, statement.signer), room=8, hint="(Ký số)", standing=statement.standing
        ),
    ]
