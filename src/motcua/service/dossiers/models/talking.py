"""Hỏi đáp trong hồ sơ: what office and applicant write to each other about one dossier."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.dossiers.models.dossier import Dossier
from motcua.service.dossiers.querysets import MessageQuerySet

LONGEST = 2000


class Message(models.Model):
    """Tin trong hồ sơ: words only; a paper never comes by a message, so none can be demanded by one.

    `asks`: it waits for an answer and is a task of the other side until it has one. It moves no clock: the law knows no
    waiting but for a supplement. `answer_due_at`: when the office should have answered. Legal: ND118-2025 Đ16.3
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="messages")
    is_from_office = models.BooleanField("của cơ quan")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    account_id = models.UUIDField("tài khoản công dân", null=True)
    text = models.CharField("nội dung", max_length=LONGEST)
    asks = models.BooleanField("cần trả lời", default=False)
    sent_at = models.DateTimeField("gửi lúc")
    answer_due_at = models.DateTimeField("nên trả lời trước", null=True)
    answered_at = models.DateTimeField("trả lời lúc", null=True)
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replies", verbose_name="trả lời cho", db_index=False
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "tin trong hồ sơ"
        ordering = ["sent_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_message_says_something"),
            models.CheckConstraint(
                condition=Q(is_from_office=False) | Q(author__isnull=False),
                name="an_offices_message_has_its_author",
            ),
        ]
        indexes = [
            models.Index(
                fields=["dossier"],
                condition=Q(asks=True, answered_at__isnull=True, is_from_office=False),
                name="message_waits_for_office",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_waiting(self) -> bool:
        return self.asks and self.answered_at is None
