"""Một dòng của bảng thành bản nháp, by the same operations as from a phone."""

from __future__ import annotations

from datetime import datetime

from motcua.core.text import fold
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import share
from motcua.service.filing.batch_fees import fee_of_batch, named_in, proofs_in
from motcua.service.filing.batches import SharedPaper, answers_in, owner_typed
from motcua.service.filing.knowing import known_of
from motcua.service.filing.models import BatchRow, Draft, DraftPaper, FilingBatch
from motcua.service.filing.operations import drafting
from motcua.service.filing.operations.drafting import as_input
from motcua.service.filing.operations.grouping import save_fee
from motcua.service.filing.sheets import PAPER
from motcua.service.forms.operations.answering import begin, save_page


def draft_row(
    batch: FilingBatch, row: BatchRow, shared: list[SharedPaper], pool: dict[str, Document], at: datetime
) -> None:
    """Lập bản nháp của một dòng, by the same operations as from a phone; a draft that is there already stays as it is."""
    if Draft.objects.filter(pk=row.pk).exists():
        return
    owner, cells = owner_typed(batch), row.told["cells"]
    draft = drafting.begin_draft(
        draft_id=row.pk,
        offering=batch.offering,
        case_id=batch.case_id,
        account_id=batch.account_id,
        applicant=batch.applicant,
        at=at,
    )
    acting = Draft.Acting.MANDATE if batch.mandate_id else Draft.Acting.SELF
    drafting.save_person(
        draft_id=draft.pk, owner=as_input(owner), acting=acting, mandate=batch.mandate, at=at
    )
    drafting.save_return(draft_id=draft.pk, channel=batch.return_channel, address=batch.return_address, at=at)
    if batch.wish:
        drafting.save_post(draft_id=draft.pk, wish=batch.wish, at=at)
    _answer(batch, draft, cells, at)
    _say_fee(batch, draft, cells, pool, at)
    for one in shared:
        _hand_in(draft, one, named_in(cells.get(f"{PAPER}{one.paper.pk}", "")), pool, at)
    drafting.save_step(draft_id=draft.pk, step="kiem-tra", at=at)


def _say_fee(
    batch: FilingBatch, draft: Draft, cells: dict[str, str], pool: dict[str, Document], at: datetime
) -> None:
    """How many, and who pays less, as the row says; its proofs are files of the draft."""
    fee = fee_of_batch(batch, at)
    group = fee.group_in(cells)
    save_fee(draft_id=draft.pk, group=group.pk if group else "", quantities=fee.counts_in(cells), at=at)
    for file in proofs_in(cells, pool) if group else []:
        draft.proofs.add(share(document_id=file.pk, subject_id=draft.dossier_key, by=None, at=at))


def _answer(batch: FilingBatch, draft: Draft, cells: dict[str, str], at: datetime) -> None:
    known = known_of(owner_typed(batch), batch.offering)
    by = batch.hand_id
    begin(subject_id=draft.dossier_key, version=batch.version, by=by, at=at, known=known)
    given = answers_in(batch, cells, at)
    for page in batch.version.definition.pages:
        save_page(subject_id=draft.dossier_key, page=page.key, given=given, count=0, by=by, at=at)


def _hand_in(
    draft: Draft, one: SharedPaper, names: list[str], pool: dict[str, Document], at: datetime
) -> None:
    """The papers of one row: its own files before those that all share; declared by the form, none is asked for."""
    files = [pool[fold(name)] for name in names if fold(name) in pool] or list(one.documents)
    if not files and not one.is_on_paper:
        return
    way = DraftPaper.Way.UPLOAD if files else DraftPaper.Way.PAPER
    row = DraftPaper.objects.create(draft=draft, paper=one.paper, way=way)
    row.documents.set(
        [share(document_id=file.pk, subject_id=draft.dossier_key, by=None, at=at) for file in files]
    )
