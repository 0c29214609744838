"""Gọi ra ngoài: one POST of JSON with a short patience; anything but a JSON object is trouble, never an answer."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from motcua.integrations.outward import NoSlot, Silent, TooLong, ask, slot
from motcua.service.payments.gateways import GatewayTrouble
from motcua.service.payments.models import PaymentChannel

PATIENCE = 7.0  # seconds of silence
LONGEST = 1_000_000  # bytes of an answer
SIMULATED = "mo-phong"


def post(
    address: str, message: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Gửi và nhận JSON. Raises GatewayTrouble when it is down, slow, or answers with a page instead."""
    sent = {"Content-Type": "application/json", **(headers or {})}
    try:
        with slot():
            answer = ask(
                "POST", address, body=json.dumps(message), headers=sent, most=LONGEST, patience=PATIENCE
            )
    except NoSlot as fault:
        raise GatewayTrouble("Cổng không trả lời (busy).") from fault
    except TooLong as fault:
        raise GatewayTrouble("Cổng trả lời quá dài.") from fault
    except Silent as fault:
        raise GatewayTrouble(f"Cổng không trả lời ({fault.why}).") from fault
    if answer.status >= 300:
        raise GatewayTrouble(f"Cổng trả lời mã {answer.status}.")
    return _object(answer.body, answer.kind)


def is_simulated(channel: PaymentChannel) -> bool:
    return bool(channel.details.get("endpoint") == SIMULATED)


def secret_of(channel: PaymentChannel, part: str = "") -> str:
    """Khóa của kênh, from the environment alone: MOTCUA_PAY_<NAME>, MOTCUA_PAY_<NAME>_<PART>.

    A simulated channel has a key of its own making. Raises GatewayTrouble when there is none.
    """
    found = os.environ.get(name_of_secret(channel, part), "") if channel.secret_name else ""
    if not found and is_simulated(channel) and settings.DEMO:
        words = f"simulated:{channel.pk}:{part}"
        found = hmac.new(settings.SECRET_KEY.encode(), words.encode(), "sha256").hexdigest()
    if not found:
        raise GatewayTrouble("Kênh thanh toán chưa có khóa. Hãy chọn cách khác hoặc nộp tại quầy.")
    return found


def name_of_secret(channel: PaymentChannel, part: str = "") -> str:
    """The variable of the environment that holds a part of the channel's key."""
    return "_".join(filter(None, ("MOTCUA_PAY", channel.secret_name.upper(), part.upper())))


def has_secret(channel: PaymentChannel, part: str = "") -> bool:
    """Whether that part of the key is there; what it is nobody is told."""
    try:
        return bool(secret_of(channel, part))
    except GatewayTrouble:
        return False


def _object(raw: bytes, kind: str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as fault:
        raise GatewayTrouble(f"Cổng trả lời không phải JSON ({kind or 'không rõ kiểu'}).") from fault
    if not isinstance(found, dict):
        raise GatewayTrouble("Cổng trả lời không đúng dạng.")
    return found
