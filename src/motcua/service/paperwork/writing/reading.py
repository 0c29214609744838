"""Đọc DOCX thành tờ giấy: a modest reading, for a PDF where no LibreOffice is at hand.

Read: paragraphs (alignment, indents, distances), runs (bold, italic, underline, size), breaks, tabs as spaces, tables
with spans and borders, pictures in the line, plain lists, page size and margins, header and footer with page numbers.
Not read, and named by `limits_of`: text boxes, shapes, floating places of pictures, columns, notes, tracked changes,
charts, formulas.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Length
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from motcua.service.paperwork.sheet import (
    Align,
    Block,
    Cell,
    Inline,
    Page,
    PageBreak,
    PageNumber,
    Paragraph,
    Picture,
    Rule,
    Run,
    Sheet,
    Space,
    Table,
)

USUAL_SIZE = 11.0
ALIGNS = {
    "center": Align.CENTER,
    "right": Align.RIGHT,
    "end": Align.RIGHT,
    "both": Align.JUSTIFY,
    "distribute": Align.JUSTIFY,
}
TWIPS = 56.693  # in a millimetre
EMUS = 36_000.0
LIMITS = {
    "wps:wsp": "khung chữ, hình vẽ",
    "w:pict": "hình vẽ kiểu cũ",
    "wp:anchor": "hình trôi nổi (được đặt vào dòng)",
    "m:oMath": "công thức",
    "w:ins": "nội dung đang theo dõi thay đổi",
    "w:del": "nội dung đang theo dõi thay đổi",
    "w:footnoteReference": "chú thích cuối trang",
    "c:chart": "biểu đồ",
}
NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}


def limits_of(content: bytes) -> list[str]:
    """Những gì bản đọc này bỏ qua in that file, each in words."""
    body = Document(io.BytesIO(content)).element.body
    found = [
        words
        for name, words in LIMITS.items()
        if body.find(f".//{{{_space(name)}}}{name.split(':')[1]}") is not None
    ]
    columns = body.find(f".//{qn('w:sectPr')}/{qn('w:cols')}")
    if columns is not None and int(columns.get(qn("w:num"), "1")) > 1:
        found.append("trang nhiều cột")
    return list(dict.fromkeys(found))


def read_docx(content: bytes) -> Sheet:
    """The document as a sheet of one copy."""
    document = Document(io.BytesIO(content))
    reader = _Reader(document)
    section = document.sections[0]
    about = document.core_properties
    is_first_apart = section.different_first_page_header_footer
    return Sheet(
        copies=(tuple(reader.blocks(document._body, document.part)),),
        title=about.title or "Giấy tờ",
        subject=about.subject or "",
        author=about.author or "",
        page=_page(section),
        size=reader.size,
        header=tuple(reader.blocks(section.header, section.header.part)),
        first_header=tuple(reader.blocks(section.first_page_header, section.first_page_header.part))
        if is_first_apart
        else None,
        footer=tuple(reader.blocks(section.footer, section.footer.part)),
    )


def _space(name: str) -> str:
    return NAMESPACES[name.partition(":")[0]]


def _page(section: Any) -> Page:
    def millimetres(length: Length | None, otherwise: float) -> float:
        return otherwise if length is None else length / EMUS

    return Page(
        width=millimetres(section.page_width, 210),
        height=millimetres(section.page_height, 297),
        top=max(millimetres(section.top_margin, 20), 5),
        bottom=max(millimetres(section.bottom_margin, 20), 5),
        left=millimetres(section.left_margin, 30),
        right=millimetres(section.right_margin, 15),
    )


class _FieldState:
    """Where in a field of Word the runs stand: in its code, in its shown value, or in none."""

    def __init__(self) -> None:
        self.place = ""
        self.is_page = False

    @property
    def is_shown(self) -> bool:
        return not self.place or (self.place == "separate" and not self.is_page)

    def told(self, code: str) -> None:
        self.is_page = self.is_page or "PAGE" in code.split()

    def moved(self, kind: str) -> bool:
        """True when the field of a page number has ended."""
        has_ended = kind == "end" and self.is_page
        if kind in {"begin", "end"}:
            self.is_page = False
        self.place = "" if kind == "end" else kind
        return has_ended


class _Reader:
    def __init__(self, document: Any) -> None:
        self._document = document
        self._defaults = document.styles.element.find(
            f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}"
        )
        self._spacing = document.styles.element.find(
            f"{qn('w:docDefaults')}/{qn('w:pPrDefault')}/{qn('w:pPr')}/{qn('w:spacing')}"
        )
        self._counts: dict[tuple[str, int], int] = {}
        self._room = _page(document.sections[0]).text_width
        normal = document.styles["Normal"].font.size
        usual = _value(self._defaults, "w:sz")
        self.size = normal.pt if normal else float(usual) / 2 if usual else USUAL_SIZE

    def blocks(self, place: Any, part: Any) -> Iterator[Block]:
        for child in place._element.iterchildren():
            if child.tag == qn("w:p"):
                yield from self._paragraph(WordParagraph(child, place), part)
            elif child.tag == qn("w:tbl"):
                yield self._table(WordTable(child, place), part)
            elif child.tag == qn("w:sdt"):
                held = child.find(qn("w:sdtContent"))
                for inner in held if held is not None else ():
                    if inner.tag == qn("w:p"):
                        yield from self._paragraph(WordParagraph(inner, place), part)

    # --- paragraphs

    def _paragraph(self, word: WordParagraph, part: Any) -> Iterator[Block]:
        look = word.paragraph_format
        runs = list(self._runs(word, part))
        if not runs and (bare := self._bare(word)) is not None:
            yield bare
            return
        if mark := self._mark(word):
            runs.insert(0, Run(text=mark))
        indent = self._length(word, "left_indent")
        yield Paragraph(
            runs=tuple(run for run in runs if not isinstance(run, PageBreak)),
            align=self._align(word),
            indent=indent,
            right=self._length(word, "right_indent"),
            first=self._length(word, "first_line_indent"),
            before=self._distance(word, "space_before", "w:before"),
            after=self._distance(word, "space_after", "w:after"),
            stays_with_next=bool(look.keep_with_next),
        )
        if any(isinstance(run, PageBreak) for run in runs):
            yield PageBreak()

    def _bare(self, word: WordParagraph) -> Block | None:
        """An empty paragraph that draws a short line, or that only keeps a distance."""
        height = self._format(word, "line_spacing")
        borders = word._p.pPr.find(qn("w:pBdr")) if word._p.pPr is not None else None
        if borders is not None and len(borders):
            aside = self._length(word, "left_indent") + self._length(word, "right_indent")
            return Rule(width=max(self._room - aside, 5), above=0.2, below=0.4)
        return Space(height=height / EMUS) if isinstance(height, Length) and height / EMUS < 60 else None

    def _runs(self, word: WordParagraph, part: Any) -> Iterator[Inline | PageBreak]:
        field = _FieldState()
        element: Any
        for element in word._p.iter(qn("w:r"), qn("w:fldSimple")):
            if element.tag == qn("w:fldSimple"):
                if "PAGE" in element.get(qn("w:instr"), "").split():
                    yield PageNumber()
            elif element.getparent().tag not in {qn("w:fldSimple"), qn("w:del")}:
                yield from self._run(word, element, part, field)

    def _run(
        self, word: WordParagraph, element: Any, part: Any, field: _FieldState
    ) -> Iterator[Inline | PageBreak]:
        """One run; the shown value of a page number's field is left out, the number itself stands for it."""
        said = ""
        for child in element.iterchildren():
            match child.tag.rpartition("}")[2]:
                case "t" if field.is_shown:
                    said += child.text or ""
                case "tab":
                    said += "    "
                case "br" if child.get(qn("w:type")) == "page":
                    yield PageBreak()
                case "br" | "cr":
                    said += "\n"
                case "noBreakHyphen":
                    said += "\u2011"
                case "fldChar":
                    if field.moved(child.get(qn("w:fldCharType"))):
                        yield PageNumber()
                case "instrText":
                    field.told(child.text or "")
                case "drawing":
                    if said:
                        yield self._worded(word, element, said)
                        said = ""
                    yield from self._pictures(child, part)
        if said:
            yield self._worded(word, element, said)

    def _worded(self, word: WordParagraph, element: Any, said: str) -> Run:
        own = element.find(qn("w:rPr"))
        size = self._run_value(word, own, "w:sz")
        is_upper = self._is_on(word, own, "w:caps")
        return Run(
            text=said.upper() if is_upper else said,
            bold=self._is_on(word, own, "w:b"),
            italic=self._is_on(word, own, "w:i"),
            underline=self._run_value(word, own, "w:u") not in {"", "none"},
            size=float(size) / 2 if size else self.size,
        )

    def _run_value(self, word: WordParagraph, own: Any, name: str) -> str:
        """What the run, its style, the paragraph's style or the document says, the nearest first."""
        for properties in self._said_by(word, own):
            value = _value(properties, name)
            if value is not None:
                return value
        return ""

    def _is_on(self, word: WordParagraph, own: Any, name: str) -> bool:
        for properties in self._said_by(word, own):
            found = properties.find(qn(name))
            if found is not None:
                return found.get(qn("w:val"), "true") not in {"0", "false", "off", "none"}
        return False

    def _said_by(self, word: WordParagraph, own: Any) -> Iterator[Any]:
        if own is not None:
            yield own
            styled = _value(own, "w:rStyle")
            yield from self._style_chain(styled)
        style: Any = word.style
        while style is not None:
            if style.element.rPr is not None:
                yield style.element.rPr
            style = style.base_style
        if self._defaults is not None:
            yield self._defaults

    def _style_chain(self, style_id: str | None) -> Iterator[Any]:
        style: Any = (
            next((one for one in self._document.styles if one.style_id == style_id), None)
            if style_id
            else None
        )
        while style is not None:
            if style.element.rPr is not None:
                yield style.element.rPr
            style = style.base_style

    def _align(self, word: WordParagraph) -> Align:
        for properties in self._paragraph_chain(word):
            said = _value(properties, "w:jc")
            if said is not None:
                return ALIGNS.get(said, Align.LEFT)
        return Align.LEFT

    def _paragraph_chain(self, word: WordParagraph) -> Iterator[Any]:
        if word._p.pPr is not None:
            yield word._p.pPr
        style: Any = word.style
        while style is not None:
            if style.element.pPr is not None:
                yield style.element.pPr
            style = style.base_style

    def _length(self, word: WordParagraph, name: str) -> float:
        found = self._format(word, name)
        return found / EMUS if found is not None else 0.0

    def _format(self, word: WordParagraph, name: str) -> Length | None:
        look: Any = word
        while look is not None:
            value: Length | None = getattr(look.paragraph_format, name)
            if value is not None:
                return value
            look = word.style if look is word else look.base_style
        return None

    def _distance(self, word: WordParagraph, name: str, usual: str) -> float:
        found = self._format(word, name)
        if found is not None:
            return float(found.pt)
        said = self._spacing.get(qn(usual)) if self._spacing is not None else None
        return float(said) / 20 if said else 0.0

    def _mark(self, word: WordParagraph) -> str:
        """The number or the dash of a list's line."""
        numbered = next(
            (p.find(qn("w:numPr")) for p in self._paragraph_chain(word) if p.find(qn("w:numPr")) is not None),
            None,
        )
        number, level = _value(numbered, "w:numId"), int(_value(numbered, "w:ilvl") or 0)
        if numbered is None or number in {None, "0"}:
            return ""
        if self._list_kind(str(number), level) == "bullet":
            return "– "
        key = (str(number), level)
        self._counts[key] = self._counts.get(key, 0) + 1
        return f"{self._counts[key]}. "

    def _list_kind(self, number: str, level: int) -> str:
        try:
            lists = self._document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return "bullet"
        for entry in lists.iter(qn("w:num")):
            if entry.get(qn("w:numId")) == number:
                wanted = _value(entry, "w:abstractNumId")
                for kind in lists.iter(qn("w:abstractNum")):
                    if kind.get(qn("w:abstractNumId")) == wanted:
                        levels = [
                            one for one in kind.iter(qn("w:lvl")) if one.get(qn("w:ilvl")) == str(level)
                        ]
                        return _value(levels[0], "w:numFmt") or "bullet" if levels else "bullet"
        return "bullet"

    # --- pictures and tables

    def _pictures(self, drawing: Any, part: Any) -> Iterator[Picture]:
        extent = drawing.find(f".//{{{NAMESPACES['wp']}}}extent")
        blip = drawing.find(f".//{{{NAMESPACES['a']}}}blip")
        key = blip.get(f"{{{NAMESPACES['r']}}}embed") if blip is not None else None
        if extent is None or key not in part.rels or part.rels[key].is_external:
            return
        png = _as_png(part.related_parts[key].blob)
        if png:
            yield Picture(
                png=png, width=int(extent.get("cx")) / EMUS, height=int(extent.get("cy")) / EMUS, alt="Hình"
            )

    def _table(self, word: WordTable, part: Any) -> Table:
        grid = [int(column.get(qn("w:w"), "1000")) / TWIPS for column in word._tbl.tblGrid.iterchildren()]
        rows = list(word._tbl.iterchildren(qn("w:tr")))
        has_borders = self._has_borders(word)
        heads = 0
        for row in rows:
            if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None:
                break
            heads += 1
        cells = [self._row(rows, down, word, part, grid) for down in range(len(rows))]
        return Table(
            widths=tuple(grid), rows=tuple(cells), head_rows=heads if heads < len(rows) else 0, has_borders=has_borders,
            inset=_inset(word), above=0.8, below=1.6,
        )  # fmt: skip

    def _row(
        self, rows: list[Any], down: int, word: WordTable, part: Any, grid: list[float]
    ) -> tuple[Cell, ...]:
        made = []
        for place, cell in _placed(rows[down]):
            merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            if merge is not None and merge.get(qn("w:val"), "continue") == "continue" and down:
                continue
            properties = cell.find(qn("w:tcPr"))
            made.append(
                Cell(
                    blocks=self._within(cell, word, part, sum(grid[place : place + _span(cell)])),
                    columns=_span(cell),
                    rows=_depth(rows, down, place) if merge is not None else 1,
                    is_middle=_value(properties, "w:vAlign") == "center",
                    borders=_sides(properties),
                )
            )
        return tuple(made)

    def _within(self, cell: Any, word: WordTable, part: Any, width: float) -> tuple[Block, ...]:
        """The blocks of a cell."""
        outer, self._room = self._room, width
        found = tuple(self.blocks(_Place(cell, word), part))
        self._room = outer
        return found

    def _has_borders(self, word: WordTable) -> bool:
        own = word._tbl.tblPr.find(qn("w:tblBorders"))
        style: Any = word.style
        while own is None and style is not None:
            own = style.element.find(f"{qn('w:tblPr')}/{qn('w:tblBorders')}")
            style = style.base_style
        if own is None:
            return False
        kinds = {side.get(qn("w:val")) for side in own}
        return bool(kinds - {"nil", "none"})


def _inset(word: WordTable) -> float:
    left = word._tbl.tblPr.find(f"{qn('w:tblCellMar')}/{qn('w:left')}")
    return 1.9 if left is None else int(left.get(qn("w:w"), "108")) / TWIPS


class _Place:
    """A cell as a place of blocks."""

    def __init__(self, element: Any, parent: WordTable) -> None:
        self._element, self._parent = element, parent

    @property
    def part(self) -> Any:
        return self._parent.part


def _placed(row: Any) -> Iterator[tuple[int, Any]]:
    place = 0
    for cell in row.iterchildren(qn("w:tc")):
        yield place, cell
        place += _span(cell)


def _span(cell: Any) -> int:
    return int(_value(cell.find(qn("w:tcPr")), "w:gridSpan") or 1)


def _depth(rows: list[Any], down: int, place: int) -> int:
    """How many rows a cell reaches that begins at that column."""
    depth = 1
    for row in rows[down + 1 :]:
        below = dict(_placed(row)).get(place)
        merge = below.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}") if below is not None else None
        if merge is None or merge.get(qn("w:val"), "continue") != "continue":
            break
        depth += 1
    return depth


def _sides(properties: Any) -> tuple[bool, bool, bool, bool] | None:
    borders = properties.find(qn("w:tcBorders")) if properties is not None else None
    if borders is None:
        return None
    shown = {side.tag.rpartition("}")[2]: side.get(qn("w:val")) not in {"nil", "none"} for side in borders}
    return (
        shown.get("top", False),
        shown.get("right", shown.get("end", False)),
        shown.get("bottom", False),
        shown.get("left", shown.get("start", False)),
    )


def _value(properties: Any, name: str) -> str | None:
    found = properties.find(qn(name)) if properties is not None else None
    return None if found is None else found.get(qn("w:val"))


def _as_png(blob: bytes) -> bytes:
    """Any picture that Pillow knows, as PNG; nothing for one that it does not (EMF, WMF)."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(blob)) as image:
            if image.width * image.height > 25_000_000:
                return b""
            target = io.BytesIO()
            image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB").save(
                target, "PNG"
            )
    except (UnidentifiedImageError, OSError, ValueError):
        return b""
    return target.getvalue()
