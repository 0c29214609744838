"""Điền mẫu: the facts of a paper into an office's own DOCX, by docxtpl in the sandbox."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2.exceptions import SecurityError, TemplateError

from motcua.service.paperwork import marks
from motcua.service.paperwork.registry import Form
from motcua.service.paperwork.sheet import Picture
from motcua.service.paperwork.templating.fields import schema_of
from motcua.service.paperwork.templating.packages import RefusedTemplate
from motcua.service.paperwork.templating.sandbox import BrokenTemplate, Problem, Sandbox

LARGEST_FILLED = 16 * 1024 * 1024
PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def problems_in(content: bytes, form: Form) -> list[Problem]:
    """Chỗ sai của mẫu: every place of the file that the sandbox would refuse, named; empty: it can be filled."""
    sandbox = Sandbox(schema_of(form))
    found = [problem for source in _sources(content) for problem in sandbox.problems_of(source)]
    return list(dict.fromkeys(found))


def places_in(content: bytes) -> int:
    """How many places to fill the file has."""
    return sum(len(PLACE.findall(source)) for source in _sources(content))


def fill(content: bytes, form: Form, facts: Mapping[str, Any]) -> bytes:
    """Điền: the template with these facts, as DOCX. Raises RefusedTemplate."""
    try:
        document = _Filled(io.BytesIO(content))
        document.init_docx()
        document.render({**facts, **_marks_of(document, facts)}, Sandbox(schema_of(form)), autoescape=True)
        target = io.BytesIO()
        document.save(target)
    except BrokenTemplate as broken:
        raise RefusedTemplate(" ".join(problem.message for problem in broken.problems[:3])) from broken
    except SecurityError as fault:
        raise RefusedTemplate(f"Mẫu có chỗ không được phép: {fault}.") from fault
    except (TemplateError, ValueError, TypeError, KeyError, AttributeError, PackageNotFoundError) as fault:
        raise RefusedTemplate(
            "Không điền được mẫu: có lẽ một vòng lặp hoặc điều kiện cắt ngang bảng, đoạn văn. Hãy xem lại các dòng {% … %}."
        ) from fault
    return target.getvalue()


class _Filled(DocxTemplate):  # type: ignore[misc]
    """Written out piece by piece, so that it stops when it grows beyond reason."""

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Any = None) -> str:
        self.current_rendering_part = part
        written, size = [], 0
        for piece in jinja_env.from_string(src_xml).generate(context):
            size += len(piece)
            if size > LARGEST_FILLED:
                raise RefusedTemplate("Giấy tờ điền theo mẫu này quá dài.")
            written.append(piece)
        return str(self.resolve_listing("".join(written)))


def _marks_of(document: DocxTemplate, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The pictures of the marks, where the paper has something to point to; else nothing."""
    url, code = str(facts.get("tracking_url") or ""), str(facts.get("code") or "")
    return {
        "qr": _image(document, marks.qr(url)) if url else "",
        "barcode": _image(document, marks.barcode(code)) if code and code.isascii() else "",
        "today": facts.get("letterhead", {}).get("on") or "",
    }


def _image(document: DocxTemplate, picture: Picture) -> InlineImage:
    return InlineImage(document, io.BytesIO(picture.png), width=Mm(picture.width), height=Mm(picture.height))


def _sources(content: bytes) -> Iterator[str]:
    """Every text of the file that docxtpl would fill."""
    try:
        document = DocxTemplate(io.BytesIO(content))
        document.render_init()
        yield document.patch_xml(document.get_xml())
        for uri in (document.HEADER_URI, document.FOOTER_URI):
            for _, part in document.get_headers_footers(uri):
                yield document.patch_xml(document.get_part_xml(part))
        for part in document.docx.part.package.parts:
            if part.content_type.endswith("footnotes+xml"):
                yield document.patch_xml(part.blob.decode("utf-8"))
        about = document.docx.core_properties
        yield from (
            about.author,
            about.comments,
            about.identifier,
            about.language,
            about.subject,
            about.title,
        )
    except (ValueError, KeyError, AttributeError, PackageNotFoundError) as fault:
        raise RefusedTemplate("Tệp mẫu bị hỏng, không đọc được. Hãy mở và lưu lại bằng Word.") from fault
