"""Trễ hẹn tại quầy: dossiers received here that are late, whether their owners were apologised to; wrong results."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.telling import resend
from motcua.service.dossiers.models import Correction
from motcua.service.dossiers.operations.correcting import find_wrong
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.web.counter.acts import late_here, rows_of
from motcua.web.counter.dossiers import dossier_of
from motcua.web.counter.paging import slice_of
from motcua.web.ui.pages import Page

COUNTER = (Permission.RECEIVE, Permission.RETURN, Permission.TRANSFER)
TABS = {"chua-xin-loi": "Chưa xin lỗi", "da-xin-loi": "Đã xin lỗi"}
LONGEST = 1000


class Late(Page):
    """Hồ sơ trễ hẹn đã nhận tại đây."""

    any_of: ClassVar[tuple[Permission, ...]] = COUNTER

    def get(self, request: HttpRequest) -> HttpResponse:
        late = late_here(self.access, self.at)
        tab = request.GET.get("muc", "")
        tab = tab if tab in TABS else "chua-xin-loi"
        forgotten = late.without_apology()
        counts = {"chua-xin-loi": forgotten.count(), "da-xin-loi": late.count()}
        counts["da-xin-loi"] -= counts["chua-xin-loi"]
        shown = forgotten if tab == "chua-xin-loi" else late.exclude(pk__in=forgotten.values("pk"))
        page = slice_of(shown.with_names(), by="due_at", after=request.GET.get("after", ""))
        return self.render(
            "counter/late/index.html",
            tab=tab,
            tabs=[(label, key, counts[key]) for key, label in TABS.items()],
            rows=rows_of(page.dossiers, self.access, self.at),
            next=page.next,
            total=counts[tab],
        )


class FindWrong(Page):
    """Ghi nhận kết quả sai tại quầy: the owner has brought it back, or the clerk has seen it."""

    permission = Permission.RETURN

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        return self.render(
            "counter/late/wrong.html",
            dossier=dossier,
            result=getattr(dossier, "result", None),
            faults=Correction.Fault.choices,
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        reader = self.read()
        fault = reader.choice("fault", Correction.Fault.values, required="Hãy chọn sai sót do ai.")
        wrong = reader.paragraph(
            "wrong", required="Hãy ghi kết quả sai ở đâu, đúng phải là gì.", longest=LONGEST
        )
        reader.check()
        correction = find_wrong(dossier_id=dossier.pk, wrong=wrong, fault=fault, by=self.user, at=self.at)
        until = f" phải sửa xong trước {correction.due_at:%d/%m/%Y}" if correction.due_at else " đã được báo"
        return self.done(
            f"Đã ghi nhận kết quả sai. {dossier.agency.name}{until}.", "counter:dossier", dossier.pk
        )


class Resend(Page):
    """Gửi lại một thông báo."""

    any_of: ClassVar[tuple[Permission, ...]] = COUNTER

    def post(self, request: HttpRequest, notice_id: UUID) -> HttpResponse:
        notice: Notice = first_or_refuse(Notice.objects.filter(pk=notice_id))
        dossier = dossier_of(self, notice.subject_id)
        resend(notice_id=notice.pk, by=self.user, at=self.at)
        return self.done("Thông báo đang được gửi lại.", "counter:dossier", dossier.pk)
