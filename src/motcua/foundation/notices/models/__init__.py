"""The facts of notices."""

from motcua.foundation.notices.models.notice import Notice, NoticeTrace
from motcua.foundation.notices.models.regime import (
    NoticeCap,
    NoticePrice,
    NoticeRule,
    NoticeTemplate,
    QuietHours,
    UnwantedNotice,
)

__all__ = [
    "Notice", "NoticeCap", "NoticePrice", "NoticeRule", "NoticeTemplate", "NoticeTrace", "QuietHours", "UnwantedNotice",
]  # fmt: skip
