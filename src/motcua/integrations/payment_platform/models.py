"""What the simulator remembers; empty where it is not used."""

from __future__ import annotations

from django.db import models

from motcua.core.ids import new_id


class SimulatedOrder(models.Model):
    """Lệnh thanh toán mô phỏng: what the make-believe platform was asked to collect, and what it knows of the money."""

    class State(models.TextChoices):
        WAITING = "WAITING", "Chưa trả"
        PAID = "PAID", "Đã trừ tiền"
        FAILED = "FAILED", "Không trả được"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("payments.PaymentChannel", models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField("mã tham chiếu", max_length=100, unique=True)
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    words = models.CharField("nội dung", max_length=300, blank=True)
    return_url = models.CharField("quay về", max_length=2000)
    callback_url = models.CharField("gọi về", max_length=2000)
    state = models.CharField("trạng thái", max_length=7, choices=State.choices, default=State.WAITING)
    transaction = models.CharField("mã giao dịch", max_length=40, blank=True)
    refunded = models.PositiveBigIntegerField("đã hoàn (đồng)", default=0)
    callbacks = models.PositiveSmallIntegerField("số lần đã gọi về", default=0)
    created_at = models.DateTimeField("nhận lúc", auto_now_add=True)

    class Meta:
        verbose_name = "lệnh thanh toán mô phỏng"

    def __str__(self) -> str:
        return self.reference
