"""Việc của tiến trình nền: tell the carriers what was decided, ask them what has happened, close what they delivered."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from motcua.core.events import Fact
from motcua.core.time import local_date, now
from motcua.service.postal.carriers import CarrierTrouble, Dialect, Parcel, dialect_of
from motcua.service.postal.models import Carrier, Shipment
from motcua.service.postal.operations import carrying
from motcua.service.postal.operations.ordering import NoAddressCode, code_of
from motcua.service.postal.states import Otherwise, ShipmentState

logger = logging.getLogger(__name__)
MOST_PAGES = 20  # of one carrier in one round
MOST = 200
SILENT = timedelta(days=1)
TIME_IS_OVER = "Quá hạn quyết định, bưu chính tự chuyển hoàn"


def tell_carrier(fact: Fact) -> None:
    """Báo bưu chính: order, cancel, redeliver, get back, in the order in which they were decided.

    A carrier in trouble is told again later: the outbox repeats it, and our number makes a repeated order the same one.
    """
    shipment = Shipment.objects.with_names().get(pk=fact.subject_id)
    dialect = dialect_of(shipment.carrier)
    if dialect is None:
        return
    try:
        _tell(fact.name, shipment, dialect)
    except (CarrierTrouble, NoAddressCode) as trouble:
        Shipment.objects.filter(pk=shipment.pk).update(trouble=str(trouble)[:300])
        raise
    Shipment.objects.filter(pk=shipment.pk).exclude(trouble="").update(trouble="")


def follow_parcels(at: datetime) -> None:
    """Hỏi tin từng đơn vị, a page after the last that was heard; a page is heard whole before the mark moves."""
    for carrier in Carrier.objects.valid_on(local_date(at)).filter(is_on=True):
        dialect = dialect_of(carrier)
        if dialect is None or not dialect.can_track:
            continue
        try:
            _follow(carrier, dialect)
        except CarrierTrouble as trouble:
            logger.warning("%s: %s", carrier.code, trouble)
            Carrier.objects.filter(pk=carrier.pk).update(trouble=str(trouble)[:300], tracked_at=now())


def ask_of_silent(at: datetime) -> None:
    """Hỏi lại về bưu gửi im lặng: a carrier that tells by itself tells the way again of what was not heard of for a day."""
    for carrier in Carrier.objects.valid_on(local_date(at)).filter(is_on=True):
        dialect = dialect_of(carrier)
        if dialect is None or not dialect.can_tell_again:
            continue
        silent = Shipment.objects.silent_since(at - SILENT).filter(carrier=carrier)
        for shipment in silent.order_by("ordered_at")[:MOST]:
            try:
                dialect.tell_again(shipment)
            except CarrierTrouble as trouble:
                logger.warning("%s: %s", carrier.code, trouble)
                break  # it is down: the others are asked next time
            Shipment.objects.filter(pk=shipment.pk).update(asked_at=at)


def close_delivered(at: datetime) -> None:
    """Ghi trả những kết quả bưu chính đã phát."""
    for shipment_id in Shipment.objects.to_close().values_list("pk", flat=True)[:MOST]:
        carrying.close(shipment_id=shipment_id, at=now())


def decide_late(at: datetime) -> None:
    """Quá hạn quyết định: what the carrier's rule says happens to a failed parcel."""
    late = Shipment.objects.failed().filter(decide_by__lt=local_date(at), carrier__otherwise=Otherwise.RETURN)
    for shipment_id in late.values_list("pk", flat=True)[:MOST]:
        carrying.get_back(shipment_id=shipment_id, reason=TIME_IS_OVER, by=None, at=now())


def _tell(name: str, shipment: Shipment, dialect: Dialect) -> None:
    if name == "ShipmentOrdered":
        if shipment.placed_at is None and shipment.state != ShipmentState.CANCELLED:
            code = dialect.order(_parcel(shipment))
            carrying.placed(shipment_id=shipment.pk, carrier_code=code, at=now())
    elif name == "ShipmentCancelled":
        if shipment.placed_at is not None:
            dialect.cancel(shipment)
    elif name == "RedeliveryAsked":
        dialect.redeliver(shipment)
    elif name == "GetBackAsked":
        dialect.get_back(shipment)


def _parcel(shipment: Shipment) -> Parcel:
    on = local_date(shipment.ordered_at)
    sender, receiver = (
        code_of(shipment.carrier, end.province_code, end.ward_code, on)
        for end in (shipment.sender, shipment.receiver)
    )
    return Parcel(shipment, sender, receiver)


def _follow(carrier: Carrier, dialect: Dialect) -> None:
    for _page in range(MOST_PAGES):
        told, last_id = dialect.track(carrier.tracked_to)
        for one in told:
            carrying.hear(carrier_id=carrier.pk, told=one, at=now())
        is_over = not told or last_id == carrier.tracked_to
        carrier.tracked_to = last_id or carrier.tracked_to
        Carrier.objects.filter(pk=carrier.pk).update(
            tracked_to=carrier.tracked_to, tracked_at=now(), trouble=""
        )
        if is_over:
            return
