"""What the worker does for the organisation."""

from __future__ import annotations

from datetime import datetime

from motcua.core.time import local_date
from motcua.foundation.org.operations.agencies import refresh


def take_effect(at: datetime) -> None:
    """Hằng ngày: names and parents that begin today take effect."""
    refresh(on=local_date(at))
