"""Vẽ quy trình: the editor of a draft. What is wrong comes back beside the steps; nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse

from motcua.core.errors import DomainError, Forbidden, Stale
from motcua.core.text import sort_key
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency, AgencyKind
from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import UNITS, Outcome, StepKind, duration
from motcua.service.workflows.checking import Problem
from motcua.service.workflows.models import Workflow
from motcua.service.workflows.operations import drafting, publishing
from motcua.web.admin.workflows import WorkflowPages, role_names


class Drawing(WorkflowPages):
    """The editor and its acts: "save" keeps the draft; "read" and "tidy" have a model read or laid out anew, no more."""

    any_of = ()
    permission = Permission.MANAGE_WORKFLOWS

    def get(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow = self._draft(workflow_id)
        roles = role_names()
        limits = publishing.limits(workflow.procedure_id)
        start = {
            "id": workflow.pk,
            "xml": workflow.bpmn,
            "base": workflow.compiled.digest,
            "address": reverse("admin:draw-workflow", args=[workflow.pk]),
            "file": f"quy-trinh-{workflow.procedure.code}-{workflow.version}.bpmn",
            "roles": roles,
            "problems": told(publishing.check(workflow)),
        }
        return self.render(
            "admin/workflows/draw.html",
            workflow=workflow,
            start=start,
            kinds=[(kind.value, kind.label) for kind in StepKind],
            outcomes=[(outcome.value, outcome.label) for outcome in Outcome],
            roles=list(roles.items()),
            units=list(UNITS.items()),
            agencies=self.agencies(),
            limit=duration(max(limits)) if limits else "",
        )

    def post(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow = self._draft(workflow_id)
        model = request.POST.get("xml", "")
        if request.POST.get("act") in {"read", "tidy"}:
            blueprint = drafting.read_model(model)
            named = bpmn.renamed(blueprint, blueprint.name or workflow.name)
            if request.POST["act"] == "tidy":
                named = replace(named, picture=None)
            found = publishing.check_blueprint(named, workflow.procedure_id)
            done = "Đã sắp xếp lại hình vẽ." if request.POST["act"] == "tidy" else "Đã đọc tệp."
            words = f"{done} Chưa lưu: bấm Lưu bản nháp khi đã xem."
            return JsonResponse({"message": words, "xml": bpmn.write(named), "problems": told(found)})
        saved = drafting.edit_from_bpmn(
            workflow_id=workflow_id, model=model, by=self.user, at=self.at, base=request.POST.get("base", "")
        )
        found = publishing.check(saved)
        must = sum(problem.is_blocking for problem in found)
        words = (
            f"Đã lưu bản nháp. Còn {must} chỗ phải sửa trước khi ban hành." if must else "Đã lưu bản nháp."
        )
        return JsonResponse({"message": words, "base": saved.compiled.digest, "problems": told(found)})

    def agencies(self) -> list[tuple[str, str]]:
        """Where a step may be done besides the usual places: (code, name) of living agencies, inner units left out."""
        internal = AgencyKind.objects.filter(is_internal=True).values("code")
        living = Agency.objects.valid_on(self.today).exclude(kind__in=internal)
        return sorted(living.values_list("code", "name"), key=lambda pair: sort_key(pair[1]))

    def _draft(self, workflow_id: int) -> Workflow:
        workflow = self.mine(workflow_id)
        if workflow.state != Workflow.State.DRAFT:
            raise Stale("Quy trình này không còn là bản nháp. Hãy soạn một phiên bản kế tiếp.")
        return workflow

    # The editor stays open whatever is refused: it is told in words, not with another page.

    def refused(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.request.method != "POST":
            return super().refused(refusal, *args, **kwargs)
        return JsonResponse({"message": f"Chưa lưu. {refusal.message}"}, status=422)

    def stale(self, refusal: Stale) -> HttpResponse:
        if self.request.method != "POST":
            return super().stale(refusal)
        return JsonResponse({"message": refusal.message}, status=409)

    def forbidden(self, refusal: Forbidden) -> HttpResponse:
        if self.request.method != "POST":
            return super().forbidden(refusal)
        return JsonResponse({"message": refusal.message}, status=403)


def told(problems: list[Problem]) -> list[dict[str, Any]]:
    """The problems as the editor lists them."""
    return [
        {"message": problem.message, "step": problem.step, "is_blocking": problem.is_blocking}
        for problem in problems
    ]
