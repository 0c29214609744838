"""Đường dây với bưu chính: what the rooms of all carriers share: one message with short patience, address, secret."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3
from django.conf import settings

from motcua.service.postal.carriers import CarrierTrouble
from motcua.service.postal.models import Carrier

PATIENCE = urllib3.Timeout(connect=3, read=7)  # seconds
POOL = urllib3.PoolManager(maxsize=2)
LONGEST = 4_000_000  # bytes of an answer
SIMULATED = "mo-phong"


def ask(
    address: str, message: Mapping[str, Any], headers: Mapping[str, str], *, is_form: bool = False
) -> dict[str, Any]:
    """Gửi và nhận JSON. Raises CarrierTrouble: down, slow, a page instead of an answer. Nothing of it is ever logged."""
    try:
        if is_form:
            answer = POOL.request(
                "POST", address, body=urlencode(message), timeout=PATIENCE, retries=False, redirect=False,
                headers={**headers, "Content-Type": "application/x-www-form-urlencoded"}, preload_content=False,
            )  # fmt: skip
        else:
            answer = POOL.request(
                "POST", address, json=dict(message), headers=dict(headers), timeout=PATIENCE, retries=False,
                redirect=False, preload_content=False,
            )  # fmt: skip
        raw = answer.read(LONGEST + 1)
        answer.release_conn()
    except (urllib3.exceptions.HTTPError, OSError) as fault:
        raise CarrierTrouble(f"Bưu chính không trả lời ({type(fault).__name__}).") from fault
    if answer.status >= 300:
        raise CarrierTrouble(f"Bưu chính trả lời mã {answer.status}.")
    return read(raw)


def read(raw: bytes) -> dict[str, Any]:
    """Đọc câu trả lời. Raises CarrierTrouble for a web page, a list, or what is too long."""
    if len(raw) > LONGEST:
        raise CarrierTrouble("Bưu chính trả lời quá dài.")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as fault:
        raise CarrierTrouble("Bưu chính trả lời một trang web thay vì dữ liệu.") from fault
    if not isinstance(found, dict):
        raise CarrierTrouble("Bưu chính trả lời không đúng dạng.")
    return found


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
        raise CarrierTrouble("Đơn vị bưu chính chưa có khóa nối.")
    return found
