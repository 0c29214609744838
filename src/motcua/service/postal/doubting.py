"""Tin nào theo được: which parcel a word is about, whether it comes late, and why it is not followed though it is theirs.

What is doubted is kept, changes no state, and waits at the counter for who asks the carrier.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from motcua.core.money import vnd
from motcua.service.postal.carriers import Told
from motcua.service.postal.models import Shipment
from motcua.service.postal.states import OVERTAKEN, Meaning


def spoken_of(carrier_id: UUID, told: Told) -> Shipment | None:
    """Bưu gửi được nói đến: by the carrier's own number, else by ours."""
    ours = Shipment.objects.filter(carrier=carrier_id)
    found: Shipment | None = None
    if told.carrier_code:
        found = ours.filter(carrier_code=told.carrier_code).order_by("-ordered_at").first()
    if found is None and told.code:
        found = ours.filter(code=told.code).first()
    return found


def is_late(shipment: Shipment, meaning: Meaning, happened_at: datetime) -> bool:
    """Tin của lúc trước: something has happened since. A delivery or a return is never too late to be known."""
    return meaning in OVERTAKEN and shipment.moved_at is not None and happened_at < shipment.moved_at


def doubt_of(shipment: Shipment, told: Told, meaning: Meaning) -> str:
    """Vì sao chưa theo tin này; "": it is followed."""
    if told.carrier_code and shipment.carrier_code and told.carrier_code != shipment.carrier_code:
        return f"Tin nói về vận đơn {told.carrier_code}, bưu gửi này là vận đơn {shipment.carrier_code}."
    if told.code and told.code != shipment.code:
        return f"Tin mang mã tham chiếu {told.code}, không phải {shipment.code}."
    if meaning == Meaning.STOPPED:
        return "Bưu chính báo dừng bưu gửi này."
    if meaning == Meaning.DELIVERED and told.is_back:
        return "Bưu chính báo đã phát nhưng là trên chiều hoàn."
    if meaning == Meaning.DELIVERED and told.collected is not None and told.collected != shipment.cod:
        return f"Bưu chính báo đã thu {vnd(told.collected)}, bưu gửi này thu hộ {vnd(shipment.cod)}."
    return ""
