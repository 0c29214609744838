"""Gửi bưu chính: where a result is to go, and by which carrier; chosen in the draft, kept in the filing."""

from __future__ import annotations

from django.db import models

LONGEST_PLACE = 300
BY_POST = ("return_province", "return_ward", "carrier", "postage")  # beside the address


class SentByPost(models.Model):
    """Nơi nhận và đơn vị bưu chính; `postage`: what its owner was told, in đồng."""

    return_address = models.CharField("địa chỉ nhận", max_length=LONGEST_PLACE, blank=True)
    return_province = models.CharField("mã tỉnh nơi nhận", max_length=2, blank=True)
    return_ward = models.CharField("mã xã nơi nhận", max_length=5, blank=True)
    carrier = models.ForeignKey(
        "postal.Carrier", models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="đơn vị bưu chính đã chọn",
    )  # fmt: skip
    postage = models.PositiveIntegerField("cước đã báo (đồng)", null=True)

    class Meta:
        abstract = True
