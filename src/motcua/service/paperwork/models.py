"""What has been printed, and what an office has said about how it prints."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.core.text import fold
from motcua.foundation.identity.sealing import keyed_hash, seal, unseal
from motcua.service.paperwork.facts import Facts, from_json
from motcua.service.paperwork.querysets import PaperLookQuerySet, PaperTemplateQuerySet
from motcua.service.paperwork.registry import FACTS, SETS, Form
from motcua.service.paperwork.rendering import render_docx, render_snapshot
from motcua.service.paperwork.templating.filling import fill

COPIES = ("Liên 1: Chuyển kèm hồ sơ", "Liên 2: Giao người nộp")
FORMS = [(form.value, form.label) for form in Form]
FORM_SETS = [(name, name) for name in SETS]
IN_COPIES = frozenset({Form.RECEIPT, Form.BATCH_RECEIPT})


class PaperTemplate(models.Model):
    """Mẫu giấy tờ riêng: one version of a DOCX that an office prints a form by. What it leaves open, it holds for all.

    A published version is never changed; the next takes its place. Papers keep the version that they were printed by.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Bản thử"
        PUBLISHED = "PUBLISHED", "Đang dùng"
        RETIRED = "RETIRED", "Đã thay thế"
        WITHDRAWN = "WITHDRAWN", "Đã thu hồi"
        DISCARDED = "DISCARDED", "Đã bỏ"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    form = models.CharField("biểu mẫu", max_length=16, choices=FORMS)
    forms = models.CharField("bộ biểu mẫu", max_length=20, blank=True)
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan", null=True, related_name="+", db_index=False
    )
    procedure = models.ForeignKey(
        "procedures.Procedure",
        models.PROTECT,
        verbose_name="thủ tục",
        null=True,
        related_name="+",
        db_index=False,
    )
    version = models.PositiveIntegerField("phiên bản")
    state = models.CharField("trạng thái", max_length=10, choices=State.choices, default=State.DRAFT)
    file_name = models.CharField("tên tệp", max_length=200)
    content = models.BinaryField("nội dung", editable=False)
    sha256 = models.CharField("mã băm", max_length=64)
    reason = models.CharField("lý do", max_length=500, blank=True)
    valid_from = models.DateField("dùng từ ngày", null=True)
    valid_to = models.DateField("đến hết ngày", null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    uploaded_at = models.DateTimeField("tải lên lúc")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_at = models.DateTimeField("ban hành lúc", null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("thu hồi lúc", null=True)
    withdrawn_reason = models.CharField("lý do thu hồi", max_length=500, blank=True)

    objects = PaperTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "mẫu giấy tờ riêng"
        verbose_name_plural = "mẫu giấy tờ riêng"
        constraints = [
            models.UniqueConstraint(
                fields=["form", "forms", "agency", "procedure", "version"],
                nulls_distinct=False,
                name="one_template_per_version",
            ),
            models.UniqueConstraint(
                fields=["form", "forms", "agency", "procedure"],
                condition=Q(state="PUBLISHED"),
                nulls_distinct=False,
                name="one_published_template",
            ),
            models.UniqueConstraint(
                fields=["form", "forms", "agency", "procedure"],
                condition=Q(state="DRAFT"),
                nulls_distinct=False,
                name="one_template_in_draft",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["PUBLISHED", "RETIRED"])
                | Q(valid_from__isnull=False, published_by__isnull=False, published_at__isnull=False),
                name="a_published_template_says_by_whom_and_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="WITHDRAWN") | ~Q(withdrawn_reason=""),
                name="a_withdrawn_template_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()} (phiên bản {self.version})"


class PaperLook(models.Model):
    """Cách trình bày giấy tờ: what a province or an agency has on its papers, from a day on. Rows are never changed.

    The lines of the header, the mark, book and entry number, the label of each copy, the paper and the sign behind the
    number. What is empty stays as the set of forms and the agency's own name say.
    """

    class Mark(models.TextChoices):
        QR = "QR", "Mã QR"
        BARCODE = "BARCODE", "Mã vạch"
        BOTH = "BOTH", "Mã QR và mã vạch"
        NONE = "NONE", "Không in mã"

    class Paper(models.TextChoices):
        A4 = "A4", "A4"
        A5 = "A5", "A5"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan", null=True, related_name="+"
    )
    form = models.CharField("biểu mẫu", max_length=16, choices=FORMS, blank=True)
    valid_from = models.DateField("từ ngày")
    parent_line = models.CharField("dòng cơ quan cấp trên", max_length=200, blank=True)
    agency_line = models.CharField("dòng cơ quan", max_length=200, blank=True)
    mark = models.CharField("mã nhận dạng", max_length=8, choices=Mark.choices, default=Mark.QR)
    has_book = models.BooleanField("in quyển số, số thứ tự", default=True)
    copies = ArrayField(models.CharField(max_length=100), verbose_name="nhãn các liên", default=list)
    paper = models.CharField("khổ giấy", max_length=2, choices=Paper.choices, blank=True)
    symbol = models.CharField("ký hiệu sau số", max_length=30, blank=True)
    reason = models.CharField("lý do, căn cứ", max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField("đặt lúc")

    objects = PaperLookQuerySet.as_manager()

    class Meta:
        verbose_name = "cách trình bày giấy tờ"
        verbose_name_plural = "cách trình bày giấy tờ"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "form", "valid_from"], nulls_distinct=False, name="one_look_begins_on_a_day"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_look_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display() or 'Mọi biểu mẫu'} từ {self.valid_from:%d/%m/%Y}"


class PrintedForm(models.Model):
    """Giấy tờ đã in: one paper about one subject (a dossier, a refusal, a list of dossiers), with its number and facts.

    The facts are kept sealed, because the forms state personal numbers; printing again gives the same bytes. A paper
    printed by an office's own template keeps its pages as well. Only the papers that tell how far a dossier has come
    are renewed, under their number.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    form = models.CharField("biểu mẫu", max_length=16, choices=FORMS)
    forms = models.CharField("bộ biểu mẫu", max_length=20)
    template = models.ForeignKey(
        PaperTemplate,
        models.PROTECT,
        verbose_name="mẫu riêng",
        null=True,
        related_name="papers",
        db_index=False,
    )
    subject_id = models.UUIDField("hồ sơ hoặc việc")
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi lập", related_name="+", db_index=False
    )
    year = models.PositiveSmallIntegerField("năm")
    sequence = models.PositiveIntegerField("số")
    number = models.CharField("số, ký hiệu", max_length=40)
    code = models.CharField("mã số hồ sơ", max_length=64, blank=True)
    facts_sealed = models.BinaryField("nội dung (đã mã hóa)", editable=False)
    digest = models.CharField("mã băm có khóa của nội dung", max_length=64)
    pages_sealed = models.BinaryField("trang giấy (đã mã hóa)", null=True, editable=False)
    printed_at = models.DateTimeField("in lúc")
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người in", related_name="+", db_index=False
    )

    class Meta:
        verbose_name = "giấy tờ đã in"
        verbose_name_plural = "giấy tờ đã in"
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "form"], name="one_paper_of_a_form_per_subject"),
            models.UniqueConstraint(
                fields=["agency", "form", "year", "sequence"], name="one_paper_per_number_of_a_form"
            ),
            models.CheckConstraint(condition=~Q(number=""), name="a_printed_paper_has_its_number"),
            models.CheckConstraint(
                condition=Q(template__isnull=True) | Q(pages_sealed__isnull=False),
                name="a_paper_of_a_template_keeps_its_pages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()} số {self.number}"

    def keep(self, facts: dict[str, Any]) -> bool:
        """Keep the facts, sealed to this row. False: they are those already kept."""
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        digest = keyed_hash(text, use="printed-form")
        if digest == self.digest:
            return False
        self.facts_sealed = seal(text, bound_to=self.pk.bytes)
        self.digest = digest
        return True

    def keep_pages(self, pdf: bytes) -> None:
        """Keep the pages of a paper that no release of ours can draw again by itself."""
        self.pages_sealed = seal(b64encode(pdf).decode(), bound_to=self.pk.bytes)

    @property
    def facts(self) -> dict[str, Any]:
        """The facts as they were printed, as JSON values. Raises BrokenSeal when the row was tampered with."""
        facts: dict[str, Any] = json.loads(unseal(bytes(self.facts_sealed), bound_to=self.pk.bytes))
        return facts

    def pdf(self, *, is_in_copies: bool = False) -> bytes:
        """The paper itself, as PDF/A-2b; the same bytes each time. `is_in_copies`: a receipt once for each keeper."""
        if self.pages_sealed is not None:
            return b64decode(unseal(bytes(self.pages_sealed), bound_to=self.pk.bytes))
        facts = self.facts
        if is_in_copies and self.form in IN_COPIES:
            facts["copies"] = facts.get("look", {}).get("copies") or COPIES
        return render_snapshot(Form(self.form), facts, regime_forms=self.forms, at=self.printed_at)

    def docx(self) -> bytes:
        """Bản để soạn thảo: the same facts as a DOCX; what is changed in it is no longer the issued paper."""
        if self.template is not None:
            return fill(bytes(self.template.content), Form(self.form), self.facts)
        facts: Facts = from_json(FACTS[Form(self.form)], self.facts)
        return render_docx(Form(self.form), facts, regime_forms=self.forms, at=self.printed_at)

    @property
    def file_name(self) -> str:
        """A name for the download: "giay-tiep-nhan-ho-so-va-hen-tra-ket-qua-H15.13-261120-0975.pdf"."""
        title = fold(Form(self.form).label).replace(",", "").replace(" ", "-")
        return f"{title}-{self.code or self.number.replace('/', '-').replace(' ', '-')}.pdf"


class FeeSeries(models.Model):
    """Ký hiệu biên lai: a series of fee receipts of one unit for one kind of money; numbers begin at 1 each year.

    Legal: ND123-2020 Đ32
    """

    class Kind(models.TextChoices):
        FEE = "FEE", "Phí"
        CHARGE = "CHARGE", "Lệ phí"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("org.Agency", models.PROTECT, verbose_name="đơn vị thu", related_name="+")
    kind = models.CharField("loại", max_length=6, choices=Kind.choices)
    template = models.CharField("ký hiệu mẫu", max_length=20)
    symbol = models.CharField("ký hiệu biên lai", max_length=20)
    tax_code = models.CharField("mã số thuế đơn vị thu", max_length=14)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField("đặt lúc")

    class Meta:
        verbose_name = "ký hiệu biên lai"
        verbose_name_plural = "ký hiệu biên lai"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "template", "symbol"], name="a_series_has_its_own_sign"
            ),
            models.UniqueConstraint(
                fields=["agency", "kind"], condition=Q(valid_to__isnull=True), name="one_open_series_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_series_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.symbol}"

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class IssuedFeeReceipt(models.Model):
    """Biên lai thu phí, lệ phí đã lập: one number of its series, for ever; a wrong one is cancelled, not taken back.

    Legal: ND123-2020 Đ32
    """

    class Way(models.TextChoices):
        CASH = "CASH", "tiền mặt"
        TRANSFER = "TRANSFER", "chuyển khoản"
        ONLINE = "ONLINE", "trực tuyến"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="fee_receipts")
    series = models.ForeignKey(FeeSeries, models.PROTECT, related_name="receipts", db_index=False)
    year = models.PositiveSmallIntegerField("năm")
    number = models.PositiveIntegerField("số")
    charge = models.CharField("tên loại phí, lệ phí", max_length=300)
    amount = models.PositiveIntegerField("số tiền (đồng)")
    way = models.CharField("hình thức", max_length=8, choices=Way.choices, default=Way.CASH)
    payer_name = models.CharField("người nộp tiền", max_length=250)
    issued_at = models.DateTimeField("lập lúc")
    issued_by = models.ForeignKey(  # None: issued by the system when money came on line
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    cancelled_at = models.DateTimeField("hủy lúc", null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    cancelled_reason = models.CharField("lý do hủy", max_length=300, blank=True)

    class Meta:
        verbose_name = "biên lai thu phí, lệ phí"
        verbose_name_plural = "biên lai thu phí, lệ phí"
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year", "number"], name="one_fee_receipt_per_number_of_a_series"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_fee_receipt_states_an_amount"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | ~Q(cancelled_reason=""),
                name="a_cancelled_fee_receipt_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series.symbol} {self.serial}"

    @property
    def serial(self) -> str:
        """Số biên lai: seven digits."""
        return f"{self.number:07d}"
