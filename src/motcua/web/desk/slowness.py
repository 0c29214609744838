"""Việc chậm: the steps told of to one's role, and the opinions that other agencies owe to dossiers one may see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Consultation, Dossier
from motcua.service.workflows.models import Task
from motcua.web.desk.base import READERS, DeskPage
from motcua.web.ui.promises import Promise, promise_of

MOST = 200


class Slow(DeskPage):
    """Bước chậm đã báo, ý kiến chưa trả lời đúng hạn: the longest waiting first."""

    any_of = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("desk/slow/index.html", steps=self.steps(), opinions=self.opinions())

    def steps(self) -> list[tuple[Task, Dossier, Promise]]:
        """Told of to a role that this person has there."""
        by_role: dict[str, list[int]] = {}
        for agency_id in sorted({*self.access.agencies(Permission.SEE), *self.access.houses}):
            for role in self.access.roles(agency_id):
                by_role.setdefault(role, []).append(agency_id)
        tasks = list(Task.objects.escalated_to(by_role).select_related("holder", "agency")[:MOST])
        seen = Dossier.objects.visible_to(self.user, self.at).with_names()
        dossiers = seen.in_bulk({task.dossier_id for task in tasks}) if tasks else {}
        return [
            (task, dossiers[task.dossier_id], promise_of(task.due_at, at=self.at, agency_id=task.agency_id))
            for task in tasks
            if task.dossier_id in dossiers
        ]

    def opinions(self) -> list[tuple[Consultation, Promise]]:
        """Of dossiers received or settled where this person may see them: the head of the one-stop unit among others."""
        seen = Dossier.objects.visible_to(self.user, self.at)
        late = Consultation.objects.told_late().filter(dossier__in=seen)
        rows = late.select_related("agency", "asked_by", "dossier__revision", "dossier__agency")
        return [
            (one, promise_of(one.due_at, at=self.at, agency_id=one.agency_id))
            for one in rows.order_by("due_at", "id")[:MOST]
        ]
