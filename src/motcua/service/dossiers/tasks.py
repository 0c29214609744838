"""Việc của tiến trình nền: what the worker does for the dossiers, every few minutes. Thin: the operations act."""

from __future__ import annotations

from datetime import datetime

from motcua.service.dossiers.operations import deadlines, stopping


def lapse_silent(at: datetime) -> int:
    """Đóng những hồ sơ hết hạn bổ sung."""
    return stopping.lapse_silent(at)


def raise_alarms(at: datetime) -> int:
    """Báo những thời hạn sắp hết."""
    return deadlines.raise_alarms(at)
