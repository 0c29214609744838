"""Both dialects against the field names of their contracts, their faults, and the simulators behind them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from motcua.core.time import VIETNAM
from motcua.integrations import postal_line, postal_simulation
from motcua.integrations.viettel_post import contract as viettel
from motcua.integrations.viettel_post.client import ViettelPost
from motcua.integrations.viettel_post.models import SimulatedWord
from motcua.integrations.vnpost import contract as vnpost
from motcua.integrations.vnpost.client import Vnpost
from motcua.service.postal.carriers import CarrierTrouble, Parcel
from motcua.service.postal.models import AddressCode, Carrier, PostalAddress, Shipment
from motcua.service.postal.operations.ordering import quote
from motcua.service.postal.quoting import prices
from motcua.service.postal.states import Meaning
from motcua.service.postal.tests.world import HOME, UNIT, carrier

NOON = datetime(2026, 3, 10, 12, tzinfo=VIETNAM)
OURS = AddressCode(their_province="18", their_district="1800", their_ward="18001")
THEIRS = AddressCode(their_province="10", their_district="1000")


class Dossier:
    code = "H31.1-260310-0001"


def parcel(**details: Any) -> Parcel:
    carrier = Carrier(code="X", details={"endpoint": "mo-phong", "customer_code": "KH1", **details})
    shipment = Shipment(
        code="BC20260000001", carrier=carrier, direction="RETURN", weight=120, price=22_000, cod=50_000, ordered_at=NOON,
        sender=PostalAddress(name="Trung tâm", phone="0220", address="Số 1"),
        receiver=PostalAddress(name="Ánh", phone="0912345678", address="Thôn Đông", old_district="Huyện Cũ"),
    )  # fmt: skip
    shipment._state.fields_cache["dossier"] = Dossier()  # type: ignore[assignment]
    return Parcel(shipment, OURS, THEIRS)


@pytest.fixture
def line(client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The line ends at our own simulators, without a network; what was asked is kept."""
    settings.SIMULATORS = True
    asked: list[str] = []

    def ask(address: str, message: Any, headers: Any, *, is_form: bool = False) -> Any:
        path = address.removeprefix(settings.SELF_URL)
        asked.append(path)
        body = "" if is_form else json.dumps(dict(message or {}))
        sent: dict[str, Any] = {"content_type": "application/json", "headers": dict(headers)}
        answer = client.get(path, **sent) if message is None else client.post(path, body, **sent)
        if answer.status_code >= 300:
            raise CarrierTrouble(str(answer.status_code))
        return postal_line.read(answer.content)

    for room in ("vnpost", "viettel_post"):
        monkeypatch.setattr(f"motcua.integrations.{room}.client.ask", ask)
    return asked


class TestFields:
    def test_of_a_vnpost_order(self) -> None:
        sent = vnpost.order(parcel())
        assert set(sent) == {
            "CustomerCode", "OrderNumber", "CODAmount", "FlagConfig", "Sender", "Description", "Receiver",
        }  # fmt: skip
        assert set(sent["Sender"]) == {"Province", "District", "Address", "Name", "Email", "Tel", "Desc"}
        assert (sent["CODAmount"], sent["FlagConfig"], sent["Receiver"]["Province"]) == (50_000, 2, "10")
        assert sent["Receiver"]["Address"] == "Thôn Đông (Huyện Cũ cũ)"

    def test_of_a_vnpost_price_and_tracking(self) -> None:
        assert vnpost.price(OURS, THEIRS, 120) == {
            "weight": 120, "mainSrv": "HCC", "isreturn": 1, "sender": {"provCode": "18", "distCode": "1800"},
            "receiver": {"provCode": "10", "distCode": "1000"},
        }  # fmt: skip
        asked = vnpost.tracking(parcel().shipment.carrier, "")
        assert (asked["pagesize"], asked["lastId"]) == (1000, "0" * 24)

    def test_of_a_viettel_order_and_update(self) -> None:
        sent = viettel.order(parcel(customer_id=7, group_address=9), "VCN")
        assert {
            "ORDER_NUMBER",
            "GROUPADDRESS_ID",
            "CUS_ID",
            "DELIVERY_DATE",
            "SENDER_ADDRESS",
            "RECEIVER_PHONE",
        } <= set(sent)
        assert (sent["PRODUCT_TYPE"], sent["ORDER_PAYMENT"], sent["MONEY_COLLECTION"]) == ("HH", 3, 50_000)
        assert (sent["ORDER_SERVICE"], sent["SENDER_WARD"], sent["RECEIVER_WARD"]) == ("VCN", 18001, None)
        assert [
            viettel.CONFIRM, viettel.CONFIRM_RETURN, viettel.REDELIVER, viettel.CANCEL, viettel.GET_BACK, viettel.DELETE
        ] == [1, 2, 3, 4, 5, 11]  # fmt: skip

    def test_of_a_viettel_price_and_the_cheapest_service(self) -> None:
        route = viettel.Route(OURS, AddressCode(their_province="10", their_ward="10001"), 120, 50_000)
        place = {
            "SENDER_PROVINCE": 18, "SENDER_DISTRICT": 1800, "SENDER_WARD": 18001,
            "RECEIVER_PROVINCE": 10, "RECEIVER_DISTRICT": None, "RECEIVER_WARD": 10001,
            "PRODUCT_TYPE": "HH", "PRODUCT_WEIGHT": 120, "PRODUCT_PRICE": 0, "MONEY_COLLECTION": 50_000,
        }  # fmt: skip
        assert viettel.services(route) == {**place, "TYPE": 1}
        assert viettel.price(route, "VCN") == {
            **place, "ORDER_SERVICE": "VCN", "ORDER_SERVICE_ADD": "", "NATIONAL_TYPE": 1,
        }  # fmt: skip
        rows = [
            {"MA_DV_CHINH": "A", "GIA_CUOC": 9}, {"MA_DV_CHINH": "B", "GIA_CUOC": "8"}, {"GIA_CUOC": 1}, None,
            {"MA_DV_CHINH": "C", "GIA_CUOC": True},
        ]  # fmt: skip
        for said in (rows, {"RESULT": rows}, {"status": 200, "error": False, "data": {"RESULT": rows}}):
            assert viettel.cheapest_in(said) == "B"

    def test_an_unknown_status_moves_nothing(self) -> None:
        page = {"_embedded": {"rhDoc": [
            {"_id": {"oid": "a" * 24}, "OrderNumber": "BC1", "statusCode": 4, "statusMessage": "Đã phát"},
            {"_id": {"oid": "b" * 24}, "OrderNumber": "BC1", "statusCode": "77", "statusMessage": "?"},
        ]}}  # fmt: skip
        told, last = vnpost.told_in(page)
        assert ([one.status for one in told], last) == (["4", "77"], "b" * 24)
        assert (vnpost.STATUSES, "77" in viettel.STATUSES) == ({"4": Meaning.DELIVERED}, False)


class TestFaults:
    @pytest.mark.parametrize("raw", [b"<html>502</html>", b"5", b"", b"[" * 100_000])
    def test_an_answer_that_is_none(self, raw: bytes) -> None:
        with pytest.raises(CarrierTrouble):
            postal_line.read(raw)

    def test_a_viettel_answer_that_is_none(self) -> None:
        for said in ([], {}, {"error": True, "message": "Sai"}, {"data": []}, [{"MA_DV_CHINH": "A"}]):
            with pytest.raises(CarrierTrouble):
                viettel.cheapest_in(said)
        for total in (None, 0, -1, True, "abc", 10**10, float("inf")):
            with pytest.raises(CarrierTrouble, match="không trả lời giá"):
                viettel.price_in({"MONEY_TOTAL": total})
        with pytest.raises(CarrierTrouble, match="không cho mã vận đơn"):
            viettel.number_in({})

    @pytest.mark.parametrize(
        "said", [{}, {"content": {"price": None}}, {"content": {"price": "-1"}}, {"content": 5}]
    )
    def test_a_price_that_is_none(self, said: dict[str, Any]) -> None:
        with pytest.raises(CarrierTrouble):
            vnpost.price_in(said)

    def test_no_simulator_outside_a_demo(self, settings: Settings, client: Client) -> None:
        settings.SIMULATORS = False
        with pytest.raises(CarrierTrouble, match="bản minh họa"):
            postal_line.address_of(parcel().shipment.carrier, "vnpost")
        assert client.post("/mo-phong/buu-chinh/vnpost/token").status_code == 404
        assert client.post("/mo-phong/buu-chinh/viettel-post/user/Login").status_code == 404


@pytest.mark.django_db
class TestSimulators:
    def test_vnpost_takes_an_order_once_and_tells_of_it_after_the_mark(self, line: list[str]) -> None:
        post = Vnpost(parcel().shipment.carrier)
        assert post.price(OURS, THEIRS, 501, 0) == 36_000
        assert post.order(parcel()) == post.order(parcel()) == "MP260000001VN"
        told, last = post.track("")
        assert [(one.code, one.status, one.meaning) for one in told] == [("BC20260000001", "1", None)]
        assert post.track(last) == ((), "") or not post.track(last)[0]
        post.cancel(parcel().shipment)
        assert sum(path.endswith("/token") for path in line) == 1

    def test_viettel_says_prices_takes_an_order_and_its_changes(self, line: list[str]) -> None:
        post = ViettelPost(parcel(service="VCN").shipment.carrier)
        assert [post.price(OURS, there, 120, cod) for there, cod in ((OURS, 0), (THEIRS, 0), (THEIRS, 9))] == [
            22_000, 30_000, 35_000,
        ]  # fmt: skip
        assert not any("getPriceAll" in path for path in line)  # the service was agreed
        freely = ViettelPost(parcel().shipment.carrier)
        assert freely.price(OURS, OURS, 120, 0) == 19_000  # the cheapest that runs there
        sent = parcel()
        assert freely.order(sent) == freely.order(sent) == "VTP260000001"
        sent.shipment.carrier_code = "VTP260000001"
        planned = SimulatedWord.objects.order_by("happened_at").values_list("status", flat=True)
        assert list(planned.all()) == ["103", "200", "500", "501"]
        post.tell_again(sent.shipment)
        post.get_back(sent.shipment)
        assert list(planned.all()) == ["515", "504"]
        post.redeliver(sent.shipment)
        post.cancel(sent.shipment)
        assert sum(path.endswith("/user/Login") for path in line) == 2  # one of each carrier

    def test_both_prices_are_shown_and_who_does_not_answer_says_so(
        self, line: list[str], settings: Settings, tmp_path: Path
    ) -> None:
        settings.VAR = tmp_path
        asked: dict[str, Any] = {"price_way": "ASKED", "details": {"endpoint": "mo-phong", "service": "VCN"}}
        both = [
            carrier("VNPOST", dialect="vnpost", **asked),
            carrier("VIETTEL", dialect="viettel_post", **asked),
        ]
        other = replace(HOME, province_code="01", ward_code="")
        assert [one.price for one in prices(both, UNIT, HOME, 200, NOON.date())] == [22_000, 22_000]
        assert [one.price for one in prices(both, UNIT, other, 700, NOON.date())] == [36_000, 34_000]
        assert (
            quote(carrier=both[1], sender=UNIT, receiver=other, weight=700, on=NOON.date(), cod=1) == 39_000
        )
        postal_simulation.switch("PAGE")
        assert {
            one.why.split(".")[0] for one in prices(both, UNIT, HOME, 200, NOON.date()) if one.price is None
        } == {"Bưu điện tỉnh chưa trả lời giá"}

    def test_a_token_that_has_ended_is_renewed_once(self, line: list[str]) -> None:
        post = ViettelPost(parcel(service="VCN").shipment.carrier)
        key = f"{post.carrier.pk}:{post._address('login')}"
        postal_line._tokens[key] = ("old", float("inf"))
        assert post.price(OURS, OURS, 120, 0) == 22_000
        asked = [path.rsplit("/", 1)[1] for path in line]
        assert asked == ["getPrice", "Login", "getPrice"]

    def test_slow_and_broken_answers_come_by_the_switch(
        self, line: list[str], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.VAR, slept = tmp_path, []
        monkeypatch.setattr(postal_simulation.time, "sleep", slept.append)
        for post in (Vnpost(parcel().shipment.carrier), ViettelPost(parcel(service="VCN").shipment.carrier)):
            postal_simulation.switch("PAGE")
            with pytest.raises(CarrierTrouble, match="trang web"):
                post.price(OURS, OURS, 120, 0)
            postal_simulation.switch("SLOW")
            assert post.price(OURS, OURS, 120, 0) == 22_000
        assert set(slept) == {postal_line.PATIENCE + 1}
