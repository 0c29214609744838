"""Kết quả: what bars the certification of a copy, and how long an agency has to answer who asks for a correction."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from motcua.foundation.identity.permissions import Permission
from motcua.service.results.models import AnswerRule, CertificationBar
from motcua.service.results.operations.setting import MOST_DAYS, answer_rule_on, put_answer_rule, put_bar
from motcua.web.admin.base import AdminPage


class ResultSettings(AdminPage):
    """Dữ liệu có ngày của kết quả; a new rule begins on its day, older ones stay for their time."""

    section = "admin:results"
    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "admin/results/index.html",
            bars=CertificationBar.objects.order_by("code"),
            rules=AnswerRule.objects.all(),
            rule=answer_rule_on(self.today),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        first = reader.day("valid_from", required="Hãy nhập ngày bắt đầu áp dụng.")
        days = reader.integer("answer_days", required="Hãy nhập số ngày.", least=1, most=MOST_DAYS)
        basis = reader.text("basis", required="Hãy ghi căn cứ, ví dụ số và ngày của quy chế.", longest=300)
        reader.check()
        assert first is not None  # noqa: S101  checked
        assert days is not None  # noqa: S101  checked
        put_answer_rule(valid_from=first, answer_days=days, basis=basis, by=self.user, at=self.at)
        return self.done(f"Quy định áp dụng từ {first:%d/%m/%Y}.", "admin:results")


class Bar(AdminPage):
    """Một trường hợp không được chứng thực."""

    section = "admin:results"
    permission = Permission.MANAGE_PROCEDURES

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        return self.render("admin/results/bar.html", bar=self.bar(code))

    def post(self, request: HttpRequest, code: str = "") -> HttpResponse:
        bar, reader = self.bar(code), self.read()
        given: dict[str, Any] = {
            "code": bar.code if bar else reader.text("code", required="Hãy nhập mã.", longest=20),
            "name": reader.text("name", required="Hãy ghi trường hợp.", longest=300),
            "basis": reader.text("basis", required="Hãy ghi điều, khoản của văn bản.", longest=200),
            "valid_from": reader.day("valid_from", required="Hãy nhập ngày bắt đầu."),
            "valid_to": reader.day("valid_to"),
        }
        reader.check()
        put_bar(is_new=bar is None, by=self.user, at=self.at, **given)
        return self.done("Đã lưu trường hợp không được chứng thực.", "admin:results")

    def bar(self, code: str) -> CertificationBar | None:
        if not code:
            return None
        found: CertificationBar | None = CertificationBar.objects.filter(code=code).first()
        if found is None:
            raise self.missing("Không có trường hợp này.")
        return found
