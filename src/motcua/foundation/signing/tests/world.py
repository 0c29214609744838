"""A local authority in a folder of its own, and papers to sign."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import typst
from PIL import Image

from motcua.core.time import VIETNAM
from motcua.foundation.signing.local_ca import LocalCa
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.stamping import font_file

SECRET = "tests-only-signing-secret"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)


def authority(folder: Path, settings, at: datetime = AT) -> LocalCa:
    """The tests' own authority, whose folder the settings name."""
    settings.SIGNING_DIR, settings.SIGNING_SECRET, settings.SIGNING_FETCHES = folder, SECRET, False
    return LocalCa(folder, SECRET, at)


def unsaved(ca: LocalCa, name: str, *, is_agency: bool = False, **how) -> SigningIdentity:
    """An identity that lies in no database: enough to sign with."""
    file = f"{'agency' if is_agency else 'officer'}-{len(list(ca.folder.glob('*.p12')))}.p12"
    pem = ca.issue(name, file, **how)
    identity = SigningIdentity(
        kind="AGENCY" if is_agency else "OFFICER", keeper="FILE", key_name=file, certificate=pem, chain=ca.chain,
        holder_name=name,
    )  # fmt: skip
    identity.valid_from = identity.parsed.not_valid_before_utc
    identity.valid_to = identity.parsed.not_valid_after_utc
    return identity


def paper(text: str = "Trích lục khai sinh của Nguyễn Thị Ánh", *, lines: int = 10) -> bytes:
    """A printed page with that many lines."""
    source = '#set page("a4")\n#set text(font: "Tinos", 13pt)\n' + "\n\n".join([text] * lines)
    return bytes(
        typst.compile(source.encode(), font_paths=[str(font_file().parents[1])], ignore_system_fonts=True)
    )


def picture(content: bytes, page: int = -1, scale: float = 3.0) -> Image.Image:
    with pdfium.PdfDocument(content) as pdf:
        pdf.init_forms()
        return pdf[page % len(pdf)].render(scale=scale, may_draw_forms=True).to_pil()


def png(content: bytes) -> bytes:
    buffer = BytesIO()
    picture(content).save(buffer, "PNG")
    return buffer.getvalue()
