"""Đường dây với bưu chính: what the rooms of all carriers share: one message with short patience, address, secret."""

from __future__ import annotations

import hmac
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from motcua.integrations import outward
from motcua.service.postal.carriers import CarrierTrouble, NoSecret
from motcua.service.postal.models import Carrier

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PATIENCE = 7.0  # seconds of silence
LONGEST = 4_000_000  # bytes of an answer
SIMULATED = "mo-phong"
TOKEN_LASTS = 600.0  # seconds that we trust a token at most

_tokens: dict[str, tuple[str, float]] = {}
_lock = threading.Lock()


def ask(
    address: str, message: Mapping[str, Any] | None, headers: Mapping[str, str], *, is_form: bool = False
) -> Any:
    """Gửi và nhận JSON, an object or a list; without a message by GET. Nothing of it is ever logged.

    Raises CarrierTrouble: down, slow, a page instead of an answer.
    """
    body, kind = (urlencode(message or {}), FORM) if is_form else (json.dumps(dict(message or {})), JSON)
    sent = {"Content-Type": kind, **headers}
    method, content = ("GET", None) if message is None else ("POST", body)
    try:
        with outward.slot():
            answer = outward.ask(method, address, body=content, headers=sent, most=LONGEST, patience=PATIENCE)
    except outward.NoSlot as fault:
        raise CarrierTrouble("Đường nối với bưu chính đang bận. Hãy thử lại sau ít giây.") from fault
    except outward.TooLong as fault:
        raise CarrierTrouble("Bưu chính trả lời quá dài.") from fault
    except outward.Silent as fault:
        raise CarrierTrouble(f"Bưu chính không trả lời ({fault.why}).") from fault
    if answer.status >= 300:
        raise CarrierTrouble(f"Bưu chính trả lời mã {answer.status}.")
    return read(answer.body)


def read(raw: bytes) -> Any:
    """Đọc câu trả lời, an object or a list. Raises CarrierTrouble for a web page or a bare value."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as fault:
        raise CarrierTrouble("Bưu chính trả lời một trang web thay vì dữ liệu.") from fault
    if not isinstance(found, dict | list):
        raise CarrierTrouble("Bưu chính trả lời không đúng dạng.")
    return found


def an_object(said: Any) -> dict[str, Any]:
    """Câu trả lời phải là một đối tượng. Raises CarrierTrouble for a list."""
    if not isinstance(said, dict):
        raise CarrierTrouble("Bưu chính trả lời không đúng dạng.")
    return said


def token_of(key: str, get: Callable[[], str]) -> str:
    """Mã truy cập, kept for some minutes. Raises CarrierTrouble when none is given."""
    with _lock:
        token, ends = _tokens.get(key, ("", 0.0))
    if token and time.monotonic() < ends:
        return token
    token = get()
    if not token:
        raise CarrierTrouble("Bưu chính không cấp quyền kết nối.")
    with _lock:
        _tokens[key] = (token, time.monotonic() + TOKEN_LASTS)
    return token


def forget_token(key: str) -> bool:
    """Bỏ mã truy cập đã nhớ; whether there was one."""
    with _lock:
        return _tokens.pop(key, None) is not None


def address_of(carrier: Carrier, room: str) -> str:
    """Địa chỉ nối; the simulator's only where simulators are on. Raises CarrierTrouble."""
    endpoint = str(carrier.details.get("endpoint", ""))
    if endpoint == SIMULATED:
        if not settings.SIMULATORS:
            raise CarrierTrouble("Bộ mô phỏng chỉ có ở bản minh họa.")
        return f"{settings.SELF_URL}/mo-phong/buu-chinh/{room}"
    if not endpoint.startswith("https://"):
        raise CarrierTrouble("Đơn vị bưu chính chưa có địa chỉ nối an toàn (https).")
    return endpoint.rstrip("/")


def secret_of(carrier: Carrier, part: str) -> str:
    """Khóa nối, from the environment alone: MOTCUA_POST_<NAME>_<PART>; a simulated carrier has one of its own making."""
    if carrier.details.get("endpoint") == SIMULATED and settings.SIMULATORS:
        return hmac.new(settings.SECRET_KEY.encode(), f"post:{part}".encode(), "sha256").hexdigest()
    found = (
        os.environ.get(f"MOTCUA_POST_{carrier.secret_name.upper()}_{part}", "") if carrier.secret_name else ""
    )
    if not found:
        raise NoSecret("Đơn vị bưu chính chưa có khóa nối.")
    return found
