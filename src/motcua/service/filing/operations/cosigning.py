"""Cùng đứng tên: others are named, agree or decline, and agree anew when what they agreed to has changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.events import Event
from motcua.core.text import tidy
from motcua.core.time import local, local_date
from motcua.foundation.identity import checks
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.service.filing.declared import form_of
from motcua.service.filing.events import (
    AgreementsTakenBack,
    FilingCoSigned,
    SignerAgreed,
    SignerDeclined,
    SignerInvited,
    SignerKnown,
    SignerRemoved,
)
from motcua.service.filing.models import CoSigner, Draft, Filing
from motcua.service.filing.operations.codes import new_code, plain_code
from motcua.service.forms.asking import answers_of
from motcua.service.forms.definition import Signers
from motcua.service.forms.events import AnswersMovedOn, AnswersSaved

LONGEST_REASON = 300
State = CoSigner.State


@dataclass(frozen=True)
class Answering:
    """Ai trả lời lời mời nào: the account that has signed in, and the person it stands for."""

    signer_id: UUID
    applicant: Applicant
    account_id: UUID


class NotInvited(DomainError):
    """Lời mời không dùng được."""


def signers_asked(draft: Draft, at: datetime) -> Signers | None:
    """Hồ sơ này cần ai cùng đứng tên, by the form in force."""
    version = form_of(draft, at)
    return version.definition.signers if version else None


def signer_faults(draft: Draft, at: datetime) -> dict[str, str]:
    """Còn thiếu sự đồng ý của ai; empty when it may be filed."""
    asked = signers_asked(draft, at)
    if asked is None:
        return {}
    named = list(draft.cosigners.all())
    if len(named) < asked.least:
        return {"signers": f"Cần {asked.least} người cùng đứng tên ({asked.label}); mới có {len(named)}."}
    content = content_of(draft)
    waiting = [one.name for one in named if one.state != State.AGREED or one.content != content]
    return {"signers": f"Còn chờ đồng ý: {', '.join(waiting)}."} if waiting else {}


def content_of(draft: Draft) -> str:
    """Dấu của nội dung: of everything that somebody agrees to; another when anything of it changes."""
    answers = answers_of(draft.dossier_key)
    papers = draft.papers.prefetch_related("documents__file").order_by("paper_id")
    told: dict[str, Any] = {
        "offering": draft.offering_id,
        "case": draft.case_id,
        "acting": draft.acting,
        "mandate": str(draft.mandate_id),
        "person": draft.person,
        "answers": answers.data if answers else {},
        "papers": [
            [row.paper_id, row.way, sorted(one.file.sha256 for one in row.documents.all())] for row in papers
        ],
        "return": [draft.return_channel, draft.return_address],
        "group": draft.payer_group,
        "quantities": draft.quantities,
        "proofs": sorted(one.file.sha256 for one in draft.proofs.select_related("file")),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def invite_signer(*, draft_id: UUID, signer_id: UUID, person: dict[str, str], at: datetime) -> CoSigner:
    """Mời người cùng đứng tên; `signer_id` came with the page: sent twice, it is one invitation.

    Raises InvalidInput, NotInvited.
    """
    draft = _open(draft_id)
    if earlier := draft.cosigners.filter(pk=signer_id).first():
        return earlier
    asked = signers_asked(draft, at)
    if asked is None or draft.cosigners.count() >= asked.most:
        raise NotInvited(f"Hồ sơ này có tối đa {asked.most if asked else 0} người cùng đứng tên.")
    signer = CoSigner(id=signer_id, draft=draft, code=new_code(), invited_at=at)
    signer.person = _cleaned(draft, person, at)
    signer.save(force_insert=True)
    draft.signers = draft.cosigners.count()
    draft.save(update_fields=["signers"])
    events.record(SignerInvited(subject_id=draft.pk, actor_id=draft.account_id, at=at, signer=signer.pk))
    words = "Hãy đăng nhập để xem và trả lời"
    _tell(signer, f"mời bạn cùng đứng tên. {words}", at)
    return signer


def _cleaned(draft: Draft, given: dict[str, str], at: datetime) -> dict[str, str]:
    """The person as they are looked for when they sign in: number and name are needed, one way to reach them as well."""
    person = {name: tidy(given.get(name, ""))[:200] for name in ("name", "personal_number", "phone", "email")}
    wrong: dict[str, str] = {}
    for name, check in (
        ("name", checks.person_name),
        ("personal_number", lambda text: checks.personal_number(text, on=local_date(at))),
        ("phone", lambda text: checks.phone(text) if text else ""),
        ("email", lambda text: checks.email(text) if text else ""),
    ):
        try:
            person[name] = check(person[name])
        except DomainError as refusal:
            wrong[name] = refusal.message
    number = person["personal_number"]
    if number and number in {draft.owner.get("personal_number"), draft.helper.get("personal_number")}:
        wrong["personal_number"] = "Đây là số của chính người nộp. Hãy ghi số của người cùng đứng tên."
    if any(one.person["personal_number"] == number for one in draft.cosigners.all()):
        wrong["personal_number"] = "Người này đã được mời."
    if wrong:
        raise InvalidInput(wrong)
    return person


@transaction.atomic
def remove_signer(*, draft_id: UUID, signer_id: UUID, at: datetime) -> None:
    """Thôi mời."""
    draft = _open(draft_id)
    if not draft.cosigners.filter(pk=signer_id).exists():
        return
    draft.cosigners.filter(pk=signer_id).delete()
    draft.signers = draft.cosigners.count()
    draft.save(update_fields=["signers"])
    events.record(SignerRemoved(subject_id=draft.pk, actor_id=draft.account_id, at=at, signer=signer_id))


def invited_with(code: str, at: datetime) -> CoSigner | None:
    """Lời mời của mã này, while its draft may still be answered."""
    found = CoSigner.objects.select_related("draft__offering__procedure", "draft__offering__agency").filter(
        code=plain_code(code)
    )
    signer = found.first()
    return signer if signer and signer.draft.is_open and not signer.draft.is_over(at) else None


def is_meant(signer: CoSigner, applicant: Applicant) -> bool:
    """Lời mời này dành cho người đang đăng nhập: by their number."""
    return bool(applicant.personal_number) and applicant.personal_number == signer.person["personal_number"]


@transaction.atomic
def agree(who: Answering, *, content: str, level: int, at: datetime) -> CoSigner:
    """Tôi đồng ý: to what the page has shown (`content`); something else by now is shown first.

    Raises NotInvited, Forbidden (not surely enough), InvalidInput.
    """
    draft, signer = _invitation(who.signer_id, at)
    asked = signers_asked(draft, at)
    if not is_meant(signer, who.applicant):
        raise NotInvited("Lời mời này dành cho người khác. Hãy đăng nhập bằng tài khoản của người được mời.")
    if asked and level < asked.level:
        raise Forbidden("Việc này cần bạn đăng nhập lại ở mức độ xác thực cao hơn.")
    if content != content_of(draft):
        raise DomainError("Nội dung vừa được sửa. Hãy xem lại rồi trả lời.")
    signer.applicant, signer.witness = who.applicant, None
    return _agreed(draft, signer, content, actor_id=who.account_id, at=at)


@transaction.atomic
def agree_on_paper(*, signer_id: UUID, by: User, at: datetime, personal_number: str = "") -> CoSigner:
    """Đã ký trên giấy tại quầy: the clerk has seen the person and the signed paper.

    `personal_number`: as it stands on the paper that was seen; then they follow the dossier on line like who agreed by
    an account. Raises Forbidden, NotInvited, InvalidInput, AnotherName.
    """
    draft, signer = _invitation(signer_id, at)
    access_of(by, at).require(Permission.RECEIVE, draft.offering.receiving_agency_id)
    person = _person_seen(signer, personal_number, by, at) if tidy(personal_number) else None
    content = content_of(draft)
    if not (signer.state == State.AGREED and signer.content == content):
        signer.applicant, signer.witness = None, by
        signer = _agreed(draft, signer, content, actor_id=by.pk, at=at)
    return _known(signer, person, by, at) if person else signer


@transaction.atomic
def know_signer(*, signer_id: UUID, personal_number: str, by: User, at: datetime) -> CoSigner:
    """Ghi số định danh của người đã ký trên giấy, also when it is filed already: they follow it on line from then on.

    Raises NotInvited (nobody who agreed on paper), Forbidden, InvalidInput, AnotherName.
    """
    signer = CoSigner.objects.select_for_update(of=("self",)).filter(pk=signer_id, state=State.AGREED).first()
    if signer is None or signer.witness_id is None:
        raise NotInvited("Người này chưa đồng ý trên giấy, nên chưa ghi được.")
    access_of(by, at).require(Permission.RECEIVE, signer.draft.offering.receiving_agency_id)
    return _known(signer, _person_seen(signer, personal_number, by, at), by, at)


def _person_seen(signer: CoSigner, personal_number: str, by: User, at: datetime) -> Applicant:
    """The person by the number on the paper before the clerk, which is the number that was invited."""
    try:
        number = checks.personal_number(tidy(personal_number), on=local_date(at))
    except DomainError as refusal:
        raise InvalidInput({"personal_number": refusal.message}) from None
    if number != signer.person["personal_number"]:
        said = f"Số này khác số người mời đã ghi ({signer.masked_number}). Hãy xem lại giấy tờ"
        raise InvalidInput({"personal_number": f"{said}; người mời ghi sai thì họ mời lại đúng số."})
    return find_or_create_applicant(ApplicantInput(name=signer.name, personal_number=number), by=by, at=at)


def _known(signer: CoSigner, person: Applicant, by: User, at: datetime) -> CoSigner:
    if signer.applicant_id == person.pk:
        return signer
    signer.applicant = person
    signer.save(update_fields=["applicant"])
    events.record(SignerKnown(subject_id=signer.draft_id, actor_id=by.pk, at=at, signer=signer.pk))
    return signer


def _agreed(draft: Draft, signer: CoSigner, content: str, *, actor_id: UUID, at: datetime) -> CoSigner:
    if signer.state == State.AGREED and signer.content == content:
        return signer
    signer.state, signer.content, signer.reason, signer.answered_at = State.AGREED, content, "", at
    signer.save()
    events.record(
        SignerAgreed(
            subject_id=draft.pk,
            actor_id=actor_id,
            at=at,
            signer=signer.pk,
            content=content,
            is_on_paper=signer.witness_id is not None,
        )
    )
    is_last = not signer_faults(draft, at)
    then = "Mọi người đã đồng ý, bạn nộp được hồ sơ." if is_last else ""
    _tell_owner(draft, f"{signer.name} đã đồng ý cùng đứng tên. {then}", at)
    return signer


@transaction.atomic
def decline(who: Answering, *, reason: str, at: datetime) -> CoSigner:
    """Không đồng ý, with the reason; who prepares the draft is told. Raises NotInvited, InvalidInput."""
    draft, signer = _invitation(who.signer_id, at)
    if not is_meant(signer, who.applicant):
        raise NotInvited("Lời mời này dành cho người khác. Hãy đăng nhập bằng tài khoản của người được mời.")
    said = tidy(reason)[:LONGEST_REASON]
    if not said:
        raise InvalidInput({"reason": "Hãy ghi lý do, để người mời biết phải sửa gì."})
    signer.state, signer.reason, signer.answered_at = State.DECLINED, said, at
    signer.applicant = signer.witness = None
    signer.content = ""
    signer.save()
    events.record(
        SignerDeclined(subject_id=draft.pk, actor_id=who.account_id, at=at, signer=signer.pk, reason=said)
    )
    _tell_owner(draft, f"{signer.name} không đồng ý cùng đứng tên: {said}.", at)
    return signer


@transaction.atomic
def take_back_agreements(*, draft_id: UUID, at: datetime) -> int:
    """Nội dung đã đổi: who has agreed to something else is asked again, and told. Returns how many."""
    draft = Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id, ended_at=None).first()
    if draft is None:
        return 0
    content = content_of(draft)
    changed = [one for one in draft.cosigners.filter(state=State.AGREED) if one.content != content]
    for signer in changed:
        signer.state, signer.content, signer.answered_at = State.INVITED, "", None
        signer.applicant = signer.witness = None
        signer.save()
        _tell(signer, "đã sửa nội dung bạn đồng ý trước đó. Hãy xem lại và trả lời", at)
    if changed:
        keys = [signer.pk for signer in changed]
        events.record(
            AgreementsTakenBack(subject_id=draft.pk, actor_id=draft.account_id, at=at, signers=keys)
        )
    return len(changed)


def answers_changed(event: Event) -> None:
    """Tờ khai vừa lưu: listens to the forms."""
    assert isinstance(event, AnswersSaved | AnswersMovedOn)  # noqa: S101  as the table of subscriptions says
    draft = Draft.objects.filter(dossier_key=event.about, ended_at=None, signers__gt=0).first()
    if draft is not None:
        take_back_agreements(draft_id=draft.pk, at=event.at)


@transaction.atomic(savepoint=False)
def name_in_filing(*, draft: Draft, filing: Filing, at: datetime) -> None:
    """Ghi người cùng đứng tên in the ledger of the filing, with the act that files it."""
    if not draft.signers:
        return
    told = [
        {"name": one.name, "how": one.how, "at": one.answered_at.isoformat() if one.answered_at else ""}
        for one in draft.cosigners.all()
    ]
    events.record(FilingCoSigned(subject_id=filing.pk, actor_id=draft.account_id, at=at, signers=told))


def _invitation(signer_id: UUID, at: datetime) -> tuple[Draft, CoSigner]:
    """Lock the draft and its invitation. Raises NotInvited."""
    signer = CoSigner.objects.filter(pk=signer_id).first()
    draft = (
        Draft.objects.select_for_update(of=("self",)).filter(pk=signer.draft_id, ended_at=None).first()
        if signer
        else None
    )
    if signer is None or draft is None or draft.is_over(at):
        raise NotInvited(
            "Lời mời này không còn dùng được: hồ sơ đã nộp, đã xóa, hoặc bạn không còn được mời."
        )
    return draft, CoSigner.objects.select_for_update().get(pk=signer.pk)


def _open(draft_id: UUID) -> Draft:
    draft = Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id, ended_at=None).first()
    if draft is None:
        raise NotInvited("Hồ sơ này đã nộp hoặc đã xóa, nên không mời thêm được.")
    return draft


def address_of(signer: CoSigner) -> str:
    """Trang trả lời lời mời."""
    return f"{settings.SITE_URL}/dong-y/{signer.code}/"


def _tell(signer: CoSigner, words: str, at: datetime) -> None:
    """Báo người được mời: who asks, for what, where and until when."""
    draft, person = signer.draft, signer.person
    asks = draft.owner.get("name", "") or "Người chuẩn bị hồ sơ"
    tell(
        subject_id=draft.pk,
        code=signer.shown_code,
        kind="CO_SIGN",
        to=Addressee(person["name"], person["email"], person["phone"], signer.applicant_id),
        title=f"Hồ sơ {draft.revision.name}: cần bạn trả lời"[:200],
        text=f"{asks} {words} hồ sơ {draft.revision.name}: {address_of(signer)} (mã mời {signer.shown_code}). "
        f"Lời mời dùng được đến {local(draft.expires_at):%d/%m/%Y}.",
        by=None,
        at=at,
        is_tracked=False,
    )


def _tell_owner(draft: Draft, words: str, at: datetime) -> None:
    who = draft.helper or draft.owner
    tell(
        subject_id=draft.pk,
        code=draft.shown_code,
        kind="CO_SIGN",
        to=Addressee(who.get("name", ""), who.get("email", ""), who.get("phone", ""), draft.applicant_id),
        title=f"Bản nháp {draft.shown_code}: người cùng đứng tên đã trả lời",
        text=f"Bản nháp {draft.shown_code} ({draft.revision.name}): {tidy(words)}",
        by=None,
        at=at,
        is_tracked=False,
    )
