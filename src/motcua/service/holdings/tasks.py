"""Việc sau khi ghi: the worker reads what was scanned. It may be called again."""

from __future__ import annotations

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.service.holdings.operations.digitising import read


def read_letters(fact: Fact) -> None:
    """Đọc chữ of a PaperScanned."""
    read(digitisation_id=fact.subject_id, at=now())
