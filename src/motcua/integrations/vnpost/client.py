"""Gọi VNPost: a token, then one message; short patience, and every fault in plain words."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from motcua.integrations.postal_line import address_of, an_object, ask, secret_of, token_of
from motcua.integrations.vnpost import contract
from motcua.service.postal.carriers import CarrierTrouble, Parcel, Told
from motcua.service.postal.models import AddressCode, Carrier, Shipment
from motcua.service.postal.states import Meaning


class Vnpost:
    """VNPost qua trục tích hợp: `POST <url>?service=<op>` with a bearer token of client credentials."""

    can_track = True
    can_tell_again = False
    statuses: Mapping[str, Meaning] = contract.STATUSES

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def price(self, sender: AddressCode, receiver: AddressCode, weight: int, cod: int) -> int:
        """Its message of the price knows nothing of what is collected."""
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
        return contract.told_in(self._ask("tracking", contract.tracking(self.carrier, last_id)))

    def read(self, given: Mapping[str, Any]) -> Told:
        """It does not call: it is asked."""
        raise CarrierTrouble("VNPost không báo tin qua đường này.")

    def tell_again(self, shipment: Shipment) -> None:
        """As for `read`."""

    def _ask(self, service: str, message: Mapping[str, Any]) -> dict[str, Any]:
        name = self.carrier.details.get("services", {}).get(service, service)
        address = f"{address_of(self.carrier, 'vnpost')}/api?{urlencode({'service': name})}"
        return an_object(ask(address, message, {"Authorization": f"Bearer {self._token()}"}))

    def _token(self) -> str:
        address = f"{address_of(self.carrier, 'vnpost')}/token"

        def get() -> str:
            pair = f"{secret_of(self.carrier, 'KEY')}:{secret_of(self.carrier, 'SECRET')}"
            basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
            said = an_object(ask(address, {"grant_type": "client_credentials"}, basic, is_form=True))
            return str(said.get("access_token") or "")

        return token_of(f"{self.carrier.pk}:{address}", get)
