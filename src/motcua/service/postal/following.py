"""Theo dõi bưu gửi: what a citizen may see of the parcels of a dossier, one line for each thing that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from motcua.service.postal.models import Shipment
from motcua.service.postal.states import Direction, ShipmentState

WHAT = {
    Direction.RETURN: "Kết quả gửi đến bạn",
    Direction.COLLECT: "Bưu tá đến lấy giấy tờ của bạn",
    Direction.COPY: "Bản giấy của kết quả gửi đến bạn",
}


@dataclass(frozen=True)
class ParcelLine:
    """Một dòng của đường đi."""

    at: datetime
    words: str


@dataclass(frozen=True)
class ParcelSeen:
    """Một bưu gửi, without names and addresses."""

    what: str
    carrier: str
    code: str
    state: str
    promised_on: date | None
    cod: int
    price: int | None  # what the postman is still to be paid for carrying it
    lines: tuple[ParcelLine, ...]


def parcels_of(code: str) -> list[ParcelSeen]:
    """Bưu gửi của một hồ sơ, the newest first; cancelled ones are not shown. Two statements."""
    found = Shipment.objects.filter(dossier__code=code).exclude(state=ShipmentState.CANCELLED)
    shown = found.select_related("carrier").prefetch_related("events").order_by("-ordered_at")
    return [seen(shipment) for shipment in shown]


def seen(shipment: Shipment) -> ParcelSeen:
    """Một bưu gửi as its owner sees it; its carrier and events are best fetched before. What is doubted is not told."""
    lines = [
        ParcelLine(
            shipment.ordered_at,
            "Bộ phận Một cửa đã đặt bưu chính" if shipment.ordered_by_id else "Bạn đã đặt bưu chính",
        )
    ]
    if shipment.handed_at:
        lines.append(ParcelLine(shipment.handed_at, f"Đã giao {shipment.carrier.name}"))
    lines += [
        ParcelLine(event.happened_at, event.words or event.in_words())
        for event in shipment.events.all()
        if not event.doubt
    ]
    return ParcelSeen(
        what=WHAT[Direction(shipment.direction)],
        carrier=shipment.carrier.name,
        code=shipment.carrier_code or shipment.code,
        state=shipment.get_state_display(),
        promised_on=shipment.promised_on if shipment.delivered_at is None else None,
        cod=shipment.cod,
        price=shipment.price if shipment.delivered_at is None else None,
        lines=tuple(sorted(lines, key=lambda line: line.at)),
    )
