"""What can have happened with the post. The ledger keeps these names for ever; it holds no name, phone or address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from motcua.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ParcelEvent(Event):
    subject_type: ClassVar[str] = "shipment"


@dataclass(frozen=True, kw_only=True)
class ShipmentOrdered(ParcelEvent):
    label: ClassVar[str] = "Đặt bưu gửi"
    opens: ClassVar[bool] = True

    code: str
    dossier: UUID
    carrier: UUID
    direction: str
    price: int
    cod: int


@dataclass(frozen=True, kw_only=True)
class ShipmentPlaced(ParcelEvent):
    label: ClassVar[str] = "Bưu chính nhận lệnh"

    carrier_code: str


@dataclass(frozen=True, kw_only=True)
class ShipmentHandedOver(ParcelEvent):
    label: ClassVar[str] = "Giao bưu gửi cho bưu chính"

    hand_over: UUID
    number: str
    promised_on: date


@dataclass(frozen=True, kw_only=True)
class CarrierTold(ParcelEvent):
    label: ClassVar[str] = "Bưu chính báo tin"

    outside_id: str
    meaning: str
    state: str


@dataclass(frozen=True, kw_only=True)
class RedeliveryAsked(ParcelEvent):
    label: ClassVar[str] = "Yêu cầu phát lại"

    reason: str


@dataclass(frozen=True, kw_only=True)
class GetBackAsked(ParcelEvent):
    label: ClassVar[str] = "Yêu cầu chuyển hoàn"

    reason: str


@dataclass(frozen=True, kw_only=True)
class ShipmentCancelled(ParcelEvent):
    label: ClassVar[str] = "Hủy bưu gửi"

    reason: str


@dataclass(frozen=True, kw_only=True)
class ShipmentClosed(ParcelEvent):
    label: ClassVar[str] = "Ghi trả kết quả theo tin phát"

    dossier: UUID


@dataclass(frozen=True, kw_only=True)
class PostChosen(Event):
    label: ClassVar[str] = "Chọn đơn vị bưu chính"
    subject_type: ClassVar[str] = "dossier"

    carrier: UUID
    note: str
    is_changed: bool


@dataclass(frozen=True, kw_only=True)
class CarrierEvent(Event):
    subject_type: ClassVar[str] = "carrier"


@dataclass(frozen=True, kw_only=True)
class CarrierSet(CarrierEvent):
    label: ClassVar[str] = "Đặt đơn vị bưu chính"

    code: str
    is_on: bool
    promise_days: int
    decide_within_days: int
    most_tries: int
    otherwise: str


@dataclass(frozen=True, kw_only=True)
class PostalPriceSet(CarrierEvent):
    label: ClassVar[str] = "Đặt giá cước bưu chính"

    is_local: bool
    up_to_grams: int
    amount: int
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class CarrierStatusSet(CarrierEvent):
    label: ClassVar[str] = "Đặt ý nghĩa của một mã trạng thái bưu chính"

    status: str
    meaning: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class AddressCodesImported(CarrierEvent):
    label: ClassVar[str] = "Nạp mã địa chỉ bưu chính"

    rows: int
    valid_from: date
