"""Số hóa giấy tờ: the pages of one paper, what was read from them, and each step of the process with who and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.holdings.querysets import DigitisationQuerySet
from motcua.service.holdings.states import State

if TYPE_CHECKING:
    from motcua.foundation.identity.models import Applicant
    from motcua.foundation.org.models import Agency
    from motcua.service.holdings.models.campaign import CampaignItem

STATES = [(state.value, state.label) for state in State]


class Digitisation(models.Model):
    """Số hóa một giấy tờ: from its pages to the store, one step after the other.

    `suggestion`: what the machine read, as {name of the data: {value, confidence from 0 to 100}}; the officer's word is in
    the document itself. Legal: ND118-2025 Đ17.1, Đ19.2
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, null=True, related_name="digitisations")
    part = models.ForeignKey("dossiers.Part", models.PROTECT, null=True, related_name="+", db_index=False)
    item = models.ForeignKey(
        "holdings.CampaignItem",
        models.PROTECT,
        null=True,
        related_name="digitisations",
        verbose_name="kết quả cũ",
    )
    state = models.CharField("bước", max_length=20, choices=STATES, default=State.OPEN)
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, verbose_name="bản số hóa", related_name="+"
    )
    held = models.ForeignKey("holdings.HeldPaper", models.PROTECT, null=True, related_name="+")
    suggestion = models.JSONField("máy đọc được", default=dict)
    read_note = models.CharField("ghi chú khi đọc chữ", max_length=300, blank=True)
    is_unsigned = models.BooleanField("vào kho khi chưa có chữ ký số", default=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField("bắt đầu lúc")
    scanned_at = models.DateTimeField("quét xong lúc", null=True)
    read_at = models.DateTimeField("đọc chữ xong lúc", null=True)
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    signed_at = models.DateTimeField("công chức ký số lúc", null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    sealed_at = models.DateTimeField("cơ quan ký số lúc", null=True)
    kept_at = models.DateTimeField("vào kho lúc", null=True)

    objects: ClassVar[DigitisationQuerySet] = DigitisationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "số hóa giấy tờ"
        constraints = [
            models.CheckConstraint(
                condition=Q(dossier__isnull=False, part__isnull=False, item__isnull=True)
                | Q(dossier__isnull=True, part__isnull=True, item__isnull=False),
                name="a_digitisation_is_of_a_dossier_or_an_old_result",
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN") | Q(document__isnull=False, scanned_at__isnull=False),
                name="a_scanned_paper_has_its_document",
            ),
            models.CheckConstraint(
                condition=~Q(state="KEPT") | Q(held__isnull=False, kept_at__isnull=False),
                name="a_kept_paper_is_in_the_store",
            ),
        ]
        indexes = [
            models.Index(fields=["part"], condition=Q(state="OPEN"), name="digitisation_open"),
            models.Index(
                fields=["document"], condition=Q(document__isnull=False), name="digitisation_by_document"
            ),
            models.Index(fields=["kept_at"], condition=Q(state="KEPT"), name="digitisation_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.part_id or self.item_id}: {self.get_state_display()}"

    @property
    def agency(self) -> Agency:
        """Cơ quan ký số bản này."""
        agency: Agency = self.dossier.agency if self.dossier else self._item.campaign.agency
        return agency

    @property
    def name(self) -> str:
        """Tên giấy tờ đang số hóa."""
        return str(self.part.name if self.part else self._item.campaign.title)

    @property
    def holder(self) -> Applicant | None:
        """Chủ giấy tờ; None of an old result of which it is not known yet."""
        holder: Applicant | None = self.dossier.applicant if self.dossier else self._item.holder
        return holder

    @property
    def _item(self) -> CampaignItem:
        assert self.item is not None  # noqa: S101  a constraint says so
        return self.item


class ScanPage(models.Model):
    """Trang quét: one picture as it was taken, and how it is turned and cut. Shares are thousandths of its sides."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digitisation = models.ForeignKey(Digitisation, models.CASCADE, related_name="pages", db_index=False)
    position = models.PositiveSmallIntegerField("thứ tự")
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, verbose_name="ảnh gốc", related_name="+"
    )
    rotation = models.PositiveSmallIntegerField("xoay (độ)", default=0)
    left = models.PositiveSmallIntegerField("cắt trái (phần nghìn)", default=0)
    top = models.PositiveSmallIntegerField("cắt trên (phần nghìn)", default=0)
    right = models.PositiveSmallIntegerField("cắt phải (phần nghìn)", default=0)
    bottom = models.PositiveSmallIntegerField("cắt dưới (phần nghìn)", default=0)
    sharpness = models.FloatField("độ nét", null=True)

    class Meta:
        verbose_name = "trang quét"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rotation__in=[0, 90, 180, 270]), name="a_page_turns_by_quarters"
            ),
            models.CheckConstraint(
                condition=Q(left__lte=450, right__lte=450, top__lte=450, bottom__lte=450),
                name="a_cut_page_keeps_its_middle",
            ),
            models.UniqueConstraint(fields=["digitisation", "document"], name="one_page_for_a_picture"),
        ]

    def __str__(self) -> str:
        return f"Trang {self.position}"

    @property
    def is_blurred(self) -> bool:
        """Có thể bị mờ."""
        return self.sharpness is not None and self.sharpness < BLURRED


BLURRED = (
    60.0  # variance of the Laplacian of a page of 1,000 pixels; what a paper held still never falls below
)
