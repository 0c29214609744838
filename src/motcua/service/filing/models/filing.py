"""Hồ sơ nộp trực tuyến và giấy tờ của nó."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.dossiers.models import Channel
from motcua.service.filing.models.posting import SentByPost
from motcua.service.filing.querysets import FilingQuerySet
from motcua.service.filing.states import LIVE, State

STATES = [(state.value, state.label) for state in State]
IS_LIVE = Q(state__in=sorted(LIVE))


class Assistance(models.TextChoices):
    """Nộp có hỗ trợ: how the person has confirmed what an officer typed for them."""

    PAPER = "PAPER", "ký bản khai in ra"
    PHONE = "PHONE", "tự bấm nộp bằng mã"


class Filing(SentByPost):
    """Hồ sơ nộp trực tuyến: filed, not yet taken in; it has a number of its own and no code of a dossier.

    `is_unverified`: filed without an account: who it is has still to be checked. `contact_phone`, `contact_email`: where
    this filing is answered, which changes nothing of what is known of the applicant.

    `alert_due_at`: when the officer must have been alerted; `answer_due_at`: when the answer is due. Both are counted
    by the regime of the day on which it was filed, in the hours of the receiving unit; None: the regime fixes none.
    Its files belong to `dossier_key` from the start, which is the key of the dossier when it is taken in.
    Legal: ND118-2025 Đ17.2
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("số nộp trực tuyến", max_length=64, unique=True)
    source_key = models.CharField("mã của nơi gửi", max_length=120, unique=True, null=True)
    state = models.CharField("trạng thái", max_length=16, choices=STATES, default=State.SUBMITTED)
    applicant = models.ForeignKey(
        "identity.Applicant", models.PROTECT, verbose_name="người nộp", related_name="filings"
    )
    offering = models.ForeignKey("procedures.Offering", models.PROTECT, related_name="+", db_index=False)
    reception_agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi tiếp nhận", related_name="+", db_index=False
    )
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, related_name="+", db_index=False)
    matter = models.CharField("nội dung yêu cầu", max_length=500)
    regime = models.CharField("chế độ pháp lý", max_length=20)
    submitted_at = models.DateTimeField("nộp lúc")
    alert_due_at = models.DateTimeField("phải báo công chức trước", null=True)
    alerted_at = models.DateTimeField("đã báo công chức lúc", null=True)
    answer_due_at = models.DateTimeField("phải trả lời trước", null=True)
    answered_at = models.DateTimeField("trả lời lúc", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    warned_at = models.DateTimeField("báo sắp hết hạn lúc", null=True)
    reasons = ArrayField(models.TextField(), verbose_name="nội dung trả lời", default=list, blank=True)
    supplements = models.PositiveSmallIntegerField("số lần yêu cầu bổ sung", default=0)
    right_place = models.CharField("nơi đúng", max_length=250, blank=True)
    account_id = models.UUIDField("tài khoản công dân", null=True)
    is_unverified = models.BooleanField("người nộp chưa xác thực", default=False)
    contact_phone = models.CharField("điện thoại liên hệ", max_length=20, blank=True)
    contact_email = models.EmailField("thư điện tử liên hệ", blank=True)
    representative = models.ForeignKey(
        "identity.Applicant", models.PROTECT, null=True, related_name="+", verbose_name="người nộp thay"
    )
    authorisation = models.CharField("nộp thay theo", max_length=200, blank=True)
    mandate = models.ForeignKey(
        "identity.Mandate", models.PROTECT, null=True, related_name="+", db_index=False
    )
    payer_group = models.CharField("khai thuộc diện miễn, giảm phí", max_length=20, blank=True)
    quantities = models.JSONField("số lượng để tính phí, theo đơn vị", default=dict, blank=True)
    group_refused = models.CharField("vì sao không thuộc diện ấy", max_length=300, blank=True)
    assisted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="công chức hỗ trợ nộp",
    )  # fmt: skip
    assisted_how = models.CharField("xác nhận bằng", max_length=5, choices=Assistance.choices, blank=True)
    return_channel = models.CharField(
        "cách nhận kết quả", max_length=8, choices=Channel.choices, default=Channel.ONLINE
    )
    dossier_key = models.UUIDField("khóa của hồ sơ sẽ tiếp nhận", default=new_id, unique=True, editable=False)
    dossier = models.OneToOneField("dossiers.Dossier", models.PROTECT, null=True, related_name="filing")

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = "hồ sơ nộp trực tuyến"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ACCEPTED", dossier__isnull=False)
                | ~Q(state="ACCEPTED") & Q(dossier__isnull=True),
                name="an_accepted_filing_is_a_dossier",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SUPPLEMENT_ASKED", "REFUSED", "WRONG_ADDRESSEE"]) | ~Q(reasons=[]),
                name="an_answer_gives_its_reasons",
            ),
            models.CheckConstraint(
                condition=Q(assisted_by__isnull=True, assisted_how="")
                | Q(assisted_by__isnull=False) & ~Q(assisted_how=""),
                name="an_assisted_filing_says_how_it_was_confirmed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["reception_agency", "answer_due_at", "id"], condition=IS_LIVE, name="filing_live"
            ),
            models.Index(fields=["reception_agency", "-submitted_at", "-id"], name="filing_by_unit"),
            models.Index(
                fields=["account_id", "-submitted_at"],
                condition=Q(account_id__isnull=False),
                name="filing_of_account",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_waiting(self) -> bool:
        """Chờ trả lời: the next word is the unit's."""
        return self.state == State.SUBMITTED


class FilingPart(models.Model):
    """Thành phần nộp trực tuyến: one paper as it was sent, and what the officer found of it."""

    class Verdict(models.TextChoices):
        OPEN = "OPEN", "Chưa xem"
        FINE = "FINE", "Đạt"
        ADD = "ADD", "Cần nộp thêm"
        MEND = "MEND", "Cần sửa"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField("thứ tự")
    paper = models.ForeignKey("procedures.Paper", models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.TextField("tên giấy tờ")
    documents = models.ManyToManyField("documents.Document", verbose_name="tệp", related_name="+")
    note = models.CharField("ghi chú của người nộp", max_length=300, blank=True)
    is_on_paper = models.BooleanField("nộp bản giấy sau", default=False)
    paper_came_at = models.DateTimeField("đã nhận bản giấy lúc", null=True)
    verdict = models.CharField("kết luận", max_length=4, choices=Verdict.choices, default=Verdict.OPEN)
    instruction = models.CharField("hướng dẫn", max_length=500, blank=True)

    class Meta:
        verbose_name = "thành phần nộp trực tuyến"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "position"], name="one_part_per_place_of_a_filing"),
            models.CheckConstraint(
                condition=Q(verdict__in=["OPEN", "FINE"]) | ~Q(instruction=""),
                name="what_a_filing_lacks_is_explained",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_still_to_come(self) -> bool:
        """Bản giấy chưa đến."""
        return self.is_on_paper and self.paper_came_at is None
