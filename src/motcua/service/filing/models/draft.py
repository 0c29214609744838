"""Bản nháp: what somebody has typed and uploaded and not yet filed; it is theirs, not yet the administration's."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.foundation.identity.sealing import seal, unseal
from motcua.service.dossiers.models import Channel
from motcua.service.filing.models.posting import SentByPost
from motcua.service.filing.querysets import DraftPaperQuerySet, DraftQuerySet

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models.fields.related_descriptors import RelatedManager

    from motcua.service.filing.models.cosigner import CoSigner
    from motcua.service.filing.models.declaration import FrozenDeclaration


def own_changes() -> dict[str, str]:
    """Điều người nộp tự sửa sau khi tiếp nhận, each with the state from which it is too late."""
    return {"phone": "SIGNED", "return_channel": "SIGNED", "matter": "DECIDED"}


class FilingRule(models.Model):
    """Quy định nộp trực tuyến: the province's own numbers, from a day on; rows are never changed.

    `draft_days`: how long a draft is kept after it was last saved; `notice_days`: how long before its owner is told.
    `amendable`: what the owner of a received dossier changes on line, each with the state from which it is too late.
    `guests_may_submit`: False: without an account a draft is finished at the counter. Legal: ND118-2025 Đ17.1
    """

    valid_from = models.DateField("từ ngày", unique=True)
    draft_days = models.PositiveSmallIntegerField("giữ bản nháp (ngày)", default=30)
    notice_days = models.PositiveSmallIntegerField("báo trước khi xóa (ngày)", default=5)
    guests_may_submit = models.BooleanField("khách nộp được, không cần tài khoản", default=True)
    most_files = models.PositiveSmallIntegerField("số tệp tối đa của một bản nháp", default=60)
    batch_rows = models.PositiveSmallIntegerField("số hồ sơ tối đa của một bảng", default=500)
    batch_files = models.PositiveSmallIntegerField("số tệp tối đa của một đợt nộp nhiều hồ sơ", default=600)
    batch_groups = models.PositiveSmallIntegerField("số dòng của nhóm lặp trên bảng mẫu", default=3)

    kiosk_minutes = models.PositiveSmallIntegerField("máy tự phục vụ kết thúc khi để không (phút)", default=3)
    amendable = models.JSONField("mục người nộp tự sửa và sửa đến khi", default=own_changes)

    class Meta:
        verbose_name = "quy định nộp trực tuyến"
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(draft_days__gt=models.F("notice_days")), name="a_draft_outlives_its_notice"
            ),
            models.CheckConstraint(
                condition=Q(kiosk_minutes__gte=1, kiosk_minutes__lte=30),
                name="a_kiosk_is_not_left_alone_for_long",
            ),
        ]

    def __str__(self) -> str:
        return f"Từ {self.valid_from:%d/%m/%Y}: giữ {self.draft_days} ngày"


class Draft(SentByPost):
    """Bản nháp: saved at every step, found again by its owner's account or by its code.

    Its files and answers belong to `dossier_key` from the start, which is the key of the dossier later.
    `account_id`: of the citizen's account, None of a guest. `code` opens it elsewhere and at the counter.
    `person_sealed`: who files and for whom, as typed: not checked against anybody until it is filed.
    `revision`: the content of the procedure that its owner has seen; another one in force is shown to them first.
    """

    class Acting(models.TextChoices):
        SELF = "SELF", "Cho chính tôi"
        RELATIVE = "RELATIVE", "Cho người thân"
        MANDATE = "MANDATE", "Theo giấy ủy quyền"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("mã tiếp tục", max_length=12, unique=True)
    dossier_key = models.UUIDField("khóa của hồ sơ sẽ tiếp nhận", default=new_id, unique=True, editable=False)
    account_id = models.UUIDField("tài khoản công dân", null=True)
    applicant = models.ForeignKey(
        "identity.Applicant", models.PROTECT, null=True, related_name="+", verbose_name="chủ tài khoản"
    )
    offering = models.ForeignKey("procedures.Offering", models.PROTECT, related_name="+", db_index=False)
    revision = models.ForeignKey("procedures.Revision", models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, related_name="+", db_index=False)
    answers = models.JSONField("trả lời về trường hợp", default=dict, blank=True)
    acting = models.CharField("nộp cho", max_length=8, choices=Acting.choices, default=Acting.SELF)
    mandate = models.ForeignKey(
        "identity.Mandate", models.PROTECT, null=True, related_name="+", db_index=False
    )
    person_sealed = models.BinaryField("người nộp (đã mã hóa)", null=True, editable=False)
    payer_group = models.CharField("diện miễn, giảm phí", max_length=20, null=True)
    quantities = models.JSONField("số lượng để tính phí, theo đơn vị", default=dict, blank=True)
    group_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="công chức hỗ trợ đã xem giấy chứng minh",
    )  # fmt: skip
    proofs = models.ManyToManyField(
        "documents.Document", verbose_name="giấy chứng minh diện miễn, giảm", related_name="+"
    )
    return_channel = models.CharField("cách nhận kết quả", max_length=8, choices=Channel.choices, blank=True)
    assisted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="công chức hỗ trợ nộp",
    )  # fmt: skip
    signers = models.PositiveSmallIntegerField("số người cùng đứng tên", default=0)
    step = models.CharField("bước đang làm", max_length=20, default="nguoi-nop")
    copied_from = models.UUIDField("chép từ hồ sơ", null=True)
    begun_at = models.DateTimeField("bắt đầu lúc")
    saved_at = models.DateTimeField("lưu lần cuối lúc")
    expires_at = models.DateTimeField("xóa sau lúc")
    told_at = models.DateTimeField("báo sắp xóa lúc", null=True)
    ended_at = models.DateTimeField("nộp lúc", null=True)
    filing = models.OneToOneField(
        "filing.Filing", models.PROTECT, null=True, related_name="draft", verbose_name="hồ sơ đã nộp"
    )
    dossier = models.OneToOneField(
        "dossiers.Dossier", models.PROTECT, null=True, related_name="+", verbose_name="tiếp nhận tại quầy"
    )

    objects = DraftQuerySet.as_manager()

    if TYPE_CHECKING:
        has_declarations: bool  # of `with_place`

    if TYPE_CHECKING:
        cosigners: RelatedManager[CoSigner]
        declarations: RelatedManager[FrozenDeclaration]
        papers: RelatedManager[DraftPaper]

    class Meta:
        verbose_name = "bản nháp"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, filing__isnull=True, dossier__isnull=True)
                | Q(ended_at__isnull=False, filing__isnull=False, dossier__isnull=True)
                | Q(ended_at__isnull=False, filing__isnull=True, dossier__isnull=False),
                name="a_draft_ends_as_one_filing_or_dossier",
            ),
            models.CheckConstraint(
                condition=~Q(acting="MANDATE") | Q(mandate__isnull=False), name="a_mandated_draft_names_it"
            ),
        ]
        indexes = [
            models.Index(
                fields=["account_id", "-saved_at"],
                condition=Q(account_id__isnull=False),
                name="draft_of_account",
            ),
            models.Index(fields=["expires_at"], condition=Q(ended_at__isnull=True), name="draft_open"),
        ]

    def __str__(self) -> str:
        return self.shown_code

    @property
    def shown_code(self) -> str:
        """Mã tiếp tục as it is read aloud: ABCD-EFGH-JK."""
        return "-".join(filter(None, (self.code[:4], self.code[4:8], self.code[8:])))

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def is_over(self, at: datetime) -> bool:
        """Hết hạn giữ: nobody opens it any more, whether or not it is deleted already."""
        return self.ended_at is None and at >= self.expires_at

    @property
    def person(self) -> dict[str, Any]:
        """Người nộp, as typed: `owner` whose dossier it is, `helper` who files for them."""
        if not self.person_sealed:
            return {}
        kept: dict[str, Any] = json.loads(unseal(bytes(self.person_sealed), bound_to=self.pk.bytes))
        return kept

    @person.setter
    def person(self, given: dict[str, Any]) -> None:
        self.person_sealed = seal(json.dumps(given, ensure_ascii=False), bound_to=self.pk.bytes)

    @property
    def owner(self) -> dict[str, str]:
        """Chủ hồ sơ, as typed."""
        return dict(self.person.get("owner", {}))

    @property
    def helper(self) -> dict[str, str]:
        """Người nộp thay, as typed."""
        return dict(self.person.get("helper", {}))


class DraftPaper(models.Model):
    """Giấy tờ của bản nháp: how one paper will come, with the files that are there already."""

    class Way(models.TextChoices):
        UPLOAD = "UPLOAD", "Tải ảnh hoặc tệp lên"
        HELD = "HELD", "Dùng bản đã có trong kho của tôi"
        PAPER = "PAPER", "Tôi nộp bản giấy sau"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="papers")
    paper = models.ForeignKey("procedures.Paper", models.PROTECT, related_name="+", db_index=False)
    way = models.CharField("cách nộp", max_length=6, choices=Way.choices, default=Way.UPLOAD)
    documents = models.ManyToManyField("documents.Document", verbose_name="tệp", related_name="+")

    objects = DraftPaperQuerySet.as_manager()

    if TYPE_CHECKING:
        document_ids: list[UUID]  # of `with_document_ids`

    class Meta:
        verbose_name = "giấy tờ của bản nháp"
        constraints = [
            models.UniqueConstraint(fields=["draft", "paper"], name="one_row_per_paper_of_a_draft"),
        ]

    def __str__(self) -> str:
        return self.paper.name
