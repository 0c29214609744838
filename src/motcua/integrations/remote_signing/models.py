"""Who signs for citizens, as data with dates; and what the simulator remembers, empty where it is not used."""

from __future__ import annotations

import re
from datetime import date
from typing import Self
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.foundation.org.querysets import valid_on

SECRET_NAME = re.compile(
    r"MOTCUA_REMOTE_SIGNING_[A-Z0-9_]{1,60}"
)  # names of secrets that a provider may be given
SIMULATOR = "/mo-phong/ky-so-tu-xa"


class SigningProviderQuerySet(models.QuerySet["SigningProvider"]):
    """Nhà cung cấp ký số từ xa."""

    def offered_on(self, day: date) -> Self:
        """Đang mở; the simulated one only where simulators run."""
        found = self.filter(valid_on(day))
        return found if settings.SIMULATORS else found.filter(is_simulated=False)


class SigningProvider(models.Model):
    """Nhà cung cấp ký số từ xa: a trust service with which citizens hold a key, and what it knows them by.

    An address that begins with "/" is of this very site: the simulator's. The token stands in the environment variable
    `secret_name`.
    """

    class Account(models.TextChoices):
        NUMBER = "NUMBER", "Số định danh hoặc mã số thuế, điền sẵn"
        OTHER = "OTHER", "Mã tài khoản riêng, người ký tự nhập"

    code = models.SlugField("mã", max_length=40, primary_key=True)
    name = models.CharField("tên gọi", max_length=120)
    hint = models.CharField("lời giới thiệu", max_length=200, blank=True)
    address = models.CharField("địa chỉ dịch vụ", max_length=300)
    secret_name = models.CharField("biến môi trường giữ mã truy cập", max_length=80, blank=True)
    account = models.CharField(
        "người dùng xưng bằng", max_length=6, choices=Account.choices, default=Account.NUMBER
    )
    asks = models.CharField("tên gọi của mã ấy", max_length=80, default="Số định danh cá nhân")
    is_simulated = models.BooleanField("mô phỏng", default=False)
    position = models.PositiveSmallIntegerField("thứ tự", default=1)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = SigningProviderQuerySet.as_manager()

    class Meta:
        verbose_name = "nhà cung cấp ký số từ xa"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_simulated=True, address=SIMULATOR)
                | Q(is_simulated=False, address__startswith="https://"),
                name="a_signing_provider_is_reached_safely",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="a_signing_provider_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def uid(self) -> UUID:
        """Khóa nhật ký: the code as a key."""
        return uuid5(NAMESPACE_URL, f"signing-provider:{self.code}")


class SimulatedPush(models.Model):
    """Yêu cầu ký trên điện thoại mô phỏng: for which key and digest, and what its holder has said."""

    class Said(models.TextChoices):
        NOTHING = "NOTHING", "Chưa trả lời"
        YES = "YES", "Đồng ý"
        NO = "NO", "Từ chối"
        OTHER = "OTHER", "Ký nhầm nội dung khác"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    credential = models.CharField("mã chứng thư", max_length=200)
    digest = models.CharField("mã băm", max_length=100)
    words = models.CharField("nội dung", max_length=200, blank=True)
    said = models.CharField("trả lời", max_length=7, choices=Said.choices, default=Said.NOTHING)
    asked_at = models.DateTimeField("nhận lúc", auto_now_add=True)

    class Meta:
        verbose_name = "yêu cầu ký trên điện thoại mô phỏng"

    def __str__(self) -> str:
        return f"{self.credential}: {self.get_said_display()}"
