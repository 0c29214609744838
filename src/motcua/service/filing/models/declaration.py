"""Tờ khai để ký: the declaration as PDF, frozen for the answers of a moment, and as it came back signed by who files."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id


class FrozenDeclaration(models.Model):
    """Tờ khai để ký: its file is what the signature must stand under, byte for byte.

    `content`: the digest of what it says; while the draft says the same, this row is its declaration. `signed`: the file
    as it came back; the facts of its signature are those of the check at `checked_at`.
    """

    class Match(models.TextChoices):
        NUMBER = "NUMBER", "Khớp số ghi trên chứng thư"
        NAME = "NAME", "Chỉ khớp họ tên; chứng thư không ghi số định danh"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(
        "filing.Draft", models.CASCADE, related_name="declarations", verbose_name="bản nháp", db_index=False
    )
    content = models.CharField("dấu của nội dung", max_length=64)
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, related_name="+", verbose_name="bản để ký"
    )
    frozen_at = models.DateTimeField("lập lúc")
    signed = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, related_name="+", verbose_name="bản đã ký"
    )
    signer = models.CharField("tên trên chứng thư", max_length=250, blank=True)
    issuer = models.CharField("nơi cấp chứng thư", max_length=250, blank=True)
    serial = models.CharField("số chứng thư", max_length=64, blank=True)
    match = models.CharField("đối chiếu người ký", max_length=6, choices=Match.choices, blank=True)
    signed_at = models.DateTimeField("ký lúc", null=True)
    is_time_proven = models.BooleanField("có dấu thời gian tin cậy", default=False)
    checked_at = models.DateTimeField("kiểm tra lúc", null=True)

    class Meta:
        verbose_name = "tờ khai để ký"
        ordering = ["frozen_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "content"], name="one_declaration_for_the_same_content"),
            models.CheckConstraint(
                condition=Q(signed__isnull=True, checked_at__isnull=True)
                | Q(signed__isnull=False, checked_at__isnull=False) & ~Q(signer="") & ~Q(match=""),
                name="a_signed_declaration_was_checked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer}" if self.signed_id else f"Tờ khai lập {self.frozen_at:%d/%m/%Y %H:%M}"
