"""Đọc chữ: the letters of a scanned paper, by OCRmyPDF and Tesseract: a PDF/A that can be searched, and each word with how
sure the machine is of it. Works on pictures that `sheets` has drawn, never on a file as it came.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from defusedxml.ElementTree import parse

from motcua.foundation.documents.capabilities import text_recognition

SECONDS_A_PAGE = 120
HEARING = Path(__file__).with_name("hearing.py")
XHTML = "{http://www.w3.org/1999/xhtml}"


class CannotRead(Exception):
    """Không đọc được chữ; the message is a Vietnamese sentence."""


@dataclass(frozen=True)
class Word:
    """Một chữ, and how sure the machine is of it, from 0 to 100."""

    text: str
    confidence: float


Line = tuple[Word, ...]


@dataclass(frozen=True)
class Recognised:
    """Đã đọc: the searchable PDF/A, and its lines from top to bottom."""

    content: bytes
    lines: tuple[Line, ...]


def bound(pages: Sequence[bytes]) -> bytes:
    """Đóng tập: JPEG pages as one PDF of A4 sheets, the pictures untouched."""
    import img2pdf

    a4 = (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297))
    layout = img2pdf.get_layout_fun(a4, auto_orient=True)
    made: bytes = img2pdf.convert(list(pages), layout_fun=layout)
    return made


def recognise(pdf: bytes) -> Recognised:
    """Đọc chữ một tập. Raises CannotRead: nothing is lost then, the PDF stays as it was.

    In this process, for the program costs a second to begin; one page after the other, for the office has other work.
    """
    tool = text_recognition()
    if not tool.is_present:
        raise CannotRead(f"Máy chủ chưa đọc được chữ, hãy nhập dữ liệu bằng tay. {tool.advice}")
    import ocrmypdf
    from ocrmypdf.exceptions import ExitCodeException

    logging.getLogger("ocrmypdf").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "out.pdf")
        source.write_bytes(pdf)
        try:
            ocrmypdf.ocr(
                source, target, language=["vie"], output_type="pdfa", optimize=0, fast_web_view=0, jobs=1,
                use_threads=True, progress_bar=False, tesseract_timeout=SECONDS_A_PAGE, plugins=[HEARING],
            )  # fmt: skip
        except (ExitCodeException, OSError, ValueError) as error:
            logging.getLogger(__name__).warning("OCR failed: %s", error)
            raise CannotRead("Máy không đọc được chữ trên giấy này. Hãy nhập dữ liệu bằng tay.") from error
        lines = [line for page in sorted(Path(folder).glob("*.hocr")) for line in _lines(page)]
        return Recognised(target.read_bytes(), tuple(lines))


def _lines(page: Path) -> list[Line]:
    """The lines of one page of hOCR."""
    found = []
    for node in parse(page).iter(f"{XHTML}span"):
        if node.get("class") in {"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"}:
            words = tuple(
                Word("".join(word.itertext()).strip(), _confidence(word.get("title", "")))
                for word in node.iter(f"{XHTML}span")
                if word.get("class") == "ocrx_word"
            )
            found.append(tuple(word for word in words if word.text))
    return [line for line in found if line]


def _confidence(title: str) -> float:
    for piece in title.split(";"):
        name, _, value = piece.strip().partition(" ")
        if name == "x_wconf":
            return float(value)
    return 0.0
