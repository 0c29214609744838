"""Việc trên hồ sơ: who held it, what was noted, asked and decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.dossiers.models.dossier import Dossier
from motcua.service.dossiers.querysets import ConsultationQuerySet


class Assignment(models.Model):
    """Phân công: who holds a step of the dossier, since when, until when, by whose word and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="assignments")
    step_key = models.CharField("mã bước", max_length=60)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateTimeField("từ lúc")
    until = models.DateTimeField("đến lúc", null=True)
    reason = models.CharField("lý do", max_length=300, blank=True)

    class Meta:
        verbose_name = "phân công"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "step_key"],
                condition=Q(until__isnull=True),
                name="one_holder_of_a_step_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id} từ {self.since:%d/%m/%Y}"


class Note(models.Model):
    """Ghi chú nghiệp vụ: a remark that stays with the dossier; citizens do not see it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField("nội dung")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "ghi chú"

    def __str__(self) -> str:
        return self.text[:60]


class Consultation(models.Model):
    """Lấy ý kiến: a question to another agency, inside the limit, with its own due moment.

    `task_id`: the step of the workflow that asks; its answer ends the step. Legal: ND118-2025 Đ19.4
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="consultations")
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan được hỏi", related_name="+"
    )
    question = models.TextField("nội dung lấy ý kiến")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField("hỏi lúc")
    due_at = models.DateTimeField("hạn trả lời")
    answer = models.TextField("ý kiến", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField("trả lời lúc", null=True)
    task_id = models.UUIDField("bước của quy trình", null=True)
    dropped_at = models.DateTimeField("thôi hỏi lúc", null=True)
    late_told_at = models.DateTimeField("đã báo trả lời muộn lúc", null=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "lấy ý kiến"
        indexes = [
            models.Index(
                fields=["agency", "due_at"], condition=Q(answered_at__isnull=True), name="consultation_open"
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(answered_at__isnull=True, dropped_at__isnull=True, late_told_at__isnull=True),
                name="consultation_to_tell_of",
            ),
            models.Index(
                fields=["dossier"],
                condition=Q(late_told_at__isnull=False, answered_at__isnull=True),
                name="consultation_late",
            ),
        ]

    def __str__(self) -> str:
        return self.question[:60]

    @property
    def is_open(self) -> bool:
        """Còn chờ trả lời."""
        return self.answered_at is None and self.dropped_at is None


class Decision(models.Model):
    """Quyết định giải quyết: what the officer proposes and the leader signs. The latest one counts."""

    class Outcome(models.TextChoices):
        APPROVE = "APPROVE", "Giải quyết"
        REFUSE = "REFUSE", "Từ chối giải quyết"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="decisions")
    outcome = models.CharField("kết quả đề xuất", max_length=8, choices=Outcome.choices)
    reason = models.TextField("lý do, căn cứ", blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    proposed_at = models.DateTimeField("trình lúc")
    sent_back_at = models.DateTimeField("trả lại lúc", null=True)
    sent_back_reason = models.CharField("lý do trả lại", max_length=500, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    signed_at = models.DateTimeField("ký lúc", null=True)

    class Meta:
        verbose_name = "quyết định giải quyết"
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="REFUSE") | ~Q(reason=""), name="a_refusal_gives_its_reason"
            ),
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(sent_back_at__isnull=True),
                name="one_decision_stands_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
