"""Reading the letters of a scanned page: through the worker's operation against bare Tesseract on the same picture.

Through the queue means all that the worker does for one page: the scan is read from the store, OCRmyPDF draws it, Tesseract
reads it, a searchable PDF/A is made, stored in the old one's place, and the suggestions are written. Both take turns, so
that a slow moment of the machine meets both.
"""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench.figures import Figure

NEEDS_DATABASE = True
MOST = 1.5  # times the bare reading
ROUNDS = 3
FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
)
TEXT = "Trích lục này được cấp theo yêu cầu của người có tên nêu trên và có giá trị như bản chính."


def measure() -> list[Figure]:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    from motcua.foundation.documents.capabilities import text_recognition

    tool = text_recognition()
    if not tool.is_present:
        raise SystemExit(f"Không đo được: {tool.advice}")
    from motcua.service.dossiers.tests.world import MONDAY, build_world
    from motcua.service.holdings.models import Digitisation
    from motcua.service.holdings.operations.digitising import add_page, begin, finish_scan, read

    world = build_world()
    queued, bare = [], []
    for turn in range(ROUNDS + 1):  # the first of them warms both
        at = MONDAY + timedelta(minutes=turn)
        page = a_page(turn)
        dossier = world.receive(at=at)
        begun = begin(part_id=dossier.parts.get(position=2).pk, by=world.clerk, at=at)
        add_page(io.BytesIO(page), digitisation_id=begun.pk, name="trang.jpg", by=world.clerk, at=at)
        finish_scan(digitisation_id=begun.pk, by=world.clerk, at=at)
        started = time.perf_counter()
        read(digitisation_id=begun.pk, at=at)
        queued.append(time.perf_counter() - started)
        if note := Digitisation.objects.get(pk=begun.pk).read_note:
            raise SystemExit(f"Không đọc được: {note}")
        bare.append(tesseract(page))
    through, alone = median(queued[1:]), median(bare[1:])
    note = f"{through:.1f} s qua hàng chờ, Tesseract trần {alone:.1f} s"
    return [
        Figure(
            "ocr: một trang A4 qua hàng chờ so với Tesseract trần", through / alone, "lần", MOST, note=note
        )
    ]


def tesseract(page: bytes) -> float:
    """Seconds of bare Tesseract, words with their places written, as the queue needs them."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "page.jpg")
        picture.write_bytes(page)
        started = time.perf_counter()
        subprocess.run(
            ["tesseract", picture, Path(folder, "out"), "-l", "vie", "hocr", "txt"],
            check=True,
            capture_output=True,
        )
        return time.perf_counter() - started


def a_page(turn: int) -> bytes:
    """A full page of text, A4 at 300 dpi."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(next(path for path in FONTS if Path(path).exists()), 46)
    page = Image.new("L", (2480, 3508), 255)
    for place in range(20):
        ImageDraw.Draw(page).text((190, 190 + place * 82), f"{turn}.{place} {TEXT}", fill=0, font=font)
    target = io.BytesIO()
    page.save(target, "JPEG", dpi=(300, 300), quality=85)
    return target.getvalue()
