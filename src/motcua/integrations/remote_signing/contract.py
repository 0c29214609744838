"""Giao kèo: messages in the manner of the CSC interface, version 2. Pure.

The names follow the consortium's published interface as we remember it: its text was not at hand, and no service of a
Vietnamese authority was reached. A service that speaks otherwise gets a contract of its own beside this one. Only the
digest leaves the house, never the paper; the words on the phone name the act.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

LIST, INFO = "credentials/list", "credentials/info"
AUTHORIZE, CHECK = "credentials/authorize", "credentials/authorizeCheck"
SIGN = "signatures/signHash"
SHA256 = "2.16.840.1.101.3.4.2.1"
RSA_SHA256 = "1.2.840.113549.1.1.11"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
DECLINED = {"access_denied", "authorization_declined", "expired", "invalid_responseID"}
UNKNOWN_CREDENTIAL = "invalid_credential"
UNKNOWN_USER = {"invalid_request", "invalid_userID"}  # what a list of nobody is answered with
LONGEST_WORDS = 200
MOST_CERTIFICATES = 8


class BadAnswer(Exception):
    """Trả lời không đúng giao kèo; the message is for the log."""


def listing(user: str) -> dict[str, Any]:
    return {"userID": user, "maxResults": 50}


def info(credential: str) -> dict[str, Any]:
    return {"credentialID": credential, "certificates": "chain", "certInfo": True, "authInfo": True}


def authorizing(credential: str, digest: bytes, words: str) -> dict[str, Any]:
    """Asks for one signature over this digest alone, by a push to the phone."""
    return {
        "credentialID": credential, "numSignatures": 1, "hashes": [_text(digest)], "hashAlgorithmOID": SHA256,
        "operationMode": "A", "description": words[:LONGEST_WORDS],
    }  # fmt: skip


def checking(transaction: str) -> dict[str, Any]:
    return {"responseID": transaction}


def signing(credential: str, sad: str, digest: bytes, algorithm: str) -> dict[str, Any]:
    return {
        "credentialID": credential, "SAD": sad, "hashes": [_text(digest)], "hashAlgorithmOID": SHA256,
        "signAlgo": algorithm,
    }  # fmt: skip


def credentials_in(said: dict[str, Any]) -> list[str]:
    found = said.get("credentialIDs")
    if not isinstance(found, list):
        raise BadAnswer("credentialIDs is no list")
    return [str(one)[:200] for one in found[:50]]


def standing_in(said: dict[str, Any]) -> tuple[str, str]:
    """The certificate's standing ("valid", "revoked", "expired", …) and the key's algorithm. Raises BadAnswer."""
    cert, key = said.get("cert"), said.get("key")
    if not isinstance(cert, dict) or not isinstance(key, dict):
        raise BadAnswer("no cert or key")
    names = key.get("algo")
    names = names if isinstance(names, list) else [names]
    is_ecdsa = any(str(one).startswith("1.2.840.10045") for one in names)
    return str(cert.get("status", "")), ECDSA_SHA256 if is_ecdsa else RSA_SHA256


def certificates_in(said: dict[str, Any]) -> list[bytes]:
    """The certificate and those above it, as DER. Raises BadAnswer."""
    cert = said.get("cert")
    found = cert.get("certificates") if isinstance(cert, dict) else None
    if not isinstance(found, list) or not 0 < len(found) <= MOST_CERTIFICATES:
        raise BadAnswer("no certificates")
    return [_bytes(one) for one in found]


def transaction_in(said: dict[str, Any]) -> str:
    found = said.get("responseID")
    if not isinstance(found, str) or not found or len(found) > 200:
        raise BadAnswer("no responseID")
    return found


def sad_in(said: dict[str, Any]) -> str:
    """The word that was given on the phone; "" while nobody has said anything."""
    found = said.get("SAD")
    return found if isinstance(found, str) else ""


def signature_in(said: dict[str, Any]) -> bytes:
    found = said.get("signatures")
    if not isinstance(found, list) or len(found) != 1:
        raise BadAnswer("signatures is no list of one")
    return _bytes(found[0])


def error_in(said: dict[str, Any]) -> str:
    return str(said.get("error", ""))[:60]


def object_of(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, UnicodeDecodeError):
        raise BadAnswer("no JSON") from None
    if not isinstance(said, dict):
        raise BadAnswer("no object")
    return said


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise BadAnswer("no base64") from None


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
