"""A parcel from its order to its end: once whatever is pressed twice, told once whatever is told twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.ids import new_id
from motcua.core.time import VIETNAM
from motcua.oversight.integrity.tests.plants import ready
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.postal import tasks
from motcua.service.postal.carriers import Told
from motcua.service.postal.models import AddressCode, Shipment, ShipmentEvent
from motcua.service.postal.operations import carrying
from motcua.service.postal.operations.ordering import cancel, code_of, quote
from motcua.service.postal.operations.setting import import_codes
from motcua.service.postal.punctuality import count
from motcua.service.postal.states import Meaning
from motcua.service.postal.tests.world import HOME, UNIT, carrier, ordered

NOON = datetime(2026, 3, 10, 12, tzinfo=VIETNAM)


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def sent(world: World) -> Shipment:
    """Handed over at noon."""
    shipment = ordered(world, ready(world), carrier(), NOON)
    carrying.hand_over(shipment_ids=[shipment.pk], by=world.clerk, at=NOON)
    return Shipment.objects.get(pk=shipment.pk)


def tell(shipment: Shipment, meaning: Meaning, key: str, **hours: float) -> bool:
    at = NOON + timedelta(**hours)
    told = Told(key, shipment.code, meaning, happened_at=at)
    heard = carrying.hear(carrier_id=shipment.carrier_id, told=told, at=at)
    shipment.refresh_from_db()
    return heard


class TestOrdering:
    def test_once_for_a_form_sent_twice_and_one_live_parcel_each_way(self, world: World) -> None:
        dossier, post, key = ready(world), carrier(), new_id()
        first = ordered(world, dossier, post, NOON, key=key)
        assert ordered(world, dossier, post, NOON, key=key) == first
        with pytest.raises(DomainError, match="đang có một bưu gửi chưa xong"):
            ordered(world, dossier, post, NOON)
        cancel(shipment_id=first.pk, reason="Người dân đến lấy", by=world.clerk, at=NOON)
        assert ordered(world, dossier, post, NOON).code > first.code

    def test_is_refused_without_a_result_a_right_or_an_address(self, world: World) -> None:
        post = carrier()
        with pytest.raises(DomainError, match="kết quả đã có"):
            ordered(world, world.receive(), post, NOON)
        dossier = ready(world)
        with pytest.raises(Forbidden):
            ordered(world, dossier, post, NOON, by=world.stranger)
        with pytest.raises(InvalidInput) as wrong:
            ordered(world, dossier, post, NOON, receiver=type(HOME)("", "12", "x"), weight=0)
        assert set(wrong.value.errors) == {"name", "phone", "address", "weight"}

    def test_price_by_table_within_and_beyond_the_province(self, world: World) -> None:
        post = carrier()
        given: dict[str, Any] = {"carrier": post, "sender": UNIT, "weight": 500, "on": NOON.date()}
        assert quote(receiver=HOME, **given) == 22_000
        assert quote(receiver=type(HOME)("A", "0", "B", "01"), **given) == 31_000
        with pytest.raises(DomainError, match="không có mức"):
            quote(receiver=HOME, **given | {"weight": 501})


class TestDelivery:
    def test_returns_the_dossier_once(self, world: World, sent: Shipment) -> None:
        assert sent.dossier.state == "RESULT_READY"  # with the post, not yet returned
        assert sent.promised_on == date(2026, 3, 12)
        assert tell(sent, Meaning.DELIVERED, "a1", hours=20)
        assert not tell(sent, Meaning.DELIVERED, "a1", hours=21)
        tell(sent, Meaning.IN_TRANSIT, "a2", hours=22)  # late word of an earlier moment moves nothing
        assert (sent.state, ShipmentEvent.objects.filter(has_moved=True).count()) == ("DELIVERED", 1)
        tasks.close_delivered(NOON)
        tasks.close_delivered(NOON)
        dossier = Dossier.objects.get(pk=sent.dossier_id)
        assert (dossier.state, dossier.result.receiver_name) == ("RETURNED", "Nguyễn Thị Ánh")
        assert "Bưu chính phát" in dossier.result.return_note

    def test_a_stranger_parcel_is_passed_over(self, sent: Shipment) -> None:
        told = Told("z", "BC-none", Meaning.DELIVERED)
        assert not carrying.hear(carrier_id=sent.carrier_id, told=told, at=NOON)
        assert not ShipmentEvent.objects.exists()

    def test_failed_redelivered_failed_and_sent_back(self, world: World, sent: Shipment) -> None:
        tell(sent, Meaning.FAILED, "f1", hours=20)
        assert (sent.state, sent.tries, sent.decide_by) == ("FAILED", 1, date(2026, 3, 14))
        carrying.try_again(shipment_id=sent.pk, reason="Đã hẹn lại", by=world.clerk, at=NOON)
        tell(sent, Meaning.FAILED, "f2", hours=44)
        with pytest.raises(DomainError, match="không phát thêm"):
            carrying.try_again(shipment_id=sent.pk, reason="Lần nữa", by=world.clerk, at=NOON)
        tasks.decide_late(NOON + timedelta(days=5))  # 15/3 is the last day to decide
        sent.refresh_from_db()
        assert sent.state == "FAILED"
        tasks.decide_late(NOON + timedelta(days=6))
        sent.refresh_from_db()
        assert sent.state == "RETURNING"
        tell(sent, Meaning.RETURNED, "r1", hours=200)
        assert sent.state == "RETURNED"
        assert sent.dossier.state == "RESULT_READY"  # it can be sent again, or fetched
        ordered(world, sent.dossier, sent.carrier, NOON)

    def test_a_list_is_numbered_and_holds_all_or_none(self, world: World, sent: Shipment) -> None:
        with pytest.raises(DomainError, match="Không thể giao bưu chính"):
            carrying.hand_over(shipment_ids=[sent.pk], by=world.clerk, at=NOON)
        assert str(sent.hand_over) == "1/2026"


class TestPunctuality:
    def test_is_counted_as_by_hand(self) -> None:
        promised, today = date(2026, 3, 12), date(2026, 3, 13)
        found = count(
            [
                (promised, date(2026, 3, 11)),  # on time
                (promised, date(2026, 3, 12)),  # on time, on the day itself
                (promised, date(2026, 3, 13)),  # late
                (promised, None),  # the promise has passed: late
                (date(2026, 3, 13), None),  # today is still within it
            ],
            today,
        )
        assert (found.on_time, found.late, found.running, found.share) == (2, 2, 1, 50)
        assert count([(today, None)], today).share is None


class TestAddressCodes:
    def test_the_commune_before_its_province_and_dated(self, world: World) -> None:
        post = carrier()
        assert code_of(post, "31", "11374", NOON.date()).their_district == "1810"
        assert code_of(post, "31", "99999", NOON.date()).their_district == "1800"
        changed = (
            "ma_tinh;ma_xa;tinh_buu_chinh;huyen_buu_chinh;xa_buu_chinh\n31;11374;18;1899;\n31;;18;1800;\n"
        )
        begins = date(2026, 4, 1)
        given: dict[str, Any] = {"carrier_id": post.pk, "valid_from": begins, "by": None, "at": NOON}
        assert import_codes(text=changed, **given) == 1
        assert code_of(post, "31", "11374", date(2026, 3, 31)).their_district == "1810"
        assert code_of(post, "31", "11374", begins).their_district == "1899"

    def test_wrong_rows_are_told_by_number_and_nothing_is_kept(self, world: World) -> None:
        post = carrier()
        before = AddressCode.objects.count()
        head = "ma_tinh,ma_xa,tinh_buu_chinh,huyen_buu_chinh,xa_buu_chinh"
        text = f"{head}\n1,,18,,\n31,11375,=1+1,,\n31,11376,18,,\n31,11376,18,,\n"
        with pytest.raises(InvalidInput) as wrong:
            import_codes(carrier_id=post.pk, text=text, valid_from=NOON.date(), by=None, at=NOON)
        said = wrong.value.errors["file"]
        assert all(
            part in said
            for part in ("Dòng 2: mã tỉnh", "Dòng 3: mã của bưu chính", "Dòng 5: trùng nơi với dòng 4")
        )
        assert AddressCode.objects.count() == before
