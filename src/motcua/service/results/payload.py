"""Nội dung mã QR: what a result's code says, in few bytes and signed, so that it can be judged without any network.

Bytes: version, key id (4), paper id (12), then texts each after its length (issuer's code, holder in short, what it is,
number), day of issue and last day of validity (days since 2020, 0: none), length and first 8 bytes of the SHA-256 of the
file before the agency's signature; then the signature (ECDSA P-256 with SHA-256, r and s). Written as base32, whose
signs a QR code packs most tightly. A change of this order is a new version.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from motcua.core.text import fold

VERSION = 1
EPOCH = date(2020, 1, 1)
SIGNATURE = 64
LONGEST = {"issuer": 30, "holder": 30, "kind": 60, "number": 30}


class NotOurs(Exception):
    """The text is no payload of this kind, or its signature does not hold."""


@dataclass(frozen=True)
class Claim:
    """Điều mã QR nói. `size` 0: there was no file."""

    key_id: str
    paper_id: str
    issuer: str
    holder: str
    kind: str
    number: str
    issued_on: date
    valid_until: date | None = None
    size: int = 0
    digest: bytes = bytes(8)

    def encoded(self) -> bytes:
        texts = b"".join(
            bytes([len(text)]) + text
            for text in (_short(getattr(self, name), most) for name, most in LONGEST.items())
        )
        return (
            struct.pack(
                ">B4s12s", VERSION, bytes.fromhex(self.key_id), self.paper_id.replace("-", "").encode()
            )
            + texts
            + struct.pack(">HHI8s", _day(self.issued_on), _day(self.valid_until), self.size, self.digest)
        )


def signed(claim: Claim, key: ec.EllipticCurvePrivateKey) -> str:
    """The claim with its signature, as the QR code bears it."""
    body = claim.encoded()
    r, s = decode_dss_signature(key.sign(body, ec.ECDSA(hashes.SHA256())))
    return base64.b32encode(body + r.to_bytes(32) + s.to_bytes(32)).decode().rstrip("=")


def read(text: str) -> tuple[Claim, bytes, bytes]:
    """The claim, the bytes that were signed and the signature; nothing is believed yet. Raises NotOurs."""
    bare = text.strip().upper()
    try:
        whole = base64.b32decode(bare + "=" * (-len(bare) % 8))
        body, signature = whole[:-SIGNATURE], whole[-SIGNATURE:]
        version, key_id, paper = struct.unpack_from(">B4s12s", body)
        if version != VERSION:
            raise NotOurs(f"version {version}")
        place, texts = 17, []
        for _ in LONGEST:
            length = body[place]
            texts.append(body[place + 1 : place + 1 + length].decode())
            place += 1 + length
        issued, until, size, digest = struct.unpack(">HHI8s", body[place:])
        bare_id = paper.decode("ascii")
    except (binascii.Error, struct.error, IndexError, UnicodeDecodeError, ValueError) as error:
        raise NotOurs(str(error)) from None
    issuer, holder, kind, number = texts
    claim = Claim(
        key_id=key_id.hex(), paper_id=f"{bare_id[:4]}-{bare_id[4:8]}-{bare_id[8:]}", issuer=issuer, holder=holder,
        kind=kind, number=number, issued_on=EPOCH + timedelta(days=issued),
        valid_until=EPOCH + timedelta(days=until) if until else None, size=size, digest=digest,
    )  # fmt: skip
    return claim, body, signature


def is_signed_by(body: bytes, signature: bytes, key: ec.EllipticCurvePublicKey) -> bool:
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        key.verify(encode_dss_signature(r, s), body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def short_name(name: str) -> str:
    """Tên rút gọn: enough for the holder to recognise it, too little for a stranger: "NGUYEN T. A."."""
    first, *rest = fold(name).upper().split() or [""]
    return " ".join([first, *(f"{word[0]}." for word in rest)])


def _short(text: str, most: int) -> bytes:
    """At most that many bytes, never half a letter."""
    return text.encode()[:most].decode(errors="ignore").strip().encode()


def _day(day: date | None) -> int:
    return (day - EPOCH).days if day else 0
