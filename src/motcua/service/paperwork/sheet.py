"""Tờ giấy: a paper as neutral blocks. It is written as PDF or as DOCX alike, and read out of a DOCX; it knows no form.

Lengths are millimetres, sizes of letters are points; `em` multiplies the size of the sheet, so that a paper that is made
smaller to stand on one page keeps its proportions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    JUSTIFY = "justify"


@dataclass(frozen=True, kw_only=True)
class Run:
    """Đoạn chữ of one look. `size` in points wins over `em`; a line feed breaks the line."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    em: float = 1.0
    size: float = 0.0


@dataclass(frozen=True)
class PageNumber:
    """Số trang, counted by whoever writes the sheet."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Hình, in the line. `png` always; `svg` when it can be drawn sharper."""

    png: bytes
    width: float
    height: float
    svg: str = ""
    alt: str = ""


Inline = Run | PageNumber | Picture


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Đoạn văn. `before` and `after` None: the usual distance. `is_balanced`: lines of about one length."""

    runs: tuple[Inline, ...] = ()
    align: Align = Align.JUSTIFY
    indent: float = 0.0
    right: float = 0.0
    first: float = 0.0  # of the first line, from the others; less than 0 hangs
    before: float | None = None
    after: float | None = None
    is_balanced: bool = False
    stays_with_next: bool = False


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Đường kẻ, in the middle of its column."""

    width: float
    above: float = 1.2
    below: float = 0.6
    weight: float = 0.6


@dataclass(frozen=True, kw_only=True)
class Space:
    height: float


@dataclass(frozen=True)
class PageBreak:
    """Sang trang."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Ô. `columns` and `rows`: how many it spans; `borders`: which of its sides are drawn, None: as the table says."""

    blocks: tuple[Block, ...]
    columns: int = 1
    rows: int = 1
    is_middle: bool = False
    borders: tuple[bool, bool, bool, bool] | None = None  # top, right, bottom, left


@dataclass(frozen=True, kw_only=True)
class Table:
    """Bảng. Widths: millimetres, or a share of what is left when negative (-1.3 is 1.3 parts)."""

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head_rows: int = 0
    has_borders: bool = True
    em: float = 1.0
    inset: float = 1.4
    above: float | None = None
    below: float | None = None
    stays_whole: bool = False


Block = Paragraph | Rule | Space | PageBreak | Table


@dataclass(frozen=True, kw_only=True)
class Page:
    """Khổ giấy và lề, in millimetres."""

    width: float = 210.0
    height: float = 297.0
    top: float = 20.0
    bottom: float = 20.0
    left: float = 30.0
    right: float = 18.0

    @property
    def text_width(self) -> float:
        return self.width - self.left - self.right


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Tờ giấy: its `copies` are bodies that each begin on a page of their own, numbered from 1.

    `sizes`: the first at which a copy stands on one page is taken; a longer one flows on at `size`.
    """

    copies: tuple[tuple[Block, ...], ...]
    title: str
    subject: str = ""
    author: str = ""
    page: Page = Page()
    size: float = 13.0
    sizes: tuple[float, ...] = ()
    header: tuple[Block, ...] = ()
    first_header: tuple[Block, ...] | None = None  # None: as on the other pages
    footer: tuple[Block, ...] = ()


def text(value: str, **look: bool | float) -> Run:
    return Run(text=value, **look)  # type: ignore[arg-type]


def spread(widths: Sequence[float], room: float) -> tuple[float, ...]:
    """The widths of a table in millimetres: shares of what the fixed columns leave of `room`."""
    fixed = sum(width for width in widths if width >= 0)
    shares = -sum(width for width in widths if width < 0)
    each = max(room - fixed, 10.0) / shares if shares else 0.0
    return tuple(width if width >= 0 else -width * each for width in widths)


def plain(blocks: Sequence[Block]) -> str:
    """Only the words, for tests and for a search."""
    said: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            said.append("".join(run.text for run in block.runs if isinstance(run, Run)))
        elif isinstance(block, Table):
            said += [plain(cell.blocks) for row in block.rows for cell in row]
    return "\n".join(line for line in said if line)


def turned(page: Page) -> Page:
    """Khổ ngang of the same paper."""
    return replace(page, width=page.height, height=page.width, top=20.0, bottom=17.0, left=20.0, right=15.0)
