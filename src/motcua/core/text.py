"""Chữ Việt: one way to write, one key to search by, one order to sort by."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BLANKS = re.compile(r"\s+")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
SHORT = 300  # letters of a text whose key is kept
NOT_SEARCHED = re.compile(r"[^0-9a-z]+")
# What compatibility decomposition leaves as it is.
PLAIN = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})

# Thứ tự chữ cái: a ă â b c d đ e ê … ; within a letter, the marks ngang huyền hỏi ngã sắc nặng.
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
LETTER = {letter: 100 + 2 * place for place, letter in enumerate(ALPHABET)}
MARK = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
SHAPES = {"\u0306", "\u0302", "\u031b"}  # the marks that make another letter: ă, â ê ô, ơ ư


def tidy(name: str) -> str:
    """Ghi cho ngay ngắn: NFC, no invisible characters, blanks collapsed, nothing else changed."""
    return BLANKS.sub(" ", unicodedata.normalize("NFC", name.translate(INVISIBLE))).strip()


def fold(text: str) -> str:
    """Khoá tìm kiếm: lowercase ASCII letters and digits, separated by single blanks.

    Marks, đ, case, NFC or NFD and the place of the tone (`hoà`, `hòa`) all fold to the same key.
    """
    return _known_fold(text) if len(text) <= SHORT else _fold(text)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(INVISIBLE).casefold().translate(PLAIN))
    without_marks = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return NOT_SEARCHED.sub(" ", without_marks.translate(PLAIN)).strip()


_known_fold = lru_cache(maxsize=4096)(
    _fold
)  # names of people, papers and procedures are asked for again and again


def reversed_fold(text: str) -> str:
    """Khoá tìm theo tên gọi: the words of `fold` last to first, as one is called by the last."""
    return " ".join(reversed(fold(text).split(" ")))


def lexemes(*texts: str) -> str:
    """Từ để tìm: the tsvector, as it is written, that `to_tsvector('simple', fold(text))` makes of these texts joined."""
    words = [word for text in texts for word in fold(text).split()]
    return " ".join(f"{word}:{place}" for place, word in enumerate(words, start=1))


def sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Thứ tự tiếng Việt: by letters first, then by tones, then as written."""
    tidied = tidy(text)
    letters, tones = _keys(tidied.casefold())
    return letters, tones, tidied


@lru_cache(maxsize=8192)
def _keys(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters: list[int] = []
    tones: list[int] = []
    for written in unicodedata.normalize("NFC", text):
        base, tone = _letter(written)
        letters.append(LETTER.get(base, min(ord(base), 99) if base.isascii() else 10_000 + ord(base)))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def _letter(written: str) -> tuple[str, int]:
    """One letter without its tone, and the place of the tone."""
    base, tone = "", 0
    for part in unicodedata.normalize("NFD", written):
        if part in MARK:
            tone = MARK[part]
        elif part in SHAPES or not unicodedata.combining(part):
            base += part
    return unicodedata.normalize("NFC", base)[:1] or written, tone


def masked(number: str) -> str:
    """A number of somebody as others see it: the last three digits."""
    return "•" * (len(number) - 3) + number[-3:] if number else ""
