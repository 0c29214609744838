"""Ủy quyền của tôi: given to me and by me; give one on line, end one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.ids import as_key, new_id
from motcua.core.text import sort_key
from motcua.core.time import local_date
from motcua.foundation.citizens.operations.mandates import end_on_line, give_on_line
from motcua.foundation.identity.models import Mandate
from motcua.service.procedures.models import Procedure, Revision
from motcua.web.portal.mine import SURE, MyPage


class Mandates(MyPage):
    """Ủy quyền: cho ai, của ai."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        today = local_date(self.at)
        mine = self.citizen.applicant_id
        rows = [
            (mandate, mandate.is_valid_at(self.at, today))
            for mandate in Mandate.objects.about(self.citizen.applicant)
        ]
        return self.render(
            "portal/citizen/mandates.html",
            given=[row for row in rows if row[0].principal_id == mine],
            held=[row for row in rows if row[0].agent_id == mine],
            today=today,
        )


class Giving(MyPage):
    """Lập ủy quyền trực tuyến."""

    public = True
    needs_level = SURE

    def get(self, request: HttpRequest) -> HttpResponse:
        today = local_date(self.at)
        laws = Revision.objects.filter(pk__in=Procedure.objects.in_force(today).values("current"))
        names = laws.exclude(field="").order_by().values_list("field", flat=True).distinct()
        return self.render(
            "portal/citizen/mandate.html",
            fields_of_law=[(name, name) for name in sorted(names, key=sort_key)],
            today=today,
            key=self.form.value("key", new_id()),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        values: dict[str, Any] = {
            "agent_name": reader.text(
                "agent_name", required="Hãy nhập họ tên người được ủy quyền.", longest=200
            ),
            "agent_number": reader.text(
                "agent_number", required="Hãy nhập số định danh của người đó.", longest=20
            ),
            "valid_from": reader.day("valid_from", required="Hãy nhập ngày bắt đầu."),
            "valid_to": reader.day("valid_to", required="Hãy nhập ngày hết hạn."),
            "fields": reader.several("fields"),
            "procedures": reader.text("procedures", longest=400).replace(",", " ").split(),
        }
        known = set(Procedure.objects.filter(code__in=values["procedures"]).values_list("code", flat=True))
        if unknown := set(values["procedures"]) - known:
            reader.refuse("procedures", f"Không có thủ tục mã {', '.join(sorted(unknown))}.")
        reader.check()
        made = give_on_line(
            self.citizen, by=self.hand, at=self.at, key=as_key(request.POST.get("key", "")), **values
        )
        return self.done(
            f"Đã ủy quyền cho {made.agent.name}, số ghi nhận {made.code}. Hai bên đều được báo.",
            "portal:citizen-mandates",
        )


class Revoking(MyPage):
    """Thu hồi, hoặc từ bỏ."""

    public = True

    def get(self, request: HttpRequest, mandate_id: UUID) -> HttpResponse:
        found = Mandate.objects.about(self.citizen.applicant).filter(pk=mandate_id).first()
        if found is None:
            raise self.missing("Không có ủy quyền này trong danh sách của bạn.")
        return self.render(
            "portal/citizen/mandate_end.html",
            mandate=found,
            is_mine=found.principal_id == self.citizen.applicant_id,
        )

    def post(self, request: HttpRequest, mandate_id: UUID) -> HttpResponse:
        reader = self.read()
        reason = reader.text("reason", required="Hãy ghi lý do, để hai bên đều biết.", longest=300)
        reader.check()
        ended = end_on_line(self.citizen, mandate_id=mandate_id, reason=reason, by=self.hand, at=self.at)
        return self.done(
            f"Ủy quyền {ended.code} đã chấm dứt. Hai bên đều được báo.", "portal:citizen-mandates"
        )
