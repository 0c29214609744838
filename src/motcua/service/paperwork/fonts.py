"""The letters that papers are printed in: complete TTFs of Tinos (metrics of Times), never the system's own fonts."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings
from fontTools.ttLib import TTFont

from motcua.core.errors import DomainError

PACKAGE = "@expo-google-fonts/tinos"
STAND_IN = "\N{WHITE SQUARE}"
KEPT = {"\N{ZERO WIDTH SPACE}", "\N{SOFT HYPHEN}"}
FACES = ("Tinos_400Regular", "Tinos_400Regular_Italic", "Tinos_700Bold", "Tinos_700Bold_Italic")


class FontsMissing(DomainError):
    """Thiếu phông chữ: without them a paper would lose Vietnamese letters, so nothing is printed."""


def font_folder() -> Path:
    """The folder that holds all four faces. Raises FontsMissing with what to do."""
    places = [settings.BASE / "node_modules" / PACKAGE, settings.VAR / "assets" / "fonts" / "tinos"]
    for place in places:
        if all(any(place.rglob(f"{face}.ttf")) for face in FACES):
            return place
    raise FontsMissing(
        "Chưa in được vì thiếu phông chữ Tinos. Hãy chạy “npm ci” trong thư mục cài đặt, hoặc chép bốn tệp "
        f"Tinos_*.ttf vào {places[-1]}."
    )


@lru_cache(maxsize=2)
def loaded(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


@lru_cache(maxsize=2)
def letters(folder: Path) -> frozenset[str]:
    """Every letter that all four faces can show."""
    files = [next(folder.rglob(f"{face}.ttf")) for face in FACES]
    known = [set(TTFont(file, lazy=True).getBestCmap()) for file in files]
    return frozenset(map(chr, set.intersection(*known)))


def printable(text: str, folder: Path) -> str:
    """The text with a square for each letter that no face has, because PDF/A refuses a letter that it cannot show.

    Marks that only steer (direction, joining) are left out.
    """
    known = letters(folder)
    if known.issuperset(text):
        return text
    composed = unicodedata.normalize("NFC", text)
    square = STAND_IN if STAND_IN in known else "?"
    return "".join(one if one in known or one in KEPT else _instead(one, square) for one in composed)


def _instead(letter: str, square: str) -> str:
    return "" if unicodedata.category(letter) in {"Cf", "Cc", "Mn"} else square
