"""Niêm phong: encryption of one field at rest, and the keyed hash by which it is still found.

AES-256-GCM with a random nonce; the row's key is bound in, so that a sealed value copied to another row does not
open. Both keys are derived from settings.FIELD_KEY, which a province keeps apart from the database.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = b"\x01"
NONCE = 12


class BrokenSeal(Exception):
    """The value was changed, belongs to another row, or was sealed with another key."""


def seal(text: str, *, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return VERSION + nonce + AESGCM(_key(_secret(), b"encrypt")).encrypt(nonce, text.encode(), bound_to)


def unseal(sealed: bytes, *, bound_to: bytes) -> str:
    """Raises BrokenSeal."""
    nonce, body = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    try:
        return AESGCM(_key(_secret(), b"encrypt")).decrypt(nonce, body, bound_to).decode()
    except InvalidTag as fault:
        raise BrokenSeal from fault


def keyed_hash(text: str, *, use: str) -> str:
    """64 hexadecimal digits: equal for equal texts of one use, and of no help to who has no key."""
    return hmac.new(_key(_secret(), f"find:{use}".encode()), text.encode(), "sha256").hexdigest()


def _secret() -> str:
    if not settings.FIELD_KEY:
        raise ImproperlyConfigured("MOTCUA_FIELD_KEY is needed to keep personal numbers.")
    return str(settings.FIELD_KEY)


@lru_cache(maxsize=16)
def _key(secret: str, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"motcua.identity", info=use).derive(secret.encode())
