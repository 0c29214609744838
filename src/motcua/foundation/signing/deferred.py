"""Ký hai nhịp: the file with room for a signature and what has to be signed now; the signature put in when it comes.

What is signed names the certificate and the file's digest, and nothing that changes meanwhile: so a signature that comes
minutes later fits the file that was prepared, and no other.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from asn1crypto.cms import CMSAttributes
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.validation.dss import async_add_validation_info
from pyhanko_certvalidator.errors import PathError, RevokedError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from motcua.foundation.signing import trust
from motcua.foundation.signing.aside import aside
from motcua.foundation.signing.holders import Holder
from motcua.foundation.signing.keepers import certificates
from motcua.foundation.signing.refusals import CertificateRevoked, UnsignablePdf
from motcua.foundation.signing.stamping import Stamp, drawn_stamp

T = TypeVar("T")
LONGEST_ECDSA = 72


@dataclass(frozen=True)
class Prepared:
    """Tệp chờ chữ ký. `attributes` is what the key signs, `digest` its SHA-256."""

    content: bytes
    document_digest: bytes
    region_start: int
    region_end: int
    attributes: bytes

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.attributes).digest()


def prepare(
    content: bytes, *, holder: Holder, spec: SigFieldSpec, stamp: Stamp, reason: str, at: datetime
) -> Prepared:
    """Nhịp một. Raises UnsignablePdf."""
    assert spec.box is not None  # noqa: S101  every signature of ours is seen
    metadata = signers.PdfSignatureMetadata(
        field_name=spec.sig_field_name, md_algorithm="sha256", reason=reason or None,
        subfilter=SigSeedSubFilter.PADES,
    )  # fmt: skip
    signer = _signer(holder, None)
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
            digest, _, output = _run(signing.async_digest_doc_for_signing(writer))
            attributes = _run(signer.signed_attrs(digest.document_digest, "sha256", use_pades=True))
    except (SigningError, PdfError) as broken:
        raise UnsignablePdf(f"Không ký được tệp này: {broken}. Hãy xuất lại PDF rồi tải lên.") from None
    output.seek(0)
    return Prepared(
        output.read(), digest.document_digest, digest.reserved_region_start, digest.reserved_region_end,
        attributes.dump(),
    )  # fmt: skip


def fits(prepared: Prepared, signature: bytes, holder: Holder) -> bool:
    """Whether the signature is that of the certificate over what was prepared."""
    key = holder.parsed.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, prepared.attributes, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, prepared.attributes, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def finish(prepared: Prepared, signature: bytes, *, holder: Holder, at: datetime) -> tuple[bytes, str]:
    """Nhịp hai: the signed file and its level. Raises CertificateRevoked."""
    stamper = trust.timestamper(at)
    cms = _run(
        _signer(holder, signature).async_sign_prescribed_attributes(
            "sha256", signed_attrs=CMSAttributes.load(prepared.attributes), timestamper=stamper
        )
    )
    output = io.BytesIO(prepared.content)
    where = PreparedByteRangeDigest(prepared.document_digest, prepared.region_start, prepared.region_end)
    _run(PdfTBSDocument.async_finish_signing(output, where, cms))
    signed = output.getvalue()
    try:
        return _with_proof(signed, at), "B-LT"
    except RevokedError:
        raise CertificateRevoked(
            f"Chứng thư số của {holder.name} đã bị nơi cấp thu hồi. Hãy đăng ký chứng thư mới rồi ký lại."
        ) from None
    except (PathError, SigningError, PdfError):
        return signed, "B-T" if stamper else "B"  # nothing is known of the certificate's standing


def _with_proof(signed: bytes, at: datetime) -> bytes:
    embedded = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures[-1]
    output = io.BytesIO()
    _run(
        async_add_validation_info(
            embedded, trust.context(moment=at, must_know_revocation=True), skip_timestamp=True, output=output
        )
    )
    return output.getvalue()


def _signer(holder: Holder, signature: bytes | None) -> ExternalSigner:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(certificates(holder.chain))
    key = holder.parsed.public_key()
    room = key.key_size // 8 if isinstance(key, rsa.RSAPublicKey) else LONGEST_ECDSA
    return ExternalSigner(
        signing_cert=certificates(holder.certificate)[0],
        cert_registry=store,
        signature_value=signature or room,
    )


def _run(work: Coroutine[Any, Any, T]) -> T:
    return aside(lambda: asyncio.run(work))
