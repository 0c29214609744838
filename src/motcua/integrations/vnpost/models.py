"""What the simulator remembers; empty where it is not used."""

from __future__ import annotations

from django.db import models


class SimulatedPost(models.Model):
    """Tin bưu chính mô phỏng: what the make-believe post will tell of an order, and from when on."""

    order_number = models.CharField("mã bưu gửi", max_length=60)
    status = models.CharField("mã trạng thái", max_length=10)
    words = models.CharField("nội dung", max_length=200)
    due_at = models.DateTimeField("báo từ lúc")

    class Meta:
        verbose_name = "tin bưu chính mô phỏng"
        constraints = [
            models.UniqueConstraint(fields=["order_number", "status"], name="a_simulated_post_tells_once")
        ]

    def __str__(self) -> str:
        return f"{self.order_number}: {self.words}"
