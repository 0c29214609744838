"""Dấu hiện trên trang: the visible part of a signature, in whole Vietnamese letters, with or without a QR code."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import segno
import typst
from django.conf import settings
from pyhanko.stamp import StaticStampStyle

from motcua.foundation.signing.refusals import SigningRefused

PACKAGE, FACE = "@expo-google-fonts/tinos", "Tinos_400Regular.ttf"
POINTS = 72 / 25.4  # in one millimetre
PROGRAM = b"""
#let given = sys.inputs
#set page(width: float(given.width) * 1pt, height: float(given.height) * 1pt, margin: 0pt, fill: none)
#set text(font: "Tinos", size: 8.5pt, fill: rgb("#1e3a8a"), lang: "vi")
#set par(leading: 3pt)
#let words = json(bytes(given.lines)).join(linebreak())
#if given.code != "" {
  grid(columns: (float(given.height) * 1pt, 1fr), column-gutter: 4pt, align: horizon,
    box(fill: white, image(bytes(given.code), format: "svg", height: float(given.height) * 1pt)), words)
} else {
  box(width: 100%, height: 100%, stroke: 0.8pt + rgb("#1e3a8a"), inset: 5pt, align(left + horizon, words))
}
"""


class FontMissing(SigningRefused):
    """Thiếu phông chữ."""


@dataclass(frozen=True)
class Stamp:
    """Dấu: lines of text, beside a QR code where `code` is given; sizes in millimetres.

    `page`: 0 is the first, -1 the last. `corner`: where it goes when there is room, else the first free place.
    """

    lines: Sequence[str] = field(default=())
    code: str = ""
    page: int = -1
    corner: str = "bottom-right"
    width: float = 74
    height: float = 20

    @classmethod
    def with_code(cls, lines: Sequence[str], code: str) -> Stamp:
        """The agency's: its words and the QR code of the result."""
        return cls(lines=lines, code=code, corner="bottom-left", width=92, height=32)


@contextlib.contextmanager
def drawn_stamp(stamp: Stamp, *, width: float, height: float) -> Iterator[StaticStampStyle]:
    """The stamp as pyHanko takes it, of that size in points; it reads the file while it signs."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as drawn:
        drawn.write(typeset(stamp, width=width, height=height))
        drawn.flush()
        yield StaticStampStyle.from_pdf_file(drawn.name, border_width=0)


def typeset(stamp: Stamp, *, width: float, height: float) -> bytes:
    """Vẽ dấu: a PDF page of exactly that size."""
    given = {
        "width": f"{width}",
        "height": f"{height}",
        "lines": json.dumps(list(stamp.lines), ensure_ascii=False),
        "code": qr_svg(stamp.code) if stamp.code else "",
    }
    folder = font_file().parents[1]
    compiled = typst.compile(  # type: ignore[misc]  # its stubs do not know bytes
        PROGRAM, sys_inputs=given, font_paths=[str(folder)], ignore_system_fonts=True
    )
    return bytes(compiled)


def qr_svg(text: str) -> str:
    """Mã QR of error level M with four modules of white around."""
    made, svg = segno.make(text, error="m", micro=False, boost_error=False), io.BytesIO()
    made.save(svg, kind="svg", border=4, xmldecl=False, nl=False)
    return svg.getvalue().decode()


@lru_cache(maxsize=1)
def font_file() -> Path:
    """The complete face that papers are printed in; the system's own fonts lack letters. Raises FontMissing."""
    for place in (settings.BASE / "node_modules" / PACKAGE, settings.VAR / "assets" / "fonts" / "tinos"):
        found = next(iter(sorted(place.rglob(FACE))), None) if place.is_dir() else None
        if found:
            return found
    raise FontMissing(
        "Chưa ký được vì thiếu phông chữ Tinos. Hãy chạy “npm ci” trong thư mục cài đặt, rồi ký lại."
    )
