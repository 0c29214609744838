"""Gửi SMS, Zalo: one POST with a short patience. A page of HTML or a strange answer is trouble that may pass."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

from django.conf import settings

from motcua.core.time import now
from motcua.foundation.notices.channels import Undeliverable, register
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.sending import hear_report
from motcua.integrations import outward
from motcua.integrations.sms_zalo.contract import SIMULATED, Contract, contract_from
from motcua.integrations.sms_zalo.simulator import phone as simulated

PATIENCE = 7.0  # seconds of silence
LONGEST = 100_000  # bytes of an answer
CHANNELS = ("SMS", "ZALO")


class Trouble(Exception):
    """Cổng tin nhắn trục trặc: another try may help."""


class Messages:
    """Một kênh tin nhắn, as its contract says; not connected without one, or without its secret."""

    def __init__(self, channel: str) -> None:
        self.channel = channel

    @property
    def is_connected(self) -> bool:
        contract = contract_of(self.channel)
        if contract is None:
            return False
        return simulated.is_on() if contract.is_simulated else bool(secret_of(self.channel))

    def send(self, notice: Notice) -> None:
        contract = contract_of(self.channel)
        if contract is None:
            raise Undeliverable("Kênh chưa kết nối.")
        message = contract.message(
            key=str(notice.pk),
            phone=notice.address,
            text=notice.text,
            code=notice.code,
            title=notice.title,
            template=notice.gateway_code,
        )
        answer = (
            simulated.take(self.channel, message) if contract.is_simulated else self._post(contract, message)
        )
        notice.reference = self._read(contract, answer) or str(notice.pk)
        if (
            contract.is_simulated and simulated.mode() == "ARRIVES"
        ):  # a report quicker than the answer is kept
            hear_report(
                channel=self.channel,
                reference=str(notice.pk),
                has_arrived=True,
                reason="",
                cost=None,
                at=now(),
            )

    def _post(self, contract: Contract, message: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": self._authorisation(contract)}
        try:
            answer = outward.ask(
                "POST",
                contract.endpoint,
                body=json.dumps(message),
                headers=headers,
                most=LONGEST,
                patience=PATIENCE,
            )
        except outward.TooLong as fault:
            raise Trouble("Cổng trả lời không đúng dạng.") from fault
        except outward.Silent as fault:
            raise Trouble(f"Cổng không trả lời ({fault.why}).") from fault
        if answer.status >= 300:
            raise Trouble(f"Cổng trả lời mã {answer.status}.")
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError) as fault:
            raise Trouble("Cổng trả lời không phải JSON.") from fault
        if not isinstance(found, dict):
            raise Trouble("Cổng trả lời không đúng dạng.")
        return found

    def _read(self, contract: Contract, answer: dict[str, Any]) -> str:
        code = str(answer.get(contract.code_field, ""))
        if code in contract.accepted:
            return str(answer.get(contract.reference_field) or "")
        if code in contract.refused:
            raise Undeliverable(f"Nhà cung cấp từ chối số này (mã {code}).")
        raise Trouble(f"Cổng trả lời mã {code or 'trống'}.")

    def _authorisation(self, contract: Contract) -> str:
        secret = secret_of(self.channel)
        if contract.auth == "basic":
            return "Basic " + base64.b64encode(f"{contract.user}:{secret}".encode()).decode()
        return f"Bearer {secret}"


def contract_of(channel: str) -> Contract | None:
    """Hợp đồng của kênh: from the settings; the simulator's where simulators are on and none is given."""
    given = settings.MESSAGE_GATEWAYS.get(channel)
    if given:
        return contract_from(given)
    if not settings.SIMULATORS:
        return None
    return contract_from({"endpoint": SIMULATED, "refused": [simulated.REFUSED]})


def secret_of(channel: str) -> str:
    """Khóa gửi, from the environment alone."""
    return os.environ.get(f"MOTCUA_{channel}_SECRET", "")


def report_secret_of(channel: str) -> str:
    """Khóa của lời báo, from the environment alone."""
    return os.environ.get(f"MOTCUA_{channel}_REPORT_SECRET", "")


def install() -> None:
    """Called when the process starts."""
    for channel in CHANNELS:
        register(channel, Messages(channel))
