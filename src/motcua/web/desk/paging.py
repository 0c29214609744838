"""Trang của danh sách, by keyset in the lawful order: page 200 costs as little as page 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import DossierQuerySet

SIZE = 50
MOST = 500
SHOWN = (  # what a row tells; the long texts of the procedure stay in the database
    "code", "state", "priority", "applicant_name", "matter", "due_at", "finished_at", "step_key", "step_name",
    "step_kind", "step_role", "step_agency", "step_due_at", "held_since",
    "revision__name", "agency__name", "reception_agency__name", "holder__full_name",
)  # fmt: skip


@dataclass(frozen=True)
class Slice:
    """Một trang: its dossiers, and the mark after which the next page begins ("" on the last)."""

    dossiers: list[Dossier]
    next: str


def slice_of(dossiers: DossierQuerySet, *, after: str = "", size: int = SIZE) -> Slice:
    """The page after the mark; an unreadable mark is the first page."""
    moment, key = read_mark(after)
    page = dossiers.in_lawful_order().page_after(moment, key).values("pk")[: size + 1]
    named = dossiers.model.objects.filter(pk__in=page).with_names().only(*SHOWN)  # names for these alone
    found = list(named.with_reminders().in_lawful_order())
    shown = found[:size]
    return Slice(shown, mark_of(shown[-1]) if len(found) > size else "")


def mark_of(dossier: Dossier) -> str:
    return f"{dossier.due_at.isoformat() if dossier.due_at else ''}~{dossier.pk}"


def read_mark(after: str) -> tuple[datetime | None, UUID | None]:
    moment, _, key = after.partition("~")
    try:
        read = datetime.fromisoformat(moment) if moment else None
        return (read, UUID(key)) if read is None or read.tzinfo else (None, None)
    except ValueError:
        return None, None
