"""Đọc mã QR trong ảnh: a photograph of a paper, or the pages of a scan, whatever their turn and light."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageOps

logger = logging.getLogger(__name__)
LONGEST_SIDE = 3000  # points; a photograph of a telephone is made smaller
MOST_PAGES = 20


def codes_in(content: bytes) -> list[str]:
    """What the QR codes of a picture or a PDF say; nothing when there is none or the file cannot be read."""
    found: list[str] = []
    try:
        for picture in _pictures(content):
            found += [code.text for code in zxingcpp.read_barcodes(picture) if code.text]
            if found:
                break
    except Exception:  # whatever a stranger's file may do to a decoder
        logger.info("No picture could be read", exc_info=True)
    return found


def _pictures(content: bytes) -> Iterator[Image.Image]:
    if content[:5] == b"%PDF-":
        with pdfium.PdfDocument(content) as pdf:
            pdf.init_forms()
            pages = list(range(len(pdf)))[-1:] + list(range(len(pdf)))[: MOST_PAGES - 1]
            for number in dict.fromkeys(pages):  # the code stands on the last page, as a rule
                yield pdf[number].render(scale=2.5, may_draw_forms=True).to_pil()
        return
    with Image.open(io.BytesIO(content)) as photograph:
        photograph.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        yield ImageOps.exif_transpose(photograph).convert("L")
