"""Phí của một lần nộp: how many, and who pays less, said with the paper that proves it; looked at by the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput, Stale
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.filing.costs import DraftFee, costs_of_filing, fee_of
from motcua.service.filing.events import PayerGroupRefused
from motcua.service.filing.models import Draft, Filing
from motcua.service.filing.operations.drafting import TooManyFiles, open_draft, rule_on, saved
from motcua.service.filing.operations.submitting import FiledPart
from motcua.service.filing.states import LIVE, State
from motcua.service.filing.telling import tell_owner
from motcua.service.payments.models import Due, PayerGroup
from motcua.service.payments.operations.charging import raise_difference
from motcua.service.payments.operations.confirming import SEEN, confirm_group
from motcua.service.payments.pricing import MOST_COUNTED

OTHERWISE_ASKED = frozenset({*LIVE, State.ACCEPTED})


@transaction.atomic
def save_fee(
    *, draft_id: UUID, group: str, quantities: Mapping[str, int], at: datetime, seen_by: User | None = None
) -> Draft:
    """Lưu diện đã khai ("": không thuộc diện nào) and how many are asked for, by unit.

    `seen_by`: the officer who helps and has the proof before them. Raises InvalidInput (a group unknown to the fee, a
    number that counts nothing), NoSuchDraft, DraftEnded.
    """
    draft = open_draft(draft_id)
    tariff = fee_of(draft, local_date(at)).tariff
    if group and group not in {one.pk for one in tariff.groups()}:
        raise InvalidInput({"group": "Mức thu vừa thay đổi. Hãy chọn lại."})
    if group != draft.payer_group:
        draft.proofs.clear()  # they were of the other group
    is_seen = bool(group) and seen_by is not None and seen_by.pk == draft.assisted_by_id
    draft.payer_group, draft.quantities = group, tariff.checked(quantities)
    draft.group_seen_by = seen_by if is_seen else None
    return saved(draft, at, "payer_group", "quantities", "group_seen_by")


@transaction.atomic
def keep_proof(
    *, draft_id: UUID, group: PayerGroup, upload: IO[bytes] | File[bytes], name: str, at: datetime
) -> Document:
    """Lưu giấy chứng minh, the moment it arrives. Raises RefusedFile, TooManyFiles."""
    draft = open_draft(draft_id)
    most = rule_on(local_date(at)).most_files
    if Document.objects.filter(subject_id=draft.dossier_key).count() >= most:
        raise TooManyFiles(f"Bản nháp có tối đa {most} tệp. Hãy bỏ bớt tệp thừa rồi tải lên.", field="proof")
    facts = PaperFacts(title=(group.proof or group.name)[:200])
    document = store(upload, name=name, by=None, at=at, subject_id=draft.dossier_key, facts=facts)
    draft.proofs.add(document)
    saved(draft, at)
    return document


def fee_faults(fee: DraftFee) -> dict[str, str]:
    """Chưa trả lời câu về diện miễn, giảm hay số lượng, where the fee asks it."""
    wrong = {
        fee.tariff.field_of(unit): f"Hãy ghi số {unit}, để tính phí."
        for unit in fee.units
        if unit not in fee.quantities
    }
    if not all(fee.from_form.values()):
        lacking = ", ".join(unit for unit, count in fee.from_form.items() if not count)
        wrong["form-count"] = f"Tờ khai chưa ghi số {lacking}, từ 1 đến {MOST_COUNTED}, cần để tính phí."
    if fee.tariff.codes and fee.group not in {"", *(one.pk for one in fee.tariff.groups())}:
        wrong["group"] = "Hãy cho biết bạn có thuộc diện miễn, giảm phí không."
    return wrong


def proof_of(draft: Draft) -> list[FiledPart]:
    """Giấy chứng minh as it is filed: its files, seen by who helps, or on paper later."""
    group = PayerGroup.objects.filter(pk=draft.payer_group).first() if draft.payer_group else None
    if group is None:
        return []
    files = [document.pk for document in draft.proofs.all()]
    seen = f"; {draft.group_seen_by.full_name} {SEEN}" if draft.group_seen_by else ""
    note = f"{proves(group)}{seen}"
    is_to_come = not files and not seen
    return [FiledPart(group.proof or group.name, None, files, note=note, is_on_paper=is_to_come)]


def proves(group: PayerGroup) -> str:
    """What the paper that proves a group is for."""
    return f"Chứng minh diện miễn, giảm phí: {group.name}"


def confirm_seen(draft: Draft, filing: Filing, at: datetime) -> None:
    """Xác nhận diện mà công chức hỗ trợ đã xem giấy, with the filing that they have helped to make."""
    if filing.payer_group and draft.group_seen_by:
        group = PayerGroup.objects.get(pk=filing.payer_group)
        proof = f"{group.proof or group.name}, {SEEN}"
        confirm_group(subject_id=filing.dossier_key, group=group, proof=proof, by=draft.group_seen_by, at=at)


def confirm_accepted(filing: Filing, by: User, at: datetime) -> None:
    """Xác nhận diện đã khai, with the acceptance of a filing whose group was not refused."""
    if filing.payer_group and not filing.group_refused:
        group = PayerGroup.objects.get(pk=filing.payer_group)
        proof = f"{group.proof or group.name}, gửi kèm {filing.code}"
        confirm_group(subject_id=filing.dossier_key, group=group, proof=proof, by=by, at=at)


def dearer_by(filing: Filing) -> int:
    """Nếu không thuộc diện đã khai, phải nộp thêm bao nhiêu."""
    whole = costs_of_filing(filing, group="").total
    return whole - costs_of_filing(filing, group=filing.payer_group).total


@transaction.atomic
def refuse_group(*, filing_id: UUID, reason: str, by: User, at: datetime) -> Sequence[Due]:
    """Không thuộc diện đã khai: what is lacking to the whole fee is owed, with the reason; its owner is told.

    Also after the reception. Raises Forbidden, Stale, InvalidInput. Legal: L97-2015 Đ10
    """
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing_id)
    access_of(by, at).require(Permission.RECEIVE, filing.reception_agency_id)
    if not filing.payer_group or filing.group_refused or filing.state not in OTHERWISE_ASKED:
        raise Stale("Diện miễn, giảm của hồ sơ này không còn chờ xem.")
    if not reason.strip():
        raise InvalidInput({"group_reason": "Hãy ghi vì sao không thuộc diện này, để người nộp hiểu."})
    filing.group_refused = reason.strip()[:300]
    filing.save(update_fields=["group_refused"])
    group = PayerGroup.objects.get(pk=filing.payer_group)
    why = f"Không thuộc diện {group.name}: {filing.group_refused}"
    dues = raise_difference(
        subject_id=filing.dossier_key, offering=filing.offering, reason=why, at=at, by=by,
        charges=costs_of_filing(filing, group="").charges,
        payer_name=(filing.representative or filing.applicant).name,
        code=filing.dossier.code if filing.dossier else filing.code,
    )  # fmt: skip
    events.record(
        PayerGroupRefused(
            subject_id=filing.pk, actor_id=by.pk, at=at, group=group.pk, reason=filing.group_refused,
            amount=sum(due.amount for due in dues),
        )
    )  # fmt: skip
    words = f"không thuộc diện {group.name}: {filing.group_refused}. Bạn cần nộp {vnd(sum(due.amount for due in dues))}."
    tell_owner(filing, "PAYER_GROUP_REFUSED", "cần nộp thêm phí", words, by=by, at=at)
    return dues
