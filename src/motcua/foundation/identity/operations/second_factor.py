"""The second factor: a code of the phone (TOTP), and recovery codes for the day the phone is lost."""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.identity.events import (
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    SecondFactorEnrolled,
    SecondFactorRemoved,
)
from motcua.foundation.identity.models import RecoveryCode, StaffSession, User
from motcua.foundation.identity.sealing import keyed_hash

RECOVERY_CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class WrongCode(DomainError):
    """Mã chưa đúng, or asked again too soon."""


def device_of(user: User) -> TOTPDevice | None:
    """Thiết bị đã xác nhận của người dùng."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def pending_device(user: User) -> TOTPDevice:
    """The device that waits to be confirmed; its secret stays the same until then."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "Điện thoại"})
    return device


def enrol(user: User, *, code: str, by: User, at: datetime) -> list[str]:
    """Bật xác thực hai lớp: the first right code confirms the device. Returns the recovery codes, shown once."""
    device = pending_device(user)
    _verify(device, code)  # outside the transaction: a failed try must be counted although it is refused
    return _confirm(user, device, by=by, at=at)


def verify(user: User, *, code: str, at: datetime) -> None:
    """Kiểm tra mã: six digits of the phone, or a recovery code. Throttled. Raises WrongCode.

    Not one transaction on purpose: a failed try must be counted although it is refused.
    """
    device = device_of(user)
    if device is None:
        raise DomainError("Tài khoản chưa bật xác thực hai lớp.")
    written = "".join(code.split()).lower().replace("-", "")
    if written.isdigit() and len(written) == device.digits:
        _verify(device, written)
    else:
        _use_recovery_code(user, device, written, at)


@transaction.atomic
def renew_recovery_codes(user: User, *, at: datetime) -> list[str]:
    """Tạo lại mã khôi phục: the old ones no longer open anything."""
    codes = _renew(user)
    events.record(RecoveryCodesRenewed(subject_id=user.pk, actor_id=user.pk, at=at))
    return codes


@transaction.atomic
def remove(user: User, *, reason: str, by: User | None, at: datetime) -> None:
    """Gỡ xác thực hai lớp của người mất thiết bị; they enrol again at the next sign-in."""
    TOTPDevice.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()
    StaffSession.objects.filter(user=user).delete()
    events.record(
        SecondFactorRemoved(subject_id=user.pk, actor_id=by.pk if by else None, at=at, reason=reason.strip())
    )


def code_for_demo(device: TOTPDevice) -> str:
    """Mã lúc này, for a demo in which nobody has the phone; the same half minute may be used again. Refused elsewhere."""
    if not settings.DEMO:
        raise DomainError("Chỉ bản minh họa mới hiện mã xác thực.")
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1, throttling_failure_count=0)
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift).token():0{device.digits}d}"


def secret_of(device: TOTPDevice) -> str:
    """Khóa bí mật as an authenticator takes it by hand: base32 in groups of four."""
    secret = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@transaction.atomic
def _confirm(user: User, device: TOTPDevice, *, by: User, at: datetime) -> list[str]:
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    events.record(SecondFactorEnrolled(subject_id=user.pk, actor_id=by.pk, at=at))
    return _renew(user)


def _verify(device: TOTPDevice, code: str) -> None:
    _refuse_haste(device)
    if not device.verify_token("".join(code.split())):
        raise WrongCode("Mã chưa đúng. Hãy nhập 6 số đang hiện trong ứng dụng xác thực.", field="code")


def _refuse_haste(device: TOTPDevice) -> None:
    if not device.verify_is_allowed()[0]:
        raise WrongCode("Bạn đã nhập sai nhiều lần. Hãy đợi một lát rồi nhập mã mới.", field="code")


def _use_recovery_code(user: User, device: TOTPDevice, written: str, at: datetime) -> None:
    _refuse_haste(device)
    with transaction.atomic():
        used = user.recovery_codes.filter(digest=_digest(user, written), used_at__isnull=True).update(
            used_at=at
        )
        if used:
            device.throttle_reset()
            left = user.recovery_codes.filter(used_at__isnull=True).count()
            events.record(RecoveryCodeUsed(subject_id=user.pk, actor_id=user.pk, at=at, left=left))
            return
    device.throttle_increment()
    raise WrongCode(
        "Mã chưa đúng. Nhập 6 số của ứng dụng xác thực, hoặc một mã khôi phục chưa dùng.", field="code"
    )


def _renew(user: User) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user, code)) for code in codes])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(user: User, code: str) -> str:
    return keyed_hash(f"{user.pk}:{code}", use="recovery-code")
