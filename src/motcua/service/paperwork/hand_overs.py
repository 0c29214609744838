"""Giao, nhận: the hand-overs of a dossier, read from its ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from motcua.core.time import local_date
from motcua.foundation.identity.models import Membership, User
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.steps import agency_of
from motcua.service.paperwork.facts import HandOver, verdict
from motcua.service.workflows.models import WorkflowStep

RECEIVER_OF_RESULT = "Tổ chức, cá nhân nhận kết quả"


def hand_overs_of(dossier: Dossier) -> tuple[HandOver, ...]:
    """Each time the dossier passed from one hand to the next: by whom, to whom, when, and inside the step's limit."""
    lines = list(Line.objects.of(dossier.pk))
    passings = [line for line in lines if "next_step" in line.payload or line.payload.get("from_holder")]
    takings = {number: _taker(line, lines) for number, line in enumerate(passings)}
    people = {line.actor_id for line in passings if line.actor_id} | {
        taker for taker in takings.values() if taker
    }
    people |= {UUID(line.payload["from_holder"]) for line in passings if line.payload.get("from_holder")}
    desk = Desk(dossier, people)
    return tuple(_hand_over(line, takings[number], desk) for number, line in enumerate(passings))


def _taker(passing: Line, lines: Sequence[Line]) -> UUID | None:
    """Who took it: named at the passing, or the first to take or do the next step."""
    named = passing.payload.get("next_holder") or passing.payload.get("holder")
    if named:
        return UUID(named)
    step = passing.payload.get("next_step")
    for line in lines:
        if step and line.number > passing.number and line.payload.get("step") == step:
            holder = line.payload.get("holder")
            return UUID(holder) if holder else line.actor_id
    return None


def _hand_over(line: Line, taker: UUID | None, desk: Desk) -> HandOver:
    payload = line.payload
    due_at = datetime.fromisoformat(payload["step_due_at"]) if payload.get("step_due_at") else None
    giver = UUID(payload["from_holder"]) if payload.get("from_holder") else line.actor_id
    next_step = payload.get("next_step", payload.get("step", ""))
    is_end = not next_step
    return HandOver(
        giver_unit=desk.unit(giver, payload.get("step", ""), line.at),
        giver=desk.name(giver),
        receiver_unit=RECEIVER_OF_RESULT if is_end else desk.unit(taker, next_step, line.at),
        receiver=payload.get("receiver", "") if is_end else desk.name(taker),
        work=desk.step_names.get(payload.get("step", ""), line.label),
        at=line.at,
        due_at=due_at,
        verdict=verdict(line.at, due_at),
        note=payload.get("note") or payload.get("reason", ""),
    )


class Desk:
    """Names of the people and units on one dossier's way, read at once."""

    def __init__(self, dossier: Dossier, people: set[UUID]) -> None:
        self._dossier = dossier
        steps = WorkflowStep.objects.filter(workflow=dossier.workflow_id)
        self.step_names: Mapping[str, str] = {step.key: step.name for step in steps}
        self._kinds = {step.key: step.kind for step in steps}
        self._names = dict(User.objects.filter(pk__in=people).values_list("pk", "full_name"))
        self._places = {agency.pk: agency for agency in (dossier.agency, dossier.reception_agency)}
        self._seats = list(
            Membership.objects.filter(user__in=people)
            .select_related("post__agency")
            .order_by("valid_from", "pk")
        )

    def name(self, user_id: UUID | None) -> str:
        return self._names.get(user_id, "") if user_id else ""

    def unit(self, user_id: UUID | None, step: str, at: datetime) -> str:
        """The unit where the person sat on the day, inside the agency of the step; else that agency."""
        agency = self._places[agency_of(self._dossier, self._kinds.get(step, ""))]
        return self._inside(agency, self._held(user_id, at)) or str(agency.name)

    def seat(self, user_id: UUID, step: str, at: datetime) -> str:
        """Where the person sat who did it: at the agency of the step, at the counter, or at an agency that was asked."""
        held = self._held(user_id, at)
        first = self._places[agency_of(self._dossier, self._kinds.get(step, ""))]
        for agency in (first, *self._places.values()):
            if unit := self._inside(agency, held):
                return unit
        return str(held[0].name if held else first.name)

    def _held(self, user_id: UUID | None, at: datetime) -> list[Agency]:
        day = local_date(at)
        return [
            seat.post.agency
            for seat in self._seats
            if seat.user_id == user_id
            and seat.valid_from <= day
            and (seat.valid_to is None or day <= seat.valid_to)
        ]

    @staticmethod
    def _inside(agency: Agency, held: list[Agency]) -> str:
        for place in held:
            if place.path.startswith(agency.path):
                return str(place.name) if place.pk == agency.pk else f"{place.name}, {agency.name}"
        return ""
