"""What every form shares: A4 of NĐ 30/2020, the head of the document, days in words, people, signatures.

Legal: ND30-2020 PL1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from motcua.core.time import VIETNAM
from motcua.service.paperwork import marks
from motcua.service.paperwork.facts import Letterhead, Look, Person
from motcua.service.paperwork.sheet import (
    Align,
    Block,
    Cell,
    Inline,
    Page,
    PageNumber,
    Paragraph,
    Rule,
    Sheet,
    Space,
    Table,
    text,
    turned,
)

A4 = Page()
A5 = Page(width=148, height=210, top=14, bottom=10, left=16, right=12)
SIZES = {"A4": (13.0, (13.0, 12.5, 12.0, 11.5, 11.0)), "A5": (10.0, (10.5, 10.0, 9.5, 9.0, 8.5, 8.0))}
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
NOTHING = Paragraph(before=0, after=0)


@dataclass(frozen=True)
class Style:
    """Bộ mẫu và tên mẫu that a paper is laid out in."""

    forms: str
    sample: str


# --- numbers and days


def two(number: int) -> str:
    return f"{number:02d}"


def day(on: date | datetime | None) -> str:
    if on is None:
        return ""
    return f"{on.astimezone(VIETNAM) if isinstance(on, datetime) else on:%d/%m/%Y}"


def clock(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M}"


def long_day(on: date) -> str:
    month = two(on.month) if on.month < 3 else str(on.month)
    return f"ngày {on.day:02d} tháng {month} năm {on.year}"


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(VIETNAM):%H} giờ {at.astimezone(VIETNAM):%M} phút, ngày {day(at)}" if at else ""


def moment_short(at: datetime | None) -> str:
    return f"{clock(at)}\n{day(at)}" if at else ""


def weekday(at: datetime) -> str:
    return WEEKDAYS[at.astimezone(VIETNAM).weekday()]


# --- lines


def line(*runs: Inline | str, align: Align = Align.JUSTIFY, **more: float | bool | None) -> Paragraph:
    """A paragraph of words."""
    return Paragraph(
        runs=tuple(text(run) if isinstance(run, str) else run for run in runs if run != ""),
        align=align,
        **more,  # type: ignore[arg-type]
    )


def centred(*runs: Inline | str, **more: float | bool | None) -> Paragraph:
    return line(*runs, align=Align.CENTER, **more)


def left(*runs: Inline | str, **more: float | bool | None) -> Paragraph:
    return line(*runs, align=Align.LEFT, **more)


def bold(words: str, em: float = 1.0) -> Inline:
    return text(words, bold=True, em=em)


def italic(words: str, em: float = 1.0) -> Inline:
    return text(words, italic=True, em=em)


def told(label: str, value: str, *, is_bold: bool = False) -> list[Block]:
    """Nhãn và giá trị; nothing when there is nothing to tell."""
    return [line(f"{label}: ", bold(value) if is_bold else value)] if value else []


def pair(
    first: tuple[str, str], second: tuple[str, str], widths: tuple[float, float] = (-1, -1)
) -> list[Block]:
    """Two short labelled values beside each other; an empty one gives its room to the other."""
    shown = [item for item in (first, second) if item[1]]
    if len(shown) < 2:
        return told(*shown[0]) if shown else []
    cells = tuple(Cell(blocks=(left(f"{label}: {value}", before=0, after=0),)) for label, value in shown)
    return [bare(widths, (cells,))]


def numbered(items: Sequence[str], *, indent: float = 8) -> list[Block]:
    if len(items) == 1:
        return [line(items[0], indent=6)]
    return [line(f"{number}. {item}", indent=indent, first=-5) for number, item in enumerate(items, start=1)]


def bare(
    widths: tuple[float, ...],
    rows: tuple[tuple[Cell, ...], ...],
    *,
    above: float | None = 1.6,
    below: float | None = 1.6,
    stays_whole: bool = True,
    inset: float = 0.0,
) -> Table:
    """A table without lines, to set things beside each other."""
    return Table(
        widths=widths, rows=rows, has_borders=False, inset=inset, above=above, below=below, stays_whole=stays_whole
    )  # fmt: skip


# --- tables


def head_cell(words: str, *, columns: int = 1) -> Cell:
    return Cell(blocks=(centred(bold(words), before=0, after=0),), is_middle=True, columns=columns)


def cell(*words: Inline | str, is_left: bool = False, columns: int = 1, rows: int = 1) -> Cell:
    align = Align.LEFT if is_left else Align.CENTER
    blocks = (line(*words, align=align, before=0, after=0),)
    return Cell(blocks=blocks, is_middle=True, columns=columns, rows=rows)


def grid(
    columns: Sequence[tuple[float, str]],
    rows: Sequence[tuple[Cell, ...]],
    *,
    em: float = 0.92,
    counted: bool = False,
) -> Table:
    """A table with lines whose head is repeated on each page."""
    head = [tuple(head_cell(words) for _, words in columns)]
    if counted:
        head.append(tuple(cell(italic(f"({number})", em=0.85)) for number in range(1, len(columns) + 1)))
    return Table(
        widths=tuple(width for width, _ in columns), rows=(*head, *rows), head_rows=len(head), em=em, stays_whole=False
    )  # fmt: skip


# --- the head of the document


def letterhead_of(letterhead: Letterhead, *, share: float = 0.72, rule: float = 24) -> Table:
    """Quốc hiệu, tiêu ngữ on the right; agency and number on the left; place and day below."""
    tight = {"before": 0.0, "after": 2.0}
    issuer: list[Block] = [
        centred(text(letterhead.parent.upper(), em=0.92), is_balanced=True, **tight)
        if letterhead.parent
        else NOTHING,
        centred(bold(letterhead.agency.upper(), em=0.92), is_balanced=True, **tight),
        Rule(width=rule, above=0.2),
    ]
    nation: list[Block] = [
        centred(bold(STATE, em=0.92), **tight),
        centred(bold(MOTTO), **tight),
        Rule(width=rule * 2.4, above=0.2),
    ]
    number = f"Số: {letterhead.number}" if letterhead.number else ""
    place = f"{letterhead.place}, " if letterhead.place else ""
    dated = italic(f"{place}{long_day(letterhead.on)}") if letterhead.on else ""
    rows: list[tuple[Cell, ...]] = [
        (Cell(blocks=tuple(block for block in issuer if block != NOTHING)), Cell(blocks=tuple(nation)))
    ]
    if number or dated:
        below = (number, dated)
        rows.append(
            tuple(Cell(blocks=(Space(height=1), centred(words, before=0, after=0))) for words in below)
        )
    return bare((-share, -1), tuple(rows), above=0, below=2, inset=0.4)


def title_of(
    title: str,
    below: Sequence[Block] = (),
    *,
    mark: str = "",
    look: Look | None = None,
    code: str = "",
    size: float = 1.08,
) -> list[Block]:
    """The title in the middle of the page; the QR at its right, the bar code under it, as the look says."""
    kind = look.mark if look else "NONE"
    middle: list[Block] = [centred(bold(title.upper(), em=size), before=0, after=2, is_balanced=True), *below]
    if code and kind in {"BARCODE", "BOTH"} and code.isascii():
        middle.append(centred(marks.barcode(code), before=3, after=0))
    if not mark or kind not in {"QR", "BOTH"}:
        return [Space(height=4), *middle, Space(height=3)]
    picture = Cell(blocks=(centred(marks.qr(mark), before=0, after=0),), is_middle=True)
    empty = Cell(blocks=(centred("", before=0, after=0),))
    beside = bare(
        (21.5, -1, 21.5), ((empty, Cell(blocks=tuple(middle), is_middle=True), picture),), above=2, below=2
    )
    return [beside]


def code_line(code: str) -> list[Block]:
    return [centred("Mã hồ sơ: ", bold(code), before=2, after=0)] if code else []


def person(someone: Person, who: str = "") -> list[Block]:
    label = who or ("Tổ chức" if someone.is_organisation else "Ông/bà")
    return [
        *told(label, someone.name, is_bold=True),
        *told(someone.id_label, someone.id_number),
        *told("Địa chỉ", someone.address),
        *pair(("Số điện thoại", someone.phone), ("Email", someone.email)),
    ]


def what(procedure: str, matter: str, label: str = "Nội dung yêu cầu giải quyết") -> list[Block]:
    said = told(label, procedure, is_bold=True)
    return said + (told("Nội dung cụ thể", matter) if matter != procedure else [])


# --- signatures


def signatures(
    *signers: tuple[str, str], room: float = 17, hint: str = "(Ký và ghi rõ họ tên)", standing: str = ""
) -> list[Block]:
    """Who signs, left to right; an empty role leaves its place empty.

    `standing`: "TUQ. GIÁM ĐỐC", over the role of the last, who signs for another. Legal: ND30-2020 PL1
    """
    last = len(signers) - 1
    cells = tuple(
        Cell(blocks=_signature(role, name, room, hint, standing if place == last else ""))
        for place, (role, name) in enumerate(signers)
    )
    return [bare((-1,) * len(cells), (cells,), above=5, below=2)]


def _signature(role: str, name: str, room: float, hint: str, standing: str) -> tuple[Block, ...]:
    if not role:
        return (NOTHING,)
    return (
        *((centred(bold(standing), before=0, after=1),) if standing else ()),
        centred(bold(role.upper()), before=0, after=1),
        centred(italic(hint, em=0.88), before=0, after=0),
        Space(height=room),
        centred(bold(name), before=0, after=0),
    )


def foot_lines(tracking_url: str, phone: str, *more: str) -> list[Block]:
    """What a citizen may want afterwards, small, under a line."""
    said = [
        ("Tra cứu hồ sơ: ", f"quét mã QR ở đầu giấy hoặc mở {tracking_url}." if tracking_url else ""),
        ("Điện thoại liên hệ: ", f"{phone}." if phone else ""),
        *(("", words) for words in more),
    ]
    rows = [(bold(label, em=0.81) if label else "", text(words, em=0.81)) for label, words in said if words]
    lines = tuple(left(*row, before=1.5, after=0) for row in rows)
    if not lines:
        return []
    return [
        Table(
            widths=(-1,),
            rows=((Cell(blocks=(Space(height=0.8), *lines), borders=(True, False, False, False)),),),
            has_borders=False, inset=0.0, above=4, stays_whole=True,
        )
    ]  # fmt: skip


# --- the sheet


def sheet(
    copies: Sequence[Sequence[Block]],
    style: Style,
    *,
    title: str,
    author: str,
    subject: str = "",
    paper: str = "A4",
    is_landscape: bool = False,
    footer: str = "",
    fits: bool = False,
    size: float = 0.0,
) -> Sheet:
    """A sheet with the words "Mẫu số …" on its first page and a page number on the others."""
    page = A5 if paper == "A5" else A4
    usual, sizes = SIZES["A5" if paper == "A5" else "A4"]
    small = 0.81
    numbered_head = Table(
        widths=(-1, -1, -1),
        rows=((
            cell(""),
            cell(PageNumber()),
            Cell(blocks=(line(italic(style.sample, em=small), align=Align.RIGHT, before=0, after=0),)),
        ),),
        has_borders=False, inset=0.0, above=0, below=0,
    )  # fmt: skip
    first = line(italic(style.sample, em=small), align=Align.RIGHT, before=0, after=0)
    return Sheet(
        copies=tuple(tuple(copy) for copy in copies),
        title=title,
        subject=subject,
        author=author,
        page=turned(page) if is_landscape else page,
        size=size or usual,
        sizes=sizes if fits else (),
        header=(numbered_head,),
        first_header=(first,),
        footer=(left(text(footer, em=0.7)),) if footer else (),
    )
