"""Tra cứu bộ hồ sơ: what an applicant sees of a bundle, with its code and a fact that only the applicant knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.service.dossiers.states import State
from motcua.service.dossiers.tracking import knows, masked_name
from motcua.service.linking.models import Bundle
from motcua.service.linking.reading import Standing, finished_at, standing_of
from motcua.service.linking.timeline import moments_of_bundle


@dataclass(frozen=True)
class PartTracking:
    """Một phần: which procedure, by its own code, where it is and until when."""

    name: str
    code: str
    agency: str
    state: State
    due_at: datetime | None
    planned_due_at: datetime | None
    where: str


@dataclass(frozen=True)
class BundleTracking:
    """Tình hình bộ hồ sơ: no personal data beyond what the applicant typed; the name is masked."""

    code: str
    name: str
    applicant: str
    reception_agency: str
    reception_phone: str
    due_at: datetime | None
    finished_at: datetime | None
    standing: Standing
    parts: tuple[PartTracking, ...]
    moments: Sequence[dict[str, Any]]


def bundle_of_part(code: str) -> Bundle | None:
    """Bộ hồ sơ mà một phần thuộc về: of an ordinary dossier, none."""
    return Bundle.objects.filter(parts__dossier__code=code).select_related("group").first()


def track_bundle(*, code: str, fact: str) -> BundleTracking | None:
    """Tra cứu: the state of the bundle, or None when the code or the fact is wrong; the two look the same."""
    bundle = Bundle.objects.with_code(code).with_parts().first()
    parts = list(bundle.parts.all()) if bundle else []
    people = [bundle.applicant] if bundle else []
    people += [part.dossier.representative for part in parts[:1] if part.dossier.representative]
    if not knows(people, fact) or bundle is None:
        return None
    return BundleTracking(
        code=bundle.code,
        name=bundle.group.name,
        applicant=masked_name(bundle.applicant.name),
        reception_agency=bundle.reception_agency.name,
        reception_phone=bundle.reception_agency.phone,
        due_at=bundle.due_at,
        finished_at=finished_at(bundle),
        standing=standing_of(bundle),
        parts=tuple(
            PartTracking(
                name=part.dossier.revision.name,
                code=part.dossier.code,
                agency=part.dossier.agency.name,
                state=State(part.dossier.state),
                due_at=part.dossier.due_at,
                planned_due_at=part.planned_due_at,
                where=part.dossier.holder.full_name if part.dossier.holder else "",
            )
            for part in parts
        ),
        moments=moments_of_bundle(bundle),
    )
