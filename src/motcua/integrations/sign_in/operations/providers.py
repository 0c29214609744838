"""Nơi cấp tài khoản là dữ liệu: read from a file, checked, written; the simulated ones are seeded where simulators run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.citizens.claims import Dialect
from motcua.foundation.citizens.models import AssuranceLevel
from motcua.foundation.identity.access import access_of, require_everywhere
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.integrations.sign_in.client import forget_keys
from motcua.integrations.sign_in.events import ProviderWritten
from motcua.integrations.sign_in.models import ALGORITHMS, SECRET_NAME, SignInProvider

ADDRESSES = (
    "issuer", "authorize_url", "token_url", "userinfo_url", "jwks_url", "introspect_url", "revoke_url", "logout_url",
)  # fmt: skip
SIMULATOR = "/mo-phong/dang-nhap"
SIMULATED = (
    ("mo-phong-vneid", "VNeID (mô phỏng)", Dialect.VNEID, "vneid", "Tài khoản định danh điện tử"),
    ("mo-phong-vnconnect", "Cổng Dịch vụ công quốc gia (mô phỏng)", Dialect.VNCONNECT, "vnconnect",
     "Cho cá nhân và tổ chức"),
)  # fmt: skip
SINCE = date(2020, 1, 1)


class BadProvider(DomainError):
    """Dữ liệu nơi cấp tài khoản chưa dùng được."""


@transaction.atomic
def write_provider(values: Mapping[str, Any], *, by: User | None, at: datetime) -> SignInProvider:
    """Ghi một nơi cấp tài khoản; the same code again changes it. Raises Forbidden, BadProvider."""
    if by is not None:
        require_everywhere(access_of(by, at), Permission.MANAGE_STAFF, local_date(at))
    _check(values)
    code = str(values.get("code", ""))
    provider = SignInProvider.objects.filter(pk=code).first() or SignInProvider(code=code)
    names = {field.name for field in SignInProvider._meta.concrete_fields} - {"is_simulated"}  # noqa: SLF001
    if unknown := set(values) - names:
        raise BadProvider(f"{code}: không có mục {', '.join(sorted(unknown))}.")
    changed = sorted(name for name, value in values.items() if getattr(provider, name) != value)
    for name, value in values.items():
        setattr(provider, name, value)
    try:
        provider.full_clean(validate_constraints=True)
    except ValidationError as wrong:
        told = "; ".join(f"{name}: {' '.join(said)}" for name, said in wrong.message_dict.items())
        raise BadProvider(f"{code}: {told}") from wrong
    provider.save()
    events.record(
        ProviderWritten(
            subject_id=provider.uid, actor_id=by.pk if by else None, at=at, code=code, name=provider.name,
            changed=changed, valid_from=provider.valid_from, valid_to=provider.valid_to,
        )
    )  # fmt: skip
    forget_keys()
    return provider


def seed_simulated_providers() -> Sequence[SignInProvider]:
    """Hai nơi cấp tài khoản mô phỏng, at addresses of this very site."""
    made = []
    for position, (code, name, dialect, segment, hint) in enumerate(SIMULATED, start=90):
        home = f"{SIMULATOR}/{segment}"
        values = {
            "name": name, "hint": hint, "dialect": dialect.value, "issuer": home, "authorize_url": f"{home}/authorize/",
            "token_url": f"{home}/token/", "userinfo_url": f"{home}/userinfo/", "jwks_url": f"{home}/jwks/",
            "introspect_url": f"{home}/introspect/", "revoke_url": f"{home}/revoke/", "logout_url": f"{home}/logout/",
            "client_id": "motcua", "scopes": "openid profile", "acr_values": {"1": "1", "2": "2"},
            "is_simulated": True, "position": position, "valid_from": SINCE,
        }  # fmt: skip
        made.append(SignInProvider.objects.get_or_create(code=code, defaults=values)[0])
    return made


def _check(values: Mapping[str, Any]) -> None:
    code = values.get("code", "?")
    for name in ADDRESSES:
        address = str(values.get(name) or "")
        if address and not address.startswith("https://"):
            raise BadProvider(f"{code}: {name} phải bắt đầu bằng https://.")
    secret = str(values.get("secret_name") or "")
    if secret and not SECRET_NAME.fullmatch(secret):
        raise BadProvider(
            f"{code}: secret_name là tên biến bắt đầu bằng MOTCUA_SIGN_IN_, chữ hoa, số, gạch dưới."
        )
    if strange := set(values.get("algorithms", ())) - set(ALGORITHMS):
        raise BadProvider(
            f"{code}: không nhận thuật toán {', '.join(sorted(strange))}; chỉ nhận {', '.join(ALGORITHMS)}."
        )
    known = set(AssuranceLevel.objects.values_list("code", flat=True))
    ours = [*dict(values.get("levels", {})).values(), *dict(values.get("acr_values", {}))]
    if strange := {str(level) for level in ours} - known:
        raise BadProvider(f"{code}: không có mức độ xác thực {', '.join(sorted(strange))}.")
