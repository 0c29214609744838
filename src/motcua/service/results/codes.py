"""Mã QR của kết quả: the address that it opens, with the signed payload, or with the paper's id where no key signs."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings

from motcua.service.results.models import IssuedResult, PaperCopy
from motcua.service.results.operations.keys import signing_key
from motcua.service.results.payload import Claim, short_name, signed

PATH = "/X/"  # in capitals: a QR code packs them as tightly as digits


def payload_of(
    issued: IssuedResult, content: bytes | None, at: datetime, *, paper_id: str = "", kind: str = ""
) -> str:
    """The signed claim of a result whose file, before the agency signs it, is `content`; "" when no key signs.

    `paper_id` and `kind`: of a paper copy, which has its own.
    """
    key = signing_key(at)
    if key is None:
        return ""
    key_id, private = key
    claim = Claim(
        key_id=key_id,
        paper_id=paper_id or issued.paper_id,
        issuer=issued.agency.code,
        holder=short_name(issued.dossier.applicant_name),
        kind=kind or issued.name,
        number=issued.number,
        issued_on=issued.issued_on,
        valid_until=issued.valid_until,
        size=len(content) if content else 0,
        digest=hashlib.sha256(content).digest()[:8] if content else bytes(8),
    )
    return signed(claim, private)


def address_of(issued: IssuedResult | PaperCopy, payload: str = "") -> str:
    """What the QR code says: opened by a telephone it leads to the answer."""
    return f"{settings.SITE_URL.rstrip('/').upper()}{PATH}{payload or issued.payload or issued.paper_id}"


def in_address(text: str) -> str:
    """The payload or id inside what a scanner has read or somebody has pasted."""
    place = text.upper().rfind(PATH)
    return text.strip()[place + len(PATH) :].strip("/") if place >= 0 else text.strip()
