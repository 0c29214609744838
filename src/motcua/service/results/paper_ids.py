"""Mã giấy: short, read out loud without mistakes, not to be guessed; "KQ26-7F3K-9QXM", the last sign checks the others."""

from __future__ import annotations

import re
import secrets
from datetime import date

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
RANDOM = 7
PLAIN = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{8}")
ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_paper_id(on: date, *, prefix: str = "KQ") -> str:
    """A new id of that year."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return shown(f"{prefix}{on:%y}{drawn}{_check(drawn)}")


def tidied(text: str) -> str:
    """The id as it is kept, from what somebody has typed; "" when it cannot be one."""
    bare = re.sub(r"[^0-9A-Z]", "", text.upper())
    head, rest = bare[:4], bare[4:].translate(ALIKE)
    if not PLAIN.fullmatch(head + rest) or _check(rest[:RANDOM]) != rest[RANDOM]:
        return ""
    return shown(head + rest)


def shown(bare: str) -> str:
    return f"{bare[:4]}-{bare[4:8]}-{bare[8:]}"


def _check(drawn: str) -> str:
    """One sign for all seven: a wrong one and two exchanged neighbours are both seen."""
    total = sum(place * ALPHABET.find(sign) for place, sign in enumerate(drawn, start=1))
    return ALPHABET[total % 31]
