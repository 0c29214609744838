"""Dấu nhận dạng trên giấy: a QR code or a Code 128 bar code, as a picture both sharp (SVG) and for Word (PNG)."""

from __future__ import annotations

import io
import re
from functools import lru_cache

import segno

from motcua.service.paperwork.sheet import Picture

# Code 128: bar and space widths of the values 0–105, and the stop sign.
WIDTHS = re.findall(
    r"\d+",
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232",
)
STOP = "2331112"
START_B = 104
QUIET = 10  # modules of white at each side


@lru_cache(maxsize=64)
def qr(text: str, *, side: float = 21.0) -> Picture:
    """Mã QR of error level M, with its quiet zone."""
    code, svg, png = segno.make(text, error="m", micro=False), io.BytesIO(), io.BytesIO()
    code.save(svg, kind="svg", border=2, xmldecl=False, nl=False)
    code.save(png, kind="png", border=2, scale=8)
    return Picture(
        png=png.getvalue(), svg=svg.getvalue().decode(), width=side, height=side, alt="Mã QR tra cứu hồ sơ"
    )


@lru_cache(maxsize=64)
def barcode(text: str, *, width: float = 62.0, height: float = 9.0) -> Picture:
    """Mã vạch Code 128 (set B). Raises ValueError for a letter outside ASCII."""
    bars = _bars(text)
    modules = sum(width for _, width in bars) + 2 * QUIET
    return Picture(
        png=_png(bars, modules), svg=_svg(bars, modules), width=width, height=height, alt=f"Mã vạch {text}"
    )


def _bars(text: str) -> list[tuple[bool, int]]:
    """Is it black, how many modules wide."""
    if not all(" " <= letter <= "~" for letter in text):
        raise ValueError(text)
    values = [ord(letter) - 32 for letter in text]
    check = (START_B + sum(place * value for place, value in enumerate(values, start=1))) % 103
    widths = "".join([*(WIDTHS[value] for value in (START_B, *values, check)), STOP])
    return [(place % 2 == 0, int(width)) for place, width in enumerate(widths)]


def _svg(bars: list[tuple[bool, int]], modules: int) -> str:
    shapes, x = [], QUIET
    for is_black, width in bars:
        if is_black:
            shapes.append(f'<rect x="{x}" y="0" width="{width}" height="20"/>')
        x += width
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {modules} 20" preserveAspectRatio="none">'
    return f"{head}{''.join(shapes)}</svg>"


def _png(bars: list[tuple[bool, int]], modules: int) -> bytes:
    from PIL import Image, ImageDraw

    scale = 4
    image = Image.new("1", (modules * scale, 20 * scale), 1)
    draw, x = ImageDraw.Draw(image), QUIET * scale
    for is_black, width in bars:
        if is_black:
            draw.rectangle((x, 0, x + width * scale - 1, 20 * scale), fill=0)
        x += width * scale
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
