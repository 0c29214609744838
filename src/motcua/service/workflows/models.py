"""The facts of internal workflows, and the tasks that dossiers leave behind as they walk through them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.service.workflows import engine
from motcua.service.workflows.blueprint import Blueprint, Outcome, StepKind
from motcua.service.workflows.querysets import TaskQuerySet, WorkflowQuerySet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

KINDS = [(kind.value, kind.label) for kind in StepKind]
OUTCOMES = [(outcome.value, outcome.label) for outcome in Outcome]


class Workflow(models.Model):
    """Quy trình nội bộ: one version of how an agency settles a procedure. `agency` None: every agency that has no own.

    A published version is never changed; the next one takes its place for the dossiers received from `valid_from` on.
    The first step stands here too, so that a reception reads one row and no model. Legal: ND118-2025 Đ12.3, Đ27.3
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Bản nháp"
        PUBLISHED = "PUBLISHED", "Đã ban hành"
        RETIRED = "RETIRED", "Đã thay thế"
        DISCARDED = "DISCARDED", "Đã bỏ"

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField("khóa nhật ký", default=new_id, unique=True, editable=False)
    procedure = models.ForeignKey(
        "procedures.Procedure", models.PROTECT, verbose_name="thủ tục", related_name="workflows"
    )
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan", null=True, blank=True, related_name="workflows"
    )
    version = models.PositiveIntegerField("phiên bản")
    name = models.CharField("tên", max_length=200)
    state = models.CharField("trạng thái", max_length=10, choices=State.choices, default=State.DRAFT)
    bpmn = models.TextField("mô hình BPMN")
    minutes = models.PositiveIntegerField("tổng thời gian (phút làm việc)", default=0)
    first_step_key = models.CharField("bước đầu", max_length=60, blank=True)
    first_step_name = models.CharField("tên bước đầu", max_length=200, blank=True)
    first_step_kind = models.CharField("loại bước đầu", max_length=12, blank=True)
    first_step_role = models.CharField("vai trò bước đầu", max_length=40, blank=True)
    first_step_minutes = models.PositiveIntegerField("thời gian bước đầu", default=0)
    valid_from = models.DateField("áp dụng từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    decision = models.CharField("quyết định phê duyệt", max_length=200, blank=True)
    reason = models.CharField("lý do thay đổi", max_length=500, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="người soạn",
        null=True,
        related_name="+",
        db_index=False,
    )
    drafted_at = models.DateTimeField("soạn lúc")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người ban hành", null=True, related_name="+", db_index=False
    )  # fmt: skip
    published_at = models.DateTimeField("ban hành lúc", null=True, blank=True)

    objects = WorkflowQuerySet.as_manager()

    if TYPE_CHECKING:
        steps: RelatedManager[WorkflowStep]

    class Meta:
        verbose_name = "quy trình nội bộ"
        verbose_name_plural = "quy trình nội bộ"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "agency", "version"],
                nulls_distinct=False,
                name="one_workflow_per_version",
            ),
            models.UniqueConstraint(
                fields=["procedure", "agency"],
                condition=Q(state="PUBLISHED"),
                nulls_distinct=False,
                name="one_published_workflow",
            ),
            models.UniqueConstraint(
                fields=["procedure", "agency"],
                condition=Q(state="DRAFT"),
                nulls_distinct=False,
                name="one_workflow_in_draft",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | Q(drafted_by=None) | ~Q(published_by=F("drafted_by")),
                name="a_workflow_is_published_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["PUBLISHED", "RETIRED"])
                | Q(valid_from__isnull=False, published_at__isnull=False),
                name="a_published_workflow_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (phiên bản {self.version})"

    @property
    def compiled(self) -> engine.Compiled:
        """The model ready to run; parsed once in each process."""
        return engine.compile(self.bpmn)

    @property
    def blueprint(self) -> Blueprint:
        return self.compiled.blueprint

    def is_in_force(self, on: date) -> bool:
        return (
            self.valid_from is not None
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )


class WorkflowStep(models.Model):
    """Bước của quy trình: who, what, how long, with what product. Written from the model, never beside it."""

    id = models.BigAutoField(primary_key=True)
    workflow = models.ForeignKey(
        Workflow, models.CASCADE, verbose_name="quy trình", related_name="steps", db_index=False
    )
    key = models.CharField("mã bước", max_length=60)
    position = models.PositiveSmallIntegerField("thứ tự")
    name = models.CharField("tên bước", max_length=200)
    kind = models.CharField("loại", max_length=12, choices=KINDS)
    role = models.CharField("vai trò", max_length=40, blank=True)
    minutes = models.PositiveIntegerField("thời gian (phút làm việc)", default=0)
    product = models.CharField("sản phẩm", max_length=300, blank=True)
    outcomes = ArrayField(
        models.CharField(max_length=12, choices=OUTCOMES), verbose_name="kết quả", default=list
    )
    unit = models.CharField("nơi làm", max_length=60, blank=True)
    escalate_after = models.PositiveIntegerField("báo chậm sau (phút làm việc)", default=0)
    escalate_to = models.CharField("vai trò được báo chậm", max_length=40, blank=True)
    may_skip = models.BooleanField("được bỏ qua", default=False)

    class Meta:
        verbose_name = "bước của quy trình"
        verbose_name_plural = "bước của quy trình"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["workflow", "key"], name="one_step_per_key_of_a_workflow"),
            models.UniqueConstraint(
                fields=["workflow", "position"], name="one_step_per_position_of_a_workflow"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"


class Task(models.Model):
    """Việc: one step of one dossier, from the moment it opens. The dossier's tasks, in order, are its way so far.

    Copies what the step said when it opened, or when its dossier went over to another version. `dossier_id` is no
    foreign key: dossiers stand on this floor, above.
    Several are open at once where the workflow has parallel branches, and then each of them is marked `is_beside`: a
    dossier shows only one of its steps, the others are looked for by this mark. One that was taken back stays, with
    `undone_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier_id = models.UUIDField("hồ sơ")
    number = models.PositiveSmallIntegerField("thứ tự trong hồ sơ", default=1)
    workflow = models.ForeignKey(
        Workflow, models.PROTECT, verbose_name="quy trình", related_name="tasks", db_index=False
    )
    step_key = models.CharField("mã bước", max_length=60)
    name = models.CharField("tên bước", max_length=200)
    kind = models.CharField("loại", max_length=12, choices=KINDS)
    role = models.CharField("vai trò", max_length=40, blank=True)
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="nơi làm", related_name="+", db_index=False
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="người giữ",
        null=True,
        related_name="+",
        db_index=False,
    )
    opened_at = models.DateTimeField("mở lúc")
    due_at = models.DateTimeField("hạn", null=True)
    completed_at = models.DateTimeField("xong lúc", null=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="người làm",
        null=True,
        related_name="+",
        db_index=False,
    )
    outcome = models.CharField("kết quả", max_length=12, blank=True)
    note = models.TextField("ý kiến", blank=True)
    done_number = models.PositiveSmallIntegerField(
        "xong thứ mấy", null=True
    )  # None: before there were branches
    undone_at = models.DateTimeField("thu hồi lúc", null=True)
    is_skipped = models.BooleanField("đã bỏ qua", default=False, db_default=False)
    is_elsewhere = models.BooleanField("làm ở cơ quan khác", default=False, db_default=False)
    is_beside = models.BooleanField("mở song song với bước khác", default=False, db_default=False)
    escalate_at = models.DateTimeField("báo chậm lúc", null=True)
    escalate_to = models.CharField(
        "vai trò được báo chậm", max_length=40, blank=True, default="", db_default=""
    )
    escalated_at = models.DateTimeField("đã báo chậm lúc", null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "việc"
        verbose_name_plural = "việc"
        constraints = [
            models.UniqueConstraint(fields=["dossier_id", "number"], name="one_task_per_number_of_a_dossier"),
            models.UniqueConstraint(
                fields=["dossier_id", "step_key"],
                condition=Q(completed_at=None),
                name="a_step_is_open_once_in_a_dossier",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | ~Q(outcome=""), name="a_completed_task_has_an_outcome"
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder", "due_at"],
                condition=Q(completed_at=None, holder__isnull=False),
                name="task_in_hand",
            ),
            models.Index(
                fields=["agency", "role", "due_at"],
                condition=Q(completed_at=None, holder=None),
                name="task_waiting_for_a_hand",
            ),
            models.Index(
                fields=["agency", "dossier_id"],
                condition=Q(completed_at=None, is_elsewhere=True),
                name="task_done_elsewhere",
            ),
            models.Index(
                fields=["holder"],
                condition=Q(completed_at=None, is_beside=True, holder__isnull=False),
                name="task_in_hand_beside",
            ),
            models.Index(
                fields=["escalate_at"],
                condition=Q(completed_at=None, escalated_at=None, escalate_at__isnull=False),
                name="task_to_escalate",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.completed_at is None

    @property
    def is_late(self) -> bool:
        """Xong sau hạn của bước; a task still open is judged by its reader's clock, see `overdue`."""
        return bool(self.due_at and self.completed_at and self.completed_at > self.due_at)
