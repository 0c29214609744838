"""Kết thúc hồ sơ: the result and its correction, a refusal at the counter, an end without a result."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.dossiers.models.dossier import Dossier


class Result(models.Model):
    """Kết quả giải quyết: the paper that answers the dossier, and its hand-over to the applicant."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="result")
    name = models.CharField("tên kết quả", max_length=500)
    number = models.CharField("số, ký hiệu", max_length=80)
    issued_on = models.DateField("ngày ban hành")
    document = models.ForeignKey(
        "documents.Document",
        models.PROTECT,
        null=True,
        verbose_name="tệp kết quả",
        related_name="+",
        db_index=False,
    )
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    delivered_at = models.DateTimeField("đến Một cửa lúc")
    returned_at = models.DateTimeField("trả lúc", null=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    receiver_name = models.CharField("người nhận", max_length=250, blank=True)
    receiver_is_applicant = models.BooleanField("người nhận là chủ hồ sơ", default=True)
    return_note = models.CharField("ghi chú khi trả", max_length=300, blank=True)

    class Meta:
        verbose_name = "kết quả giải quyết"

    def __str__(self) -> str:
        return f"{self.name} số {self.number}"


class IntakeRefusal(models.Model):
    """Từ chối tiếp nhận: what could not be taken in, and why, in writing. Legal: ND118-2025 Đ17.1"""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField("số phiếu")
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, verbose_name="thủ tục", related_name="+"
    )
    agency = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="nơi tiếp nhận", related_name="+")
    applicant = models.ForeignKey(
        "identity.Applicant", models.PROTECT, verbose_name="người nộp", related_name="+"
    )
    matter = models.CharField("nội dung yêu cầu", max_length=500)
    reasons = ArrayField(models.TextField(), verbose_name="lý do")
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    refused_at = models.DateTimeField("từ chối lúc")
    regime = models.CharField("chế độ pháp lý", max_length=20)

    class Meta:
        verbose_name = "từ chối tiếp nhận"
        constraints = [
            models.CheckConstraint(condition=~Q(reasons=[]), name="an_intake_refusal_gives_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.number}/PTC"


class Stop(models.Model):
    """Dừng, rút hoặc đóng hồ sơ: an end without a result, who asked for it, and what became of papers and money.

    `interrupted` and the step stay known, so that the dossier can be opened again where it was left.
    Legal: ND118-2025 Đ19.5, Đ21
    """

    class Kind(models.TextChoices):
        STOP = "STOP", "Dừng giải quyết theo yêu cầu"
        WITHDRAW = "WITHDRAW", "Rút hồ sơ"
        SILENCE = "SILENCE", "Đóng do không bổ sung"
        LINKED = "LINKED", "Dừng do phần liên thông trước không có kết quả"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="stops")
    kind = models.CharField("loại", max_length=8, choices=Kind.choices)
    number = models.PositiveIntegerField("số thông báo")
    requested_by = models.CharField("người yêu cầu", max_length=250, blank=True)
    requested_at = models.DateTimeField("yêu cầu lúc")
    reason = models.TextField("lý do")
    papers = models.CharField("giấy tờ trả lại", max_length=500, blank=True)
    fees = models.CharField("xử lý phí, lệ phí", max_length=300, blank=True)
    interrupted = models.CharField("trạng thái trước khi dừng", max_length=20)
    at = models.DateTimeField("dừng lúc")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reopened_at = models.DateTimeField("mở lại lúc", null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reopened_reason = models.CharField("lý do mở lại", max_length=500, blank=True)

    class Meta:
        verbose_name = "dừng, rút hồ sơ"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(reopened_at__isnull=True), name="a_dossier_is_stopped_once"
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | ~Q(reopened_reason=""),
                name="a_reopening_gives_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%d/%m/%Y}"


class Correction(models.Model):
    """Sửa kết quả sai: what was wrong, by whose fault, and the paper that took the place of the wrong one.

    When the fault is the agency's, it has `due_at` to mend it and bears the cost. The wrong result stays readable here.
    Legal: ND118-2025 Đ23.1
    """

    class Fault(models.TextChoices):
        AGENCY = "AGENCY", "Do cơ quan giải quyết"
        APPLICANT = "APPLICANT", "Do người nộp khai sai"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="corrections")
    fault = models.CharField("lỗi", max_length=10, choices=Fault.choices)
    wrong = models.TextField("nội dung sai")
    found_at = models.DateTimeField("ghi nhận lúc")
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField("phải sửa trước", null=True)
    cost_amount = models.PositiveIntegerField("chi phí sửa (đồng)", default=0)
    cost_borne_by = models.CharField("bên chịu chi phí", max_length=200, blank=True)
    interrupted = models.CharField("trạng thái trước khi sửa", max_length=20)
    old_name = models.CharField("tên kết quả cũ", max_length=500, blank=True)
    old_number = models.CharField("số, ký hiệu cũ", max_length=80)
    old_issued_on = models.DateField("ngày ban hành cũ")
    old_document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, related_name="+", db_index=False
    )
    old_returned_at = models.DateTimeField("bản cũ đã trả lúc", null=True)
    old_receiver_name = models.CharField("người đã nhận bản cũ", max_length=250, blank=True)
    corrected_at = models.DateTimeField("sửa xong lúc", null=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = "sửa kết quả"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(corrected_at__isnull=True),
                name="a_result_is_corrected_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(corrected_at__isnull=True), name="correction_under_way"
            ),
        ]

    def __str__(self) -> str:
        return self.wrong[:60]
