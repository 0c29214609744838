"""The catalogue: what the law publishes of each procedure, by revision, and who offers it where.

A revision and all its children are facts of the past once published: triggers refuse any change of them. A correction is
a new revision, and a dossier keeps the revision of its reception.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.core.errors import DomainError
from motcua.core.ids import new_id
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.service.procedures.querysets import OfferingQuerySet, ProcedureQuerySet, RevisionQuerySet
from motcua.service.procedures.wording import (
    amount_in_words,
    join_split_labels,
    limit_in_words,
    papers_in_words,
)

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


class OnlineLevel(models.TextChoices):
    """Mức độ trực tuyến. Legal: ND42-2022 Đ11"""

    NONE = "NONE", "Chưa trực tuyến"
    INFORMATION = "INFORMATION", "Cung cấp thông tin"
    PARTIAL = "PARTIAL", "Một phần"
    FULL = "FULL", "Toàn trình"


class NotACase(DomainError):
    """Chưa chọn đúng trường hợp."""


class ChannelNotOffered(DomainError):
    """Thủ tục không nhận theo cách này."""


class NotInForce(DomainError):
    """Thủ tục không có hiệu lực vào ngày này."""


class Procedure(models.Model):
    """Thủ tục hành chính: one entry of the national catalogue, known by its code through all its revisions.

    `current` is the revision in force at the last publication; the name and the search columns follow it.
    Legal: ND63-2010 Đ8
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField("khoá nhật ký", default=new_id, unique=True, editable=False)
    code = models.CharField("mã thủ tục", max_length=40, unique=True)
    name = models.TextField("tên thủ tục")
    name_folded = models.TextField("tên để tìm", editable=False)
    aliases = ArrayField(
        models.CharField(max_length=200), verbose_name="tên thường gọi", default=list, blank=True
    )
    aliases_folded = models.TextField("tên thường gọi để tìm", editable=False, blank=True)
    words = models.TextField("từ để tìm", editable=False)
    current = models.ForeignKey(
        "Revision",
        models.PROTECT,
        verbose_name="phiên bản hiện hành",
        null=True,
        related_name="+",
        db_index=False,
    )
    valid_to = models.DateField("hết hiệu lực sau ngày", null=True, blank=True)

    objects = ProcedureQuerySet.as_manager()

    if TYPE_CHECKING:
        revisions: RelatedManager[Revision]
        offerings: RelatedManager[Offering]

    class Meta:
        verbose_name = "thủ tục hành chính"
        verbose_name_plural = "thủ tục hành chính"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def revision_on(self, on: date) -> Revision:
        """Phiên bản áp dụng vào ngày, with its content. Raises NotInForce."""
        return revision_on(self.pk, on, self.valid_to)


class Revision(models.Model):
    """Phiên bản thủ tục: its content as one decision announced it, in force until the next begins.

    `needs_no_receipt`: settled while the person waits, so no appointment is printed. `has_financial_pause`: the clock
    stops while the applicant pays what the State asks. Legal: ND63-2010 Đ8, Đ15; ND118-2025 Đ17
    """

    procedure = models.ForeignKey(Procedure, models.PROTECT, verbose_name="thủ tục", related_name="revisions")
    number = models.PositiveIntegerField("số phiên bản")
    valid_from = models.DateField("áp dụng từ ngày")
    published_at = models.DateTimeField("công bố lúc")

    name = models.TextField("tên thủ tục")
    ministry = models.TextField("bộ, ngành", blank=True)
    decision = models.TextField("quyết định công bố", blank=True)
    levels = ArrayField(models.TextField(), verbose_name="cấp thực hiện", default=list, blank=True)
    kind = models.TextField("loại thủ tục", blank=True)
    field = models.TextField("lĩnh vực", blank=True)
    subjects = ArrayField(models.TextField(), verbose_name="đối tượng thực hiện", default=list, blank=True)
    settling = models.TextField("cơ quan thực hiện", blank=True)
    competent = models.TextField("cơ quan có thẩm quyền", blank=True)
    receiving = models.TextField("nơi tiếp nhận", blank=True)
    cooperating = models.TextField("cơ quan phối hợp", blank=True)
    conditions = models.TextField("yêu cầu, điều kiện", blank=True)
    steps = models.TextField("trình tự thực hiện", blank=True)
    keywords = ArrayField(models.TextField(), verbose_name="từ khoá", default=list, blank=True)
    source = models.TextField("nguồn", blank=True)
    other = models.JSONField("thông tin khác của nguồn", default=dict, blank=True)
    sets = models.PositiveSmallIntegerField("số bộ hồ sơ", default=1)

    needs_no_receipt = models.BooleanField("giải quyết ngay, không cần giấy hẹn", default=False)
    starts_next_day_after_cutoff = models.BooleanField(
        "nhận sau 15 giờ thì tính từ ngày làm việc sau", default=False
    )
    has_financial_pause = models.BooleanField("dừng tính giờ khi chờ nghĩa vụ tài chính", default=False)
    online_level = models.CharField(
        "mức độ trực tuyến", max_length=12, choices=OnlineLevel.choices, default=OnlineLevel.NONE
    )

    objects = RevisionQuerySet.as_manager()

    if TYPE_CHECKING:
        groups: RelatedManager[Case]
        papers: RelatedManager[Paper]
        channels: RelatedManager[Channel]
        result_types: RelatedManager[ResultType]
        legal_bases: RelatedManager[LegalBasis]

    class Meta:
        verbose_name = "phiên bản thủ tục"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "number"], name="one_revision_per_number_of_a_procedure"
            ),
        ]
        indexes = [models.Index(fields=["procedure", "-valid_from", "-number"], name="revision_in_force")]

    def __str__(self) -> str:
        return f"{self.name} (phiên bản {self.number})"

    @property
    def cases(self) -> list[Case]:
        """Trường hợp: the cases among which a dossier must choose one; none when all do alike."""
        return [group for group in self.groups.all() if group.kind == Case.Kind.ALTERNATIVE]

    def case_or_refuse(self, case_id: int | None) -> Case | None:
        """The chosen case, None where there is nothing to choose. Raises NotACase."""
        cases = self.cases
        if case_id is None and not cases:
            return None
        if case_id is None:
            names = "; ".join(case.label for case in cases)
            raise NotACase(f"Thủ tục có nhiều trường hợp. Hãy chọn một: {names}.", field="case")
        for case in cases:
            if case.pk == case_id:
                return case
        raise NotACase("Trường hợp này không thuộc thủ tục đã chọn. Hãy chọn lại trường hợp.", field="case")

    def papers_of(self, case: Case | None) -> list[Paper]:
        """Thành phần hồ sơ của trường hợp: what everybody brings, then what this case adds; notes are left out."""
        return [paper for paper in self._lines_of(case) if not paper.is_note]

    def notes_of(self, case: Case | None) -> list[Paper]:
        """Lưu ý: lines among the papers that explain and are no papers."""
        return [paper for paper in self._lines_of(case) if paper.is_note]

    def channels_of(self, kind: str) -> list[Channel]:
        return [channel for channel in self.channels.all() if channel.kind == kind]

    def channel_of(self, kind: str) -> Channel | None:
        """Cách thực hiện, the first of its kind."""
        return next(iter(self.channels_of(kind)), None)

    def limit_for(self, channel: str, case: Case | None = None) -> Limit:
        """Thời hạn: the term of this way and case, as the clock reads it.

        Unit NONE where the source gives no number, no unit, or two that disagree: nothing is assumed.
        Raises ChannelNotOffered.
        """
        rows = self.channels_of(channel)
        if not rows:
            raise ChannelNotOffered(
                f"Thủ tục này không nhận hồ sơ theo cách “{ChannelKind(channel).label}”. Hãy chọn cách nộp khác.",
                field="channel",
            )
        own = {limit for row in rows if (limit := row.limit_of_case(case))}
        limits = own or {row.limit for row in rows}
        return limits.pop() if len(limits) == 1 else Limit(None, Unit.NONE)

    def fees_for(self, channel: str, case: Case | None = None) -> list[Fee]:
        """Phí, lệ phí của cách thực hiện và trường hợp."""
        return [
            fee
            for row in self.channels_of(channel)
            for fee in row.fees.all()
            if fee.case_id is None or (case is not None and fee.case_id == case.pk)
        ]

    def fee_amount_for(self, channel: str, case: Case | None = None) -> int | None:
        """Số tiền phải thu, whole đồng; None when no single amount is fixed and the clerk must ask."""
        fees = self.fees_for(channel, case)
        if any(fee.amount is None or fee.is_estimate or fee.currency not in {"VND", ""} for fee in fees):
            return None
        return sum(fee.amount or 0 for fee in fees)

    @property
    def subject_labels(self) -> list[str]:
        """Đối tượng thực hiện, mended where the source broke one label at its comma."""
        return join_split_labels(self.subjects)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Thủ tục bằng lời thường: label and sentence, for the public page."""
        papers = [paper for paper in self.papers.all() if not paper.is_note]
        results = "; ".join(result.name for result in self.result_types.all())
        ways = [
            f"{channel.label}: {limit_in_words(channel.limit_value, channel.limit_unit, channel.limit_text)}"
            for channel in self.channels.all()
        ]
        fees = [
            f"{channel.label}: {channel.fees_in_words}"
            for channel in self.channels.all()
            if channel.fees_in_words
        ]
        lines = [
            ("Ai được làm", ", ".join(self.subject_labels)),
            ("Nộp ở đâu", self.receiving or self.settling),
            ("Cần giấy tờ gì", papers_in_words(len(papers), len(self.cases))),
            ("Bao lâu có kết quả", "; ".join(_once(ways))),
            ("Tốn bao nhiêu", "; ".join(_once(fees))),
            ("Nhận được gì", results),
            ("Điều kiện", self.conditions),
            (
                "Nộp trực tuyến",
                self.get_online_level_display() if self.online_level != OnlineLevel.NONE else "",
            ),
        ]
        return [(label, text) for label, text in lines if text]

    def _lines_of(self, case: Case | None) -> list[Paper]:
        groups = {group.pk: group for group in self.groups.all()}
        return [
            paper
            for paper in self.papers.all()
            if groups[paper.case_id].kind != Case.Kind.ALTERNATIVE
            or (case is not None and paper.case_id == case.pk)
        ]


class Case(models.Model):
    """Trường hợp, nhóm giấy tờ: papers that belong together. Only ALTERNATIVE ones are a choice for the dossier."""

    class Kind(models.TextChoices):
        COMMON = "COMMON", "Chung"
        ALTERNATIVE = "ALTERNATIVE", "Trường hợp"
        CONDITIONAL = "CONDITIONAL", "Khi có"
        NOTE = "NOTE", "Lưu ý"

    revision = models.ForeignKey(
        Revision, models.PROTECT, verbose_name="phiên bản", related_name="groups", db_index=False
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
        Revision, models.PROTECT, verbose_name="phiên bản", related_name="papers", db_index=False
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
        Revision, models.PROTECT, verbose_name="phiên bản", related_name="channels", db_index=False
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
    def fees_in_words(self) -> str:
        return "; ".join(_once(fee.in_words for fee in self.fees.all()))

    def limit_of_case(self, case: Case | None) -> Limit | None:
        """The limit that this case has of its own, if any."""
        if case is None:
            return None
        return next((as_limit(row) for row in self.case_limits.all() if row.case_id == case.pk), None)


class CaseLimit(models.Model):
    """Thời hạn riêng của một trường hợp trong một cách thực hiện."""

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
        Revision, models.PROTECT, verbose_name="phiên bản", related_name="result_types", db_index=False
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
        Revision, models.PROTECT, verbose_name="phiên bản", related_name="legal_bases", db_index=False
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


class Offering(models.Model):
    """Nơi thực hiện thủ tục: which agency settles it, and where it is handed in, from when until when."""

    procedure = models.ForeignKey(
        Procedure, models.PROTECT, verbose_name="thủ tục", related_name="offerings", db_index=False
    )
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan giải quyết", related_name="offerings"
    )
    receiving_agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi tiếp nhận", related_name="receptions"
    )
    unit = models.ForeignKey(
        "org.OneStopUnit",
        models.PROTECT,
        verbose_name="Bộ phận Một cửa",
        null=True,
        blank=True,
        related_name="offerings",
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    decision = models.CharField("quyết định", max_length=250, blank=True)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        verbose_name = "nơi thực hiện thủ tục"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "agency", "receiving_agency"],
                condition=Q(valid_to__isnull=True),
                name="one_living_offering_per_procedure_and_agencies",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="an_offering_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} tại {self.agency}"

    def revision_on(self, on: date) -> Revision:
        """Phiên bản áp dụng vào ngày, with its content. Raises NotInForce."""
        if on < self.valid_from or (self.valid_to is not None and on > self.valid_to):
            raise NotInForce(
                f"{self.receiving_agency.name} không tiếp nhận thủ tục này vào ngày {on:%d/%m/%Y}.",
                field="procedure",
            )
        return revision_on(self.procedure_id, on, self.procedure.valid_to)


def revision_on(procedure_id: int, on: date, valid_to: date | None = None) -> Revision:
    """The revision of a procedure on a day, with its content. Raises NotInForce."""
    found = Revision.objects.in_force(procedure_id, on).values_list("pk", flat=True).first()
    if found is None or (valid_to is not None and on > valid_to):
        raise NotInForce(
            f"Thủ tục này không có hiệu lực vào ngày {on:%d/%m/%Y}. Hãy xem lại danh mục thủ tục.",
            field="procedure",
        )
    return known_revision(found)


@lru_cache(maxsize=1024)
def known_revision(revision_id: int) -> Revision:
    """A published revision with its content, kept in the process: it never changes. Read it only."""
    return Revision.objects.with_content().get(pk=revision_id)


def as_limit(row: Channel | CaseLimit) -> Limit:
    """The clock's view of a stored limit: a number counts only with its unit."""
    if row.limit_unit == LimitUnit.NONE:
        return Limit(None, Unit.NONE)
    return Limit(row.limit_value, Unit(row.limit_unit))


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
