"""Ký PDF: PAdES with a time stamp, and with what proves later that the certificate was good (B-LT) where it is known."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.errors import RevokedError

from motcua.core.time import VIETNAM
from motcua.foundation.signing import trust
from motcua.foundation.signing.aside import aside
from motcua.foundation.signing.holders import Holder
from motcua.foundation.signing.keepers import keeper_of
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.placing import place_of
from motcua.foundation.signing.refusals import (
    CertificateExpired,
    CertificateRevoked,
    SignerUnavailable,
    UnsignablePdf,
    WrongOrder,
)
from motcua.foundation.signing.stamping import Stamp, drawn_stamp

OFFICER_FIELD, AGENCY_FIELD = "NguoiKy", "CoQuan"


class _Revoked(Exception):
    """The issuer's list names the certificate."""


class _Unproven(Exception):
    """Whether the certificate is good could not be learnt."""


@dataclass(frozen=True)
class SignedPdf:
    """Tệp đã ký. `level`: B-LT with proof of the certificate's standing, B-T with a time stamp, B without."""

    content: bytes
    level: str
    covers_nothing: bool  # whether the stamp found an empty place


def sign_pdf(
    content: bytes,
    *,
    identity: SigningIdentity,
    reason: str,
    place: str,
    at: datetime,
    stamp: Stamp | None = None,
) -> SignedPdf:
    """Ký số một PDF: the earlier content stays byte for byte, the signature follows it.

    Officers sign first, in any number; the agency signs last and once. `stamp` None: the usual words of such a
    signature. Raises SigningRefused (its kinds say what to do).
    """
    spec, shown, is_empty = placed(content, holder=identity.holder, at=at, stamp=stamp)
    with keeper_of(identity).lend(identity) as signer:
        for has_proof in (True, False):
            try:
                signed = _signed(content, signer, spec, shown, reason, place, at, has_proof=has_proof)
            except _Revoked:
                raise CertificateRevoked(
                    f"Chứng thư số của {identity.holder_name} đã bị nơi cấp thu hồi. Hãy đăng ký chứng thư mới rồi ký lại."
                ) from None
            except _Unproven:
                continue  # nothing is known of the certificate's standing: signed with a time stamp alone
            level = "B-LT" if has_proof else "B-T" if trust.timestamper(at) else "B"
            return SignedPdf(signed, level, is_empty)
    raise AssertionError


def placed(
    content: bytes, *, holder: Holder, at: datetime, stamp: Stamp | None = None
) -> tuple[SigFieldSpec, Stamp, bool]:
    """Chỗ ký: the field, the stamp that it shows, and whether its place was empty. Raises SigningRefused."""
    refuse_unusable(holder, at)
    fields = signed_fields(content)
    if any(name.startswith(AGENCY_FIELD) for name, *_ in fields):
        raise WrongOrder(
            "Tệp đã có chữ ký số của cơ quan nên không ký thêm được. Hãy ký trên bản chưa đóng dấu."
        )
    shown = stamp or usual_stamp(holder, at)
    taken = [(page, box) for _, page, box in fields if box]
    page, box, is_empty = place_of(content, shown, taken=taken)
    name = AGENCY_FIELD if holder.is_agency else f"{OFFICER_FIELD}{len(fields) + 1}"
    spec = SigFieldSpec(name, on_page=page, box=box, readable_field_name=holder.name)
    return spec, shown, is_empty


def usual_stamp(holder: Holder, at: datetime) -> Stamp:
    return Stamp(
        lines=(
            f"Ký bởi: {holder.name}",
            *([f"Cơ quan: {holder.agency}"] if holder.agency and not holder.is_agency else []),
            f"Thời gian ký: {at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}",
        )
    )


def refuse_unusable(holder: Holder, at: datetime) -> None:
    """Nothing is signed with a certificate that is not good at that moment."""
    who = holder.name
    if holder.ended_at and holder.ended_at <= at:
        raise CertificateRevoked(
            f"Chứng thư số của {who} đã ngừng dùng từ {_day(holder.ended_at)} ({holder.ended_reason})."
        )
    if at >= holder.valid_to:
        raise CertificateExpired(
            f"Chứng thư số của {who} hết hạn ngày {_day(holder.valid_to)}. Hãy gia hạn rồi ký lại."
        )
    if at < holder.valid_from:
        raise CertificateExpired(
            f"Chứng thư số của {who} có hiệu lực từ {_day(holder.valid_from)}, chưa ký được lúc này."
        )


def signed_fields(content: bytes) -> list[tuple[str, int, tuple[int, int, int, int] | None]]:
    """Các chữ ký đã có: field, page and box of each. Raises UnsignablePdf."""
    reader = _read(content)
    find: Any = reader.find_page_for_modification
    pages = (
        {find(number)[0].reference: number for number in range(int(reader.root["/Pages"]["/Count"]))}
        if reader.embedded_signatures
        else {}
    )
    found = []
    for embedded in reader.embedded_signatures:
        field: Any = embedded.sig_field
        page = field.raw_get("/P") if "/P" in field else None
        rectangle = [int(float(value)) for value in field["/Rect"]] if "/Rect" in field else []
        box = tuple(rectangle) if len(rectangle) == 4 and any(rectangle) else None
        found.append((embedded.field_name, pages.get(getattr(page, "reference", None), 0), box))
    return found  # type: ignore[return-value]


def _read(content: bytes) -> PdfFileReader:
    try:
        reader = PdfFileReader(io.BytesIO(content))
        is_locked = reader.encrypted
        _ = reader.root["/Pages"]["/Count"]
    except (PdfError, ValueError, KeyError, TypeError, RecursionError, OSError):
        raise UnsignablePdf(
            "Tệp không phải PDF hoặc đã hỏng nên không ký được. Hãy xuất lại PDF rồi tải lên."
        ) from None
    if is_locked:
        raise UnsignablePdf("Tệp PDF đặt mật khẩu nên không ký được. Hãy bỏ mật khẩu rồi tải lên lại.")
    return reader


def _signed(  # noqa: PLR0917
    content: bytes,
    signer: Signer,
    spec: SigFieldSpec,
    stamp: Stamp,
    reason: str,
    place: str,
    at: datetime,
    *,
    has_proof: bool,
) -> bytes:
    assert spec.box is not None  # noqa: S101  every signature of ours is seen
    metadata = signers.PdfSignatureMetadata(
        field_name=spec.sig_field_name,
        md_algorithm="sha256",
        reason=reason or None,
        location=place or None,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=has_proof,
        validation_context=trust.context(moment=at, must_know_revocation=True) if has_proof else None,
    )
    wide, high = spec.box[2] - spec.box[0], spec.box[3] - spec.box[1]
    try:
        with drawn_stamp(stamp, width=wide, height=high) as style:
            signing = signers.PdfSigner(
                metadata,
                signer=signer,
                timestamper=trust.timestamper(at),
                stamp_style=style,
                new_field_spec=spec,
            )
            writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
            return bytes(aside(lambda: signing.sign_pdf(writer)).getvalue())
    except TimestampRequestError:
        raise SignerUnavailable(
            "Máy chủ dấu thời gian không trả lời. Hệ thống sẽ tự ký lại sau ít phút."
        ) from None
    except SigningError as refusal:
        if has_proof:
            raise (_Revoked if _is_revoked(refusal) else _Unproven) from refusal
        raise UnsignablePdf(f"Không ký được tệp này: {refusal}. Hãy xuất lại PDF rồi tải lên.") from None
    except PdfError as broken:
        raise UnsignablePdf("Tệp PDF đã hỏng nên không ký được. Hãy xuất lại PDF rồi tải lên.") from broken


def _is_revoked(refusal: BaseException | None) -> bool:
    """PyHanko tells of it as the cause of its own refusal."""
    while refusal is not None:
        if isinstance(refusal, RevokedError):
            return True
        refusal = refusal.__cause__ or refusal.__context__
    return False


def _day(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y}"
