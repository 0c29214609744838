"""Chế độ pháp lý: a correction is seen first with the dates it would move; the next decree; when alarms are raised."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from motcua.foundation.calendars.clock import EndMoment, SupplementRule
from motcua.foundation.calendars.models import RegimeRule
from motcua.foundation.calendars.operations.regulating import (
    as_it_would_be,
    change_regime,
    field_of,
    open_regime,
    subject_of,
)
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import AlarmRule, DeadlineKind, Dossier
from motcua.service.dossiers.operations.deadlines import minutes_before, set_alarm
from motcua.service.dossiers.operations.rescheduling import preview
from motcua.web.admin.base import history
from motcua.web.admin.calendars import SHOWN, CalendarsPage, address_of, move_waiting, national, version
from motcua.web.ui.forms import Reader

NUMBERS = (  # field, whether the decree may fix none
    ("paper_transfer_days", False),
    ("supplement_notice_days", True),
    ("supplement_silence_days", True),
    ("max_supplements", True),
    ("max_extensions", True),
    ("apology_lead_days", False),
    ("correction_days", True),
    ("online_alert_hours", True),
    ("online_answer_hours", True),
)


class RegimeEdit(CalendarsPage):
    """Sửa một chế độ: first what it would move, then done."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        rule = self.rule(code)
        return self.render(
            "admin/regimes/edit.html",
            rule=rule,
            numbers=[
                (name, str(field_of(name).verbose_name), getattr(rule, name), may_lack)
                for name, may_lack in NUMBERS
            ],
            rules=[(one.value, one.label) for one in SupplementRule],
            ends=[(one.value, one.label) for one in EndMoment],
            history=history(subject_of(code)),
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        rule, reader = self.rule(code), self.read()
        values, reason = self.values(reader), reader.text("reason", longest=300)
        reader.check()
        regime = as_it_would_be(rule, values, reason)
        if request.POST.get("apply") and request.POST.get("token") == version():
            change_regime(code=code, values=values, reason=reason, by=self.user, at=self.at)
            stand = move_waiting(reason, None, by=self.user, at=self.at)
            common = national()
            if (stand.after or stand.busy) and common:
                return self.done(f"Đã sửa {rule.name}. Đang dời ngày hẹn.", address_of(common, stand))
            return self.done(f"Đã sửa {rule.name}, dời {stand.moved} ngày hẹn.", "admin:calendars")
        before = rule.as_regime()
        shifts = list(preview({}, regime=regime))
        received = Dossier.objects.filter(regime=code)
        return self.render(
            "admin/regimes/preview.html",
            rule=rule,
            reason=reason,
            told=[
                (str(field_of(name).verbose_name), said(getattr(before, name)), said(value))
                for name, value in vars(regime).items()
                if value != getattr(before, name)
            ],
            shifts=shifts[:SHOWN],
            total=len(shifts),
            finished=received.exclude(finished_at=None, closed_at=None).count(),
            typed=[
                (name, request.POST[name])
                for name in request.POST
                if name not in {"csrfmiddlewaretoken", "apply", "token"}
            ],
            token=version(),
            is_old=bool(request.POST.get("apply")),
            sees_names=self.access.may(Permission.SEE),
        )

    def rule(self, code: str) -> RegimeRule:
        self.require_everywhere(Permission.MANAGE_CALENDARS)
        found = RegimeRule.objects.filter(code=code).first()
        if found is None:
            raise self.missing("Không có chế độ pháp lý này.")
        return found

    def values(self, reader: Reader) -> dict[str, Any]:
        values: dict[str, Any] = {
            "name": reader.text("name", required="Hãy ghi tên chế độ.", longest=200),
            "basis": reader.text("basis", longest=300),
            "supplement": reader.choice("supplement", list(SupplementRule), required="Hãy chọn."),
            "end_moment": reader.choice("end_moment", list(EndMoment), required="Hãy chọn."),
            "transfer_cutoff": reader.time("transfer_cutoff", required="Hãy nhập giờ chốt chuyển."),
        }
        for name, may_lack in NUMBERS:
            values[name] = reader.integer(
                name, required="" if may_lack else "Hãy nhập một số.", least=0, most=999
            )
        return values


class NewRegime(CalendarsPage):
    """Lập chế độ kế tiếp, for a decree to come."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_CALENDARS)
        return self.render("admin/regimes/new.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_CALENDARS)
        reader = self.read()
        given = {
            "code": reader.text("code", required="Hãy nhập mã chế độ.", longest=300),
            "name": reader.text("name", required="Hãy ghi tên văn bản.", longest=300),
            "basis": reader.text("basis", longest=300),
            "reason": reader.text("reason", required="Hãy ghi lý do, ví dụ số nghị định.", longest=300),
        }
        valid_from = reader.day("valid_from", required="Hãy nhập ngày bắt đầu áp dụng.")
        reader.check()
        assert valid_from is not None  # noqa: S101  reader.check() has refused an empty day
        made = open_regime(**given, valid_from=valid_from, by=self.user, at=self.at)
        return self.done(
            f"{made.name} áp dụng từ {valid_from:%d/%m/%Y}; hãy sửa những số mà văn bản quy định khác.",
            "admin:regime",
            made.code,
        )


class Alarms(CalendarsPage):
    """Báo trước khi hết hạn."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_CALENDARS)
        return self.render(
            "admin/regimes/alarms.html",
            rows=[(kind.value, kind.label, minutes_before(kind, self.at)) for kind in DeadlineKind],
            rules=AlarmRule.objects.order_by("-valid_from", "kind")[:SHOWN],
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_CALENDARS)
        reader = self.read()
        kind = reader.choice("kind", DeadlineKind.values, required="Hãy chọn một loại thời hạn.")
        minutes = reader.integer("minutes", required="Hãy nhập số phút.", least=1)
        reason = reader.text("reason", longest=300)
        reader.check()
        rule = set_alarm(kind=kind, minutes=minutes or 0, reason=reason, by=self.user, at=self.at)
        said_kind = rule.get_kind_display().lower()
        return self.done(f"Từ hôm nay báo trước {rule.minutes} phút làm việc: {said_kind}.", "admin:alarms")


def said(value: Any) -> str:
    if value is None:
        return "không quy định"
    return str(getattr(value, "label", value))
