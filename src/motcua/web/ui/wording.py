"""Cách viết: how days, moments, sums and spans are said on a page."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from motcua.core.time import local, now

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
Day = date | datetime


def vn_date(value: Day | None, missing: str = "") -> str:
    """26/11/2026."""
    return f"{_day(value):%d/%m/%Y}" if value else missing


def vn_time(value: datetime | None, missing: str = "") -> str:
    """16:30."""
    return f"{local(value):%H:%M}" if value else missing


def vn_datetime(value: datetime | None, missing: str = "") -> str:
    """16:30 ngày 26/11/2026."""
    return f"{local(value):%H:%M ngày %d/%m/%Y}" if value else missing


def vn_moment(value: datetime | None, missing: str = "", *, on: date | None = None) -> str:
    """16:30 thứ Năm 26/11, or with “hôm nay”, “ngày mai”, “hôm qua”; the year only when it is another one."""
    if value is None:
        return missing
    day, today = _day(value), on or _day(now())
    near = {0: "hôm nay", 1: "ngày mai", -1: "hôm qua"}.get((day - today).days)
    if near:
        return f"{vn_time(value)} {near}"
    written = f"{day:%d/%m}" if day.year == today.year else f"{day:%d/%m/%Y}"
    return f"{vn_time(value)} {WEEKDAYS[day.weekday()]} {written}"


def vn_weekday(value: Day) -> str:
    """Thứ Năm, as it stands inside a sentence."""
    return WEEKDAYS[_day(value).weekday()]


def vn_iso(value: Day) -> str:
    """For the datetime attribute of <time>."""
    return local(value).isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


def remaining(days: float | None) -> str:
    """Còn 2 ngày làm việc; below zero: quá hạn. `days` are working days, halves allowed."""
    if days is None:
        return ""
    if days < 0:
        return f"Quá hạn {amount(-days)} ngày làm việc"
    if days == 0:
        return "Đến hạn hôm nay"
    return f"Còn {amount(days)} ngày làm việc"


def amount(value: float | Decimal | Fraction) -> str:
    """1,5: a count as people write it, at most two places."""
    return f"{round(float(value), 2):g}".replace(".", ",")


def span(minutes: int) -> str:
    """2 giờ 30 phút."""
    hours, rest = divmod(abs(minutes), 60)
    words = [f"{hours} giờ"] if hours else []
    if rest or not words:
        words.append(f"{rest} phút")
    return " ".join(words)


def ago(value: datetime, at: datetime | None = None) -> str:
    """5 phút trước; from a day on, the moment itself."""
    minutes = int(((at or now()) - value).total_seconds() // 60)
    if minutes < 1:
        return "vừa xong"
    if minutes < 60:
        return f"{minutes} phút trước"
    if minutes < 24 * 60:
        return f"{minutes // 60} giờ trước"
    return vn_moment(value)


def file_size(size: int) -> str:
    """1,4 MB."""
    if size < 1024:
        return f"{size} byte"
    if size < 1024**2:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024**2:.1f} MB".replace(".", ",")


def masked(text: str, keep: int = 4) -> str:
    """•••••• 1234: only the last characters of a number."""
    hidden = max(len(text) - keep, 0)
    return f"{'•' * hidden} {text[-keep:]}" if hidden else text


def lower_first(text: str) -> str:
    """A label inside a sentence."""
    return text[:1].lower() + text[1:]


def _day(value: Day) -> date:
    return local(value).date() if isinstance(value, datetime) else value
