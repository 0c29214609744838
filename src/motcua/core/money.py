"""Tiền: whole đồng, as figures and in words."""

from __future__ import annotations

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SCALES = ("", "nghìn", "triệu")


def figures(amount: int) -> str:
    """Nhóm ba chữ số: 1234567 is written 1.234.567."""
    return f"{amount:,}".replace(",", ".")


def vnd(amount: int) -> str:
    """Số tiền: 1234567 is written "1.234.567 đồng"."""
    return f"{figures(amount)} đồng"


def vnd_in_words(amount: int) -> str:
    """Số tiền bằng chữ: "hai triệu một trăm mười lăm nghìn không trăm linh bốn đồng"."""
    return f"{in_words(amount)} đồng"


def in_words(number: int) -> str:
    """Đọc số: a whole number in Vietnamese words, lowercase."""
    if number < 0:
        return f"âm {in_words(-number)}"
    if number < 10:
        return DIGITS[number]
    billions, rest = divmod(number, 10**9)
    words = [f"{in_words(billions)} tỷ"] if billions else []
    for scale in (2, 1, 0):
        group = rest // 1000**scale % 1000
        if group:
            words.append(" ".join(filter(None, (_group(group, is_first=not words), SCALES[scale]))))
    return " ".join(words)


def _group(group: int, *, is_first: bool) -> str:
    """Three digits; a group that is not the first says its empty hundreds."""
    hundreds, rest = divmod(group, 100)
    tens, units = divmod(rest, 10)
    words: list[str] = []
    if hundreds or not is_first:
        words += [DIGITS[hundreds], "trăm"]
    if tens == 0 and units and words:
        words.append("linh")
    elif tens == 1:
        words.append("mười")
    elif tens > 1:
        words += [DIGITS[tens], "mươi"]
    if units:
        words.append(_unit(units, tens))
    return " ".join(words)


def _unit(units: int, tens: int) -> str:
    if units == 1 and tens > 1:
        return "mốt"
    if units == 4 and tens > 1:
        return "tư"
    if units == 5 and tens > 0:
        return "lăm"
    return DIGITS[units]
