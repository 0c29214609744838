"""Kiểm tra chữ ký: who has signed, when, whether anything was changed, whether the certificate was good and is trusted."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from motcua.foundation.signing import trust
from motcua.foundation.signing.aside import aside
from motcua.foundation.signing.making import AGENCY_FIELD

logger = logging.getLogger(__name__)
NUMBERED = ("user_id", "serial_number", "organization_identifier")
RUN = re.compile(r"\d[\d-]{7,}")
logging.getLogger("pyhanko.sign").setLevel(logging.ERROR)  # what it finds wrong is our answer, not our fault


@dataclass(frozen=True)
class SignatureReport:
    """Một chữ ký số, as found."""

    signer: str
    issuer: str
    is_agency: bool
    signed_at: datetime | None
    is_time_proven: bool  # a trusted time stamp says when; else it is the signer's own clock
    is_intact: bool  # what was signed is as it was
    is_changed_after: bool  # something other than a further signature was added later
    is_revoked: bool
    revoked_at: datetime | None
    is_trusted: bool
    note: str = ""
    serial: str = ""
    valid_to: datetime | None = None
    is_expired: bool = False  # the certificate is not good at the moment of the check
    is_weak: bool = False  # made by a procedure that is not trusted any more, as SHA-1
    numbers: tuple[str, ...] = ()  # of the holder, as the certificate names them, digits alone

    @property
    def is_good(self) -> bool:
        return self.is_intact and not self.is_changed_after and self.is_trusted and not self.is_revoked

    @property
    def sentence(self) -> str:
        if not self.is_intact or self.is_changed_after:
            return "Tệp đã bị sửa sau khi ký."
        if self.is_revoked:
            when = f" từ {self.revoked_at:%d/%m/%Y}" if self.revoked_at else ""
            return f"Chứng thư số đã bị thu hồi{when}."
        if self.is_expired and self.valid_to and not self.is_trusted:
            return f"Nội dung còn nguyên, nhưng chứng thư số ngoài thời hạn (đến {self.valid_to:%d/%m/%Y})."
        if self.is_weak:
            return "Chữ ký dùng thuật toán đã lỗi thời (như SHA-1) nên không còn tin được."
        if not self.is_trusted:
            return "Nội dung còn nguyên, nhưng chứng thư số không do nơi được tin cậy cấp."
        return "Chữ ký số hợp lệ, nội dung còn nguyên."


@dataclass(frozen=True)
class PdfReport:
    """Kết quả kiểm tra một tệp PDF."""

    is_pdf: bool
    signatures: tuple[SignatureReport, ...] = ()

    @property
    def is_signed(self) -> bool:
        return bool(self.signatures)

    @property
    def is_good(self) -> bool:
        return self.is_signed and all(one.is_good for one in self.signatures)

    @property
    def is_altered(self) -> bool:
        return any(not one.is_intact or one.is_changed_after for one in self.signatures)


def validate(content: bytes, *, at: datetime) -> PdfReport:
    """Kiểm tra chữ ký số của tệp as it stands at that moment; never raises for what somebody has uploaded."""
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        embedded = [] if reader.encrypted else list(reader.embedded_regular_signatures)
    except Exception:
        logger.info("A file that is no readable PDF was to be validated", exc_info=True)
        return PdfReport(is_pdf=False)
    return PdfReport(is_pdf=True, signatures=tuple(_report(one, at) for one in embedded))


def _report(embedded: EmbeddedPdfSignature, at: datetime) -> SignatureReport:
    is_agency = embedded.field_name.startswith(AGENCY_FIELD)
    try:
        signers, stamps = trust.context(moment=at), trust.context(moment=at)
        status = aside(
            lambda: validate_pdf_signature(
                embedded, signer_validation_context=signers, ts_validation_context=stamps
            )
        )
    except (SignatureValidationError, PdfError, ValueError, KeyError, TypeError) as broken:
        logger.info("A signature could not be read", exc_info=True)
        return SignatureReport(
            signer=_name(_signer_of(embedded)), issuer="", is_agency=is_agency, signed_at=None, is_time_proven=False,
            is_intact=False, is_changed_after=False, is_revoked=False, revoked_at=None, is_trusted=False,
            note=str(broken)[:200],
        )  # fmt: skip
    revoked = status.revocation_details
    stamp = status.timestamp_validity
    is_stamped = bool(stamp and stamp.valid and stamp.trusted)
    return SignatureReport(
        signer=_name(status.signing_cert),
        issuer=_called(status.signing_cert.issuer),
        is_agency=is_agency,
        signed_at=stamp.timestamp if stamp and stamp.valid else status.signer_reported_dt,
        is_time_proven=is_stamped,
        is_intact=bool(status.intact and status.valid),
        is_changed_after=_is_changed_after(status),
        is_revoked=bool(revoked or status.revoked),
        revoked_at=revoked.revocation_date if revoked else None,
        is_trusted=bool(status.trusted),
        serial=f"{status.signing_cert.serial_number:x}",
        valid_to=status.signing_cert.not_valid_after,
        is_expired=not status.signing_cert.not_valid_before <= at < status.signing_cert.not_valid_after,
        is_weak=status.trust_problem_indic == AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE,
        numbers=numbers_of(status.signing_cert),
    )


def numbers_of(certificate: asn1_x509.Certificate) -> tuple[str, ...]:
    """Số của chủ chứng thư: personal numbers and tax codes stand in UID ("CCCD:…", "MST:…") or in a serial number."""
    found: list[str] = []
    for name, value in certificate.subject.native.items():
        if name in NUMBERED:
            told = value if isinstance(value, list) else [value]
            found += ["".join(filter(str.isdigit, run)) for text in told for run in RUN.findall(str(text))]
    return tuple(dict.fromkeys(found))


def _is_changed_after(status: PdfSignatureStatus) -> bool:
    """Further signatures, their time stamps and proofs may follow a signature; nothing else."""
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return False
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return True
    return isinstance(status.diff_result, SuspiciousModification) or not status.docmdp_ok


def _signer_of(embedded: EmbeddedPdfSignature) -> asn1_x509.Certificate | None:
    try:
        return embedded.signer_cert
    except Exception:
        return None


def _name(certificate: asn1_x509.Certificate | None) -> str:
    if certificate is None:
        return "không đọc được"
    return _called(certificate.subject)


def _called(name: asn1_x509.Name) -> str:
    return str(name.native.get("common_name") or name.human_friendly)
