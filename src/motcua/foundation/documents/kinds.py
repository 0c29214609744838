"""Loại tệp: which kinds of file the house takes, recognised by their content and never by their name. Pure."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from motcua.core.errors import DomainError

MIB = 1024 * 1024
HEAD = 4096
TAIL = 66_000  # a ZIP's last record may be followed by 64 KiB of comment
MOST_ENTRIES = 5_000
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_RATIO = 200
LONGEST_TYPES_PART = 1024 * 1024


class RefusedFile(DomainError):
    """Tệp không được nhận: the sentence says what is wrong with it and what to do."""

    def __init__(self, message: str, *, field: str = "file") -> None:
        super().__init__(message, field=field)


class EmptyFile(RefusedFile):
    """Tệp rỗng."""


class TooLarge(RefusedFile):
    """Tệp quá lớn."""


class WrongType(RefusedFile):
    """Tệp không đúng loại được nhận."""


class UnsafeFile(RefusedFile):
    """Tệp không an toàn: it pretends to be two things, or carries something that runs."""


@dataclass(frozen=True)
class Kind:
    """Loại tệp. `is_shown`: a browser may show it inside a page; everything else is only ever downloaded."""

    label: str
    media_type: str
    extensions: tuple[str, ...]
    is_shown: bool = False
    is_image: bool = False


PDF = Kind("PDF", "application/pdf", (".pdf",), is_shown=True)
JPEG = Kind("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jfif"), is_shown=True, is_image=True)
PNG = Kind("PNG", "image/png", (".png",), is_shown=True, is_image=True)
TIFF = Kind("TIFF", "image/tiff", (".tif", ".tiff"), is_image=True)
WEBP = Kind("WebP", "image/webp", (".webp",), is_shown=True, is_image=True)
HEIC = Kind("HEIC", "image/heic", (".heic", ".heif"), is_image=True)
DOCX = Kind("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
XLSX = Kind("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
XML = Kind("XML", "application/xml", (".xml",))
ZIP = Kind("ZIP", "application/zip", (".zip",))

KINDS = (PDF, JPEG, PNG, TIFF, WEBP, HEIC, DOCX, XLSX, XML, ZIP)
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
ALLOWED = ", ".join(kind.label for kind in KINDS[:-1]) + f" hoặc {KINDS[-1].label}"
ACCEPT = ",".join(extension for kind in KINDS for extension in kind.extensions)  # of <input type="file">

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
SCRIPTS = (b"<script", b"<html", b"<!doctype html", b"<?php", b"<svg", b"javascript:")
# fmt: off
RUNNING = frozenset({
    ".exe", ".dll", ".com", ".scr", ".msi", ".bat", ".cmd", ".ps1",
    ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta", ".lnk", ".jar",
    ".apk", ".sh", ".reg", ".cpl", ".html", ".htm", ".svg",
})
# fmt: on
KNOWN = frozenset({"RAR", "7Z", "GIF", "BMP", "MP4", "MOV", "AVI", "MP3", "WAV", "PSD", "RTF", "GZ", "ICO"})
LEGACY_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN_ROOTS = (
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/XSL/Transform",
)


def refuse_by_size(size: int | None, *, limit: int, name: str) -> None:
    """Cỡ tệp: nothing, or more than may come; None: not known yet. Raises EmptyFile, TooLarge."""
    if size is None or 0 < size <= limit:
        return
    if size <= 0:
        raise EmptyFile(f"Tệp “{name}” rỗng (0 byte). Hãy mở thử tệp trên máy của bạn rồi tải lên lại.")
    raise too_large(size, limit=limit, name=name)


def too_large(size: int, *, limit: int, name: str) -> TooLarge:
    """The refusal of what is beyond the limit, with what to do."""
    weighs = f" nặng {size / MIB:.0f} MB," if size >= limit + MIB else ""
    return TooLarge(
        f"Tệp “{name}”{weighs} vượt mức {limit // MIB} MB. "
        "Hãy quét ở 200 dpi, nén lại hoặc tách thành nhiều tệp rồi tải lên."
    )


def recognise(content: IO[bytes], *, size: int, name: str) -> Kind:
    """Nhận dạng: the kind of a file by its content; `name` is only for the sentence of a refusal.

    Leaves `content` at its beginning. Raises WrongType, UnsafeFile.
    """
    try:
        head, tail = _ends(content, size)
        kind = _kind(content, head, name)
        if kind not in {DOCX, XLSX, ZIP}:
            _refuse_two_faces(kind, head, tail, name)
        if kind is PDF and b"/Encrypt" in head + tail:
            _refuse_locked(content, name)
        return kind
    finally:
        content.seek(0)


def _ends(content: IO[bytes], size: int) -> tuple[bytes, bytes]:
    content.seek(0)
    head = content.read(HEAD)
    content.seek(max(0, size - TAIL))
    tail = content.read(TAIL)
    content.seek(0)
    return head, tail


def _kind(content: IO[bytes], head: bytes, name: str) -> Kind:
    for magic, kind, agrees in MAGICS:
        if head.startswith(magic) and agrees(head):
            return kind
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return HEIC
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(content, name)
    if b"%PDF-" in head[:1024]:
        raise UnsafeFile(
            f"Tệp “{name}” có phần lạ đứng trước nội dung PDF nên không được nhận. Hãy xuất lại tệp PDF từ phần mềm gốc."
        )
    if head.startswith(LEGACY_OFFICE):
        raise WrongType(
            f"Tệp “{name}” ở dạng Word, Excel đời cũ (.doc, .xls). Hãy lưu lại thành .docx, .xlsx hoặc PDF rồi tải lên."
        )
    if _looks_like_markup(head):
        return _marked_up(content, name)
    raise _wrong_type(head, name)


MAGICS: Sequence[tuple[bytes, Kind, Callable[[bytes], bool]]] = (
    (b"%PDF-", PDF, bool),
    (b"\xff\xd8\xff", JPEG, bool),
    (b"\x89PNG\r\n\x1a\n", PNG, lambda head: head[12:16] == b"IHDR"),
    (b"II*\x00", TIFF, bool),
    (b"MM\x00*", TIFF, bool),
    (b"RIFF", WEBP, lambda head: head[8:12] == b"WEBP"),
)


def _refuse_two_faces(kind: Kind, head: bytes, tail: bytes, name: str) -> None:
    """A file that a browser or an unpacker would read as something else than its kind."""
    if kind is not XML and any(script in head[:1024].lower() for script in SCRIPTS):
        raise UnsafeFile(
            f"Tệp “{name}” có mã lệnh ẩn ở đầu tệp nên không được nhận. Hãy quét hoặc xuất lại tệp."
        )
    if _ends_as_zip(tail):
        raise UnsafeFile(
            f"Tệp “{name}” là {kind.label} nhưng có tệp nén ẩn ở cuối nên không được nhận. Hãy quét hoặc xuất lại tệp."
        )


def _refuse_locked(content: IO[bytes], name: str) -> None:
    """A PDF that opens only with a password is read by nobody here; one that only forbids printing opens without."""
    import pikepdf

    content.seek(0)
    try:
        pikepdf.open(content).close()  # type: ignore[arg-type]  # any seekable file serves
    except pikepdf.PasswordError:
        raise UnsafeFile(
            f"Tệp “{name}” đặt mật khẩu nên cơ quan không mở được. Hãy bỏ mật khẩu (mở tệp, in ra PDF mới) rồi tải lên lại."
        ) from None
    except (pikepdf.PdfError, OSError, ValueError):
        return  # broken otherwise: the preview says so


def _ends_as_zip(tail: bytes) -> bool:
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return False
    (comment,) = struct.unpack("<H", tail[at + 20 : at + 22])
    return at + 22 + int(comment) == len(tail)


def _packed(content: IO[bytes], name: str) -> Kind:
    """A ZIP, or a Word or Excel file inside one."""
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
            _refuse_unsafe_entries(entries, name)
            if any(entry.filename == "[Content_Types].xml" for entry in entries):
                return _office(archive, entries, name)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, RuntimeError):
        raise WrongType(
            f"Tệp “{name}” bị hỏng, không mở được. Hãy mở thử trên máy của bạn rồi tải lên lại."
        ) from None
    if running := next((entry.filename for entry in entries if _suffix(entry.filename) in RUNNING), ""):
        raise UnsafeFile(
            f"Tệp nén “{name}” chứa tệp chạy được ({_short(running)}) nên không được nhận. Hãy bỏ tệp đó ra rồi nén lại."
        )
    return ZIP


def _refuse_unsafe_entries(entries: Sequence[zipfile.ZipInfo], name: str) -> None:
    if not entries:
        raise EmptyFile(f"Tệp nén “{name}” không có gì bên trong.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnsafeFile(
            f"Tệp “{name}” đặt mật khẩu nên không kiểm tra được. Hãy bỏ mật khẩu rồi tải lên lại."
        )
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    is_bomb = unpacked > MOST_UNPACKED or (unpacked > 64 * 1024 * 1024 and unpacked / packed > MOST_RATIO)
    if len(entries) > MOST_ENTRIES or is_bomb:
        raise UnsafeFile(
            f"Tệp “{name}” bung ra quá lớn nên không được nhận. Hãy chia thành nhiều tệp nhỏ hơn."
        )
    if any(_leaves_its_folder(entry.filename) for entry in entries):
        raise UnsafeFile(f"Tệp nén “{name}” có đường dẫn bất thường nên không được nhận. Hãy nén lại.")


def _leaves_its_folder(entry: str) -> bool:
    path = entry.replace("\\", "/")
    return path.startswith("/") or ".." in path.split("/") or path[1:3] == ":/"


def _office(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], name: str) -> Kind:
    with archive.open("[Content_Types].xml") as part:
        types = part.read(LONGEST_TYPES_PART).lower()
    has_macros = b"macroenabled" in types or b"vbaproject" in types
    if has_macros or any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise UnsafeFile(
            f"Tệp “{name}” chứa macro nên không được nhận. Hãy lưu lại ở dạng không có macro (.docx, .xlsx) hoặc PDF."
        )
    if b"wordprocessingml.document.main+xml" in types:
        return DOCX
    if b"spreadsheetml.sheet.main+xml" in types:
        return XLSX
    raise WrongType(f"Tệp “{name}” không đúng loại được nhận. Hãy dùng {ALLOWED}.")


def _looks_like_markup(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<")):
        return True
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _marked_up(content: IO[bytes], name: str) -> Kind:
    """A well-formed XML file of data: no document type, no entities, nothing that a browser would run."""
    refusal = UnsafeFile(
        f"Tệp “{name}” là trang web hoặc có mã lệnh, không phải dữ liệu XML. Hãy in trang ra PDF rồi tải lên."
    )
    try:
        for event, node in iterparse(content, events=("start", "end", "pi"), forbid_dtd=True):
            if event == "pi":
                if str(node.text).startswith("xml-stylesheet"):
                    raise refusal
            elif event == "start":
                _refuse_foreign(node, refusal)
            else:
                node.clear()
    except DefusedXmlException:
        raise UnsafeFile(f"Tệp XML “{name}” có khai báo DTD hoặc thực thể nên không được nhận.") from None
    except (ParseError, ValueError, LookupError):
        content.seek(0)
        if any(script in content.read(HEAD).lower() for script in SCRIPTS):
            raise refusal from None
        raise WrongType(f"Tệp XML “{name}” bị lỗi cú pháp, không đọc được. Hãy xuất lại tệp.") from None
    return XML


def _refuse_foreign(node: Any, refusal: UnsafeFile) -> None:
    space, _, local = str(node.tag).rpartition("}")
    if space.removeprefix("{") in FOREIGN_ROOTS or local.lower() in {"html", "script", "svg"}:
        raise refusal


def _wrong_type(head: bytes, name: str) -> WrongType:
    guess = _guess(head)
    what = f" (nội dung là {guess})" if guess else ""
    return WrongType(f"Tệp “{name}” không đúng loại được nhận{what}. Hãy dùng {ALLOWED}.")


def _guess(head: bytes) -> str:
    """A word that people know for what the content is; "" rather than a wrong one."""
    import puremagic

    if head.startswith((b"MZ", b"\x7fELF", b"#!")):
        return "chương trình máy tính"
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    return next((word for match in matches if (word := match.extension.lstrip(".").upper()) in KNOWN), "")


def _suffix(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"…{name[-59:]}"
