"""Đi từng bước: one dossier carried through its workflow by those who may, as far as a story needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from io import BytesIO

from motcua.core.time import local_date
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.assigning import assign_work, candidates, claim, people_for
from motcua.service.dossiers.operations.deciding import propose, review, sign
from motcua.service.dossiers.operations.returning import issue
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.paperwork.sheet import Align, Paragraph, Rule, Sheet, Space, text
from motcua.service.paperwork.writing.pdf import write_pdf
from motcua.service.results.models import SigningJob
from motcua.service.results.operations.drafting import put_draft
from motcua.service.results.operations.signing import carry_out
from motcua.service.workflows.blueprint import StepKind

PAUSE = timedelta(minutes=20)  # between two acts
Act = Callable[[Dossier, User, datetime], object]


def walk_to(dossier: Dossier, kind: StepKind, at: datetime) -> User:
    """Đưa hồ sơ đến bước này, in acts that follow each other; returns who has it, or may take it, there."""
    while True:
        dossier.refresh_from_db()
        hand = dossier.holder or candidates(dossier, at)[0]
        if dossier.step_kind == StepKind.WORK and dossier.holder is None:
            claim(dossier_id=dossier.pk, by=hand, at=at)
            dossier.refresh_from_db()
        if dossier.step_kind == kind:
            return hand
        _ACTS[dossier.step_kind](dossier, hand, at)
        at += PAUSE


def issue_signed(dossier: Dossier, title: str, words: str, number: str, at: datetime) -> Dossier:
    """Phát hành kết quả ký số: drafted by the officer, signed by the leader, numbered and sealed by the agency."""
    officer = walk_to(dossier, StepKind.WORK, at)
    content = BytesIO(_written(dossier, title, words, number, at))
    drafted = store(content, name=f"{title.capitalize()}.pdf", by=officer, at=at + PAUSE)
    put_draft(dossier_id=dossier.pk, document_id=drafted.pk, by=officer, at=at + PAUSE)
    later = at + 5 * PAUSE
    records = walk_to(dossier, StepKind.ISSUE, at + PAUSE)
    issued = issue(dossier_id=dossier.pk, number=number, issued_on=local_date(later), by=records, at=later)
    jobs = SigningJob.objects.filter(dossier=dossier)
    for job in sorted(jobs, key=lambda one: one.issued_id is not None):  # the leader first, then the agency
        carry_out(job.pk, clock=lambda: later)
    issued.refresh_from_db()
    return issued


def _transfer(dossier: Dossier, by: User, at: datetime) -> None:
    transfer(dossier_id=dossier.pk, by=by, at=at)


def _assign(dossier: Dossier, by: User, at: datetime) -> None:
    officer = people_for(dossier.agency_id, "OFFICER", at)[0]
    assign_work(dossier_id=dossier.pk, holder=officer, by=by, at=at)


def _propose(dossier: Dossier, by: User, at: datetime) -> None:
    propose(dossier_id=dossier.pk, outcome="APPROVE", reason="", by=by, at=at)


def _review(dossier: Dossier, by: User, at: datetime) -> None:
    review(dossier_id=dossier.pk, by=by, at=at)


def _sign(dossier: Dossier, by: User, at: datetime) -> None:
    sign(dossier_id=dossier.pk, by=by, at=at)


_ACTS: Mapping[str, Act] = {
    StepKind.RECEIVE: _transfer,
    StepKind.ASSIGN: _assign,
    StepKind.WORK: _propose,
    StepKind.REVIEW: _review,
    StepKind.SIGN: _sign,
}


def _written(dossier: Dossier, title: str, words: str, number: str, at: datetime) -> bytes:
    """A made-up answer of one page."""
    day = local_date(at)
    body = (
        Paragraph(runs=(text(dossier.agency.name.upper(), bold=True),), align=Align.CENTER),
        Rule(width=40),
        Paragraph(runs=(text(f"Số: {number}"),), align=Align.CENTER),
        Paragraph(runs=(text(f"Ngày {day:%d} tháng {day:%m} năm {day:%Y}", italic=True),), align=Align.RIGHT),
        Space(height=8),
        Paragraph(runs=(text(title, bold=True, em=1.15),), align=Align.CENTER),
        Space(height=4),
        Paragraph(runs=(text(f"Kính gửi: {dossier.applicant_name}"),)),
        Paragraph(runs=(text(f"Trả lời hồ sơ số {dossier.code}: {dossier.matter}."),), first=10),
        Paragraph(runs=(text(words),), first=10),
        Paragraph(
            runs=(text("Giấy của tỉnh mẫu, không có giá trị ngoài bản minh họa.", italic=True),), first=10
        ),
    )
    return write_pdf(Sheet(copies=(body,), title=title.capitalize()), at=at)
