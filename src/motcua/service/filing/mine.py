"""Việc của tôi: the dossiers and filings of one applicant, the newest first, in pages by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from motcua.foundation.identity.models import Applicant
from motcua.service.dossiers.models import Dossier
from motcua.service.filing.models import Filing
from motcua.service.filing.states import State as FilingState


@dataclass(frozen=True)
class Matter:
    """Một việc: a dossier, or a filing that is not one yet. `due_at`: when its answer is promised."""

    id: UUID
    code: str
    what: str
    state: str
    state_label: str
    where: str
    at: datetime
    due_at: datetime | None
    is_dossier: bool


def matters_of(
    applicant: Applicant, *, after: tuple[datetime, UUID] | None = None, limit: int = 20
) -> tuple[list[Matter], bool]:
    """Việc của người này, and whether there are more; `after`: moment and key of the last one shown. Two questions."""
    dossiers = Dossier.objects.filter(applicant=applicant).select_related("agency")
    filings = Filing.objects.filter(applicant=applicant).exclude(state=FilingState.ACCEPTED)
    found = [
        *map(_of_dossier, _page(dossiers, "received_at", after, limit + 1)),
        *map(
            _of_filing,
            _page(filings.select_related("reception_agency"), "submitted_at", after, limit + 1),
        ),
    ]
    found.sort(key=lambda matter: (matter.at, matter.id), reverse=True)
    return found[:limit], len(found) > limit


def _page(rows: Any, moment: str, after: tuple[datetime, UUID] | None, limit: int) -> Any:
    if after is not None:
        at, key = after
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": key}))
    return rows.order_by(f"-{moment}", "-pk")[:limit]


def _of_dossier(dossier: Dossier) -> Matter:
    due_at = None if dossier.finished_at or dossier.closed_at else dossier.due_at
    return Matter(
        dossier.pk, dossier.code, dossier.matter, dossier.state, dossier.get_state_display(), dossier.agency.name,
        dossier.received_at, due_at, is_dossier=True,
    )  # fmt: skip


def _of_filing(filing: Filing) -> Matter:
    return Matter(
        filing.pk, filing.code, filing.matter, filing.state, FilingState(filing.state).label,
        filing.reception_agency.name, filing.submitted_at, filing.answer_due_at if filing.is_waiting else None,
        is_dossier=False,
    )  # fmt: skip
