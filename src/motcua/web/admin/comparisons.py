"""So sánh hai phiên bản: what differs, in words and on both drawings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from motcua.service.workflows import drawing
from motcua.service.workflows.comparing import compare, marks
from motcua.service.workflows.models import Workflow
from motcua.web.admin.workflows import WorkflowPages, role_names

SIGNS = {
    "ADDED": ("Thêm", "plus-circle", "ok"),
    "REMOVED": ("Bỏ", "dash-circle", "late"),
    "CHANGED": ("Sửa", "pencil", "soon"),
}


class Comparison(WorkflowPages):
    """The version against an earlier one: the one that `?with=` names, else the one that holds or held before it."""

    def get(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow = self.workflow(workflow_id)
        others = list(self._others(workflow))
        other = chosen(others, request.GET.get("with", ""), workflow)
        choices = [(one.pk, called(one, workflow)) for one in others]
        context: dict[str, Any] = {"workflow": workflow, "other": other, "choices": choices, "signs": SIGNS}
        if other is None:
            return self.render("admin/workflows/compare.html", changes=[], drawings=[], **context)
        is_older = other.agency_id != workflow.agency_id or other.version < workflow.version
        old, new = (other, workflow) if is_older else (workflow, other)
        changes = compare(old.blueprint, new.blueprint)
        found, roles = marks(changes), role_names()
        sides = [
            (
                one,
                drawing.to_svg(
                    one.bpmn,
                    roles=roles,
                    prefix=f"v{one.version}",
                    marks={key: mark for key, mark in found.items() if key in one.blueprint.by_key},
                ),
            )
            for one in (old, new)
        ]
        return self.render("admin/workflows/compare.html", changes=changes, drawings=sides, **context)

    @staticmethod
    def _others(workflow: Workflow) -> list[Workflow]:
        versions = Workflow.objects.of(workflow.procedure_id, workflow.agency_id).exclude(pk=workflow.pk)
        found = list(versions)
        if workflow.agency_id is not None:  # the one for every agency, which this one takes the place of
            found += list(Workflow.objects.of(workflow.procedure_id, None).published())
        return found


def called(one: Workflow, beside: Workflow) -> str:
    """How the list calls a version."""
    shared = " dùng chung" if one.agency_id is None and beside.agency_id is not None else ""
    return f"Phiên bản {one.version}{shared} ({one.get_state_display().lower()})"


def chosen(others: list[Workflow], asked: str, workflow: Workflow) -> Workflow | None:
    """The version asked for; else the one in force; else the next older one."""
    for one in others:
        if str(one.pk) == asked:
            return one
    in_force = [one for one in others if one.state == Workflow.State.PUBLISHED]
    older = [one for one in others if one.version < workflow.version]
    return next(iter([*in_force, *older, *others]), None)
