"""Gửi kết quả theo lựa chọn lúc nộp, tại quầy hay về sau: with the result its parcel is ordered with the chosen carrier.

What cannot be ordered so (no price or a higher one than was told, no code of the place, no answer) waits at the counter and
is tried again; where something is still to be paid its owner or the counter orders, with or without cash on delivery.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from motcua.core.errors import DomainError
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.dossiers.states import State
from motcua.service.filing.models import Filing
from motcua.service.payments.operations.charging import must_pay
from motcua.service.postal.models import Carrier, PostalChoice, Shipment
from motcua.service.postal.operations.ordering import LETTER, order, quote
from motcua.service.postal.places import place_of_applicant, place_of_unit
from motcua.service.postal.states import Direction

logger = logging.getLogger(__name__)
MOST = 100


def order_chosen(at: datetime) -> int:
    """Đặt bưu gửi cho những kết quả vừa có; one that was ordered before, even in vain, is left to the counter."""
    before = Shipment.objects.filter(dossier=OuterRef("pk"), direction=Direction.RETURN)
    chosen = Q(postal_choice__isnull=False) | Q(filing__carrier__isnull=False)
    waiting = Dossier.objects.filter(
        chosen, ~Exists(before), state=State.RESULT_READY, return_channel=Channel.POST
    )
    known = waiting.select_related(
        "applicant", "reception_agency", "postal_choice__carrier", "filing__carrier"
    )
    return sum(_ordered(dossier, at) for dossier in known.order_by("?")[:MOST])  # what cannot go bars nobody


def choice_of(dossier: Dossier) -> PostalChoice | Filing | None:
    """Lựa chọn đang dùng: carrier, postage and by whom; the one made at the counter or later goes before the filing's."""
    choice: PostalChoice | None = getattr(dossier, "postal_choice", None)
    filing: Filing | None = getattr(dossier, "filing", None)
    return choice or (filing if filing and filing.carrier else None)


def _ordered(dossier: Dossier, at: datetime) -> bool:
    choice = choice_of(dossier)
    assert choice is not None  # noqa: S101  so asked for
    carrier = choice.carrier
    assert isinstance(carrier, Carrier)  # noqa: S101  so asked for
    if must_pay(dossier.pk):
        return False
    day = local_date(at)
    unit, home = place_of_unit(dossier.reception_agency, day), place_of_applicant(dossier)
    try:
        price = quote(carrier=carrier, sender=unit, receiver=home, weight=LETTER, on=day)
        if choice.postage is not None and price > choice.postage:
            raise DomainError(f"Cước nay là {vnd(price)}, người nộp được báo {vnd(choice.postage)}.")
        order(
            key=choice.pk, dossier_id=dossier.pk, direction=Direction.RETURN, carrier_id=carrier.pk, sender=unit,
            receiver=home, weight=LETTER, price=price, by=None, account_id=choice.account_id, at=at,
        )  # fmt: skip
    except DomainError as refusal:
        logger.info("Parcel of %s waits at the counter: %s", dossier.code, refusal.message)
        return False
    return True
