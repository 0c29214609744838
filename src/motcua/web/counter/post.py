"""Bưu chính: results to send, to hand over by a numbered list, to follow, to decide about; how punctual the post is."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.core.ids import as_key, new_id
from motcua.core.money import vnd
from motcua.core.text import fold
from motcua.core.time import VIETNAM, local_date
from motcua.foundation.identity import places
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Channel
from motcua.service.payments.operations.charging import must_pay
from motcua.service.postal.carriers import dialect_of
from motcua.service.postal.models import Carrier, HandOver, Shipment
from motcua.service.postal.operations import carrying
from motcua.service.postal.operations.ordering import Place, cancel, check_places, order, quote
from motcua.service.postal.places import place_of_applicant, place_of_unit
from motcua.service.postal.possible import OFFERED, carriers_on, directions_for, parcel_of, why_not
from motcua.service.postal.punctuality import count, outcome
from motcua.service.postal.querysets import NoSuchShipment, ShipmentQuerySet
from motcua.service.postal.states import LIVE, Direction, Meaning
from motcua.web.counter.dossiers import dossier_of
from motcua.web.counter.paging import known, slice_of
from motcua.web.counter.results import ready_for
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page

TABS = (
    ("dat", "chờ đặt"),
    ("giao", "chờ giao bưu chính"),
    ("duong", "trên đường"),
    ("loi", "phát không thành công"),
    ("ghi", "đã phát, chờ ghi trả"),
)
SAID = (Meaning.IN_TRANSIT, Meaning.DELIVERED, Meaning.FAILED, Meaning.RETURNING, Meaning.RETURNED)
MONTHS = 6


class PostPage(Page):
    """What these pages share."""

    abstract = True
    permission = Permission.RETURN

    def seen(self) -> ShipmentQuerySet:
        return Shipment.objects.visible_to(self.user, self.at)

    def shipment(self, shipment_id: UUID) -> Shipment:
        found = self.seen().with_names().filter(pk=shipment_id).first()
        if found is None:
            raise NoSuchShipment("Không có bưu gửi này.")
        return found

    def to_order(self) -> Any:
        """Chờ gửi bưu chính: results that are to go by post and that no parcel carries."""
        return ready_for(self).filter(return_channel=Channel.POST)


class Post(PostPage):
    """Các danh sách của bưu chính."""

    def get(self, request: HttpRequest) -> HttpResponse:
        lists = {
            "giao": self.seen().to_hand_over(),
            "duong": self.seen().on_the_way(),
            "loi": self.seen().failed(),
            "ghi": self.seen().to_close(),
        }
        wanted = request.GET.get("muc", "dat")
        tab = wanted if wanted in lists else "dat"
        after = request.GET.get("after", "")
        to_order = self.to_order()
        if tab == "dat":
            page = slice_of(to_order.select_related("result"), by="finished_at", after=after)
        else:
            shown: Any = lists[tab].with_names()
            page = slice_of(shown, by="ordered_at", after=after)
        totals = {"dat": to_order.count(), **{key: found.count() for key, found in lists.items()}}
        return self.render(
            "counter/post/index.html",
            tab=tab,
            tabs=[
                (
                    totals[key],
                    label,
                    f"?muc={key}",
                    "late" if key == "loi" and totals[key] else "",
                    key == tab,
                )
                for key, label in TABS
            ],
            rows=page.dossiers,
            next=page.next,
            total=totals[tab],
            today=local_date(self.at),
            made=list(
                HandOver.objects.filter(agency__in=self.access.agencies(Permission.RETURN))
                .select_related("carrier")
                .order_by("-made_at")[:10]
            )
            if tab == "giao"
            else [],
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Giao bưu chính những bưu gửi đã đánh dấu."""
        postman = self.read().text("postman", longest=150)
        wanted = known(request.POST.getlist("id"))
        mine = list(self.seen().filter(pk__in=wanted).values_list("pk", flat=True))
        made = carrying.hand_over(shipment_ids=mine, postman=postman, by=self.user, at=self.at)
        return self.done(
            f"Đã giao {len(mine)} bưu gửi theo bảng kê số {made}. In hai bản, mỗi bên giữ một bản.",
            "counter:post-list",
            made.pk,
        )


class PostOrder(PostPage):
    """Đặt bưu gửi; the price is shown before anything is ordered."""

    price: int | None = None

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        home = place_of_applicant(dossier)
        province = self.form.value("province_code", home.province_code)
        ward = places.ward(home.ward_code)
        return self.render(
            "counter/post/order.html",
            dossier=dossier,
            home=home,
            unit=place_of_unit(dossier.reception_agency, local_date(self.at)),
            ward_name=ward.name if ward else "",
            provinces=[(place.code, place.name) for place in places.provinces()],
            wards=places.wards(province),
            carriers=[(str(one.pk), one.name) for one in self.carriers()],
            directions=[(one.value, one.label) for one in directions_for(dossier)],
            refusal=why_not(dossier, Direction.RETURN),
            parcel=parcel_of(dossier),
            key=self.form.value("key") or new_id(),
            price=self.price,
            owed=must_pay(dossier.pk),
        )

    def carriers(self) -> list[Carrier]:
        return carriers_on(local_date(self.at))

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        reader = self.read()
        carrier = {str(one.pk): one for one in self.carriers()}.get(
            reader.text("carrier", required="Hãy chọn đơn vị bưu chính.")
        )
        if carrier is None:
            reader.refuse("carrier", "Hãy chọn đơn vị bưu chính.")
        weight = reader.integer("weight", required="Hãy ghi khối lượng.") or 0
        cod = reader.money("cod") or 0
        direction = reader.choice("direction", [one.value for one in OFFERED]) or Direction.RETURN
        home = self.home(reader)
        reader.check()
        assert carrier is not None  # noqa: S101  checked
        unit = place_of_unit(dossier.reception_agency, local_date(self.at))
        sender, receiver = (unit, home) if direction == Direction.RETURN else (home, unit)
        if len(unit.phone) < 9:
            raise DomainError(
                "Bộ phận Một cửa chưa có số điện thoại để ghi trên bưu gửi. Hãy báo quản trị bổ sung."
            )
        check_places(sender, receiver, weight, cod)
        self.price = quote(
            carrier=carrier, sender=sender, receiver=receiver, weight=weight, on=local_date(self.at), cod=cod
        )
        if reader.text("seen_price") != str(self.price):
            return self.get(request, dossier_id)  # the price first; pressed again, it is ordered
        shipment = order(
            key=as_key(reader.text("key")) or new_id(), dossier_id=dossier.pk, direction=direction, carrier_id=carrier.pk,
            sender=sender, receiver=receiver, weight=weight, price=self.price, cod=cod, by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(
            f"Đã đặt bưu gửi {shipment.code}, giá cước {vnd(shipment.price)}.", "counter:parcel", shipment.pk
        )

    def home(self, reader: Reader) -> Place:
        province = reader.choice("province_code", [one.code for one in places.provinces()])
        ward = reader.text("ward_code", longest=100)
        return Place(
            name=reader.text("name", required="Hãy ghi họ tên.", longest=250),
            phone=reader.text("phone", required="Hãy ghi số điện thoại.", longest=20),
            address=reader.text("address", required="Hãy ghi địa chỉ.", longest=400),
            province_code=province,
            ward_code=self.ward(reader, province, ward),
            old_district=reader.text("old_district", longest=100),
        )

    @staticmethod
    def ward(reader: Reader, province: str, typed: str) -> str:
        if not typed:
            return ""
        wanted = fold(typed)
        found = [
            one
            for one in places.wards(province)
            if typed == one.code or wanted in {one.folded, fold(one.name)}
        ]
        if len(found) != 1:
            reader.refuse(
                "ward_code", "Không tìm thấy xã, phường này trong tỉnh đã chọn. Hãy chọn trong gợi ý."
            )
            return ""
        return found[0].code


class Parcel(PostPage):
    """Một bưu gửi: its way, and what may be done with it now."""

    def get(self, request: HttpRequest, shipment_id: UUID) -> HttpResponse:
        shipment = self.shipment(shipment_id)
        return self.render(
            "counter/post/show.html",
            shipment=shipment,
            told=list(shipment.events.order_by("happened_at", "id")),
            said=[(one.value, one.label) for one in SAID],
            today=local_date(self.at),
            is_live=shipment.state in LIVE,
            is_by_hand=dialect_of(shipment.carrier) is None,
            key=self.form.value("key") or new_id(),
        )

    def post(self, request: HttpRequest, shipment_id: UUID) -> HttpResponse:
        shipment = self.shipment(shipment_id)
        reader = self.read()
        act = reader.choice(
            "act", ("note", "again", "back", "cancel", "close"), required="Hãy chọn việc làm."
        )
        reason = reader.text("reason", longest=300)
        by_whom: dict[str, Any] = {"shipment_id": shipment.pk, "by": self.user, "at": self.at}
        if act == "note":
            self.note(reader, by_whom)
        reader.check()
        if act == "again":
            carrying.try_again(reason=reason, **by_whom)
        elif act == "back":
            carrying.get_back(reason=reason, **by_whom)
        elif act == "cancel":
            cancel(reason=reason, **by_whom)
        elif act == "close":
            carrying.close(**by_whom)
        return self.done("Đã ghi.", "counter:parcel", shipment.pk)

    def note(self, reader: Reader, by_whom: dict[str, Any]) -> None:
        meaning = reader.choice("meaning", [one.value for one in SAID], required="Hãy chọn tin.")
        day = reader.day("day", required="Hãy ghi ngày.")
        words = reader.text("words", longest=300)
        key = as_key(reader.text("key"))
        reader.check()
        assert day is not None  # noqa: S101  checked
        happened_at = (
            min(datetime.combine(day, time(23, 59), VIETNAM), self.at) if day <= local_date(self.at) else None
        )
        if happened_at is None:
            raise DomainError("Ngày này chưa đến. Hãy kiểm tra lại.", field="day")
        carrying.note_by_hand(
            meaning=meaning, words=words, happened_at=happened_at, key=key or new_id(), **by_whom
        )


class PostList(PostPage):
    """Bảng kê giao nhận bưu gửi, to print."""

    def get(self, request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
        made = (
            HandOver.objects.filter(agency__in=self.access.agencies(Permission.RETURN), pk=hand_over_id)
            .select_related("agency", "carrier", "made_by")
            .first()
        )
        if made is None:
            raise NoSuchShipment("Không có bảng kê này.")
        rows = list(made.shipments.select_related("dossier", "receiver").order_by("code"))
        return self.render(
            "counter/post/list.html",
            made=made,
            rows=rows,
            unit=place_of_unit(made.agency, local_date(made.made_at)),
            weight=sum(one.weight for one in rows),
            price=sum(one.price for one in rows),
            cod=sum(one.cod for one in rows),
        )


class Punctual(PostPage):
    """Bưu chính đúng hẹn: by carrier and month of hand-over; each figure opens its parcels."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = local_date(self.at)
        wanted = Reader(request.GET).day("thang")
        if wanted is not None:
            return self.parcels(wanted.replace(day=1), today)
        first = today.replace(day=1)
        for _month in range(MONTHS - 1):
            first = (first - timedelta(days=1)).replace(day=1)
        found = self.seen().handed_in(first, following(today.replace(day=1)))
        groups: dict[tuple[date, str, UUID], list[tuple[date, date | None]]] = defaultdict(list)
        rows = found.values_list("carrier", "carrier__name", "handed_at", "promised_on", "delivered_at")
        for carrier, name, handed_at, promised_on, delivered_at in rows.iterator():
            if handed_at is None or promised_on is None:
                continue
            month = local_date(handed_at).replace(day=1)
            groups[month, name, carrier].append(
                (promised_on, local_date(delivered_at) if delivered_at else None)
            )
        counted = [
            (month, name, carrier, count(parcels, today))
            for (month, name, carrier), parcels in groups.items()
        ]
        return self.render(
            "counter/post/punctual.html", rows=sorted(counted, key=lambda row: (row[0], row[1]), reverse=True)
        )

    def parcels(self, month: date, today: date) -> HttpResponse:
        found = self.seen().handed_in(month, following(month)).with_names()
        carrier = as_key(self.request.GET.get("don-vi", ""))
        if carrier is not None:
            found = found.filter(carrier=carrier)
        wanted = self.request.GET.get("muc", "")
        rows = [
            (one, judged)
            for one in found.order_by("handed_at", "id")
            if (
                judged := outcome(
                    one.promised_on or today,
                    local_date(one.delivered_at) if one.delivered_at else None,
                    today,
                )
            )
            and wanted in {"", judged}
        ]
        return self.render("counter/post/parcels.html", month=month, rows=rows)


def following(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=32)).replace(day=1)
