"""Hồ sơ giấy phi địa giới: the paper that follows an electronic file from where it was handed in to who settles it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.service.dossiers.models.dossier import Dossier
from motcua.service.dossiers.querysets import PaperTransferQuerySet


class PaperTransfer(models.Model):
    """Chuyển hồ sơ giấy: the papers of one dossier received elsewhere, sent by a numbered slip and counted on arrival.

    Both sides sign in their turn: who sent it when, who received it when, and what was found lacking.
    Legal: ND118-2025 Đ20.1
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="paper_transfer")
    from_agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi giao", related_name="+", db_index=False
    )
    to_agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi nhận", related_name="+", db_index=False
    )
    papers = models.PositiveSmallIntegerField("số giấy tờ")
    due_at = models.DateTimeField("phải chuyển trước")
    number = models.PositiveIntegerField("số phiếu giao", null=True)
    sent_at = models.DateTimeField("giao lúc", null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    carrier = models.CharField("chuyển bằng", max_length=120, blank=True)
    received_at = models.DateTimeField("nhận lúc", null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    received_note = models.CharField("ghi nhận khi nhận", max_length=300, blank=True)

    objects = PaperTransferQuerySet.as_manager()

    class Meta:
        verbose_name = "chuyển hồ sơ giấy"
        constraints = [
            models.CheckConstraint(
                condition=Q(received_at__isnull=True)
                | Q(sent_at__isnull=False, received_at__gte=F("sent_at")),
                name="papers_are_received_after_they_were_sent",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(number__isnull=False),
                name="papers_are_sent_with_a_numbered_slip",
            ),
        ]
        indexes = [
            models.Index(
                fields=["from_agency", "due_at"], condition=Q(sent_at__isnull=True), name="papers_to_send"
            ),
            models.Index(
                fields=["to_agency", "due_at"],
                condition=Q(received_at__isnull=True),
                name="papers_to_receive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or '…'}/PGHS"
