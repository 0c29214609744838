"""Gửi bưu chính: where a result is to go, and by which carrier; chosen in the draft, kept in the filing."""

from __future__ import annotations

from django.db import models

from motcua.core.text import tidy
from motcua.service.postal.models import LONGEST_PLACE, Wish

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

    @property
    def wish(self) -> Wish | None:
        """Lựa chọn bưu chính; None: no carrier was chosen."""
        if self.carrier is None:
            return None
        return Wish(
            self.return_address, self.return_province, self.return_ward, self.carrier, self.postage or 0
        )

    def wish_for(self, wish: Wish | None) -> None:
        """Đặt lựa chọn; None: no carrier, the address stays."""
        if wish is None:
            self.return_province, self.return_ward, self.carrier, self.postage = "", "", None, None
            return
        self.return_address, self.return_province = tidy(wish.address)[:LONGEST_PLACE], wish.province_code
        self.return_ward, self.carrier, self.postage = wish.ward_code, wish.carrier, wish.postage
