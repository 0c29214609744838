"""Tờ in của bản giấy: the electronic original's pages with one line of words and the copy's QR code where there is room.

What signatures show is drawn into the page, and the signatures themselves leave: a print proves nothing by them, and a
file that still bore them would look altered.
"""

from __future__ import annotations

import io

import pikepdf

from motcua.core.time import VIETNAM
from motcua.foundation.signing.operations.documents import bytes_of
from motcua.foundation.signing.placing import place_of
from motcua.foundation.signing.stamping import Stamp, typeset
from motcua.service.results.codes import address_of
from motcua.service.results.models import PaperCopy


def copy_pdf(copy: PaperCopy) -> bytes:
    """Bản giấy để in. Raises what opening a file may raise."""
    issued = copy.issued
    assert issued.document is not None  # noqa: S101  none other is copied
    stamp = _stamp(copy)
    with pikepdf.Pdf.open(io.BytesIO(bytes_of(issued.document))) as pdf:
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("all")
        for name in ("/AcroForm", "/DSS", "/Perms"):
            if name in pdf.Root:
                del pdf.Root[name]
        flat = io.BytesIO()
        pdf.save(flat)
        page, (left, bottom, right, top), _ = place_of(flat.getvalue(), stamp, taken=[])
        drawn = typeset(stamp, width=right - left, height=top - bottom)
        with pikepdf.Pdf.open(io.BytesIO(drawn)) as overlay:
            pdf.pages[page].add_overlay(overlay.pages[0], pikepdf.Rectangle(left, bottom, right, top))
        printed = io.BytesIO()
        pdf.save(printed, deterministic_id=True)
    return printed.getvalue()


def _stamp(copy: PaperCopy) -> Stamp:
    """Dòng chữ của bản giấy. Legal: ND30-2020 Đ25"""
    address = address_of(copy)
    words = (
        f"In từ bản điện tử {copy.issued.paper_id}, bản giấy thứ {copy.number}",
        f"Mã bản giấy: {copy.paper_id}",
        f"Người in: {copy.printed_by.full_name}",
        f"Nơi in: {copy.agency.name}",
        f"In lúc: {copy.printed_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
        f"Xác thực: {address.split('/X/')[0].lower()}/xac-thuc/",
    )
    return Stamp(lines=words, code=address, corner="bottom-right", width=100, height=32)
