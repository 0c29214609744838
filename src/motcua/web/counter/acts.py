"""Việc tiếp theo: the one next act that the counter may do with a dossier, and how its row is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from motcua.foundation.identity.access import Access
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.amending import may_amend
from motcua.service.dossiers.operations.stopping import may_stop
from motcua.service.dossiers.operations.supplementing import may_ask, may_complete
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.dossiers.states import CLOSED, State
from motcua.service.postal.models import Shipment
from motcua.service.postal.operations.choosing import why_not_choose
from motcua.service.postal.possible import parcels_carrying
from motcua.service.postal.states import ShipmentState
from motcua.service.results.operations.certifying import may_prepare
from motcua.web.ui.dossiers import dossier_promise
from motcua.web.ui.promises import Promise


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


def next_act(dossier: Dossier, access: Access, parcel: Shipment | None) -> Act | None:
    """None: nothing is to be done here now, or not by this person. `parcel`: what carries its result."""
    unit = dossier.reception_agency_id
    if dossier.state == State.RECEIVED and access.may(Permission.TRANSFER, unit):
        return Act(
            "Bàn giao", reverse("counter:transfer", args=[dossier.pk]), "box-arrow-right", is_post=True
        )
    if may_complete(dossier, access):
        return Act("Nhận bổ sung", reverse("counter:supplements", args=[dossier.pk]), "file-earmark-check")
    if parcel and access.may(Permission.RETURN, unit):
        return Act("Xem bưu gửi", reverse("counter:parcel", args=[parcel.pk]), "envelope-paper")
    if dossier.state == State.RESULT_READY and access.may(Permission.RETURN, unit):
        return Act("Trả kết quả", reverse("counter:return", args=[dossier.pk]), "hand-thumbs-up")
    return None


def other_acts(dossier: Dossier, user: User, access: Access) -> list[Act]:
    """What else may be done here, behind a menu: only what is lawful now."""
    offered = (
        (may_ask(dossier, user, access), "Yêu cầu bổ sung", "counter:ask-supplement", "file-earmark-plus"),
        (may_amend(dossier, access), "Sửa theo yêu cầu", "counter:amend", "pencil-square"),
        (
            access.may(Permission.RECEIVE, dossier.reception_agency_id) and not why_not_choose(dossier),
            "Chọn đơn vị bưu chính",
            "counter:post-choice",
            "envelope-paper",
        ),
        (may_stop(dossier, access), "Dừng, rút hồ sơ", "counter:stop", "stop-circle"),
        (
            may_prepare(dossier, access),
            "Chứng thực bản sao điện tử",
            "counter:certifying",
            "file-earmark-check",
        ),
    )
    return [Act(label, reverse(route, args=[dossier.pk]), icon) for may, label, route, icon in offered if may]


def rows_of(dossiers: Iterable[Dossier], access: Access, at: datetime) -> list[Row]:
    listed = list(dossiers)
    parcels = parcels_carrying([one.pk for one in listed if one.state == State.RESULT_READY])
    return [
        Row(one, promise(one, at), next_act(one, access, parcel), whereabouts(one, parcel))
        for one in listed
        for parcel in [parcels.get(one.pk)]
    ]


def promise(dossier: Dossier, at: datetime) -> Promise:
    return dossier_promise(dossier, at)


def whereabouts(dossier: Dossier, parcel: Shipment | None) -> str:
    """Đang ở đâu: the holder, the unit or the post, as one says it across the counter."""
    if dossier.state in CLOSED:
        return ""
    if parcel and parcel.state != ShipmentState.ORDERED:
        return f"Ở {parcel.carrier.name}"
    if dossier.state == State.AWAITING_SUPPLEMENT:
        return "Chờ người nộp bổ sung"
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
