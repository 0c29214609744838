"""Đồng hồ của Bộ chỉ số 766: the other clock, which only measures; the legal one promises.

It takes the time of a supplement out of the way, holds more than one request without an end for overdue, and uses the
longest limit of the procedure where there was no appointment. Legal: QD766-2022
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock.answering import AnyCalendar, due
from motcua.foundation.calendars.clock.facts import Happening, Limit, Mark, Regime

# Which end counts, in this order.
ENDS: tuple[tuple[Happening, ...], ...] = (
    (Happening.DECIDED,),
    (Happening.RETURNED,),
    (Happening.STOPPED, Happening.REFUSED),
    (Happening.WITHDRAWN,),
)


ANSWERS = {Happening.SUPPLEMENT_COMPLETED, Happening.SUPPLEMENT_GIVEN_UP}


@dataclass(frozen=True)
class IndexVerdict:
    """Kết luận theo QĐ 766. `end_at` is the moment that is compared, `supplement_time` what was taken out of it.

    `is_on_time` is None when there is neither an appointment nor a limit to compare with.
    """

    is_on_time: bool | None
    end_at: datetime
    compared_with: datetime | None
    supplement_time: timedelta
    requests: int
    reason: str


def index_verdict(
    received_at: datetime,
    appointment: datetime | None,
    marks: Sequence[Mark],
    *,
    period_end: datetime,
    longest_limit: Limit,
    calendar: AnyCalendar,
    regime: Regime,
) -> IndexVerdict:
    """Đúng hạn theo QĐ 766 của một hồ sơ, judged at the end of a period."""
    known = sorted((mark for mark in marks if mark.at <= period_end), key=lambda mark: mark.at)
    requests = sum(mark.kind is Happening.SUPPLEMENT_REQUESTED for mark in known)
    supplement_time, waiting_since = _supplements(known)
    compared_with = appointment or due(received_at, longest_limit, calendar, regime).due_at
    end = _end(known)
    if end is not None:
        end_at = end.at - supplement_time
        reason = f"Kết thúc lúc {_said(end.at)}"
        if supplement_time:
            reason += f", trừ thời gian bổ sung còn {_said(end_at)}"
    elif requests > 1:
        return IndexVerdict(
            False,
            period_end,
            compared_with,
            supplement_time,
            requests,
            "Yêu cầu bổ sung hơn một lần, chưa kết thúc",
        )
    elif waiting_since is not None:
        end_at = waiting_since
        reason = f"Đang chờ bổ sung: lấy lúc yêu cầu {_said(end_at)} làm thời điểm kết thúc"
    else:
        end_at = period_end
        reason = f"Chưa kết thúc: lấy cuối kỳ {_said(end_at)}"
    if compared_with is None:
        is_on_time = None
        reason += "; không có ngày hẹn trả và không có thời hạn để so"
    else:
        is_on_time = end_at <= compared_with
        source = "ngày hẹn trả" if appointment else "thời hạn dài nhất của thủ tục"
        reason += f"; so với {source} {_said(compared_with)}"
    return IndexVerdict(is_on_time, end_at, compared_with, supplement_time, requests, reason)


def _end(marks: Sequence[Mark]) -> Mark | None:
    for kinds in ENDS:
        for mark in marks:
            if mark.kind in kinds:
                return mark
    return None


def _supplements(marks: Sequence[Mark]) -> tuple[timedelta, datetime | None]:
    """The time between requests and their completion, and since when the last one waits."""
    total, since = timedelta(), None
    for mark in marks:
        if mark.kind is Happening.SUPPLEMENT_REQUESTED:
            since = since or mark.at
        elif mark.kind in ANSWERS and since is not None:
            total, since = total + (mark.at - since), None
    return total, since


def _said(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
