"""Đăng ký từ trang quản trị: a PKCS#12 file goes into the keeper under the house's own passphrase; else a key is named.

The uploaded passphrase opens the file once and is kept nowhere.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from django.conf import settings
from django.db import transaction

from motcua.core.errors import InvalidInput
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.keeping import NOT_A_CERTIFICATE, register_identity, revoke_identity

LARGEST = 100_000  # bytes: a key with its chain is some thousands
Keeper = SigningIdentity.Keeper


@transaction.atomic
def import_key(
    *, content: bytes, password: str, agency: Agency, officer: User | None, by: User, at: datetime
) -> SigningIdentity:
    """Đưa tệp .p12 vào nơi giữ khóa: encrypted anew, readable by the server alone. The same file again mends a lost key.

    Raises Forbidden, InvalidInput.
    """
    access_of(by, at).require(Permission.MANAGE_KEYS, agency.pk)
    key, certificate, chain = _opened(content, password)
    _refuse_unusable(certificate, at)
    identity = _registered(
        agency=agency, officer=officer, by=by, at=at, certificate=_pem([certificate]), chain=_pem(chain),
        keeper=Keeper.FILE, key_name=f"key-{certificate.serial_number:x}.p12",
    )  # fmt: skip
    if identity.keeper != Keeper.FILE:
        raise InvalidInput({"file": f"Chứng thư này đã đăng ký với khóa ở {identity.get_keeper_display()}."})
    ours = BestAvailableEncryption(settings.SIGNING_SECRET.encode())
    _write(
        Path(settings.SIGNING_DIR) / identity.key_name,
        pkcs12.serialize_key_and_certificates(identity.holder_name.encode(), key, certificate, chain, ours),
    )
    return identity


@transaction.atomic
def name_key(
    *,
    certificate: bytes,
    chain: bytes,
    keeper: str,
    key_name: str,
    agency: Agency,
    officer: User | None,
    by: User,
    at: datetime,
) -> SigningIdentity:
    """Khai khóa ở thiết bị hoặc dịch vụ từ xa: the certificate is kept, the key stays where it is.

    Raises Forbidden, InvalidInput.
    """
    access_of(by, at).require(Permission.MANAGE_KEYS, agency.pk)
    if keeper not in {Keeper.TOKEN, Keeper.REMOTE}:
        raise InvalidInput({"keeper": "Hãy chọn nơi giữ khóa."})
    if not key_name.strip():
        raise InvalidInput(
            {"key_name": "Hãy ghi nhãn khóa trong thiết bị, hoặc mã chứng thư của dịch vụ ký từ xa."}
        )
    parsed = _certificate(certificate)
    _refuse_unusable(parsed, at)
    others = _chain(chain)
    return _registered(
        agency=agency, officer=officer, by=by, at=at, certificate=_pem([parsed]), chain=_pem(others), keeper=keeper,
        key_name=key_name.strip()[:200],
    )  # fmt: skip


def _registered(
    *, agency: Agency, officer: User | None, by: User, at: datetime, **given: Any
) -> SigningIdentity:
    """The signer works there: who manages the keys of one agency registers none for another's people."""
    if officer and not User.objects.in_post_at([agency.pk], local_date(at)).filter(pk=officer.pk).exists():
        raise InvalidInput({"username": "Người này không giữ vị trí nào ở cơ quan đã chọn."})
    identity = register_identity(user=officer, agency=agency, by=by, at=at, **given)
    if identity.user_id != (officer.pk if officer else None) or identity.agency_id != agency.pk:
        raise InvalidInput({"file": f"Chứng thư này đã đăng ký cho {identity.holder_name} rồi."})
    if identity.revoked_at:
        raise InvalidInput({"file": f"Chứng thư này đã ngừng dùng: {identity.revoked_reason}."})
    return identity


def _opened(
    content: bytes, password: str
) -> tuple[rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, x509.Certificate, list[x509.Certificate]]:
    if not content or len(content) > LARGEST:
        raise InvalidInput({"file": "Hãy chọn tệp .p12 hoặc .pfx do nơi cấp chứng thư gửi."})
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(content, password.encode())
    except ValueError:
        raise InvalidInput(
            {"password": "Mật khẩu không mở được tệp này, hoặc tệp không phải .p12."}
        ) from None
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise InvalidInput({"file": "Tệp không có đủ khóa và chứng thư. Hãy xuất lại, chọn kèm khóa riêng."})
    if key.public_key() != certificate.public_key():
        raise InvalidInput({"file": "Khóa trong tệp không phải của chứng thư trong tệp."})
    return key, certificate, chain


def _certificate(content: bytes) -> x509.Certificate:
    load = x509.load_pem_x509_certificate if b"-----BEGIN" in content else x509.load_der_x509_certificate
    try:
        return load(content[:LARGEST])
    except ValueError:
        raise InvalidInput({"certificate": NOT_A_CERTIFICATE}) from None


def _chain(content: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(content[:LARGEST]) if content.strip() else []
    except ValueError:
        raise InvalidInput({"chain": "Chuỗi chứng thư của nơi cấp phải là tệp PEM."}) from None


def _refuse_unusable(certificate: x509.Certificate, at: datetime) -> None:
    if certificate.not_valid_after_utc <= at:
        raise InvalidInput({"file": f"Chứng thư đã hết hạn ngày {certificate.not_valid_after_utc:%d/%m/%Y}."})
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise InvalidInput({"file": "Chứng thư này không dùng để ký được (mục đích sử dụng khóa)."})


def _pem(certificates: list[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and never readable by others."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    beside.replace(path)


@transaction.atomic
def stop_using(*, identity_id: UUID, reason: str, by: User, at: datetime) -> SigningIdentity:
    """Ngừng dùng from the page. Raises Forbidden, InvalidInput."""
    identity = SigningIdentity.objects.get(pk=identity_id)
    access_of(by, at).require(Permission.MANAGE_KEYS, identity.agency_id)
    return revoke_identity(identity_id=identity.pk, reason=reason, by=by, at=at)
