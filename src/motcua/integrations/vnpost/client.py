"""Gọi VNPost: a token, then one message; short patience, and every fault in plain words."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from motcua.integrations.postal_line import address_of, ask, secret_of
from motcua.integrations.vnpost import contract
from motcua.service.postal.carriers import CarrierTrouble, Parcel, Told
from motcua.service.postal.models import AddressCode, Carrier, Shipment

TOKEN_LASTS = 600.0  # seconds that we trust a token at most


class Vnpost:
    """VNPost qua trục tích hợp: `POST <url>?service=<op>` with a bearer token of client credentials."""

    can_track = True
    _tokens: ClassVar[dict[str, tuple[str, float]]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def price(self, sender: AddressCode, receiver: AddressCode, weight: int) -> int:
        return contract.price_in(self._ask("price", contract.price(sender, receiver, weight)))

    def order(self, parcel: Parcel) -> str:
        return contract.accepted_in(self._ask("order", contract.order(parcel)))

    def cancel(self, shipment: Shipment) -> None:
        contract.accepted_in(self._ask("cancel", contract.cancel(shipment)))

    def redeliver(self, shipment: Shipment) -> None:
        """The contract that we know has no such message: the unit tells the post office itself."""

    def get_back(self, shipment: Shipment) -> None:
        """As for `redeliver`."""

    def track(self, last_id: str) -> tuple[Sequence[Told], str]:
        said = self._ask("tracking", contract.tracking(self.carrier, last_id))
        return contract.told_in(said, self.carrier.details.get("statuses", {}))

    def _ask(self, service: str, message: Mapping[str, Any]) -> dict[str, Any]:
        name = self.carrier.details.get("services", {}).get(service, service)
        address = f"{address_of(self.carrier, 'vnpost')}/api?{urlencode({'service': name})}"
        return ask(address, message, {"Authorization": f"Bearer {self._token()}"})

    def _token(self) -> str:
        address = f"{address_of(self.carrier, 'vnpost')}/token"
        with self._lock:
            token, ends = self._tokens.get(address, ("", 0.0))
        if token and time.monotonic() < ends:
            return token
        pair = f"{secret_of(self.carrier, 'KEY')}:{secret_of(self.carrier, 'SECRET')}"
        basic = base64.b64encode(pair.encode()).decode()
        said = ask(
            address, {"grant_type": "client_credentials"}, {"Authorization": f"Basic {basic}"}, is_form=True
        )
        token = str(said.get("access_token") or "")
        if not token:
            raise CarrierTrouble("Bưu chính không cấp quyền kết nối.")
        with self._lock:
            self._tokens[address] = (token, time.monotonic() + TOKEN_LASTS)
        return token
