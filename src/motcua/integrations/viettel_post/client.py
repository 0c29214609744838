"""Gọi Viettel Post: sign in, then one message with the header `token`; read what it calls us with."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from motcua.core.time import now
from motcua.integrations.postal_line import address_of, ask, forget_token, secret_of, token_of
from motcua.integrations.viettel_post import contract
from motcua.service.postal.carriers import NotTheirs, Parcel, Told
from motcua.service.postal.models import AddressCode, Carrier, Shipment
from motcua.service.postal.states import Meaning

PATHS = {
    "login": "user/Login",
    "services": "order/getPriceAll",
    "price": "order/getPrice",
    "order": "order/createOrder",
    "update": "order/UpdateOrder",
    "again": "order/registerOrderHook",
}
AGAIN = "Gửi lại hành trình"


class ViettelPost:
    """Viettel Post: it is asked for prices, and tells by itself what becomes of a parcel."""

    can_track = False
    can_tell_again = True
    statuses: Mapping[str, Meaning] = contract.STATUSES

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def price(self, sender: AddressCode, receiver: AddressCode, weight: int, cod: int) -> int:
        route = contract.Route(sender, receiver, weight, cod)
        said = self._ask("price", contract.price(route, self._service(route)))
        return contract.price_in(contract.data_in(said))

    def order(self, parcel: Parcel) -> str:
        shipment = parcel.shipment
        route = contract.Route(parcel.sender, parcel.receiver, shipment.weight, shipment.cod)
        said = self._ask("order", contract.order(parcel, self._service(route)))
        return contract.number_in(contract.data_in(said))

    def cancel(self, shipment: Shipment) -> None:
        self._update(shipment, contract.CANCEL, "Nơi gửi hủy")

    def redeliver(self, shipment: Shipment) -> None:
        self._update(shipment, contract.REDELIVER, "Phát lại")

    def get_back(self, shipment: Shipment) -> None:
        self._update(shipment, contract.CONFIRM_RETURN, "Chuyển hoàn")

    def track(self, last_id: str) -> tuple[Sequence[Told], str]:
        """It publishes no message that asks for the state of a parcel: it tells, and can be made to tell again."""
        return (), last_id

    def read(self, given: Mapping[str, Any]) -> Told:
        """Lời báo. The token is looked at first: who has none learns nothing of what else is wrong."""
        agreed = secret_of(self.carrier, "WEBHOOK")
        if not hmac.compare_digest(str(given.get("TOKEN") or "").encode(), agreed.encode()):
            raise NotTheirs("Sai mã bí mật của Viettel Post.")
        return contract.told_in(given)

    def tell_again(self, shipment: Shipment) -> None:
        asked = urlencode({"oid": shipment.carrier_code, "mes": AGAIN})
        contract.data_in(self._ask("again", None, f"?{asked}"))

    def _service(self, route: contract.Route) -> str:
        """Dịch vụ: the one that was agreed, else the cheapest that runs between these places."""
        agreed = str(self.carrier.details.get("service") or "")
        return agreed or contract.cheapest_in(self._ask("services", contract.services(route)))

    def _update(self, shipment: Shipment, kind: int, note: str) -> None:
        contract.data_in(self._ask("update", contract.update(shipment, kind, note, now())))

    def _ask(self, act: str, message: Mapping[str, Any] | None, query: str = "") -> Any:
        """A token that was kept may have ended: then once more, with a new one."""
        address, login = self._address(act) + query, self._address("login")
        key, is_kept = f"{self.carrier.pk}:{login}", True

        def get() -> str:
            nonlocal is_kept
            is_kept = False
            who = contract.login(secret_of(self.carrier, "USERNAME"), secret_of(self.carrier, "PASSWORD"))
            return str(contract.data_in(ask(login, who, {})).get("token") or "")

        said = ask(address, message, {"token": token_of(key, get)})
        if contract.is_token_refused(said) and forget_token(key) and is_kept:
            said = ask(address, message, {"token": token_of(key, get)})
        return said

    def _address(self, act: str) -> str:
        return f"{address_of(self.carrier, 'viettel-post')}/{PATHS[act]}"
