"""Khóa của bộ mô phỏng: derived from this installation's own secret, so that every process has the same."""

from __future__ import annotations

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from joserfc.jwk import ECKey

ALGORITHM = "ES256"


@lru_cache(maxsize=8)
def signing_key(use: str = "id_token") -> ECKey:
    """Another `use` gives another key: one that is never published."""
    seed = HKDF(algorithm=SHA256(), length=32, salt=b"motcua.simulator", info=use.encode()).derive(
        settings.SECRET_KEY.encode()
    )
    private = ec.derive_private_key(int.from_bytes(seed) >> 1 | 1, ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return ECKey.import_key(pem, {"kid": f"mo-phong-{use}", "use": "sig", "alg": ALGORITHM})


def client_secret(client_id: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"simulator:{client_id}".encode(), "sha256").hexdigest()
