"""Hồ sơ chậm: the coded causes and the province's own days, as dated data."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import LateCause, LatenessRule
from motcua.service.dossiers.operations.explaining import put_late_cause, put_lateness_rule
from motcua.web.admin.base import AdminPage

MOST_DAYS = 60


class Lateness(AdminPage):
    """Nguyên nhân và quy định; a new rule begins on its day, older ones stay for their time."""

    section = "admin:lateness"
    permission = Permission.CONTROL

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "admin/lateness/index.html",
            causes=LateCause.objects.all(),
            rules=LatenessRule.objects.order_by("-valid_from"),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        first = reader.day("valid_from", required="Hãy nhập ngày bắt đầu áp dụng.")
        draft_days = reader.integer("draft_days", required="Hãy nhập số ngày.", least=0, most=MOST_DAYS)
        explain_days = reader.integer("explain_days", required="Hãy nhập số ngày.", least=1, most=MOST_DAYS)
        basis = reader.text("basis", required="Hãy ghi căn cứ, ví dụ số và ngày của quy chế.", longest=300)
        reader.check()
        assert first is not None  # noqa: S101  checked
        assert draft_days is not None  # noqa: S101  checked
        assert explain_days is not None  # noqa: S101  checked
        put_lateness_rule(
            valid_from=first,
            draft_days=draft_days,
            explain_days=explain_days,
            basis=basis,
            by=self.user,
            at=self.at,
        )
        return self.done(f"Quy định áp dụng từ {first:%d/%m/%Y}.", "admin:lateness")


class Cause(AdminPage):
    """Một nguyên nhân chậm."""

    section = "admin:lateness"
    permission = Permission.CONTROL

    def get(self, request: HttpRequest, cause_id: int | None = None) -> HttpResponse:
        cause = self.cause(cause_id)
        return self.render("admin/lateness/edit.html", cause=cause, sides=LateCause.Side.choices)

    def post(self, request: HttpRequest, cause_id: int | None = None) -> HttpResponse:
        cause, reader = self.cause(cause_id), self.read()
        given: dict[str, Any] = {
            "code": cause.code if cause else reader.text("code", required="Hãy nhập mã.", longest=20),
            "name": reader.text("name", required="Hãy nhập tên nguyên nhân.", longest=200),
            "side": reader.choice(
                "side", LateCause.Side.values, required="Hãy chọn nguyên nhân thuộc phía nào."
            ),
            "valid_from": reader.day("valid_from", required="Hãy nhập ngày bắt đầu."),
            "valid_to": reader.day("valid_to"),
        }
        reader.check()
        put_late_cause(cause_id=cause_id, by=self.user, at=self.at, **given)
        return self.done("Đã lưu nguyên nhân chậm.", "admin:lateness")

    def cause(self, cause_id: int | None) -> LateCause | None:
        if cause_id is None:
            return None
        found = LateCause.objects.filter(pk=cause_id).first()
        if found is None:
            raise self.missing("Không có nguyên nhân này.")
        return found
