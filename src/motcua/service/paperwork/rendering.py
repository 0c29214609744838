"""In biểu mẫu: facts become a sheet, a sheet becomes PDF/A or DOCX. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from motcua.service.paperwork.facts import Facts, from_json
from motcua.service.paperwork.layouts import lay_out
from motcua.service.paperwork.registry import CURRENT, FACTS, Form
from motcua.service.paperwork.writing.docx import write_docx
from motcua.service.paperwork.writing.pdf import write_pdf


def render(form: Form, facts: Facts, *, regime_forms: str = CURRENT, at: datetime | None = None) -> bytes:
    """In biểu mẫu: one form as PDF/A-2b bytes. `at` is the moment that the file states as its own."""
    return write_pdf(lay_out(form, facts, regime_forms), at=at)


def render_snapshot(
    form: Form, facts: Mapping[str, Any], *, regime_forms: str = CURRENT, at: datetime | None = None
) -> bytes:
    """The same from facts kept as JSON."""
    return render(form, from_json(FACTS[form], facts), regime_forms=regime_forms, at=at)


def render_docx(
    form: Form, facts: Facts, *, regime_forms: str = CURRENT, at: datetime | None = None
) -> bytes:
    """Bản để soạn thảo: the same sheet as a DOCX, which an office can go on writing in."""
    return write_docx(lay_out(form, facts, regime_forms), at=at)
