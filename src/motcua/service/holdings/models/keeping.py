"""The facts of the store: kinds of papers, what is held of whom, consent, every look and use, every needless demand."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.service.holdings.querysets import DemandQuerySet, HeldPaperQuerySet, PaperUseQuerySet
from motcua.service.holdings.validity import Rule

NAMED = 500  # letters of a name that matching looks at


class PaperType(models.Model):
    """Loại giấy tờ: a kind of paper that may be used again, whoever asked for it first.

    What has no type (a form filled in for one case) is kept too, but nobody is told that they need not bring it.
    Legal: ND118-2025 Đ19.2
    """

    class Validity(models.TextChoices):
        FOREVER = "FOREVER", "Không có hạn"
        MONTHS = "MONTHS", "Một số tháng từ ngày cấp"
        PRINTED = "PRINTED", "Theo ngày ghi trên giấy"

    code = models.CharField("mã loại giấy tờ", max_length=40, unique=True)
    uid = models.UUIDField("khóa nhật ký", default=new_id, unique=True, editable=False)
    name = models.CharField("tên loại giấy tờ", max_length=300)
    issued_by = models.CharField("cơ quan cấp", max_length=300, blank=True)
    validity = models.CharField("thời hạn dùng lại", max_length=8, choices=Validity.choices)
    months = models.PositiveSmallIntegerField("số tháng", default=0)
    is_single = models.BooleanField("mỗi người chỉ một bản còn hiệu lực", default=False)
    valid_from = models.DateField("áp dụng từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "loại giấy tờ"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(validity="MONTHS") | Q(months__gt=0), name="a_validity_in_months_says_how_many"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="a_paper_type_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Rule:
        return Rule(self.validity, self.months)


class PaperMatch(models.Model):
    """Khớp giấy tờ: what a procedure calls a paper of this type, or which procedure gives it as its result.

    `procedure` None: under that name in every procedure. `name_folded` "" (results only): whatever its result is called.
    """

    class Role(models.TextChoices):
        ASKED = "ASKED", "Giấy tờ phải nộp"
        RESULT = "RESULT", "Kết quả giải quyết"

    paper_type = models.ForeignKey(PaperType, models.CASCADE, related_name="matches")
    role = models.CharField("vai trò", max_length=6, choices=Role.choices, default=Role.ASKED)
    procedure = models.ForeignKey(
        "procedures.Procedure",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="thủ tục",
        related_name="+",
    )
    name_folded = models.CharField("tên để khớp", max_length=NAMED, blank=True)

    class Meta:
        verbose_name = "khớp giấy tờ"
        constraints = [
            models.UniqueConstraint(
                fields=["role", "procedure", "name_folded"],
                nulls_distinct=False,
                name="a_name_means_one_paper_type",
            ),
            models.CheckConstraint(
                condition=~Q(name_folded="") | Q(role="RESULT", procedure__isnull=False),
                name="a_paper_match_says_what_it_matches",
            ),
        ]
        indexes = [models.Index(fields=["name_folded", "role"], name="paper_match_by_name")]

    def __str__(self) -> str:
        return f"{self.name_folded or self.procedure} → {self.paper_type}"


class HeldPaper(models.Model):
    """Giấy tờ trong kho: one paper of one holder, where it comes from and how far it may be trusted.

    `valid_until` None: without end. `lacks`: what must be known before it may be relied upon.
    Legal: ND118-2025 Đ17.1, Đ19.2, Đ22.1
    """

    class Provenance(models.TextChoices):
        DIGITISED = "DIGITISED", "Số hóa khi tiếp nhận hồ sơ"
        RESULT = "RESULT", "Kết quả giải quyết hồ sơ"
        NATIONAL = "NATIONAL", "Kho dữ liệu quốc gia"
        CAMPAIGN = "CAMPAIGN", "Số hóa kết quả cũ"
        CERTIFIED = "CERTIFIED", "Bản sao điện tử được chứng thực"

    class Trust(models.TextChoices):
        SIGNED = "SIGNED", "Bản điện tử có chữ ký số"
        ISSUED = "ISSUED", "Kết quả do cơ quan trong tỉnh cấp"
        CHECKED = "CHECKED", "Công chức đã đối chiếu với bản giấy"
        RECEIVED = "RECEIVED", "Nhận từ kho khác, chưa đối chiếu"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    holder = models.ForeignKey(
        "identity.Applicant", models.PROTECT, verbose_name="chủ giấy tờ", related_name="+", db_index=False
    )
    paper_type = models.ForeignKey(
        PaperType, models.PROTECT, null=True, verbose_name="loại giấy tờ", related_name="papers"
    )
    title = models.CharField("tên giấy tờ", max_length=500)
    number = models.CharField("số giấy tờ", max_length=100, blank=True)
    issued_by = models.CharField("cơ quan cấp", max_length=300, blank=True)
    issued_on = models.DateField("ngày cấp", null=True)
    valid_until = models.DateField("dùng được đến hết ngày", null=True)
    lacks = models.CharField("còn phải biết", max_length=100, blank=True)
    provenance = models.CharField("nguồn", max_length=10, choices=Provenance.choices)
    trust = models.CharField("mức tin cậy", max_length=8, choices=Trust.choices)
    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, null=True, verbose_name="từ hồ sơ", related_name="+"
    )
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, verbose_name="bản số hóa", related_name="+"
    )
    source = models.CharField("khóa của nguồn", max_length=120, unique=True)
    kept_at = models.DateTimeField("vào kho lúc")
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, verbose_name="được thay bằng", related_name="supersedes"
    )
    withdrawn_at = models.DateTimeField("thu hồi lúc", null=True)
    withdrawn_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)

    objects: ClassVar[HeldPaperQuerySet] = HeldPaperQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "giấy tờ trong kho"
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                name="a_withdrawal_of_a_paper_says_why",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by=None) | ~Q(superseded_by=F("id")),
                name="a_held_paper_never_supersedes_itself",
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder", "paper_type"],
                condition=Q(superseded_by=None, withdrawn_at=None),
                name="held_paper_standing",
            ),
            models.Index(fields=["holder", "-kept_at", "-id"], name="held_paper_of_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()


class Consent(models.Model):
    """Đồng ý dùng lại: the holder lets what is held be used for one dossier. Legal: ND118-2025 Đ17.1"""

    class Means(models.TextChoices):
        ORAL = "ORAL", "Nói tại quầy"
        WRITTEN = "WRITTEN", "Bằng văn bản"
        ONLINE = "ONLINE", "Đánh dấu khi nộp trực tuyến"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    holder = models.ForeignKey("identity.Applicant", models.PROTECT, related_name="+")
    subject_id = models.UUIDField("cho hồ sơ")
    means = models.CharField("cách đồng ý", max_length=7, choices=Means.choices)
    given_at = models.DateTimeField("lúc")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("rút lại lúc", null=True)

    class Meta:
        verbose_name = "đồng ý dùng lại giấy tờ"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "holder"],
                condition=Q(withdrawn_at=None),
                name="one_consent_for_a_dossier",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder}: {self.get_means_display()}"


class PaperUse(models.Model):
    """Lượt xem, lượt dùng: who has looked at or used a held paper, for what, and when; the holder reads it."""

    class Kind(models.TextChoices):
        LISTED = "LISTED", "Xem thông tin giấy tờ"
        OPENED = "OPENED", "Mở bản số hóa"
        USED = "USED", "Dùng cho hồ sơ"
        FETCHED = "FETCHED", "Lấy từ kho quốc gia"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    held = models.ForeignKey(HeldPaper, models.PROTECT, related_name="uses", db_index=False)
    holder = models.ForeignKey("identity.Applicant", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("việc", max_length=7, choices=Kind.choices)
    subject_id = models.UUIDField("cho hồ sơ", null=True)
    paper = models.ForeignKey("procedures.Paper", models.PROTECT, null=True, related_name="+", db_index=False)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="uses", db_index=False)
    agency = models.ForeignKey("org.Agency", models.PROTECT, null=True, related_name="+", db_index=False)
    actor_id = models.UUIDField("người xem, dùng", null=True)
    actor_name = models.CharField("tên người xem, dùng", max_length=200)
    purpose = models.CharField("để làm gì", max_length=500, blank=True)
    at = models.DateTimeField("lúc")

    objects: ClassVar[PaperUseQuerySet] = PaperUseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "lượt xem, dùng giấy tờ"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "held", "paper"],
                condition=Q(kind="USED"),
                nulls_distinct=False,
                name="a_paper_is_used_once_for_a_dossier",
            ),
            models.UniqueConstraint(
                fields=["subject_id", "held", "actor_id"],
                condition=Q(kind="LISTED"),
                name="a_listed_paper_is_told_once_for_a_dossier",
            ),
            models.CheckConstraint(
                condition=~Q(kind="USED") | Q(consent__isnull=False), name="a_use_of_a_paper_has_consent"
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-at", "-id"], name="paper_use_of_holder"),
            models.Index(fields=["subject_id"], condition=Q(kind="USED"), name="paper_use_for_dossier"),
            models.Index(fields=["agency", "at"], condition=Q(kind="USED"), name="paper_use_by_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.held_id}"


class Demand(models.Model):
    """Yêu cầu nộp giấy đã có: a paper that the store holds and an officer asked for all the same, and why.

    Legal: ND118-2025 Đ17.1; ND63-2010 Đ20
    """

    class Reason(models.TextChoices):
        BROUGHT = "BROUGHT", "Người nộp tự mang theo"
        REFUSED = "REFUSED", "Người nộp không đồng ý dùng lại"
        DIFFERS = "DIFFERS", "Bản trong kho khác giấy tờ thật"
        UNREADABLE = "UNREADABLE", "Bản trong kho không đọc được"
        ORIGINAL = "ORIGINAL", "Luật chuyên ngành buộc nộp bản chính"
        CHANGED = "CHANGED", "Nội dung đã thay đổi từ khi cấp"

    class Stage(models.TextChoices):
        INTAKE = "INTAKE", "Khi tiếp nhận"
        REFUSAL = "REFUSAL", "Khi từ chối tiếp nhận"
        ONLINE = "ONLINE", "Khi trả lời hồ sơ trực tuyến"
        SUPPLEMENT = "SUPPLEMENT", "Khi yêu cầu bổ sung"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    held = models.ForeignKey(HeldPaper, models.PROTECT, related_name="demands")
    paper_type = models.ForeignKey(PaperType, models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField("lúc", max_length=10, choices=Stage.choices)
    reason = models.CharField("lý do", max_length=10, choices=Reason.choices)
    words = models.CharField("giải thích", max_length=300)
    subject_id = models.UUIDField("hồ sơ")
    procedure = models.ForeignKey("procedures.Procedure", models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey("org.Agency", models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("ghi lúc")

    objects: ClassVar[DemandQuerySet] = DemandQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "yêu cầu nộp giấy đã có"
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="a_demand_of_a_held_paper_is_explained"),
            models.UniqueConstraint(
                fields=["subject_id", "held", "stage"], name="a_held_paper_is_demanded_once_at_a_stage"
            ),
        ]
        indexes = [models.Index(fields=["agency", "at"], name="demand_by_agency")]

    def __str__(self) -> str:
        return f"{self.held_id}: {self.get_reason_display()}"

    @property
    def is_officers(self) -> bool:
        """Do công chức đòi: not what the person brought or chose."""
        return self.reason not in {self.Reason.BROUGHT, self.Reason.REFUSED}
