"""Hỏi kho quốc gia: with time limits, a limit of size, and every fault in plain words."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from motcua.core.errors import DomainError
from motcua.integrations.national_papers import contract
from motcua.integrations.outward import NoSlot, Silent, ask, slot

logger = logging.getLogger(__name__)

PATIENCE = 6.0  # seconds of silence
BIGGEST = 30 * 1024 * 1024


class NationalStoreDown(DomainError):
    """Kho quốc gia không dùng được lúc này: people bring the paper as always."""

    def __init__(self) -> None:
        super().__init__(
            "Kho giấy tờ quốc gia không trả lời. Hãy thử lại sau ít phút, hoặc nhận giấy của người nộp như thường.",
            field="fetch",
        )


class NationalStoreOff(DomainError):
    """Chưa nối kho quốc gia."""

    def __init__(self) -> None:
        super().__init__("Hệ thống chưa nối với kho giấy tờ quốc gia.", field="fetch")


def find(body: Mapping[str, Any]) -> list[contract.Found]:
    """Tìm giấy tờ. Raises NationalStoreDown, NationalStoreOff."""
    try:
        return contract.found_in(_asked(contract.FIND, body))
    except contract.BadAnswer as fault:
        logger.warning("%s: %s", contract.FIND, fault)
        raise NationalStoreDown from fault


def get(found: contract.Found, file: contract.File) -> bytes:
    """Lấy tệp. Raises NationalStoreDown, NationalStoreOff."""
    try:
        body = {"CoQuanChuQuan": found.authority, "DuongDan": file.address}
        return contract.file_in(_asked(contract.GET, body))
    except contract.BadAnswer as fault:
        logger.warning("%s: %s", contract.GET, fault)
        raise NationalStoreDown from fault


def is_connected() -> bool:
    return bool(settings.NATIONAL_PAPERS_URL)


def _asked(act: str, body: Mapping[str, Any]) -> bytes:
    """One question. Neither the question nor the answer is ever logged: both are personal data."""
    if not is_connected():
        raise NationalStoreOff
    headers = {"Content-Type": "application/json"}
    address = f"{settings.NATIONAL_PAPERS_URL.rstrip('/')}/{act}"
    try:
        with slot():
            answer = ask(
                "POST", address, body=json.dumps(dict(body)), headers=headers, most=BIGGEST, patience=PATIENCE
            )
    except (NoSlot, Silent) as fault:
        logger.warning("%s: %s", act, getattr(fault, "why", "busy"))
        raise NationalStoreDown from None
    if answer.status != 200:
        logger.warning("%s: HTTP %s", act, answer.status)
        raise NationalStoreDown
    return answer.body
