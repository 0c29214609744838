"""Phiên bản thủ tục: what one decision announced, and the questions that a rule or a page asks of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value

from motcua.core.asking import Asked
from motcua.core.errors import DomainError
from motcua.core.keeping import kept
from motcua.core.rows import read_along
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.service.procedures.models.parts import (
    Case,
    Channel,
    ChannelKind,
    Fee,
    LegalBasis,
    Paper,
    ResultType,
)
from motcua.service.procedures.querysets import RevisionQuerySet
from motcua.service.procedures.questions import OptionFacts, QuestionFacts, read_questions
from motcua.service.procedures.wording import join_split_labels, papers_in_words, shared

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class OnlineLevel(models.TextChoices):
    """Mức độ trực tuyến. Legal: ND42-2022 Đ11; ND224-2026 Đ14, Đ16"""

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


class Revision(models.Model):
    """Phiên bản thủ tục: its content as one decision announced it, in force until the next begins.

    `needs_no_receipt`: settled while the person waits, so no appointment is printed. `has_financial_pause`: the clock
    stops while the applicant pays what the State asks. Legal: ND63-2010 Đ8, Đ15; ND118-2025 Đ17
    """

    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, verbose_name="thủ tục", related_name="revisions"
    )
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
    keywords = ArrayField(models.TextField(), verbose_name="từ khóa", default=list, blank=True)
    source = models.TextField("nguồn", blank=True)
    other = models.JSONField("thông tin khác của nguồn", default=dict, blank=True)
    questions = models.JSONField(
        "câu hỏi trường hợp", default=list, blank=True, db_default=Value([], models.JSONField())
    )  # as questions.py writes them
    sets = models.PositiveSmallIntegerField("số bộ hồ sơ", default=1)

    needs_no_receipt = models.BooleanField("giải quyết ngay, không cần giấy hẹn", default=False)
    starts_next_day_after_cutoff = models.BooleanField(
        "nhận sau 15 giờ thì tính từ ngày làm việc sau", default=False
    )
    has_financial_pause = models.BooleanField("dừng tính giờ khi chờ nghĩa vụ tài chính", default=False)
    has_sector_pause = models.BooleanField("dừng tính giờ theo pháp luật chuyên ngành", default=False)
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
        return [group for group in read_along(self, "groups") if group.kind == Case.Kind.ALTERNATIVE]

    def asked_questions(self) -> tuple[QuestionFacts, ...]:
        """Câu hỏi trường hợp: those of the revision; where it has cases and asks nothing of them, which case it is."""
        groups = list(self.groups.all())
        kept = read_questions(self.questions, papers=len(self.papers.all()), groups=len(groups))
        asks = any(option.case is not None for question in kept for option in question.options)
        if asks or len(self.cases) < 2:
            return kept
        options = tuple(
            OptionFacts(group.label, case=place)
            for place, group in enumerate(groups)
            if group.kind == Case.Kind.ALTERNATIVE
        )
        return (QuestionFacts("Bạn thuộc trường hợp nào?", options), *kept)

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
        return [channel for channel in read_along(self, "channels") if channel.kind == kind]

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
            for fee in read_along(row, "fees")
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
        ways = shared((channel.label, channel.limits_in_words) for channel in self.channels.all())
        fees = shared((channel.label, channel.fees_in_words or "Miễn phí") for channel in self.channels.all())
        lines = [
            ("Ai được làm", ", ".join(self.subject_labels)),
            ("Nộp ở đâu", self.receiving or self.settling),
            ("Cần giấy tờ gì", papers_in_words(len(papers), len(self.cases))),
            ("Bao lâu có kết quả", ways),
            ("Tốn bao nhiêu", fees),
            ("Nhận được gì", results),
            ("Điều kiện", self.conditions),
            (
                "Nộp trực tuyến",
                self.get_online_level_display() if self.online_level != OnlineLevel.NONE else "",
            ),
        ]
        return [(label, text) for label, text in lines if text]

    def _lines_of(self, case: Case | None) -> list[Paper]:
        groups = {group.pk: group for group in read_along(self, "groups")}
        return [
            paper
            for paper in read_along(self, "papers")
            if groups[paper.case_id].kind != Case.Kind.ALTERNATIVE
            or (case is not None and paper.case_id == case.pk)
        ]


def revision_on(procedure_id: int, on: date, valid_to: date | None = None) -> Revision:
    """The revision of a procedure on a day, with its content. Raises NotInForce."""
    found = LATEST.first(procedure_id=procedure_id, on=on)
    if found is None or (valid_to is not None and on > valid_to):
        raise not_in_force(on)
    return known_revision(found.pk)


def not_in_force(on: date) -> NotInForce:
    return NotInForce(
        f"Thủ tục này không có hiệu lực vào ngày {on:%d/%m/%Y}. Hãy xem lại danh mục thủ tục.",
        field="procedure",
    )


LATEST = Asked(lambda procedure_id, on: Revision.objects.in_force(procedure_id, on).only("pk")[:1])


@kept(1024)
def known_revision(revision_id: int) -> Revision:
    """A published revision with its content, kept in the process: it never changes. Read it only."""
    revision: Revision = Revision.objects.with_content().get(pk=revision_id)
    return revision
