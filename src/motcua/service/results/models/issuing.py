"""The facts of electronic results: drafts, signatures to be made, papers that were issued, who has checked them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id


class IssuerKey(models.Model):
    """Khóa phát hành: the public half of the key that signs QR codes, dated; a key that has ended still verifies.

    The private half lies encrypted in the folder of keys under `key_id`.
    """

    key_id = models.CharField("mã khóa", max_length=8, primary_key=True)
    public = models.JSONField("khóa công khai (JWK)")
    valid_from = models.DateTimeField("ký từ")
    valid_to = models.DateTimeField("ký đến", null=True)
    is_compromised = models.BooleanField("đã lộ", default=False)

    class Meta:
        verbose_name = "khóa phát hành"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="an_issuer_key_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.key_id


class ResultDraft(models.Model):
    """Dự thảo kết quả: the PDF that the officer proposes and the leader signs; a later one takes its place."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="result_drafts")
    document = models.ForeignKey("documents.Document", models.PROTECT, related_name="+", db_index=False)
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    put_at = models.DateTimeField("gửi lúc")
    withdrawn_at = models.DateTimeField("bỏ lúc", null=True)

    class Meta:
        verbose_name = "dự thảo kết quả"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(withdrawn_at=None), name="one_draft_of_a_result_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.document)


class IssuedResultQuerySet(models.QuerySet["IssuedResult"]):
    """Hỏi về kết quả điện tử."""

    def with_paper_id(self, paper_id: str) -> IssuedResultQuerySet:
        return self.filter(paper_id=paper_id)

    def of_dossier(self, dossier_id: UUID) -> IssuedResultQuerySet:
        """All of a dossier, the latest first."""
        return self.filter(dossier=dossier_id).order_by("-issued_at", "-pk")

    def published(self) -> IssuedResultQuerySet:
        return self.filter(published_at__isnull=False)

    def of_holder(self, applicant_id: UUID) -> IssuedResultQuerySet:
        """Kết quả của một người, the latest first."""
        return self.filter(holder=applicant_id).order_by("-issued_at", "-pk")

    def standing(self, dossier_id: UUID) -> IssuedResult | None:
        """The dossier's own result that has not been replaced; certified copies stand beside it."""
        own = self.filter(dossier=dossier_id, kind=IssuedResult.Kind.RESULT)
        return own.exclude(state=IssuedResult.State.REPLACED).first()


class IssuedResult(models.Model):
    """Kết quả điện tử: one issued paper with its own id, its file, its QR code and what has become of it.

    `published_at` None: its signatures are still being made. Legal: ND118-2025 Đ22.1
    """

    class Kind(models.TextChoices):
        RESULT = "RESULT", "Kết quả giải quyết"
        CERTIFIED = "CERTIFIED", "Bản sao chứng thực"

    class State(models.TextChoices):
        VALID = "VALID", "Có hiệu lực"
        REPLACED = "REPLACED", "Đã được thay thế"
        REVOKED = "REVOKED", "Đã bị thu hồi"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    paper_id = models.CharField("mã giấy", max_length=16, unique=True)
    kind = models.CharField("loại", max_length=9, choices=Kind.choices, default=Kind.RESULT)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="issued_results")
    holder = models.ForeignKey(
        "identity.Applicant", models.PROTECT, related_name="+", verbose_name="chủ giấy tờ"
    )
    agency = models.ForeignKey("org.Agency", models.PROTECT, related_name="+", verbose_name="cơ quan cấp")
    name = models.CharField("tên kết quả", max_length=500)
    number = models.CharField("số, ký hiệu", max_length=80)
    issued_on = models.DateField("ngày ban hành")
    issued_at = models.DateTimeField("phát hành lúc")
    valid_until = models.DateField("có giá trị đến", null=True)
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, related_name="+", verbose_name="tệp"
    )
    sha256 = models.CharField("mã băm của tệp", max_length=64, blank=True)
    payload = models.CharField("nội dung mã QR", max_length=600, blank=True)
    is_signed = models.BooleanField("có chữ ký số của cơ quan", default=False)
    published_at = models.DateTimeField("công bố cho chủ giấy tờ lúc", null=True)
    state = models.CharField("trạng thái", max_length=8, choices=State.choices, default=State.VALID)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="thay cho"
    )
    ended_at = models.DateTimeField("hết hiệu lực lúc", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_reason = models.CharField("lý do", max_length=500, blank=True)
    decision_number = models.CharField("số quyết định thu hồi", max_length=80, blank=True)

    objects: ClassVar[IssuedResultQuerySet] = IssuedResultQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "kết quả điện tử"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="VALID", ended_at=None) | Q(ended_at__isnull=False) & ~Q(state="VALID"),
                name="a_valid_result_has_not_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state="REVOKED") | ~Q(ended_reason="") & ~Q(decision_number=""),
                name="a_revocation_gives_reason_and_number",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("id")), name="a_result_never_replaces_itself"
            ),
            models.UniqueConstraint(
                fields=["dossier"],
                condition=~Q(state="REPLACED") & Q(kind="RESULT"),
                name="one_standing_result_per_dossier",
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-issued_at"], name="issued_result_of_holder"),
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="issued_result_by_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.name}"

    @property
    def is_certified_copy(self) -> bool:
        return self.kind == self.Kind.CERTIFIED

    def is_expired_on(self, day: date) -> bool:
        return self.valid_until is not None and day > self.valid_until


class SigningJob(models.Model):
    """Việc ký số: one signature to be made after the commit, by whom, and what came of it. Done once, however often asked.

    The officer's is for a draft or a corrected paper, the agency's for an issued result; that one waits for the other.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "Đang ký số"
        DONE = "DONE", "Đã ký số"
        FAILED = "FAILED", "Chưa ký số được"
        DROPPED = "DROPPED", "Không ký nữa"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="signing_jobs")
    identity = models.ForeignKey("signing.SigningIdentity", models.PROTECT, related_name="+")
    issued = models.ForeignKey(IssuedResult, models.PROTECT, null=True, related_name="signing_jobs")
    source = models.ForeignKey(
        "documents.Document", models.PROTECT, related_name="+", verbose_name="tệp cần ký"
    )
    signed = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, related_name="+", verbose_name="tệp đã ký"
    )
    state = models.CharField("trạng thái", max_length=8, choices=State.choices, default=State.WAITING)
    sentence = models.CharField("lý do", max_length=500, blank=True)
    is_transient = models.BooleanField("sẽ tự thử lại", default=False)
    attempts = models.PositiveSmallIntegerField("số lần thử", default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField("yêu cầu lúc")
    done_at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "việc ký số"
        constraints = [
            models.UniqueConstraint(fields=["source", "identity"], name="a_file_is_signed_once_by_each"),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(signed__isnull=False), name="a_done_signature_has_its_file"
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(state__in=["WAITING", "FAILED"]), name="signing_job_undone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity} · {self.get_state_display()}"

    @property
    def awaits_phone(self) -> bool:
        """Đang chờ người ký xác nhận trên điện thoại."""
        return self.state == self.State.WAITING and self.is_transient


class ResultCheck(models.Model):
    """Lượt xác thực: somebody has checked a result; when and how, never who. The holder may read it."""

    class Way(models.TextChoices):
        ID = "ID", "nhập mã giấy"
        CODE = "CODE", "quét mã QR"
        FILE = "FILE", "tải tệp lên"

    issued = models.ForeignKey(IssuedResult, models.CASCADE, related_name="checks")
    at = models.DateTimeField("lúc")
    way = models.CharField("cách", max_length=4, choices=Way.choices)

    class Meta:
        verbose_name = "lượt xác thực"
        indexes = [models.Index(fields=["issued", "-at"], name="result_check_of_result")]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.at:%d/%m/%Y %H:%M}"
