"""Both dialects against the field names of their contracts, their faults, and the simulators behind them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from motcua.core.time import VIETNAM
from motcua.integrations import postal_line
from motcua.integrations.viettel_post import contract as viettel
from motcua.integrations.viettel_post.client import ViettelPost
from motcua.integrations.vnpost import contract as vnpost
from motcua.integrations.vnpost.client import Vnpost
from motcua.service.postal.carriers import CarrierTrouble, Parcel
from motcua.service.postal.models import AddressCode, Carrier, PostalAddress, Shipment
from motcua.service.postal.states import Meaning

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

    def ask(address: str, message: Any, headers: Any, *, is_form: bool = False) -> dict[str, Any]:
        path = address.removeprefix(settings.SELF_URL)
        asked.append(path)
        body = "" if is_form else json.dumps(dict(message))
        answer = client.post(path, body, content_type="application/json", headers=dict(headers))
        if answer.status_code >= 300:
            raise CarrierTrouble(str(answer.status_code))
        return postal_line.read(answer.content)

    for room in ("vnpost", "viettel_post"):
        monkeypatch.setattr(f"motcua.integrations.{room}.client.ask", ask)
    Vnpost._tokens.clear()
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
        sent = viettel.order(parcel(customer_id=7, group_address=9, service="VCN"))
        assert {
            "ORDER_NUMBER",
            "GROUPADDRESS_ID",
            "CUS_ID",
            "DELIVERY_DATE",
            "SENDER_ADDRESS",
            "RECEIVER_PHONE",
        } <= set(sent)
        assert (sent["PRODUCT_TYPE"], sent["ORDER_PAYMENT"], sent["MONEY_COLLECTION"]) == ("HH", 3, 50_000)
        assert [
            viettel.CONFIRM, viettel.CONFIRM_RETURN, viettel.REDELIVER, viettel.CANCEL, viettel.GET_BACK, viettel.DELETE
        ] == [1, 2, 3, 4, 5, 11]  # fmt: skip

    def test_an_unknown_status_moves_nothing(self) -> None:
        page = {"_embedded": {"rhDoc": [
            {"_id": {"oid": "a" * 24}, "OrderNumber": "BC1", "statusCode": 4, "statusMessage": "Đã phát"},
            {"_id": {"oid": "b" * 24}, "OrderNumber": "BC1", "statusCode": "77", "statusMessage": "?"},
        ]}}  # fmt: skip
        told, last = vnpost.told_in(page, {})
        assert ([one.meaning for one in told], last) == ([Meaning.DELIVERED, Meaning.NOTED], "b" * 24)


class TestFaults:
    @pytest.mark.parametrize("raw", [b"<html>502</html>", b"[]", b"", b"[" * 100_000])
    def test_an_answer_that_is_none(self, raw: bytes) -> None:
        with pytest.raises(CarrierTrouble):
            postal_line.read(raw)

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
        assert post.price(OURS, THEIRS, 501) == 36_000
        assert post.order(parcel()) == post.order(parcel()) == "MP260000001VN"
        told, last = post.track("")
        assert [(one.code, one.status, one.meaning) for one in told] == [
            ("BC20260000001", "1", Meaning.NOTED)
        ]
        assert post.track(last) == ((), "") or not post.track(last)[0]
        post.cancel(parcel().shipment)
        assert sum(path.endswith("/token") for path in line) == 1

    def test_viettel_takes_an_order_and_its_changes(self, line: list[str]) -> None:
        post = ViettelPost(parcel().shipment.carrier)
        assert post.order(parcel()).startswith("VTP")
        post.redeliver(parcel().shipment)
        post.get_back(parcel().shipment)
        post.cancel(parcel().shipment)
