"""Để người dân tìm thấy: everyday names, what was looked for in vain, life events, how the portal stands."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.core.text import fold
from motcua.foundation.identity.permissions import Permission
from motcua.service.procedures.models import EverydayName, LifeEvent, PortalMode, Procedure, SearchMiss
from motcua.service.procedures.operations import finding
from motcua.web.admin.base import AdminPage, slice_of

SHOWN_FROM = 2  # times: what was asked once may be somebody's own
MOST_MISSES = 30


class FindingPages(AdminPage):
    abstract = True
    section = "admin:procedures"
    permission = Permission.MANAGE_PROCEDURES

    def procedure_coded(self, code: str) -> Procedure:
        found = Procedure.objects.filter(code=code.strip()).first()
        if found is None:
            raise DomainError(f"Không có thủ tục mã “{code.strip()}”.", field="code")
        return found


class Names(FindingPages):
    """Tên thường gọi, and searches that found nothing, so that the names grow."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = EverydayName.objects.in_force(self.today).select_related("procedure").order_by("folded", "id")
        text = request.GET.get("q", "")
        if text:
            rows = rows.filter(folded__contains=fold(text))
        misses = SearchMiss.objects.filter(count__gte=SHOWN_FROM).order_by("-count", "-last_on")
        return self.render(
            "admin/finding/names.html", page=slice_of(request, rows), misses=misses[:MOST_MISSES], q=text,
            phrase=request.GET.get("phrase", ""),
        )  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        phrase = reader.text("phrase", required="Hãy ghi cách người dân gọi.", longest=120)
        code, means = reader.text("code", longest=40), reader.text("means", longest=200)
        first = reader.day("valid_from")
        reader.check()
        finding.name_everyday(
            phrase=phrase, procedure=self.procedure_coded(code) if code else None, means=means,
            valid_from=first, by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(f"Từ nay gõ “{phrase}” là tìm thấy.", "admin:names")


class NameEnd(FindingPages):
    def post(self, request: HttpRequest, name_id: UUID) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        ended = finding.end_name(name_id=name_id, by=self.user, at=self.at)
        return self.done(f"Đã thôi dùng “{ended.phrase}”.", "admin:names")


class LifeEvents(FindingPages):
    """Sự kiện trong đời; one is written as lines "mã thủ tục | khi nào cần"."""

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        event = LifeEvent.objects.filter(code=code).first() if code else None
        if code and event is None:
            raise self.missing("Không có sự kiện này.")
        lines = event.steps.select_related("procedure") if event else ()
        return self.render(
            "admin/finding/events.html",
            events=LifeEvent.objects.all(),
            event=event,
            lines="\n".join(f"{step.procedure.code} | {step.reason}" for step in lines),
        )

    def post(self, request: HttpRequest, code: str = "") -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        name = reader.text("name", required="Hãy ghi tên sự kiện, ví dụ: Sinh con.", longest=80)
        words = reader.text("words", longest=200)
        lines = reader.paragraph("lines", required="Hãy ghi ít nhất một thủ tục.", longest=5000)
        position = reader.integer("position") or 0
        is_ended = reader.is_ticked("ended")
        reader.check()
        known = LifeEvent.objects.filter(code=code).first() if code else None
        finding.arrange_event(
            code=code or fold(name).replace(" ", "-")[:40], name=name, words=words,
            icon=known.icon if known else "circle", steps=self.steps(lines), position=position,
            valid_to=self.today - timedelta(days=1) if is_ended else None, by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(f"Đã xếp “{name}”.", "admin:life-events")

    def steps(self, lines: str) -> list[tuple[Procedure, str]]:
        told = [line.partition("|") for line in lines.splitlines() if line.strip()]
        known = {
            row.code: row for row in Procedure.objects.filter(code__in=[code.strip() for code, *_ in told])
        }
        wrong = [code.strip() for code, *_ in told if code.strip() not in known]
        if wrong:
            raise DomainError(f"Không có thủ tục mã “{wrong[0]}”.", field="lines")
        return [(known[code.strip()], reason.strip()) for code, _, reason in told]


class PortalModes(FindingPages):
    """Chế độ của cổng, for all procedures or for one, each from a day on; seen first as a citizen would see it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = PortalMode.objects.select_related("procedure").order_by("-valid_from", "-id")
        return self.render(
            "admin/finding/modes.html", page=slice_of(request, rows), modes=PortalMode.Mode.choices,
            code=request.GET.get("code", ""),
        )  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_PROCEDURES)
        reader = self.read()
        code = reader.text("code", longest=40)
        mode = reader.choice("mode", PortalMode.Mode.values, required="Hãy chọn chế độ của cổng.")
        address = reader.text("address", longest=300)
        reason = reader.text("reason", required="Hãy ghi căn cứ, ví dụ số văn bản.", longest=250)
        first = reader.day("valid_from", required="Hãy nhập ngày áp dụng.")
        reader.check()
        made = finding.set_portal_mode(
            procedure=self.procedure_coded(code) if code else None, mode=mode, address=address, reason=reason,
            valid_from=first, by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(f"Đã đặt: {made}.", "admin:portal-modes")
