from __future__ import annotations

from django.db import models


class Attempt(models.Model):
    """Lượt thử tra cứu: how often one address asked, or one code was asked for, since `since`. No names, no numbers."""

    key = models.CharField("dấu vết", max_length=64, primary_key=True)
    since = models.DateTimeField("từ lúc", db_index=True)
    count = models.PositiveIntegerField("số lượt")

    class Meta:
        verbose_name = "lượt thử tra cứu"

    def __str__(self) -> str:
        return f"{self.count} lượt từ {self.since:%H:%M %d/%m/%Y}"
