"""Lượt mở hồ sơ: who of the staff has opened a dossier, once a day; its owner reads it in the ledger."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from motcua.service.dossiers.models.dossier import Dossier


class DossierLook(models.Model):
    """Lượt mở hồ sơ: one for each person, dossier and day, so that the ledger is told once."""

    id = models.BigAutoField(primary_key=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="người mở"
    )
    on = models.DateField("ngày")

    class Meta:
        verbose_name = "lượt mở hồ sơ"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "user", "on"], name="a_look_is_told_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} ({self.on:%d/%m/%Y})"
