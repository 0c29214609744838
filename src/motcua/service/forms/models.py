"""Forms and their versions, the answers of one subject, and what people say is wrong in what was filled in for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.core.keeping import kept
from motcua.foundation.identity.sealing import seal, unseal
from motcua.service.forms.definition import Definition, read
from motcua.service.forms.querysets import AnswersQuerySet, CorrectionWishQuerySet, FormVersionQuerySet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Form(models.Model):
    """Biểu mẫu điện tử: what one procedure, or one case of it, asks. Its content is in its versions.

    `official` names the official declaration that it follows, `confidence` how sure that is.
    """

    class Confidence(models.TextChoices):
        READ = "READ", "Đã đối chiếu văn bản"
        KNOWN = "KNOWN", "Theo hiểu biết chung, chưa đối chiếu văn bản"
        OWN = "OWN", "Không theo mẫu nào"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField("mã biểu mẫu", max_length=60, unique=True)
    name = models.CharField("tên biểu mẫu", max_length=250)
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, verbose_name="thủ tục", related_name="forms", db_index=False
    )
    case_name = models.CharField("trường hợp", max_length=300, blank=True)
    official = models.CharField("theo mẫu", max_length=250, blank=True)
    confidence = models.CharField(
        "độ chắc chắn", max_length=5, choices=Confidence.choices, default=Confidence.KNOWN
    )

    if TYPE_CHECKING:
        versions: RelatedManager[FormVersion]

    class Meta:
        verbose_name = "biểu mẫu điện tử"
        verbose_name_plural = "biểu mẫu điện tử"
        constraints = [
            models.UniqueConstraint(fields=["procedure", "case_name"], name="one_form_per_procedure_and_case")
        ]

    def __str__(self) -> str:
        return self.name


class FormVersion(models.Model):
    """Phiên bản biểu mẫu: one definition, drafted by one person, published by another.

    Once published it never changes.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Đang soạn"
        PUBLISHED = "PUBLISHED", "Đang dùng"
        RETIRED = "RETIRED", "Đã thay thế"
        DISCARDED = "DISCARDED", "Đã bỏ"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    form = models.ForeignKey(
        Form, models.PROTECT, verbose_name="biểu mẫu", related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField("phiên bản")
    state = models.CharField("trạng thái", max_length=10, choices=State.choices, default=State.DRAFT)
    document = models.JSONField("nội dung")
    edits = models.PositiveIntegerField("lần sửa", default=0)
    valid_from = models.DateField("áp dụng từ ngày", null=True)
    valid_to = models.DateField("đến hết ngày", null=True)
    reason = models.CharField("lý do, căn cứ", max_length=500, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="người soạn"
    )
    drafted_at = models.DateTimeField("soạn lúc")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="người ban hành",
    )  # fmt: skip
    published_at = models.DateTimeField("ban hành lúc", null=True)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "phiên bản biểu mẫu"
        verbose_name_plural = "phiên bản biểu mẫu"
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="one_form_version_per_number"),
            models.UniqueConstraint(
                fields=["form"], condition=Q(state="DRAFT"), name="one_form_version_in_draft"
            ),
            models.UniqueConstraint(
                fields=["form"], condition=Q(state="PUBLISHED"), name="one_published_form_version"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["PUBLISHED", "RETIRED"])
                | Q(valid_from__isnull=False, published_by__isnull=False, published_at__isnull=False)
                & ~Q(published_by=F("drafted_by")),
                name="a_form_version_is_published_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} phiên bản {self.number}"

    @property
    def definition(self) -> Definition:
        """Nội dung as it is read: of a published version once in each process, of any other once for each row in memory."""
        if self.published_at is not None:
            return published_definition(self.pk)
        known: Definition | None = self.__dict__.get("_definition")
        if known is None:
            known = self.__dict__["_definition"] = read(self.document)
        return known


@kept(512)
def published_definition(version_id: UUID) -> Definition:
    """Nội dung of a published version, kept in the process: it never changes. Read it only."""
    return read(FormVersion.objects.values_list("document", flat=True).get(pk=version_id))


class Answers(models.Model):
    """Câu trả lời: of one subject (a draft, a filing, a dossier) to one version of a form; kept sealed.

    `provenance` says for each field where it came from; `pages` how often each page was saved, by which a second window
    is noticed; `again` what a newer version asks again, with the reason.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_id = models.UUIDField("bản nháp hoặc hồ sơ", unique=True)
    version = models.ForeignKey(
        FormVersion, models.PROTECT, verbose_name="phiên bản biểu mẫu", related_name="answers"
    )
    data_sealed = models.BinaryField("câu trả lời (đã mã hóa)", editable=False)
    provenance = models.JSONField("nguồn của từng câu", default=dict)
    pages = models.JSONField("số lần lưu từng trang", default=dict)
    again = models.JSONField("câu phải hỏi lại", default=dict)
    page = models.CharField("trang đang làm", max_length=60, blank=True)
    begun_at = models.DateTimeField("bắt đầu lúc")
    saved_at = models.DateTimeField("lưu lúc")
    saved_by = models.UUIDField("người lưu", null=True)

    objects = AnswersQuerySet.as_manager()

    class Meta:
        verbose_name = "câu trả lời biểu mẫu"
        verbose_name_plural = "câu trả lời biểu mẫu"

    def __str__(self) -> str:
        return str(self.subject_id)

    @property
    def data(self) -> dict[str, Any]:
        """All that was answered, what is hidden now as well."""
        found: dict[str, Any] = json.loads(unseal(bytes(self.data_sealed), bound_to=self.pk.bytes))
        return found

    @data.setter
    def data(self, answers: dict[str, Any]) -> None:
        self.data_sealed = seal(json.dumps(answers, ensure_ascii=False), bound_to=self.pk.bytes)


class CorrectionWish(models.Model):
    """Báo sai thông tin: a field was filled in from a source, and the person says that the source is wrong.

    `agency` is where the form is handed in: its people see to it and answer. Told anew by the person, it waits again.
    """

    class Outcome(models.TextChoices):
        MENDED = "MENDED", "Đã sửa ở nguồn"
        PASSED_ON = "PASSED_ON", "Đã chuyển nơi giữ dữ liệu"
        RIGHT = "RIGHT", "Đã xem lại, thông tin đúng"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("mã", max_length=20, blank=True)
    answers = models.ForeignKey(
        Answers, models.PROTECT, verbose_name="câu trả lời", related_name="correction_wishes"
    )
    field = models.CharField("trường", max_length=140)
    source = models.CharField("nguồn", max_length=60)
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="nơi xem lại"
    )
    wish_sealed = models.BinaryField("điều sai và điều đúng (đã mã hóa)", editable=False)
    reported_at = models.DateTimeField("báo lúc")
    reported_by = models.UUIDField("người báo", null=True)
    outcome = models.CharField("kết quả", max_length=9, choices=Outcome.choices, blank=True)
    answer_sealed = models.BinaryField("câu trả lời (đã mã hóa)", null=True, editable=False)
    answered_at = models.DateTimeField("trả lời lúc", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="người trả lời",
    )  # fmt: skip

    objects = CorrectionWishQuerySet.as_manager()

    class Meta:
        verbose_name = "báo sai thông tin"
        verbose_name_plural = "báo sai thông tin"
        constraints = [
            models.UniqueConstraint(fields=["answers", "field"], name="one_correction_wish_per_field"),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at__isnull=True, answered_by__isnull=True)
                | ~Q(outcome="") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="an_answered_wish_says_how_and_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "id"], condition=Q(answered_at__isnull=True), name="wish_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.field} ({self.source})"

    @property
    def wish(self) -> str:
        return unseal(bytes(self.wish_sealed), bound_to=self.pk.bytes)

    @wish.setter
    def wish(self, text: str) -> None:
        self.wish_sealed = seal(text, bound_to=self.pk.bytes)

    @property
    def answer(self) -> str:
        """Lời trả lời người báo; "" while it waits."""
        return unseal(bytes(self.answer_sealed), bound_to=self.pk.bytes) if self.answer_sealed else ""

    @answer.setter
    def answer(self, text: str) -> None:
        self.answer_sealed = seal(text, bound_to=self.pk.bytes) if text else None
