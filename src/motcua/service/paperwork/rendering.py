"""Print facts to PDF/A. No database, no clock: the same facts and moment give the same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
import typst

from motcua.service.paperwork.facts import Facts, as_json
from motcua.service.paperwork.fonts import font_folder, loaded
from motcua.service.paperwork.registry import CURRENT, Form, template_of

TEMPLATES = Path(__file__).parent / "typst"


def render(form: Form, facts: Facts, *, regime_forms: str = CURRENT, at: datetime | None = None) -> bytes:
    """In biểu mẫu: one form as PDF/A-2b bytes. `at` is the moment that the file states as its own."""
    return render_snapshot(form, as_json(facts), regime_forms=regime_forms, at=at)


def render_snapshot(
    form: Form, facts: Mapping[str, Any], *, regime_forms: str = CURRENT, at: datetime | None = None
) -> bytes:
    """The same from facts kept as JSON. Facts reach the template as data, never as markup."""
    data = {**facts, "form_label": form.label}
    if url := data.get("tracking_url"):
        data["qr"] = qr_svg(url)
    pdf = typst.compile(
        str(TEMPLATES / template_of(form, regime_forms)),
        root=str(TEMPLATES),
        font_paths=loaded(font_folder()),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"facts": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        timestamp=int(at.timestamp()) if at else 0,
    )
    return bytes(pdf)


def qr_svg(text: str) -> str:
    """A QR code of error level M as SVG text, with its quiet zone."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, nl=False)
    return out.getvalue().decode()
