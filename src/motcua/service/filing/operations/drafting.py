"""Soạn bản nháp: begin, save each step at once, find again elsewhere, follow a changed procedure, be forgotten.

What is saved is told to nobody and recorded nowhere but in the draft: until it is filed it is its owner's own paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.db import models, transaction

from motcua.core import events
from motcua.core.asking import Asked
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local, local_date
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import discard_from, store
from motcua.foundation.identity.models import Applicant, Mandate, User
from motcua.foundation.identity.operations.applicants import ApplicantInput, clean
from motcua.foundation.identity.operations.mandates import refuse_unusable
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.foundation.signing.operations.keeping import forget_requests
from motcua.service.dossiers.models import Channel
from motcua.service.filing.events import (
    DraftBegun,
    DraftForgotten,
    DraftRenewed,
    DraftResumed,
    DraftRunsOut,
    DraftTaken,
)
from motcua.service.filing.models import Draft, DraftPaper, FilingRule
from motcua.service.filing.models.posting import BY_POST
from motcua.service.filing.opening import locked
from motcua.service.filing.operations.codes import new_code, plain_code
from motcua.service.filing.operations.cosigning import take_back_agreements
from motcua.service.filing.reusing import take_back
from motcua.service.filing.revising import carried_case, carried_paper
from motcua.service.postal.models import LONGEST_PLACE, Wish
from motcua.service.procedures.models import Offering, Paper
from motcua.service.procedures.models.revision import known_revision

RETURN_WAYS = (Channel.ONLINE, Channel.COUNTER, Channel.POST)
LONGEST_TITLE, LONGEST_TYPED = 500, 400


class NoSuchDraft(DomainError):
    """Không có bản nháp này."""


class DraftEnded(DomainError):
    """Bản nháp đã nộp: nothing in it changes any more."""


class TooManyFiles(DomainError):
    """Quá nhiều tệp."""


def rule_on(on: date) -> FilingRule:
    """Quy định nộp trực tuyến của ngày."""
    return RULES.first(on=on) or FilingRule(valid_from=on)


def may_guests_submit(draft: Draft, on: date) -> bool:
    """Khách nộp được không cần tài khoản: as the draft was read with the day's rules, or asked now."""
    told: bool | None = getattr(draft, "guests_on", None)
    return rule_on(on).guests_may_submit if told is None else told


RULES = Asked(lambda on: FilingRule.objects.filter(valid_from__lte=on)[:1])


@transaction.atomic
def begin_draft(
    *,
    draft_id: UUID,
    offering: Offering,
    at: datetime,
    case_id: int | None = None,
    account_id: UUID | None = None,
    applicant: Applicant | None = None,
    answers: Mapping[str, str] | None = None,
    assisted_by: User | None = None,
) -> Draft:
    """Bắt đầu bản nháp; `draft_id` was chosen when the form was opened: sent twice, it is one draft.

    Raises NotInForce, NotACase, ChannelNotOffered.
    """
    if earlier := Draft.objects.filter(pk=draft_id).first():
        if earlier.account_id != account_id:
            raise NoSuchDraft("Bản nháp này không mở được. Hãy bắt đầu lại từ trang thủ tục.")
        return earlier
    day = local_date(at)
    revision = offering.revision_on(day)
    case = revision.case_or_refuse(case_id)
    revision.limit_for(Channel.ONLINE, case)
    draft = Draft(
        id=draft_id,
        code=new_code(),
        account_id=account_id,
        applicant=applicant,
        offering=offering,
        revision=revision,
        case=case,
        answers=dict(answers or {}),
        assisted_by=assisted_by,
        begun_at=at,
        saved_at=at,
        expires_at=at + timedelta(days=rule_on(day).draft_days),
    )
    if applicant:
        draft.person = {"owner": typed_of(applicant)}
    draft.save(force_insert=True)
    events.record(
        DraftBegun(
            subject_id=draft.pk,
            actor_id=assisted_by.pk if assisted_by else account_id,
            at=at,
            procedure=offering.procedure.code,
        )
    )
    return draft


def typed_of(applicant: Applicant) -> dict[str, str]:
    """What is known of a person, as they would type it."""
    born = f"{applicant.birth_date:%d/%m/%Y}" if applicant.birth_date else str(applicant.birth_year or "")
    return {
        "kind": applicant.kind,
        "name": applicant.name,
        "personal_number": applicant.personal_number,
        "tax_code": applicant.tax_code,
        "phone": applicant.phone,
        "email": applicant.email,
        "birth": born,
        "street": applicant.street,
        "ward_code": applicant.ward_code,
        "province_code": applicant.province_code,
    }


@transaction.atomic
def choose_place(*, draft_id: UUID, offering: Offering, at: datetime, case_id: int | None = None) -> Draft:
    """Đổi trường hợp hoặc nơi nộp; the files of papers that the new case asks for as well stay. Raises NotACase."""
    draft = open_draft(draft_id)
    revision = offering.revision_on(local_date(at))
    if offering.procedure_id != draft.offering.procedure_id:
        raise InvalidInput({"offering": "Nơi này không thuộc thủ tục đang làm. Hãy chọn lại nơi nộp."})
    draft.offering, draft.revision, draft.case = offering, revision, revision.case_or_refuse(case_id)
    draft.group_seen_by = None
    revision.limit_for(Channel.ONLINE, draft.case)
    return saved(draft, at, "offering", "revision", "case", "group_seen_by")


@transaction.atomic
def save_person(
    *,
    draft_id: UUID,
    owner: ApplicantInput,
    at: datetime,
    acting: str = Draft.Acting.SELF,
    helper: ApplicantInput | None = None,
    relation: str = "",
    mandate: Mandate | None = None,
) -> Draft:
    """Lưu người nộp as typed, right or wrong: so that nothing is lost. What is wrong, `person_faults` says."""
    draft = open_draft(draft_id)
    before = draft.acting, draft.mandate_id, draft.owner
    draft.acting, draft.mandate = acting, mandate if acting == Draft.Acting.MANDATE else None
    if acting == Draft.Acting.MANDATE and mandate is None:
        draft.acting = Draft.Acting.SELF
    kept = {"owner": _clipped(vars(owner))}
    if helper:
        kept["helper"] = _clipped({**vars(helper), "relation": relation})
    draft.person = kept
    if (draft.acting, draft.mandate_id, draft.owner) != before:
        draft.group_seen_by = None  # the proof that an officer has seen was of somebody else
    return saved(draft, at, "acting", "mandate", "person_sealed", "group_seen_by")


def _clipped(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: str(value)[:LONGEST_TYPED] for name, value in typed.items()}


def person_faults(draft: Draft, at: datetime) -> dict[str, str]:
    """Còn gì chưa ổn về người nộp, by the field of the page; empty when it may be filed."""
    if draft.acting == Draft.Acting.MANDATE and draft.mandate:
        return _mandate_faults(draft, draft.mandate, at)
    wrong = _faults_of(draft.owner, at)
    if draft.acting == Draft.Acting.RELATIVE:
        helper = draft.helper
        wrong |= {f"helper_{name}": sentence for name, sentence in _faults_of(helper, at).items()}
        if not tidy(helper.get("relation", "")):
            wrong["relation"] = "Hãy ghi bạn là gì của người này, ví dụ: con."
    return wrong


def _mandate_faults(draft: Draft, mandate: Mandate, at: datetime) -> dict[str, str]:
    if draft.applicant_id is None or mandate.agent_id != draft.applicant_id:
        return {"acting": "Giấy ủy quyền này không trao cho bạn. Hãy chọn lại."}
    try:
        refuse_unusable(
            mandate,
            principal=mandate.principal,
            procedure=draft.offering.procedure.code,
            field=draft.revision.field,
            at=at,
        )
    except DomainError as refusal:
        return {"acting": refusal.message}
    return {}


def as_input(typed: Mapping[str, str]) -> ApplicantInput:
    """What was typed of a person, as the operations of people read it."""
    known = {name: str(typed.get(name, "")) for name in ApplicantInput.__dataclass_fields__}
    return ApplicantInput(**{**known, "kind": known["kind"] or Applicant.Kind.PERSON})


def _faults_of(typed: Mapping[str, str], at: datetime) -> dict[str, str]:
    data = as_input(typed)
    wrong: dict[str, str] = {}
    try:
        clean(data, on=local_date(at))
    except InvalidInput as refusal:
        wrong |= refusal.errors
    if data.kind == Applicant.Kind.PERSON and not data.personal_number.strip():
        wrong.setdefault("personal_number", "Hãy nhập số định danh cá nhân, 12 số trên thẻ căn cước.")
    if data.kind == Applicant.Kind.ORGANISATION and not data.tax_code.strip():
        wrong.setdefault("tax_code", "Hãy nhập mã số thuế của tổ chức.")
    if not data.phone.strip() and not data.email.strip():
        wrong.setdefault("phone", "Hãy nhập số điện thoại hoặc thư điện tử, để cơ quan trả lời bạn.")
    return wrong


@transaction.atomic
def save_way(*, draft_id: UUID, ways: Mapping[int, str], at: datetime) -> Draft:
    """Lưu cách nộp từng giấy tờ. Raises InvalidInput for a paper that the procedure does not ask for."""
    draft = open_draft(draft_id)
    asked = {paper.pk for paper in papers_of(draft)}
    if set(ways) - asked:
        raise InvalidInput({"papers": "Danh mục giấy tờ vừa thay đổi. Hãy tải lại trang."})
    rows = {row.paper_id: row for row in draft.papers.all()}
    for paper_id, way in ways.items():
        row = rows.get(paper_id) or DraftPaper(draft=draft, paper_id=paper_id)
        row.way = way if way in DraftPaper.Way.values else DraftPaper.Way.UPLOAD
        row.save()
    return saved(draft, at)


@transaction.atomic
def keep_file(
    *, draft_id: UUID, paper_id: int, upload: IO[bytes] | File[bytes], name: str, at: datetime
) -> Document:
    """Lưu tệp vừa tải lên, at once: whatever happens next, it is there. Raises RefusedFile, TooManyFiles."""
    draft = open_draft(draft_id)
    paper = next((paper for paper in papers_of(draft) if paper.pk == paper_id), None)
    if paper is None:
        raise InvalidInput({"papers": "Danh mục giấy tờ vừa thay đổi. Hãy tải lại trang."})
    most = rule_on(local_date(at)).most_files
    if Document.objects.filter(subject_id=draft.dossier_key).count() >= most:
        raise TooManyFiles(
            f"Bản nháp có tối đa {most} tệp. Hãy bỏ bớt tệp thừa rồi tải lên.", field=f"file-{paper_id}"
        )
    facts = PaperFacts(title=" ".join(paper.name.split())[:LONGEST_TITLE])
    document = store(upload, name=name, by=None, at=at, subject_id=draft.dossier_key, facts=facts)
    row, _ = DraftPaper.objects.get_or_create(draft=draft, paper=paper)
    row.documents.add(document)
    if row.way != DraftPaper.Way.UPLOAD:
        row.way = DraftPaper.Way.UPLOAD
        row.save(update_fields=["way"])
    saved(draft, at)
    return document


@transaction.atomic
def drop_file(*, draft_id: UUID, document_id: UUID, at: datetime) -> None:
    """Bỏ một tệp của bản nháp. Raises UnknownDocument, Forbidden."""
    draft = open_draft(draft_id)
    discard_from(document_id=document_id, subject_id=draft.dossier_key, at=at, actor_id=draft.account_id)
    saved(draft, at)


@transaction.atomic
def save_return(*, draft_id: UUID, channel: str, at: datetime, address: str = "") -> Draft:
    """Lưu cách nhận kết quả as chosen. What is wrong, `return_faults` says."""
    draft = open_draft(draft_id)
    draft.return_channel = channel if channel in set(RETURN_WAYS) else ""
    changed = tidy(address)[:LONGEST_PLACE]
    if draft.return_channel != Channel.POST or changed != draft.return_address:
        draft.wish_for(None)
    draft.return_address = changed
    return saved(draft, at, "return_channel", "return_address", *BY_POST)


@transaction.atomic
def save_post(*, draft_id: UUID, wish: Wish, at: datetime) -> Draft:
    """Lưu nơi giao và đơn vị bưu chính, with the postage that was shown."""
    draft = open_draft(draft_id)
    draft.wish_for(wish)
    return saved(draft, at, "return_address", *BY_POST)


def return_faults(draft: Draft) -> dict[str, str]:
    """Còn gì chưa ổn về cách nhận kết quả."""
    if draft.return_channel not in set(RETURN_WAYS):
        return {"return_channel": "Hãy chọn cách nhận kết quả."}
    if draft.return_channel == Channel.POST and not draft.return_address:
        return {"return_address": "Hãy ghi địa chỉ để bưu chính giao kết quả đến."}
    return {}


@transaction.atomic
def save_step(*, draft_id: UUID, step: str, at: datetime) -> Draft:
    """Nhớ bước đang làm, so that the draft opens there again."""
    draft = open_draft(draft_id)
    draft.step = step[:20]
    return saved(draft, at, "step")


@transaction.atomic
def follow_revision(*, draft_id: UUID, at: datetime) -> Draft:
    """Theo nội dung mới của thủ tục, after its owner has read what changed: what is asked for still is kept.

    Files of papers that nobody asks for any more stay with the draft until it ends. Raises NotInForce.
    """
    draft = open_draft(draft_id)
    revision = draft.offering.revision_on(local_date(at))
    if revision.pk == draft.revision_id:
        return draft
    case = carried_case(draft.case, revision)
    asked = revision.papers_of(case)
    for row in draft.papers.select_related("paper"):
        paper = carried_paper(row.paper, asked)
        if paper and not draft.papers.filter(paper=paper).exists():
            row.paper = paper
            row.save(update_fields=["paper"])
    draft.revision, draft.case = revision, case
    events.record(
        DraftRenewed(subject_id=draft.pk, actor_id=draft.account_id, at=at, revision=revision.number)
    )
    return saved(draft, at, "revision", "case")


@transaction.atomic
def resume_draft(*, code: str, at: datetime, where: str, actor_id: UUID | None = None) -> Draft:
    """Mở bằng mã tiếp tục: on another device, or by the clerk at the counter. Raises NoSuchDraft.

    A draft of an account opens by signing in; by its code only at the counter, where its owner stands.
    """
    draft = Draft.objects.select_related("offering__procedure").filter(code=plain_code(code)).first()
    if draft is None or draft.is_over(at) or (draft.account_id and where != "counter"):
        raise NoSuchDraft(
            "Không có bản nháp nào với mã này. Hãy xem lại mã; bản nháp quá hạn giữ đã được xóa.",
            field="code",
        )
    events.record(DraftResumed(subject_id=draft.pk, actor_id=actor_id, at=at, where=where))
    return draft


@transaction.atomic
def take_draft(*, draft_id: UUID, account_id: UUID, applicant: Applicant, at: datetime) -> Draft:
    """Nhận bản nháp của khách về tài khoản, after signing in: from then on it opens by the account. Raises NoSuchDraft."""
    draft = open_draft(draft_id)
    if draft.account_id not in {None, account_id}:
        raise NoSuchDraft("Bản nháp này thuộc tài khoản khác.")
    if draft.account_id == account_id:
        return draft
    draft.account_id, draft.applicant = account_id, applicant
    if not draft.owner:
        draft.person = {"owner": typed_of(applicant)}
    events.record(DraftTaken(subject_id=draft.pk, actor_id=account_id, at=at))
    return saved(draft, at, "account_id", "applicant", "person_sealed")


def watch_drafts(at: datetime) -> int:
    """Trông bản nháp: tell of those that will be deleted, delete those whose time is over; returns how many."""
    soon = at + timedelta(days=rule_on(local_date(at)).notice_days)
    told = [tell_of_end(draft_id=key, at=at) for key in _keys(Draft.objects.to_tell(at=at, before=soon))]
    over = [forget_draft(draft_id=key, at=at) for key in _keys(Draft.objects.to_forget(at=at))]
    return sum(told) + sum(over)


@transaction.atomic
def tell_of_end(*, draft_id: UUID, at: datetime) -> bool:
    """Báo bản nháp sắp bị xóa, once; False when it was saved or filed meanwhile."""
    draft = (
        Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id, ended_at=None, told_at=None).first()
    )
    if draft is None:
        return False
    draft.told_at = at
    draft.save(update_fields=["told_at"])
    who = draft.helper or draft.owner
    tell(
        subject_id=draft.pk,
        code=draft.shown_code,
        kind="DRAFT_ENDS",
        to=Addressee(who.get("name", ""), who.get("email", ""), who.get("phone", "")),
        title="Bản nháp hồ sơ của bạn sắp bị xóa",
        text=f"Bản nháp {draft.shown_code} ({draft.revision.name}) được giữ đến "
        f"{local(draft.expires_at):%H:%M ngày %d/%m/%Y}. Mở lại và lưu một lần là được giữ tiếp.",
        by=None,
        at=at,
    )
    events.record(DraftRunsOut(subject_id=draft.pk, actor_id=None, at=at, expires_at=draft.expires_at))
    return True


@transaction.atomic
def forget_draft(
    *, draft_id: UUID, at: datetime, asked_by: UUID | None = None, is_asked: bool = False
) -> bool:
    """Xóa bản nháp và tệp của nó: its time is over, or its owner asks. False when there is nothing to delete."""
    draft = Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id, ended_at=None).first()
    if draft is None or not (is_asked or draft.is_over(at)):
        return False
    files = list(Document.objects.filter(subject_id=draft.dossier_key).values_list("pk", flat=True))
    draft.papers.all().delete()
    forget_requests(draft.declarations.values_list("pk", flat=True))
    draft.declarations.all().delete()
    take_back(draft, at)
    for key in files:
        discard_from(document_id=key, subject_id=draft.dossier_key, at=at, actor_id=asked_by)
    events.record(
        DraftForgotten(subject_id=draft.pk, actor_id=asked_by, at=at, files=len(files), asked=is_asked)
    )
    draft.delete()
    return True


def papers_of(draft: Draft) -> list[Paper]:
    """Giấy tờ phải nộp, by the content that the draft follows."""
    return known_revision(draft.revision_id).papers_of(draft.case)


def locked_draft(draft_id: UUID, on: date | None = None) -> Draft:
    """The draft, locked, with what its end needs; `on`: it knows its procedure on that day. Raises NoSuchDraft."""
    draft = locked(draft_id, on)
    if draft is None:
        raise NoSuchDraft("Không còn bản nháp này. Bản nháp quá hạn giữ đã được xóa cùng các tệp.")
    return draft


def open_draft(draft_id: UUID) -> Draft:
    """Lock an open draft. Whose it is, the caller has asked. Raises NoSuchDraft, DraftEnded."""
    draft = locked_draft(draft_id)
    if not draft.is_open:
        raise DraftEnded("Hồ sơ này đã nộp, nên bản nháp không sửa được nữa.")
    return draft


def saved(draft: Draft, at: datetime, *fields: str) -> Draft:
    """Saved: and kept for the whole time from now."""
    draft.saved_at, draft.told_at = at, None
    draft.expires_at = at + timedelta(days=rule_on(local_date(at)).draft_days)
    draft.save(update_fields=["saved_at", "told_at", "expires_at", *fields])
    if draft.signers:
        take_back_agreements(draft_id=draft.pk, at=at)
    return draft


def _keys(drafts: models.QuerySet[Draft]) -> list[UUID]:
    return list(drafts.values_list("pk", flat=True))
