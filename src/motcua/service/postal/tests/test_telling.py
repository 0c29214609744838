"""What the worker says to a carrier: in order, once, and again after trouble."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any, ClassVar

import pytest
from django.apps import apps

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.events import Fact
from motcua.core.time import VIETNAM
from motcua.oversight.integrity.tests.plants import ready
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.postal import carriers, tasks
from motcua.service.postal.carriers import CarrierTrouble, Told
from motcua.service.postal.following import parcels_of
from motcua.service.postal.meanings import meaning_of, table_of, unexplained_of
from motcua.service.postal.models import Carrier, Shipment
from motcua.service.postal.operations.carrying import hand_over, hear, placed, try_again
from motcua.service.postal.operations.ordering import quote
from motcua.service.postal.operations.setting import set_status
from motcua.service.postal.states import Meaning
from motcua.service.postal.tests.world import HOME, UNIT, carrier, ordered

NOON = datetime(2026, 3, 10, 12, tzinfo=VIETNAM)


class Post:
    """A carrier that obeys the test; two pages of news, the second empty."""

    can_track = True
    can_tell_again = True
    statuses: ClassVar[dict[str, Meaning]] = {
        "501": Meaning.DELIVERED,
        "506": Meaning.FAILED,
        "503": Meaning.STOPPED,
    }

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.asked: list[str] = []
        self.trouble = False
        self.news: list[Told] = []

    def price(self, sender: Any, receiver: Any, weight: int, cod: int) -> int:
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

    def tell_again(self, shipment: Shipment) -> None:
        self._answer()
        self.asked.append(shipment.carrier_code)

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


def test_a_silent_parcel_is_asked_about_once_a_day(db: None, post: Post) -> None:
    world, by_whom = build_world(), carrier(dialect="test")
    shipment = ordered(world, ready(world), by_whom, NOON)
    hand_over(shipment_ids=[shipment.pk], by=world.clerk, at=NOON)
    placed(shipment_id=shipment.pk, carrier_code="VN1", at=NOON)
    for hours in (23, 25, 26, 50):  # not yet, now, just asked, again
        tasks.ask_of_silent(NOON + timedelta(hours=hours))
    assert post.asked == ["VN1", "VN1"]
    hear(carrier_id=by_whom.pk, told=Told("n", shipment.code, status="7"), at=NOON + timedelta(hours=60))
    tasks.ask_of_silent(NOON + timedelta(hours=80))
    assert len(post.asked) == 2  # it has told since


def test_what_a_status_means_is_dated_and_what_nobody_explains_is_shown_as_it_came(
    db: None, post: Post
) -> None:
    world, by_whom = build_world(), carrier(dialect="test")
    shipment = ordered(world, ready(world), by_whom, NOON)
    hand_over(shipment_ids=[shipment.pk], by=world.clerk, at=NOON)
    given: dict[str, Any] = {"carrier_id": by_whom.pk, "status": "777", "by": None, "at": NOON}
    set_status(meaning="NOTED", valid_from=date(2026, 3, 1), **given)
    set_status(meaning="IN_TRANSIT", valid_from=date(2026, 3, 12), **given)
    with pytest.raises(InvalidInput, match="đã có ý nghĩa"):
        set_status(meaning="FAILED", valid_from=date(2026, 3, 12), **given)
    table = {one.status: one.meaning for one in table_of(by_whom, date(2026, 3, 12))}
    assert (table["777"], table["501"]) == ("IN_TRANSIT", "DELIVERED")
    for key, status, day, words in (
        ("a", "777", 0, ""), ("b", "778", 1, "Chuyện lạ"), ("c", "779", 1, ""), ("d", "777", 2, ""),
    ):  # fmt: skip
        at = NOON + timedelta(days=day)
        hear(
            carrier_id=by_whom.pk,
            told=Told(key, shipment.code, status=status, words=words, happened_at=at),
            at=at,
        )
    heard = shipment.events.order_by("outside_id").values_list("meaning", "has_moved")
    assert list(heard) == [("NOTED", False), ("UNKNOWN", False), ("UNKNOWN", False), ("IN_TRANSIT", True)]
    assert {one.status for one in unexplained_of(by_whom, date(2026, 3, 12))} == {"778", "779"}
    seen = [line.words for line in parcels_of(shipment.dossier.code)[0].lines]
    assert seen[-3:] == ["Chuyện lạ", "Chưa rõ nghĩa, mã 779", "Đang chuyển"]


def test_a_late_word_moves_nothing_and_a_doubtful_one_waits_for_the_counter(db: None, post: Post) -> None:
    world, by_whom = build_world(), carrier(dialect="test")
    shipment = ordered(world, ready(world), by_whom, NOON)
    hand_over(shipment_ids=[shipment.pk], by=world.clerk, at=NOON)
    placed(shipment_id=shipment.pk, carrier_code="VN1", at=NOON)
    Shipment.objects.filter(pk=shipment.pk).update(cod=50_000)

    def tell(key: str, status: str, hours: int, **more: Any) -> tuple[str, str]:
        told = Told(key, shipment.code, status=status, happened_at=NOON + timedelta(hours=hours), **more)
        hear(carrier_id=by_whom.pk, told=told, at=NOON + timedelta(hours=30))
        found = Shipment.objects.get(pk=shipment.pk)
        return found.state, found.doubt

    assert tell("a", "506", 20) == ("FAILED", "")
    try_again(shipment_id=shipment.pk, reason="Hẹn lại", by=world.clerk, at=NOON + timedelta(hours=24))
    assert tell("b", "506", 21) == ("REDELIVER", "")  # of before the decision
    assert Shipment.objects.get(pk=shipment.pk).tries == 1
    for key, status, more, why in (
        ("c", "501", {"collected": 40_000}, "đã thu 40.000 đồng"),
        ("d", "501", {"collected": 50_000, "is_back": True}, "chiều hoàn"),
        ("e", "501", {"carrier_code": "VN2", "collected": 50_000}, "vận đơn VN2"),
        ("f", "503", {"carrier_code": "VN1"}, "báo dừng"),
    ):
        state, doubt = tell(key, status, 26, **more)
        assert (state, why in doubt) == ("REDELIVER", True), key
    strange = Told("g", "BC-other", status="501", carrier_code="VN1", collected=50_000)
    hear(carrier_id=by_whom.pk, told=strange, at=NOON + timedelta(hours=30))
    assert "mã tham chiếu" in Shipment.objects.get(pk=shipment.pk).doubt
    assert tell("h", "501", 23, carrier_code="VN1", collected=50_000) == ("DELIVERED", "")  # late, and true
    assert tell("i", "503", 28) == ("DELIVERED", "")  # it is over
    assert [line.words for line in parcels_of(shipment.dossier.code)[0].lines].count("Đã phát") == 1


def test_what_stood_in_the_settings_of_a_carrier_is_a_dated_table_now(db: None) -> None:
    post = carrier(details={"customer_code": "KH", "statuses": {"5": "FAILED"}})
    import_module("motcua.service.postal.migrations.0004_follow_by_status_tables").move_statuses(apps, None)
    post.refresh_from_db()
    assert (post.details, meaning_of(post, "5", NOON.date())) == ({"customer_code": "KH"}, Meaning.FAILED)
