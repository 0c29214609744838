"""Cách kể một sai lệch: how a dossier that breaks an invariant is named, the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.core.time import local
from motcua.oversight.integrity.breaches import Breach
from motcua.service.dossiers.models import Dossier

SHOWN = ("id", "code", "state", "agency_id", "applicant_name")


def each(dossiers: Iterable[Dossier], detail: Callable[[Any], str]) -> Iterator[Breach]:
    """One breach for each dossier."""
    for dossier in dossiers:
        yield of_dossier(dossier, detail(dossier))


def of_dossier(dossier: Dossier, detail: str, *, key: str = "") -> Breach:
    return Breach(
        key=key or str(dossier.pk),
        label=dossier.code,
        detail=detail,
        agency_id=dossier.agency_id,
        dossier_id=dossier.pk,
    )


def moment(at: datetime | None) -> str:
    """An instant as it is written: “17:00 25/11/2026”, on a Vietnamese clock."""
    return f"{local(at):%H:%M %d/%m/%Y}" if at else "(không có)"


def dossier_of(key: str) -> Dossier:
    """The dossier that a breach is about, locked for its mending. Raises NoSuchDossier."""
    return Dossier.objects.lock(UUID(key))
