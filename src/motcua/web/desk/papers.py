"""Hồ sơ giấy phi địa giới đến nơi này: counted against the slip, and what lacks written down."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.errors import DomainError, InvalidInput
from motcua.core.ids import as_key
from motcua.service.dossiers.models import PaperTransfer
from motcua.service.dossiers.operations.receiving_elsewhere import RECEIVERS, receive_paper
from motcua.web.desk.base import DeskPage

MOST = 200


class PaperFiles(DeskPage):
    """Hồ sơ giấy sẽ đến, those on their way first."""

    any_of = RECEIVERS

    def get(self, request: HttpRequest) -> HttpResponse:
        agencies = sorted({key for permission in RECEIVERS for key in self.access.where(permission)})
        waiting = PaperTransfer.objects.visible_to(self.user, self.at).to_receive(agencies)
        rows = waiting.for_pages().order_by("sent_at", "due_at", "id")
        return self.render("desk/papers/index.html", rows=list(rows[:MOST]), total=waiting.count())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        reader = self.read()
        note = reader.text("note", longest=300)
        reader.check()
        wanted = [key for text in request.POST.getlist("id") if (key := as_key(text))]
        if not wanted:
            raise InvalidInput({"": "Hãy đánh dấu hồ sơ giấy đã nhận được."})
        seen = PaperTransfer.objects.visible_to(self.user, self.at).filter(dossier__in=wanted[:MOST])
        done = 0
        for papers in seen.select_related("dossier").order_by("id"):
            try:
                receive_paper(dossier_id=papers.dossier_id, by=self.user, at=self.at, note=note)
                done += 1
            except DomainError as refusal:
                messages.error(request, f"{papers.dossier.code}: {refusal.message}")
        return (
            self.done(f"Đã nhận {done} hồ sơ giấy.", "desk:paper-files")
            if done
            else self.go("desk:paper-files")
        )
