"""Xác thực kết quả: what is said to whoever asks whether a paper is good. It names nobody in full."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from motcua.core.time import local, local_date
from motcua.service.dossiers.states import State as DossierState
from motcua.service.results import paper_ids
from motcua.service.results.codes import in_address
from motcua.service.results.models import (
    IssuedResult,
    IssuedResultQuerySet,
    IssuerKey,
    PaperCopy,
    ResultCheck,
)
from motcua.service.results.operations.keys import public_key
from motcua.service.results.payload import Claim, NotOurs, is_signed_by, read, short_name


class Kind(StrEnum):
    """Kết luận."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    REPLACED = "REPLACED"
    REVOKED = "REVOKED"
    PENDING = "PENDING"
    ALTERED = "ALTERED"
    FORGED = "FORGED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Verdict:
    """Trả lời người hỏi. `way` is how it was asked; `issued` None: nothing of ours; `copy`: on paper."""

    kind: Kind
    sentence: str
    way: str
    issued: IssuedResult | None = None
    claim: Claim | None = None
    details: tuple[str, ...] = field(default=())
    copy: PaperCopy | None = None

    @property
    def is_good(self) -> bool:
        return self.kind == Kind.VALID

    @property
    def holder(self) -> str:
        return short_name(self.issued.dossier.applicant_name) if self.issued else ""


def check_text(text: str, *, at: datetime) -> Verdict:
    """What was typed, pasted or scanned: a paper's id or the content of a QR code."""
    wanted = in_address(text)
    if paper_id := paper_ids.tidied(wanted):
        return _of_id(paper_id, ResultCheck.Way.ID, at)
    try:
        claim, body, signature = read(wanted)
    except NotOurs:
        return Verdict(
            Kind.UNKNOWN,
            "Mã này không đúng. Hãy xem lại mã giấy in cạnh mã QR, có dạng KQ26-XXXX-XXXX.",
            "ID",
        )
    key = IssuerKey.objects.filter(pk=claim.key_id).first()
    if key is None or key.is_compromised or not is_signed_by(body, signature, public_key(key)):
        return Verdict(Kind.FORGED, "Mã QR này không do cơ quan của tỉnh phát hành.", "CODE")
    return _of_id(claim.paper_id, ResultCheck.Way.CODE, at, claim)


def check_file(content: bytes, *, at: datetime) -> Verdict:
    """An uploaded file: a PDF that is ours to the last byte, ours and altered, or not ours; a photograph of a QR code."""
    from motcua.foundation.signing.validating import validate
    from motcua.service.results.scanning import codes_in

    way = ResultCheck.Way.FILE
    issued = _with_names().filter(sha256=hashlib.sha256(content).hexdigest()).first()
    report = validate(content, at=at)
    details = tuple(f"{one.signer}: {one.sentence}" for one in report.signatures)
    if issued:
        return _known(issued, way, at, details=details)
    if report.is_altered:
        return Verdict(
            Kind.ALTERED,
            "Tệp đã bị sửa sau khi ký, đừng dùng. Hãy xin chủ giấy tờ bản gốc.",
            way,
            details=details,
        )
    if report.is_signed:
        sentence = (
            "Chữ ký số trong tệp còn nguyên, nhưng tệp không phải kết quả do hệ thống này phát hành."
            if report.is_good
            else "Tệp không do hệ thống này phát hành, và chữ ký số trong tệp không được tin cậy."
        )
        return Verdict(Kind.UNKNOWN, sentence, way, details=details)
    if codes := codes_in(content):
        return _of_copy(check_text(codes[0], at=at))
    sentence = (
        "Tệp này không phải bản do hệ thống phát hành: không có chữ ký số và không thấy mã QR nào."
        if report.is_pdf
        else "Không thấy mã QR trong ảnh. Hãy chụp lại cho mã QR nằm gọn, đủ sáng, không nhòe; hoặc nhập mã giấy."
    )
    return Verdict(Kind.UNKNOWN, sentence, way)


def _of_copy(verdict: Verdict) -> Verdict:
    """A picture proves its code, not what stands around it."""
    if verdict.issued is None:
        return verdict
    return replace(
        verdict,
        details=(
            "Đây là bản chụp: hãy so tên, số và ngày trên giấy với phần dưới đây, vì chữ quanh mã QR có thể bị sửa.",
        ),
    )


def _known(
    issued: IssuedResult | None,
    way: str,
    at: datetime,
    claim: Claim | None = None,
    details: tuple[str, ...] = (),
) -> Verdict:
    if issued is None:
        return Verdict(Kind.UNKNOWN, "Không có giấy nào mang mã này.", way, claim=claim)
    kind, sentence = _said(issued, at)
    return Verdict(kind, sentence, way, issued, claim, details)


def _said(issued: IssuedResult, at: datetime) -> tuple[Kind, str]:
    if issued.state == IssuedResult.State.REVOKED and issued.ended_at:
        return Kind.REVOKED, (
            f"Giấy đã bị thu hồi ngày {local_date(issued.ended_at):%d/%m/%Y} theo quyết định số {issued.decision_number}: "
            f"{issued.ended_reason}"
        )
    if issued.state == IssuedResult.State.REPLACED and issued.ended_at:
        by = getattr(issued, "replaced_by", None)
        then = f" bằng giấy {by.paper_id}, số {by.number}" if by else ""
        return (
            Kind.REPLACED,
            f"Giấy đã được thay ngày {local_date(issued.ended_at):%d/%m/%Y}{then}. Hãy dùng bản mới.",
        )
    if issued.is_expired_on(local_date(at)):
        return (
            Kind.EXPIRED,
            f"Giấy do {issued.agency.name} cấp, đã hết hạn ngày {issued.valid_until:%d/%m/%Y}.",
        )
    if issued.published_at is None:
        return Kind.PENDING, f"{issued.agency.name} đã ban hành giấy này, bản điện tử đang được ký số."
    mended = (
        " Cơ quan đã ghi nhận giấy có sai sót và đang sửa; hãy hỏi lại trước khi dùng."
        if issued.dossier.state == DossierState.CORRECTING
        else ""
    )
    if issued.is_certified_copy:
        return Kind.VALID, (
            f"Bản sao chứng thực do {issued.agency.name} chứng thực đúng với bản chính ngày {issued.issued_on:%d/%m/%Y}, "
            "đang có giá trị. Bản chính có thể đã thay đổi sau ngày đó."
        )
    return Kind.VALID, f"Giấy do {issued.agency.name} cấp, đang có hiệu lực.{mended}"


def _of_id(paper_id: str, way: str, at: datetime, claim: Claim | None = None) -> Verdict:
    """The paper of that id; the id of a paper copy leads to its electronic original, whose state is the answer."""
    if issued := _with_names().filter(paper_id=paper_id).first():
        return _known(issued, way, at, claim)
    copy = PaperCopy.objects.select_related("agency").filter(paper_id=paper_id).first()
    if copy is None:
        return _known(None, way, at, claim)
    verdict = _known(_with_names().get(pk=copy.issued_id), way, at, claim)
    told = (
        f"Bản giấy thứ {copy.number}, {copy.agency.name} in từ bản điện tử lúc "
        f"{local(copy.printed_at):%H:%M ngày %d/%m/%Y}. "
        "Hãy so từng mục trên giấy với phần dưới đây, vì chữ quanh mã QR có thể bị sửa."
    )
    return replace(verdict, copy=copy, details=(told,))


def _with_names() -> IssuedResultQuerySet:
    return IssuedResult.objects.select_related("agency", "dossier", "replaced_by")
