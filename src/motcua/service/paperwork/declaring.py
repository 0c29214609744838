"""In tờ khai: the answers of a draft, a filing or a dossier as PDF/A, with the place where the applicant signs."""

from __future__ import annotations

from datetime import datetime

from motcua.core.time import local_date
from motcua.service.forms.asking import in_order
from motcua.service.forms.models import Answers
from motcua.service.paperwork.layouts.declarations import Declaration, lay_out_declaration
from motcua.service.paperwork.writing.docx import write_docx
from motcua.service.paperwork.writing.pdf import write_pdf


def declaration_of(
    answers: Answers, *, addressee: str, signer: str, at: datetime, place: str = "", code: str = ""
) -> Declaration:
    """Nội dung tờ khai, as it stands at a moment."""
    on = local_date(at)
    return Declaration(
        title=answers.version.form.name, addressee=addressee, signer=signer, place=place, on=on, code=code,
        pages=in_order(answers.version, answers.data, on), official=answers.version.form.official,
        version=answers.version.number,
    )  # fmt: skip


def declaration_pdf(
    answers: Answers, *, addressee: str, signer: str, at: datetime, place: str = "", code: str = ""
) -> bytes:
    """Tờ khai as PDF/A-2b; the same answers and moment give the same bytes. `addressee`: the agency it is sent to."""
    facts = declaration_of(answers, addressee=addressee, signer=signer, at=at, place=place, code=code)
    return write_pdf(lay_out_declaration(facts), at=at)


def declaration_docx(
    answers: Answers, *, addressee: str, signer: str, at: datetime, place: str = "", code: str = ""
) -> bytes:
    """The same as a Word file."""
    facts = declaration_of(answers, addressee=addressee, signer=signer, at=at, place=place, code=code)
    return write_docx(lay_out_declaration(facts), at=at)
