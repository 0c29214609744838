"""Nghỉ, người thay: when one is away, and who takes the new work meanwhile."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.time import local_date
from motcua.foundation.identity.models import Absence, User
from motcua.foundation.identity.operations.leaving import come_back, take_leave
from motcua.web.ui.pages import Page

NOBODY = "none"


class Leaves(Page):
    any_staff = True

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = Absence.objects.filter(person=self.user).select_related("substitute")
        covered = Absence.objects.filter(substitute=self.user).select_related("person")
        today = local_date(self.at)
        return self.render(
            "accounts/leaves/index.html",
            colleagues=[
                *((str(one.pk), f"{one.full_name} ({one.username})") for one in self.colleagues()),
                (NOBODY, "Không cử ai: việc mới chờ người cùng vai trò nhận"),
            ],
            mine=[(one, one.is_open_on(today)) for one in mine[:50]],
            covered=[(one, one.is_open_on(today)) for one in covered[:50]],
            today=today,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.read()
        colleagues = {str(one.pk): one for one in self.colleagues()}
        chosen = form.choice("substitute", [*colleagues, NOBODY], required="Hãy chọn người thay.")
        first = form.day("first_day", required="Hãy nhập ngày bắt đầu nghỉ.")
        last = form.day("last_day", required="Hãy nhập ngày nghỉ cuối.")
        reason = form.text("reason", required="Hãy ghi lý do nghỉ.", longest=300)
        form.check()
        assert first is not None  # noqa: S101  form.check() has refused an empty day
        assert last is not None  # noqa: S101
        absence = take_leave(
            person=self.user,
            substitute=colleagues.get(chosen),
            first_day=first,
            last_day=last,
            reason=reason,
            by=self.user,
            at=self.at,
        )
        to = (
            f"Việc mới chuyển cho {absence.substitute}."
            if absence.substitute
            else "Việc mới chờ người cùng vai trò."
        )
        return self.done(f"Đã báo nghỉ từ {first:%d/%m/%Y} đến hết {last:%d/%m/%Y}. {to}", "accounts:leaves")

    def colleagues(self) -> list[User]:
        """Those who hold a post in the same house."""
        near = User.objects.active().in_post_at(self.access.houses, local_date(self.at))
        return list(near.exclude(pk=self.user.pk).order_by("name_folded"))


class Return(Page):
    any_staff = True

    def post(self, request: HttpRequest, absence_id: UUID) -> HttpResponse:
        absence = Absence.objects.filter(pk=absence_id, person=self.user).first()
        if absence is None:
            raise self.missing("Không có kỳ nghỉ này.")
        come_back(absence, by=self.user, at=self.at)
        return self.done("Đã ghi nhận bạn đi làm lại. Việc mới lại chuyển cho bạn.", "accounts:leaves")
