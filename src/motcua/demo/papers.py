"""Giấy tờ mẫu: small pictures of made-up papers and results, so that the demo has something to preview."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 827, 1170  # A4 at 100 dots an inch


@lru_cache(maxsize=16)
def scan(number: int) -> bytes:
    """A JPEG that looks like a scanned form: lines of writing, a stamp, a signature; the same for the same number."""
    paper = Image.new("RGB", (WIDTH, HEIGHT), (250, 249, 244))
    pen = ImageDraw.Draw(paper)
    pen.rectangle((250, 60, 577, 66), fill=(40, 40, 40))
    pen.rectangle((300, 84, 527, 89), fill=(60, 60, 60))
    pen.rectangle((200, 170, 627, 182), fill=(30, 30, 30))
    for line in range(22):
        top = 240 + line * 30
        length = 180 + (line * 137 + number * 61) % 420
        pen.rectangle((90, top, 90 + 110, top + 5), fill=(90, 90, 90))
        pen.rectangle((215, top, 215 + length, top + 5), fill=(70, 70, 120))
    pen.ellipse((520, 930, 680, 1090), outline=(196, 38, 46), width=5)
    pen.arc((560, 980, 760, 1060), 180 + number * 7, 340, fill=(30, 40, 140), width=4)
    turned = paper.rotate(0.4 * (number % 3 - 1), fillcolor=(250, 249, 244)).filter(
        ImageFilter.GaussianBlur(0.6)
    )
    buffer = BytesIO()
    turned.save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


@lru_cache(maxsize=16)
def result(number: int) -> bytes:
    """A PDF that looks like a signed paper, for the electronic copy of a result; the same for the same number."""
    buffer = BytesIO()
    Image.open(BytesIO(scan(number))).save(buffer, "PDF", resolution=100)
    return buffer.getvalue()
