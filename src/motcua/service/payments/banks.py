"""Ngân hàng: by the six digits of transfers. As three published lists agree; the official one was not read."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from motcua.core.text import sort_key


@lru_cache(maxsize=1)
def banks() -> dict[str, str]:
    """Mã và tên, in the order of the alphabet."""
    text = files("motcua.service.payments").joinpath("data/banks.toml").read_text(encoding="utf-8")
    known: dict[str, str] = tomllib.loads(text)["banks"]
    return dict(sorted(known.items(), key=lambda row: sort_key(row[1])))
