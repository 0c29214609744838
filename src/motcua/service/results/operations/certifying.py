"""Chứng thực bản sao điện tử từ bản chính: compared at the counter, certified by who signs, sealed by the agency.

Whatever bars it is a coded reason. The number comes from the agency's book of the year at the moment of signing; the
signatures follow by the worker, as for every result. Legal: ND45-2020 Đ10; ND23-2015 Đ20, Đ22
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.core.ids import new_id
from motcua.core.text import tidy
from motcua.core.time import local, local_date
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import attach, store
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.foundation.signing.making import signed_fields
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.documents import bytes_of
from motcua.foundation.signing.refusals import NoCertificate
from motcua.service.dossiers.models import Dossier
from motcua.service.paperwork.gathering import is_certification
from motcua.service.paperwork.naming import letterhead, standing_of
from motcua.service.results.events import (
    CertificationDropped,
    CertificationPrepared,
    CertificationPreparedAgain,
    CertificationRefused,
    CertificationSentBack,
    CopyCertified,
)
from motcua.service.results.models import Certification, CertificationBar, IssuedResult
from motcua.service.results.operations.charging import charge_again, charge_for, charge_no_more
from motcua.service.results.paper_ids import new_paper_id
from motcua.service.results.reacting import ask
from motcua.service.results.statement import Statement, with_statement

PREFIX = "CT"
MOST_PAGES = 300
NOT_THIS_FIELD = "Chỉ chứng thực bản sao trong hồ sơ của thủ tục thuộc lĩnh vực Chứng thực."
NOT_TO_SIGN = "Bản sao này không còn chờ ký. Hãy tải lại trang."
State = Certification.State


@dataclass(frozen=True, kw_only=True)
class Original:
    """Bản chính, as the officer has it in hand."""

    title: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None


@transaction.atomic
def prepare(
    *, certification_id: UUID, dossier_id: UUID, original: Original, document_id: UUID, is_compared: bool, by: User,
    at: datetime, is_charged: bool = False,
) -> Certification:  # fmt: skip
    """Đối chiếu bản chính: the officer says that the scan is the original, to the letter. Same id again: the same.

    `is_charged`: what the rule asks for each page is owed at once.

    Raises Forbidden, InvalidInput, Stale, UnsignablePdf.
    """
    dossier = Dossier.objects.lock(dossier_id)
    _require_officer(dossier, by, at)
    if known := presented(certification_id, dossier.pk):
        return known
    _refuse_unclear(original, at, is_compared=is_compared)
    scan = _scan_of(dossier, document_id, by)
    made = Certification(id=certification_id, dossier=dossier, agency_id=dossier.agency_id)
    _put(made, original, by, at, scan)
    made.save(force_insert=True)
    if is_charged:
        charge_for(made, by=by, at=at)
    events.record(CertificationPrepared(**_prepared(made, by, at)))
    return made


@transaction.atomic
def prepare_again(
    *, certification_id: UUID, original: Original, is_compared: bool, by: User, at: datetime,
    document_id: UUID | None = None,
) -> Certification:  # fmt: skip
    """Làm lại, trình lại what the signer has sent back; without a new document the scan stays. Pressed twice, once.

    What is owed for it follows its pages. Raises Forbidden, InvalidInput, Stale, UnsignablePdf.
    """
    made = _locked(certification_id)
    _require_officer(made.dossier, by, at)
    if made.state == State.PREPARED:
        return made
    _require_sent_back(made)
    _refuse_unclear(original, at, is_compared=is_compared)
    _put(made, original, by, at, _scan_of(made.dossier, document_id, by) if document_id else made.scan)
    made.state, made.words, made.sent_back_by, made.sent_back_at = State.PREPARED, "", None, None
    made.save()
    charge_again(made, by=by, at=at)
    events.record(CertificationPreparedAgain(**_prepared(made, by, at)))
    return made


@transaction.atomic
def drop(*, certification_id: UUID, words: str, by: User, at: datetime) -> Certification:
    """Thôi, của một bản bị trả lại: who asked for it wants it no more, and owes nothing more for it.

    Raises Forbidden, InvalidInput, Stale.
    """
    made = _locked(certification_id)
    _require_officer(made.dossier, by, at)
    if made.state == State.DROPPED:
        return made
    _require_sent_back(made)
    if not words.strip():
        raise InvalidInput({"words": "Hãy ghi vì sao thôi, ví dụ người yêu cầu rút."})
    made.state, made.words = State.DROPPED, words.strip()[:500]
    made.save(update_fields=["state", "words"])
    charge_no_more(made, reason="Người yêu cầu thôi chứng thực bản sao này", at=at)
    events.record(
        CertificationDropped(
            subject_id=made.dossier_id, actor_id=by.pk, at=at, certification=made.pk, words=made.words
        )
    )
    return made


@transaction.atomic
def refuse(
    *,
    certification_id: UUID,
    dossier_id: UUID,
    original: Original,
    bar_code: str,
    words: str,
    by: User,
    at: datetime,
) -> Certification:
    """Không chứng thực: by a reason of the catalogue; one that was sent back may end so too, and is owed no more.

    Raises Forbidden, InvalidInput, Stale. Legal: ND23-2015 Đ22
    """
    dossier = Dossier.objects.lock(dossier_id)
    _require_officer(dossier, by, at)
    known = (
        Certification.objects.select_for_update(of=("self",))
        .filter(pk=certification_id, dossier=dossier)
        .first()
    )
    if known and known.state == State.REFUSED:
        return known
    if known:
        _require_sent_back(known)
    wrong = _wrong(original, at)
    bar = CertificationBar.objects.valid_on(local_date(at)).filter(code=bar_code).first()
    if bar is None:
        wrong["bar"] = "Hãy chọn vì sao không được chứng thực."
    if bar is None or wrong:
        raise InvalidInput(wrong)
    made = known or Certification(id=certification_id, dossier=dossier, agency_id=dossier.agency_id)
    _put(made, original, by, at, made.scan)
    made.state, made.bar, made.words = State.REFUSED, bar, words.strip()[:500]
    made.save()
    charge_no_more(made, reason="Không chứng thực bản sao này", at=at)
    events.record(
        CertificationRefused(
            subject_id=dossier.pk, actor_id=by.pk, at=at, title=made.title, bar=bar.code, words=made.words
        )
    )
    return made


@transaction.atomic
def certify(*, certification_id: UUID, by: User, at: datetime) -> Certification:
    """Ký chứng thực: number, statement and id now; both signatures by the worker, the signer's first.

    Pressed twice it certifies once. Raises Forbidden, NoCertificate, Stale, UnsignablePdf.
    """
    made = _locked(certification_id)
    access_of(by, at).require(Permission.SIGN, made.agency_id)
    if made.state == State.CERTIFIED:
        return made
    if made.state != State.PREPARED or made.scan is None:
        raise Stale(NOT_TO_SIGN)
    signer = SigningIdentity.objects.of_officer(by.pk, at)
    seal = SigningIdentity.objects.of_agency(made.agency_id, at)
    if signer is None or seal is None:
        who = by.full_name if signer is None else made.agency.name
        raise NoCertificate(
            f"{who} chưa có chứng thư số còn hiệu lực nên chưa chứng thực bản điện tử được. Hãy báo người quản trị."
        )
    made.year = local(at).year
    made.number = next_number(f"certified:{made.agency_id}:{made.year}")
    made.state, made.certified_by, made.certified_at = State.CERTIFIED, by, at
    paper_id = new_paper_id(local_date(at), prefix=PREFIX)
    content = with_statement(bytes_of(made.scan), _statement(made, paper_id, by, at))
    made.composed = store(
        io.BytesIO(content),
        name=f"ban-sao-chung-thuc-{paper_id}.pdf",
        by=by,
        at=at,
        subject_id=made.dossier_id,
    )
    made.issued = IssuedResult.objects.create(
        id=new_id(), paper_id=paper_id, kind=IssuedResult.Kind.CERTIFIED, dossier=made.dossier,
        holder_id=made.dossier.applicant_id, agency=made.agency, name=f"Bản sao chứng thực: {made.title}",
        number=made.code, issued_on=local_date(at), issued_at=at, document=made.composed,
    )  # fmt: skip
    made.save()
    ask(made.dossier_id, signer, made.composed.pk, by.pk, at)
    ask(made.dossier_id, seal, made.composed.pk, by.pk, at, issued=made.issued)
    events.record(
        CopyCertified(
            subject_id=made.dossier_id, actor_id=by.pk, at=at, certification=made.pk, paper_id=paper_id, code=made.code,
            title=made.title,
        )
    )  # fmt: skip
    return made


@transaction.atomic
def send_back(*, certification_id: UUID, words: str, by: User, at: datetime) -> Certification:
    """Trả lại người đối chiếu, with the reason. Raises Forbidden, InvalidInput, Stale."""
    made = _locked(certification_id)
    access_of(by, at).require(Permission.SIGN, made.agency_id)
    if not words.strip():
        raise InvalidInput({"words": "Hãy ghi vì sao trả lại."})
    if made.state != State.PREPARED:
        raise Stale(NOT_TO_SIGN)
    made.state, made.words = State.SENT_BACK, words.strip()[:500]
    made.sent_back_by, made.sent_back_at = by, at
    made.save(update_fields=["state", "words", "sent_back_by", "sent_back_at"])
    events.record(
        CertificationSentBack(
            subject_id=made.dossier_id, actor_id=by.pk, at=at, certification=made.pk, words=made.words
        )
    )
    return made


def presented(certification_id: UUID, dossier_id: UUID) -> Certification | None:
    """Đã trình bằng khóa này; None: not yet. Raises Stale where another window has sent it back or ended it since."""
    known = Certification.objects.filter(pk=certification_id, dossier=dossier_id).first()
    if known and known.state not in {State.PREPARED, State.CERTIFIED}:
        raise Stale(NOT_TO_SIGN)
    return known


def may_prepare(dossier: Dossier, access: Access) -> bool:
    """Được đối chiếu, trình ký: in a dossier of that field of procedures, where it was received or is settled."""
    here = access.may(Permission.RECEIVE, dossier.reception_agency_id)
    return is_certification(dossier) and (here or access.may(Permission.PROCESS, dossier.agency_id))


def _require_officer(dossier: Dossier, by: User, at: datetime) -> None:
    access = access_of(by, at)
    if may_prepare(dossier, access):
        return
    if not access.may(Permission.PROCESS, dossier.agency_id):
        access.require(Permission.RECEIVE, dossier.reception_agency_id)
    raise Forbidden(NOT_THIS_FIELD)


def _require_sent_back(made: Certification) -> None:
    if made.state != State.SENT_BACK:
        raise Stale("Bản sao này không còn ở tình trạng bị trả lại. Hãy tải lại trang.")


def _refuse_unclear(original: Original, at: datetime, *, is_compared: bool) -> None:
    wrong = _wrong(original, at)
    if not is_compared:
        wrong["is_compared"] = "Hãy đối chiếu bản quét với bản chính rồi đánh dấu."
    if wrong:
        raise InvalidInput(wrong)


def _scan_of(dossier: Dossier, document_id: UUID, by: User) -> Document:
    """The scan, which is the dossier's from now on."""
    [scan] = attach(document_ids=[document_id], subject_id=dossier.pk, by=by)
    if signed_fields(bytes_of(scan)):
        raise InvalidInput(
            {"file": "Tệp này đã có chữ ký số: đó là bản điện tử, không phải bản quét của bản chính giấy."}
        )
    return scan


def _put(made: Certification, original: Original, by: User, at: datetime, scan: Document | None) -> None:
    """What was seen of the original, who has compared it, and when."""
    made.title, made.original_number = tidy(original.title)[:400], tidy(original.number)[:100]
    made.original_issuer, made.original_issued_on = tidy(original.issuer)[:300], original.issued_on
    made.compared_by, made.compared_at, made.scan = by, at, scan
    made.pages = _pages(scan) if scan else made.pages


def _prepared(made: Certification, by: User, at: datetime) -> dict[str, Any]:
    return {
        "subject_id": made.dossier_id, "actor_id": by.pk, "at": at, "certification": made.pk, "title": made.title,
        "pages": made.pages,
    }  # fmt: skip


def _wrong(original: Original, at: datetime) -> dict[str, str]:
    wrong = {}
    if not tidy(original.title):
        wrong["title"] = "Hãy ghi tên bản chính."
    if original.issued_on and original.issued_on > local_date(at):
        wrong["issued_on"] = "Ngày cấp bản chính không thể ở tương lai."
    return wrong


def _pages(scan: Document) -> int:
    import pikepdf

    with pikepdf.Pdf.open(io.BytesIO(bytes_of(scan))) as pdf:
        count = len(pdf.pages)
    if count > MOST_PAGES:
        raise InvalidInput({"file": f"Bản quét có {count} trang, nhiều nhất {MOST_PAGES}. Hãy chia ra."})
    return count


def _locked(certification_id: UUID) -> Certification:
    """The dossier is taken first, as whoever prepares or refuses does."""
    Dossier.objects.select_for_update(of=("self",)).filter(certifications=certification_id).first()
    rows = Certification.objects.select_for_update(of=("self",)).select_related(
        "dossier__revision", "agency__parent", "scan__file", "compared_by", "composed", "issued"
    )
    made = rows.filter(pk=certification_id).first()
    if made is None:
        raise Stale("Không có bản sao này. Hãy tải lại trang.")
    return made


def _statement(made: Certification, paper_id: str, by: User, at: datetime) -> Statement:
    grants = access_of(by, at).grants
    role = next(
        (one.title for one in grants if one.agency_id == made.agency_id), "Người thực hiện chứng thực"
    )
    return Statement(
        letterhead=letterhead(made.agency, at), code=made.code, book=f"{made.year}-SCT/BSĐT", certified_at=at,
        title=made.title, pages=made.pages, compared_by=made.compared_by.full_name, signer=by.full_name, role=role,
        paper_id=paper_id, standing=standing_of(made.dossier), original_number=made.original_number,
        original_issuer=made.original_issuer,
        original_issued_on=f"{made.original_issued_on:%d/%m/%Y}" if made.original_issued_on else "",
    )  # fmt: skip
