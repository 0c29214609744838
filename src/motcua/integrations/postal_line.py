"""Đường dây với bưu chính: what the rooms of all carriers share: one message with short patience, address, secret."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from motcua.integrations import outward
from motcua.service.postal.carriers import CarrierTrouble
from motcua.service.postal.models import Carrier

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PATIENCE = 7.0  # seconds of silence
LONGEST = 4_000_000  # bytes of an answer
SIMULATED = "mo-phong"


def ask(
    address: str, message: Mapping[str, Any], headers: Mapping[str, str], *, is_form: bool = False
) -> dict[str, Any]:
    """Gửi và nhận JSON. Raises CarrierTrouble: down, slow, a page instead of an answer. Nothing of it is ever logged."""
    body, kind = (urlencode(message), FORM) if is_form else (json.dumps(dict(message)), JSON)
    sent = {"Content-Type": kind, **headers}
    try:
        with outward.slot():
            answer = outward.ask("POST", address, body=body, headers=sent, most=LONGEST, patience=PATIENCE)
    except outward.NoSlot as fault:
        raise CarrierTrouble("Đường nối với bưu chính đang bận. Hãy thử lại sau ít giây.") from fault
    except outward.TooLong as fault:
        raise CarrierTrouble("Bưu chính trả lời quá dài.") from fault
    except outward.Silent as fault:
        raise CarrierTrouble(f"Bưu chính không trả lời ({fault.why}).") from fault
    if answer.status >= 300:
        raise CarrierTrouble(f"Bưu chính trả lời mã {answer.status}.")
    return read(answer.body)


def read(raw: bytes) -> dict[str, Any]:
    """Đọc câu trả lời. Raises CarrierTrouble for a web page or a list."""
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
