"""Nhật ký: everything that was done with one subject, found by the code or the name that people know it by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.text import fold
from motcua.foundation.calendars.models import Calendar
from motcua.foundation.identity.models import Membership, User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import faults_of
from motcua.foundation.org.models import Agency, Role
from motcua.service.dossiers.models import Dossier
from motcua.service.procedures.models import Procedure
from motcua.service.workflows.models import Workflow
from motcua.web.admin.base import AdminPage, names_of

MOST_SUBJECTS = 10
PER_PAGE = 200


@dataclass(frozen=True)
class Subject:
    """Đối tượng của nhật ký."""

    uid: UUID
    kind: str
    name: str
    code: str

    @property
    def address(self) -> str:
        return f"{reverse('admin:audit')}?subject={self.uid}"


class Audit(AdminPage):
    section = "admin:audit"
    permission = Permission.READ_LEDGER

    def get(self, request: HttpRequest) -> HttpResponse:
        text, asked = request.GET.get("q", "").strip(), request.GET.get("subject", "")
        subjects = self._named(text) if text else []
        chosen = self._by_key(asked) if asked else subjects[0] if len(subjects) == 1 else None
        if asked and chosen is None:
            raise self.missing("Không có đối tượng này trong phạm vi nhật ký bạn được đọc.")
        return self.render(
            "admin/audit/index.html",
            q=text,
            subjects=subjects,
            chosen=chosen,
            lines=self._lines(chosen) if chosen else [],
            faults=faults_of(chosen.uid) if chosen else [],
        )

    # What this person may read: what belongs to no agency, and what belongs to those in reach

    @property
    def _reach(self) -> list[int]:
        return self.access.agencies(Permission.READ_LEDGER)

    def _named(self, text: str) -> list[Subject]:
        folded = fold(text)
        return [
            *self._subjects(
                Q(code__iexact=text),
                Q(code__iexact=text) | Q(name_folded__contains=folded),
                Q(code__iexact=text) | Q(name_folded=folded),
                Q(username__iexact=text) | Q(name_folded=folded),
            )
        ][:MOST_SUBJECTS]

    def _by_key(self, asked: str) -> Subject | None:
        try:
            uid = UUID(asked)
        except ValueError:
            return None
        by_uid = Q(uid=uid)
        found = [*self._subjects(Q(pk=uid), by_uid, by_uid, Q(pk=uid))]
        if not found:
            found = [*self._others(uid)]
        return found[0] if found else None

    def _subjects(self, dossier: Q, agency: Q, procedure: Q, person: Q) -> Iterable[Subject]:
        reach = self._reach
        mine = Q(agency__in=reach) | Q(reception_agency__in=reach)
        for row in Dossier.objects.filter(dossier).filter(mine)[:MOST_SUBJECTS]:
            yield Subject(row.pk, "Hồ sơ", row.code, row.code)
        for body in Agency.objects.filter(agency, pk__in=reach)[:MOST_SUBJECTS]:
            yield Subject(body.uid, "Cơ quan", body.name, body.code)
        for entry in Procedure.objects.filter(procedure)[:MOST_SUBJECTS]:
            yield Subject(entry.uid, "Thủ tục", entry.name, entry.code)
            for flow in entry.workflows.without_model().select_related("agency").order_by("-version"):
                if flow.agency_id is None or flow.agency_id in reach:
                    where = flow.agency.name if flow.agency else "mọi cơ quan"
                    yield Subject(flow.uid, "Quy trình", f"{where}, phiên bản {flow.version}", entry.code)
        here = Membership.objects.filter(post__agency__in=reach).values("user")
        for one in User.objects.filter(person, pk__in=here)[:MOST_SUBJECTS]:
            yield Subject(one.pk, "Tài khoản", one.full_name, one.username)

    def _others(self, uid: UUID) -> Iterable[Subject]:
        for flow in Workflow.objects.filter(uid=uid).without_model().select_related("procedure"):
            if flow.agency_id is None or flow.agency_id in self._reach:
                yield Subject(uid, "Quy trình", str(flow), flow.procedure.code)
        for calendar in Calendar.objects.filter(pk=uid):
            if calendar.agency_id is None or calendar.agency_id in self._reach:
                yield Subject(uid, "Lịch làm việc", calendar.name, "")
        for role in Role.objects.filter(uid=uid):
            yield Subject(uid, "Vai trò", role.name, role.code)

    def _lines(self, subject: Subject) -> list[dict[str, Any]]:
        lines = list(Line.objects.filter(subject_id=subject.uid).order_by("-number")[:PER_PAGE])
        names = names_of(line.actor_id for line in lines)
        return [
            {
                "number": line.number,
                "label": line.label,
                "name": line.name,
                "by": names.get(line.actor_id, str(line.actor_id)) if line.actor_id else "Hệ thống",
                "at": line.at,
                "recorded_at": line.recorded_at,
                "facts": [
                    (key, written(value))
                    for key, value in line.payload.items()
                    if value not in (None, "", [], {})
                ],
                "hash": line.hash,
            }
            for line in lines
        ]


def written(value: Any) -> str:
    """A value of a line as text."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {written(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, list):
        return "; ".join(written(item) for item in value)
    return str(value)
