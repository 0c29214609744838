"""Nộp nhiều hồ sơ từ bảng tính: begin, send the sheet, see what is wrong before anything is filed, file each row by itself.

Whoever works on a batch (the page for its first second, then the worker) takes the next good row, files it and writes the
answer in one transaction: one that is killed loses nothing, and two at once never file one row twice.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.db import DatabaseError, connection, transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.documents import kinds
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import discard_from, store
from motcua.foundation.identity.models import Applicant, Mandate
from motcua.foundation.identity.operations.mandates import refuse_unusable
from motcua.service.dossiers.models import Channel
from motcua.service.filing import sheets
from motcua.service.filing.batch_fees import fee_of_batch
from motcua.service.filing.batches import (
    SharedPaper,
    columns_of_batch,
    faults_in,
    owner_typed,
    papers_of_batch,
    pool_of,
    progress_of,
    shared_papers,
)
from motcua.service.filing.events import BatchAsked, BatchBegun, BatchFinished, BatchForgotten, BatchRead
from motcua.service.filing.models import BatchPaper, BatchRow, Draft, FilingBatch
from motcua.service.filing.models.posting import BY_POST
from motcua.service.filing.operations import drafting
from motcua.service.filing.operations.batch_rows import draft_row
from motcua.service.filing.operations.drafting import LONGEST_TITLE, RETURN_WAYS, rule_on
from motcua.service.filing.operations.finishing import submit_draft
from motcua.service.forms.asking import form_for
from motcua.service.forms.definition import OwnSignature
from motcua.service.postal.models import Wish
from motcua.service.procedures.models import Offering

logger = logging.getLogger(__name__)

BUSY = "Có việc khác đang giữ hồ sơ này. Hãy bấm nộp lại sau ít phút."
BROKEN = "Hệ thống gặp lỗi với dòng này nên chưa nộp. Hãy bấm nộp lại; nếu vẫn lỗi, hãy gọi Bộ phận Một cửa."
State = BatchRow.State


@dataclass(frozen=True)
class BatchTerms:
    """Điều chung cho mọi dòng: how the results come, and where the office answers."""

    channel: str
    address: str = ""
    wish: Wish | None = None  # by which carrier, when by post
    phone: str = ""
    email: str = ""


class NoForm(DomainError):
    """Thủ tục chưa có biểu mẫu điện tử."""


class BatchClosed(DomainError):
    """Đợt nộp đã gửi đi."""


@transaction.atomic
def begin_batch(
    *,
    batch_id: UUID,
    offering: Offering,
    case_id: int | None,
    account_id: UUID,
    hand_id: UUID,
    applicant: Applicant,
    at: datetime,
    mandate: Mandate | None = None,
) -> FilingBatch:
    """Bắt đầu đợt nộp; `batch_id` came with the page: sent twice, it is one batch.

    Raises NoForm, NotInForce, NotACase, ChannelNotOffered and what `refuse_unusable` raises.
    """
    if earlier := FilingBatch.objects.filter(pk=batch_id, account_id=account_id).first():
        return earlier
    revision = offering.revision_on(local_date(at))
    case = revision.case_or_refuse(case_id)
    revision.limit_for(Channel.ONLINE, case)
    version = form_for(offering, local_date(at), case=case)
    if version is None:
        raise NoForm(
            "Thủ tục này chưa có biểu mẫu điện tử nên chưa nộp bằng bảng tính được. Hãy nộp từng hồ sơ."
        )
    if version.definition.signers is not None and version.definition.signers.least:
        raise NoForm("Thủ tục này cần người khác cùng đứng tên từng hồ sơ, nên chưa nộp bằng bảng tính được.")
    if version.definition.signature == OwnSignature.MUST:
        raise NoForm("Tờ khai của thủ tục này phải ký số từng hồ sơ, nên chưa nộp bằng bảng tính được.")
    if mandate is not None:
        refuse_unusable(
            mandate,
            principal=mandate.principal,
            procedure=offering.procedure.code,
            field=revision.field,
            at=at,
        )
    batch = FilingBatch.objects.create(
        id=batch_id,
        account_id=account_id,
        hand_id=hand_id,
        applicant=applicant,
        mandate=mandate,
        offering=offering,
        case=case,
        version=version,
        begun_at=at,
        saved_at=at,
    )
    events.record(
        BatchBegun(
            subject_id=batch.pk,
            actor_id=hand_id,
            at=at,
            procedure=offering.procedure.code,
            account=account_id,
        )
    )
    return batch


@transaction.atomic
def keep_sheet(*, batch_id: UUID, upload: IO[bytes] | File[bytes], name: str, size: int, at: datetime) -> int:
    """Nhận bảng: its rows take the place of those before, each judged; nothing is filed. Returns how many are wrong.

    Raises BatchClosed, BadSheet, RefusedFile.
    """
    batch = _open(batch_id)
    follow_form(batch, at)
    columns = columns_of_batch(batch, at)
    sent = sheets.read_sheet(
        upload,
        name=name,
        size=size,
        columns=columns,
        most=rule_on(local_date(at)).batch_rows,
    )
    batch.rows.all().delete()
    rows = [BatchRow(batch=batch, number=one.number, state=State.WRONG) for one in sent]
    for row, one in zip(rows, sent, strict=True):
        row.tell(one.cells, {})
    _judge(batch, rows, at)
    BatchRow.objects.bulk_create(rows)
    batch.sheet_name = tidy(name)[:200]
    _saved(batch, at, "sheet_name")
    wrong = sum(row.state == State.WRONG for row in rows)
    events.record(BatchRead(subject_id=batch.pk, actor_id=batch.hand_id, at=at, rows=len(rows), wrong=wrong))
    return wrong


def follow_form(batch: FilingBatch, at: datetime) -> None:
    """The form in force now; a sheet of a former one is read by the heads that both have."""
    version = form_for(batch.offering, local_date(at), case=batch.case)
    if version is not None and version.pk != batch.version_id:
        batch.version = version
        batch.save(update_fields=["version"])


def _judge(batch: FilingBatch, rows: Collection[BatchRow], at: datetime) -> None:
    """Say of each row what is wrong; nothing is written here."""
    columns, shared, pool = columns_of_batch(batch, at), shared_papers(batch, at), pool_of(batch)
    fee = fee_of_batch(batch, at)
    for row in rows:
        cells = row.told["cells"]
        faults = faults_in(batch, cells, columns=columns, shared=shared, pool=pool, fee=fee, at=at)
        row.tell(cells, faults)
        row.state = State.WRONG if faults else State.GOOD


@transaction.atomic
def judge_again(*, batch_id: UUID, at: datetime) -> None:
    """Xem lại các dòng, after papers came or went."""
    batch = _open(batch_id)
    rows = list(batch.rows.all())
    _judge(batch, rows, at)
    BatchRow.objects.bulk_update(rows, ["told_sealed", "state"])
    _saved(batch, at)


@transaction.atomic
def keep_shared(
    *, batch_id: UUID, paper_id: int, upload: IO[bytes] | File[bytes], name: str, at: datetime
) -> Document:
    """Lưu giấy tờ chung of all rows. Raises BatchClosed, InvalidInput, RefusedFile."""
    batch = _open(batch_id)
    row = _paper(batch, paper_id, at)
    document = _kept(batch, upload, name, row.paper.name, at)
    row.documents.add(document)
    _saved(batch, at)
    return document


@transaction.atomic
def keep_own(*, batch_id: UUID, upload: IO[bytes] | File[bytes], name: str, at: datetime) -> int:
    """Lưu tệp riêng của các dòng: one file, or a ZIP of many. Returns how many there were.

    Raises BatchClosed, InvalidInput, RefusedFile.
    """
    batch = _open(batch_id)
    upload.seek(0)
    is_packed = upload.read(4) == b"PK\x03\x04" and name.lower().endswith(".zip")
    upload.seek(0)
    if not is_packed:
        _kept(batch, upload, name, "", at)
        _saved(batch, at)
        return 1
    kinds.recognise(upload, size=getattr(upload, "size", 0) or 1, name=name)
    upload.seek(0)
    count = 0
    with zipfile.ZipFile(upload) as packed:
        for entry in packed.infolist():
            if not entry.is_dir() and not PurePosixPath(entry.filename).name.startswith("."):
                _kept(batch, io.BytesIO(packed.read(entry)), PurePosixPath(entry.filename).name, "", at)
                count += 1
    _saved(batch, at)
    return count


def _kept(
    batch: FilingBatch, upload: IO[bytes] | File[bytes], name: str, title: str, at: datetime
) -> Document:
    most = rule_on(local_date(at)).batch_files
    if Document.objects.filter(subject_id=batch.pk).count() >= most:
        raise InvalidInput({"own": f"Mỗi đợt nộp tối đa {most} tệp. Hãy tách thành nhiều đợt."})
    facts = PaperFacts(title=" ".join(title.split())[:LONGEST_TITLE])
    return store(upload, name=name, by=None, at=at, subject_id=batch.pk, facts=facts)


@transaction.atomic
def bring_on_paper(*, batch_id: UUID, paper_ids: Collection[int], at: datetime) -> None:
    """Chọn giấy tờ nộp bản giấy sau, for every row. Raises BatchClosed, InvalidInput."""
    batch = _open(batch_id)
    for paper_id in paper_ids:
        _paper(batch, paper_id, at)
    for row in batch.papers.all():
        row.is_on_paper = row.paper_id in set(paper_ids)
        row.save(update_fields=["is_on_paper"])
    _saved(batch, at)


@transaction.atomic
def drop_from_batch(*, batch_id: UUID, document_id: UUID, at: datetime) -> None:
    """Bỏ một tệp của đợt nộp. Raises BatchClosed, UnknownDocument, Forbidden."""
    batch = _open(batch_id)
    discard_from(document_id=document_id, subject_id=batch.pk, at=at, actor_id=batch.hand_id)
    _saved(batch, at)


def _paper(batch: FilingBatch, paper_id: int, at: datetime) -> BatchPaper:
    if paper_id not in {paper.pk for paper in papers_of_batch(batch, at)}:
        raise InvalidInput({"papers": "Danh mục giấy tờ vừa thay đổi. Hãy tải lại trang."})
    return BatchPaper.objects.get_or_create(batch=batch, paper_id=paper_id)[0]


@transaction.atomic
def ask_to_file(*, batch_id: UUID, terms: BatchTerms, hand_id: UUID, at: datetime) -> FilingBatch:
    """Nộp: every good row will be filed; pressed again, those that were refused are tried once more.

    Raises InvalidInput when something is lacking that is the same for all rows, or when no row is good.
    """
    batch = FilingBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.is_open:
        _keep_terms(batch, terms, at)
    else:
        batch.rows.filter(state=State.REFUSED).update(state=State.GOOD, sentence="", at=None)
    waiting = batch.rows.filter(state=State.GOOD).count()
    if not waiting:
        if batch.is_open:
            raise InvalidInput(
                {"sheet": "Chưa có dòng nào nộp được. Hãy sửa những chỗ đã báo rồi gửi lại bảng."}
            )
        return batch
    batch.asked_at, batch.finished_at, batch.saved_at = batch.asked_at or at, None, at
    batch.save(update_fields=["asked_at", "finished_at", "saved_at"])
    events.record(BatchAsked(subject_id=batch.pk, actor_id=hand_id, at=at, count=waiting))
    return batch


def _keep_terms(batch: FilingBatch, terms: BatchTerms, at: datetime) -> None:
    """Điều chung cho mọi dòng, looked at as a draft of each would be."""
    batch.return_channel = terms.channel if terms.channel in set(RETURN_WAYS) else ""
    batch.return_address, batch.contact_phone = tidy(terms.address)[:300], terms.phone.strip()[:20]
    batch.wish_for(terms.wish if batch.return_channel == Channel.POST else None)
    batch.contact_email = terms.email.strip()[:254]
    probe = Draft(
        offering=batch.offering,
        revision=batch.offering.revision_on(local_date(at)),
        applicant=batch.applicant,
        mandate=batch.mandate,
        acting=Draft.Acting.MANDATE if batch.mandate_id else Draft.Acting.SELF,
        return_channel=batch.return_channel,
        return_address=batch.return_address,
    )
    probe.person = {"owner": owner_typed(batch)}
    if wrong := {**drafting.person_faults(probe, at), **drafting.return_faults(probe)}:
        raise InvalidInput(wrong)
    batch.save(update_fields=["return_channel", "return_address", *BY_POST, "contact_phone", "contact_email"])


def work(batch_id: UUID, *, clock: Callable[[], datetime], should_stop: Callable[[], bool]) -> bool:
    """Nộp tiếp: row by row until none waits (True), or one is told to stop, or others have the rest (False)."""
    batch = FilingBatch.objects.select_related(
        "offering__procedure", "offering__agency", "case", "version__form", "applicant", "mandate__principal"
    ).get(pk=batch_id)
    if batch.is_open:
        return True
    before: list[UUID] = []
    while waiting := list(batch.rows.filter(state=State.GOOD).values_list("pk", flat=True)[:50]):
        if should_stop() or before == (before := waiting):
            return False
        at = clock()
        shared, pool = shared_papers(batch, at), pool_of(batch)
        for row_id in waiting:
            _file_row(batch, row_id, shared, pool, clock())
            if should_stop():
                break
    return _finish(batch.pk, clock())


@transaction.atomic
def _file_row(
    batch: FilingBatch, row_id: UUID, shared: list[SharedPaper], pool: dict[str, Document], at: datetime
) -> None:
    """One row in one transaction: its draft, its filing and its answer; refused, the draft stays and says why."""
    row = BatchRow.objects.select_for_update(skip_locked=True).filter(pk=row_id, state=State.GOOD).first()
    if row is None:
        return
    try:
        with transaction.atomic():
            draft_row(batch, row, shared, pool, at)
        with transaction.atomic():
            row.filing = submit_draft(draft_id=row.pk, account_id=batch.account_id, at=at)
        row.state, row.sentence, row.told_sealed = State.FILED, row.filing.code, None
    except InvalidInput as refusal:
        row.state, row.sentence = State.REFUSED, " ".join(dict.fromkeys(refusal.errors.values()))
    except DomainError as refusal:
        row.state, row.sentence = State.REFUSED, refusal.message
    except DatabaseError:
        if not connection.is_usable():
            raise
        logger.warning("Row %s of %s met a locked or broken row", row.pk, batch.pk, exc_info=True)
        row.state, row.sentence = State.REFUSED, BUSY
    except Exception:
        logger.exception("Row %s of %s failed", row.pk, batch.pk)
        row.state, row.sentence = State.REFUSED, BROKEN
    row.at = at
    row.save(update_fields=["state", "sentence", "filing", "told_sealed", "at"])


@transaction.atomic
def _finish(batch_id: UUID, at: datetime) -> bool:
    """Write once that no row waits any more; False while somebody else still works on one."""
    batch = FilingBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    stands = progress_of(batch)
    if stands.good:
        return False
    if batch.finished_at is None:
        batch.finished_at = at
        batch.save(update_fields=["finished_at"])
        events.record(
            BatchFinished(
                subject_id=batch.pk, actor_id=batch.hand_id, at=at, filed=stands.filed, refused=stands.refused
            )
        )
    return True


def forget_batches(at: datetime) -> int:
    """Quên các đợt nộp quá hạn giữ, as drafts are forgotten; returns how many."""
    before = at - timedelta(days=rule_on(local_date(at)).draft_days)
    keys = FilingBatch.objects.filter(saved_at__lt=before).values_list("pk", flat=True)
    return sum(forget_batch(batch_id=key, at=at) for key in list(keys))


@transaction.atomic
def forget_batch(*, batch_id: UUID, at: datetime, asked_by: UUID | None = None) -> bool:
    """Xóa bảng và tệp của đợt nộp. What was filed stays filed, and of that batch its row with the numbers alone.

    False when there is nothing to forget.
    """
    batch = FilingBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        return False
    files = list(Document.objects.filter(subject_id=batch.pk).values_list("pk", flat=True))
    rows = batch.rows.exclude(state=State.FILED)
    if not batch.is_open and not files and not rows.exists():
        return False
    count = rows.count()
    batch.papers.all().delete()
    rows.delete()
    for key in files:
        discard_from(document_id=key, subject_id=batch.pk, at=at, actor_id=asked_by)
    events.record(BatchForgotten(subject_id=batch.pk, actor_id=asked_by, at=at, files=len(files), rows=count))
    if not batch.rows.exists():
        batch.delete()
    return True


def _open(batch_id: UUID) -> FilingBatch:
    """Lock a batch that nobody has asked to file yet. Whose it is, the caller has asked. Raises BatchClosed."""
    batch = (
        FilingBatch.objects.select_for_update(of=("self",))
        .select_related("offering__agency", "version__form", "applicant")
        .filter(pk=batch_id)
        .first()
    )
    if batch is None or not batch.is_open:
        raise BatchClosed(
            "Đợt này đã gửi đi nộp nên không sửa được nữa. Hãy bắt đầu đợt mới cho phần còn lại."
        )
    return batch


def _saved(batch: FilingBatch, at: datetime, *fields: str) -> None:
    batch.saved_at = at
    batch.save(update_fields=["saved_at", *fields])
