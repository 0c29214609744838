"""Hợp đồng dữ liệu của VNPost: the fields of each message, as running clients send them, and how an answer is read.

Known with confidence: the names of the fields, the page of tracking after `lastId`, and status 4 (delivered). What every
other status means is dated data of the carrier; one that nobody has explained is kept as unknown and moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from motcua.service.postal.carriers import CarrierTrouble, Parcel, Told
from motcua.service.postal.models import AddressCode, Carrier, PostalAddress, Shipment
from motcua.service.postal.states import Meaning

FIRST = "0" * 24  # the mark before the first message
PAGE = 1000
MAIN_SERVICE = "HCC"
FLAG = 2
STATUSES = {"4": Meaning.DELIVERED}


def order(parcel: Parcel) -> dict[str, Any]:
    """Lệnh nhận gửi."""
    shipment = parcel.shipment
    return {
        "CustomerCode": customer(shipment.carrier),
        "OrderNumber": shipment.code,
        "CODAmount": shipment.cod,
        "FlagConfig": FLAG,
        "Sender": end(shipment.sender, parcel.sender),
        "Description": f"{shipment.get_direction_display()} {shipment.dossier.code}",
        "Receiver": end(shipment.receiver, parcel.receiver),
    }


def end(address: PostalAddress, code: AddressCode) -> dict[str, str]:
    """Một đầu: the codes are theirs; the old district stands in the words, for the postman."""
    words = f"{address.address} ({address.old_district} cũ)" if address.old_district else address.address
    return {
        "Province": code.their_province,
        "District": code.their_district,
        "Address": words,
        "Name": address.name,
        "Email": "",
        "Tel": address.phone,
        "Desc": "",
    }


def price(sender: AddressCode, receiver: AddressCode, weight: int) -> dict[str, Any]:
    return {
        "weight": weight,
        "mainSrv": MAIN_SERVICE,
        "isreturn": 1,
        "sender": {"provCode": sender.their_province, "distCode": sender.their_district},
        "receiver": {"provCode": receiver.their_province, "distCode": receiver.their_district},
    }


def cancel(shipment: Shipment) -> dict[str, str]:
    return {"CustomerCode": customer(shipment.carrier), "OrderNumber": shipment.code}


def tracking(carrier: Carrier, last_id: str) -> dict[str, Any]:
    return {"CustomerCode": customer(carrier), "pagesize": PAGE, "lastId": last_id or FIRST}


def customer(carrier: Carrier) -> str:
    return str(carrier.details.get("customer_code", ""))


def price_in(said: Mapping[str, Any]) -> int:
    content = said.get("content")
    given = content.get("price") if isinstance(content, Mapping) else None
    try:
        amount = int(str(given))
    except ValueError as fault:
        raise CarrierTrouble("VNPost không trả lời giá.") from fault
    if amount < 0:
        raise CarrierTrouble("VNPost trả lời giá không hợp lệ.")
    return amount


def accepted_in(said: Mapping[str, Any]) -> str:
    """Mã bưu gửi của VNPost. Raises CarrierTrouble when the order was refused."""
    if str(said.get("Status", "")).lower() not in {"1", "00", "200", "true", "success"}:
        raise CarrierTrouble(
            f"VNPost chưa nhận lệnh: {str(said.get('Message', ''))[:200] or 'không nói lý do'}."
        )
    return str(said.get("ItemCode") or "")[:60]


def told_in(said: Mapping[str, Any]) -> tuple[Sequence[Told], str]:
    """Các tin của một trang, and the mark after which the next begins ("" when the page is empty)."""
    embedded = said.get("_embedded")
    rows = embedded.get("rhDoc") if isinstance(embedded, Mapping) else None
    if rows is None:
        return (), ""
    if not isinstance(rows, list):
        raise CarrierTrouble("VNPost trả lời không đúng dạng.")
    told = [_told(row) for row in rows]
    return told, told[-1].outside_id if told else ""


def _told(row: Any) -> Told:
    try:
        key, number, status = str(row["_id"]["oid"]), str(row["OrderNumber"]), str(row["statusCode"])
    except (KeyError, TypeError) as fault:
        raise CarrierTrouble("VNPost trả lời thiếu mã tin.") from fault
    return Told(key, number, status=status, words=str(row.get("statusMessage", "")))
