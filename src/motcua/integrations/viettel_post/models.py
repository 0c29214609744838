"""What the simulator remembers; empty where it is not used."""

from __future__ import annotations

from django.db import models


class SimulatedWord(models.Model):
    """Tin hành trình mô phỏng: what the make-believe Viettel Post will call us with, when, and with which fault."""

    class Fault(models.TextChoices):
        NONE = "", "Đúng"
        TWICE = "TWICE", "Báo hai lần"
        TOKEN = "TOKEN", "Sai mã bí mật"
        AMOUNT = "AMOUNT", "Sai tiền thu hộ"

    number = models.CharField("mã vận đơn", max_length=60)
    reference = models.CharField("mã bưu gửi", max_length=60)
    money = models.PositiveIntegerField("thu hộ (đồng)", default=0)
    status = models.CharField("mã trạng thái", max_length=10)
    words = models.CharField("nội dung", max_length=200)
    fault = models.CharField("lỗi", max_length=6, choices=Fault, blank=True)
    happened_at = models.DateTimeField("xảy ra lúc")
    due_at = models.DateTimeField("báo từ lúc")
    sent_at = models.DateTimeField("đã báo lúc", null=True)

    class Meta:
        verbose_name = "tin hành trình mô phỏng"
        constraints = [
            models.UniqueConstraint(
                fields=["number", "status", "happened_at"], name="a_simulated_word_happens_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(sent_at__isnull=True), name="simulated_words_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.words}"
