"""Việc tiếp theo: the one next act that the counter may do with a dossier, and how its row is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from motcua.foundation.identity.access import Access
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.dossiers.states import State
from motcua.web.ui.promises import Promise, promise_of


@dataclass(frozen=True, slots=True)
class Act:
    """Một việc: `is_post` does it at once; otherwise `url` is the page where it is done."""

    label: str
    url: str
    icon: str
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Một dòng của danh sách."""

    dossier: Dossier
    promise: Promise
    act: Act | None
    where: str  # who has it now


def next_act(dossier: Dossier, access: Access) -> Act | None:
    """None: nothing is to be done here now, or not by this person."""
    unit = dossier.reception_agency_id
    if dossier.state == State.RECEIVED and access.may(Permission.TRANSFER, unit):
        return Act(
            "Bàn giao", reverse("counter:transfer", args=[dossier.pk]), "box-arrow-right", is_post=True
        )
    if dossier.state == State.RESULT_READY and access.may(Permission.RETURN, unit):
        return Act("Trả kết quả", reverse("counter:return", args=[dossier.pk]), "hand-thumbs-up")
    return None


def rows_of(dossiers: Iterable[Dossier], access: Access, at: datetime) -> list[Row]:
    return [Row(one, promise(one, at), next_act(one, access), whereabouts(one)) for one in dossiers]


def promise(dossier: Dossier, at: datetime) -> Promise:
    return promise_of(dossier.due_at, at=at, finished_at=dossier.finished_at, agency_id=dossier.agency_id)


def whereabouts(dossier: Dossier) -> str:
    """Đang ở đâu: the holder or the unit, as one says it across the counter."""
    if dossier.state == State.RETURNED:
        return ""
    if dossier.state in {State.RECEIVED, State.RESULT_READY}:
        return "Tại Một cửa"
    return (
        f"{dossier.holder.full_name}, {dossier.agency.name}" if dossier.holder else str(dossier.agency.name)
    )


def late_here(access: Access, at: datetime) -> DossierQuerySet:
    """Đang trễ hẹn, received where this person stands at the counter."""
    held = (Permission.RECEIVE, Permission.RETURN, Permission.TRANSFER)
    units = sorted(frozenset().union(*(access.where(one) for one in held)))
    return Dossier.objects.running().filter(reception_agency__in=units, due_at__lt=at)
