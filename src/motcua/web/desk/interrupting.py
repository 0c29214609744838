"""Gián đoạn và thời hạn: ask for a supplement, pause, resume, reopen; the two clocks; what runs out soon."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.clocks import clocks_of
from motcua.service.dossiers.models import Dossier, Pause
from motcua.service.dossiers.operations.pausing import pause, resume
from motcua.service.dossiers.operations.stopping import reopen
from motcua.service.dossiers.operations.supplementing import ask_supplement
from motcua.web.desk.base import AT_DESK, READERS, DeskPage
from motcua.web.desk.working import ActPage
from motcua.web.ui.deadlines import page_of
from motcua.web.ui.dossiers import dossier_promise
from motcua.web.ui.forms import Reader
from motcua.web.ui.supplements import read_items, supplement_choices
from motcua.web.ui.wording import vn_moment


class Staying(ActPage):
    """A page of an act after which one looks at the same dossier again."""

    abstract = True

    def onward(self, dossier: Dossier) -> str:
        return reverse("desk:dossier", args=[dossier.pk])


class AskSupplement(Staying):
    """Yêu cầu bổ sung."""

    act = "supplement"
    any_of = AT_DESK

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        self.choices = supplement_choices(self.dossier(dossier_id), self.form, self.user, self.at)
        return super().get(request, dossier_id)

    def kept(self) -> dict[str, Any]:
        return self.choices

    def do(self, dossier: Dossier, reader: Reader) -> str:
        items = read_items(reader, dossier)
        reason = reader.paragraph("reason", longest=2000)
        contact_name = reader.text("contact_name", longest=200)
        contact_phone = reader.text("contact_phone", longest=20)
        reader.check()
        asked = ask_supplement(
            dossier_id=dossier.pk,
            items=items,
            reason=reason,
            contact_name=contact_name,
            contact_phone=contact_phone,
            by=self.user,
            at=self.at,
            step=self.step,
        )
        until = f" Chờ người nộp đến {vn_moment(asked.waits_until)}." if asked.waits_until else ""
        return f"Đã lập phiếu yêu cầu bổ sung số {asked} cho hồ sơ {dossier.code}.{until}"


class PauseClock(Staying):
    """Tạm dừng tính thời hạn."""

    act = "pause"
    any_of = AT_DESK

    def do(self, dossier: Dossier, reader: Reader) -> str:
        kind = reader.choice("kind", Pause.Kind.values, required="Hãy chọn lý do tạm dừng.")
        reason = reader.paragraph("reason", longest=500)
        basis = reader.text("basis", longest=300)
        letter = reader.text("letter", longest=120)
        letter_on = reader.day("letter_on")
        reader.check()
        pause(
            dossier_id=dossier.pk,
            kind=kind,
            reason=reason,
            basis=basis,
            letter=letter,
            letter_on=letter_on,
            by=self.user,
            at=self.at,
            step=self.step,
        )
        return f"Đã dừng tính thời hạn hồ sơ {dossier.code}. Nhớ cho tính tiếp khi người nộp làm xong."


class ResumeClock(Staying):
    """Tính tiếp thời hạn."""

    act = "resume"
    any_of = AT_DESK

    def do(self, dossier: Dossier, reader: Reader) -> str:
        note = reader.paragraph("note", longest=300)
        reader.check()
        resume(dossier_id=dossier.pk, by=self.user, at=self.at, note=note, step=self.step)
        due_at = Dossier.objects.values_list("due_at", flat=True).get(pk=dossier.pk)
        promised = f" Hẹn trả mới: {vn_moment(due_at)}." if due_at else ""
        return f"Thời hạn hồ sơ {dossier.code} tính tiếp.{promised}"


class Reopen(Staying):
    """Mở lại hồ sơ."""

    act = "reopening"
    permission = Permission.REOPEN

    def do(self, dossier: Dossier, reader: Reader) -> str:
        reason = reader.paragraph("reason", required="Hãy ghi lý do mở lại hồ sơ.", longest=500)
        reader.check()
        reopen(dossier_id=dossier.pk, reason=reason, by=self.user, at=self.at)
        return f"Đã mở lại hồ sơ {dossier.code} ở bước đã dừng."


class TwoClocks(DeskPage):
    """Hai đồng hồ."""

    any_of = READERS

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        return self.render(
            "desk/clocks/show.html",
            dossier=dossier,
            promise=dossier_promise(dossier, self.at),
            clocks=clocks_of(dossier, self.at),
        )


class Deadlines(DeskPage):
    """Sắp hết thời hạn."""

    any_of = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        rows, following = page_of(self.user, self.at, request.GET.get("sau", ""))
        return self.render("desk/deadlines/index.html", rows=rows, next=following)
