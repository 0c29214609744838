"""What the worker says to a carrier: in order, once, and again after trouble."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from motcua.core.errors import DomainError
from motcua.core.events import Fact
from motcua.core.time import VIETNAM
from motcua.oversight.integrity.tests.plants import ready
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.postal import carriers, tasks
from motcua.service.postal.carriers import CarrierTrouble, Told
from motcua.service.postal.models import Carrier, Shipment
from motcua.service.postal.operations.ordering import quote
from motcua.service.postal.states import Meaning
from motcua.service.postal.tests.world import HOME, UNIT, carrier, ordered

NOON = datetime(2026, 3, 10, 12, tzinfo=VIETNAM)


class Post:
    """A carrier that obeys the test; two pages of news, the second empty."""

    can_track = True

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.trouble = False
        self.news: list[Told] = []

    def price(self, sender: Any, receiver: Any, weight: int) -> int:
        self._answer()
        return 10_000 + int(receiver.their_district)

    def order(self, parcel: carriers.Parcel) -> str:
        self._answer()
        self.orders.append(parcel.receiver.their_district)
        return "VN1"

    def track(self, last_id: str) -> tuple[list[Told], str]:
        self._answer()
        fresh = [one for one in self.news if one.outside_id > last_id]
        return fresh, fresh[-1].outside_id if fresh else ""

    def _answer(self) -> None:
        if self.trouble:
            raise CarrierTrouble("Bưu chính không trả lời.")


@pytest.fixture
def post() -> Iterator[Post]:
    before, made = dict(carriers._dialects), Post()
    carriers.install({"test": lambda _carrier: made})  # type: ignore[dict-item,return-value]
    yield made
    carriers.install(before)


def test_an_order_is_told_once_and_again_after_trouble(db: None, post: Post) -> None:
    world: World = build_world()
    by_whom = carrier(dialect="test", price_way="ASKED")
    assert quote(carrier=by_whom, sender=UNIT, receiver=HOME, weight=9, on=NOON.date()) == 11_810
    shipment = ordered(world, ready(world), by_whom, NOON)
    fact = Fact("ShipmentOrdered", "shipment", shipment.pk, world.clerk.pk, NOON, {})
    post.trouble = True
    with pytest.raises(CarrierTrouble):
        tasks.tell_carrier(fact)
    shipment.refresh_from_db()
    assert shipment.trouble == "Bưu chính không trả lời."
    with pytest.raises(DomainError, match="chưa trả lời giá"):
        quote(carrier=by_whom, sender=UNIT, receiver=HOME, weight=9, on=NOON.date())
    tasks.follow_parcels(NOON)  # a carrier that is down stops nobody
    assert Carrier.objects.get(pk=by_whom.pk).trouble == "Bưu chính không trả lời."
    post.trouble = False
    tasks.tell_carrier(fact)
    tasks.tell_carrier(fact)
    shipment.refresh_from_db()
    assert (post.orders, shipment.carrier_code, shipment.trouble) == (["1810"], "VN1", "")
    post.news = [Told("n1", shipment.code, Meaning.NOTED), Told("n2", shipment.code, Meaning.IN_TRANSIT)]
    tasks.follow_parcels(NOON)
    tasks.follow_parcels(NOON)
    assert Carrier.objects.get(pk=by_whom.pk).tracked_to == "n2"
    assert (Shipment.objects.get(pk=shipment.pk).state, shipment.events.count()) == ("IN_TRANSIT", 2)
