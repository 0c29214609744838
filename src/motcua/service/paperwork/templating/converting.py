"""Đổi DOCX thành PDF: by LibreOffice where it is installed, else by our own modest reading of the file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from motcua.core.errors import DomainError
from motcua.foundation.documents.capabilities import Capability
from motcua.service.paperwork.writing.pdf import write_pdf
from motcua.service.paperwork.writing.reading import limits_of, read_docx

MOST_SECONDS = 60
FILTER = 'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}'  # PDF/A-2b


class CannotConvert(DomainError):
    """Không đổi được sang PDF."""


@dataclass(frozen=True)
class Converted:
    """Trang giấy, by which means, and what that means left out."""

    pdf: bytes
    by: str
    limits: tuple[str, ...] = ()


def libre_office() -> Capability:
    """LibreOffice, for templates with what our own reading does not know."""
    gives = "đổi mẫu DOCX riêng sang PDF đúng từng nét"
    if _program():
        return Capability("LibreOffice", gives, is_present=True)
    advice = (
        "Cài LibreOffice: apt-get install libreoffice-writer-nogui. Khi chưa có, hệ thống tự vẽ mẫu riêng: chữ, bảng, "
        "hình; không vẽ khung chữ, cột, công thức."
    )
    return Capability("LibreOffice", gives, is_present=False, advice=advice)


def as_pdf(content: bytes, *, at: datetime | None = None) -> Converted:
    """DOCX thành PDF/A-2b. Raises CannotConvert."""
    if program := _program():
        return Converted(_by_office(program, content), "LibreOffice")
    return Converted(write_pdf(read_docx(content), at=at), "bộ vẽ có sẵn", tuple(limits_of(content)))


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _by_office(program: str, content: bytes) -> bytes:
    """In a folder and a profile of its own, without our secrets, for a minute at most."""
    with tempfile.TemporaryDirectory(prefix="motcua-office-") as folder:
        home = Path(folder)
        (home / "paper.docx").write_bytes(content)
        command = [
            program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", "--nolockcheck",
            "--convert-to", FILTER, "--outdir", folder, str(home / "paper.docx"),
        ]  # fmt: skip
        environment = {"HOME": folder, "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
        running = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            running.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        made = home / "paper.pdf"
        if not made.is_file():
            raise CannotConvert(
                "LibreOffice không đổi được mẫu này sang PDF. Hãy mở mẫu bằng Word, lưu lại rồi thử lại."
            )
        return made.read_bytes()
