"""Ý kiến: the questions that other agencies ask of this one, and their answers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Consultation, Dossier
from motcua.service.dossiers.operations.consulting import answer
from motcua.service.dossiers.querysets import first_or_refuse
from motcua.web.desk.base import DeskPage
from motcua.web.ui.dossiers import part_lines
from motcua.web.ui.promises import promise_of

NAMES = ("dossier__revision", "dossier__agency", "agency", "asked_by", "answered_by")
MOST = 200


class Questions(DeskPage):
    """Câu hỏi chờ nơi này trả lời, the earliest due first."""

    permission = Permission.PROCESS

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = Consultation.objects.waiting_for(self.user, self.at).select_related(*NAMES)
        rows = [
            (one, promise_of(one.due_at, at=self.at, agency_id=one.agency_id))
            for one in asked.order_by("due_at", "id")[:MOST]
        ]
        return self.render("desk/consultations/index.html", rows=rows)


class Answer(DeskPage):
    """Trả lời một câu hỏi: what was asked, the papers, and the opinion."""

    permission = Permission.PROCESS

    def get(self, request: HttpRequest, consultation_id: UUID) -> HttpResponse:
        consultation = self.consultation(consultation_id)
        return self.render(
            "desk/consultations/edit.html",
            consultation=consultation,
            dossier=consultation.dossier,
            promise=promise_of(
                consultation.due_at,
                at=self.at,
                finished_at=consultation.answered_at,
                agency_id=consultation.agency_id,
            ),
            checklist=part_lines(consultation.dossier),
            is_asker=self.is_seen(consultation),
        )

    def post(self, request: HttpRequest, consultation_id: UUID) -> HttpResponse:
        consultation = self.consultation(consultation_id)
        reader = self.read()
        text = reader.paragraph("answer", required="Hãy ghi nội dung ý kiến trả lời.")
        reader.check()
        answer(consultation_id=consultation.pk, text=text, by=self.user, at=self.at)
        if self.is_seen(consultation):
            return self.done("Đã ghi nhận ý kiến.", "desk:dossier", consultation.dossier_id)
        return self.done("Đã trả lời.", reverse("desk:questions"))

    def consultation(self, consultation_id: UUID) -> Consultation:
        """A question to one's own agency, or of a dossier that one may see. Raises NoSuchDossier."""
        found: Consultation = first_or_refuse(
            Consultation.objects.filter(pk=consultation_id).select_related(*NAMES)
        )
        if self.access.may(Permission.PROCESS, found.agency_id):
            return found
        first_or_refuse(Dossier.objects.visible_to(self.user, self.at).filter(pk=found.dossier_id))
        return found

    def is_seen(self, consultation: Consultation) -> bool:
        return Dossier.objects.visible_to(self.user, self.at).filter(pk=consultation.dossier_id).exists()
