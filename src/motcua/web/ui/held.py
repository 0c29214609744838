"""Giấy đã có trong kho, on the pages of officers: what is held, and the reason for which it is asked for all the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from motcua.core.time import local_date
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.store import Demand as Why
from motcua.service.holdings.finding import held_by_names
from motcua.service.holdings.models import Consent, Demand, HeldPaper
from motcua.web.ui.forms import Reader

REASONS = list(Demand.Reason.choices)
ASKING = [(value, label) for value, label in REASONS if value != Demand.Reason.BROUGHT]
MEANS = [(means.value, means.label) for means in (Consent.Means.ORAL, Consent.Means.WRITTEN)]


def read_why(reader: Reader, key: object) -> Why:
    """The reason beside one paper."""
    code = reader.choice(f"why-{key}", [value for value, _ in REASONS])
    return Why(code, reader.text(f"words-{key}", longest=300))


def held_of(dossier: Dossier, names: Iterable[str], at: datetime) -> dict[str, HeldPaper]:
    """What the owner of a dossier holds of these papers; the dossier is one that the reader may see."""
    return held_by_names(dossier.applicant_id, names, procedure_id=dossier.procedure_id, on=local_date(at))
