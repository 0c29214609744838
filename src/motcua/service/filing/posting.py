"""Gửi kết quả theo lựa chọn lúc nộp: as soon as there is a result, its parcel is ordered with the carrier that was chosen.

What cannot be ordered so (no price or a higher one than was told, no code of the place, no answer) waits at the counter and
is tried again; where something is still to be paid its owner or the counter orders, with or without cash on delivery.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import Exists, OuterRef

from motcua.core.errors import DomainError
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.service.dossiers.models import Channel
from motcua.service.dossiers.states import State
from motcua.service.filing.models import Filing
from motcua.service.payments.operations.charging import must_pay
from motcua.service.postal.models import Carrier, Shipment
from motcua.service.postal.operations.ordering import LETTER, order, quote
from motcua.service.postal.places import place_of_applicant, place_of_unit
from motcua.service.postal.states import Direction

logger = logging.getLogger(__name__)
MOST = 100


def order_chosen(at: datetime) -> int:
    """Đặt bưu gửi cho những kết quả vừa có; one that was ordered before, even in vain, is left to the counter."""
    before = Shipment.objects.filter(dossier=OuterRef("dossier"), direction=Direction.RETURN)
    waiting = Filing.objects.filter(
        ~Exists(before), carrier__isnull=False, dossier__state=State.RESULT_READY, dossier__return_channel=Channel.POST
    )  # fmt: skip
    known = waiting.select_related("dossier__applicant", "dossier__reception_agency", "carrier")
    return sum(_ordered(filing, at) for filing in known.order_by("?")[:MOST])  # what cannot go bars nobody


def _ordered(filing: Filing, at: datetime) -> bool:
    dossier, carrier = filing.dossier, filing.carrier
    assert isinstance(carrier, Carrier)  # noqa: S101  so asked for
    assert dossier is not None  # noqa: S101  so asked for
    if must_pay(dossier.pk):
        return False
    day = local_date(at)
    unit, home = place_of_unit(dossier.reception_agency, day), place_of_applicant(dossier)
    try:
        price = quote(carrier=carrier, sender=unit, receiver=home, weight=LETTER, on=day)
        if filing.postage is not None and price > filing.postage:
            raise DomainError(f"Cước nay là {vnd(price)}, người nộp được báo {vnd(filing.postage)}.")
        order(
            key=filing.pk, dossier_id=dossier.pk, direction=Direction.RETURN, carrier_id=carrier.pk, sender=unit,
            receiver=home, weight=LETTER, price=price, by=None, account_id=filing.account_id, at=at,
        )  # fmt: skip
    except DomainError as refusal:
        logger.info("Parcel of %s waits at the counter: %s", dossier.code, refusal.message)
        return False
    return True
