"""What Viettel Post calls us with: believed by its token, kept once, and the way of a make-believe parcel over it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from motcua.core.events import Fact
from motcua.core.time import now
from motcua.integrations.postal_line import secret_of
from motcua.integrations.viettel_post import contract, walking
from motcua.integrations.viettel_post.models import SimulatedWord
from motcua.oversight.integrity.tests.plants import ready
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.postal.carriers import CarrierTrouble
from motcua.service.postal.models import Carrier, Shipment, ShipmentEvent
from motcua.service.postal.operations import carrying
from motcua.service.postal.tests.world import carrier, ordered

NUMBER = "VTP000000001"


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    settings.SIMULATORS = True
    return build_world()


@pytest.fixture
def sent(world: World) -> Shipment:
    """Handed to Viettel Post two days ago, to collect nothing."""
    post = carrier("VIETTEL", dialect="viettel_post", details={"endpoint": "mo-phong", "service": "VCN"})
    at = now() - timedelta(days=2)
    shipment = ordered(world, ready(world), post, at)
    carrying.hand_over(shipment_ids=[shipment.pk], by=world.clerk, at=at)
    carrying.placed(shipment_id=shipment.pk, carrier_code=NUMBER, at=at)
    return Shipment.objects.get(pk=shipment.pk)


def word(shipment: Shipment, **changes: Any) -> dict[str, Any]:
    data = {
        "ORDER_NUMBER": NUMBER, "ORDER_REFERENCE": shipment.code, "ORDER_STATUS": 500, "MONEY_COLLECTION": 0,
        "ORDER_STATUSDATE": f"{now() - timedelta(hours=9):%d/%m/%Y %H:%M:%S}", "STATUS_NAME": "Giao bưu tá đi phát",
        "LOCALION_CURRENTLY": "Bưu cục Mẫu, 02203, Đường Lê Lợi", **changes,
    }  # fmt: skip
    return {"DATA": data, "TOKEN": secret_of(shipment.carrier, "WEBHOOK")}


def call(client: Client, post: Carrier, body: Any) -> int:
    raw = body if isinstance(body, str) else json.dumps(body)
    address = reverse("api:carrier-word", args=[post.pk])
    return client.post(address, raw, content_type="application/json").status_code


class TestWords:
    def test_are_believed_by_their_token_alone(
        self, client: Client, sent: Shipment, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        right = word(sent)
        for token in ("", None, right["TOKEN"][::-1], right["TOKEN"] + "x", ["a"], "ộ"):
            assert call(client, sent.carrier, {**right, "TOKEN": token}) == 401
        assert (
            call(client, sent.carrier, {"DATA": 5, "TOKEN": "x"}) == 401
        )  # nothing else is told to who has none
        assert not ShipmentEvent.objects.exists()
        settings.SIMULATORS = False  # a real one, whose secret nobody has set
        assert call(client, sent.carrier, right) == 503
        Carrier.objects.filter(pk=sent.carrier_id).update(secret_name="viettel")
        monkeypatch.setenv("MOTCUA_POST_VIETTEL_WEBHOOK", "agreed")
        assert call(client, sent.carrier, {**right, "TOKEN": "agreed"}) == 200

    def test_that_cannot_be_read_are_refused_and_those_of_others_passed_over(
        self, client: Client, sent: Shipment
    ) -> None:
        right = word(sent)
        for wrong in (
            "<html>", "[]", "x" * 70_000, {**right, "DATA": None}, word(sent, ORDER_NUMBER=""),
            word(sent, ORDER_STATUS=None), word(sent, ORDER_STATUS="501; drop"), word(sent, ORDER_STATUS=True),
            word(sent, ORDER_NUMBER="9" * 61),
        ):  # fmt: skip
            assert call(client, sent.carrier, wrong) in {400, 401}
        assert call(client, carrier("OTHER"), right) == 400  # no dialect: nobody tells by this way
        assert call(client, sent.carrier, word(sent, ORDER_NUMBER="VTP9", ORDER_REFERENCE="BC9")) == 200
        assert not ShipmentEvent.objects.exists()

    def test_are_kept_once_with_their_moment_and_their_place(self, client: Client, sent: Shipment) -> None:
        right = word(sent)
        for _time in range(5):  # it calls until it is answered
            assert call(client, sent.carrier, right) == 200
        assert call(client, sent.carrier, word(sent, ORDER_STATUSDATE="", NOTE="a")) == 200
        event, undated = ShipmentEvent.objects.order_by("happened_at")
        assert (event.status, event.meaning, event.has_moved) == ("500", "IN_TRANSIT", True)
        assert event.words == "Giao bưu tá đi phát (Bưu cục Mẫu)"
        assert (
            f"{event.happened_at.astimezone(now().tzinfo):{contract.STAMP}}"
            == right["DATA"]["ORDER_STATUSDATE"]
        )
        assert (len(undated.outside_id), undated.told_at) == (64, undated.happened_at)

    def test_known_by_our_code_before_its_number_is_known(self, client: Client, sent: Shipment) -> None:
        Shipment.objects.filter(pk=sent.pk).update(carrier_code="")
        assert call(client, sent.carrier, word(sent)) == 200
        sent.refresh_from_db()
        assert (sent.state, sent.doubt) == ("IN_TRANSIT", "")


class TestWalk:
    @pytest.fixture
    def line(self, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        """The make-believe carrier calls our own address, without a network."""

        def ask(address: str, message: Any, headers: Any) -> None:
            path = address.removeprefix(settings.SELF_URL)
            if client.post(path, json.dumps(message), content_type="application/json").status_code != 200:
                raise CarrierTrouble("not heard")

        monkeypatch.setattr(walking, "ask", ask)

    def press(self, shipment: Shipment, way: str) -> tuple[str, int]:
        walking.press(number=NUMBER, way=way, at=now())
        walking.tell_pressed(
            Fact("SimulatedWordsDue", "shipment", shipment.pk, None, now(), {"number": NUMBER})
        )
        shipment.refresh_from_db()
        return shipment.state, shipment.events.count()

    def plan(self, shipment: Shipment, steps: Any, **ago: float) -> None:
        given: dict[str, Any] = {"number": NUMBER, "reference": shipment.code, "money": 0}
        walking.plan(steps=steps, at=now() - timedelta(**ago), **given)
        walking.tell_due(now())
        shipment.refresh_from_db()

    def test_delivered_in_time(self, sent: Shipment, line: None) -> None:
        self.plan(sent, walking.WAY, minutes=12)
        assert (sent.state, sent.events.count()) == ("IN_TRANSIT", 3)  # not yet delivered
        SimulatedWord.objects.update(due_at=now())
        walking.tell_due(now())
        walking.tell_due(now())
        sent.refresh_from_db()
        assert (sent.state, sent.events.count(), sent.doubt) == ("DELIVERED", 4, "")
        walking.again(NUMBER, now())  # the whole way once more
        walking.tell_due(now())
        assert sent.events.count() == 4

    def test_sent_back_by_the_carrier(self, sent: Shipment, line: None) -> None:
        self.plan(sent, walking.WAYS["96"], minutes=23)
        assert (sent.state, sent.tries) == ("FAILED", 1)  # the unit is asked
        SimulatedWord.objects.update(due_at=now())
        walking.tell_due(now())
        sent.refresh_from_db()
        assert (sent.state, sent.decide_by) == ("RETURNED", None)

    def test_what_may_go_wrong(self, sent: Shipment, line: None, world: World) -> None:
        self.plan(sent, walking.FETCHED, minutes=12)
        assert self.press(sent, "sai-khoa") == ("IN_TRANSIT", 3)
        assert self.press(sent, "ma-la") == ("IN_TRANSIT", 4)
        assert self.press(sent, "muon") == ("IN_TRANSIT", 5)  # of the day before
        assert (self.press(sent, "dung"), "báo dừng" in sent.doubt) == (("IN_TRANSIT", 6), True)
        assert self.press(sent, "khong-giao") == ("FAILED", 7)
        assert sent.doubt == ""
        carrying.try_again(shipment_id=sent.pk, reason="Hẹn lại", by=world.clerk, at=now())
        Shipment.objects.update(cod=9_000)
        assert (self.press(sent, "sai-tien"), "thu hộ 9.000 đồng" in sent.doubt) == (("REDELIVER", 8), True)
        Shipment.objects.update(cod=0)
        assert self.press(sent, "hai-lan") == ("DELIVERED", 9)
        assert sent.events.get(status="999").in_words() == "Chưa rõ nghĩa, mã 999"

    def test_its_page_stands_in_a_demo_alone(
        self, client: Client, sent: Shipment, settings: Settings
    ) -> None:
        self_page = reverse("portal:post-simulator")
        walking.plan(number=NUMBER, reference=sent.code, money=0, steps=walking.WAY, at=now())
        assert NUMBER in client.get(self_page).content.decode()
        assert client.post(self_page, {"number": NUMBER, "way": "giao"}).status_code == 302
        assert client.post(self_page, {"number": "VTP-none", "way": "giao"}).status_code == 422
        settings.SIMULATORS = False
        assert client.get(self_page).status_code == 404
