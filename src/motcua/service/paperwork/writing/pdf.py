"""Viết PDF/A-2b. No database, no clock: the same sheet and moment give the same bytes."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from motcua.service.paperwork.fonts import font_folder, loaded, printable
from motcua.service.paperwork.sheet import (
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
)


def write_pdf(sheet: Sheet, *, at: datetime | None = None) -> bytes:
    """The sheet as PDF/A-2b. `at` is the moment that the file states as its own."""
    pictures: dict[str, bytes] = {}
    data = {
        "title": sheet.title,
        "subject": sheet.subject,
        "author": sheet.author,
        "page": asdict(sheet.page),
        "size": sheet.size,
        "sizes": sheet.sizes,
        "header": _blocks(sheet.header, pictures),
        "first_header": None if sheet.first_header is None else _blocks(sheet.first_header, pictures),
        "footer": _blocks(sheet.footer, pictures),
        "copies": [_blocks(copy, pictures) for copy in sheet.copies],
    }
    folder = font_folder()
    words = printable(json.dumps(data, ensure_ascii=False), folder)
    pdf = typst.compile(  # type: ignore[call-overload]  # its stubs do not know several files
        {"main.typ": _program(), "sheet.json": words.encode(), **pictures},
        font_paths=loaded(folder),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(at.timestamp()) if at else 0,
    )
    return bytes(pdf)


@lru_cache(maxsize=1)
def _program() -> bytes:
    return (Path(__file__).parent / "sheet.typ").read_bytes()


def _blocks(blocks: Sequence[Block], pictures: dict[str, bytes]) -> list[dict[str, Any]]:
    return [_block(block, pictures) for block in blocks]


def _block(block: Block, pictures: dict[str, bytes]) -> dict[str, Any]:
    match block:
        case Paragraph():
            runs = [_inline(run, pictures) for run in block.runs]
            return {"kind": "paragraph", **_own(block, "runs"), "runs": runs}
        case Table():
            rows = [[_cell(cell, pictures) for cell in row] for row in block.rows]
            return {"kind": "table", **_own(block, "rows"), "rows": rows}
        case Rule():
            return {"kind": "rule", **_own(block)}
        case Space():
            return {"kind": "space", **_own(block)}
        case PageBreak():
            return {"kind": "break"}


def _cell(cell: Cell, pictures: dict[str, bytes]) -> dict[str, Any]:
    return {**_own(cell, "blocks"), "blocks": _blocks(cell.blocks, pictures)}


def _inline(run: Inline, pictures: dict[str, bytes]) -> dict[str, Any]:
    match run:
        case PageNumber():
            return {"kind": "page"}
        case Picture():
            name = f"picture-{len(pictures)}.svg"
            pictures[name] = (run.svg or _wrapped(run)).encode()
            return {"kind": "picture", "file": name, **_own(run, "png", "svg")}
        case _:
            return {"kind": "run", **_own(run)}


def _wrapped(picture: Picture) -> str:
    """The files of a compilation are texts: a picture of dots goes inside a drawn one."""
    size = f'width="{picture.width}" height="{picture.height}"'
    data = b64encode(picture.png).decode()
    inner = f'<image {size} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{inner}</svg>'


def _own(value: object, *without: str) -> dict[str, Any]:
    return {name: item for name, item in vars(value).items() if name not in without}
