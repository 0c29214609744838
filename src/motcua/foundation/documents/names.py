"""Tên tệp: a name that is safe to show, to store and to send. Pure."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

from motcua.foundation.documents.kinds import Kind

LONGEST = 200
UNNAMED = "tep"
BARRED = frozenset('/\\:*?"<>|')


def clean_name(name: str, kind: Kind) -> str:
    """Tên sạch: NFC, one line, no path, no control or direction marks, the extension of what the file really is."""
    stem, extension = _split(tidied(name), kind)
    return f"{stem[: LONGEST - len(extension)].rstrip(' .') or UNNAMED}{extension}"


def tidied(name: str) -> str:
    """The last part of a path, without letters that cannot be seen; for the sentences of a refusal too."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(
        "_" if letter in BARRED else letter for letter in last if unicodedata.category(letter)[0] != "C"
    )
    text = " ".join(seen.split()).strip(". ")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def content_disposition(name: str, *, inline: bool) -> str:
    """RFC 6266: an ASCII name for old clients, the Vietnamese name in UTF-8 for all others."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    plain = (
        "".join(letter for letter in plain.encode("ascii", "ignore").decode() if letter not in '"\\%\r\n')
        or UNNAMED
    )
    way = "inline" if inline else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _split(name: str, kind: Kind) -> tuple[str, str]:
    suffix = PurePosixPath(name).suffix
    if suffix.lower() in kind.extensions:
        return name[: -len(suffix)], suffix.lower()
    known = (
        1 < len(suffix) <= 6 and suffix[1:].isascii() and suffix[1:].isalnum() and not suffix[1:].isdigit()
    )
    return (name[: -len(suffix)] if known else name), kind.extensions[0]
