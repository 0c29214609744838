"""Kiểm tra gói DOCX: what may not even be opened.

A template is text, tables and pictures; nothing in it runs or calls out.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from motcua.core.errors import DomainError
from motcua.foundation.documents.kinds import DOCX, RefusedFile, recognise

LARGEST = 2 * 1024 * 1024
MOST_ENTRIES = 300
LARGEST_UNPACKED = 24 * 1024 * 1024
LARGEST_TEXT = 2 * 1024 * 1024  # of one XML part
FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "MERGEFORMAT", "HYPERLINK"})
CODE = re.compile(r"[A-Z][A-Z0-9]{2,}")
ADDRESS = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
FORBIDDEN = ("word/embeddings/", "word/activex/", "word/vbaproject", "customui/", "word/attachedtoolbars")


class RefusedTemplate(DomainError):
    """Mẫu không được nhận: the sentence says what is wrong and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


def check_package(content: bytes, name: str) -> None:
    """Raises RefusedTemplate: not a DOCX, too large, a bomb, macros, embedded objects, parts from elsewhere."""
    if not content:
        raise RefusedTemplate("Tệp rỗng. Hãy chọn tệp Word (.docx).")
    if len(content) > LARGEST:
        raise RefusedTemplate(
            "Tệp mẫu lớn hơn 2 MB. Hãy nén hình trong Word (Compress Pictures) rồi tải lên lại."
        )
    try:
        kind = recognise(io.BytesIO(content), size=len(content), name=name)
    except RefusedFile as refusal:
        raise RefusedTemplate(refusal.message) from None
    if kind is not DOCX:
        raise RefusedTemplate(f"Tệp “{name}” là {kind.label}. Mẫu phải là tệp Word (.docx).")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        _check_entries(package.infolist())
        for entry in package.infolist():
            if entry.filename.endswith((".xml", ".rels")):
                _check_part(entry.filename, package.read(entry))


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise RefusedTemplate(
            "Tệp mẫu bung ra quá lớn. Hãy bỏ bớt hình, chép nội dung sang một tệp mới rồi tải lên."
        )
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names):
        raise RefusedTemplate("Tệp mẫu có phần trùng tên nên không đáng tin. Hãy lưu lại bằng Word.")
    if any(name.startswith(FORBIDDEN) for name in names):
        raise RefusedTemplate(
            "Tệp mẫu có đối tượng nhúng, ActiveX hoặc macro. Hãy bỏ đối tượng đó, chỉ để chữ, bảng và hình."
        )


def _check_part(name: str, content: bytes) -> None:
    if len(content) > LARGEST_TEXT:
        raise RefusedTemplate("Nội dung mẫu quá dài. Một mẫu nên có vài trang.")
    try:
        instructions = _walk(name, content)
    except DefusedXmlException:
        raise RefusedTemplate(
            "Tệp mẫu có khai báo DTD hoặc thực thể nên không được nhận. Hãy lưu lại bằng Word."
        ) from None
    except (ParseError, ValueError, LookupError):
        raise RefusedTemplate("Tệp mẫu bị hỏng, không đọc được. Hãy mở và lưu lại bằng Word.") from None
    _check_instructions(" ".join(instructions))


def _walk(name: str, content: bytes) -> list[str]:
    """The codes of the fields in a part; looks at its relations on the way. The codes may be cut over several runs."""
    found, code = [], ""
    for event, node in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        local = node.tag.rpartition("}")[2]
        if event == "start":
            if local == "Relationship":
                _check_relation(node.attrib)
            if local == "altChunk":
                raise RefusedTemplate(
                    "Tệp mẫu nhúng một tệp khác (altChunk). Hãy chép nội dung trực tiếp vào mẫu."
                )
            if local == "fldSimple":
                found.append(next((value for key, value in node.attrib.items() if key.endswith("instr")), ""))
        elif local == "instrText":
            code += node.text or ""
        elif local == "p" and code:
            found.append(code)
            code = ""
    return [*found, code] if code else found


def _check_relation(relation: dict[str, str]) -> None:
    if relation.get("TargetMode", "").lower() != "external":
        return
    is_link = relation.get("Type", "").endswith("/hyperlink")
    if not is_link or not ADDRESS.match(relation.get("Target", "")):
        raise RefusedTemplate(
            "Tệp mẫu gọi tới nội dung bên ngoài (hình liên kết, mẫu đính kèm). Hãy chèn hình vào trong tệp, không "
            "liên kết."
        )


def _check_instructions(codes: str) -> None:
    quoted = re.sub(r'"[^"]*"', " ", codes)
    if unknown := [word for word in CODE.findall(quoted.upper()) if word not in FIELDS]:
        raise RefusedTemplate(
            f"Tệp mẫu có trường Word “{unknown[0]}” không được dùng. Chỉ dùng số trang (PAGE, NUMPAGES) và liên kết."
        )
