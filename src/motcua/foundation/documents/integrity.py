"""Kiểm tra kho tệp: read every content again and compare it with its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from motcua.foundation.documents import content
from motcua.foundation.documents.models import Preview, StoredFile


@dataclass(frozen=True)
class Check:
    """What was found of one content; `fault` is a Vietnamese phrase, empty when it is whole."""

    sha256: str
    fault: str = ""


def verify_files() -> Iterator[Check]:
    """Kiểm tra: each stored file and each preview once, in the order in which they came."""
    for rows in (StoredFile.objects, Preview.objects):
        for sha256 in rows.order_by("id").values_list("sha256", flat=True).iterator(chunk_size=1000):
            yield Check(sha256, _fault(sha256))


def _fault(sha256: str) -> str:
    try:
        found = content.digest_of(sha256)
    except FileNotFoundError:
        return "mất nội dung"
    except OSError as error:
        return f"không đọc được: {error.strerror or error}"
    return "" if found == sha256 else f"nội dung đã bị đổi (nay là {found[:12]}…)"
