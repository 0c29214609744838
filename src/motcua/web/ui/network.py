"""Người hỏi từ đâu: the network address that locks and limits count by."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """Địa chỉ mạng của người dùng: behind our own proxy, the last one that it has named; else the neighbour.

    Only the last is believed: the ones before it are what the asker wrote.
    """
    neighbour = str(request.META.get("REMOTE_ADDR") or "")
    if not settings.BEHIND_PROXY:
        return neighbour
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or neighbour
