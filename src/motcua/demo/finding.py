"""Lời thường của tỉnh mẫu: everyday names and life events, read from `data/finding.toml`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from motcua.foundation.identity.models import User
from motcua.service.procedures.naming import load_words

DATA = Path(__file__).parent / "data" / "finding.toml"


def load(*, by: User | None, at: datetime) -> None:
    """Nạp tên thường gọi và sự kiện trong đời; the catalogue stands already."""
    done = load_words(DATA.read_text(encoding="utf-8"), by=by, at=at)
    if done.faults:
        raise ValueError("; ".join(done.faults))
