"""Small files of every kind, made on the spot."""

from __future__ import annotations

import io
import zipfile

from PIL import Image
from pypdf import PdfWriter

EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + "!$H+H*").encode()
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"


def pdf(pages: int = 1, *, password: str = "", title: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def image(
    form: str = "JPEG", *, size: tuple[int, int] = (80, 40), rotation: int = 1, frames: int = 1
) -> bytes:
    target = io.BytesIO()
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (0, 0, size[0] // 2, size[1]))
    extra = {}
    if rotation != 1:
        exif = Image.Exif()
        exif[0x0112] = rotation
        extra["exif"] = exif
    if frames > 1:
        extra |= {"save_all": True, "append_images": [picture.copy() for _ in range(frames - 1)]}
    picture.save(target, form, **extra)
    return target.getvalue()


def archive(entries: dict[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return target.getvalue()


def office(main_type: str, **entries: bytes) -> bytes:
    types = f'<Types><Override PartName="/main.xml" ContentType="{main_type}"/></Types>'
    return archive({"[Content_Types].xml": types, "main.xml": b"<a/>", **entries})


def heic() -> bytes:
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
