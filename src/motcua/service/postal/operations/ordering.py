"""Đặt bưu gửi: price, order, cancel; the carrier is told after the commit, by the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local, local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.service.dossiers.models import Dossier
from motcua.service.postal.carriers import CarrierTrouble, dialect_of
from motcua.service.postal.events import ShipmentCancelled, ShipmentOrdered
from motcua.service.postal.models import AddressCode, Carrier, PostalAddress, PostalPrice, Shipment
from motcua.service.postal.possible import why_not
from motcua.service.postal.states import CANCEL, Direction, ShipmentState

LETTER = 200  # grams: some sheets in an envelope; the post weighs what it fetches
HEAVIEST = 30_000  # grams: beyond it no paper goes as one parcel


@dataclass(frozen=True)
class Place:
    """Một đầu của bưu gửi."""

    name: str
    phone: str
    address: str
    province_code: str = ""
    ward_code: str = ""
    old_district: str = ""


class NoAddressCode(DomainError):
    """Chưa có mã địa chỉ."""


def code_of(carrier: Carrier, province_code: str, ward_code: str, on: date, field: str = "") -> AddressCode:
    """Mã của bưu chính cho một nơi: of the commune, else of its province. Raises NoAddressCode."""
    known = AddressCode.objects.valid_on(on).filter(
        carrier=carrier, province_code=province_code, ward_code__in=["", ward_code]
    )
    found: AddressCode | None = known.order_by("-ward_code", "-valid_from").first()
    if found is None:
        raise NoAddressCode(
            f"{carrier.name} chưa có mã cho nơi này. Hãy chọn đơn vị khác, hoặc báo quản trị nạp thêm mã địa chỉ.",
            field=field,
        )
    return found


def quote(*, carrier: Carrier, sender: Place, receiver: Place, weight: int, on: date, cod: int = 0) -> int:
    """Giá cước: by the table, or as the carrier says now. Raises DomainError: no price, no code, no answer.

    To collect `cod` may cost more, with who says the price itself.
    """
    if carrier.price_way == Carrier.PriceWay.ASKED:
        dialect = dialect_of(carrier)
        if dialect is None:
            raise DomainError(f"{carrier.name} chưa được nối nên không hỏi được giá.", field="carrier")
        ours = code_of(carrier, sender.province_code, sender.ward_code, on, field="carrier")
        theirs = code_of(carrier, receiver.province_code, receiver.ward_code, on, field="province_code")
        try:
            return dialect.price(ours, theirs, weight, cod)
        except CarrierTrouble as trouble:
            raise DomainError(
                f"{carrier.name} chưa trả lời giá. Hãy thử lại sau ít phút hoặc chọn đơn vị khác.",
                field="carrier",
            ) from trouble
    is_local = bool(sender.province_code) and sender.province_code == receiver.province_code
    priced = PostalPrice.objects.valid_on(on).filter(
        carrier=carrier, is_local=is_local, up_to_grams__gte=weight
    )
    found = priced.order_by("up_to_grams", "-valid_from").first()
    if found is None:
        raise DomainError(f"Bảng giá của {carrier.name} không có mức cho khối lượng này.", field="weight")
    return int(found.amount)


def check_places(sender: Place, receiver: Place, weight: int, cod: int, prefix: str = "") -> None:
    """Raises InvalidInput, each sentence beside its field; both ends are checked, the typed one is the applicant's."""
    wrong = {}
    for end in (sender, receiver):
        if not tidy(end.name):
            wrong["name"] = "Hãy ghi họ tên."
        if sum(letter.isdigit() for letter in end.phone) < 9:
            wrong["phone"] = "Hãy ghi số điện thoại để bưu tá liên hệ."
        if len(tidy(end.address)) < 5:
            wrong["address"] = "Hãy ghi địa chỉ đủ để bưu tá tìm được."
    if not 0 < weight <= HEAVIEST:
        wrong["weight"] = f"Khối lượng từ 1 đến {HEAVIEST} gam."
    if cod < 0:
        wrong["cod"] = "Số tiền thu hộ không thể âm."
    if wrong:
        raise InvalidInput({f"{prefix}{name}": sentence for name, sentence in wrong.items()})


@transaction.atomic
def order(
    *,
    key: UUID,
    dossier_id: UUID,
    direction: str,
    carrier_id: UUID,
    sender: Place,
    receiver: Place,
    weight: int,
    price: int,
    cod: int = 0,
    by: User | None,
    at: datetime,
    account_id: UUID | None = None,
) -> Shipment:
    """Đặt bưu gửi. The same `key` again is the same parcel. Raises Forbidden, InvalidInput, DomainError.

    `by` None: its owner orders it on the portal, who has been let in there.
    """
    dossier = Dossier.objects.lock(dossier_id)
    if by is not None:
        access_of(by, at).require(Permission.RETURN, dossier.reception_agency_id)
    if known := Shipment.objects.filter(key=key).first():
        return known
    check_places(sender, receiver, weight, cod)
    carrier = Carrier.objects.valid_on(local_date(at)).filter(pk=carrier_id, is_on=True).first()
    if carrier is None:
        raise DomainError("Đơn vị bưu chính này không còn dùng. Hãy chọn đơn vị khác.", field="carrier")
    if refusal := why_not(dossier, direction):
        raise DomainError(refusal)
    ends = [PostalAddress.objects.create(**_written(place)) for place in (sender, receiver)]
    year = local(at).year
    shipment = Shipment.objects.create(
        code=f"BC{year}{next_number(f'shipment:{year}'):07d}", key=key, dossier=dossier, carrier=carrier,
        agency_id=dossier.reception_agency_id, direction=Direction(direction), sender=ends[0], receiver=ends[1],
        weight=weight, price=price, cod=cod, state=ShipmentState.ORDERED, ordered_at=at, ordered_by=by,
    )  # fmt: skip
    events.record(
        ShipmentOrdered(
            subject_id=shipment.pk, actor_id=by.pk if by else account_id, at=at, code=shipment.code,
            dossier=dossier.pk, carrier=carrier.pk,
            direction=str(shipment.direction), price=price, cod=cod,
        )
    )  # fmt: skip
    return shipment


@transaction.atomic
def cancel(*, shipment_id: UUID, reason: str, by: User, at: datetime) -> Shipment:
    """Hủy bưu gửi chưa giao. Raises NoSuchShipment, Forbidden, IllegalShipmentMove, InvalidInput."""
    shipment = Shipment.objects.lock(shipment_id)
    access_of(by, at).require(Permission.RETURN, shipment.agency_id)
    if not tidy(reason):
        raise InvalidInput({"reason": "Hãy ghi lý do hủy."})
    shipment.state = CANCEL.apply(shipment.code, shipment.state)
    shipment.save(update_fields=["state"])
    events.record(ShipmentCancelled(subject_id=shipment.pk, actor_id=by.pk, at=at, reason=tidy(reason)[:300]))
    return shipment


def _written(place: Place) -> dict[str, str]:
    return {
        "name": tidy(place.name)[:250], "phone": tidy(place.phone)[:20], "address": tidy(place.address)[:400],
        "province_code": place.province_code, "ward_code": place.ward_code,
        "old_district": tidy(place.old_district)[:100],
    }  # fmt: skip
