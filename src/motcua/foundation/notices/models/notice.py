"""Thông báo: one message to one person through one channel."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.foundation.notices.querysets import NoticeQuerySet
from motcua.foundation.org.models import Agency


class Notice(models.Model):
    """Thông báo: the text as it was sent, to which address, and what became of it. The number of the matter is in it.

    `subject_id` is no foreign key: what people are told about stands on floors above.
    """

    class Channel(models.TextChoices):
        PORTAL = "PORTAL", "Trang tra cứu"
        EMAIL = "EMAIL", "Thư điện tử"
        SMS = "SMS", "Tin nhắn SMS"
        ZALO = "ZALO", "Zalo"

    class State(models.TextChoices):
        WAITING = "WAITING", "Chờ hết giờ yên lặng"
        QUEUED = "QUEUED", "Đang chờ gửi"
        SENT = "SENT", "Đã gửi"
        DELIVERED = "DELIVERED", "Đã đến máy"
        FAILED = "FAILED", "Gửi không được"
        UNCONNECTED = "UNCONNECTED", "Kênh chưa kết nối"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_id = models.UUIDField("về việc")
    code = models.CharField("mã số", max_length=64)
    kind = models.CharField("loại", max_length=30)
    channel = models.CharField("kênh", max_length=6, choices=Channel.choices)
    recipient = models.CharField("người nhận", max_length=250)
    address = models.CharField("địa chỉ nhận", max_length=254, blank=True)
    title = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("nội dung")
    state = models.CharField("tình trạng", max_length=11, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("số lần gửi", default=0)
    last_error = models.CharField("lỗi lần cuối", max_length=500, blank=True)
    queued_at = models.DateTimeField("lập lúc")
    queued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    sent_at = models.DateTimeField("gửi lúc", null=True)
    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name="cơ quan chi tiền", null=True, related_name="+", db_index=False
    )
    cost = models.PositiveIntegerField("chi phí (đồng)", default=0)
    not_before = models.DateTimeField("không gửi trước", null=True)
    gateway_code = models.CharField("mã mẫu ở nhà cung cấp", max_length=60, blank=True)
    reference = models.CharField("mã tin ở nhà cung cấp", max_length=100, blank=True)
    next_ways = models.JSONField("kênh thay thế", default=list)
    instead_of = models.OneToOneField(
        "self", models.PROTECT, verbose_name="gửi thay cho", null=True, related_name="followed_by"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "thông báo"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="SENT") | Q(sent_at__isnull=False), name="a_notice_sent_says_since_when"
            ),
            models.CheckConstraint(
                condition=Q(channel="PORTAL") | ~Q(address=""), name="a_notice_has_an_address"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id", "id"], name="notice_of_subject"),
            models.Index(fields=["id"], condition=Q(state="FAILED"), name="notice_failed"),
            models.Index(fields=["not_before"], condition=Q(state="WAITING"), name="notice_waiting"),
            models.Index(fields=["queued_at"], condition=Q(cost__gt=0), name="notice_paid_for"),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="notice_of_gateway"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    @property
    def may_be_resent(self) -> bool:
        """What may still arrive, or has, is not sent a second time; nor what another channel has taken over."""
        return self.state in {self.State.SENT, self.State.FAILED, self.State.UNCONNECTED} and (
            self.channel != self.Channel.PORTAL
        )

    @property
    def masked_address(self) -> str:
        """Enough of the address to recognise it."""
        name, at_sign, host = self.address.partition("@")
        if at_sign:
            return f"{name[:2]}…@{host}"
        return f"…{self.address[-4:]}" if self.address else ""


class NoticeTrace(models.Model):
    """Nhật ký gửi: each thing that became of a notice, when, and why it did not arrive."""

    notice = models.ForeignKey(Notice, models.CASCADE, verbose_name="thông báo", related_name="traces")
    state = models.CharField("tình trạng", max_length=11, choices=Notice.State.choices)
    reason = models.CharField("vì sao", max_length=500, blank=True)
    cost = models.PositiveIntegerField("chi phí (đồng)", default=0)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "dòng nhật ký gửi"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, {self.at:%H:%M %d/%m/%Y}"
