"""The facts of the ledger. Nothing here is ever changed by the application, besides the state of a delivery."""

from __future__ import annotations

from typing import Any, ClassVar, Never

from django.db import models
from django.db.models.functions import Now

from motcua.core.ids import new_id


class LineQuerySet(models.QuerySet["Line"]):
    def of(self, subject_id: Any) -> LineQuerySet:
        """Diễn biến: what happened to one subject, first to last."""
        return self.filter(subject_id=subject_id).order_by("number")

    def update(self, **values: Any) -> Never:
        raise TypeError("The ledger is append-only.")

    def delete(self) -> Never:
        raise TypeError("The ledger is append-only.")


class Line(models.Model):
    """Dòng nhật ký: one event of one subject, chained to the line before it.

    `number` counts from 1 within the subject; `hash` is an HMAC over the line and the hash before it, so that a
    change made behind the application's back is found by `motcua ledger verify`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_type = models.CharField("loại đối tượng", max_length=40)
    subject_id = models.UUIDField("đối tượng")
    number = models.PositiveIntegerField("số thứ tự")
    name = models.CharField("sự kiện", max_length=60)
    label = models.CharField("tên gọi", max_length=120)
    actor_id = models.UUIDField("người thực hiện", null=True)
    at = models.DateTimeField("lúc")
    recorded_at = models.DateTimeField("ghi lúc", db_default=Now())
    payload = models.JSONField("nội dung", default=dict)
    previous = models.CharField("mã dòng trước", max_length=64)
    hash = models.CharField("mã dòng", max_length=64)

    objects: ClassVar[models.Manager[Line]] = LineQuerySet.as_manager()

    class Meta:
        verbose_name = "dòng nhật ký"
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "number"], name="one_line_per_number_of_a_subject"),
        ]
        indexes = [models.Index(fields=["recorded_at"], name="ledger_line_by_recording")]

    def __str__(self) -> str:
        return f"{self.number}. {self.label}"

    def save(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("The ledger is written by ledger.writing.write only.")

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("The ledger is append-only.")


class Delivery(models.Model):
    """Việc sau giao dịch: one listener that must hear of one line; the outbox."""

    class State(models.TextChoices):
        PENDING = "PENDING", "Chờ chuyển"
        DONE = "DONE", "Đã chuyển"
        DEAD = "DEAD", "Không chuyển được"

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    subject_id = models.UUIDField("đối tượng")
    listener = models.CharField("nơi nhận", max_length=120)
    state = models.CharField("trạng thái", max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("số lần thử", default=0)
    next_at = models.DateTimeField("thử lại lúc", db_default=Now())
    last_error = models.TextField("lỗi gần nhất", blank=True)

    class Meta:
        verbose_name = "việc sau giao dịch"
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="PENDING"), name="delivery_due"),
            models.Index(
                fields=["subject_id", "listener", "id"],
                condition=models.Q(state="PENDING"),
                name="delivery_in_order",
            ),
            models.Index(fields=["id"], condition=models.Q(state="DEAD"), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.listener} ({self.get_state_display()})"


class Seal(models.Model):
    """Niêm phong ngày: how many lines one day recorded and a digest over them, so that a line taken away is missed."""

    day = models.DateField("ngày", primary_key=True)
    lines = models.PositiveIntegerField("số dòng")
    digest = models.CharField("mã niêm phong", max_length=64)

    class Meta:
        verbose_name = "niêm phong ngày"

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}: {self.lines} dòng"
