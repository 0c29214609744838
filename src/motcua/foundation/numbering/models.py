"""The last number given in each series."""

from __future__ import annotations

from django.db import models


class Series(models.Model):
    """Dãy số: the last number given within a scope, such as one agency's dossiers of one day."""

    scope = models.CharField("phạm vi", max_length=160, primary_key=True)
    value = models.BigIntegerField("số gần nhất")

    class Meta:
        verbose_name = "dãy số"

    def __str__(self) -> str:
        return f"{self.scope}: {self.value}"
