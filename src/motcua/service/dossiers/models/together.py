"""The facts of work with many dossiers: an act with its items, a reminder, a hand-over, a filter that was kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from motcua.core.ids import new_id


class BulkAct(models.Model):
    """Việc làm với nhiều hồ sơ: one act that somebody asked for with up to 500 dossiers, each by itself.

    Its key comes with the form, so that the same press twice is one act. `values` is what was asked once for all.
    """

    class Kind(models.TextChoices):
        CLAIM = "CLAIM", "Nhận việc"
        TRANSFER = "TRANSFER", "Bàn giao cho cơ quan giải quyết"
        ASSIGN = "ASSIGN", "Phân công"
        REVIEW = "REVIEW", "Đồng ý, trình ký"
        SIGN = "SIGN", "Ký"
        SEND_BACK = "SEND_BACK", "Trả lại"
        ISSUE = "ISSUE", "Phát hành"
        RETURN = "RETURN", "Trả kết quả"
        REMIND = "REMIND", "Nhắc người đang giữ"
        HAND_OVER = "HAND_OVER", "Bàn giao công việc"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField("việc", max_length=12, choices=Kind.choices)
    values = models.JSONField("nội dung chung", default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người làm", related_name="+"
    )
    asked_at = models.DateTimeField("yêu cầu lúc")
    finished_at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "việc làm với nhiều hồ sơ"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.asked_at:%d/%m/%Y %H:%M})"


class BulkItem(models.Model):
    """Một hồ sơ trong việc làm nhiều hồ sơ: the step that the page showed, and what came of it."""

    class State(models.TextChoices):
        PENDING = "PENDING", "Đang chờ"
        DONE = "DONE", "Xong"
        ALREADY = "ALREADY", "Đã làm từ trước"
        REFUSED = "REFUSED", "Chưa làm được"

    id = models.BigAutoField(primary_key=True)
    bulk = models.ForeignKey(BulkAct, models.PROTECT, related_name="items", db_index=False)
    dossier_id = models.UUIDField("hồ sơ")  # as it was asked for: it may be unknown, or hidden from who asked
    position = models.PositiveSmallIntegerField("thứ tự")
    step = models.CharField("bước khi chọn", max_length=60, blank=True)
    values = models.JSONField("nội dung riêng", default=dict)
    state = models.CharField("kết quả", max_length=8, choices=State.choices, default=State.PENDING)
    sentence = models.TextField("trả lời", blank=True)
    at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "một hồ sơ trong việc làm nhiều hồ sơ"
        constraints = [
            models.UniqueConstraint(
                fields=["bulk", "dossier_id"], name="a_dossier_is_once_in_an_act_with_many"
            ),
        ]
        indexes = [
            models.Index(fields=["bulk", "position"], condition=Q(state="PENDING"), name="bulk_item_pending"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.position}. {self.get_state_display()}"


class HandingOver(models.Model):
    """Bàn giao công việc: the dossiers of one person, or of a whole agency, go to other hands.

    With neither a giver nor an agency: dossiers whose holders had gone. Each dossier's move stands in its own ledger.
    """

    class Reason(models.TextChoices):
        LEAVE = "LEAVE", "Nghỉ phép, ốm, thai sản, đi học"
        MOVE = "MOVE", "Chuyển vị trí công tác"
        LEAVER = "LEAVER", "Thôi việc, nghỉ hưu"
        CLOSING = "CLOSING", "Cơ quan, đơn vị kết thúc hoạt động"
        LOAD = "LOAD", "Chia lại việc trong đơn vị"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bulk = models.OneToOneField(BulkAct, models.PROTECT, related_name="handing_over")
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người bàn giao", null=True, related_name="+"
    )
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="cơ quan bàn giao", null=True, related_name="+", db_index=False
    )  # fmt: skip
    reason = models.CharField("lý do", max_length=8, choices=Reason.choices)
    note = models.CharField("nội dung bàn giao", max_length=250, blank=True)

    class Meta:
        verbose_name = "bàn giao công việc"

    def __str__(self) -> str:
        return f"{self.get_reason_display()}"


class Reminder(models.Model):
    """Nhắc việc: somebody who watches over the dossier asks its holder to go on; once a day for each dossier."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="reminders", db_index=False)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người được nhắc", related_name="+", db_index=False
    )  # fmt: skip
    text = models.CharField("lời nhắc", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("lúc")
    on = models.DateField("ngày")

    class Meta:
        verbose_name = "nhắc việc"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "on"], name="a_dossier_is_reminded_of_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}: {self.holder_id}"


class SavedFilter(models.Model):
    """Bộ lọc đã lưu: a list that somebody looks at again and again; for oneself, or shared with one's agency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField("tên", max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người lưu", related_name="saved_filters"
    )
    agency = models.ForeignKey(
        "org.Agency", models.PROTECT, verbose_name="dùng chung tại", null=True, related_name="+"
    )
    tab = models.CharField("danh sách", max_length=12)
    wanted = models.JSONField("điều kiện", default=dict)
    saved_at = models.DateTimeField("lưu lúc")

    class Meta:
        verbose_name = "bộ lọc đã lưu"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_saved_filter_per_name_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.name
