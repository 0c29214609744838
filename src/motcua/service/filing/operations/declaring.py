"""Ký số tờ khai: frozen as PDF for the answers of the draft, signed by who files with their own certificate, checked.

What came back is believed only when it is our very bytes with signatures after them, each good, one of who files. What is
changed afterwards has no signature: the draft then says something else than the row, and is signed anew.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import fold
from motcua.core.time import local
from motcua.foundation.documents import content
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.operations.storing import discard_from, store
from motcua.foundation.identity.models import Applicant
from motcua.foundation.signing import continuing
from motcua.foundation.signing.operations.keeping import forget_requests
from motcua.foundation.signing.operations.remotely import give_up
from motcua.foundation.signing.validating import PdfReport, SignatureReport, validate
from motcua.service.filing.declared import form_faults, form_of, is_declared
from motcua.service.filing.events import DeclarationSigned, DeclarationUnsigned, FilingDeclarationSigned
from motcua.service.filing.models import Draft, Filing, FrozenDeclaration
from motcua.service.filing.operations.drafting import open_draft, papers_of, person_faults, saved
from motcua.service.filing.operations.submitting import FiledPart
from motcua.service.forms.asking import answers_of
from motcua.service.forms.definition import OwnSignature
from motcua.service.paperwork.declaring import declaration_pdf

LARGEST = (
    20 * 1024 * 1024
)  # bytes: a declaration is some tens of thousands, a signature with its proofs not many more
LENGTH = 12  # digits of a personal number
FIELD = "signed"
Match = FrozenDeclaration.Match


class NotSigned(DomainError):
    """Tệp ký chưa dùng được."""

    def __init__(self, message: str, *, field: str = FIELD) -> None:
        super().__init__(message, field=field)


@dataclass(frozen=True)
class Signatory:
    """Người phải ký: who files, by name and number."""

    name: str
    number: str
    is_organisation: bool = False


def signature_asked(draft: Draft, at: datetime) -> OwnSignature:
    """Tờ khai của bản nháp có phải ký số không, by the form in force."""
    version = form_of(draft, at)
    return version.definition.signature if version else OwnSignature.NONE


def signatory_of(draft: Draft) -> Signatory:
    """Ai nộp thì ký: the agent of a mandate, who files for a relative, else whose dossier it is."""
    if draft.acting == Draft.Acting.MANDATE and draft.mandate:
        return _known(draft.mandate.agent)
    typed = draft.helper if draft.acting == Draft.Acting.RELATIVE else draft.owner
    is_firm = typed.get("kind") == Applicant.Kind.ORGANISATION
    number = typed.get("tax_code" if is_firm else "personal_number", "")
    return Signatory(typed.get("name", ""), _digits(number), is_firm)


def _known(person: Applicant) -> Signatory:
    is_firm = person.kind == Applicant.Kind.ORGANISATION
    return Signatory(person.name, _digits(person.tax_code if is_firm else person.personal_number), is_firm)


def signatories(draft: Draft, hand: Applicant | None) -> list[Signatory]:
    """Ai ký thì được: who files, and the person who acts for an organisation (`hand`)."""
    return [signatory_of(draft), *([_known(hand)] if hand else [])]


def declared_content(draft: Draft) -> str:
    """Dấu của tờ khai: of all that it says; another when anything of it changes."""
    answers, who = answers_of(draft.dossier_key), signatory_of(draft)
    told: dict[str, Any] = {
        "version": str(answers.version_id) if answers else "",
        "answers": answers.data if answers else {},
        "to": draft.offering_id,
        "who": [who.name, who.number],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def declaration_here(draft: Draft) -> FrozenDeclaration | None:
    """Tờ khai để ký của nội dung hiện nay; None: none was made, or it says something else by now."""
    rows = draft.declarations.select_related("document__file", "signed__file")
    return rows.filter(content=declared_content(draft)).first()


def outdated_signature(draft: Draft) -> FrozenDeclaration | None:
    """Bản đã ký mà nội dung đã sửa, the latest."""
    rows = draft.declarations.filter(signed__isnull=False).exclude(content=declared_content(draft))
    return rows.order_by("-checked_at").first()


def declaration_faults(draft: Draft, at: datetime) -> dict[str, str]:
    """Tờ khai phải ký mà chưa ký, or signed before it was changed."""
    if signature_asked(draft, at) != OwnSignature.MUST:
        return {}
    here = declaration_here(draft)
    if here and here.signed_id:
        return {}
    if outdated_signature(draft):
        return {"declaration": "Tờ khai đã sửa sau khi ký số nên chữ ký không còn dùng được. Hãy ký lại."}
    return {"declaration": "Tờ khai của thủ tục này phải được người nộp ký số. Hãy ký rồi nộp."}


@transaction.atomic
def freeze_declaration(*, draft_id: UUID, at: datetime) -> FrozenDeclaration:
    """Lập tờ khai để ký: the same content is one file, however often it is asked for. Raises NoSuchDraft, InvalidInput."""
    draft = open_draft(draft_id)
    if wrong := {**person_faults(draft, at), **form_faults(draft, at)}:
        raise InvalidInput(wrong)
    answers = answers_of(draft.dossier_key)
    if answers is None or signature_asked(draft, at) == OwnSignature.NONE:
        raise DomainError("Thủ tục này không có tờ khai để ký số.")
    if earlier := declaration_here(draft):
        return earlier
    made = declaration_pdf(
        answers, addressee=draft.offering.agency.name, signer=signatory_of(draft).name, at=at
    )
    document = store(
        io.BytesIO(continuing.with_room(made)), name=f"to-khai-{local(at):%Y%m%d-%H%M}.pdf", by=None, at=at,
        subject_id=draft.dossier_key, facts=PaperFacts(title=_title(answers.version.form.name)),
    )  # fmt: skip
    saved(draft, at)
    return FrozenDeclaration.objects.create(
        draft=draft, content=declared_content(draft), document=document, frozen_at=at
    )


def bytes_of(declaration: FrozenDeclaration) -> bytes:
    """Tờ khai để ký, as it was made: our own file, which no scan of viruses holds up."""
    with content.opened(declaration.document.file.sha256) as stream:
        return stream.read()


def keep_signed(
    *,
    draft_id: UUID,
    upload: IO[bytes] | File[bytes],
    name: str,
    at: datetime,
    hand: Applicant | None = None,
) -> FrozenDeclaration:
    """Nhận tờ khai đã ký: everything about the signature is looked at before anything is kept.

    `hand`: the person who acts for an organisation, whose own signature stands for it. Raises NotSigned, RefusedFile,
    InvalidInput, NoSuchDraft.
    """
    draft = Draft.objects.select_related("mandate__agent", "offering").get(pk=draft_id)
    frozen = declaration_here(draft)
    if frozen is None:
        raise NotSigned("Tờ khai vừa được sửa. Hãy lập và tải bản mới ở trang này, ký lại rồi gửi.")
    given = upload.read(LARGEST + 1)
    if len(given) > LARGEST:
        raise NotSigned("Tệp quá lớn so với tờ khai tải từ đây. Hãy gửi đúng tệp phần mềm ký vừa lưu.")
    _refuse_other(draft, frozen, given)
    report = validate(given, at=at)
    found, match = of_who_files(report, signatories(draft, hand))
    return keep_checked(
        draft_id=draft.pk, frozen=frozen, given=given, name=name, found=found, match=match, at=at
    )


def _refuse_other(draft: Draft, frozen: FrozenDeclaration, given: bytes) -> None:
    """Chỉ nhận đúng tờ khai này, signed and otherwise untouched."""
    ours = bytes_of(frozen)
    if given == ours:
        raise NotSigned(
            "Tệp này chưa ký. Hãy mở tờ khai bằng phần mềm ký số, ký, rồi gửi tệp phần mềm lưu ra."
        )
    if continuing.is_encrypted(given):
        raise NotSigned(
            "Tệp đặt mật khẩu nên không kiểm tra được. Hãy ký lại tờ khai tải từ đây, không chọn đặt mật khẩu."
        )
    if continuing.goes_on(ours, given):
        return
    olds = draft.declarations.exclude(pk=frozen.pk).select_related("document__file")
    if any(continuing.goes_on(bytes_of(old), given) for old in olds):
        raise NotSigned(
            "Tệp này ký trên tờ khai trước khi bạn sửa. Hãy tải bản mới ở trang này, ký lại rồi gửi."
        )
    if continuing.is_same_document(ours, given):
        raise NotSigned(
            "Tệp không còn đúng từng byte tờ khai bạn tải về: nội dung đã bị sửa, hoặc phần mềm ký đã ghi lại cả tệp. "
            "Hãy tải lại tờ khai, chọn kiểu “ký tiếp” (giữ nguyên tệp, chỉ thêm chữ ký) hoặc dùng phần mềm ký khác."
        )
    raise NotSigned(
        "Đây không phải tờ khai tải từ trang này. Hãy tải tờ khai ở trang này, ký chính tệp đó rồi gửi lại."
    )


def of_who_files(report: PdfReport, who: list[Signatory]) -> tuple[SignatureReport, str]:
    """The signature of who files, after every signature of the file was found good. Raises NotSigned."""
    if not report.is_signed:
        raise NotSigned(
            "Tệp chưa có chữ ký số. Ảnh chữ ký hay chữ viết tay trên màn hình không phải chữ ký số; "
            "hãy ký bằng chứng thư số của bạn rồi gửi lại."
        )
    refuse_faulty(report)
    for one in report.signatures:
        if match := match_of(one.signer, one.numbers, who):
            return one, match
    signers = ", ".join(one.signer for one in report.signatures)
    raise NotSigned(f"Chữ ký là của {signers}, còn người nộp là {who[0].name}. {own_certificate(who[0])}")


def own_certificate(person: Signatory) -> str:
    """Điều phải làm when somebody else's certificate was brought."""
    written = "ghi mã số thuế của tổ chức" if person.is_organisation else "ghi đúng số định danh"
    return (
        f"{person.name} phải tự ký bằng chứng thư của mình, {written}. "
        "Nếu người khác nộp thay, hãy sửa ở bước Người nộp rồi ký lại."
    )


def refuse_faulty(report: PdfReport) -> None:
    """Mọi chữ ký đều tốt. Raises NotSigned."""
    for one in report.signatures:
        if fault := _fault(one):
            raise NotSigned(fault)


def _fault(one: SignatureReport) -> str:
    """Điều làm một chữ ký không dùng được, with what to do; "" when it is good."""
    if not one.is_intact or one.is_changed_after:
        return "Tệp đã bị sửa sau khi ký, nên chữ ký không còn giá trị. Hãy tải lại tờ khai, ký rồi gửi ngay tệp ấy."
    if one.is_revoked:
        return f"Chứng thư số của {one.signer} đã bị thu hồi. Hãy ký lại bằng chứng thư còn hiệu lực."
    if one.is_expired and one.valid_to:
        return (
            f"Chứng thư số của {one.signer} ngoài thời hạn (đến {one.valid_to:%d/%m/%Y}). "
            "Hãy gia hạn ở nơi cấp rồi ký lại."
        )
    if one.is_weak:
        return (
            f"Phần mềm đã ký bằng thuật toán lỗi thời (như SHA-1) nên chữ ký của {one.signer} không còn tin được. "
            "Hãy chọn SHA-256 trong phần mềm ký rồi ký lại."
        )
    if not one.is_trusted:
        return (
            f"Chứng thư số của {one.signer} không do nơi được tin cậy cấp (nơi cấp: {one.issuer}). "
            "Hãy ký bằng chứng thư của tổ chức được cấp phép."
        )
    return ""


def match_of(signer: str, numbers: Sequence[str], who: Sequence[Signatory]) -> str:
    """Chữ ký của một trong những người này: by the number; by the name alone only where the certificate names no personal
    number.
    """
    names_a_person = any(len(number) == LENGTH for number in numbers)
    for person in who:
        if person.number and person.number in numbers:
            return Match.NUMBER
        if not (person.is_organisation or names_a_person) and fold(signer) == fold(person.name):
            return Match.NAME
    return ""


@transaction.atomic
def keep_checked(
    *,
    draft_id: UUID,
    frozen: FrozenDeclaration,
    given: bytes,
    name: str,
    found: SignatureReport,
    match: str,
    at: datetime,
) -> FrozenDeclaration:
    """Giữ tờ khai đã ký, of which everything else was looked at; a request on a phone is over with it.

    Raises NotSigned, NoSuchDraft.
    """
    draft = open_draft(draft_id)
    if not continuing.adds_signatures_alone(bytes_of(frozen), given):
        raise NotSigned(
            "Tờ khai đã bị thêm hoặc sửa nội dung trước khi ký. Hãy tải lại tờ khai, chỉ ký mà không sửa, rồi gửi."
        )
    if declared_content(draft) != frozen.content:
        raise NotSigned("Tờ khai vừa được sửa. Hãy lập và tải bản mới ở trang này, ký lại rồi gửi.")
    row = FrozenDeclaration.objects.select_for_update().get(pk=frozen.pk)
    former = row.signed_id
    row.signed = store(
        io.BytesIO(given), name=name or "to-khai-da-ky.pdf", by=None, at=at, subject_id=draft.dossier_key,
        facts=PaperFacts(title=row.document.title),
    )  # fmt: skip
    row.signer, row.issuer, row.serial = found.signer[:250], found.issuer[:250], found.serial[:64]
    row.match, row.signed_at, row.is_time_proven = match, found.signed_at, found.is_time_proven
    row.checked_at = at
    row.save()
    give_up(key=row.pk, at=at)
    if former:
        discard_from(document_id=former, subject_id=draft.dossier_key, at=at, actor_id=draft.account_id)
    saved(draft, at)
    events.record(
        DeclarationSigned(
            subject_id=draft.pk, actor_id=draft.account_id, at=at, signer=row.signer, serial=row.serial,
            content=row.content, matched=match,
        )
    )  # fmt: skip
    return row


@transaction.atomic
def drop_signed(*, draft_id: UUID, at: datetime) -> None:
    """Bỏ bản đã ký, to sign again or not at all. Raises NoSuchDraft."""
    draft = open_draft(draft_id)
    row = declaration_here(draft)
    if row is None or row.signed_id is None:
        return
    former = row.signed_id
    row.signed = row.signed_at = row.checked_at = None
    row.signer = row.issuer = row.serial = row.match = ""
    row.save()
    discard_from(document_id=former, subject_id=draft.dossier_key, at=at, actor_id=draft.account_id)
    saved(draft, at)
    events.record(
        DeclarationUnsigned(subject_id=draft.pk, actor_id=draft.account_id, at=at, content=row.content)
    )


def forget_declarations(draft: Draft, at: datetime, *, but: FrozenDeclaration | None = None) -> None:
    """Bỏ các bản để ký, with their files; part of the act that ends the draft."""
    rows = draft.declarations.exclude(pk=but.pk) if but else draft.declarations.all()
    if but:
        give_up(key=but.pk, at=at)
    forget_requests(row.pk for row in rows)
    for row in rows:
        files = [key for key in (row.document_id, row.signed_id) if key]
        row.delete()
        for key in files:
            discard_from(document_id=key, subject_id=draft.dossier_key, at=at, actor_id=draft.account_id)


def settle_declaration(draft: Draft, at: datetime) -> FrozenDeclaration | None:
    """Chốt tờ khai đã ký: what the filing or dossier goes with; the others and their files go."""
    here = declaration_here(draft)
    here = here if here and here.signed_id else None
    forget_declarations(draft, at, but=here)
    return here


def with_signed(parts: list[FiledPart], draft: Draft) -> list[FiledPart]:
    """Giấy tờ sẽ nộp, with the signed declaration in the place of its paper, or before all where there is none."""
    here = declaration_here(draft)
    if here is None or here.signed is None:
        return parts
    answers = answers_of(draft.dossier_key)
    papers = {paper.pk for paper in papers_of(draft) if is_declared(answers, paper)}
    signed, note = here.signed.pk, f"Tờ khai điện tử, {here.signer} đã ký số"
    for place, part in enumerate(parts):
        if part.paper_id in papers:
            taken = FiledPart(part.name, part.paper_id, [signed, *part.document_ids], note=note)
            return [*parts[:place], taken, *parts[place + 1 :]]
    return [FiledPart(here.document.title or "Tờ khai", None, [signed], note=note), *parts]


@transaction.atomic
def record_in_filing(*, declaration: FrozenDeclaration, filing: Filing, at: datetime) -> None:
    """Ghi tờ khai đã ký in the ledger of the filing, with the act that files it."""
    assert declaration.signed is not None  # noqa: S101  settled
    events.record(
        FilingDeclarationSigned(
            subject_id=filing.pk, actor_id=filing.account_id, at=at, signer=declaration.signer,
            issuer=declaration.issuer, serial=declaration.serial, matched=declaration.match,
            signed_at=declaration.signed_at, is_time_proven=declaration.is_time_proven,
            sha256=declaration.signed.file.sha256,
        )
    )  # fmt: skip


def _title(name: str) -> str:
    return f"Tờ khai: {name}"[:200]


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
