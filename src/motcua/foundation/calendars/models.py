"""The regimes of law and the calendars, as dated data."""

from __future__ import annotations

import uuid
from datetime import date, time
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models

from motcua.core.ids import new_id
from motcua.foundation.calendars.clock import EndMoment, Regime, SupplementRule


class RegimeRule(models.Model):
    """Chế độ pháp lý: the rules of one decree, from when until when. A dossier keeps those of its reception.

    An empty number means that the decree fixes none. Legal: ND61-2018; ND118-2025; ND309-2026
    """

    code = models.CharField("mã", max_length=20, unique=True)
    name = models.CharField("tên", max_length=200)
    basis = models.CharField("căn cứ", max_length=300, blank=True)
    valid_from = models.DateField("từ ngày", unique=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    supplement = models.CharField(
        "sau khi bổ sung", max_length=10, choices=[(rule.value, rule.label) for rule in SupplementRule]
    )
    end_moment = models.CharField(
        "thời điểm kết thúc",
        max_length=12,
        choices=[(moment.value, moment.label) for moment in EndMoment],
        default=EndMoment.END_OF_DAY.value,
    )
    transfer_cutoff = models.TimeField("giờ chốt chuyển trong ngày", default=time(15, 0))
    paper_transfer_days = models.PositiveSmallIntegerField("chuyển hồ sơ giấy (ngày làm việc)", default=1)
    supplement_notice_days = models.PositiveSmallIntegerField(
        "thông báo bổ sung (ngày làm việc)", null=True, blank=True
    )
    supplement_silence_days = models.PositiveSmallIntegerField("chờ bổ sung (ngày)", null=True, blank=True)
    max_supplements = models.PositiveSmallIntegerField("số lần yêu cầu bổ sung", null=True, blank=True)
    max_extensions = models.PositiveSmallIntegerField("số lần hẹn lại", null=True, blank=True)
    apology_lead_days = models.PositiveSmallIntegerField("gửi thư xin lỗi trước (ngày)", default=1)
    correction_days = models.PositiveSmallIntegerField(
        "sửa kết quả sai (ngày làm việc)", null=True, blank=True
    )
    online_alert_hours = models.PositiveSmallIntegerField("báo hồ sơ trực tuyến (giờ)", null=True, blank=True)
    online_answer_hours = models.PositiveSmallIntegerField(
        "trả lời hồ sơ trực tuyến (giờ làm việc)", null=True, blank=True
    )
    forms = models.CharField("bộ mẫu giấy tờ", max_length=20, default="TT03-2025")

    class Meta:
        verbose_name = "chế độ pháp lý"
        verbose_name_plural = "chế độ pháp lý"
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="a_regime_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_regime(self) -> Regime:
        """The same rules as the clock takes them."""
        return Regime(
            code=self.code,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            name=self.name,
            supplement=SupplementRule(self.supplement),
            end_moment=EndMoment(self.end_moment),
            transfer_cutoff=self.transfer_cutoff,
            paper_transfer_days=self.paper_transfer_days,
            supplement_notice_days=self.supplement_notice_days,
            supplement_silence_days=self.supplement_silence_days,
            max_supplements=self.max_supplements,
            max_extensions=self.max_extensions,
            apology_lead_days=self.apology_lead_days,
            correction_days=self.correction_days,
            online_alert_hours=self.online_alert_hours,
            online_answer_hours=self.online_answer_hours,
            forms=self.forms,
            basis=self.basis,
        )

    @staticmethod
    def fields_of(regime: Regime) -> dict[str, Any]:
        return vars(regime) | {"supplement": regime.supplement.value, "end_moment": regime.end_moment.value}


class Calendar(models.Model):
    """Lịch làm việc: the national one has no agency; an agency's own adds to it, and wins day by day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency_id = models.BigIntegerField("cơ quan", null=True, blank=True)
    name = models.CharField("tên", max_length=200)
    valid_from = models.DateField("từ ngày", default=date(2018, 1, 1))
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "lịch làm việc"
        verbose_name_plural = "lịch làm việc"
        constraints = [
            models.UniqueConstraint(
                fields=["agency_id"], nulls_distinct=False, name="one_calendar_of_an_agency"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="a_calendar_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_national(self) -> bool:
        return self.agency_id is None


class CalendarSession(models.Model):
    """Buổi làm việc: hours of one weekday (0 is Monday). Rows of one `valid_from` are the whole week from that day on."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="sessions")
    valid_from = models.DateField("từ ngày")
    weekday = models.PositiveSmallIntegerField("thứ", validators=[MaxValueValidator(6)])
    start = models.TimeField("bắt đầu")
    end = models.TimeField("kết thúc")

    class Meta:
        verbose_name = "buổi làm việc"
        verbose_name_plural = "buổi làm việc"
        ordering = ["valid_from", "weekday", "start"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "valid_from", "weekday", "start"], name="one_session_starts_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="a_session_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="a_week_has_seven_days"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.start:%H:%M}–{self.end:%H:%M}"


class CalendarDay(models.Model):
    """Ngày đặc biệt: a holiday, a day made up, a closure, or a day worked only in part."""

    class Kind(models.TextChoices):
        OFF = "OFF", "Nghỉ lễ, Tết, nghỉ hoán đổi"
        WORKED = "WORKED", "Làm bù"
        CLOSED = "CLOSED", "Đơn vị nghỉ"
        SHORT = "SHORT", "Làm việc một phần ngày"

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField("ngày")
    kind = models.CharField("loại", max_length=6, choices=Kind.choices)
    name = models.CharField("tên gọi, lý do", max_length=200)
    decision = models.CharField("quyết định, thông báo", max_length=200, blank=True)
    swapped_with = models.DateField("hoán đổi với ngày", null=True, blank=True)
    opens = models.TimeField("làm từ", null=True, blank=True)
    closes = models.TimeField("làm đến", null=True, blank=True)

    class Meta:
        verbose_name = "ngày đặc biệt"
        verbose_name_plural = "ngày đặc biệt"
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="a_day_is_special_once"),
            models.CheckConstraint(
                condition=~models.Q(kind="SHORT") | models.Q(closes__gt=models.F("opens")),
                name="a_short_day_has_its_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}: {self.name}"


class CalendarVersion(models.Model):
    """Phiên bản của lịch: one row whose token changes with every change, so that processes know when to read again."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name = "phiên bản lịch"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="calendars_have_one_version")]

    def __str__(self) -> str:
        return str(self.token)
