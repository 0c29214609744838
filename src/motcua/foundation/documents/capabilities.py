"""Công cụ của máy chủ: what needs a system package, whether it is there, and what to install when it is not."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from motcua.foundation.documents import clamd


@dataclass(frozen=True)
class Capability:
    """Khả năng: `advice` says what to install or to set; empty when nothing is missing."""

    name: str
    gives: str
    is_present: bool
    advice: str = ""


def capabilities() -> list[Capability]:
    """Everything optional that documents can make use of."""
    return [virus_scanner(is_asked=True), text_recognition()]


def virus_scanner(*, is_asked: bool = False) -> Capability:
    """ClamAV; `is_asked`: knock at its door as well, else only the setting is read."""
    gives = "quét vi-rút trong tệp tải lên"
    if not settings.CLAMAV:
        advice = "Cài clamav-daemon (apt-get install clamav-daemon) rồi đặt MOTCUA_CLAMAV, ví dụ /run/clamav/clamd.ctl."
        return Capability("ClamAV", gives, is_present=False, advice=advice)
    if is_asked and not clamd.is_alive(settings.CLAMAV):
        advice = f"ClamAV không trả lời ở {settings.CLAMAV}. Xem dịch vụ clamav-daemon có đang chạy không."
        return Capability("ClamAV", gives, is_present=False, advice=advice)
    return Capability("ClamAV", gives, is_present=True)


def text_recognition() -> Capability:
    """Tesseract with its Vietnamese letters."""
    gives = "nhận dạng chữ trong giấy tờ quét"
    if "vie" in _tesseract_languages():
        return Capability("Tesseract", gives, is_present=True)
    advice = "Cài nhận dạng chữ: apt-get install tesseract-ocr tesseract-ocr-vie."
    return Capability("Tesseract", gives, is_present=False, advice=advice)


@lru_cache(maxsize=1)
def _tesseract_languages() -> frozenset[str]:
    program = shutil.which("tesseract")
    if program is None:
        return frozenset()
    try:
        said = subprocess.run(
            [program, "--list-langs"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(said.stdout.split())
