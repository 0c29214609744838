"""Nhà cung cấp ký số từ xa là dữ liệu: checked and written; the simulated one is seeded where simulators run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of, require_everywhere
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.integrations.remote_signing.events import SigningProviderWritten
from motcua.integrations.remote_signing.models import SECRET_NAME, SIMULATOR, SigningProvider

SINCE = date(2020, 1, 1)


@transaction.atomic
def write_signing_provider(
    code: str, values: Mapping[str, Any], *, by: User, at: datetime
) -> SigningProvider:
    """Ghi một nhà cung cấp; the same code again changes it. Raises Forbidden, InvalidInput."""
    require_everywhere(access_of(by, at), Permission.MANAGE_KEYS, local_date(at))
    provider = SigningProvider.objects.select_for_update().filter(pk=code).first() or SigningProvider(
        code=code
    )
    if provider.is_simulated:
        raise InvalidInput({"code": "Nhà cung cấp mô phỏng do bản minh họa đặt, không sửa ở đây."})
    _check(values)
    changed = sorted(name for name, value in values.items() if getattr(provider, name) != value)
    for name, value in values.items():
        setattr(provider, name, value)
    try:
        provider.full_clean()
    except ValidationError as wrong:
        told = {
            "code" if name == NON_FIELD_ERRORS else name: " ".join(said)
            for name, said in wrong.message_dict.items()
        }
        raise InvalidInput(told) from wrong
    provider.save()
    events.record(
        SigningProviderWritten(
            subject_id=provider.uid, actor_id=by.pk, at=at, code=code, name=provider.name, changed=changed,
            valid_from=provider.valid_from, valid_to=provider.valid_to,
        )
    )  # fmt: skip
    return provider


def seed_simulated_signer() -> SigningProvider:
    """Nhà cung cấp mô phỏng, at an address of this very site."""
    values = {
        "name": "Ký số từ xa (mô phỏng)", "hint": "Xác nhận trên điện thoại mô phỏng của bản minh họa",
        "address": SIMULATOR, "is_simulated": True, "position": 90, "valid_from": SINCE,
    }  # fmt: skip
    return SigningProvider.objects.get_or_create(code="mo-phong", defaults=values)[0]


def _check(values: Mapping[str, Any]) -> None:
    if not str(values.get("address", "")).startswith("https://"):
        raise InvalidInput({"address": "Địa chỉ phải bắt đầu bằng https://."})
    secret = str(values.get("secret_name", ""))
    if secret and not SECRET_NAME.fullmatch(secret):
        raise InvalidInput(
            {"secret_name": "Tên biến bắt đầu bằng MOTCUA_REMOTE_SIGNING_, chữ hoa, số, gạch dưới."}
        )
    if values.get("valid_to") and values["valid_to"] < values["valid_from"]:
        raise InvalidInput({"valid_to": "Ngày cuối phải sau ngày mở."})
