"""Gọi ra ngoài: one POST of JSON with a short patience; anything but a JSON object is trouble, never an answer."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from typing import Any

import urllib3
from django.conf import settings

from motcua.service.payments.gateways import GatewayTrouble
from motcua.service.payments.models import PaymentChannel

PATIENCE = urllib3.Timeout(connect=3, read=7)  # seconds
POOL = urllib3.PoolManager(maxsize=4)
LONGEST = 1_000_000  # bytes of an answer
SIMULATED = "mo-phong"


def post(
    address: str, message: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Gửi và nhận JSON. Raises GatewayTrouble when it is down, slow, or answers with a page instead."""
    try:
        answer = POOL.request(
            "POST", address, body=json.dumps(message), headers={"Content-Type": "application/json", **(headers or {})},
            timeout=PATIENCE, retries=False, redirect=False, preload_content=False,
        )  # fmt: skip
        raw = answer.read(LONGEST + 1)
        answer.release_conn()
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as fault:
        raise GatewayTrouble(f"Cổng không trả lời ({type(fault).__name__}).") from fault
    status, kind = answer.status, answer.headers.get("Content-Type", "")
    if status >= 300:
        raise GatewayTrouble(f"Cổng trả lời mã {status}.")
    return _object(raw, kind)


def is_simulated(channel: PaymentChannel) -> bool:
    return bool(channel.details.get("endpoint") == SIMULATED)


def secret_of(channel: PaymentChannel, part: str = "") -> str:
    """Khóa của kênh, from the environment alone: MOTCUA_PAY_<NAME>, MOTCUA_PAY_<NAME>_<PART>.

    A simulated channel has a key of its own making. Raises GatewayTrouble when there is none.
    """
    name = "_".join(filter(None, ("MOTCUA_PAY", channel.secret_name.upper(), part.upper())))
    found = os.environ.get(name, "") if channel.secret_name else ""
    if not found and is_simulated(channel) and settings.DEMO:
        words = f"simulated:{channel.pk}:{part}"
        found = hmac.new(settings.SECRET_KEY.encode(), words.encode(), "sha256").hexdigest()
    if not found:
        raise GatewayTrouble("Kênh thanh toán chưa có khóa. Hãy chọn cách khác hoặc nộp tại quầy.")
    return found


def _object(raw: bytes, kind: str) -> dict[str, Any]:
    if len(raw) > LONGEST:
        raise GatewayTrouble("Cổng trả lời quá dài.")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as fault:
        raise GatewayTrouble(f"Cổng trả lời không phải JSON ({kind or 'không rõ kiểu'}).") from fault
    if not isinstance(found, dict):
        raise GatewayTrouble("Cổng trả lời không đúng dạng.")
    return found
