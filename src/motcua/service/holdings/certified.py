"""Ký bằng chứng thư số đã đăng ký: how a digitised paper gets the officer's signature and the agency's seal.

Legal: ND118-2025 Đ17.1, Đ19.2
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from motcua.core.time import VIETNAM
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.documents import sign_document
from motcua.foundation.signing.refusals import NoCertificate, SignerUnavailable
from motcua.foundation.signing.stamping import Stamp


class CertificateSigner:
    """Người ký, as `signing.PaperSigner` asks for it: whatever certificate is good at that moment."""

    def why_not(self, *, officer: User, agency: Agency, at: datetime) -> str:
        identities = SigningIdentity.objects
        if identities.of_officer(officer.pk, at) is None:
            return _lacking(officer.full_name)
        if identities.of_agency(agency.pk, at) is None:
            return _lacking(agency.name)
        return ""

    def sign(self, *, document_id: UUID, by: User, at: datetime) -> UUID:
        """Raises SigningRefused, and what opening a file may raise."""
        identity = SigningIdentity.objects.of_officer(by.pk, at)
        return _signed(document_id, identity, by.full_name, "Số hóa đúng với bản giấy", by, at)

    def seal(self, *, document_id: UUID, agency: Agency, by: User, at: datetime) -> UUID:
        """Raises SigningRefused, and what opening a file may raise."""
        identity = SigningIdentity.objects.of_agency(agency.pk, at)
        return _signed(document_id, identity, agency.name, "Xác nhận bản số hóa", by, at)


def _signed(  # noqa: PLR0917
    document_id: UUID, identity: SigningIdentity | None, who: str, reason: str, by: User, at: datetime
) -> UUID:
    if identity is None:
        raise NoCertificate(_lacking(who))
    document = Document.objects.select_related("file").get(pk=document_id)
    try:
        signed = sign_document(
            document, identity=identity, reason=reason, place="", by=by, at=at, stamp=_stamp(who, at)
        )
    except SignerUnavailable:
        raise SignerUnavailable(
            "Máy chủ dấu thời gian hoặc dịch vụ ký số không trả lời. Hãy bấm ký lại sau ít phút."
        ) from None
    return signed.pk


def _stamp(who: str, at: datetime) -> Stamp:
    """Dấu của bản số hóa: small, at the head of its first page."""
    lines = (f"Ký số bởi: {who}", f"Thời gian ký: {at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}")
    return Stamp(lines=lines, page=0, corner="top-right", width=70, height=13)


def _lacking(who: str) -> str:
    return f"{who} chưa có chứng thư số còn hiệu lực. Hãy báo người quản trị đăng ký chứng thư số."
