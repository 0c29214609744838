"""The one place that reads the system clock. Only web, tasks and commands call it; rules are given `at`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Bây giờ, in Vietnam's time."""
    return datetime.now(VIETNAM)


def local(at: datetime) -> datetime:
    """The same instant on a Vietnamese clock."""
    return at.astimezone(VIETNAM)


def local_date(at: datetime) -> date:
    """The Vietnamese calendar day of an instant."""
    return at.astimezone(VIETNAM).date()


def instants_of(first: date, last: date) -> tuple[datetime, datetime]:
    """The first and the last instant of these Vietnamese days, both within."""
    begins = datetime.combine(first, time.min, VIETNAM)
    return begins, datetime.combine(last + timedelta(days=1), time.min, VIETNAM) - timedelta(microseconds=1)
