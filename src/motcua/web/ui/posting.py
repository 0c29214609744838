"""Giao kết quả qua bưu chính: where to, by whom and for how much; asked alike wherever one files, and later."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from motcua.core.money import vnd
from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.identity import places
from motcua.service.postal.models import Carrier, Wish
from motcua.service.postal.operations.ordering import LETTER, Place
from motcua.service.postal.possible import carriers_on
from motcua.service.postal.quoting import Priced, prices
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page

PROVINCE_FIRST = "Chọn tỉnh, thành phố để biết cước"
PROVINCE_CODES = "Hãy chọn tỉnh, thành phố."


class AsksPost(Page):
    """A page that asks by which carrier a result goes; nothing is kept before its price for the address was seen."""

    abstract = True
    home: Place | None = None  # as it was just typed
    prices_now = True  # False: they are told when it is sent, so that who only reads the page asks nobody

    @property
    def known(self) -> Place:
        """The address that was given before, else where the person lives."""
        raise NotImplementedError

    @property
    def unit(self) -> Place:
        """Nơi gửi."""
        raise NotImplementedError

    def too_often(self) -> str:
        """Some carriers are asked over the network, so not without end; "": may be asked."""
        return ""

    @cached_property
    def carriers(self) -> list[Carrier]:
        return carriers_on(local_date(self.at))

    @cached_property
    def priced(self) -> list[Priced]:
        """Cước hôm nay; nobody is asked while no province is known."""
        there = self.home or self.known
        if not there.province_code:
            return [Priced(one, None, PROVINCE_FIRST) for one in self.carriers]
        return self.asked(self.unit, there)

    def asked(self, sender: Place, receiver: Place) -> list[Priced]:
        if why := self.too_often():
            return [Priced(one, None, why) for one in self.carriers]
        return prices(self.carriers, sender, receiver, LETTER, local_date(self.at))

    def post_context(self, chosen: Carrier | None, address: str = "") -> dict[str, Any]:
        """What the macro of ui/posting.html asks for. `address`: in words, where the street alone is not known."""
        there = self.home or self.known
        ward = places.ward(there.ward_code)
        knows_prices = self.prices_now or self.home is not None
        priced = self.priced if knows_prices else []
        return {
            "there": there,
            "address": there.address or address,
            "ward": ward.name if ward else "",
            "provinces": [(one.code, one.name) for one in places.provinces()],
            "seen": [(str(one.carrier.pk), one.price) for one in priced if one.price is not None],
            "choices": choices_of(priced) if knows_prices else unpriced(self.carriers),
            "chosen": str(chosen.pk)
            if chosen
            else str(self.carriers[0].pk)
            if len(self.carriers) == 1
            else "",
            "is_new": self.home is not None and not self.form.errors,
        }

    def read_wish(self, reader: Reader) -> Wish | None:
        """Nơi giao và đơn vị đã chọn; None: its price for this address is to be seen first, so the page comes again."""
        address = reader.text("return_address", required="Hãy ghi địa chỉ để bưu tá giao.", longest=300)
        province = reader.choice(
            "province_code", [one.code for one in places.provinces()], required=PROVINCE_CODES
        )
        ward = read_ward(reader, province)
        self.home = Place(self.known.name, self.known.phone, address, province, ward)
        known = {str(one.carrier.pk): one for one in self.priced} if province else {}
        chosen = reader.choice("carrier", known, required="Hãy chọn đơn vị bưu chính.")
        if chosen and known[chosen].price is None:
            reader.refuse("carrier", known[chosen].why)
        reader.check()
        one = known[chosen]
        if one.price is None or reader.text(f"seen-{chosen}") != str(one.price):
            return None
        return Wish(address, province, ward, one.carrier, one.price)


def choices_of(priced: Sequence[Priced]) -> list[tuple[str, str, str]]:
    """Các đơn vị, as radio cards with their price."""
    return [(str(one.carrier.pk), one.carrier.name, said_of(one)) for one in priced]


def unpriced(carriers: Sequence[Carrier]) -> list[tuple[str, str, str]]:
    """Các đơn vị, as radio cards, before a price is known."""
    return [(str(one.pk), one.name, f"Hẹn giao trong {one.promise_days} ngày") for one in carriers]


def said_of(one: Priced) -> str:
    """Cước và hẹn, beside the carrier's name."""
    return (
        one.why if one.price is None else f"{vnd(one.price)}, hẹn giao trong {one.carrier.promise_days} ngày"
    )


def read_ward(reader: Reader, province_code: str) -> str:
    """Xã, phường as somebody writes it: found without marks in the chosen province; several or none are asked again."""
    written = reader.text("ward", longest=100)
    if not written:
        return ""
    if places.province(province_code) is None:
        reader.refuse("province_code", "Hãy chọn tỉnh, thành phố trước.")
        return ""
    wanted = fold(written)
    exact = [
        one
        for one in places.wards(province_code)
        if wanted in {one.folded, one.folded.removeprefix(f"{fold(one.kind)} ")}
    ]
    found = exact or places.search(written, province_code=province_code, limit=6)
    if len(found) == 1:
        return found[0].code
    names = ", ".join(one.name for one in found)
    said = (
        f"Có nhiều nơi gần giống: {names}. Hãy ghi rõ hơn."
        if found
        else "Không thấy xã, phường này trong tỉnh đã chọn."
    )
    reader.refuse("ward", said)
    return ""
