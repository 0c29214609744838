"""Chỗ trống trên trang: where a stamp covers nothing. A page is looked at as a picture, so scans count too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from motcua.foundation.signing.stamping import POINTS, Stamp

if TYPE_CHECKING:
    from PIL.Image import Image

SCALE = 0.5  # 36 dots an inch are enough to see whether something is written
MARGIN = 8.0  # millimetres
STEP = 6.0
DARK = 150
UNEVEN = 40  # levels of grey between the darkest and the lightest dot of an empty place
Box = tuple[int, int, int, int]


def place_of(content: bytes, stamp: Stamp, *, taken: list[tuple[int, Box]]) -> tuple[int, Box, bool]:
    """The page, the box in points, and whether it is empty: the wanted corner first, then any free place, off its edge.

    `taken` are boxes of earlier signatures with their pages. When nothing is free the corner is used all the same.
    """
    with pdfium.PdfDocument(content) as pdf:
        pdf.init_forms()  # so that stamps of other programs are seen
        number = stamp.page % len(pdf)
        page = pdf[number]
        width, height = page.get_size()
        picture = page.render(scale=SCALE, may_draw_forms=True).to_pil().convert("L")
        used = [box for on, box in taken if on == number]
        first: Box | None = None
        for box in _candidates(stamp, width, height):
            first = first or box
            if not any(_meet(box, other) for other in used) and _is_empty(picture, box, height):
                return number, box, True
    assert first is not None  # noqa: S101  there is always the corner
    return number, first, False


def _candidates(stamp: Stamp, width: float, height: float) -> Iterator[Box]:
    wide = min(stamp.width * POINTS, width - 2 * MARGIN)
    high = min(stamp.height * POINTS, height - 2 * MARGIN)
    left, right = MARGIN * POINTS, width - MARGIN * POINTS - wide
    columns = (left, right) if stamp.corner.endswith("left") else (right, left)
    lowest, highest = MARGIN * POINTS, height - MARGIN * POINTS - high
    rows = []
    row = lowest
    while row <= highest:
        rows.append(row)
        row += STEP * POINTS
    if stamp.corner.startswith("top"):
        rows = [highest, *reversed(rows)]
    for bottom in rows:
        for column in columns:
            yield int(column), int(bottom), int(column + wide), int(bottom + high)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _is_empty(picture: Image, box: Box, height: float) -> bool:
    left, bottom, right, top = box
    seen = picture.crop(
        (int(left * SCALE), int((height - top) * SCALE), int(right * SCALE), int((height - bottom) * SCALE))
    )
    histogram = seen.histogram()
    levels = [level for level, count in enumerate(histogram) if count]
    return levels[-1] - levels[0] <= UNEVEN and levels[0] > DARK
