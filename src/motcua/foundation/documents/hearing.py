"""Nghe máy đọc: OCRmyPDF throws away how sure Tesseract was of each word; this keeps it beside the output.

Loaded by OCRmyPDF as a plugin, by its path.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ocrmypdf import hookimpl
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine


class HearingEngine(TesseractOcrEngine):
    """Tesseract, whose page of words is copied to where the output goes."""

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Any) -> None:
        TesseractOcrEngine.generate_hocr(input_file, output_hocr, output_text, options)  # type: ignore[no-untyped-call]
        shutil.copy(output_hocr, Path(options.output_file).parent / Path(output_hocr).name)


@hookimpl(tryfirst=True)
def get_ocr_engine(options: Any) -> HearingEngine:
    return HearingEngine()
