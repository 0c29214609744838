"""Gọi Viettel Post: sign in, then one message with the header `token`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from motcua.core.time import now
from motcua.integrations.postal_line import address_of, ask, secret_of
from motcua.integrations.viettel_post import contract
from motcua.service.postal.carriers import CarrierTrouble, Parcel, Told
from motcua.service.postal.models import AddressCode, Carrier, Shipment

PATHS = {"login": "user/Login", "order": "order/createOrder", "update": "order/UpdateOrder"}


class ViettelPost:
    """Viettel Post."""

    can_track = False

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def price(self, sender: AddressCode, receiver: AddressCode, weight: int) -> int:
        """Its price message is not known to us from a running client: prices come from the table."""
        raise CarrierTrouble("Viettel Post tính giá theo bảng giá đã nạp.")

    def order(self, parcel: Parcel) -> str:
        return str(self._ask("order", contract.order(parcel)).get("ORDER_NUMBER") or "")[:60]

    def cancel(self, shipment: Shipment) -> None:
        self._update(shipment, contract.CANCEL, "Nơi gửi hủy")

    def redeliver(self, shipment: Shipment) -> None:
        self._update(shipment, contract.REDELIVER, "Phát lại")

    def get_back(self, shipment: Shipment) -> None:
        self._update(shipment, contract.CONFIRM_RETURN, "Chuyển hoàn")

    def track(self, last_id: str) -> tuple[Sequence[Told], str]:
        return (), last_id

    def _update(self, shipment: Shipment, kind: int, note: str) -> None:
        self._ask("update", contract.update(shipment, kind, note, now()))

    def _ask(self, act: str, message: Mapping[str, Any]) -> Mapping[str, Any]:
        return contract.data_in(ask(self._address(act), message, {"token": self._token()}))

    def _token(self) -> str:
        """A fresh one for each act: acts are few, and it is sent from the worker alone."""
        message = contract.login(secret_of(self.carrier, "USERNAME"), secret_of(self.carrier, "PASSWORD"))
        token = str(contract.data_in(ask(self._address("login"), message, {})).get("token") or "")
        if not token:
            raise CarrierTrouble("Viettel Post không cấp quyền kết nối.")
        return token

    def _address(self, act: str) -> str:
        return f"{address_of(self.carrier, 'viettel-post')}/{PATHS[act]}"
