"""Phép tính của thông báo: which way a message goes, when, in how many parts. Pure: no Django, no database, no clock."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

USUAL_ORDER = ("ZALO", "SMS", "EMAIL")  # where no rule says another
RINGING = frozenset({"ZALO", "SMS"})  # what wakes people up; a letter does not
CODE_PLACE = "{ma_so}"
PLACES = (CODE_PLACE, "{tieu_de}", "{noi_dung}", "{co_quan}")
# GSM 03.38: one septet each; those of EXTENDED take two.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")


@dataclass(frozen=True)
class Quiet:
    """Giờ yên lặng: from `starts` to `ends`, over midnight when it ends before it starts."""

    starts: time
    ends: time


@dataclass(frozen=True)
class Segments:
    """Độ dài tin nhắn: its alphabet, how many characters of it, how many messages are billed."""

    alphabet: str
    length: int
    count: int


def segments(text: str) -> Segments:
    """Số tin phải trả tiền: GSM-7 (160, or 153 each of several), else UCS-2 (70, or 67 each)."""
    if all(letter in GSM or letter in EXTENDED for letter in text):
        length = sum(2 if letter in EXTENDED else 1 for letter in text)
        return Segments("GSM-7", length, _parts(length, 160, 153))
    length = len(text.encode("utf-16-le")) // 2
    return Segments("UCS-2", length, _parts(length, 70, 67))


def plain(text: str) -> str:
    """Không dấu: the same words in letters that every phone and the cheap alphabet know."""
    swapped = text.translate(str.maketrans("đĐ–—“”‘’…", "dD--\"\"''."))
    spelled = unicodedata.normalize("NFD", swapped)
    return "".join(letter for letter in spelled if not unicodedata.combining(letter))


def fill(wording: str, values: Mapping[str, str]) -> str:
    """Điền mẫu: each {place} that is known; nothing else of what was typed is interpreted."""
    for place, value in values.items():
        wording = wording.replace(f"{{{place}}}", value)
    return wording


def unknown_places(wording: str) -> list[str]:
    """Chỗ điền không có: what stands in braces and would be sent as it is."""
    for place in PLACES:
        wording = wording.replace(place, "")
    return [part.split("}")[0] for part in wording.split("{")[1:]]


def order(rule: Sequence[str], wish: str, reachable: Collection[str]) -> list[str]:
    """Thứ tự kênh: as the rule says, the person's own wish first, without those that cannot reach them."""
    wanted = [wish, *rule] if wish in rule else list(rule)
    return [channel for channel in dict.fromkeys(wanted) if channel in reachable]


def quiet_until(at: datetime, quiet: Quiet | None) -> datetime | None:
    """Chờ đến lúc nào: the end of the quiet hours that `at` (Vietnamese time) falls in; None when it may go now."""
    if quiet is None or quiet.starts == quiet.ends:
        return None
    clock = at.time()
    over_midnight = quiet.ends < quiet.starts
    inside = (
        clock >= quiet.starts or clock < quiet.ends if over_midnight else quiet.starts <= clock < quiet.ends
    )
    if not inside:
        return None
    day = at + timedelta(days=1) if over_midnight and clock >= quiet.starts else at
    return day.replace(hour=quiet.ends.hour, minute=quiet.ends.minute, second=0, microsecond=0)


def affordable(costs: Iterable[tuple[str, int]], left: int | None, *, is_urgent: bool) -> list[str]:
    """Kênh còn đủ tiền: a free one always; `left` None is no cap; what is urgent is not held back by money."""
    return [channel for channel, cost in costs if is_urgent or not cost or left is None or cost <= left]


def _parts(length: int, single: int, each: int) -> int:
    return 1 if length <= single else math.ceil(length / each)
