"""Lúc nào gửi được gì: the one rule of what may go by post for a dossier, and which results the post has."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from motcua.core.errors import DomainError
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.dossiers.states import ENDED_EARLY, FINISHED, State
from motcua.service.postal.models import Carrier, Shipment
from motcua.service.postal.states import Direction, ShipmentState

NOTHING_TO_FETCH = "Hồ sơ đã có kết quả hoặc đã xong, không còn giấy tờ nào phải lấy."
NO_RESULT = "Chỉ gửi bưu chính khi kết quả đã có tại Một cửa."
UNDER_WAY = "Hồ sơ này đang có một bưu gửi chưa xong. Hãy xem bưu gửi ấy trước khi đặt thêm."


OFFERED = (Direction.RETURN, Direction.COLLECT)  # a paper copy goes with its own order


def carriers_on(day: date) -> list[Carrier]:
    """Đơn vị bưu chính đang dùng."""
    return list(Carrier.objects.valid_on(day).filter(is_on=True).order_by("name"))


def why_not(dossier: Dossier, direction: str) -> str:
    """Vì sao lúc này chưa gửi được; "": it may be ordered."""
    if direction == Direction.RETURN and dossier.state != State.RESULT_READY:
        return NO_RESULT
    if direction == Direction.COLLECT and dossier.state in FINISHED | ENDED_EARLY:
        return NOTHING_TO_FETCH
    if direction == Direction.COPY:
        return ""
    live = Shipment.objects.live().filter(dossier=dossier, direction=direction)
    return UNDER_WAY if live.exists() else ""


def directions_for(dossier: Dossier) -> list[Direction]:
    """Bưu chính giúp được gì cho hồ sơ lúc này."""
    return [one for one in OFFERED if not why_not(dossier, one)]


def still_here(dossiers: DossierQuerySet) -> DossierQuerySet:
    """Kết quả còn ở quầy: no parcel carries it, and none is ordered for it."""
    carried = Shipment.objects.carrying_result().filter(dossier=OuterRef("pk"))
    return dossiers.filter(~Exists(carried))


def parcels_carrying(dossier_ids: Collection[UUID]) -> dict[UUID, Shipment]:
    """Bưu gửi đang mang kết quả của những hồ sơ này, in one question."""
    if not dossier_ids:
        return {}
    found = Shipment.objects.carrying_result().filter(dossier__in=dossier_ids).select_related("carrier")
    return {parcel.dossier_id: parcel for parcel in found}


def parcel_of(dossier: Dossier) -> Shipment | None:
    """Bưu gửi đang mang kết quả của hồ sơ này."""
    ready = dossier.state == State.RESULT_READY
    return parcels_carrying([dossier.pk]).get(dossier.pk) if ready else None


def where_it_is(parcel: Shipment) -> str:
    """Kết quả đang ở đâu, instead of at the counter."""
    if parcel.state == ShipmentState.ORDERED:
        return (
            f"Kết quả này đã đặt {parcel.carrier.name}, bưu gửi {parcel.code}, đang chờ giao. "
            "Người dân đến lấy thì hủy bưu gửi trước."
        )
    return (
        f"Kết quả này ở {parcel.carrier.name}, bưu gửi {parcel.code}: "
        f"{parcel.get_state_display().lower()}. Trao tại quầy khi bưu gửi đã hoàn về."
    )


def refuse_while_posted(dossier: Any, at: datetime) -> None:
    """Phản đối trả tại quầy: what the post has, or waits for, is not given by hand as well. Raises DomainError."""
    if parcel := parcels_carrying([dossier.pk]).get(dossier.pk):
        raise DomainError(where_it_is(parcel))
