"""Bộ mô phỏng làm việc: codes, tokens and the faults that it is asked to play."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.db import transaction
from joserfc import jwt
from joserfc.jwk import OctKey

from motcua.core.choices import Labelled
from motcua.integrations.sign_in.models import SimulatedGrant
from motcua.integrations.sign_in.operations.travelling import digest
from motcua.integrations.sign_in.simulator.keys import ALGORITHM, signing_key

CODE_LIVES = timedelta(minutes=2)
TOKEN_LIVES = timedelta(minutes=15)
SLOW = 12.0  # seconds; longer than the client waits


class Fault(Labelled):
    """Sự cố dựng thử."""

    WRONG_NONCE = "WRONG_NONCE", "Sai nonce"
    ALG_NONE = "ALG_NONE", "id_token không ký (alg none)"
    ALG_HS = "ALG_HS", "id_token ký bằng mật khẩu chung (HS256)"
    OTHER_KEY = "OTHER_KEY", "id_token ký bằng khóa lạ"
    EXPIRED = "EXPIRED", "id_token hết hạn"
    WRONG_AUD = "WRONG_AUD", "id_token cấp cho nơi khác"
    WRONG_AZP = "WRONG_AZP", "Sai bên được cấp (azp)"
    WRONG_ISS = "WRONG_ISS", "Sai nơi cấp (iss)"
    OTHER_SUB = "OTHER_SUB", "Thông tin của người khác"
    OTHER_STATE = "OTHER_STATE", "Trả về state lạ"
    HTML = "HTML", "Trả lời bằng trang HTML"
    BROKEN = "BROKEN", "Lỗi máy chủ 500"
    SLOW = "SLOW", "Trả lời rất chậm"
    DENIED = "DENIED", "Người dùng từ chối"


@transaction.atomic
def give_code(
    *, provider: str, asked: Mapping[str, str], claims: dict[str, Any], fault: str, at: datetime
) -> str:
    """Cấp mã: once for one request of authorisation."""
    code = secrets.token_urlsafe(24)
    SimulatedGrant.objects.create(
        code_digest=digest(code), provider=provider, client_id=asked.get("client_id", ""),
        redirect_uri=asked.get("redirect_uri", ""), nonce=asked.get("nonce", ""),
        challenge=asked.get("code_challenge", ""), claims=claims, fault=fault, issued_at=at,
    )  # fmt: skip
    return code


@transaction.atomic
def take_code(*, provider: str, form: Mapping[str, str], issuer: str, at: datetime) -> dict[str, Any] | None:
    """Đổi mã lấy khóa; None: the code is unknown, used, late, of another client or without its verifier."""
    rows = SimulatedGrant.objects.select_for_update().filter(provider=provider, used_at=None)
    grant = rows.filter(code_digest=digest(form.get("code", "")), issued_at__gt=at - CODE_LIVES).first()
    if (
        grant is None
        or grant.client_id != form.get("client_id")
        or grant.redirect_uri != form.get("redirect_uri")
        or create_s256_code_challenge(form.get("code_verifier", "")) != grant.challenge
    ):
        return None
    access_token = secrets.token_urlsafe(32)
    grant.used_at, grant.access_digest = at, digest(access_token)
    grant.save(update_fields=["used_at", "access_digest"])
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIVES.total_seconds()),
        "id_token": _id_token(grant, issuer, at),
    }


def fault_of(code: str) -> str:
    """What was asked to go wrong with this code."""
    return (
        SimulatedGrant.objects.filter(code_digest=digest(code)).values_list("fault", flat=True).first() or ""
    )


def grant_of(access_token: str, at: datetime) -> SimulatedGrant | None:
    """Khóa còn sống."""
    living = SimulatedGrant.objects.filter(revoked_at=None, used_at__gt=at - TOKEN_LIVES)
    return living.filter(access_digest=digest(access_token)).first() if access_token else None


@transaction.atomic
def take_back(access_token: str, *, at: datetime) -> None:
    """Thu hồi khóa."""
    SimulatedGrant.objects.filter(access_digest=digest(access_token)).update(revoked_at=at)


def wait_slowly() -> None:
    time.sleep(SLOW)


def _id_token(grant: SimulatedGrant, issuer: str, at: datetime) -> str:
    now = int(at.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer, "sub": grant.claims["sub"], "aud": grant.client_id, "azp": grant.client_id, "iat": now,
        "exp": now + 300, "nonce": grant.nonce, "acr": str(grant.claims.get("loAs", "")),
    }  # fmt: skip
    wrong: dict[str, dict[str, Any]] = {
        Fault.WRONG_NONCE: {"nonce": "khac"},
        Fault.EXPIRED: {"iat": now - 7200, "exp": now - 3600},
        Fault.WRONG_AUD: {"aud": "noi-khac", "azp": "noi-khac"},
        Fault.WRONG_AZP: {"aud": [grant.client_id, "noi-khac"], "azp": "noi-khac"},
        Fault.WRONG_ISS: {"iss": "https://noi-khac.vidu.vn"},
    }
    claims |= wrong.get(grant.fault, {})
    if grant.fault == Fault.ALG_NONE:
        return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."
    if grant.fault == Fault.ALG_HS:
        known_to_all = OctKey.import_key(json.dumps(signing_key().as_dict(private=False)))
        return jwt.encode({"alg": "HS256"}, claims, known_to_all, algorithms=["HS256"])
    key = signing_key("la") if grant.fault == Fault.OTHER_KEY else signing_key()
    header = {"alg": ALGORITHM, "kid": signing_key().kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


def _part(held: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(held).encode()).rstrip(b"=").decode()


def issuer_of(provider: str) -> str:
    return f"{settings.SELF_URL}/mo-phong/dang-nhap/{provider}"
