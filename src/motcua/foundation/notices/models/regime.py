"""Quy tắc thông báo, as dated data: order of channels, quiet hours, prices, caps, wordings; and what people do not want."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.foundation.identity.models import Applicant
from motcua.foundation.notices.models.notice import Notice
from motcua.foundation.notices.querysets import InForceQuerySet
from motcua.foundation.org.models import Agency

PAID = [
    (Notice.Channel.EMAIL, "Thư điện tử"),
    (Notice.Channel.SMS, "Tin nhắn SMS"),
    (Notice.Channel.ZALO, "Zalo"),
]


class Dated(models.Model):
    """Dữ liệu có ngày bắt đầu, with a key of its own in the ledger."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    objects = InForceQuerySet.as_manager()

    class Meta:
        abstract = True


class NoticeRule(Dated):
    """Quy tắc gửi: by which channels, the first that works, a kind of notice goes. Kind "" stands for all others.

    `is_urgent`: neither quiet hours nor the cap hold it back. `is_obligatory`: nobody can refuse it.
    """

    kind = models.CharField("loại", max_length=30, blank=True)
    name = models.CharField("tên gọi", max_length=120)
    channels = models.JSONField("thứ tự kênh", default=list)
    is_urgent = models.BooleanField("gấp", default=False)
    is_obligatory = models.BooleanField("bắt buộc", default=False)
    valid_from = models.DateField("từ ngày")

    class Meta:
        verbose_name = "quy tắc gửi thông báo"
        constraints = [
            models.UniqueConstraint(fields=["kind", "valid_from"], name="one_rule_per_kind_and_day")
        ]

    def __str__(self) -> str:
        return self.name


class QuietHours(Dated):
    """Giờ yên lặng: when nothing that rings is sent, unless it is urgent."""

    starts_at = models.TimeField("từ giờ")
    ends_at = models.TimeField("đến giờ")
    valid_from = models.DateField("từ ngày", unique=True)

    class Meta:
        verbose_name = "giờ yên lặng"

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


class NoticePrice(Dated):
    """Giá mỗi tin: in đồng; of SMS each segment is a message."""

    channel = models.CharField("kênh", max_length=6, choices=PAID)
    amount = models.PositiveIntegerField("giá (đồng)")
    valid_from = models.DateField("từ ngày")

    class Meta:
        verbose_name = "giá mỗi tin"
        constraints = [
            models.UniqueConstraint(fields=["channel", "valid_from"], name="one_price_per_channel_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.amount}"


class NoticeCap(Dated):
    """Mức chi tháng: of one agency, or of the province (`agency` none). `told_for`: the month that was told of."""

    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name="cơ quan", null=True, blank=True, related_name="+"
    )
    amount = models.PositiveBigIntegerField("mức chi (đồng)", validators=[MinValueValidator(1)])
    warn_email = models.EmailField("báo cho", blank=True)
    valid_from = models.DateField("từ ngày")
    told_for = models.DateField("đã báo của tháng", null=True, blank=True)

    class Meta:
        verbose_name = "mức chi tháng"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "valid_from"], nulls_distinct=False, name="one_cap_per_agency_and_day"
            )
        ]

    def __str__(self) -> str:
        return self.agency.name if self.agency else "Toàn tỉnh"


class NoticeTemplate(Dated):
    """Mẫu lời: what is sent by one channel of one kind ("" stands for all others). The place of the code is in it.

    `gateway_code`: the template that the gateway knows, where it sends only those (Zalo).
    """

    kind = models.CharField("loại", max_length=30, blank=True)
    channel = models.CharField("kênh", max_length=6, choices=PAID)
    text = models.TextField("lời")
    is_plain = models.BooleanField("không dấu", default=False)
    gateway_code = models.CharField("mã mẫu ở nhà cung cấp", max_length=60, blank=True)
    valid_from = models.DateField("từ ngày")

    class Meta:
        verbose_name = "mẫu lời thông báo"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "channel", "valid_from"], name="one_wording_per_kind_channel_and_day"
            ),
            models.CheckConstraint(condition=Q(text__contains="{ma_so}"), name="a_wording_names_the_code"),
        ]

    def __str__(self) -> str:
        return f"{self.kind or 'mọi loại'}, {self.get_channel_display()}"


class UnwantedNotice(models.Model):
    """Loại không nhận: a person does not want messages of this kind; what is obligatory comes nevertheless."""

    applicant = models.ForeignKey(Applicant, models.CASCADE, verbose_name="người nộp", related_name="+")
    kind = models.CharField("loại", max_length=30)
    since = models.DateTimeField("từ lúc")

    class Meta:
        verbose_name = "loại thông báo không nhận"
        constraints = [models.UniqueConstraint(fields=["applicant", "kind"], name="a_kind_is_refused_once")]

    def __str__(self) -> str:
        return self.kind
