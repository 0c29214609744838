"""What the worker does for accounts of citizens."""

from __future__ import annotations

from datetime import datetime

from motcua.foundation.citizens.operations.signing_out import close_expired


def close_expired_sessions(at: datetime) -> None:
    """Hằng ngày: sessions that have run out are closed in the log, and their tokens forgotten."""
    close_expired(at)
