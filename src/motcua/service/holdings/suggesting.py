"""Gợi ý dữ liệu: what a page that was read seems to say of its paper, each with how sure the machine is. Pure.

The officer decides; nothing here is more than a beginning. The personal number is never given back, only whether it is the
holder's: the number itself stays in its one place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

Line = Sequence[tuple[str, float]]  # words with their confidence

ISSUERS = re.compile(
    r"^(ỦY BAN|UỶ BAN|UBND|SỞ|BỘ|CỤC|CHI CỤC|CÔNG AN|PHÒNG|VĂN PHÒNG|BẢO HIỂM|BAN QUẢN LÝ|TÒA ÁN|THANH TRA)\b"
)
NUMBER = re.compile(
    r"(?:^|\s)Số\s*[:.]?\s*([0-9][0-9A-ZĐa-zđ.\-]*/[0-9A-ZĐa-zđ./\-]+|[0-9]{3,}[0-9A-Z\-/.]*)"
)
SPOKEN_DAY = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)
SHORT_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
NAME = re.compile(r"(?:Họ|HỌ)[^:]{0,30}(?:tên|TÊN)[^:]{0,20}:\s*([^\d:,;()]{3,80})")
UNTIL = re.compile(r"(?:có giá trị đến|giá trị đến|hết hạn|thời hạn đến)[^0-9]{0,12}(.*)$", re.IGNORECASE)
BORN = re.compile(r"(?:năm sinh|sinh ngày|ngày sinh)[^0-9]{0,6}(.*)$", re.IGNORECASE)
PERSONAL_NUMBER = re.compile(r"(?<!\d)(\d{12})(?!\d)")
MOTTO = ("CỘNG HÒA", "CỘNG HOÀ", "ĐỘC LẬP")
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Suggestion:
    """Gợi ý: a value as text (days as ISO) and how sure, from 0 to 100: as sure as of the least sure of its words."""

    value: str
    confidence: float


def suggest(lines: Sequence[Line], *, is_holders_number: Callable[[str], bool]) -> dict[str, Suggestion]:
    """Gợi ý từ các dòng chữ, by the names of the data of a paper; `holder_matches` says whose number stands there."""
    found: dict[str, Suggestion] = {}
    for line in lines:
        text = " ".join(word for word, _ in line)
        _once(found, "number", _matched(NUMBER, text, line))
        if (day := _day(SPOKEN_DAY.search(text))) and "sinh" not in text.lower():
            _once(found, "issued_on", _told(day.isoformat(), line))
        _once(found, "holder_name", _matched(NAME, text, line))
        if (until := UNTIL.search(text)) and (day := _any_day(until.group(1))):
            _once(found, "valid_to", _told(day.isoformat(), line))
        if (born := BORN.search(text)) and (day := _any_day(born.group(1))):
            _once(found, "holder_birth_year", _told(str(day.year), line))
        if number := PERSONAL_NUMBER.search(text):
            said = "yes" if is_holders_number(number.group(1)) else "no"
            if said == "yes" or "holder_matches" not in found:
                found["holder_matches"] = _told(said, line)
    _header(found, lines)
    return found


def _header(found: dict[str, Suggestion], lines: Sequence[Line]) -> None:
    """Who issued it stands above, in capitals; the first line of capitals after it is what the paper is called."""
    issuer_seen = False
    for line in lines[:25]:
        text = " ".join(word for word, _ in line).strip()
        if text != text.upper() or not any(letter.isalpha() for letter in text):
            continue
        if any(words in text for words in MOTTO):
            continue
        if ISSUERS.match(text) and "title" not in found:
            found["issuer"] = _told(_calm(text), line)
            issuer_seen = True
        elif issuer_seen and 8 <= len(text) <= LONGEST_TITLE and not NUMBER.search(text):
            _once(found, "title", _told(_calm(text), line))


def _once(found: dict[str, Suggestion], name: str, suggestion: Suggestion | None) -> None:
    if suggestion is not None:
        found.setdefault(name, suggestion)


def _matched(pattern: re.Pattern[str], text: str, line: Line) -> Suggestion | None:
    match = pattern.search(text)
    if match is None:
        return None
    value = match.group(1).strip(" .,-")
    parts = set(value.split())
    sure = [confidence for word, confidence in line if word.strip(" .,;:-") in parts]
    return Suggestion(value, min(sure)) if sure else _told(value, line)


def _told(value: str, line: Line) -> Suggestion:
    return Suggestion(value, min((confidence for _, confidence in line), default=0.0))


def _day(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    day, month, year = (int(piece) for piece in match.groups()[:3])
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _any_day(text: str) -> date | None:
    return _day(SHORT_DAY.search(text)) or _day(SPOKEN_DAY.search(text))


def _calm(text: str) -> str:
    """Capitals brought down, the first letter kept: a title to read, not to shout."""
    return text[:1] + text[1:].lower()
