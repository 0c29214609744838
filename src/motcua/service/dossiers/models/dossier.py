"""Hồ sơ và giấy tờ của hồ sơ: what was asked, of whom, under which law, with which papers."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.dossiers.states import ENDED_EARLY, FINISHED, OPEN, WAITING, State

STATES = [(state.value, state.label) for state in State]
IS_OPEN = Q(state__in=sorted(OPEN))
STANDS_STILL = Q(state__in=sorted(WAITING | ENDED_EARLY))


class Channel(models.TextChoices):
    """Kênh nộp: how the dossier reached the one-stop unit."""

    COUNTER = "COUNTER", "Trực tiếp"
    POST = "POST", "Bưu chính công ích"
    ONLINE = "ONLINE", "Trực tuyến"


class Priority(models.TextChoices):
    """Mức ưu tiên."""

    NORMAL = "NORMAL", "Bình thường"
    HIGH = "HIGH", "Ưu tiên"
    URGENT = "URGENT", "Khẩn"


class Dossier(models.Model):
    """Hồ sơ: what one person or organisation asks of one agency under one procedure.

    The law as it stood at reception stays with the dossier: its `revision` of the procedure and its `regime`.
    `due_at` and the step fields are projections that operations recompute; None means the clock promises nothing.
    Legal: ND118-2025 Đ17, Đ28
    """

    is_interrupted: bool | None = None  # told by `with_interruptions`; None: not asked

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("mã số hồ sơ", max_length=64, unique=True)
    state = models.CharField("trạng thái", max_length=20, choices=STATES, default=State.RECEIVED)
    priority = models.CharField(
        "mức ưu tiên", max_length=8, choices=Priority.choices, default=Priority.NORMAL
    )
    channel = models.CharField("kênh nộp", max_length=8, choices=Channel.choices, default=Channel.COUNTER)
    return_channel = models.CharField(
        "nơi nhận kết quả", max_length=8, choices=Channel.choices, default=Channel.COUNTER
    )

    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, verbose_name="thủ tục", db_index=False
    )
    revision = models.ForeignKey(
        "procedures.Revision", models.PROTECT, verbose_name="phiên bản thủ tục", db_index=False
    )
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, verbose_name="trường hợp", null=True, blank=True, db_index=False
    )
    matter = models.CharField("nội dung yêu cầu giải quyết", max_length=500)
    sets = models.PositiveSmallIntegerField("số bộ hồ sơ", default=1)

    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan giải quyết", related_name="+", db_index=False
    )
    reception_agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi tiếp nhận", related_name="+", db_index=False
    )
    applicant = models.ForeignKey(
        "identity.Applicant", models.PROTECT, verbose_name="chủ hồ sơ", related_name="dossiers"
    )
    representative = models.ForeignKey(
        "identity.Applicant", models.PROTECT, verbose_name="người được ủy quyền", null=True, blank=True,
        related_name="+", db_index=False,
    )  # fmt: skip
    authorisation = models.CharField("giấy ủy quyền", max_length=200, blank=True)
    mandate = models.ForeignKey(
        "identity.Mandate", models.PROTECT, verbose_name="ủy quyền đã đăng ký", null=True, blank=True,
        related_name="+", db_index=False,
    )  # fmt: skip

    # What a search looks for, written once at reception: the dossier keeps the name that it was received under.
    applicant_name = models.CharField("tên chủ hồ sơ", max_length=250)
    name_folded = models.CharField("tên để tìm", max_length=250)
    name_reversed = models.CharField("tên để tìm, tên gọi trước", max_length=250)
    number_key = models.CharField("khóa của số định danh", max_length=64, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    words = SearchVectorField("từ để tìm", null=True)

    regime = models.CharField("chế độ pháp lý khi tiếp nhận", max_length=20)
    limit_value = models.DecimalField("thời hạn", max_digits=7, decimal_places=2, null=True)
    limit_unit = models.CharField("đơn vị thời hạn", max_length=16)
    received_at = models.DateTimeField("tiếp nhận lúc")
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="người tiếp nhận",
        related_name="+",
        db_index=False,
    )
    clock_starts_at = models.DateTimeField("bắt đầu tính thời hạn")
    due_at = models.DateTimeField("hẹn trả", null=True)
    first_due_at = models.DateTimeField("hẹn trả lần đầu", null=True)
    due_reason = models.CharField("lý do ngày hẹn do công chức đặt", max_length=300, blank=True)
    transfer_due_at = models.DateTimeField("phải chuyển trước")
    decided_at = models.DateTimeField("ký kết quả lúc", null=True)
    finished_at = models.DateTimeField("có kết quả tại Một cửa lúc", null=True)
    returned_at = models.DateTimeField("trả kết quả lúc", null=True)
    closed_at = models.DateTimeField("đóng không có kết quả lúc", null=True)
    is_immediate = models.BooleanField(
        "trả kết quả ngay", default=False, db_default=False
    )  # recorded, no receipt unless asked
    is_boundary_free = models.BooleanField("phi địa giới", default=False, db_default=False)
    agency_received_at = models.DateTimeField("cơ quan giải quyết nhận lúc", null=True)
    bundle_id = models.UUIDField("nhóm liên thông", null=True)
    bundle_part = models.CharField("phần trong nhóm", max_length=60, blank=True, default="", db_default="")

    workflow_id = models.BigIntegerField("quy trình nội bộ", null=True)
    step_key = models.CharField("mã bước", max_length=60, blank=True)
    step_name = models.CharField("bước hiện tại", max_length=200, blank=True)
    step_kind = models.CharField("loại bước", max_length=12, blank=True)
    step_role = models.CharField("vai trò của bước", max_length=30, blank=True)
    step_due_at = models.DateTimeField("hạn của bước", null=True)
    step_agency = models.ForeignKey(  # None: the usual place of its kind
        "org.Agency", models.PROTECT, verbose_name="nơi làm bước", null=True, related_name="+", db_index=False
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người đang giữ", null=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    held_since = models.DateTimeField("giữ từ lúc")

    fee_amount = models.PositiveIntegerField("phí, lệ phí đã thu (đồng)", default=0)
    fee_note = models.CharField("ghi chú phí, lệ phí", max_length=200, blank=True)
    book = models.CharField("quyển sổ", max_length=250)
    book_number = models.PositiveIntegerField("số thứ tự trong sổ")

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "hồ sơ"
        verbose_name_plural = "hồ sơ"
        constraints = [
            models.CheckConstraint(
                condition=Q(first_due_at__isnull=True) | Q(due_at__isnull=False) | STANDS_STILL,
                name="a_promise_once_made_is_never_lost",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(FINISHED)) | Q(finished_at__isnull=False),
                name="a_finished_dossier_says_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RETURNED.value) | Q(returned_at__isnull=False),
                name="a_returned_dossier_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED_EARLY), closed_at__isnull=False)
                | ~Q(state__in=sorted(ENDED_EARLY)) & Q(closed_at__isnull=True),
                name="a_dossier_closed_without_result_says_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(WAITING)) | Q(due_at__isnull=True),
                name="a_stopped_clock_promises_nothing",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_at__gte=F("received_at")),
                name="no_dossier_is_due_before_it_is_received",
            ),
            models.UniqueConstraint(
                fields=["reception_agency", "book", "book_number"],
                name="one_dossier_per_line_of_the_register",
            ),
        ]
        indexes = [
            # The small open set is what people work in: partial indexes keep it small for ever.
            models.Index(F("agency"), F("due_at"), F("id"), condition=IS_OPEN, name="dossier_open_at_agency"),
            models.Index(
                F("holder"), F("due_at"), F("id"), condition=IS_OPEN & Q(holder__isnull=False), name="dossier_held"
            ),
            models.Index(
                F("agency"), F("step_role"), F("due_at"), F("id"),
                condition=IS_OPEN & Q(holder__isnull=True), name="dossier_unclaimed",
            ),
            models.Index(
                F("reception_agency"), F("state"), F("id"),
                condition=Q(state__in=["RECEIVED", "RESULT_READY"]), name="dossier_at_counter",
            ),
            models.Index(F("reception_agency"), F("received_at").desc(), name="dossier_by_reception"),
            models.Index(F("agency"), F("received_at").desc(), name="dossier_by_agency_and_day"),
            models.Index(OpClass("name_folded", name="varchar_pattern_ops"), F("id"), name="dossier_by_name"),
            models.Index(OpClass("name_reversed", name="varchar_pattern_ops"), F("id"), name="dossier_by_given_name"),
            models.Index(F("phone"), F("id"), condition=~Q(phone=""), name="dossier_by_phone"),
            models.Index(F("number_key"), F("id"), condition=~Q(number_key=""), name="dossier_by_number"),
            GinIndex(fields=["words"], name="dossier_by_words"),
            models.Index(F("bundle_id"), condition=Q(bundle_id__isnull=False), name="dossier_of_bundle"),
            models.Index(
                F("agency"), F("id"), condition=Q(state="CORRECTING"), name="dossier_correcting",
            ),
            models.Index(
                F("agency"), F("due_at"), F("id"), condition=Q(finished_at__gt=F("due_at")), name="dossier_finished_late",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def stands_still(self) -> bool:
        """Đồng hồ đang dừng: waits for a supplement or is paused."""
        return self.state in WAITING

    @property
    def limit(self) -> Limit:
        """Thời hạn giải quyết at reception."""
        return Limit(self.limit_value, Unit(self.limit_unit))

    def is_on_time(self, at: datetime) -> bool | None:
        """Đúng hạn: the result came (or the moment is still) before the promise. None: nothing was promised."""
        if self.due_at is None:
            return None
        return (self.finished_at or at) <= self.due_at


class Part(models.Model):
    """Thành phần hồ sơ: one paper that the procedure asks for, as it was handed in."""

    class Form(models.TextChoices):
        ORIGINAL = "ORIGINAL", "Bản chính"
        CERTIFIED = "CERTIFIED", "Bản sao chứng thực"
        COPY = "COPY", "Bản sao"
        ELECTRONIC = "ELECTRONIC", "Bản điện tử"

    class Status(models.TextChoices):
        PROVIDED = "PROVIDED", "Đã nộp"
        HELD = "HELD", "Đã có trong kho"
        MISSING = "MISSING", "Không có"
        NOT_NEEDED = "NOT_NEEDED", "Không cần"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="parts", db_index=False)
    position = models.PositiveSmallIntegerField("thứ tự")
    paper = models.ForeignKey("procedures.Paper", models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.TextField("tên giấy tờ")
    form = models.CharField("hình thức", max_length=10, choices=Form.choices, default=Form.ORIGINAL)
    quantity = models.PositiveSmallIntegerField("số lượng", default=1)
    status = models.CharField("tình trạng", max_length=10, choices=Status.choices, default=Status.PROVIDED)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        verbose_name = "thành phần hồ sơ"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "position"], name="one_part_per_position"),
        ]

    def __str__(self) -> str:
        return self.name


class Scan(models.Model):
    """Bản số hóa của thành phần: a file that proves one part of the dossier.

    The same document may prove a part of each dossier of a linked group: it is stored once and given to those who need it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="scans", db_index=False)
    part = models.ForeignKey(Part, models.PROTECT, related_name="scans")
    document = models.ForeignKey("documents.Document", models.PROTECT, related_name="+")
    added_at = models.DateTimeField("gắn lúc")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = "bản số hóa"
        constraints = [
            models.UniqueConstraint(fields=["document", "part"], name="one_scan_of_a_document_per_part"),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} – {self.document_id}"
