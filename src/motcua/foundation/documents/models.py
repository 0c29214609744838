"""The facts of documents: content, its uses, its pictures."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.documents.kinds import BY_MEDIA_TYPE, Kind
from motcua.foundation.documents.metadata import LONGEST, PaperFacts
from motcua.foundation.documents.querysets import DocumentQuerySet


class ScanState(models.TextChoices):
    NOT_SCANNED = "NOT_SCANNED", "Chưa quét vi-rút"
    PENDING = "PENDING", "Đang quét vi-rút"
    CLEAN = "CLEAN", "Không có vi-rút"
    INFECTED = "INFECTED", "Nhiễm mã độc, đã cách ly"
    FAILED = "FAILED", "Chưa quét được, sẽ thử lại"


class PreviewState(models.TextChoices):
    NONE = "NONE", "Không có bản xem trước"
    PENDING = "PENDING", "Đang tạo bản xem trước"
    READY = "READY", "Có bản xem trước"
    FAILED = "FAILED", "Không tạo được bản xem trước"


class StoredFile(models.Model):
    """Tệp: content, kept once however often it is used; what is known of it holds for every use."""

    sha256 = models.CharField("mã băm SHA-256", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("dung lượng (byte)")
    media_type = models.CharField("loại nội dung", max_length=100)
    stored_at = models.DateTimeField("lưu lúc")

    scan_state = models.CharField("quét vi-rút", max_length=12, choices=ScanState.choices)
    scan_note = models.CharField("kết quả quét", max_length=300, blank=True)
    scanned_at = models.DateTimeField("quét lúc", null=True)

    preview_state = models.CharField("bản xem trước", max_length=8, choices=PreviewState.choices)
    preview_note = models.CharField("ghi chú bản xem trước", max_length=300, blank=True)
    page_count = models.PositiveIntegerField("số trang", null=True)

    class Meta:
        verbose_name = "tệp"
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="a_stored_file_is_not_empty"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="a_stored_file_is_named_by_digest"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(scan_state="INFECTED"), name="stored_file_infected"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}… ({self.kind.label})"

    @property
    def kind(self) -> Kind:
        return BY_MEDIA_TYPE[self.media_type]

    @property
    def is_infected(self) -> bool:
        return self.scan_state == ScanState.INFECTED

    @property
    def scan_sentence(self) -> str:
        """What the page says beside the file about its scan."""
        label = str(ScanState(self.scan_state).label)
        if self.scan_state == ScanState.NOT_SCANNED:
            from motcua.foundation.documents.capabilities import virus_scanner

            return f"{label}. {virus_scanner().advice}".strip()
        return f"{label}: {self.scan_note}" if self.is_infected else label


class Document(models.Model):
    """Tài liệu: one named use of a file, for a subject (a dossier) or not yet for any, with its paper's data.

    Legal: ND118-2025 Đ19.2
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="documents", verbose_name="tệp"
    )
    name = models.CharField("tên tệp", max_length=200)
    subject_id = models.UUIDField("thuộc về", null=True, blank=True)
    uploaded_by_id = models.UUIDField("người tải lên", null=True)
    uploaded_at = models.DateTimeField("tải lên lúc")
    quarantined_at = models.DateTimeField("cách ly lúc", null=True)
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaces", verbose_name="được thay bằng"
    )

    paper_type_code = models.CharField("mã loại giấy tờ", max_length=LONGEST["paper_type_code"], blank=True)
    holder_id = models.UUIDField("định danh chủ giấy tờ", null=True, blank=True)
    holder_name = models.CharField("họ tên chủ giấy tờ", max_length=LONGEST["holder_name"], blank=True)
    holder_birth_year = models.PositiveSmallIntegerField("năm sinh của chủ giấy tờ", null=True, blank=True)
    issued_on = models.DateField("ngày cấp", null=True, blank=True)
    issuer = models.CharField("cơ quan cấp", max_length=LONGEST["issuer"], blank=True)
    number = models.CharField("số giấy tờ", max_length=LONGEST["number"], blank=True)
    title = models.CharField("tên giấy tờ", max_length=LONGEST["title"], blank=True)
    abstract = models.CharField("trích yếu nội dung", max_length=LONGEST["abstract"], blank=True)
    valid_from = models.DateField("có hiệu lực từ", null=True, blank=True)
    valid_to = models.DateField("có hiệu lực đến", null=True, blank=True)
    validity_scope = models.CharField("phạm vi hiệu lực", max_length=LONGEST["validity_scope"], blank=True)

    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "tài liệu"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="a_paper_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | ~Q(replaced_by=F("id")),
                name="a_document_never_replaces_itself",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subject_id", "id"], condition=Q(subject_id__isnull=False), name="document_of_subject"
            ),
            models.Index(
                fields=["uploaded_by_id", "id"], condition=Q(subject_id=None), name="document_unused"
            ),
            models.Index(
                fields=["holder_id"], condition=Q(holder_id__isnull=False), name="document_of_holder"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.name

    @property
    def facts(self) -> PaperFacts:
        return PaperFacts.of(self)

    @property
    def missing(self) -> list[str]:
        """Còn thiếu: labels of the data that the law asks for and nobody has entered yet."""
        return self.facts.missing()


class Preview(models.Model):
    """Ảnh xem trước: the picture of one page of a file, kept by its own SHA-256."""

    file = models.ForeignKey(
        StoredFile, on_delete=models.CASCADE, related_name="previews", verbose_name="tệp"
    )
    page = models.PositiveIntegerField("trang")
    sha256 = models.CharField("mã băm SHA-256", max_length=64)
    size = models.PositiveIntegerField("dung lượng (byte)")
    width = models.PositiveSmallIntegerField("rộng (điểm ảnh)")
    height = models.PositiveSmallIntegerField("cao (điểm ảnh)")

    class Meta:
        verbose_name = "ảnh xem trước"
        constraints = [
            models.UniqueConstraint(fields=["file", "page"], name="one_preview_per_page"),
            models.CheckConstraint(condition=Q(page__gte=1), name="preview_pages_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"Trang {self.page}"


class PhoneLink(models.Model):
    """Mã chụp bằng điện thoại: one phone may put pictures into one field of one form, for some minutes, and see nothing.

    `place` and `sent_by_id` as of the files on their way; `device`: of the phone that was first, "" of none yet.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = models.CharField("gửi vào", max_length=300)
    title = models.CharField("giấy tờ", max_length=300)
    sent_by_id = models.UUIDField("người mở", null=True)
    device = models.CharField("điện thoại", max_length=40, blank=True)
    begun_at = models.DateTimeField("mở lúc")
    expires_at = models.DateTimeField("hết hạn lúc")
    ended_at = models.DateTimeField("thôi dùng lúc", null=True)

    class Meta:
        verbose_name = "mã chụp bằng điện thoại"
        indexes = [models.Index(fields=["place", "begun_at"], name="phone_link_of_place")]

    def __str__(self) -> str:
        return self.title

    def holds(self, at: datetime) -> bool:
        """Còn dùng được."""
        return self.ended_at is None and at < self.expires_at


class IncomingFile(models.Model):
    """Tệp đang gửi: an upload on its way, in parts; what has come stays when the line breaks, and is gone on from there.

    `place` is the address of the form that it is meant for: whoever may send that form may go on sending, nobody else.
    `parts` are the sizes of what has come, each kept in the store until the whole became a document (`used_at`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = models.CharField("gửi vào", max_length=300)
    sent_by_id = models.UUIDField("người gửi", null=True)
    name = models.CharField("tên tệp", max_length=200)
    size = models.PositiveBigIntegerField("dung lượng (byte)")
    sha256 = models.CharField("mã băm SHA-256 người gửi tính", max_length=64, blank=True)
    parts = models.JSONField("các phần đã nhận (byte)", default=list)
    received = models.PositiveBigIntegerField("đã nhận (byte)", default=0)
    begun_at = models.DateTimeField("bắt đầu lúc")
    expires_at = models.DateTimeField("xóa sau lúc")
    link = models.ForeignKey(
        PhoneLink, models.SET_NULL, null=True, related_name="pictures", verbose_name="chụp bằng điện thoại"
    )
    handed_at = models.DateTimeField("điện thoại bấm gửi lúc", null=True)
    used_at = models.DateTimeField("lưu thành tài liệu lúc", null=True)
    document_id = models.UUIDField("thành tài liệu", null=True)

    class Meta:
        verbose_name = "tệp đang gửi"
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0, received__lte=F("size")), name="no_more_comes_than_was_announced"
            ),
        ]
        indexes = [
            models.Index(fields=["place", "begun_at"], name="incoming_of_place"),
            models.Index(fields=["expires_at"], name="incoming_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.received}/{self.size})"

    @property
    def is_whole(self) -> bool:
        """Đã đủ."""
        return self.received == self.size
