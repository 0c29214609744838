"""Hợp đồng dữ liệu của Viettel Post: the fields of each message and the kinds of update.

What it tells on the way is not known to us from a running client, so nothing is polled: the counter writes it down.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from motcua.core.time import local
from motcua.service.postal.carriers import CarrierTrouble, Parcel
from motcua.service.postal.models import AddressCode, PostalAddress, Shipment

CONFIRM, CONFIRM_RETURN, REDELIVER, CANCEL, GET_BACK, DELETE = 1, 2, 3, 4, 5, 11
GOODS = "HH"
PAYMENT = 3
STAMP = "%d/%m/%Y %H:%M:%S"


def login(username: str, password: str) -> dict[str, str]:
    return {"USERNAME": username, "PASSWORD": password}


def order(parcel: Parcel) -> dict[str, Any]:
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
        "ORDER_SERVICE": details.get("service", ""),
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


def data_in(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """`{status, error, message, data}`. Raises CarrierTrouble when it says no."""
    if said.get("error") or str(said.get("status")) != "200":
        raise CarrierTrouble(
            f"Viettel Post từ chối: {str(said.get('message', ''))[:200] or 'không nói lý do'}."
        )
    data = said.get("data")
    return data if isinstance(data, Mapping) else {}


def _end(side: str, address: PostalAddress, code: AddressCode) -> dict[str, str]:
    words = f"{address.address} ({address.old_district} cũ)" if address.old_district else address.address
    return {
        f"{side}_FULLNAME": address.name,
        f"{side}_ADDRESS": words,
        f"{side}_PHONE": address.phone,
        f"{side}_EMAIL": "",
        f"{side}_PROVINCE": code.their_province,
        f"{side}_DISTRICT": code.their_district,
        f"{side}_WARD": code.their_ward,
    }


def _stamp(at: datetime) -> str:
    return f"{local(at):{STAMP}}"
