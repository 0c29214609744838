"""Đợt nộp nhiều hồ sơ: which columns its sheet has, what is wrong in a row, which papers each row comes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.models import Applicant
from motcua.service.filing.batch_fees import BatchFee, fee_of_batch, named_in
from motcua.service.filing.knowing import known_of
from motcua.service.filing.models import BatchPaper, BatchRow, FilingBatch
from motcua.service.filing.operations.drafting import rule_on, typed_of
from motcua.service.filing.sheets import PAPER, REFERENCE
from motcua.service.forms import places
from motcua.service.forms.asking import declares, problems
from motcua.service.forms.columns import Column, columns_of, place_of, read_row
from motcua.service.forms.definition import Widget
from motcua.service.forms.judging import ASKING
from motcua.service.forms.operations.answering import prefilled
from motcua.service.payments.models import Due
from motcua.service.procedures.models import Paper

IN_A_CELL = {
    ASKING[Widget.STATEMENT]: "Hãy ghi “Có” nếu bạn đồng ý; không đồng ý thì không nộp được.",
    ASKING[Widget.YES_NO]: "Hãy ghi Có hoặc Không.",
    places.FORMER: places.NOW,
}


@dataclass(frozen=True)
class Progress:
    """Tiến độ of a batch: how many rows there are in each state."""

    wrong: int
    good: int
    filed: int
    refused: int

    @property
    def total(self) -> int:
        return self.wrong + self.good + self.filed + self.refused


@dataclass(frozen=True)
class SharedPaper:
    """Một giấy tờ của thủ tục trong đợt nộp: what all rows share of it, and whether a row may name its own."""

    paper: Paper
    documents: Sequence[Document]
    is_on_paper: bool
    is_declared: bool

    @property
    def is_ready(self) -> bool:
        """Đủ cho mọi dòng."""
        return bool(self.documents) or self.is_on_paper or self.is_declared or not self.paper.is_required


def owner_of(batch: FilingBatch) -> Applicant:
    """Chủ hồ sơ của mọi dòng."""
    return batch.mandate.principal if batch.mandate else batch.applicant


def owner_typed(batch: FilingBatch) -> dict[str, str]:
    """Chủ hồ sơ, as it stands in each draft: with the contact that was given for this batch."""
    contact = {"phone": batch.contact_phone, "email": batch.contact_email}
    return {**typed_of(owner_of(batch)), **{name: value for name, value in contact.items() if value}}


def papers_of_batch(batch: FilingBatch, at: datetime) -> list[Paper]:
    """Giấy tờ thủ tục hỏi hôm nay."""
    return batch.offering.revision_on(local_date(at)).papers_of(batch.case)


def is_declared_by(batch: FilingBatch, paper: Paper) -> bool:
    """Chính dòng của bảng là tờ khai này."""
    return declares(batch.version, paper)


def columns_of_batch(batch: FilingBatch, at: datetime) -> list[Column]:
    """Các cột của bảng: a word of one's own, the form, what the fee asks, and the files of each paper."""
    day = local_date(at)
    own = Column(
        key=REFERENCE,
        label="Ghi nhớ của bạn",
        how="tên hoặc số để bạn nhận ra dòng này; không gửi cho cơ quan",
    )
    files = [
        Column(
            key=f"{PAPER}{paper.pk}",
            label=f"Tệp: {paper.name}"[:200],
            how="tên tệp riêng của hồ sơ này, cách nhau bằng dấu chấm phẩy; bỏ trống nếu dùng tệp chung",
        )
        for paper in papers_of_batch(batch, at)
        if not is_declared_by(batch, paper)
    ]
    definition = batch.version.definition
    known, _ = prefilled(definition, known_of(owner_typed(batch), batch.offering))
    asked = columns_of(definition, on=day, rows=rule_on(day).batch_groups, known=known)
    return [own, *asked, *fee_of_batch(batch, at).columns(), *files]


def answers_in(batch: FilingBatch, cells: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """Câu trả lời của một dòng; what is left empty and known already is filled in."""
    definition = batch.version.definition
    known, _ = prefilled(definition, known_of(owner_typed(batch), batch.offering))
    return {**known, **read_row(definition, cells, on=local_date(at))}


def pool_of(batch: FilingBatch) -> dict[str, Document]:
    """Tệp riêng đã gửi, by the name that a row calls them: of two of one name the later counts."""
    shared = BatchPaper.documents.through.objects.filter(batchpaper__batch=batch).values("document")
    found = Document.objects.filter(subject_id=batch.pk).exclude(pk__in=shared).order_by("id")
    return {fold(document.name): document for document in found.select_related("file")}


def faults_in(
    batch: FilingBatch,
    cells: Mapping[str, str],
    *,
    columns: Sequence[Column],
    shared: Sequence[SharedPaper],
    pool: Mapping[str, Document],
    fee: BatchFee,
    at: datetime,
) -> dict[str, str]:
    """Lỗi của một dòng, by the column where it is mended; empty when the row may be filed."""
    answers = answers_in(batch, cells, at)
    found = fee.faults(cells, answers=answers, columns=columns, pool=pool)
    wrong = problems(batch.version, answers, local_date(at))
    found |= {place_of(key, columns): for_a_cell(sentence) for key, sentence in wrong.items()}
    for one in shared:
        key = f"{PAPER}{one.paper.pk}"
        names = named_in(cells.get(key, ""))
        missing = [name for name in names if fold(name) not in pool]
        if missing:
            found[key] = f"Chưa có tệp {', '.join(missing)}. Hãy gửi tệp này lên, hoặc sửa tên trong bảng."
        elif not names and not one.is_ready:
            found[key] = (
                f"Chưa có “{one.paper.name}”. Hãy gửi tệp chung, ghi tên tệp riêng, hoặc chọn nộp bản giấy sau."
            )
    return found


def for_a_cell(sentence: str) -> str:
    """Câu báo lỗi as it is said of a sheet, where nothing can be ticked or chosen from a page."""
    for on_a_page, in_a_sheet in IN_A_CELL.items():
        sentence = sentence.replace(on_a_page, in_a_sheet)
    return sentence


def faults_of_all(faults: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Lỗi mà mọi dòng đều có: of two rows or more, so that it is said once."""
    if len(faults) < 2:
        return {}
    first, *others = faults
    return {key: said for key, said in first.items() if all(other.get(key) == said for other in others)}


def shared_papers(batch: FilingBatch, at: datetime) -> list[SharedPaper]:
    """Giấy tờ chung, in the order of the procedure."""
    rows = {row.paper_id: row for row in batch.papers.prefetch_related("documents__file")}
    found = []
    for paper in papers_of_batch(batch, at):
        row = rows.get(paper.pk)
        files = sorted(row.documents.all(), key=lambda one: one.pk) if row else []
        is_on_paper = bool(row and row.is_on_paper and not files)
        found.append(SharedPaper(paper, files, is_on_paper, is_declared_by(batch, paper)))
    return found


def progress_of(batch: FilingBatch) -> Progress:
    """Đến đâu rồi, in one question."""
    state = BatchRow.State
    counted = batch.rows.aggregate(
        **{
            name: Count("pk", filter=Q(state=value))
            for name, value in (
                ("wrong", state.WRONG),
                ("good", state.GOOD),
                ("filed", state.FILED),
                ("refused", state.REFUSED),
            )
        }
    )
    return Progress(**counted)


def owed_by(batch: FilingBatch) -> int:
    """Các dòng đã nộp còn phải trả bao nhiêu."""
    keys = batch.rows.filter(filing__isnull=False).values("filing__dossier_key")
    return sum(due.left for due in Due.objects.open().filter(subject_id__in=keys).with_received())


def latest_of(account_id: UUID, most: int = 20) -> list[FilingBatch]:
    """Các đợt gần đây của tài khoản; `filed` and `total` count their rows."""
    found = FilingBatch.objects.filter(account_id=account_id).select_related(
        "offering__agency", "version__form"
    )
    counted = found.annotate(
        total=Count("rows"), filed=Count("rows", filter=Q(rows__state=BatchRow.State.FILED))
    )
    return list(counted.order_by("-begun_at")[:most])
