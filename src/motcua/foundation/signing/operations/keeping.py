"""Đăng ký và ngừng dùng chứng thư số; quên các lượt ký từ xa của việc không còn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography import x509
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.foundation.org.models import Agency
from motcua.foundation.signing.events import SigningIdentityRegistered, SigningIdentityRevoked
from motcua.foundation.signing.holders import common_name
from motcua.foundation.signing.models import RemoteSignature, SigningIdentity

NOT_A_CERTIFICATE = "Tệp không phải chứng thư số dạng PEM. Hãy xuất lại từ thiết bị ký hoặc nơi cấp."


@transaction.atomic
def register_identity(
    *,
    certificate: str,
    keeper: str,
    key_name: str,
    by: AbstractBaseUser | None,
    at: datetime,
    user: Any = None,
    agency: Agency | None = None,
    chain: str = "",
) -> SigningIdentity:
    """Đăng ký chứng thư số of an officer (`user`) or an agency; the same certificate again is the same identity.

    An officer's may name the agency as well. Raises InvalidInput.
    """
    try:
        parsed = x509.load_pem_x509_certificate(certificate.encode())
        x509.load_pem_x509_certificates(chain.encode()) if chain else None
    except ValueError:
        raise InvalidInput({"certificate": NOT_A_CERTIFICATE}) from None
    if user is None and agency is None:
        raise InvalidInput({"holder": "Hãy chọn người hoặc cơ quan dùng chứng thư số này."})
    serial, issuer = f"{parsed.serial_number:x}", parsed.issuer.rfc4514_string()[:250]
    if known := SigningIdentity.objects.filter(issuer_name=issuer, serial=serial).first():
        return known
    identity = SigningIdentity.objects.create(
        kind=SigningIdentity.Kind.OFFICER if user else SigningIdentity.Kind.AGENCY,
        user=user,
        agency=agency,
        keeper=keeper,
        key_name=key_name,
        certificate=certificate,
        chain=chain,
        holder_name=common_name(parsed),
        issuer_name=issuer,
        serial=serial,
        valid_from=parsed.not_valid_before_utc,
        valid_to=parsed.not_valid_after_utc,
        registered_at=at,
    )
    events.record(
        SigningIdentityRegistered(
            subject_id=identity.pk,
            actor_id=by.pk if by else None,
            at=at,
            holder=identity.holder_name,
            serial=serial,
            issuer=issuer,
            valid_to=identity.valid_to,
            keeper=keeper,
        )
    )
    return identity


@transaction.atomic
def revoke_identity(
    *, identity_id: UUID, reason: str, by: AbstractBaseUser | None, at: datetime
) -> SigningIdentity:
    """Ngừng dùng chứng thư số: from `at` on nothing is signed with it here; what was signed before stays signed.

    The certificate itself is revoked by who has issued it. Raises InvalidInput.
    """
    identity = SigningIdentity.objects.select_for_update().get(pk=identity_id)
    if not reason.strip():
        raise InvalidInput({"reason": "Hãy ghi lý do ngừng dùng chứng thư số."})
    if identity.revoked_at:
        return identity
    identity.revoked_at, identity.revoked_reason = at, reason.strip()[:300]
    identity.save(update_fields=["revoked_at", "revoked_reason"])
    events.record(
        SigningIdentityRevoked(
            subject_id=identity.pk,
            actor_id=by.pk if by else None,
            at=at,
            serial=identity.serial,
            reason=identity.revoked_reason,
        )
    )
    return identity


def forget_requests(keys: Iterable[UUID]) -> None:
    """Quên các lượt ký từ xa of acts that are no more, with their certificates; part of the act that ends them."""
    RemoteSignature.objects.filter(key__in=list(keys)).delete()
