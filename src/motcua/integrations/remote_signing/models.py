"""What the simulator remembers; empty where it is not used."""

from __future__ import annotations

from django.db import models

from motcua.core.ids import new_id


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
