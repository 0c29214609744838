"""Hỏi đáp với người nộp: what they ask waits here until it is answered; what the office writes stands with the dossier."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.ids import as_key, new_id
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Message
from motcua.service.dossiers.operations.talking import write_to_applicant
from motcua.web.desk.base import READERS, DeskPage

MOST = 100


class Questions(DeskPage):
    """Người nộp hỏi, chưa ai trả lời, the longest waiting first."""

    any_of = (*READERS, Permission.RECEIVE)

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = Message.objects.visible_to(self.user, self.at).waiting_for_office()
        found = waiting.select_related("dossier__holder").order_by("sent_at", "id")
        return self.render("desk/talking/index.html", asked=list(found[:MOST]))


class Write(DeskPage):
    """Nhắn người nộp."""

    any_of = (*READERS, Permission.RECEIVE)

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        return self.render(
            "desk/talking/edit.html",
            dossier=dossier,
            talk=list(Message.objects.of(dossier.pk)),
            message_id=self.form.value("message") or new_id(),
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier, reader = self.dossier(dossier_id), self.read()
        text = reader.paragraph("text", required="Hãy viết nội dung.", longest=2000)
        reader.check()
        write_to_applicant(
            dossier_id=dossier.pk,
            text=text,
            asks=reader.is_ticked("asks"),
            message_id=as_key(reader.text("message")),
            by=self.user,
            at=self.at,
        )
        return self.done("Đã nhắn người nộp.", self.next_address(reverse("desk:write", args=[dossier.pk])))
