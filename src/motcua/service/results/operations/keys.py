"""Khóa phát hành: made, kept encrypted beside the keys of signatures, published, changed from a day on."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from motcua.core import events
from motcua.service.results.events import IssuerKeyOpened
from motcua.service.results.models import IssuerKey


@transaction.atomic
def open_issuer_key(*, valid_from: datetime, by: AbstractBaseUser | None, at: datetime) -> IssuerKey:
    """Mở khóa phát hành mới: signs from then on; the one before ends then, and what it has signed still verifies."""
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    public = {"kty": "EC", "crv": "P-256", "x": _text(numbers.x), "y": _text(numbers.y)}
    key_id = hashlib.sha256(f"{public['x']}.{public['y']}".encode()).hexdigest()[:8]
    path = _path(key_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(settings.SIGNING_SECRET.encode()),
        )
    )
    IssuerKey.objects.filter(valid_to=None).update(valid_to=valid_from)
    opened = IssuerKey.objects.create(key_id=key_id, public=public, valid_from=valid_from)
    events.record(
        IssuerKeyOpened(
            subject_id=uuid5(NAMESPACE_URL, f"motcua:issuer-key:{key_id}"),
            actor_id=by.pk if by else None,
            at=at,
            key_id=key_id,
            valid_from=valid_from,
        )
    )
    return opened


def signing_key(at: datetime) -> tuple[str, ec.EllipticCurvePrivateKey] | None:
    """The key that signs at that moment, or None: then QR codes bear the paper's id alone."""
    valid = IssuerKey.objects.filter(valid_from__lte=at, is_compromised=False)
    row = valid.filter(Q(valid_to=None) | Q(valid_to__gt=at)).order_by("-valid_from").first()
    if row is None or not _path(row.key_id).is_file():
        return None
    key = serialization.load_pem_private_key(_path(row.key_id).read_bytes(), settings.SIGNING_SECRET.encode())
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101  we wrote the file
    return row.key_id, key


def public_key(row: IssuerKey) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(base64.urlsafe_b64decode(row.public[name] + "==")) for name in "xy")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def published() -> list[dict[str, Any]]:
    """The keys as `/.well-known/motcua-keys.json` gives them."""
    return [
        {
            **row.public,
            "kid": row.key_id,
            "use": "sig",
            "alg": "ES256",
            "from": row.valid_from.isoformat(),
            "until": row.valid_to.isoformat() if row.valid_to else None,
            "compromised": row.is_compromised,
        }
        for row in IssuerKey.objects.order_by("valid_from")
    ]


def _path(key_id: str) -> Path:
    return Path(settings.SIGNING_DIR) / f"issuer-{key_id}.pem"


def _text(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")
