"""Trang của danh sách, by keyset: what follows a moment and a key; page 200 costs as little as page 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from motcua.core.ids import as_key
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import DossierQuerySet

SIZE = 50


@dataclass(frozen=True)
class Slice:
    """Một trang: its dossiers, and the mark after which the next page begins ("" on the last)."""

    dossiers: list[Dossier]
    next: str


def slice_of(
    dossiers: DossierQuerySet, *, by: str, after: str = "", newest: bool = False, size: int = SIZE
) -> Slice:
    """The page after the mark, in the order of the moment `by` and the key; an unreadable mark is the first page."""
    lookup, sign = ("lt", "-") if newest else ("gt", "")
    if mark := _mark(after):
        moment, key = mark
        later = Q(**{f"{by}__{lookup}": moment}) | Q(**{by: moment, f"id__{lookup}": key})
        dossiers = dossiers.filter(later)
    found = list(dossiers.order_by(f"{sign}{by}", f"{sign}id")[: size + 1])
    shown = found[:size]
    last = shown[-1] if len(found) > size else None
    return Slice(shown, f"{getattr(last, by).isoformat()}~{last.pk}" if last else "")


def known(texts: Iterable[str]) -> list[UUID]:
    """The keys among what a form or a session says, each once."""
    return list(dict.fromkeys(key for text in texts if (key := as_key(text))))


def _mark(after: str) -> tuple[datetime, UUID] | None:
    moment, _, key = after.partition("~")
    try:
        read = datetime.fromisoformat(moment)
        return (read, UUID(key)) if read.tzinfo else None
    except ValueError:
        return None
