"""Đặt bưu chính từ nhà: have papers fetched, or the result brought; the price is shown before anything is ordered."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.core.ids import as_key, new_id
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.identity import places
from motcua.service.dossiers.models import Dossier
from motcua.service.payments.operations.charging import must_pay
from motcua.service.payments.operations.delivering import channel_of
from motcua.service.postal.models import Carrier, Shipment
from motcua.service.postal.operations.ordering import LETTER, Place, check_places, order, quote
from motcua.service.postal.places import place_of_applicant, place_of_unit
from motcua.service.postal.possible import carriers_on, directions_for
from motcua.service.postal.states import Direction
from motcua.web.portal.attempts import may_act
from motcua.web.portal.drafts import TOO_OFTEN
from motcua.web.portal.filed import OwnPage
from motcua.web.ui.forms import Reader
from motcua.web.ui.posting import read_ward, unpriced

WORDS = {
    Direction.RETURN: ("Mang kết quả đến tận nơi", "Bưu tá giao giấy tờ gốc và kết quả cho bạn"),
    Direction.COLLECT: ("Đến lấy giấy tờ của tôi", "Bưu tá đến nhà nhận bản giấy, chuyển đến Một cửa"),
}


class PostOrdering(OwnPage):
    """Đặt bưu chính cho hồ sơ của tôi."""

    public = True
    price: int | None = None

    def directions(self) -> list[Direction]:
        may = directions_for(self.the_dossier())
        return may if self.is_owner else [one for one in may if one != Direction.RETURN]

    @cached_property
    def carriers(self) -> list[Carrier]:
        return carriers_on(local_date(self.at))

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        dossier = self.the_dossier()
        home = place_of_applicant(dossier) if self.is_owner else Place("", "", "")
        ward = places.ward(home.ward_code)
        return self.private(
            self.render(
                "portal/own/post.html",
                dossier=dossier,
                directions=[(one.value, *WORDS[one]) for one in self.directions()],
                carriers=unpriced(self.carriers),
                home=home,
                ward=ward.name if ward else "",
                provinces=[(one.code, one.name) for one in places.provinces()],
                owed=must_pay(dossier.pk),
                price=self.price,
                key=self.form.value("key") or new_id(),
            )
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        dossier, reader = self.the_dossier(), self.read()
        may = self.directions()
        key = as_key(reader.text("key")) or new_id()
        if known := Shipment.objects.filter(key=key, dossier=dossier).first():  # pressed twice
            return self.done(f"Đã đặt bưu chính, mã {known.code}.", "portal:my-filing", dossier.code)
        wanted = reader.choice(
            "direction", [one.value for one in may], required="Hãy chọn việc nhờ bưu chính."
        )
        chosen = reader.choice(
            "carrier", [str(one.pk) for one in self.carriers], required="Hãy chọn đơn vị bưu chính."
        )
        home = read_home(reader)
        reader.check()
        carrier = next(one for one in self.carriers if str(one.pk) == chosen)
        direction = Direction(wanted)
        unit = place_of_unit(dossier.reception_agency, local_date(self.at))
        sender, receiver = (unit, home) if direction == Direction.RETURN else (home, unit)
        check_places(sender, receiver, LETTER, 0)
        cod = self.cod(reader, dossier, carrier, direction)
        self.price = quote(
            carrier=carrier, sender=sender, receiver=receiver, weight=LETTER, on=local_date(self.at), cod=cod
        )
        if reader.text("seen_price") != str(self.price):
            return self.get(request, code)  # the price first; pressed again, it is ordered
        if not may_act(request, "post", str(dossier.pk), self.at):
            raise DomainError(TOO_OFTEN)
        made = order(
            key=key, dossier_id=dossier.pk, direction=direction, carrier_id=carrier.pk, sender=sender,
            receiver=receiver, weight=LETTER, price=self.price, cod=cod, by=None, account_id=self.account_id, at=self.at,
        )  # fmt: skip
        return self.done(
            f"Đã đặt {carrier.name}, mã {made.code}, cước {vnd(made.price)}. Đường đi hiện ở trang này.",
            "portal:my-filing",
            dossier.code,
        )

    def cod(self, reader: Reader, dossier: Dossier, carrier: Carrier, direction: Direction) -> int:
        """Trả phí cho bưu tá, when so ticked and the carrier collects for this place. Raises DomainError."""
        if direction != Direction.RETURN or not reader.is_ticked("cod"):
            return 0
        if channel_of(dossier.reception_agency_id, carrier.code, local_date(self.at)) is None:
            raise DomainError(
                f"{carrier.name} chưa thu hộ cho nơi này. Hãy trả trên mạng hoặc tại quầy.", field="cod"
            )
        return must_pay(dossier.pk)


def read_home(reader: Reader) -> Place:
    """Nơi giao hoặc lấy, as it was typed."""
    province = reader.choice(
        "province_code", [one.code for one in places.provinces()], required="Hãy chọn tỉnh, thành phố."
    )
    return Place(
        name=reader.text("name", required="Hãy ghi họ tên.", longest=250),
        phone=reader.text("phone", required="Hãy ghi số điện thoại để bưu tá gọi.", longest=20),
        address=reader.text("address", required="Hãy ghi địa chỉ.", longest=400),
        province_code=province,
        ward_code=read_ward(reader, province),
    )
