"""Bàn giao công việc: what somebody holds goes to other hands, for a leave, another post, a leaver, or a whole agency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency, Succession
from motcua.service.dossiers.events import WorkHandedOver
from motcua.service.dossiers.fairness import Advice, Hand, Work, share_out
from motcua.service.dossiers.hands import hands_of, planned_minutes
from motcua.service.dossiers.models import BulkAct, Dossier, HandingOver
from motcua.service.dossiers.operations.steps import agency_of
from motcua.service.dossiers.operations.together import Chosen, begin


@dataclass(frozen=True)
class Proposal:
    """Đề xuất cho một hồ sơ: who should take it and why, and who else could."""

    dossier: Dossier
    advice: Advice

    @property
    def receiver(self) -> Hand | None:
        return self.advice.first.hand if self.advice.first else None

    @property
    def possible(self) -> list[Hand]:
        return [place.hand for place in self.advice.places if not place.refusal]


class NobodyReceives(DomainError):
    """Chưa chọn ai nhận."""


def propose_receivers(dossiers: Sequence[Dossier], *, giver_id: UUID | None, at: datetime) -> list[Proposal]:
    """Đề xuất người nhận, fairly shared among those of the role of each dossier's step; in lawful order.

    What one is given counts for the next; `giver_id` (None: whoever holds each) is given nothing.
    """
    minutes = planned_minutes(dossiers)
    groups: dict[tuple[int, str], list[Dossier]] = {}
    for dossier in dossiers:
        groups.setdefault((agency_of(dossier, dossier.step_kind), dossier.step_role), []).append(dossier)
    givers = {giver_id} if giver_id else {dossier.holder_id for dossier in dossiers}
    advice: dict[UUID, Advice] = {}
    for (place, role), group in groups.items():
        hands = [hand for hand in receivers(place, role, at) if hand.key not in givers]
        things = [(one.pk, _work(one, minutes.get((one.workflow_id, one.step_key), 0), at)) for one in group]
        advice.update(share_out(things, hands, on=local_date(at)))
    return [Proposal(dossier, advice[dossier.pk]) for dossier in dossiers]


def receivers(place: int, role: str, at: datetime) -> list[Hand]:
    """Ai nhận được: those of the role at the agency; where there is none any more, those of its successors."""
    hands = hands_of(place, role, at)
    if hands:
        return hands
    heirs = Succession.objects.filter(predecessor=place, on__lte=local_date(at)).order_by("successor")
    return [hand for heir in heirs.values_list("successor", flat=True) for hand in hands_of(heir, role, at)]


@transaction.atomic
def hand_over(
    *,
    bulk_id: UUID,
    receivers: Mapping[UUID, UUID],
    reason: str,
    by: User,
    at: datetime,
    giver: User | None = None,
    agency: Agency | None = None,
    note: str = "",
) -> BulkAct:
    """Bàn giao: begin one recorded act; `receivers` says who gets which dossier. Each is then moved by `reassign`'s rule.

    The same key again begins nothing. Raises NobodyReceives, NotChosen.
    """
    if reason not in HandingOver.Reason.values:
        raise NobodyReceives("Hãy chọn lý do bàn giao.", field="reason")
    if not receivers:
        raise NobodyReceives("Hãy chọn người nhận cho ít nhất một hồ sơ.", field="receivers")
    if known := BulkAct.objects.filter(pk=bulk_id, asked_by=by).first():
        return known
    note = tidy(note)[:250]
    held = dict(Dossier.objects.filter(pk__in=receivers).values_list("pk", "holder"))
    chosen = [
        Chosen(pk, values={"holder": receiver, "giver": held.get(pk)}) for pk, receiver in receivers.items()
    ]
    said = f"Bàn giao công việc: {HandingOver.Reason(reason).label}" + (f". {note}" if note else "")
    act = begin(
        bulk_id=bulk_id, kind=BulkAct.Kind.HAND_OVER, chosen=chosen, by=by, at=at, values={"reason": said}
    )
    handing = HandingOver.objects.create(bulk=act, giver=giver, agency=agency, reason=reason, note=note)
    events.record(
        WorkHandedOver(
            subject_id=handing.pk,
            actor_id=by.pk,
            at=at,
            act=act.pk,
            giver=giver.pk if giver else None,
            agency=agency.pk if agency else None,
            reason=reason,
            note=note,
            receivers={str(key): count for key, count in Counter(receivers.values()).items()},
        )
    )
    return act


def _work(dossier: Dossier, minutes: int, at: datetime) -> Work:
    is_late = dossier.due_at is not None and dossier.due_at < at
    return Work(local_date(dossier.due_at) if dossier.due_at else None, minutes, is_late)
