"""What the worker does for accounts."""

from __future__ import annotations

from datetime import datetime

from motcua.foundation.identity.sessions import SessionStore


def forget_expired_sessions(at: datetime) -> None:
    """Hằng ngày: rows of sessions that have expired go."""
    SessionStore.clear_expired()
