"""What the checks have found: each check, and each thing found, from the first time until it was gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.oversight.integrity.querysets import FindingQuerySet


class Check(models.Model):
    """Lần kiểm tra: when it was, what it found, and which questions could not be asked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    started_at = models.DateTimeField("bắt đầu lúc")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="người chạy", related_name="+", db_index=False
    )  # fmt: skip
    seconds = models.FloatField("mất (giây)", default=0)
    invariants = models.PositiveSmallIntegerField("số điều đã kiểm")
    standing = models.PositiveIntegerField("số sai lệch đang có")
    fresh = models.PositiveIntegerField("mới thấy")
    gone = models.PositiveIntegerField("đã hết")
    failures = models.JSONField("điều chưa kiểm được", default=dict)

    class Meta:
        verbose_name = "lần kiểm tra toàn vẹn"
        indexes = [models.Index(fields=["-started_at"], name="check_by_time")]

    def __str__(self) -> str:
        return f"{self.started_at:%H:%M %d/%m/%Y}: {self.standing}"


class Finding(models.Model):
    """Sai lệch: one breach of one invariant, seen first and last, gone since, mended by whom.

    `code` names the invariant, `key` the subject within it. Of an agency (`agency` None: of the whole installation).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("điều phải đúng", max_length=60)
    key = models.CharField("khóa", max_length=200)
    label = models.CharField("đối tượng", max_length=250)
    detail = models.TextField("chi tiết")
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, null=True, verbose_name="cơ quan", related_name="+", db_index=False
    )
    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, null=True, verbose_name="hồ sơ", related_name="+"
    )
    found_at = models.DateTimeField("thấy lần đầu")
    seen_at = models.DateTimeField("thấy lần cuối")
    gone_at = models.DateTimeField("hết lúc", null=True)
    mended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="người sửa", related_name="+", db_index=False
    )  # fmt: skip

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "sai lệch"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "key"], condition=Q(gone_at__isnull=True), name="a_breach_stands_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["code", "found_at", "id"], condition=Q(gone_at__isnull=True), name="finding_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.label}"

    def age(self, at: datetime) -> timedelta:
        """Tuổi: how long it has stood."""
        return (self.gone_at or at) - self.found_at
