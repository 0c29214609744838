"""Giao kèo: what is asked of the national store and what it answers, as running clients were seen to do it. Pure.

Read in one running client only, so nothing here is sure beyond the names of the fields; how `signature` is to be checked is
not known, and what comes is therefore never trusted more than “received, not yet compared”.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FIND = "GetKetQuaGiayTo"
GET = "GetGiayToByUrl"
CHANNEL = "BPMC"  # KenhThucHien: at a one-stop unit
MOST_PAPERS = 50
MOST_FILES = 10


class BadAnswer(Exception):
    """Trả lời không đúng giao kèo; the message is for the log."""


@dataclass(frozen=True)
class Wanted:
    """Một loại kết quả cần tìm: its code, and its number where that is known."""

    code: str
    number: str = ""


@dataclass(frozen=True)
class File:
    name: str
    address: str


@dataclass(frozen=True)
class Found:
    """Một giấy tờ kho quốc gia có."""

    code: str
    title: str
    number: str
    authority: str
    files: tuple[File, ...]


def asking(
    *, owner: str, owner_name: str, asker: str, procedure: str, wanted: Sequence[Wanted]
) -> dict[str, Any]:
    """Body of GetKetQuaGiayTo: the owner's personal number, the officer's or the person's own as asker."""
    return {
        "SoDinhDanhChuSoHuu": owner,
        "HoTenNguoiYeuCau": owner_name,
        "KenhThucHien": CHANNEL,
        "SoDinhDanhNguoiYeuCau": asker,
        "MaThuTuc": procedure,
        "DanhSachDanhMucKetQua": [{"MaKetQua": one.code, "SoKyHieu": one.number} for one in wanted],
    }


def found_in(answer: bytes) -> list[Found]:
    """What GetKetQuaGiayTo has answered. Raises BadAnswer."""
    said = _object(answer)
    if str(said.get("errorCode", "")) not in {"0", "00", "200", ""}:
        raise BadAnswer(f"errorCode {said.get('errorCode')}: {said.get('message')}")
    result = said.get("result") or {}
    papers = result.get("DanhSachGiayToKetQua") or [] if isinstance(result, dict) else None
    if not isinstance(papers, list):
        raise BadAnswer("result is no list of papers")
    return [_paper(paper) for paper in papers[:MOST_PAPERS]]


def file_in(answer: bytes) -> bytes:
    """What GetGiayToByUrl has answered: base64 as plain text, or as a JSON string. Raises BadAnswer."""
    text = answer.strip().strip(b'"')
    if not text or text.startswith(b"<"):
        raise BadAnswer("no base64")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadAnswer("no base64") from None


def _paper(said: Any) -> Found:
    if not isinstance(said, dict):
        raise BadAnswer("a paper is no object")
    files = said.get("DanhSachTepDinhKem") or []
    if not isinstance(files, list) or not all(isinstance(one, dict) for one in files):
        raise BadAnswer("files are no list of objects")
    return Found(
        code=_text(said, "MaKetQua"),
        title=_text(said, "TenGiayTo"),
        number=_text(said, "SoKyHieu"),
        authority=_text(said, "CoQuanChuQuan"),
        files=tuple(File(_text(one, "TenTep"), _text(one, "DuongDan")) for one in files[:MOST_FILES]),
    )


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return "" if value is None else str(value)[:500]


def _object(answer: bytes) -> dict[str, Any]:
    try:
        said = json.loads(answer)
    except (ValueError, UnicodeDecodeError):
        raise BadAnswer("no JSON") from None
    if not isinstance(said, dict):
        raise BadAnswer("no object")
    return said
