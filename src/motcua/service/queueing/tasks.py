"""Việc hằng ngày của hàng chờ."""

from __future__ import annotations

from datetime import datetime

from motcua.core.time import local_date
from motcua.service.queueing.operations.closing import close_days, forget_people
from motcua.service.queueing.operations.machines import forget_acts


def close_past_days(at: datetime) -> None:
    """Khép hàng chờ của những ngày đã qua; quên những gì không cần giữ nữa."""
    close_days(before=local_date(at), at=at)
    forget_acts(at)
    forget_people(at)
