"""Nói chuyện với nơi cấp tài khoản: every request from this server, with time limits, and every answer checked.

Only some of the web threads may wait at once (`outward.slot`). Who finds none does not wait for one; the page asks again.
"""

from __future__ import annotations

import json
import os
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oidc.core import CodeIDToken
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from motcua.integrations import outward
from motcua.integrations.sign_in.faults import BadAnswer, Busy, ProviderDown, TokenRefused, TooLate
from motcua.integrations.sign_in.models import ALGORITHMS, SECRET_NAME, SignInProvider

PATIENCE = 5.0  # seconds of silence
BIGGEST = 256 * 1024
LEEWAY = 60  # seconds that two clocks may differ
KEYS_LIVE = 3600.0
KEYS_REST = 10.0  # an unknown key asks again for all keys, at most so often

_keys: dict[str, tuple[KeySet, float]] = {}


@contextmanager
def slot(provider: SignInProvider) -> Iterator[None]:
    """Một chỗ để gọi ra ngoài. Raises Busy at once when all are taken."""
    try:
        with outward.slot():
            yield
    except outward.NoSlot:
        raise Busy(provider) from None


def backward(address: str) -> str:
    """An address as this server calls it."""
    return f"{settings.SELF_URL}{address}" if address.startswith("/") else address


def exchange(provider: SignInProvider, *, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """Đổi mã lấy khóa: the tokens. Raises TooLate when the code is not good any more, ProviderDown, BadAnswer."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    status, tokens = _post(provider, provider.token_url, form)
    if status == 400 and tokens.get("error") == "invalid_grant":
        raise TooLate(provider, "token:invalid_grant")
    if status != 200:
        raise ProviderDown(provider, f"token:{status}")
    if not isinstance(tokens.get("id_token"), str) or not isinstance(tokens.get("access_token"), str):
        raise BadAnswer(provider, "tokens")
    return tokens


def check_id_token(
    provider: SignInProvider, tokens: Mapping[str, Any], *, nonce: str, moment: int
) -> dict[str, Any]:
    """Kiểm tra giấy xác nhận: signature by the provider's own key, algorithm, iss, aud, azp, exp, nonce, at_hash.

    `moment`: seconds of the clock. Raises TokenRefused with the name of what was wrong.
    """
    allowed = [name for name in provider.algorithms if name in ALGORITHMS]
    try:
        token = _decoded(provider, str(tokens["id_token"]), allowed)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": backward(provider.issuer)},
                "aud": {"essential": True, "value": provider.client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            },
            params={
                "nonce": nonce,
                "client_id": provider.client_id,
                "access_token": tokens["access_token"],
            },
        )
        claims.validate(now=moment, leeway=LEEWAY)
    except JoseError as fault:
        raise TokenRefused(provider, f"id_token:{_name(fault)}") from fault
    except (ValueError, TypeError, KeyError) as fault:
        raise TokenRefused(provider, "id_token:unreadable") from fault
    return dict(claims)


def userinfo(provider: SignInProvider, *, access_token: str, subject: str) -> dict[str, Any]:
    """Thông tin người dùng: of the same subject as the id_token, or nothing. Raises BadAnswer, ProviderDown."""
    status, said = _ask(
        provider, "POST", provider.userinfo_url, headers={"Authorization": f"Bearer {access_token}"}
    )
    if status != 200:
        raise ProviderDown(provider, f"userinfo:{status}")
    if not subject or said.get("sub") != subject:
        raise BadAnswer(provider, "userinfo:sub")
    return said


def introspect(provider: SignInProvider, *, access_token: str) -> bool:
    """Kiểm tra khóa: is it ours and still alive? Raises ProviderDown."""
    status, said = _post(provider, provider.introspect_url, {"token": access_token})
    if status != 200:
        raise ProviderDown(provider, f"introspect:{status}")
    return said.get("active") is True and said.get("client_id") in {None, provider.client_id}


def revoke(provider: SignInProvider, *, access_token: str) -> None:
    """Thu hồi khóa. Raises ProviderDown."""
    if not provider.revoke_url:
        return
    status, _ = _post(
        provider, provider.revoke_url, {"token": access_token, "token_type_hint": "access_token"}
    )
    if status != 200:
        raise ProviderDown(provider, f"revoke:{status}")


def logout_address(provider: SignInProvider, *, id_token: str, back_to: str, state: str) -> str:
    """Địa chỉ đăng xuất ở nơi cấp tài khoản; "" when it has none."""
    if not provider.logout_url:
        return ""
    asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back_to, "state": state}
    return f"{provider.logout_url}?{urlencode(asked)}"


def check_provider(provider: SignInProvider) -> int:
    """Thử nối: how many keys it publishes. Raises ProviderDown."""
    return len(_fetch_keys(provider).keys)


def forget_keys() -> None:
    """For tests, and after a provider's data have changed."""
    _keys.clear()


# Keys


def _decoded(provider: SignInProvider, token: str, allowed: list[str]) -> jwt.Token:
    """Against the keys that are known; once more with fresh ones, because a provider changes them without asking."""
    keys, fetched = _known_keys(provider)
    try:
        return jwt.decode(token, keys, algorithms=allowed)
    except (JoseError, ValueError):
        if time.monotonic() - fetched < KEYS_REST:
            raise
    return jwt.decode(token, _fetch_keys(provider), algorithms=allowed)


def _known_keys(provider: SignInProvider) -> tuple[KeySet, float]:
    known = _keys.get(provider.jwks_url)
    if known is None or time.monotonic() - known[1] > KEYS_LIVE:
        return _fetch_keys(provider), time.monotonic()
    return known


def _fetch_keys(provider: SignInProvider) -> KeySet:
    status, said = _ask(provider, "GET", provider.jwks_url)
    listed = said.get("keys")
    if status != 200 or not isinstance(listed, list):
        raise ProviderDown(provider, f"jwks:{status}")
    public = [key for key in listed if isinstance(key, dict) and key.get("kty") in {"RSA", "EC"}]
    try:
        keys = KeySet.import_key_set({"keys": public})
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise BadAnswer(provider, "jwks") from fault
    _keys[provider.jwks_url] = keys, time.monotonic()
    return keys


# Requests


def secret_of(provider: SignInProvider) -> str:
    """Mật khẩu ứng dụng, from the environment; the simulator's is made of our own secret."""
    if provider.is_simulated:
        from motcua.integrations.sign_in.simulator.keys import client_secret

        return client_secret(provider.client_id)
    is_ours = SECRET_NAME.fullmatch(provider.secret_name)  # no other secret of this server is ever sent there
    return os.environ.get(provider.secret_name, "") if is_ours else ""


def _post(provider: SignInProvider, address: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    secret = secret_of(provider)
    if provider.client_auth == SignInProvider.ClientAuth.BASIC:
        pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        form = {**form, "client_id": provider.client_id, "client_secret": secret}
    return _ask(provider, "POST", address, body=urlencode(form), headers=headers)


def _ask(
    provider: SignInProvider,
    method: str,
    address: str,
    *,
    body: str = "",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    """Status and JSON object; redirects are not followed. Raises ProviderDown for anything else."""
    sent = {"Accept": "application/json", **(headers or {})}
    try:
        answer = outward.ask(
            method, backward(address), body=body or None, headers=sent, most=BIGGEST, patience=PATIENCE
        )
    except outward.Silent as fault:
        raise ProviderDown(provider, fault.why) from fault
    try:
        said = json.loads(answer.body)
    except ValueError as fault:
        if answer.status == 200 and not answer.body:
            return 200, {}
        raise ProviderDown(provider, f"{answer.status}:not-json") from fault
    return answer.status, said if isinstance(said, dict) else {}


def _name(fault: JoseError) -> str:
    return str(getattr(fault, "claim", "") or getattr(fault, "error", "") or type(fault).__name__)[:25]
