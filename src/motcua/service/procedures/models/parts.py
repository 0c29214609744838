"""Phần của một phiên bản: its cases, papers, ways, fees, results and legal bases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from motcua.core.rows import read_along
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.service.procedures.wording import amount_in_words, limit_in_words

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ChannelKind(models.TextChoices):
    """Cách thức thực hiện."""

    COUNTER = "COUNTER", "Trực tiếp"
    ONLINE = "ONLINE", "Trực tuyến"
    POST = "POST", "Dịch vụ bưu chính"


class LimitUnit(models.TextChoices):
    """Đơn vị thời hạn: the units of the clock, with their Vietnamese names."""

    WORKING_DAY = Unit.WORKING_DAY.value, "ngày làm việc"
    DAY = Unit.DAY.value, "ngày"
    HOUR = Unit.HOUR.value, "giờ"
    MONTH = Unit.MONTH.value, "tháng"
    NONE = Unit.NONE.value, "không ghi đơn vị"


class Case(models.Model):
    """Trường hợp, nhóm giấy tờ: papers that belong together. Only ALTERNATIVE ones are a choice for the dossier."""

    class Kind(models.TextChoices):
        COMMON = "COMMON", "Chung"
        ALTERNATIVE = "ALTERNATIVE", "Trường hợp"
        CONDITIONAL = "CONDITIONAL", "Khi có"
        NOTE = "NOTE", "Lưu ý"

    revision = models.ForeignKey(
        "procedures.Revision", models.PROTECT, verbose_name="phiên bản", related_name="groups", db_index=False
    )
    position = models.PositiveSmallIntegerField("thứ tự")
    name = models.TextField("tên", blank=True)
    kind = models.CharField("loại", max_length=12, choices=Kind.choices, default=Kind.COMMON)

    class Meta:
        verbose_name = "trường hợp"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["revision", "position"], name="one_case_per_position")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name.strip("*-• \n:;.") or "Thành phần hồ sơ"


class Paper(models.Model):
    """Thành phần hồ sơ: one paper to bring, with how many originals and copies.

    `is_required`: a dossier without it is incomplete. `is_note`: a line of the source that explains and is no paper.
    """

    revision = models.ForeignKey(
        "procedures.Revision", models.PROTECT, verbose_name="phiên bản", related_name="papers", db_index=False
    )
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="trường hợp", related_name="papers", db_index=False
    )
    position = models.PositiveSmallIntegerField("thứ tự")
    name = models.TextField("tên giấy tờ")
    originals = models.PositiveIntegerField("bản chính", default=0)
    copies = models.PositiveIntegerField("bản sao", default=0)
    template_code = models.CharField("mã mẫu", max_length=100, blank=True)
    is_required = models.BooleanField("bắt buộc", default=True)
    is_note = models.BooleanField("là lời lưu ý", default=False)
    note = models.TextField("ghi chú", blank=True)
    held_in = models.CharField(
        "cơ sở dữ liệu đã có", max_length=200, blank=True, default="", db_default=""
    )  # then nobody hands it in. Legal: ND118-2025 Đ16

    class Meta:
        verbose_name = "thành phần hồ sơ theo thủ tục"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="one_paper_per_position"),
            models.CheckConstraint(
                condition=~Q(is_note=True, is_required=True), name="a_note_is_never_required"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def quantity_label(self) -> str:
        """Số lượng: "1 bản chính, 1 bản sao", empty when none is said."""
        parts = [f"{self.originals} bản chính"] if self.originals else []
        parts += [f"{self.copies} bản sao"] if self.copies else []
        return ", ".join(parts)


class Channel(models.Model):
    """Cách thức thực hiện: one way to apply, with its limit. `limit_text` is the limit or unit as the source wrote it."""

    revision = models.ForeignKey(
        "procedures.Revision",
        models.PROTECT,
        verbose_name="phiên bản",
        related_name="channels",
        db_index=False,
    )
    position = models.PositiveSmallIntegerField("thứ tự")
    kind = models.CharField("cách thức", max_length=8, choices=ChannelKind.choices)
    name = models.TextField("tên", blank=True)
    limit_value = models.DecimalField("thời hạn", max_digits=7, decimal_places=2, null=True)
    limit_unit = models.CharField("đơn vị", max_length=16, choices=LimitUnit.choices, default=LimitUnit.NONE)
    limit_text = models.TextField("thời hạn bằng chữ", blank=True)
    note = models.TextField("mô tả", blank=True)

    if TYPE_CHECKING:
        fees: RelatedManager[Fee]
        case_limits: RelatedManager[CaseLimit]

    class Meta:
        verbose_name = "cách thức thực hiện"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="one_channel_per_position"),
            models.CheckConstraint(
                condition=Q(limit_unit=LimitUnit.NONE) | Q(limit_value__gt=0),
                name="a_limit_with_a_unit_has_a_number",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name or str(self.get_kind_display())

    @property
    def limit(self) -> Limit:
        return as_limit(self)

    @property
    def limit_in_words(self) -> str:
        return limit_in_words(self.limit_value, self.limit_unit, self.limit_text)

    @property
    def limits_in_words(self) -> str:
        """Thời hạn chung, then those of the cases that have their own."""
        own = [f"{row.case.label}: {row}" for row in self.case_limits.all()]
        return f"{self.limit_in_words} ({'; '.join(own)})" if own else self.limit_in_words

    @property
    def fees_in_words(self) -> str:
        return "; ".join(once(fee.in_words for fee in self.fees.all()))

    def limit_of_case(self, case: Case | None) -> Limit | None:
        """The limit that this case has of its own, if any."""
        if case is None:
            return None
        own = read_along(self, "case_limits")
        return next((as_limit(row) for row in own if row.case_id == case.pk), None)


class CaseLimit(models.Model):
    """Thời hạn riêng: the limit of one case in one channel."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="case_limits", db_index=False)
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="trường hợp", related_name="+", db_index=False
    )
    limit_value = models.DecimalField("thời hạn", max_digits=7, decimal_places=2, null=True)
    limit_unit = models.CharField("đơn vị", max_length=16, choices=LimitUnit.choices, default=LimitUnit.NONE)
    limit_text = models.TextField("thời hạn bằng chữ", blank=True)

    class Meta:
        verbose_name = "thời hạn theo trường hợp"
        constraints = [
            models.UniqueConstraint(fields=["channel", "case"], name="one_limit_of_a_case_per_channel"),
            models.CheckConstraint(
                condition=Q(limit_unit=LimitUnit.NONE) | Q(limit_value__gt=0),
                name="a_case_limit_with_a_unit_has_a_number",
            ),
        ]

    def __str__(self) -> str:
        return limit_in_words(self.limit_value, self.limit_unit, self.limit_text)


class Fee(models.Model):
    """Phí, lệ phí: what one way of applying costs. `amount` is whole units of `currency`; None: not fixed here.

    `is_estimate`: the amount is per page, per copy or otherwise to be counted at the counter.
    """

    class Kind(models.TextChoices):
        FEE = "FEE", "Lệ phí"
        CHARGE = "CHARGE", "Phí"
        UNSAID = "UNSAID", "Phí, lệ phí"

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="fees", db_index=False)
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="trường hợp", null=True, related_name="+", db_index=False
    )
    position = models.PositiveSmallIntegerField("thứ tự")
    kind = models.CharField("loại", max_length=8, choices=Kind.choices, default=Kind.UNSAID)
    label = models.TextField("tên gọi", blank=True)
    amount = models.BigIntegerField("số tiền", null=True)
    currency = models.CharField("đơn vị tiền", max_length=3, blank=True)
    is_estimate = models.BooleanField("tính theo số lượng", default=False)
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        verbose_name = "phí, lệ phí"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "position"], name="one_fee_per_position"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="a_fee_is_never_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        return amount_in_words(self.amount, self.currency, self.label, self.note)


class ResultType(models.Model):
    """Loại kết quả: what the applicant receives, with the code of the national catalogue."""

    revision = models.ForeignKey(
        "procedures.Revision",
        models.PROTECT,
        verbose_name="phiên bản",
        related_name="result_types",
        db_index=False,
    )
    position = models.PositiveSmallIntegerField("thứ tự")
    code = models.CharField("mã kết quả", max_length=60, blank=True)
    name = models.TextField("tên kết quả")

    class Meta:
        verbose_name = "loại kết quả"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="one_result_type_per_position")
        ]

    def __str__(self) -> str:
        return self.name


class LegalBasis(models.Model):
    """Căn cứ pháp lý: a text that the procedure rests on."""

    revision = models.ForeignKey(
        "procedures.Revision",
        models.PROTECT,
        verbose_name="phiên bản",
        related_name="legal_bases",
        db_index=False,
    )
    position = models.PositiveSmallIntegerField("thứ tự")
    number = models.TextField("số, ký hiệu")
    issued_on = models.DateField("ngày ban hành", null=True)
    title = models.TextField("trích yếu", blank=True)
    issuer = models.TextField("cơ quan ban hành", blank=True)

    class Meta:
        verbose_name = "căn cứ pháp lý"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="one_legal_basis_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


def as_limit(row: Channel | CaseLimit) -> Limit:
    """The clock's view of a stored limit: a number counts only with its unit."""
    if row.limit_unit == LimitUnit.NONE:
        return Limit(None, Unit.NONE)
    return Limit(row.limit_value, Unit(row.limit_unit))


def once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
