"""The facts of the post: carriers and what they promise, their codes of places, parcels, and what was told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.org.querysets import DatedQuerySet
from motcua.service.postal.querysets import ShipmentQuerySet
from motcua.service.postal.states import LIVE, Direction, Meaning, Otherwise, ShipmentState

LONGEST_PLACE = 300


def choices(labelled: type) -> list[tuple[str, str]]:
    return [(one.value, one.label) for one in labelled]  # type: ignore[attr-defined]


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name
    )


class Carrier(models.Model):
    """Đơn vị bưu chính: who carries, by which contract, what it promises. Without a dialect all is done by hand.

    `details` holds what its contract asks for (address, customer code, service); secrets never stand here.
    """

    class PriceWay(models.TextChoices):
        TABLE = "TABLE", "Theo bảng giá"
        ASKED = "ASKED", "Hỏi đơn vị bưu chính"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("mã", max_length=20, unique=True)
    name = models.CharField("tên", max_length=150)
    dialect = models.CharField("cách nối", max_length=20, blank=True)
    details = models.JSONField("thông số nối", default=dict, blank=True)
    secret_name = models.CharField("tên khóa", max_length=40, blank=True)
    price_way = models.CharField("cách tính giá", max_length=5, choices=PriceWay, default=PriceWay.TABLE)
    is_on = models.BooleanField("đang dùng", default=True)
    promise_days = models.PositiveSmallIntegerField("số ngày hẹn phát")
    decide_within_days = models.PositiveSmallIntegerField("số ngày để quyết định khi phát không thành công")
    most_tries = models.PositiveSmallIntegerField("số lần phát nhiều nhất")
    otherwise = models.CharField("quá hạn quyết định thì", max_length=6, choices=choices(Otherwise))
    tracked_to = models.CharField("tin cuối đã nhận", max_length=60, blank=True)
    tracked_at = models.DateTimeField("hỏi tin lúc", null=True)
    trouble = models.CharField("trục trặc khi hỏi tin", max_length=300, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị bưu chính"
        constraints = [ends_after_it_starts("a_carrier_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.name


class PostalPrice(models.Model):
    """Giá cước: of one carrier up to a weight, within the province or to another, from a day on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="prices", db_index=False)
    is_local = models.BooleanField("trong tỉnh")
    up_to_grams = models.PositiveIntegerField("đến (gam)")
    amount = models.PositiveIntegerField("giá (đồng)")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "giá cước bưu chính"
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "is_local", "up_to_grams", "valid_from"],
                name="one_price_per_weight_and_day",
            ),
            ends_after_it_starts("a_postal_price_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.up_to_grams} g: {self.amount} đồng"


class CarrierStatus(models.Model):
    """Mã trạng thái của bưu chính: what a status of one carrier means from a day on; goes before what its contract says."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="statuses", db_index=False)
    status = models.CharField("mã của bưu chính", max_length=40)
    meaning = models.CharField("ý nghĩa", max_length=10, choices=choices(Meaning))
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "mã trạng thái của bưu chính"
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "status", "valid_from"], name="one_meaning_per_status_and_day"
            ),
            ends_after_it_starts("a_carrier_status_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.status}: {self.get_meaning_display()}"


class AddressCode(models.Model):
    """Mã địa chỉ của đơn vị bưu chính: our commune or province (no commune) in the carrier's own codes, dated."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="address_codes", db_index=False)
    province_code = models.CharField("mã tỉnh", max_length=2)
    ward_code = models.CharField("mã xã", max_length=5, blank=True)
    their_province = models.CharField("mã tỉnh của bưu chính", max_length=20)
    their_district = models.CharField("mã huyện của bưu chính", max_length=20, blank=True)
    their_ward = models.CharField("mã xã của bưu chính", max_length=20, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "mã địa chỉ bưu chính"
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "province_code", "ward_code", "valid_from"],
                name="one_code_per_place_and_day",
            ),
            ends_after_it_starts("an_address_code_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.ward_code or self.province_code} → {self.their_province}/{self.their_district}"


class PostalAddress(models.Model):
    """Địa chỉ trên bưu gửi: as it was written when ordered; of 2025, the old district only where it helps the post."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField("họ tên", max_length=250)
    phone = models.CharField("điện thoại", max_length=20)
    address = models.CharField("địa chỉ", max_length=400)
    province_code = models.CharField("mã tỉnh", max_length=2, blank=True)
    ward_code = models.CharField("mã xã", max_length=5, blank=True)
    old_district = models.CharField("huyện cũ", max_length=100, blank=True)

    class Meta:
        verbose_name = "địa chỉ bưu gửi"

    def __str__(self) -> str:
        return f"{self.name}, {self.address}"


@dataclass(frozen=True)
class Wish:
    """Nơi giao và đơn vị bưu chính; `postage`: what was told, in đồng."""

    address: str
    province_code: str
    ward_code: str
    carrier: Carrier
    postage: int


class PostalChoice(models.Model):
    """Lựa chọn bưu chính của hồ sơ: where its result goes and by whom, said at the counter or later; `postage`: as told.

    What was chosen in an on-line filing stands in the filing; this goes before it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.OneToOneField("dossiers.Dossier", models.PROTECT, related_name="postal_choice")
    address = models.CharField("địa chỉ nhận", max_length=LONGEST_PLACE)
    province_code = models.CharField("mã tỉnh nơi nhận", max_length=2, blank=True)
    ward_code = models.CharField("mã xã nơi nhận", max_length=5, blank=True)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+", db_index=False)
    postage = models.PositiveIntegerField("cước đã báo (đồng)")
    chosen_at = models.DateTimeField("chọn lúc")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    account_id = models.UUIDField("tài khoản công dân", null=True)

    class Meta:
        verbose_name = "lựa chọn bưu chính"

    def __str__(self) -> str:
        return f"{self.carrier_id}: {self.address}"


class HandOver(models.Model):
    """Bảng kê giao nhận bưu gửi: numbered without gaps in the year of each unit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("org.Agency", models.PROTECT, related_name="+", db_index=False)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("năm")
    number = models.PositiveIntegerField("số")
    postman = models.CharField("người nhận của bưu chính", max_length=150, blank=True)
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = "bảng kê giao nhận bưu gửi"
        constraints = [
            models.UniqueConstraint(fields=["agency", "year", "number"], name="one_postal_list_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"


class Shipment(models.Model):
    """Bưu gửi: papers fetched from the applicant, a result or a copy on its way. `code` is our number at the carrier."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("mã bưu gửi", max_length=30, unique=True)
    key = models.UUIDField("khóa của lần đặt", unique=True)  # a form sent twice orders once
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="shipments")
    agency = models.ForeignKey("org.Agency", models.PROTECT, related_name="+", db_index=False)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="shipments", db_index=False)
    direction = models.CharField("chiều", max_length=7, choices=choices(Direction))
    sender = models.ForeignKey(PostalAddress, models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(PostalAddress, models.PROTECT, related_name="+", db_index=False)
    weight = models.PositiveIntegerField("khối lượng (gam)")
    price = models.PositiveIntegerField("giá cước (đồng)")
    cod = models.PositiveIntegerField("thu hộ khi phát (đồng)", default=0)
    state = models.CharField("trạng thái", max_length=12, choices=choices(ShipmentState))
    carrier_code = models.CharField("mã của bưu chính", max_length=60, blank=True)
    trouble = models.CharField("trục trặc khi gửi lệnh", max_length=300, blank=True)
    ordered_at = models.DateTimeField("đặt lúc")
    ordered_by = models.ForeignKey(  # None: by the citizen, on the portal
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    placed_at = models.DateTimeField("bưu chính nhận lệnh lúc", null=True)
    hand_over = models.ForeignKey(HandOver, models.PROTECT, null=True, related_name="shipments")
    handed_at = models.DateTimeField("giao bưu chính lúc", null=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    moved_at = models.DateTimeField("trạng thái này từ lúc", null=True)  # an earlier word is late
    doubt = models.CharField("điều cần hỏi bưu chính", max_length=300, blank=True)
    asked_at = models.DateTimeField("hỏi lại bưu chính lúc", null=True)
    promised_on = models.DateField("bưu chính hẹn phát", null=True)
    tries = models.PositiveSmallIntegerField("số lần phát không thành công", default=0)
    decide_by = models.DateField("quyết định trước", null=True)
    delivered_at = models.DateTimeField("phát lúc", null=True)
    closed_at = models.DateTimeField("ghi trả kết quả lúc", null=True)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = "bưu gửi"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "direction"],
                condition=Q(state__in=sorted(LIVE)) & ~Q(direction="COPY"),  # of copies, one for each order
                name="one_live_parcel_each_way",
            ),
            models.CheckConstraint(condition=Q(weight__gt=0), name="a_parcel_weighs_something"),
            models.CheckConstraint(
                condition=~Q(state="DELIVERED") | Q(delivered_at__isnull=False),
                name="delivered_at_some_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "state", "ordered_at", "id"], name="parcel_by_unit"),
            models.Index(fields=["carrier", "handed_at"], name="parcel_by_carrier"),
            models.Index(
                fields=["carrier", "carrier_code"], condition=~Q(carrier_code=""), name="parcel_by_their_code"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def may_try_again(self) -> bool:
        """Còn được phát lại: the carrier's contract bounds the tries."""
        return self.tries < self.carrier.most_tries

    def is_undecided(self, today: date) -> bool:
        """Quá hạn quyết định."""
        return self.state == ShipmentState.FAILED and self.decide_by is not None and today > self.decide_by


class ShipmentEvent(models.Model):
    """Tin bưu chính: what the carrier told of a parcel, each of its ids once; `has_moved`: whether the state followed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="events", db_index=False)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+", db_index=False)
    outside_id = models.CharField("mã tin", max_length=80)
    status = models.CharField("mã trạng thái của bưu chính", max_length=40, blank=True)
    meaning = models.CharField("ý nghĩa", max_length=10, choices=choices(Meaning))
    words = models.CharField("nội dung", max_length=300, blank=True)
    happened_at = models.DateTimeField("xảy ra lúc")
    told_at = models.DateTimeField("nhận tin lúc")
    has_moved = models.BooleanField("đã đổi trạng thái")
    doubt = models.CharField("vì sao không theo", max_length=300, blank=True)

    class Meta:
        verbose_name = "tin bưu chính"
        constraints = [models.UniqueConstraint(fields=["carrier", "outside_id"], name="a_carrier_tells_once")]
        indexes = [
            models.Index(fields=["shipment", "happened_at"], name="told_of_parcel"),
            models.Index(
                fields=["carrier", "status"], condition=Q(meaning="UNKNOWN"), name="told_not_understood"
            ),
        ]

    def __str__(self) -> str:
        return self.words or self.in_words()

    def in_words(self) -> str:
        """Nghĩa bằng lời; of a status that nobody has explained its number."""
        label = str(self.get_meaning_display())
        return f"{label}, mã {self.status}" if self.meaning == Meaning.UNKNOWN and self.status else label
