"""What the worker does for signing in."""

from __future__ import annotations

from datetime import datetime

from motcua.integrations.sign_in.operations.travelling import forget_old_attempts


def forget_attempts(at: datetime) -> None:
    """Hằng ngày: ways to a provider that are long over are forgotten."""
    forget_old_attempts(at)
