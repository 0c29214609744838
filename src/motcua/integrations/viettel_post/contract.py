"""Hợp đồng dữ liệu của Viettel Post: the fields of each message, what a status means, and how its word is read.

Not read in an official text: the fields of orders as a running client sends them; those of prices, of its word (`DATA`,
`TOKEN`) and the statuses as several independent clients say that its partner pages have them. What they do not agree on
(102, 105 and others) moves nothing. It publishes no message that asks for the state of a parcel; that it can be made to
tell the whole way again (`registerOrderHook`) is known from two clients.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from motcua.core.time import VIETNAM, local
from motcua.service.postal.carriers import CarrierTrouble, Parcel, Told
from motcua.service.postal.models import AddressCode, PostalAddress, Shipment
from motcua.service.postal.states import Meaning

CONFIRM, CONFIRM_RETURN, REDELIVER, CANCEL, GET_BACK, DELETE = 1, 2, 3, 4, 5, 11
GOODS = "HH"
PAYMENT = 3  # who delivers collects what MONEY_COLLECTION says, and no postage
INLAND = 1
STAMP = "%d/%m/%Y %H:%M:%S"
LONGEST_ID = 80
STATUSES = {
    "103": Meaning.NOTED,  # to the post office that fetches
    "104": Meaning.NOTED,  # to the postman who fetches
    "107": Meaning.NOTED,  # cancelled as we asked
    "202": Meaning.NOTED,  # the waybill was mended
    "200": Meaning.IN_TRANSIT,
    "300": Meaning.IN_TRANSIT,
    "400": Meaning.IN_TRANSIT,
    "500": Meaning.IN_TRANSIT,  # with the postman who delivers
    "509": Meaning.IN_TRANSIT,
    "507": Meaning.NOTED,  # the receiver comes to the post office
    "508": Meaning.NOTED,  # to be tried again
    "550": Meaning.NOTED,
    "501": Meaning.DELIVERED,
    "506": Meaning.FAILED,
    "505": Meaning.FAILED,  # it proposes to send back: the unit decides
    "502": Meaning.RETURNING,
    "515": Meaning.RETURNING,
    "504": Meaning.RETURNED,
    "101": Meaning.STOPPED,
    "201": Meaning.STOPPED,
    "503": Meaning.STOPPED,
}


@dataclass(frozen=True)
class Route:
    """Một tuyến: from where to where, how heavy, how much to collect."""

    sender: AddressCode
    receiver: AddressCode
    weight: int
    cod: int


# --- what is sent


def login(username: str, password: str) -> dict[str, str]:
    return {"USERNAME": username, "PASSWORD": password}


def services(route: Route) -> dict[str, Any]:
    """Hỏi dịch vụ chạy được trên tuyến."""
    return {**_route(route), "TYPE": INLAND}


def price(route: Route, service: str) -> dict[str, Any]:
    """Hỏi cước của một dịch vụ."""
    return {**_route(route), "ORDER_SERVICE": service, "ORDER_SERVICE_ADD": "", "NATIONAL_TYPE": INLAND}


def order(parcel: Parcel, service: str) -> dict[str, Any]:
    """Lệnh tạo vận đơn."""
    shipment, details = parcel.shipment, parcel.shipment.carrier.details
    name = f"{shipment.get_direction_display()} {shipment.dossier.code}"
    return {
        "ORDER_NUMBER": shipment.code,
        "GROUPADDRESS_ID": details.get("group_address", 0),
        "CUS_ID": details.get("customer_id", 0),
        "DELIVERY_DATE": _stamp(shipment.ordered_at),
        **_end("SENDER", shipment.sender, parcel.sender),
        **_end("RECEIVER", shipment.receiver, parcel.receiver),
        "PRODUCT_NAME": name,
        "PRODUCT_DESCRIPTION": name,
        "PRODUCT_QUANTITY": 1,
        "PRODUCT_PRICE": 0,
        "PRODUCT_WEIGHT": shipment.weight,
        "PRODUCT_TYPE": GOODS,
        "ORDER_PAYMENT": PAYMENT,
        "ORDER_SERVICE": service,
        "ORDER_NOTE": "",
        "MONEY_COLLECTION": shipment.cod,
        "MONEY_TOTAL": shipment.price,
    }


def update(shipment: Shipment, kind: int, note: str, at: datetime) -> dict[str, Any]:
    return {
        "TYPE": kind,
        "ORDER_NUMBER": shipment.carrier_code or shipment.code,
        "NOTE": note,
        "DATE": _stamp(at),
    }


# --- what is answered


def data_in(said: Any) -> Mapping[str, Any]:
    """`{status, error, message, data}`. Raises CarrierTrouble when it says no."""
    if not isinstance(said, Mapping):
        raise CarrierTrouble("Viettel Post trả lời không đúng dạng.")
    if said.get("error") or str(said.get("status")) != "200":
        raise CarrierTrouble(
            f"Viettel Post từ chối: {str(said.get('message') or '')[:200] or 'không nói lý do'}."
        )
    data = said.get("data")
    return data if isinstance(data, Mapping) else {}


def is_token_refused(said: Any) -> bool:
    """Từ chối vì mã truy cập, as its own words say."""
    return (
        isinstance(said, Mapping) and bool(said.get("error")) and "token" in str(said.get("message")).lower()
    )


def price_in(data: Mapping[str, Any]) -> int:
    """Tổng cước, with tax. Raises CarrierTrouble."""
    total = _money(data.get("MONEY_TOTAL"))
    if not total:
        raise CarrierTrouble("Viettel Post không trả lời giá.")
    return total


def cheapest_in(said: Any) -> str:
    """Dịch vụ rẻ nhất of a bare list, or of one inside `RESULT` or `data`. Raises CarrierTrouble when none runs."""
    if isinstance(said, Mapping) and said.get("error"):
        data_in(said)
    rows = said
    while isinstance(rows, Mapping):
        rows = rows.get("RESULT") or rows.get("data")
    priced = [
        (amount, str(row["MA_DV_CHINH"]))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping) and row.get("MA_DV_CHINH") and (amount := _money(row.get("GIA_CUOC")))
    ]
    if not priced:
        raise CarrierTrouble("Viettel Post không có dịch vụ nào trên tuyến này.")
    return min(priced)[1]


def number_in(data: Mapping[str, Any]) -> str:
    """Mã vận đơn. Raises CarrierTrouble: an order without one could never be followed."""
    number = str(data.get("ORDER_NUMBER") or "").strip()
    if not number:
        raise CarrierTrouble("Viettel Post nhận lệnh mà không cho mã vận đơn.")
    return number[:60]


# --- what it tells by itself


def told_in(given: Mapping[str, Any]) -> Told:
    """Lời báo `DATA`. Raises CarrierTrouble when it names no parcel or no status.

    It has no id of its own and is sent again until it is answered: number, status and moment are what it is known by.
    """
    data = given.get("DATA")
    if not isinstance(data, Mapping):
        raise CarrierTrouble("Lời báo của Viettel Post không đúng dạng.")
    number, status = _text(data.get("ORDER_NUMBER")), _text(data.get("ORDER_STATUS"))
    if not number or len(number) > 60 or not status.removeprefix("-").isdecimal():
        raise CarrierTrouble("Lời báo của Viettel Post thiếu mã vận đơn hoặc trạng thái.")
    stamp = _text(data.get("ORDER_STATUSDATE"))
    return Told(
        outside_id=_id_of(number, status, stamp, data),
        code=_text(data.get("ORDER_REFERENCE"))[:60],
        carrier_code=number,
        status=status[:40],
        words=" ".join(filter(None, (_text(data.get("STATUS_NAME")), _place(data)))),
        happened_at=_moment(stamp),
        collected=_money(data.get("MONEY_COLLECTION")) or 0,
        is_back=data.get("IS_RETURNING") in (True, 1, "1", "true"),
    )


def _id_of(number: str, status: str, stamp: str, data: Mapping[str, Any]) -> str:
    if not stamp:  # then only the whole of it tells one from another
        return sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
    known_by = f"{number}:{status}:{stamp}"
    return known_by if len(known_by) <= LONGEST_ID else sha256(known_by.encode()).hexdigest()


def _place(data: Mapping[str, Any]) -> str:
    """Where it is: the first of the parts that are divided by commas; phones and streets of an office follow."""
    where = _text(data.get("LOCATION_CURRENTLY") or data.get("LOCALION_CURRENTLY")).split(",")[0].strip()
    return f"({where})" if where else ""


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, STAMP).replace(tzinfo=VIETNAM)
    except ValueError:
        return None


def _money(given: Any) -> int | None:
    """Whole đồng, or None: a sum that is not one."""
    text = "" if given is None or isinstance(given, bool) else str(given).strip().removesuffix(".0")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _text(given: Any) -> str:
    return "" if given is None or isinstance(given, bool) else str(given).strip()


def _route(route: Route) -> dict[str, Any]:
    return {
        **_codes("SENDER", route.sender),
        **_codes("RECEIVER", route.receiver),
        "PRODUCT_TYPE": GOODS,
        "PRODUCT_WEIGHT": route.weight,
        "PRODUCT_PRICE": 0,
        "MONEY_COLLECTION": route.cod,
    }


def _end(side: str, address: PostalAddress, code: AddressCode) -> dict[str, Any]:
    words = f"{address.address} ({address.old_district} cũ)" if address.old_district else address.address
    return {
        f"{side}_FULLNAME": address.name,
        f"{side}_ADDRESS": words,
        f"{side}_PHONE": address.phone,
        f"{side}_EMAIL": "",
        **_codes(side, code),
    }


def _codes(side: str, code: AddressCode) -> dict[str, Any]:
    """Their places are numbers; of 2025 an address has no district, which is then null."""
    return {
        f"{side}_PROVINCE": _number(code.their_province),
        f"{side}_DISTRICT": _number(code.their_district),
        f"{side}_WARD": _number(code.their_ward),
    }


def _number(code: str) -> int | str | None:
    return int(code) if code.isdecimal() else code or None


def _stamp(at: datetime) -> str:
    return f"{local(at):{STAMP}}"
