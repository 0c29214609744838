"""Chuyển tiếp sang phiên bản quy trình mới: what was ordered, and what became of each dossier."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id
from motcua.service.dossiers.models.dossier import Dossier
from motcua.service.dossiers.states import State

UNDONE_WITHIN = timedelta(hours=24)


class Transition(models.Model):
    """Chuyển tiếp: what a new version means for the dossiers on their way, by whose word and on what basis."""

    class Rule(models.TextChoices):
        NEW_ONLY = "NEW_ONLY", "Chỉ hồ sơ tiếp nhận mới"
        ALL_OPEN = "ALL_OPEN", "Mọi hồ sơ đang giải quyết"
        BEFORE_STEP = "BEFORE_STEP", "Hồ sơ đang giải quyết chưa tới một bước"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workflow = models.ForeignKey(
        "workflows.Workflow", models.PROTECT, verbose_name="phiên bản mới", related_name="+"
    )
    rule = models.CharField("quy tắc", max_length=12, choices=Rule.choices)
    before_step = models.CharField("trước bước", max_length=60, blank=True)
    before_step_name = models.CharField("tên bước", max_length=200, blank=True)
    legal_basis = models.CharField("căn cứ", max_length=500, blank=True)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người quyết định", related_name="+", db_index=False
    )  # fmt: skip
    ordered_at = models.DateTimeField("quyết định lúc")
    finished_at = models.DateTimeField("chuyển xong lúc", null=True)
    undone_at = models.DateTimeField("hoàn lại lúc", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người hoàn lại", null=True, related_name="+",
        db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = "chuyển tiếp hồ sơ"
        verbose_name_plural = "chuyển tiếp hồ sơ"
        constraints = [
            models.CheckConstraint(
                condition=Q(rule="NEW_ONLY") | ~Q(legal_basis=""),
                name="who_moves_dossiers_gives_the_basis",
            ),
            models.CheckConstraint(
                condition=Q(rule="BEFORE_STEP") ^ Q(before_step=""),
                name="a_transition_names_its_step_only_where_it_has_one",
            ),
            models.UniqueConstraint(
                fields=["workflow"],
                condition=Q(finished_at=None, undone_at=None),
                name="one_transition_of_a_version_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} ({self.workflow_id})"

    @property
    def is_going_on(self) -> bool:
        return self.finished_at is None and self.undone_at is None

    def is_undoable(self, at: datetime) -> bool:
        """Còn hoàn lại được: within a day of the order's end, as long as nobody has undone it."""
        return self.undone_at is None and at <= (self.finished_at or at) + UNDONE_WITHIN


class TransitionItem(models.Model):
    """Hồ sơ trong đợt chuyển tiếp: where it stood, where it stands, or why it stayed."""

    class Result(models.TextChoices):
        MOVED = "MOVED", "Đã chuyển"
        REFUSED = "REFUSED", "Không chuyển được"
        UNDONE = "UNDONE", "Đã hoàn lại"
        KEPT = "KEPT", "Không hoàn lại được"

    id = models.BigAutoField(primary_key=True)
    transition = models.ForeignKey(Transition, models.PROTECT, related_name="items", db_index=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="transitions")
    result = models.CharField("kết quả", max_length=8, choices=Result.choices)
    why = models.CharField("lý do", max_length=500, blank=True)
    task_id = models.UUIDField("việc", null=True)
    state = models.CharField(
        "trạng thái hồ sơ khi chuyển", max_length=20, choices=[(state.value, state.label) for state in State]
    )
    from_workflow = models.ForeignKey(
        "workflows.Workflow", models.PROTECT, verbose_name="phiên bản cũ", related_name="+", db_index=False
    )
    from_step = models.CharField("bước cũ", max_length=60, blank=True)
    from_step_name = models.CharField("tên bước cũ", max_length=200, blank=True)
    from_kind = models.CharField("loại bước cũ", max_length=12, blank=True)
    from_role = models.CharField("vai trò cũ", max_length=40, blank=True)
    from_due_at = models.DateTimeField("hạn bước cũ", null=True)
    from_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người giữ cũ", null=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    to_step = models.CharField("bước mới", max_length=60, blank=True)
    to_step_name = models.CharField("tên bước mới", max_length=200, blank=True)
    to_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người giữ mới", null=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    decided_at = models.DateTimeField("xét lúc")
    undone_at = models.DateTimeField("hoàn lại lúc", null=True)

    class Meta:
        verbose_name = "hồ sơ trong đợt chuyển tiếp"
        verbose_name_plural = "hồ sơ trong đợt chuyển tiếp"
        constraints = [
            models.UniqueConstraint(
                fields=["transition", "dossier"], name="a_dossier_is_moved_once_in_a_transition"
            ),
            models.CheckConstraint(
                condition=~Q(result__in=["REFUSED", "KEPT"]) | ~Q(why=""), name="what_stays_says_why"
            ),
        ]
        indexes = [models.Index(fields=["transition", "result", "id"], name="transition_results")]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.get_result_display()}"
