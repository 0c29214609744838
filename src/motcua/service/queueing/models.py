"""The facts of the queue: what people wait for, where they are served, their numbers, and their appointments."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from motcua.core.ids import new_id
from motcua.foundation.org.querysets import DatedQuerySet
from motcua.service.queueing.ordering import LineRule, Waiting
from motcua.service.queueing.querysets import AppointmentQuerySet, DeskQuerySet, TicketQuerySet
from motcua.service.queueing.slotting import SlotPlan
from motcua.service.queueing.states import AT_DESK, IN_LINE, AppointmentState, TicketState

STATES = [(state.value, state.label) for state in TicketState]


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name
    )


class QueueField(models.Model):
    """Lĩnh vực lấy số: what one line of a unit is for. `subjects` are the fields of procedures that it takes;
    without any it takes whatever no other line of the unit names. Numbers begin with `prefix`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(
        "org.OneStopUnit", models.PROTECT, verbose_name="Bộ phận Một cửa", related_name="+"
    )
    name = models.CharField("tên", max_length=120)
    prefix = models.CharField("chữ đầu", max_length=2, validators=[RegexValidator(r"^[A-Z]{1,2}$")])
    subjects = ArrayField(
        models.CharField(max_length=250), verbose_name="lĩnh vực thủ tục", default=list, blank=True
    )
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "lĩnh vực lấy số"
        ordering = ["position", "prefix"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "prefix"],
                condition=Q(valid_to__isnull=True),
                name="one_living_line_per_letter",
            ),
            ends_after_it_starts("a_line_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} – {self.name}"


class PriorityKind(models.Model):
    """Diện ưu tiên: who is called before others, as data. Legal: ND118-2025 Đ13"""

    code = models.CharField("mã", max_length=20, primary_key=True)
    name = models.CharField("tên", max_length=120)
    is_by_appointment = models.BooleanField("do hẹn trước", default=False)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "diện ưu tiên"
        ordering = ["position"]
        constraints = [ends_after_it_starts("a_priority_kind_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.name


class QueueRule(models.Model):
    """Luật gọi số: the rule of one unit, from a day on; the latest that has begun counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("org.OneStopUnit", models.PROTECT, related_name="+", db_index=False)
    valid_from = models.DateField("từ ngày")
    normal_per_priority = models.PositiveSmallIntegerField("số người thường giữa hai người ưu tiên")
    longest_wait_minutes = models.PositiveSmallIntegerField("chờ quá số phút này thì được gọi trước")
    early_minutes = models.PositiveSmallIntegerField("gọi người hẹn sớm (phút)")
    late_minutes = models.PositiveSmallIntegerField("giữ hẹn khi đến muộn (phút)")

    class Meta:
        verbose_name = "luật gọi số"
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="one_queue_rule_per_unit_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} từ {self.valid_from:%d/%m/%Y}"

    def as_rule(self) -> LineRule:
        return LineRule(
            normal_per_priority=self.normal_per_priority,
            longest_wait=timedelta(minutes=self.longest_wait_minutes),
            early=timedelta(minutes=self.early_minutes),
            late=timedelta(minutes=self.late_minutes),
        )


class SlotRule(models.Model):
    """Cách chia khung giờ hẹn: of one line, from a day on; capacity 0 means that nothing can be booked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    field = models.ForeignKey(QueueField, models.PROTECT, related_name="slot_rules", db_index=False)
    valid_from = models.DateField("từ ngày")
    minutes = models.PositiveSmallIntegerField("số phút mỗi khung")
    capacity = models.PositiveSmallIntegerField("số người mỗi khung")
    days_ahead = models.PositiveSmallIntegerField("đặt trước tối đa (ngày)")
    notice_minutes = models.PositiveSmallIntegerField("đặt trước tối thiểu (phút)")

    class Meta:
        verbose_name = "cách chia khung giờ hẹn"
        constraints = [
            models.UniqueConstraint(fields=["field", "valid_from"], name="one_slot_rule_per_line_and_day"),
            models.CheckConstraint(condition=Q(minutes__gte=5), name="a_slot_lasts_five_minutes_at_least"),
        ]

    def __str__(self) -> str:
        return f"{self.capacity} người mỗi {self.minutes} phút từ {self.valid_from:%d/%m/%Y}"

    def as_plan(self) -> SlotPlan:
        return SlotPlan(self.minutes, self.capacity, self.days_ahead, timedelta(minutes=self.notice_minutes))


class Desk(models.Model):
    """Quầy: where people are called to, and for which lines."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(
        "org.OneStopUnit", models.PROTECT, verbose_name="Bộ phận Một cửa", related_name="+"
    )
    number = models.PositiveSmallIntegerField("số quầy")
    name = models.CharField("tên", max_length=120, blank=True)
    fields = models.ManyToManyField(QueueField, verbose_name="phục vụ lĩnh vực", related_name="desks")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = "quầy"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "number"],
                condition=Q(valid_to__isnull=True),
                name="one_living_desk_per_number",
            ),
            ends_after_it_starts("a_desk_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"Quầy {self.number}"


class Sitting(models.Model):
    """Phiên trực quầy: who sits at a desk, from when until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="sittings")
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người trực", related_name="+"
    )
    opened_at = models.DateTimeField("mở lúc")
    closed_at = models.DateTimeField("đóng lúc", null=True)

    class Meta:
        verbose_name = "phiên trực quầy"
        constraints = [
            models.UniqueConstraint(
                fields=["desk"], condition=Q(closed_at__isnull=True), name="one_person_sits_at_a_desk"
            ),
            models.UniqueConstraint(
                fields=["clerk"], condition=Q(closed_at__isnull=True), name="one_person_sits_at_one_desk"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} từ {self.opened_at:%H:%M %d/%m/%Y}"


class QueueMachine(models.Model):
    """Máy của hàng chờ: a ticket machine, a keypad or a screen, with its own key, kept as a digest only."""

    class Right(models.TextChoices):
        TAKE = "TAKE", "Lấy số"
        CALL = "CALL", "Gọi số"
        SHOW = "SHOW", "Xem hàng chờ"
        SELF = "SELF", "Máy tự phục vụ: nộp, tra cứu hồ sơ"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(
        "org.OneStopUnit", models.PROTECT, verbose_name="Bộ phận Một cửa", related_name="+"
    )
    name = models.CharField("tên máy", max_length=120)
    rights = ArrayField(models.CharField(max_length=4, choices=Right.choices), verbose_name="quyền của máy")
    key_digest = models.CharField("dấu vết của khóa", max_length=64, unique=True)
    made_at = models.DateTimeField("cấp lúc")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    revoked_at = models.DateTimeField("thu hồi lúc", null=True)
    minute = models.DateTimeField("phút đang đếm", null=True)
    calls = models.PositiveIntegerField("số lượt trong phút", default=0)

    class Meta:
        verbose_name = "máy của hàng chờ"

    def __str__(self) -> str:
        return self.name

    def may(self, right: str) -> bool:
        return self.revoked_at is None and right in self.rights


class MachineAct(models.Model):
    """Lượt máy đã làm: what a machine asked under one key of idempotency, and what it was answered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    machine = models.ForeignKey(QueueMachine, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField("khóa lặp lại", max_length=100)
    asked = models.CharField("dấu vết của yêu cầu", max_length=64)
    status = models.PositiveSmallIntegerField("mã trả lời")
    answer = models.JSONField("trả lời")
    at = models.DateTimeField("lúc", db_index=True)

    class Meta:
        verbose_name = "lượt máy đã làm"
        constraints = [
            models.UniqueConstraint(fields=["machine", "key"], name="one_answer_per_machine_and_key"),
        ]

    def __str__(self) -> str:
        return self.key


class Slot(models.Model):
    """Khung giờ đã có người đặt: how many may come then, and how many will. The database lets in no one more."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    field = models.ForeignKey(QueueField, models.PROTECT, related_name="slots", db_index=False)
    starts_at = models.DateTimeField("từ")
    ends_at = models.DateTimeField("đến")
    capacity = models.PositiveSmallIntegerField("số chỗ")
    taken = models.PositiveSmallIntegerField("đã đặt", default=0)

    class Meta:
        verbose_name = "khung giờ hẹn"
        constraints = [
            models.UniqueConstraint(fields=["field", "starts_at"], name="one_slot_of_a_line_at_a_time"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="no_slot_is_overbooked"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_slot_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M %d/%m/%Y}"


class Appointment(models.Model):
    """Lịch hẹn đến Một cửa: one person in one slot, by name and phone; `code` is what the person brings.

    Name and phone are emptied some weeks after the day; what remains is a figure.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="appointments")
    offering = models.ForeignKey(
        "procedures.Offering",
        models.PROTECT,
        verbose_name="thủ tục",
        null=True,
        related_name="+",
        db_index=False,
    )
    code = models.CharField("mã hẹn", max_length=12, unique=True)
    name = models.CharField("họ và tên", max_length=120)
    phone = models.CharField("điện thoại", max_length=20)
    state = models.CharField(
        "trạng thái", max_length=10, choices=[(one.value, one.label) for one in AppointmentState],
        default=AppointmentState.BOOKED,
    )  # fmt: skip
    booked_at = models.DateTimeField("đặt lúc")
    cancelled_at = models.DateTimeField("hủy lúc", null=True)
    checked_in_at = models.DateTimeField("đến lúc", null=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "lịch hẹn"
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "phone"],
                condition=Q(state="BOOKED") & ~Q(phone=""),
                name="one_place_of_a_slot_per_phone",
            ),
            models.CheckConstraint(
                condition=~Q(state="CANCELLED") | Q(cancelled_at__isnull=False),
                name="a_cancelled_appointment_says_since_when",
            ),
        ]
        indexes = [
            models.Index(fields=["phone"], condition=Q(state="BOOKED"), name="appointment_by_phone"),
        ]

    def __str__(self) -> str:
        return self.code


class Ticket(models.Model):
    """Số thứ tự: one person's place in the line of a unit on one day.

    `line` is where the number was given and never changes; `field` is where the person waits now. `queued_at` is when
    the person came, kept through a transfer. `rating_id` is the key of the assessment that the person gives afterwards;
    it stays empty until assessments are taken.
    """

    class Source(models.TextChoices):
        KIOSK = "KIOSK", "Màn hình lấy số"
        MACHINE = "MACHINE", "Máy lấy số"
        COUNTER = "COUNTER", "Công chức lấy hộ"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("org.OneStopUnit", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField("ngày")
    line = models.ForeignKey(
        QueueField, models.PROTECT, verbose_name="lĩnh vực lấy số", related_name="+", db_index=False
    )
    number = models.PositiveIntegerField("số")
    code = models.CharField("số thứ tự", max_length=8)
    field = models.ForeignKey(
        QueueField, models.PROTECT, verbose_name="đang chờ ở", related_name="tickets", db_index=False
    )
    wanted_desk = models.ForeignKey(
        Desk, models.PROTECT, verbose_name="chỉ định quầy", null=True, related_name="+", db_index=False
    )
    source = models.CharField("lấy ở đâu", max_length=8, choices=Source.choices)
    priority = models.ForeignKey(
        PriorityKind, models.PROTECT, verbose_name="diện ưu tiên", null=True, related_name="+", db_index=False
    )
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, verbose_name="lịch hẹn", null=True, related_name="ticket"
    )
    appointment_at = models.DateTimeField("giờ hẹn còn giữ", null=True)
    state = models.CharField("trạng thái", max_length=12, choices=STATES, default=TicketState.WAITING)
    queued_at = models.DateTimeField("lấy số lúc")
    called_at = models.DateTimeField("gọi lần gần nhất lúc", null=True)
    first_called_at = models.DateTimeField("gọi lần đầu lúc", null=True)
    calls = models.PositiveSmallIntegerField("số lần gọi", default=0)
    started_at = models.DateTimeField("bắt đầu phục vụ lúc", null=True)
    ended_at = models.DateTimeField("kết thúc lúc", null=True)
    desk = models.ForeignKey(
        Desk, models.PROTECT, verbose_name="quầy", null=True, related_name="+", db_index=False
    )
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người phục vụ", null=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    rating_id = models.UUIDField("phiếu đánh giá", null=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = "số thứ tự"
        constraints = [
            models.UniqueConstraint(
                fields=["line", "day", "number"], name="one_ticket_per_line_day_and_number"
            ),
            models.UniqueConstraint(
                fields=["desk"], condition=Q(state__in=sorted(AT_DESK)), name="one_person_at_a_desk_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(started_at__isnull=False, ended_at__isnull=False),
                name="a_served_ticket_says_from_when_to_when",
            ),
        ]
        indexes = [
            models.Index(F("unit"), F("day"), F("id"), name="ticket_by_unit_and_day"),
            models.Index(F("field"), F("day"), condition=Q(state__in=sorted(IN_LINE)), name="ticket_in_line"),
            models.Index(F("field"), F("ended_at").desc(), condition=Q(state="DONE"), name="ticket_served"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_in_line(self) -> bool:
        return self.state in IN_LINE

    def as_waiting(self) -> Waiting:
        return Waiting(
            key=self.pk,
            since=self.queued_at,
            number=self.number,
            is_priority=self.priority_id is not None and self.appointment_id is None,
            appointment_at=self.appointment_at,
        )

    def waited(self, at: datetime) -> timedelta:
        """Đã chờ bao lâu: until the first call, or until now."""
        return (self.first_called_at or self.ended_at or at) - self.queued_at


class TicketDossier(models.Model):
    """Hồ sơ nhận từ số thứ tự: which dossiers a person with this number handed in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="received")
    dossier = models.OneToOneField("dossiers.Dossier", models.PROTECT, related_name="from_ticket")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "hồ sơ nhận từ số thứ tự"

    def __str__(self) -> str:
        return f"{self.ticket_id} – {self.dossier_id}"


def day_of(at: date) -> str:
    """A day inside the name of a series."""
    return f"{at:%Y%m%d}"
