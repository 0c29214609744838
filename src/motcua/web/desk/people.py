"""Người nhận việc: who may take a step, in the order that is fair, and why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from motcua.service.dossiers.fairness import Advice
from motcua.service.dossiers.hands import advice_among, advice_for
from motcua.service.dossiers.models import Dossier
from motcua.service.workflows.operations.running import model_of

NOBODY = Advice(())


def next_people(dossier: Dossier, at: datetime) -> Advice:
    """Ai thụ lý được: who holds a post with the role of the step after this one, the fairest choice first."""
    if dossier.workflow_id is None:
        return NOBODY
    workflow = model_of(dossier.workflow_id)
    way = workflow.blueprint.usual_way(dossier.step_key)
    if not way:
        return NOBODY
    return advice_among(dossier.agency_id, workflow.blueprint.step(way[0]).role, dossier, at)


def present_people(dossier: Dossier, at: datetime) -> Advice:
    """Ai giữ được bước này, besides who holds it."""
    without: Collection[UUID] = [dossier.holder_id] if dossier.holder_id else []
    return advice_for(dossier, at, without=without)


def as_options(advice: Advice) -> list[tuple[str, str]]:
    """For a select: “Hoàng Minh Em – đang giữ 12 hồ sơ, còn 3 ngày việc, 3 trễ”; who is away says so."""
    return [
        (str(place.hand.key), f"{place.hand.name} – {place.refusal or place.why}") for place in advice.places
    ]
