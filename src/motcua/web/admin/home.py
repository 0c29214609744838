"""Tổng quan: what this person can do here, in figures that link; the health of the house; the ledger read again."""

from __future__ import annotations

from typing import Any

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.documents.capabilities import capabilities
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.roles import held_by_no_role
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.ledger.models import Delivery, Line
from motcua.foundation.ledger.outbox import revive
from motcua.foundation.ledger.verifying import verify
from motcua.foundation.org.models import Agency
from motcua.service.paperwork.templating.converting import libre_office
from motcua.service.procedures.models import Offering, Procedure
from motcua.service.workflows.models import Workflow
from motcua.web.admin.base import EVERY, AdminPage, moment_ago

STALLED = 5  # minutes that a due delivery may wait before the worker is taken for dead
SHOWN = 100
READ_AT_ONCE = 300_000  # lines; beyond that the ledger is read from the command line

P = Permission
TILES = (
    (
        P.MANAGE_ORG,
        "admin:new-agency",
        "building-add",
        "Thành lập cơ quan",
        "Từ một ngày, dưới cơ quan cấp trên",
    ),
    (P.MANAGE_STAFF, "admin:new-staff", "person-plus", "Tạo tài khoản", "Mật khẩu tạm hiện một lần"),
    (P.MANAGE_STAFF, "admin:delegations", "person-up", "Ủy quyền đang có", "Ai làm thay ai, đến bao giờ"),
    (P.MANAGE_CALENDARS, "admin:calendars", "calendar3", "Sửa lịch làm việc", "Xem trước ngày hẹn bị dời"),
    (
        P.MANAGE_PROCEDURES,
        "admin:procedure-import",
        "file-earmark-arrow-up",
        "Nạp danh mục",
        "Xem trước rồi mới nạp",
    ),
    (P.MANAGE_WORKFLOWS, "admin:new-workflow", "diagram-3", "Soạn quy trình", "Từ mẫu hoặc tệp BPMN"),
    (
        P.MANAGE_FORMS,
        "admin:papers",
        "file-earmark-text",
        "Mẫu giấy tờ",
        "Mẫu riêng, cách trình bày, biên lai",
    ),
    (P.READ_LEDGER, "admin:audit", "journal-check", "Đọc nhật ký", "Mọi việc đã làm với một hồ sơ"),
)


class Home(AdminPage):
    any_of = EVERY

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "admin/home/show.html",
            figures=self._figures(),
            tiles=self._tiles(),
            health=self._health() if self._sees_health() else None,
            notices=self._notices(),
        )

    def _sees_health(self) -> bool:
        return self.access.may(Permission.MANAGE_ORG) or self.access.may(Permission.READ_LEDGER)

    def _figures(self) -> list[tuple[int, str, str]]:
        found = []
        if self.access.may(Permission.MANAGE_ORG):
            agencies = Agency.objects.valid_on(self.today).filter(
                pk__in=self.access.agencies(Permission.MANAGE_ORG)
            )
            found.append((agencies.count(), "cơ quan đang hoạt động", reverse("admin:agencies")))
        if self.access.may(Permission.MANAGE_STAFF):
            people = User.objects.active().in_post_at(
                self.access.agencies(Permission.MANAGE_STAFF), self.today
            )
            found.append((people.count(), "người đang giữ vị trí", reverse("admin:staff")))
        if self.access.may(Permission.MANAGE_PROCEDURES):
            count = Procedure.objects.in_force(self.today).count()
            found.append((count, "thủ tục còn hiệu lực", reverse("admin:procedures")))
        if self.access.may(Permission.MANAGE_WORKFLOWS) or self.access.may(Permission.PUBLISH_WORKFLOWS):
            address = reverse("admin:workflows")
            found.append((Workflow.objects.published().count(), "quy trình đang áp dụng", address))
            drafts = Workflow.objects.drafts().count()
            found.append((drafts, "bản nháp quy trình", f"{address}?state=DRAFT"))
        return found

    def _tiles(self) -> list[tuple[str, str, str, str]]:
        return [
            (reverse(route), icon, title, words)
            for permission, route, icon, title, words in TILES
            if self.access.may(permission)
        ]

    def _health(self) -> dict[str, Any]:
        pending = Delivery.objects.filter(state=Delivery.State.PENDING)
        oldest = pending.filter(next_at__lte=self.at).aggregate(oldest=Min("next_at"))["oldest"]
        return {
            "pending": pending.count(),
            "dead": Delivery.objects.filter(state=Delivery.State.DEAD).count(),
            "waited": moment_ago(self.at, oldest) if oldest else 0,
            "is_stalled": bool(oldest) and moment_ago(self.at, oldest) >= STALLED,
            "capabilities": [*capabilities(), libre_office()],
        }

    def _notices(self) -> list[tuple[str, str]]:
        """What wants attention soon: a sentence and where to go."""
        found = []
        if self.access.may(Permission.MANAGE_STAFF) and (missing := held_by_no_role()):
            names = ", ".join(f"“{one.label}”" for one in missing)
            found.append((f"Quyền mới chưa vai trò nào có: {names}.", reverse("admin:roles")))
        if self.access.may(Permission.MANAGE_CALENDARS):
            following = self.today.year + 1
            if self.today.month >= 11 and not work_calendar(None, self.today).knows_year(following):
                found.append(
                    (
                        f"Lịch chung chưa có ngày nghỉ lễ nào của năm {following}.",
                        reverse("admin:calendars"),
                    )
                )
        if self.access.may(Permission.MANAGE_WORKFLOWS):
            offered = Offering.objects.in_force(self.today).values("procedure")
            covered = Workflow.objects.in_force(self.today).values("procedure")
            uncovered = Procedure.objects.filter(pk__in=offered).exclude(pk__in=covered).count()
            if uncovered:
                found.append(
                    (
                        f"{uncovered} thủ tục đang tiếp nhận mà chưa có quy trình nội bộ.",
                        f"{reverse('admin:workflows')}?state=MISSING",
                    )
                )
        return found


class DeadLetters(AdminPage):
    """Việc không chuyển được: what the worker has given up, and why."""

    any_of = (Permission.MANAGE_ORG, Permission.READ_LEDGER)

    def get(self, request: HttpRequest) -> HttpResponse:
        letters = Delivery.objects.filter(state=Delivery.State.DEAD).select_related("line").order_by("id")
        return self.render(
            "admin/home/letters.html",
            letters=letters[:SHOWN],
            total=letters.count(),
            may_revive=self.may_everywhere(Permission.MANAGE_ORG),
        )


class Revival(AdminPage):
    """Chuyển lại: one dead letter, or (`all`) every one."""

    permission = Permission.MANAGE_ORG

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_ORG)
        dead = Delivery.objects.filter(state=Delivery.State.DEAD)
        chosen = request.POST.get("letter", "")
        if chosen:
            dead = dead.filter(pk=chosen if chosen.isdecimal() else 0)
        keys = list(dead.values_list("pk", flat=True))
        if not keys:
            raise DomainError("Việc này đã được chuyển lại hoặc không còn.")
        for key in keys:
            revive(key)
        return self.done(f"Đã đưa {len(keys)} việc trở lại hàng chờ.", "admin:dead-letters")


class Verification(AdminPage):
    """Kiểm tra nhật ký: every chain and every sealed day is read again, when somebody asks."""

    permission = Permission.READ_LEDGER
    section = "admin:audit"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("admin/audit/verification.html", verdict=None, lines=Line.objects.count())

    def post(self, request: HttpRequest) -> HttpResponse:
        lines = Line.objects.count()
        if lines > READ_AT_ONCE:
            raise DomainError(
                "Nhật ký quá dài để đọc lại trong một trang. Hãy chạy lệnh motcua ledger verify trên máy chủ."
            )
        return self.render("admin/audit/verification.html", verdict=verify(), lines=lines)
