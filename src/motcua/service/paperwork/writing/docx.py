"""Viết DOCX for an office to go on writing in. The same sheet and moment give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.blkcntnr import BlockItemContainer
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK, WD_PARAGRAPH_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from motcua.service.paperwork.sheet import (
    Align,
    Block,
    Cell,
    Inline,
    PageBreak,
    PageNumber,
    Paragraph,
    Picture,
    Rule,
    Sheet,
    Space,
    Table,
    spread,
)

FONT = "Times New Roman"
USUAL = 3.0  # points after a paragraph that does not say
ALIGNMENTS = {
    Align.LEFT: WD_PARAGRAPH_ALIGNMENT.LEFT,
    Align.CENTER: WD_PARAGRAPH_ALIGNMENT.CENTER,
    Align.RIGHT: WD_PARAGRAPH_ALIGNMENT.RIGHT,
    Align.JUSTIFY: WD_PARAGRAPH_ALIGNMENT.JUSTIFY,
}
SIDES = ("top", "right", "bottom", "left")
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)  # of a file that states no moment


def write_docx(sheet: Sheet, *, at: datetime | None = None) -> bytes:
    """The sheet as DOCX. It cannot be made smaller to fit a page: Word alone knows where its lines end."""
    document = Document()
    document._body.clear_content()
    moment = (at or BEGINNING).astimezone(UTC).replace(tzinfo=None)
    about = document.core_properties
    about.title, about.subject, about.author = sheet.title[:255], sheet.subject[:255], sheet.author[:255]
    about.created = about.modified = moment
    about.last_modified_by, about.comments = "", ""
    _page(document, sheet)
    writer = _Writer(sheet)
    for number, copy in enumerate(sheet.copies):
        if number:
            writer.block(document._body, PageBreak())
        writer.blocks(document._body, copy)
    _bands(document.sections[0], sheet, writer)
    target = io.BytesIO()
    document.save(target)
    return _settled(target.getvalue(), moment)


def _page(document: Any, sheet: Sheet) -> None:
    usual = document.styles["Normal"]
    usual.font.name, usual.font.size = FONT, Pt(_size(sheet))
    fonts = usual.element.rPr.rFonts
    for name in ("w:eastAsia", "w:cs"):
        fonts.set(qn(name), FONT)
    section, page = document.sections[0], sheet.page
    section.orientation = WD_ORIENT.LANDSCAPE if page.width > page.height else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(page.width), Mm(page.height)
    section.top_margin, section.bottom_margin = Mm(page.top), Mm(page.bottom)
    section.left_margin, section.right_margin = Mm(page.left), Mm(page.right)
    section.header_distance, section.footer_distance = Mm(page.top / 2), Mm(page.bottom / 2)


def _size(sheet: Sheet) -> float:
    """The letters of the whole: a little smaller where the PDF tries to stand on one page."""
    return min(sheet.size, sheet.sizes[len(sheet.sizes) // 2]) if sheet.sizes else sheet.size


def _bands(section: Any, sheet: Sheet, writer: _Writer) -> None:
    """Header and footer. What stands above the first page only, Word keeps apart."""
    if sheet.first_header is not None:
        section.different_first_page_header_footer = True
        writer.fill(section.first_page_header, sheet.first_header)
        writer.fill(section.first_page_footer, sheet.footer)
    writer.fill(section.header, sheet.header)
    writer.fill(section.footer, sheet.footer)


class _Writer:
    """Writes blocks into a body, a cell or a band."""

    def __init__(self, sheet: Sheet) -> None:
        self.size = _size(sheet)
        self.room = sheet.page.text_width

    def fill(self, place: Any, blocks: Sequence[Block]) -> None:
        if not blocks:
            return
        place.is_linked_to_previous = False
        for paragraph in list(place.paragraphs):
            paragraph._p.getparent().remove(paragraph._p)
        self.blocks(place, blocks)

    def blocks(self, place: Any, blocks: Sequence[Block], *, em: float = 1.0, room: float = 0.0) -> None:
        """Word demands a paragraph at the end of every place, and one between two tables."""
        for number, block in enumerate(blocks):
            following = blocks[number + 1] if number + 1 < len(blocks) else None
            self.block(place, block, em=em, room=room)
            if isinstance(block, Table) and (following is None or isinstance(following, Table)):
                _tiny(place.add_paragraph())

    def block(self, place: Any, block: Block, *, em: float = 1.0, room: float = 0.0) -> None:
        match block:
            case Paragraph():
                self._paragraph(place.add_paragraph(), block, em)
            case Rule():
                _rule(place.add_paragraph(), block, room or self.room)
            case Space():
                _tiny(place.add_paragraph(), block.height)
            case PageBreak():
                place.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            case Table():
                self._table(place, block, em, room or self.room)

    def _paragraph(self, made: Any, block: Paragraph, em: float) -> None:
        made.alignment = ALIGNMENTS[block.align]
        look = made.paragraph_format
        look.space_before = Pt(0 if block.before is None else block.before)
        look.space_after = Pt(USUAL if block.after is None else block.after)
        look.line_spacing = 1.0
        look.keep_with_next = block.stays_with_next or None
        if block.indent or block.first:
            look.left_indent, look.first_line_indent = Mm(block.indent), Mm(block.first)
        if block.right:
            look.right_indent = Mm(block.right)
        for run in block.runs:
            self._inline(made, run, em)

    def _inline(self, made: Any, run: Inline, em: float) -> None:
        match run:
            case Picture():
                made.add_run().add_picture(io.BytesIO(run.png), width=Mm(run.width), height=Mm(run.height))
            case PageNumber():
                _field(made.add_run(), "PAGE")
            case _:
                written = made.add_run()
                for number, words in enumerate(run.text.replace("\u200b", "").split("\n")):
                    if number:
                        written.add_break()
                    written.add_text(_sound(words))
                written.bold, written.italic, written.underline = (
                    run.bold or None,
                    run.italic or None,
                    run.underline or None,
                )
                size = run.size or self.size * run.em * em
                if abs(size - self.size) > 0.2:
                    written.font.size = Pt(round(size * 2) / 2)

    def _table(self, place: Any, block: Table, em: float, room: float) -> None:
        widths = spread(block.widths, room)
        made = BlockItemContainer.add_table(place, len(block.rows), len(widths), Mm(room))
        _frame(made, widths, has_borders=block.has_borders, inset=block.inset)
        grid = [line.cells for line in made.rows]  # once: asked one by one, each would count the whole table
        taken: set[tuple[int, int]] = set()
        for down, row in enumerate(block.rows):
            across = 0
            for cell in row:
                while (down, across) in taken:
                    across += 1
                taken |= {
                    (down + below, across + aside)
                    for below in range(cell.rows)
                    for aside in range(cell.columns)
                }
                width = sum(widths[across : across + cell.columns])
                self._cell(grid, down, across, cell, em=block.em * em, width=width)
                across += cell.columns
        for number, line in enumerate(made.rows):
            if number < block.head_rows:
                _flag(line._tr.get_or_add_trPr(), "w:tblHeader")
            _flag(line._tr.get_or_add_trPr(), "w:cantSplit")

    def _cell(
        self, grid: Sequence[Any], down: int, across: int, cell: Cell, *, em: float, width: float
    ) -> None:
        place = grid[down][across]
        if cell.rows > 1 or cell.columns > 1:
            place = place.merge(grid[down + cell.rows - 1][across + cell.columns - 1])
        for paragraph in list(place.paragraphs):
            paragraph._p.getparent().remove(paragraph._p)
        self.blocks(place, cell.blocks, em=em, room=width - 2)
        if not place.paragraphs:
            _tiny(place.add_paragraph())
        within = place._tc.get_or_add_tcPr()
        if cell.borders is not None:
            within.append(_borders("w:tcBorders", dict(zip(SIDES, cell.borders, strict=True))))
        if cell.is_middle:
            _flag(within, "w:vAlign", "center")


def _frame(made: Any, widths: Sequence[float], *, has_borders: bool, inset: float) -> None:
    made.autofit = False
    properties = made._tbl.tblPr
    properties.append(_borders("w:tblBorders", dict.fromkeys((*SIDES, "insideH", "insideV"), has_borders)))
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(inset * 56.7)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.append(margins)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
        for place in column.cells:
            place.width = Mm(width)


def _borders(name: str, shown: dict[str, bool]) -> Any:
    made = OxmlElement(name)
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        if side in shown:
            border = OxmlElement(f"w:{side}")
            border.set(qn("w:val"), "single" if shown[side] else "nil")
            if shown[side]:
                border.set(qn("w:sz"), "4")
            made.append(border)
    return made


def _rule(made: Any, block: Rule, room: float) -> None:
    """A short line: the upper border of an empty paragraph, drawn in from both sides."""
    _tiny(made, 1.0)
    aside = max(room - block.width, 0) / 2
    made.paragraph_format.left_indent = made.paragraph_format.right_indent = Mm(aside)
    borders, border = OxmlElement("w:pBdr"), OxmlElement("w:top")
    border.set(qn("w:val"), "single")
    border.set(qn("w:sz"), "6")
    borders.append(border)
    made._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _tiny(made: Any, height: float = 0.5) -> None:
    """An empty paragraph of a height in millimetres."""
    look = made.paragraph_format
    look.space_before = look.space_after = Pt(0)
    look.line_spacing = Emu(Mm(max(height, 0.4)))


def _flag(parent: Any, name: str, value: str = "") -> None:
    made = OxmlElement(name)
    if value:
        made.set(qn("w:val"), value)
    parent.append(made)


def _field(run: Any, code: str) -> None:
    for kind in ("begin", "", "end"):
        if kind:
            made = OxmlElement("w:fldChar")
            made.set(qn("w:fldCharType"), kind)
        else:
            made = OxmlElement("w:instrText")
            made.text = code
        run._r.append(made)


def _sound(words: str) -> str:
    """XML holds no control letters."""
    return "".join(letter for letter in words if letter >= " " or letter == "\t")


def _settled(content: bytes, moment: datetime) -> bytes:
    """The package again with one moment in all its entries, so that equal papers are equal bytes."""
    target = io.BytesIO()
    stamp = (max(moment.year, 1980), moment.month, moment.day, moment.hour, moment.minute, 0)
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as made:
        for entry in source.infolist():
            settled = zipfile.ZipInfo(entry.filename, stamp)
            settled.compress_type, settled.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            made.writestr(settled, source.read(entry))
    return target.getvalue()
