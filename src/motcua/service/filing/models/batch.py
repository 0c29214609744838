"""Nộp nhiều hồ sơ từ bảng tính: one batch, its rows, and the papers that all of them share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.foundation.identity.sealing import seal, unseal
from motcua.service.dossiers.models import Channel
from motcua.service.filing.models.posting import SentByPost

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class FilingBatch(SentByPost):
    """Đợt nộp nhiều hồ sơ: one sheet for one procedure at one place; each good row becomes a draft, then a filing.

    `account_id`: in whose name; `hand_id`: the account whose hand it was. `mandate`: filed for its principal.
    Its files lie under its own key; those of no `BatchPaper` are named by the rows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account_id = models.UUIDField("tài khoản công dân")
    hand_id = models.UUIDField("tài khoản người làm")
    applicant = models.ForeignKey(
        "identity.Applicant", models.PROTECT, related_name="+", db_index=False, verbose_name="chủ tài khoản"
    )
    mandate = models.ForeignKey(
        "identity.Mandate", models.PROTECT, null=True, related_name="+", db_index=False
    )
    offering = models.ForeignKey("procedures.Offering", models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, related_name="+", db_index=False)
    version = models.ForeignKey(
        "forms.FormVersion", models.PROTECT, related_name="+", db_index=False, verbose_name="biểu mẫu"
    )
    sheet_name = models.CharField("tên bảng đã gửi", max_length=200, blank=True)
    return_channel = models.CharField("cách nhận kết quả", max_length=8, choices=Channel.choices, blank=True)
    contact_phone = models.CharField("điện thoại liên hệ", max_length=20, blank=True)
    contact_email = models.EmailField("thư điện tử liên hệ", blank=True)
    begun_at = models.DateTimeField("bắt đầu lúc")
    saved_at = models.DateTimeField("lưu lần cuối lúc", db_index=True)
    asked_at = models.DateTimeField("yêu cầu nộp lúc", null=True)
    finished_at = models.DateTimeField("xong lúc", null=True)

    if TYPE_CHECKING:
        rows: RelatedManager[BatchRow]
        papers: RelatedManager[BatchPaper]

    class Meta:
        verbose_name = "đợt nộp nhiều hồ sơ"
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(asked_at__isnull=False),
                name="a_batch_is_asked_for_before_it_is_done",
            ),
        ]
        indexes = [models.Index(fields=["account_id", "-begun_at"], name="batch_of_account")]

    def __str__(self) -> str:
        return f"{self.offering_id} ({self.begun_at:%d/%m/%Y %H:%M})"

    @property
    def is_open(self) -> bool:
        """Còn sửa được: nobody has asked to file it yet."""
        return self.asked_at is None


class BatchRow(models.Model):
    """Một dòng của bảng: what stood in its cells (sealed, emptied when it is filed), and what came of it.

    Its key is the key of its draft, so that a row is one draft however often it is worked on.
    """

    class State(models.TextChoices):
        WRONG = "WRONG", "Cần sửa"
        GOOD = "GOOD", "Sẵn sàng nộp"
        FILED = "FILED", "Đã nộp"
        REFUSED = "REFUSED", "Chưa nộp được"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(FilingBatch, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField("dòng số")
    state = models.CharField("trạng thái", max_length=8, choices=State.choices)
    told_sealed = models.BinaryField("các ô và lỗi (đã mã hóa)", null=True, editable=False)
    filing = models.OneToOneField("filing.Filing", models.PROTECT, null=True, related_name="+")
    sentence = models.TextField("trả lời", blank=True)
    at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "dòng của đợt nộp"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_row_per_number_of_a_batch"),
            models.CheckConstraint(
                condition=Q(state="FILED", filing__isnull=False) | ~Q(state="FILED") & Q(filing__isnull=True),
                name="a_filed_row_names_its_filing",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "number"], condition=Q(state="GOOD"), name="batch_row_waiting")
        ]

    def __str__(self) -> str:
        return f"Dòng {self.number}: {self.get_state_display()}"

    @property
    def told(self) -> dict[str, dict[str, str]]:
        """`cells` by the key of their column, `faults` likewise."""
        if not self.told_sealed:
            return {"cells": {}, "faults": {}}
        kept: dict[str, Any] = json.loads(unseal(bytes(self.told_sealed), bound_to=self.pk.bytes))
        return kept

    def tell(self, cells: dict[str, str], faults: dict[str, str]) -> None:
        said = json.dumps({"cells": cells, "faults": faults}, ensure_ascii=False)
        self.told_sealed = seal(said, bound_to=self.pk.bytes)


class BatchPaper(models.Model):
    """Giấy tờ chung của đợt nộp: the same files for every row, or the word that each comes on paper."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(FilingBatch, models.CASCADE, related_name="papers")
    paper = models.ForeignKey("procedures.Paper", models.PROTECT, related_name="+", db_index=False)
    is_on_paper = models.BooleanField("nộp bản giấy sau", default=False)
    documents = models.ManyToManyField("documents.Document", verbose_name="tệp", related_name="+")

    class Meta:
        verbose_name = "giấy tờ chung của đợt nộp"
        constraints = [
            models.UniqueConstraint(fields=["batch", "paper"], name="one_row_per_paper_of_a_batch"),
        ]

    def __str__(self) -> str:
        return self.paper.name
