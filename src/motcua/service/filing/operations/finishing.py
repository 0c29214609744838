"""Nộp bản nháp: on line by its owner, or at the counter by the clerk who has read its code; and begin another from one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.operations.applicants import find_or_add_unchecked, find_or_create_applicant
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.dossiers.operations.receiving import receive
from motcua.service.filing.contents import Contents
from motcua.service.filing.costs import owe
from motcua.service.filing.declared import faults_in
from motcua.service.filing.events import DraftFiled, DraftReceived
from motcua.service.filing.models import Assistance, Draft, DraftPaper, Filing
from motcua.service.filing.models.posting import BY_POST
from motcua.service.filing.operations.assisting import how_confirmed, mark_assisted
from motcua.service.filing.operations.cosigning import name_in_filing, signer_faults
from motcua.service.filing.operations.declaring import (
    declaration_faults,
    record_in_filing,
    settle_declaration,
    with_signed,
)
from motcua.service.filing.operations.drafting import (
    DraftEnded,
    NoSuchDraft,
    as_input,
    begin_draft,
    locked_draft,
    may_guests_submit,
    person_faults,
    return_faults,
    typed_of,
)
from motcua.service.filing.operations.grouping import confirm_seen, fee_faults, proof_of
from motcua.service.filing.operations.submitting import FiledPart, Terms, filed
from motcua.service.filing.reusing import use_for
from motcua.service.filing.revising import changed_since
from motcua.service.postal.operations.choosing import choose_post
from motcua.service.postal.possible import carriers_on
from motcua.service.procedures.models import Offering


class ProcedureChanged(DomainError):
    """Thủ tục đã đổi: its owner reads what changed before it is filed."""


@transaction.atomic
def submit_draft(
    *,
    draft_id: UUID,
    at: datetime,
    account_id: UUID | None = None,
    helper: User | None = None,
    is_signed: bool = False,
) -> Filing:
    """Nộp bản nháp: everything is looked at once more; pressed twice, in two tabs, it is the one filing.

    `account_id`: who presses; a draft of an account is filed by it alone. `helper`: the officer who presses for the person
    before them, who has signed the declaration (`is_signed`).

    Raises NoSuchDraft, ProcedureChanged, Forbidden (a guest where none may), NotTheSamePerson, InvalidInput and what
    `submit` raises. Legal: ND118-2025 Đ17.1, Đ17.2
    """
    draft = locked_draft(draft_id, local_date(at))
    if draft.is_over(at) or draft.account_id not in {None, account_id}:
        raise NoSuchDraft("Không mở được bản nháp này ở đây.")
    if draft.filing_id:
        return Filing.objects.get(pk=draft.filing_id)
    if not draft.is_open:
        raise DraftEnded("Bản nháp này đã được tiếp nhận tại quầy.")
    if changed_since(draft, at):
        raise ProcedureChanged("Thủ tục vừa có nội dung mới. Hãy xem phần thay đổi rồi nộp.")
    how = how_confirmed(draft, helper=helper, is_signed=is_signed)
    is_seen = how == Assistance.PAPER  # an officer has seen who it is
    if draft.account_id is None and not is_seen and not may_guests_submit(draft, local_date(at)):
        raise Forbidden(
            f"Cần đăng nhập để nộp trực tuyến. Bạn cũng có thể mang mã {draft.shown_code} đến Bộ phận Một cửa."
        )
    contents = Contents(draft, at)
    if wrong := faults_of(contents, is_seen=is_seen):
        raise InvalidInput(wrong)
    applicant, representative, authorisation = _people(draft, at)
    parts = parts_of_draft(contents)
    if draft.has_declarations:
        parts = with_signed(parts, draft)
    contact = draft.helper or draft.owner
    filing, happened = filed(
        offering=draft.offering,
        applicant=applicant,
        parts=[*parts, *proof_of(draft)],
        at=at,
        case_id=draft.case_id,
        terms=Terms(
            dossier_key=draft.dossier_key,
            account_id=draft.account_id,
            is_unverified=draft.account_id is None and not is_seen,
            contact_phone=contact.get("phone", "") if draft.account_id is None or draft.helper else "",
            contact_email=contact.get("email", "") if draft.account_id is None or draft.helper else "",
            representative=representative,
            authorisation=authorisation,
            mandate=draft.mandate,
            payer_group=draft.payer_group or "",
            quantities=contents.fee.quantities,
            return_channel=draft.return_channel,
            return_address=draft.return_address,
            by_post={name: getattr(draft, name) for name in BY_POST},
            reuses_papers=bool(contents.chosen_of_store),
        ),
    )
    draft.filing, draft.ended_at = filing, at
    draft.save(update_fields=["filing", "ended_at"])
    events.record_all(
        [
            happened,
            DraftFiled(
                subject_id=draft.pk, actor_id=draft.account_id, at=at, filing=filing.pk, code=filing.code
            ),
        ]
    )
    mark_assisted(filing=filing, draft=draft, how=how, at=at)
    name_in_filing(draft=draft, filing=filing, at=at)
    if draft.has_declarations and (declaration := settle_declaration(draft, at)):
        record_in_filing(declaration=declaration, filing=filing, at=at)
    use_for(draft, filing, contents.chosen_of_store, at)
    confirm_seen(draft, filing, at)
    owe(filing, contents.fee.costs, at)
    return filing


@transaction.atomic
def receive_draft(*, draft_id: UUID, by: User, at: datetime, **given: Any) -> Dossier:
    """Tiếp nhận bản nháp tại quầy: the clerk has seen person and papers; its key is the key of the dossier.

    `given`: what `receive` is given. Raises DraftEnded and what `receive` raises. Legal: ND118-2025 Đ17.1
    """
    draft = locked_draft(draft_id)
    if draft.filing_id:
        raise DraftEnded("Hồ sơ này đã được nộp trực tuyến. Hãy trả lời ở mục Hồ sơ trực tuyến.")
    if wrong := signer_faults(draft, at):
        raise InvalidInput(wrong)
    dossier = receive(by=by, at=at, dossier_id=draft.dossier_key, **given)
    settle_declaration(draft, at)
    _keep_wish(draft, dossier, by, at)
    draft.dossier, draft.ended_at = dossier, at
    draft.save(update_fields=["dossier", "ended_at"])
    events.record(
        DraftReceived(
            subject_id=draft.pk, actor_id=by.pk, at=at, dossier=dossier.pk, dossier_code=dossier.code
        )
    )
    return dossier


def _keep_wish(draft: Draft, dossier: Dossier, by: User, at: datetime) -> None:
    """Đơn vị bưu chính đã chọn trong bản nháp stays chosen, while it may be."""
    wish = draft.wish
    if wish and dossier.return_channel == Channel.POST and wish.carrier in carriers_on(local_date(at)):
        choose_post(dossier_id=dossier.pk, wish=wish, by=by, at=at)


@transaction.atomic
def copy_filing(
    *, filing: Filing, draft_id: UUID, account_id: UUID, applicant: Applicant, at: datetime
) -> Draft:
    """Chép hồ sơ cũ thành bản nháp mới: place, case, people and way of return; papers are handed in anew.

    Raises Forbidden for somebody else's filing, NotInForce.
    """
    if filing.account_id != account_id:
        raise Forbidden("Chỉ chép được hồ sơ do chính tài khoản của bạn nộp.")
    offering = Offering.objects.select_related("procedure").get(pk=filing.offering_id)
    revision = offering.revision_on(local_date(at))
    case_id = filing.case_id if filing.case_id in {case.pk for case in revision.cases} else None
    if case_id is None and revision.cases:
        case_id = revision.cases[0].pk
    draft = begin_draft(
        draft_id=draft_id,
        offering=offering,
        case_id=case_id,
        account_id=account_id,
        applicant=applicant,
        at=at,
    )
    draft.return_channel, draft.return_address = filing.return_channel, filing.return_address
    draft.copied_from, draft.step = filing.pk, "nguoi-nop"
    owner = typed_of(filing.applicant)
    if filing.mandate_id:
        draft.acting, draft.mandate_id = Draft.Acting.MANDATE, filing.mandate_id
    elif filing.representative_id and filing.applicant_id != applicant.pk:
        draft.acting = Draft.Acting.RELATIVE
        draft.person = {
            "owner": {
                **owner,
                "personal_number": "",
            },  # said again by who files: it is not theirs to be shown
            "helper": {**typed_of(applicant), "relation": filing.authorisation.removeprefix(RELATIVE)},
        }
    draft.save(
        update_fields=[
            "return_channel", "return_address", "copied_from", "step", "acting", "mandate_id", "person_sealed",
        ]
    )  # fmt: skip
    return draft


RELATIVE = "Người thân nộp thay: "


def faults_of(contents: Contents, *, is_seen: bool = False) -> dict[str, str]:
    """Những gì còn thiếu để nộp, {field: sentence}, in the order in which they are put right.

    `is_seen`: an officer sees who files and takes the declaration signed on paper; then no other signature is needed.
    """
    draft, at = contents.draft, contents.at
    return {
        **person_faults(draft, at),
        **faults_in(contents.version, contents.answers, contents.on),
        **fee_faults(contents.fee),
        **paper_faults(contents),
        **return_faults(draft),
        **(signer_faults(draft, at) if contents.has_signers else {}),
        **(declaration_faults(draft, at) if contents.must_be_signed and not is_seen else {}),
    }


def paper_faults(contents: Contents) -> dict[str, str]:
    """Giấy tờ còn thiếu: each required paper has its files, is held in the store, or its owner brings it on paper."""
    wrong = {}
    for paper in contents.papers:
        row = contents.rows.get(paper.pk)
        has = row and (
            row.way == DraftPaper.Way.PAPER
            or row.document_ids
            or (row.way == DraftPaper.Way.HELD and paper.pk in contents.held)
        )
        if paper.is_required and not has and not contents.is_declared(paper):
            wrong[f"paper-{paper.pk}"] = (
                f"Chưa có “{paper.name}”. Hãy chụp ảnh rồi tải lên, hoặc chọn nộp bản giấy sau."
            )
    return wrong


def parts_of_draft(contents: Contents) -> list[FiledPart]:
    """Giấy tờ như sẽ nộp, in the order of the procedure."""
    parts = []
    for paper in contents.papers:
        row = contents.rows.get(paper.pk)
        files = row.document_ids if row else []
        if contents.is_declared(paper) and not files:
            parts.append(FiledPart(paper.name, paper.pk, note="Khai bằng biểu mẫu điện tử"))
        elif files or (row and row.way == DraftPaper.Way.PAPER):
            parts.append(FiledPart(paper.name, paper.pk, files, is_on_paper=not files))
    return parts


def _people(draft: Draft, at: datetime) -> tuple[Applicant, Applicant | None, str]:
    """Whose dossier it is, who files for them, and by what right."""
    if draft.acting == Draft.Acting.MANDATE and draft.mandate:
        return draft.mandate.principal, draft.mandate.agent, draft.mandate.paper
    if draft.acting == Draft.Acting.RELATIVE:
        owner = find_or_add_unchecked(as_input(draft.owner), at=at)
        helper = draft.applicant or find_or_add_unchecked(as_input(draft.helper), at=at)
        return owner, helper, f"{RELATIVE}{tidy(draft.helper.get('relation', ''))}"[:200]
    if draft.applicant is None:
        return find_or_add_unchecked(as_input(draft.owner), at=at), None, ""
    return _known(draft.applicant, draft.owner, at), None, ""


def _known(applicant: Applicant, typed: dict[str, str], at: datetime) -> Applicant:
    """Chủ tài khoản: name and number are the account's; where they live and are reached may be said anew."""
    kept = {**typed_of(applicant), **{name: typed.get(name, "") for name in CONTACT if typed.get(name)}}
    return (
        find_or_create_applicant(as_input(kept), by=None, at=at) if applicant.personal_number else applicant
    )


CONTACT: Sequence[str] = ("phone", "email", "street", "ward_code", "province_code")
