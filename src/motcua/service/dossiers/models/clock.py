"""Những gì làm đồng hồ đổi khác: supplements, pauses, apologies, and the deadlines inside the limit."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.dossiers.lasting import FEWEST
from motcua.service.dossiers.models.dossier import Dossier
from motcua.service.dossiers.querysets import DeadlineQuerySet, DeliveryQuerySet, SupplementQuerySet


class DeadlineKind(models.TextChoices):
    """Loại thời hạn bên trong."""

    TRANSFER = "TRANSFER", "Chuyển hồ sơ đến cơ quan giải quyết"
    SUPPLEMENT_NOTICE = "SUPPLEMENT_NOTICE", "Thông báo bổ sung hồ sơ"
    SUPPLEMENT_SILENCE = "SUPPLEMENT_SILENCE", "Chờ người nộp bổ sung"
    OPINION = "OPINION", "Trả lời ý kiến"
    APOLOGY = "APOLOGY", "Gửi thư xin lỗi, hẹn lại"
    CORRECTION = "CORRECTION", "Sửa kết quả sai"
    CORRECTION_ANSWER = "CORRECTION_ANSWER", "Trả lời đề nghị đính chính"
    PAPER_TRANSFER = "PAPER_TRANSFER", "Chuyển hồ sơ giấy phi địa giới"


DEADLINE_KINDS = [(kind.value, kind.label) for kind in DeadlineKind]


class Rescheduling(models.Model):
    """Dời ngày hẹn: one date that a change of the calendar moved. Legal: BLDS-2015 Đ148"""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="reschedulings")
    due_before = models.DateTimeField("hẹn trả cũ")
    due_after = models.DateTimeField("hẹn trả mới")
    reason = models.CharField("lý do", max_length=300)
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = "dời ngày hẹn"

    def __str__(self) -> str:
        return f"{self.due_before:%d/%m/%Y} → {self.due_after:%d/%m/%Y}"


class Supplement(models.Model):
    """Yêu cầu bổ sung, hoàn thiện hồ sơ: everything that is lacking, said the first time; form 02.

    `waits_until` is the last moment to bring it (None: the regime sets none). `interrupted` is the state to go back to.
    Legal: ND118-2025 Đ16.3, Đ19.5
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="supplements")
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi lập phiếu", related_name="+", db_index=False
    )
    number = models.PositiveIntegerField("số phiếu")
    reason = models.TextField("lý do")
    contact_name = models.CharField("người liên hệ", max_length=200)
    contact_phone = models.CharField("điện thoại liên hệ", max_length=20, blank=True)
    asked_at = models.DateTimeField("yêu cầu lúc")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    notice_due_at = models.DateTimeField("phải thông báo trước", null=True)
    waits_until = models.DateTimeField("chờ bổ sung đến", null=True)
    interrupted = models.CharField("trạng thái trước khi chờ", max_length=20)
    step_dues = models.JSONField("hạn của các bước lúc chờ", default=dict)
    completed_at = models.DateTimeField("bổ sung đủ lúc", null=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(
        "thôi chờ lúc", null=True
    )  # the dossier was closed, stopped or withdrawn

    objects = SupplementQuerySet.as_manager()

    class Meta:
        verbose_name = "yêu cầu bổ sung"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(completed_at__isnull=True, closed_at__isnull=True),
                name="one_supplement_is_awaited_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_supplement_gives_its_reason"),
        ]
        indexes = [
            models.Index(
                fields=["waits_until"],
                condition=Q(completed_at__isnull=True, closed_at__isnull=True),
                name="supplement_awaited",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/PBS"

    @property
    def is_awaited(self) -> bool:
        return self.completed_at is None and self.closed_at is None


class SupplementItem(models.Model):
    """Nội dung bổ sung: what the officer found of one component; every component is judged, none passed over."""

    class Verdict(models.TextChoices):
        FINE = "FINE", "Đạt"
        ADD = "ADD", "Cần nộp thêm"
        MEND = "MEND", "Cần sửa"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+", db_index=False)
    supplement = models.ForeignKey(Supplement, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField("thứ tự")
    part = models.ForeignKey("dossiers.Part", models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.TextField("giấy tờ hoặc nội dung")
    verdict = models.CharField("kết luận", max_length=4, choices=Verdict.choices)
    instruction = models.CharField("hướng dẫn", max_length=500, blank=True)
    originals = models.PositiveSmallIntegerField("bản chính", default=0)
    certified = models.PositiveSmallIntegerField("bản sao chứng thực", default=0)
    copies = models.PositiveSmallIntegerField("bản sao", default=0)
    brought_at = models.DateTimeField("đã bổ sung lúc", null=True)

    class Meta:
        verbose_name = "nội dung bổ sung"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["supplement", "position"], name="one_item_per_place_of_a_supplement"
            ),
            models.CheckConstraint(
                condition=Q(verdict="FINE") | ~Q(instruction=""), name="what_is_lacking_is_explained"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_verdict_display()}"


class Delivery(models.Model):
    """Phần bổ sung gửi trực tuyến: what the applicant has sent for a request, until the counter has looked at it.

    What is complete counts from `sent_at`: the applicant has done their part then, and does not wait for the office.
    `answer_due_at`: the counter looks before that, as at a filing. Its key is chosen by the page: sent twice, it is once.
    Legal: ND118-2025 Đ17.2, Đ19.5
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="deliveries")
    supplement = models.ForeignKey(Supplement, models.PROTECT, related_name="deliveries")
    sent_at = models.DateTimeField("gửi lúc")
    account_id = models.UUIDField("tài khoản công dân", null=True)
    note = models.CharField("lời nhắn", max_length=500, blank=True)
    answer_due_at = models.DateTimeField("phải xem trước", null=True)
    looked_at = models.DateTimeField("đã xem lúc", null=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "phần bổ sung gửi trực tuyến"
        constraints = [
            models.UniqueConstraint(
                fields=["supplement"],
                condition=Q(looked_at__isnull=True),
                name="one_delivery_waits_for_a_supplement",
            ),
        ]

    def __str__(self) -> str:
        return f"Bổ sung phiếu {self.supplement}"


class DeliveredPaper(models.Model):
    """Giấy tờ bổ sung gửi trực tuyến: for one item, with its files, and what the counter found. No `fault`: it is good."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="papers")
    item = models.ForeignKey(SupplementItem, models.PROTECT, related_name="+")
    documents = models.ManyToManyField("documents.Document", verbose_name="tệp", related_name="+")
    words = models.CharField("trả lời bằng chữ", max_length=1000, blank=True)
    fault = models.CharField("chưa đạt vì", max_length=500, blank=True)

    class Meta:
        verbose_name = "giấy tờ bổ sung gửi trực tuyến"
        constraints = [
            models.UniqueConstraint(fields=["delivery", "item"], name="one_delivered_paper_per_item"),
        ]

    def __str__(self) -> str:
        return self.item.name


class Pause(models.Model):
    """Tạm dừng tính thời hạn: where the procedure's own law does not count the time, with the letter that says so.

    Legal: ND118-2025 Đ19
    """

    class Kind(models.TextChoices):
        FINANCIAL = "FINANCIAL", "Chờ thực hiện nghĩa vụ tài chính"
        OTHER_LAW = "OTHER_LAW", "Theo quy định của pháp luật chuyên ngành"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="pauses")
    kind = models.CharField("loại", max_length=10, choices=Kind.choices)
    reason = models.CharField("lý do", max_length=500)
    basis = models.CharField("căn cứ pháp lý", max_length=300)
    letter = models.CharField("số văn bản thông báo", max_length=120)
    letter_on = models.DateField("ngày văn bản")
    interrupted = models.CharField("trạng thái trước khi dừng", max_length=20)
    step_dues = models.JSONField("hạn của các bước lúc dừng", default=dict)
    started_at = models.DateTimeField("từ lúc")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField("đến lúc", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_note = models.CharField("kết quả", max_length=300, blank=True)

    class Meta:
        verbose_name = "tạm dừng tính thời hạn"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(ended_at__isnull=True), name="one_pause_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(letter=""), name="a_pause_has_its_letter"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="a_pause_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} từ {self.started_at:%d/%m/%Y}"


class AlarmRule(models.Model):
    """Quy tắc báo trước: how many working minutes before a lawful time runs out the alarm is raised, from a day on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField("loại thời hạn", max_length=20, choices=DEADLINE_KINDS)
    valid_from = models.DateField("từ ngày")
    minutes = models.PositiveIntegerField("báo trước (phút làm việc)")

    class Meta:
        verbose_name = "quy tắc báo trước"
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "valid_from"], name="one_alarm_rule_per_kind_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.minutes} phút"


class LateCause(models.Model):
    """Nguyên nhân chậm: one of a coded list that the office controlling procedures keeps."""

    class Side(models.TextChoices):
        AGENCY = "AGENCY", "Cơ quan giải quyết"
        OTHER_AGENCY = "OTHER_AGENCY", "Cơ quan phối hợp"
        APPLICANT = "APPLICANT", "Người nộp"
        SYSTEM = "SYSTEM", "Hệ thống, kết nối"
        OUTSIDE = "OUTSIDE", "Bất khả kháng"

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField("khóa nhật ký", default=new_id, unique=True, editable=False)
    code = models.CharField("mã", max_length=20, unique=True)
    name = models.CharField("nguyên nhân", max_length=200)
    side = models.CharField("phía", max_length=14, choices=Side.choices)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "nguyên nhân chậm"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class LatenessRule(models.Model):
    """Quy định về hồ sơ chậm: how early an apology is drafted, how long a unit has to explain; the province's own, dated.

    `draft_days`: working days between the draft and the last day to send it. Legal: ND118-2025 Đ19.6
    """

    id = models.BigAutoField(primary_key=True)
    valid_from = models.DateField("áp dụng từ ngày", unique=True)
    draft_days = models.PositiveSmallIntegerField("số ngày làm việc soạn thư trước hạn gửi")
    explain_days = models.PositiveSmallIntegerField("số ngày làm việc để giải trình")
    basis = models.CharField("căn cứ", max_length=300)

    class Meta:
        verbose_name = "quy định về hồ sơ chậm"
        ordering = ["valid_from"]

    def __str__(self) -> str:
        return f"giải trình trong {self.explain_days} ngày làm việc, từ {self.valid_from:%d/%m/%Y}"


class StepPace(models.Model):
    """Nhịp thực tế của bước: what one step of a workflow has usually taken in the last quarter; learnt again each night."""

    id = models.BigAutoField(primary_key=True)
    workflow = models.ForeignKey("workflows.Workflow", models.CASCADE, related_name="+", db_index=False)
    step_key = models.CharField("mã bước", max_length=60)
    minutes = models.PositiveIntegerField("thường mất (phút làm việc)")
    samples = models.PositiveIntegerField("số lần đã qua")
    as_of = models.DateTimeField("tính lúc")

    class Meta:
        verbose_name = "nhịp thực tế của bước"
        constraints = [
            models.UniqueConstraint(fields=["workflow", "step_key"], name="one_pace_of_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.step_key}: {self.minutes} phút"


class UsualTime(models.Model):
    """Thời gian thường mất: working days that a procedure has really taken in the last year; learnt again each night.

    `agency` None: in the whole province. A quantile that open dossiers leave unknown is None.
    """

    id = models.BigAutoField(primary_key=True)
    procedure = models.ForeignKey("procedures.Procedure", models.CASCADE, related_name="+", db_index=False)
    agency = models.ForeignKey("org.Agency", models.CASCADE, null=True, related_name="+", db_index=False)
    median = models.PositiveIntegerField("một nửa số hồ sơ xong trong (ngày làm việc)", null=True)
    ninth_decile = models.PositiveIntegerField("chín phần mười xong trong (ngày làm việc)", null=True)
    dossiers = models.PositiveIntegerField("số hồ sơ")
    finished = models.PositiveIntegerField("số hồ sơ đã có kết quả")
    since = models.DateField("nhận từ ngày")
    as_of = models.DateTimeField("tính lúc")

    class Meta:
        verbose_name = "thời gian thường mất"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "agency"], nulls_distinct=False, name="one_usual_time_of_a_procedure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id}: {self.median} ngày"

    @property
    def says_enough(self) -> bool:
        return self.finished >= FEWEST and self.median is not None


class Apology(models.Model):
    """Xin lỗi và hẹn lại ngày trả: form 04, drafted by the system or an officer, signed by rank, sent once.

    It moves the lawful date (`extends`) only when it is sent early enough and is the first; sent later it still
    apologises and names the day to expect, and the dossier stays overdue. Legal: ND118-2025 Đ19.6
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Dự thảo"
        SENT = "SENT", "Đã gửi"
        DISCARDED = "DISCARDED", "Đã bỏ"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="apologies")
    state = models.CharField("trạng thái", max_length=10, choices=State.choices, default=State.DRAFT)
    number = models.PositiveIntegerField("số thư", null=True)
    cause = models.ForeignKey(
        LateCause, models.PROTECT, verbose_name="nguyên nhân", null=True, related_name="+", db_index=False
    )
    explanation = models.TextField("giải thích", blank=True)
    due_before = models.DateTimeField("hẹn trả cũ")
    due_after = models.DateTimeField("hẹn trả mới")
    extends = models.BooleanField("gia hạn ngày hẹn theo luật", default=False)
    send_by = models.DateTimeField("phải gửi trước")
    drafted_at = models.DateTimeField("soạn lúc")
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )  # None: the system foresaw it
    forecast = ArrayField(models.TextField(), verbose_name="căn cứ dự báo", default=list, blank=True)
    sent_at = models.DateTimeField("gửi lúc", null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    signed_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )  # whose seat the signer took by delegation
    discarded_at = models.DateTimeField("bỏ lúc", null=True)
    discarded_reason = models.CharField("lý do bỏ dự thảo", max_length=300, blank=True)

    class Meta:
        verbose_name = "thư xin lỗi, hẹn lại"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(state="DRAFT"), name="one_apology_in_draft_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="SENT")
                | Q(
                    number__isnull=False, cause__isnull=False, sent_at__isnull=False, signed_by__isnull=False
                ),
                name="an_apology_sent_is_numbered_and_signed",
            ),
            models.CheckConstraint(
                condition=Q(due_after__gt=models.F("due_before")), name="an_apology_names_a_later_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or '…'}/PXL"


class LatenessReview(models.Model):
    """Giải trình hồ sơ chậm: the unit's explanation, and the outcome that is published. Legal: ND118-2025 Đ19.6"""

    class Verdict(models.TextChoices):
        NO_FAULT = "NO_FAULT", "Không do lỗi của đơn vị"
        REMINDED = "REMINDED", "Đơn vị rút kinh nghiệm"
        CRITICISED = "CRITICISED", "Phê bình, nhắc nhở"
        DISCIPLINED = "DISCIPLINED", "Xem xét xử lý theo quy định"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="lateness_review")
    cause = models.ForeignKey(
        LateCause, models.PROTECT, verbose_name="nguyên nhân", related_name="+", db_index=False
    )
    explanation = models.TextField("giải trình của đơn vị")
    explained_at = models.DateTimeField("giải trình lúc")
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    explain_due_at = models.DateTimeField("phải giải trình trước", null=True)
    verdict = models.CharField("kết luận", max_length=11, choices=Verdict.choices, blank=True)
    outcome = models.TextField("kết quả xem xét trách nhiệm", blank=True)
    reviewed_at = models.DateTimeField("xem xét lúc", null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_at = models.DateTimeField("công khai lúc", null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = "giải trình hồ sơ chậm"
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | ~Q(outcome="") & ~Q(verdict=""),
                name="a_published_review_says_its_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.explanation[:60]


class Deadline(models.Model):
    """Thời hạn bên trong: a lawful time other than the appointment, with the alarm that is raised before it runs out.

    Opened and met by operations; the worker raises the alarm. `subject` names what it is about when a dossier can have
    several of a kind (a consultation, a correction). Times are the regime's.
    Legal: ND118-2025 Đ17.2, Đ18, Đ19, Đ20, Đ23
    """

    Kind = DeadlineKind

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="deadlines")
    kind = models.CharField("loại", max_length=20, choices=DEADLINE_KINDS)
    subject = models.UUIDField("về việc", null=True)
    agency = models.ForeignKey("org.Agency", models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField("hạn")
    alarm_at = models.DateTimeField("báo lúc")
    alarmed_at = models.DateTimeField("đã báo lúc", null=True)
    met_at = models.DateTimeField("xong lúc", null=True)
    dropped_at = models.DateTimeField("không còn áp dụng từ", null=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = "thời hạn bên trong"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "kind", "subject"],
                condition=Q(met_at__isnull=True, dropped_at__isnull=True),
                nulls_distinct=False,
                name="a_deadline_runs_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(alarm_at__lte=models.F("due_at")), name="an_alarm_comes_before_the_deadline"
            ),
        ]
        indexes = [
            models.Index(
                fields=["alarm_at"],
                condition=Q(alarmed_at__isnull=True, met_at__isnull=True, dropped_at__isnull=True),
                name="deadline_to_alarm",
            ),
            models.Index(
                fields=["agency", "due_at"],
                condition=Q(met_at__isnull=True, dropped_at__isnull=True),
                name="deadline_running",
            ),
            models.Index(
                fields=["agency", "due_at", "id"],
                condition=Q(met_at__isnull=True, dropped_at__isnull=True, alarmed_at__isnull=False),
                name="deadline_alarmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.due_at:%H:%M %d/%m/%Y}"
