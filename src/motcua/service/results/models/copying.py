"""Paper copies of an electronic result: each has an id of its own and is counted; and who has ordered one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.results.models.issuing import IssuedResult


class PaperCopy(models.Model):
    """Bản giấy của kết quả điện tử: printed from the electronic original by whom, when, where. Legal: ND30-2020 Đ25"""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    paper_id = models.CharField("mã bản giấy", max_length=16, unique=True)
    issued = models.ForeignKey(IssuedResult, models.PROTECT, related_name="copies")
    number = models.PositiveSmallIntegerField("bản thứ")
    agency = models.ForeignKey("org.Agency", models.PROTECT, related_name="+", verbose_name="in tại")
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="người in"
    )
    printed_at = models.DateTimeField("in lúc")
    payload = models.CharField("nội dung mã QR", max_length=600, blank=True)

    class Meta:
        verbose_name = "bản giấy của kết quả điện tử"
        constraints = [
            models.UniqueConstraint(fields=["issued", "number"], name="paper_copies_are_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} ({self.number})"


class CopyOrderQuerySet(models.QuerySet["CopyOrder"]):
    """Hỏi về bản giấy được đặt."""

    def waiting(self) -> CopyOrderQuerySet:
        return self.filter(state=CopyOrder.State.ASKED)


class CopyOrder(models.Model):
    """Đặt bản giấy: the holder asks for a paper copy, to fetch at the counter or by post.

    `postage` and `fee` are what was shown before it was ordered. By post, its parcel is opened when it is printed;
    an order without a carrier was made before parcels were opened for paper copies.
    """

    class Way(models.TextChoices):
        COUNTER = "COUNTER", "Đến lấy tại Một cửa"
        POST = "POST", "Gửi bưu chính"

    class State(models.TextChoices):
        ASKED = "ASKED", "Chờ Một cửa in"
        READY = "READY", "Đã in"
        CANCELLED = "CANCELLED", "Đã thôi"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issued = models.ForeignKey(IssuedResult, models.PROTECT, related_name="copy_orders")
    agency = models.ForeignKey("org.Agency", models.PROTECT, related_name="+", verbose_name="nơi in")
    way = models.CharField("cách nhận", max_length=7, choices=Way.choices)
    name = models.CharField("người nhận", max_length=200)
    phone = models.CharField("điện thoại", max_length=40)
    address = models.CharField("địa chỉ", max_length=500, blank=True)
    province_code = models.CharField("mã tỉnh", max_length=2, blank=True)
    ward_code = models.CharField("mã xã", max_length=5, blank=True)
    carrier = models.ForeignKey(
        "postal.Carrier", models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="đơn vị bưu chính",
    )  # fmt: skip
    postage = models.PositiveIntegerField("cước đã báo (đồng)", null=True)
    fee = models.PositiveBigIntegerField("phí bản giấy đã báo (đồng)", default=0)
    dues = models.ManyToManyField("payments.Due", verbose_name="khoản phải nộp", related_name="+")
    parcel = models.OneToOneField(
        "postal.Shipment", models.PROTECT, null=True, related_name="copy_order", verbose_name="bưu gửi"
    )
    asked_by = models.UUIDField("tài khoản đặt")
    asked_at = models.DateTimeField("đặt lúc")
    state = models.CharField("trạng thái", max_length=9, choices=State.choices, default=State.ASKED)
    copy = models.OneToOneField(PaperCopy, models.PROTECT, null=True, related_name="order")
    ended_at = models.DateTimeField("xong lúc", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="công chức ngừng",
    )  # fmt: skip
    ended_because = models.CharField("vì sao ngừng", max_length=300, blank=True)

    objects: ClassVar[CopyOrderQuerySet] = CopyOrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "đặt bản giấy"
        constraints = [
            models.UniqueConstraint(
                fields=["issued"], condition=Q(state="ASKED"), name="one_waiting_order_of_a_paper_copy"
            ),
            models.CheckConstraint(
                condition=~Q(state="READY") | Q(copy__isnull=False), name="a_ready_order_has_its_copy"
            ),
            models.CheckConstraint(
                condition=~Q(way="POST") | ~Q(address=""), name="a_posted_copy_has_an_address"
            ),
            models.CheckConstraint(
                condition=Q(carrier=None, postage=None) | Q(way="POST", postage__isnull=False),
                name="a_carried_copy_has_its_postage",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(state="CANCELLED") & ~Q(ended_because=""),
                name="an_order_that_the_office_ends_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "asked_at"], condition=Q(state="ASKED"), name="copy_order_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issued_id}: {self.get_way_display()}"

    @property
    def unpaid(self) -> int:
        """Còn phải nộp phí bản giấy."""
        return self._owed("OPEN")

    @property
    def paid(self) -> int:
        """Đã nộp phí bản giấy, and not given back yet."""
        return self._owed("PAID")

    def _owed(self, state: str) -> int:
        return sum(due.amount for due in self.dues.all() if due.state == state)
