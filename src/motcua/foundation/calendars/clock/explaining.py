"""Vì sao ngày này? The days and spans that were counted or skipped, in words that the counter can read aloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from motcua.core.time import VIETNAM
from motcua.foundation.calendars.clock.compiled import CompiledCalendar
from motcua.foundation.calendars.clock.facts import Happening, Limit, Regime, Unit
from motcua.foundation.calendars.clock.rulers import (
    CalendarDays,
    Ruler,
    WorkingDays,
    WorkingHours,
    pushed,
    ruler_for,
)
from motcua.foundation.calendars.clock.tracking import Pause, Track, merged
from motcua.foundation.calendars.clock.weeks import DayKind

PAUSE_REASONS = {
    Happening.SUPPLEMENT_REQUESTED: "Chờ bổ sung hồ sơ, không tính",
    Happening.PAUSED: "Chờ thực hiện nghĩa vụ tài chính, không tính",
}


@dataclass(frozen=True)
class Line:
    """Một dòng giải thích: the days `first` to `last`, what they added to the count, and why.

    `counted` is in the unit of the limit, 0 for what was skipped; `running` is the count after the line.
    `opens` and `closes` are given where only a part of the day is meant.
    """

    first: date
    last: date
    counted: Fraction
    running: Fraction
    reason: str
    opens: time | None = None
    closes: time | None = None

    @property
    def is_counted(self) -> bool:
        return self.counted > 0

    @property
    def when(self) -> str:
        days = f"{self.first:%d/%m/%Y}"
        if self.last != self.first:
            days += f" – {self.last:%d/%m/%Y}"
        if self.opens and self.closes:
            return f"{days}, {self.opens:%H:%M}–{self.closes:%H:%M}"
        return f"{days}, {self.opens:%H:%M}" if self.opens else days

    def as_json(self) -> dict[str, Any]:
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "opens": self.opens and f"{self.opens:%H:%M}",
            "closes": self.closes and f"{self.closes:%H:%M}",
            "counted": decimal(self.counted),
            "running": decimal(self.running),
            "reason": self.reason,
        }


class Asked(NamedTuple):
    """What the clock was asked, and how far it understood it; `start_at` counts as the reception."""

    received_at: datetime
    start_at: datetime
    limit: Limit
    calendar: CompiledCalendar
    regime: Regime
    track: Track | None

    @property
    def pauses(self) -> tuple[Pause, ...]:
        return self.track.pauses if self.track else ()

    @property
    def start(self) -> datetime:
        return self.start_at.astimezone(VIETNAM)


def decimal(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else round(float(number), 4)


def explain(asked: Asked, due_at: datetime | None) -> tuple[Line, ...]:
    """The lines to the first promise `due_at`, then the extension if there is one.

    What was counted sums to the limit whenever a date is promised.
    """
    limit, track = asked.limit, asked.track
    lines = list(_beginning(asked))
    if not limit.is_a_number:
        said = "Thủ tục không ghi thời hạn bằng số: đồng hồ không hứa ngày nào"
        return (*lines, _note(asked.start, said))
    if track and track.is_paused:
        return (*lines, *_waiting(track))
    if due_at is None:
        return tuple(lines)
    lines += _merged_skips(_with_running(_counting(asked, due_at), limit.amount))
    if lines[-1].last < due_at.date():
        end = due_at.date()
        lines.append(replace(_skip(end, end, "Ngày kết thúc thời hạn"), running=limit.amount))
    if not asked.calendar.knows_year(due_at.year):
        said = f"Lịch nghỉ năm {due_at.year} chưa được nhập: ngày hẹn sẽ được tính lại khi có lịch"
        lines.append(replace(_skip(due_at.date(), due_at.date(), said), running=limit.amount))
    if track and track.extension and track.extension.until:
        until = track.extension.until.astimezone(VIETNAM)
        said = f"Đã gửi thư xin lỗi, hẹn lại đến {until:%H:%M ngày %d/%m/%Y}"
        lines.append(replace(_note(track.extension.at.astimezone(VIETNAM), said), running=limit.amount))
    return tuple(lines)


def _beginning(asked: Asked) -> Iterator[Line]:
    track, start = asked.track, asked.start
    received = asked.received_at.astimezone(VIETNAM)
    if track and track.restarts:
        yield _note(received, "Tiếp nhận lần đầu")
        said = "Nhận đủ hồ sơ bổ sung: tính lại từ đầu"
        yield _note(track.received_at.astimezone(VIETNAM), said)
    elif track and track.is_provisional:
        yield _note(received, "Tiếp nhận phi địa giới: tạm tính từ hạn chuyển cho cơ quan có thẩm quyền")
    elif track and track.received_at != asked.received_at:
        yield _note(received, "Tiếp nhận phi địa giới")
        yield _note(track.received_at.astimezone(VIETNAM), "Cơ quan có thẩm quyền nhận hồ sơ: bắt đầu tính")
    elif received.time() > asked.regime.transfer_cutoff:
        cutoff = f"{asked.regime.transfer_cutoff:%H:%M}"
        yield _note(received, f"Tiếp nhận sau {cutoff}: chuyển hồ sơ khi bắt đầu ngày làm việc tiếp theo")
    else:
        yield _note(received, "Tiếp nhận")
    if start > (track.received_at if track else received) and not (track and track.is_provisional):
        yield _note(start, "Thủ tục này coi như tiếp nhận khi mở cửa ngày làm việc tiếp theo")


def _waiting(track: Track) -> Iterator[Line]:
    for mark in track.waiting:
        said = PAUSE_REASONS[mark.kind].removesuffix(", không tính")
        yield _note(mark.at.astimezone(VIETNAM), f"{said}: đồng hồ đang dừng, chưa có ngày hẹn")


def _counting(asked: Asked, due_at: datetime) -> Iterator[Line]:
    ruler = ruler_for(asked.start_at, asked.limit, asked.calendar, asked.regime)
    if isinstance(ruler, CalendarDays):
        return _calendar_lines(ruler, asked, due_at)
    if isinstance(ruler, WorkingHours):
        return _session_lines(ruler, asked, due_at)
    return _day_lines(ruler, asked, due_at)


def _day_lines(ruler: Ruler, asked: Asked, due_at: datetime) -> Iterator[Line]:
    """One line for each day, with its weight in working days less what was paused of it."""
    first_counted = ruler.start
    if type(ruler) is WorkingDays:
        yield _skip(asked.start.date(), asked.start.date(), "Ngày tiếp nhận, không tính")
    for day in _days(asked.start.date(), due_at.date()):
        if type(ruler) is WorkingDays and day == asked.start.date():
            continue
        work_day = asked.calendar.plain.day(day)
        if not work_day.is_worked:
            yield _skip(day, day, _why_skipped(work_day.kind, work_day.reason))
            continue
        morning = datetime.combine(day, time(), VIETNAM)
        night = morning + timedelta(days=1)
        begin = max(ruler.place(morning), first_counted)
        weight = max(0, ruler.place(min(due_at, night)) - begin)
        lost = _lost(asked.pauses, ruler, begin, morning, min(due_at, night))
        counted = Fraction(weight - lost, asked.calendar.unit)
        if counted:
            reason = work_day.reason + (", trừ phần thời gian dừng" if lost else "")
            yield Line(day, day, counted, Fraction(0), reason)
        elif lost:
            yield _skip(day, day, _pause_reason(asked.pauses, day))


def _session_lines(ruler: Ruler, asked: Asked, due_at: datetime) -> Iterator[Line]:
    """One line for each session that ran, in hours."""
    for day in _days(asked.start.date(), due_at.date()):
        work_day = asked.calendar.plain.day(day)
        if not work_day.is_worked:
            yield _skip(day, day, _why_skipped(work_day.kind, work_day.reason))
        for session in work_day.sessions:
            opens = max(datetime.combine(day, session.start, VIETNAM), asked.start)
            closes = min(datetime.combine(day, session.end, VIETNAM), due_at)
            if opens >= closes:
                continue
            lost = _lost(asked.pauses, ruler, ruler.place(opens), opens, closes)
            minutes = ruler.place(closes) - ruler.place(opens) - lost
            reason = work_day.reason + (", trừ phần thời gian dừng" if lost else "")
            yield Line(day, day, Fraction(minutes, 60), Fraction(0), reason, opens.time(), closes.time())


def _calendar_lines(ruler: CalendarDays, asked: Asked, due_at: datetime) -> Iterator[Line]:
    """The whole span, what was paused inside it, and the days by which its end was moved."""
    yield _skip(asked.start.date(), asked.start.date(), "Ngày tiếp nhận, không tính")
    last = ruler.last_day(ruler.target)
    reason = f"Tính cả ngày nghỉ: {asked.limit}"
    if asked.limit.unit is Unit.MONTH:
        reason = f"{asked.limit}, đến hết ngày {last:%d/%m/%Y}"
    yield Line(asked.start.date() + timedelta(days=1), last, asked.limit.amount, Fraction(0), reason)
    for pause in asked.pauses:
        if pause.first < min(pause.last, due_at):
            first, until = pause.first.astimezone(VIETNAM), pause.last.astimezone(VIETNAM)
            yield _skip(first.date(), until.date(), f"{PAUSE_REASONS[pause.reason]}: cộng thêm vào cuối")
    ends = ruler.last_day(pushed(ruler.target, asked.pauses, ruler))
    for day in _days(ends, due_at.date()):
        work_day = asked.calendar.plain.day(day)
        if not work_day.is_worked:
            said = _why_skipped(work_day.kind, work_day.reason)
            yield _skip(day, day, f"Ngày cuối rơi vào ngày nghỉ, chuyển tiếp: {said}")


def _lost(pauses: tuple[Pause, ...], ruler: Ruler, begin: int, opens: datetime, closes: datetime) -> int:
    """How much of the span was paused, on the ruler."""
    total = 0
    for first, last in merged(pauses):
        if first < closes and last > opens:
            from_place = max(ruler.place(max(first, opens).astimezone(VIETNAM)), begin)
            total += max(0, ruler.place(min(last, closes).astimezone(VIETNAM)) - from_place)
    return total


def _pause_reason(pauses: tuple[Pause, ...], day: date) -> str:
    for pause in pauses:
        if pause.first.astimezone(VIETNAM).date() <= day <= pause.last.astimezone(VIETNAM).date():
            return PAUSE_REASONS[pause.reason]
    return "Đồng hồ dừng, không tính"


def _why_skipped(kind: DayKind, reason: str) -> str:
    if kind is DayKind.HOLIDAY:
        return reason if reason.startswith("Nghỉ") else f"Nghỉ lễ: {reason}"
    return f"Đơn vị nghỉ: {reason}" if kind is DayKind.CLOSED else reason


def _with_running(lines: Iterator[Line], limit: Fraction) -> Iterator[Line]:
    """Fill in the running count, which never passes the limit: the rest of the last day is not needed."""
    running = Fraction(0)
    for line in lines:
        counted = min(line.counted, limit - running)
        running += counted
        yield replace(line, counted=counted, running=running)


def _merged_skips(lines: Iterator[Line]) -> Iterator[Line]:
    """Neighbouring days that were skipped for one reason become one line."""
    for (reason, is_counted), group in groupby(lines, key=lambda line: (line.reason, line.is_counted)):
        members = list(group)
        if is_counted:
            yield from members
        else:
            yield replace(members[-1], first=members[0].first, reason=reason)


def _days(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _skip(first: date, last: date, reason: str) -> Line:
    return Line(first, last, Fraction(0), Fraction(0), reason)


def _note(at: datetime, reason: str) -> Line:
    return Line(
        at.date(),
        at.date(),
        Fraction(0),
        Fraction(0),
        reason,
        opens=at.time().replace(second=0, microsecond=0),
    )
