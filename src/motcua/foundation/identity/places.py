"""Địa danh: the provinces and communes of today, from the package vietnam-provinces, read once when first asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from motcua.core.text import fold, sort_key


@dataclass(frozen=True, slots=True)
class Place:
    """One province (`province_code` is its own code) or one commune. `kind` is "tỉnh", "xã", "phường", …"""

    code: str
    name: str
    kind: str
    province_code: str
    folded: str


def provinces() -> tuple[Place, ...]:
    """Mọi tỉnh, thành phố, in Vietnamese order."""
    return _atlas()[0]


def wards(province_code: str) -> tuple[Place, ...]:
    """Mọi xã, phường, đặc khu của một tỉnh, in Vietnamese order; none for an unknown code."""
    return _atlas()[1].get(province_code, ())


def province(code: str) -> Place | None:
    return _atlas()[2].get(code)


def ward(code: str) -> Place | None:
    return _atlas()[3].get(code)


def search(text: str, *, province_code: str = "", limit: int = 20) -> list[Place]:
    """Tìm xã, phường không cần dấu: those that begin with the text first."""
    wanted = fold(text)
    if not wanted:
        return []
    pool = wards(province_code) if province_code else tuple(_atlas()[3].values())
    hits = [place for place in pool if wanted in place.folded]
    return sorted(hits, key=lambda place: (not _bare(place).startswith(wanted), sort_key(place.name)))[:limit]


def in_words(street: str, ward_code: str, province_code: str) -> str:
    """Địa chỉ đầy đủ, as it is printed."""
    at, above = ward(ward_code), province(province_code)
    return ", ".join(part for part in (street, at.name if at else "", above.name if above else "") if part)


def _bare(place: Place) -> str:
    return place.folded.removeprefix(f"{fold(place.kind)} ")


@lru_cache(maxsize=1)
def _atlas() -> tuple[tuple[Place, ...], dict[str, tuple[Place, ...]], dict[str, Place], dict[str, Place]]:
    package = find_spec("vietnam_provinces")
    if package is None or package.origin is None:
        raise RuntimeError("The package vietnam-provinces is not installed.")
    nested = json.loads(
        (Path(package.origin).parent / "data" / "nested-divisions.json").read_text(encoding="utf-8")
    )
    above, below = [], {}
    for row in nested:
        code = f"{row['code']:02d}"
        above.append(Place(code, row["name"], row["division_type"], code, fold(row["name"])))
        communes = [
            Place(f"{one['code']:05d}", one["name"], one["division_type"], code, fold(one["name"]))
            for one in row["wards"]
        ]
        below[code] = tuple(sorted(communes, key=lambda place: sort_key(place.name)))
    return (
        tuple(sorted(above, key=lambda place: sort_key(place.name))),
        below,
        {place.code: place for place in above},
        {place.code: place for communes in below.values() for place in communes},
    )
