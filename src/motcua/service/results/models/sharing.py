"""What the holder of a result does with it: shares it for a time, asks that a mistake be mended."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.service.results.models.issuing import IssuedResult


class ResultShareQuerySet(models.QuerySet["ResultShare"]):
    """Hỏi về những lần chia sẻ."""

    def open_at(self, at: datetime) -> ResultShareQuerySet:
        return self.filter(ended_at=None, until__gt=at)


class ResultShare(models.Model):
    """Chia sẻ kết quả: the holder lets whoever has the link read one result until a moment, or until they end it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issued = models.ForeignKey(IssuedResult, models.PROTECT, related_name="shares")
    to_whom = models.CharField("chia sẻ cho", max_length=200)
    made_by = models.UUIDField("tài khoản đã chia sẻ")
    made_at = models.DateTimeField("lúc")
    until = models.DateTimeField("đến lúc")
    ended_at = models.DateTimeField("thôi chia sẻ lúc", null=True)

    objects: ClassVar[ResultShareQuerySet] = ResultShareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "chia sẻ kết quả"
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("made_at")), name="a_share_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.issued_id}: {self.to_whom}"

    def is_open_at(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.until


class ShareOpening(models.Model):
    """Lượt mở: somebody with the link has read the result; when, never who."""

    share = models.ForeignKey(ResultShare, models.CASCADE, related_name="openings")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lượt mở kết quả được chia sẻ"
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M}"


class AnswerRule(models.Model):
    """Quy định trả lời đề nghị đính chính: how many working days an agency has to answer; the province's own, dated."""

    valid_from = models.DateField("áp dụng từ ngày", unique=True)
    answer_days = models.PositiveSmallIntegerField("số ngày làm việc để trả lời")
    basis = models.CharField("căn cứ", max_length=300)

    class Meta:
        verbose_name = "quy định trả lời đề nghị đính chính"
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_days__gte=1), name="a_request_is_answered_in_a_day_or_more"
            ),
        ]

    def __str__(self) -> str:
        return f"trả lời trong {self.answer_days} ngày làm việc, từ {self.valid_from:%d/%m/%Y}"


class CorrectionRequest(models.Model):
    """Đề nghị đính chính: the holder says what is wrong in a result; the agency mends it or answers why it does not.

    `due_at`: when it must be answered, by the rule of the day on which it was asked; None: there was none.
    Legal: ND118-2025 Đ23.1
    """

    class State(models.TextChoices):
        ASKED = "ASKED", "Chờ cơ quan xem"
        ACCEPTED = "ACCEPTED", "Cơ quan đang sửa"
        REFUSED = "REFUSED", "Cơ quan trả lời không sai"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issued = models.ForeignKey(IssuedResult, models.PROTECT, related_name="correction_requests")
    wrong = models.CharField("sai ở đâu, đúng là gì", max_length=1000)
    asked_by = models.UUIDField("tài khoản đề nghị")
    asked_at = models.DateTimeField("đề nghị lúc")
    due_at = models.DateTimeField("phải trả lời trước", null=True)
    state = models.CharField("trạng thái", max_length=8, choices=State.choices, default=State.ASKED)
    correction = models.OneToOneField("dossiers.Correction", models.PROTECT, null=True, related_name="+")
    answer = models.CharField("trả lời", max_length=1000, blank=True)
    answered_at = models.DateTimeField("trả lời lúc", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = "đề nghị đính chính kết quả"
        constraints = [
            models.UniqueConstraint(
                fields=["issued"], condition=Q(state="ASKED"), name="one_open_request_to_mend_a_result"
            ),
            models.CheckConstraint(
                condition=~Q(state="ACCEPTED") | Q(correction__isnull=False),
                name="an_accepted_request_is_being_mended",
            ),
            models.CheckConstraint(
                condition=~Q(state="REFUSED") | ~Q(answer=""), name="a_refused_request_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issued_id}: {self.get_state_display()}"

    def is_late_at(self, at: datetime) -> bool:
        """Quá hạn trả lời: still unanswered, or answered after its time."""
        return self.due_at is not None and (self.answered_at or at) > self.due_at
