"""Số hóa kết quả cũ: a campaign with its plan, item by item; each item walks the same way as a paper of a dossier."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.holdings.querysets import CampaignItemQuerySet, CampaignQuerySet


class Campaign(models.Model):
    """Đợt số hóa kết quả cũ: whose results, of which procedure and years, how many, until when, by whose word.

    Legal: ND118-2025 Đ22.1
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("org.Agency", models.PROTECT, related_name="+", verbose_name="cơ quan")
    name = models.CharField("tên đợt", max_length=200)
    title = models.CharField("loại kết quả", max_length=300)
    procedure = models.ForeignKey(
        "procedures.Procedure",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="thủ tục",
        db_index=False,
    )
    year_from = models.PositiveSmallIntegerField("từ năm")
    year_to = models.PositiveSmallIntegerField("đến năm")
    target = models.PositiveIntegerField("số kết quả phải số hóa")
    decision = models.CharField("văn bản giao việc", max_length=200)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="người phụ trách",
        db_index=False,
    )
    begins_on = models.DateField("từ ngày")
    ends_on = models.DateField("xong trước ngày")
    opened_at = models.DateTimeField("mở lúc")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    closed_at = models.DateTimeField("đóng lúc", null=True)

    objects: ClassVar[CampaignQuerySet] = CampaignQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "đợt số hóa kết quả cũ"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    year_to__gte=models.F("year_from"), ends_on__gte=models.F("begins_on"), target__gt=0
                ),
                name="a_campaign_has_its_measure",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignChange(models.Model):
    """Thay đổi của một đợt: what became of what, by whom and why; `changes`: [{name, before, after}] in words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="changes")
    changes = models.JSONField("đã đổi", default=list)
    reason = models.CharField("lý do", max_length=300)
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người đổi", db_index=False
    )

    class Meta:
        verbose_name = "thay đổi của một đợt số hóa"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_changed_campaign_says_why")]

    def __str__(self) -> str:
        return self.reason


class CampaignItem(models.Model):
    """Kết quả cũ trong kế hoạch: one old paper by its number.

    `holder` None: not identified yet; until then the paper is known by `holder_name` and `holder_birth`, a day
    "05/03/1999" or a year "1999". Struck off with a reason, it stays where it is and counts no more.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="items", db_index=False)
    number = models.CharField("số, ký hiệu", max_length=100)
    number_folded = models.CharField("số để so", max_length=100)
    issued_on = models.DateField("ngày cấp", null=True)
    holder_name = models.CharField("tên trên giấy", max_length=250)
    holder = models.ForeignKey(
        "identity.Applicant", models.PROTECT, null=True, related_name="+", verbose_name="chủ giấy tờ"
    )
    holder_birth = models.CharField("ngày sinh hoặc năm sinh", max_length=10, blank=True)
    added_at = models.DateTimeField("ghi lúc")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    kept_at = models.DateTimeField("vào kho lúc", null=True)
    struck_at = models.DateTimeField("gạch lúc", null=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    struck_reason = models.CharField("lý do gạch", max_length=300, blank=True)

    objects: ClassVar[CampaignItemQuerySet] = CampaignItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "kết quả cũ trong kế hoạch"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number_folded"], name="an_old_result_is_planned_once"
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None, struck_reason="", struck_by=None)
                | ~Q(struck_reason="") & Q(struck_at__isnull=False, struck_by__isnull=False, kept_at=None),
                name="what_is_struck_off_says_why_and_is_not_kept",
            ),
        ]
        indexes = [models.Index(fields=["number_folded"], name="old_result_by_number")]

    def __str__(self) -> str:
        return f"{self.number} ({self.holder_name})"

    @property
    def birth_year(self) -> int | None:
        """Năm sinh, of the day or the year that is known."""
        return int(self.holder_birth[-4:]) if self.holder_birth else None
