"""Điện thoại mô phỏng: messages are files under VAR, as the demo's letters are; switches say how the network behaves.

It takes nothing until it is switched on, so that the year a demo replays does not ring.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

REFUSED = "not-a-phone"
# mode: what it is called on the page
MODES = {
    "OFF": "Tắt",
    "ARRIVES": "Đến ngay",
    "SILENT": "Nhận tin, không báo đã đến",
    "REFUSES": "Từ chối số",
    "DOWN": "Mất kết nối",
}
SHOWN = 50


class NetworkDown(Exception):
    """Mạng mô phỏng mất kết nối."""


def home() -> Path:
    return Path(settings.VAR) / "phone"


def mode() -> str:
    try:
        said = (home() / "mode").read_text().strip()
    except OSError:
        return "OFF"
    return said if said in MODES else "OFF"


def is_on() -> bool:
    return bool(settings.SIMULATORS) and mode() != "OFF"


def switch(wanted: str) -> None:
    """Đổi cách mạng mô phỏng trả lời."""
    home().mkdir(parents=True, exist_ok=True)
    (home() / "mode").write_text(wanted)


def take(channel: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """Nhận một tin, and answer as a gateway would; the same key twice is one message."""
    now = mode()
    if now in {"DOWN", "OFF"}:
        raise NetworkDown("Cổng mô phỏng không trả lời.")
    if now == "REFUSES":
        return {"code": REFUSED}
    key = str(message["reference"])
    home().mkdir(parents=True, exist_ok=True)
    (home() / f"{key}.json").write_text(json.dumps({"channel": channel, "report": now, **message}))
    return {"code": "0", "id": key}


def messages() -> list[dict[str, Any]]:
    """Tin trên máy, the latest first."""
    try:
        files = sorted(home().glob("*.json"), reverse=True)[:SHOWN]  # keys are in the order of time
    except OSError:
        return []
    return [
        {**json.loads(file.read_text()), "at": datetime.fromtimestamp(file.stat().st_mtime).astimezone()}
        for file in files
    ]
