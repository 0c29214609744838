"""Việc của tôi: the dossiers and filings of one applicant and those they stand for, the newest first, by key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from motcua.foundation.identity.models import Applicant
from motcua.service.dossiers.models import Dossier
from motcua.service.filing.models import Filing
from motcua.service.filing.standing_with import stood_for_by
from motcua.service.filing.states import State as FilingState


@dataclass(frozen=True)
class Matter:
    """Một việc: a dossier, or a filing that is not one yet. `due_at`: when its answer is promised.

    `is_cosigned`: somebody else's, for which this person stands as well; they may read it.
    """

    id: UUID
    code: str
    what: str
    state: str
    state_label: str
    where: str
    at: datetime
    due_at: datetime | None
    is_dossier: bool
    is_cosigned: bool = False


def matters_of(
    applicant: Applicant, *, after: tuple[datetime, UUID] | None = None, limit: int = 20
) -> tuple[list[Matter], bool]:
    """Việc của người này, and whether there are more; `after`: moment and key of the last one shown.

    Three questions, two more for who stands for dossiers of others.
    """
    found = _found(applicant, Q(applicant=applicant), Q(applicant=applicant), after, limit)
    if keys := stood_for_by(applicant):
        found += _found(applicant, Q(pk__in=keys), Q(dossier_key__in=keys), after, limit)
    found = list({matter.id: matter for matter in found}.values())
    found.sort(key=lambda matter: (matter.at, matter.id), reverse=True)
    return found[:limit], len(found) > limit


def _found(
    applicant: Applicant, of_dossiers: Q, of_filings: Q, after: tuple[datetime, UUID] | None, limit: int
) -> list[Matter]:
    dossiers = Dossier.objects.filter(of_dossiers).select_related("agency")
    filings = Filing.objects.filter(of_filings).exclude(state=FilingState.ACCEPTED)
    rows = [
        *map(_of_dossier, _page(dossiers, "received_at", after, limit + 1)),
        *map(
            _of_filing,
            _page(filings.select_related("reception_agency"), "submitted_at", after, limit + 1),
        ),
    ]
    return [replace(matter, is_cosigned=owner != applicant.pk) for matter, owner in rows]


def _page(rows: Any, moment: str, after: tuple[datetime, UUID] | None, limit: int) -> Any:
    if after is not None:
        at, key = after
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": key}))
    return rows.order_by(f"-{moment}", "-pk")[:limit]


def _of_dossier(dossier: Dossier) -> tuple[Matter, UUID]:
    due_at = None if dossier.finished_at or dossier.closed_at else dossier.due_at
    matter = Matter(
        dossier.pk, dossier.code, dossier.matter, dossier.state, dossier.get_state_display(), dossier.agency.name,
        dossier.received_at, due_at, is_dossier=True,
    )  # fmt: skip
    return matter, dossier.applicant_id


def _of_filing(filing: Filing) -> tuple[Matter, UUID]:
    matter = Matter(
        filing.pk, filing.code, filing.matter, filing.state, FilingState(filing.state).label,
        filing.reception_agency.name, filing.submitted_at, filing.answer_due_at if filing.is_waiting else None,
        is_dossier=False,
    )  # fmt: skip
    return matter, filing.applicant_id
