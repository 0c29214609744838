"""Quy trình nội bộ: drawn, drafted from a sample or a file, edited as a table, checked, published by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError, Stale
from motcua.core.text import fold
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Role
from motcua.service.dossiers.models import Transition
from motcua.service.dossiers.operations import migrating
from motcua.service.procedures.models import Offering, Procedure
from motcua.service.workflows import bpmn, drawing
from motcua.service.workflows.blueprint import StepKind, duration
from motcua.service.workflows.checking import blocking
from motcua.service.workflows.models import Task, Workflow
from motcua.service.workflows.operations import drafting, publishing
from motcua.service.workflows.operations.publishing import NotFit
from motcua.service.workflows.templates import from_list, short_blueprint, standard_blueprint
from motcua.web.admin.base import AdminPage, history, slice_of
from motcua.web.admin.steps import Row, changed, read_steps, rows_of, typed_rows
from motcua.web.ui.forms import Form, Reader

LARGEST_MODEL = 2 * 1024 * 1024
Rule = Transition.Rule
RULES = (
    ("NEW_ONLY", "Chỉ hồ sơ tiếp nhận mới", "Hồ sơ đang giải quyết đi tiếp theo phiên bản cũ cho tới khi xong."),
    ("ALL_OPEN", "Mọi hồ sơ đang giải quyết", "Chuyển ngay sang bước tương ứng của phiên bản mới."),
    ("BEFORE_STEP", "Hồ sơ đang giải quyết chưa tới một bước", "Hồ sơ đã qua bước ấy đi tiếp theo phiên bản cũ."),
)  # fmt: skip
SAMPLES = (
    ("STANDARD", "Quy trình chuẩn", "7 bước: tiếp nhận, phân công, thẩm định, trình, ký, phát hành, trả. Hợp với sở."),
    ("SHORT", "Quy trình ngắn", "5 bước, không phân công và không trình. Hợp với xã, phường."),
    ("BPMN", "Tệp BPMN", "Vẽ bằng công cụ khác, ví dụ bpmn.io, rồi tải lên."),
)  # fmt: skip


class WorkflowPages(AdminPage):
    abstract = True
    section = "admin:workflows"
    any_of: ClassVar[tuple[Permission, ...]] = (Permission.MANAGE_WORKFLOWS, Permission.PUBLISH_WORKFLOWS)

    def workflow(self, workflow_id: int) -> Workflow:
        rows = Workflow.objects.select_related("procedure", "agency", "drafted_by", "published_by")
        found = rows.filter(pk=workflow_id).first()
        if found is None:
            raise self.missing("Không có quy trình này.")
        return found

    def may(self, permission: Permission, agency_id: int | None) -> bool:
        """One for every agency belongs to who administers all."""
        if agency_id is None:
            return self.may_everywhere(permission)
        return self.access.may(permission, agency_id)

    def require(self, permission: Permission, agency_id: int | None) -> None:
        if agency_id is None:
            self.require_everywhere(permission)
        else:
            self.access.require(permission, agency_id)

    def mine(self, workflow_id: int, permission: Permission = Permission.MANAGE_WORKFLOWS) -> Workflow:
        found = self.workflow(workflow_id)
        self.require(permission, found.agency_id)
        return found


class Workflows(WorkflowPages):
    def get(self, request: HttpRequest) -> HttpResponse:
        text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
        if state == "MISSING":
            return self._missing(text)
        rows = Workflow.objects.without_model().select_related("procedure", "agency", "drafted_by")
        rows = rows.filter(state=state if state in Workflow.State.values else Workflow.State.PUBLISHED)
        if text:
            found = Procedure.objects.search(text).values_list("pk", flat=True)
            rows = rows.filter(procedure__in=list(found[:500]))
        drafts = Workflow.objects.drafts().filter(procedure=OuterRef("procedure"), agency=OuterRef("agency"))
        rows = rows.annotate(has_draft=Exists(drafts)).order_by(
            "procedure__name_folded", "agency__name_folded", "-version"
        )
        return self.render(
            "admin/workflows/index.html", q=text, state=state, page=slice_of(request, rows), missing=None
        )

    def _missing(self, text: str) -> HttpResponse:
        """Procedures that are received somewhere and have no workflow at all."""
        offered = Offering.objects.in_force(self.today).values("procedure")
        covered = Workflow.objects.in_force(self.today).values("procedure")
        rows = Procedure.objects.filter(pk__in=offered).exclude(pk__in=covered)
        rows = rows.search(text) if text else rows.order_by("name_folded")
        page = slice_of(self.request, rows)
        return self.render(
            "admin/workflows/index.html", q=text, state="MISSING", page=page, missing=page.rows
        )


class WorkflowPage(WorkflowPages):
    def get(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow = self.workflow(workflow_id)
        roles = role_names()
        is_draft = workflow.state == Workflow.State.DRAFT
        versions = Workflow.objects.of(workflow.procedure_id, workflow.agency_id).without_model()
        limits = publishing.limits(workflow.procedure_id)
        found = publishing.check(workflow) if is_draft else []
        return self.render(
            "admin/workflows/show.html",
            workflow=workflow,
            svg=drawing.to_svg(workflow.bpmn, roles=roles),
            sentences=drawing.in_words(workflow.blueprint, roles),
            steps=list(workflow.steps.all()),
            roles=roles,
            backs=backs_of(workflow),
            total=duration(workflow.minutes),
            limit=duration(max(limits)) if limits else "",
            problems=found,
            is_fit=not blocking(found),
            changes=publishing.changes(workflow) if is_draft else [],
            versions=list(versions.select_related("drafted_by", "published_by")),
            open_tasks=Task.objects.open().filter(workflow=workflow).count(),
            rules=RULES,
            step_choices=[
                (step.key, step.name)
                for step in workflow.blueprint.steps
                if step.kind not in {StepKind.RECEIVE, StepKind.RETURN}
            ],
            is_draft=is_draft,
            is_own=workflow.drafted_by_id == self.user.pk,
            may_draft=self.may(Permission.MANAGE_WORKFLOWS, workflow.agency_id),
            may_publish=self.may(Permission.PUBLISH_WORKFLOWS, workflow.agency_id),
            history=history(workflow.uid),
        )


class NewWorkflow(WorkflowPages):
    """Soạn quy trình: for a procedure, for one agency or for all, from a sample or from a file."""

    any_of = ()
    permission = Permission.MANAGE_WORKFLOWS

    def get(self, request: HttpRequest) -> HttpResponse:
        code = request.GET.get("procedure", "")
        known = Procedure.objects.filter(code=code).first() if code else None
        procedures = (
            Procedure.objects.in_force(self.today).order_by("name_folded").values_list("code", "name")
        )
        return self.render(
            "admin/workflows/new.html",
            procedure=f"{known.name} ({known.code})" if known else "",
            procedures=[f"{name} ({code})" for code, name in procedures],
            samples=SAMPLES,
            agency_list=self.agency_names(self.access.agencies(Permission.MANAGE_WORKFLOWS)),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        procedure = self._procedure(reader)
        agency = self.read_agency(reader, "agency")
        sample = reader.choice("sample", [code for code, *_ in SAMPLES], required="Hãy chọn cách bắt đầu.")
        reason = reader.text("reason", longest=500)
        model = self._model() if sample == "BPMN" else b""
        if sample == "BPMN" and not model:
            reader.refuse("model", "Hãy chọn tệp BPMN.")
        reader.check()
        assert procedure is not None  # noqa: S101  reader.check() has refused it
        self.require(Permission.MANAGE_WORKFLOWS, agency.pk if agency else None)
        place: dict[str, Any] = {"procedure_id": procedure.pk, "agency_id": agency.pk if agency else None}
        if model:
            made = drafting.draft_from_bpmn(**place, model=model, by=self.user, at=self.at, reason=reason)
        else:
            limits = publishing.limits(procedure.pk)
            begin = standard_blueprint if sample == "STANDARD" else short_blueprint
            blueprint = begin(min(limits, default=None), name=f"Quy trình {procedure.name}"[:200])
            made = drafting.draft(**place, blueprint=blueprint, by=self.user, at=self.at, reason=reason)
        return self.done(
            "Đã có bản nháp. Kiểm tra từng bước rồi nhờ người khác ban hành.", "admin:workflow", made.pk
        )

    def _procedure(self, reader: Any) -> Procedure | None:
        given = reader.text("procedure", required="Hãy chọn thủ tục.", longest=2000)
        if not given:
            return None
        code = given.rpartition("(")[2].rstrip(") ") if given.endswith(")") else given
        known = Procedure.objects.filter(code__iexact=code).first()
        known = known or Procedure.objects.filter(name_folded=fold(given)).first()
        if known is None:
            reader.refuse("procedure", "Không có thủ tục này. Hãy chọn trong danh sách gợi ý hoặc viết mã.")
        return known

    def _model(self) -> bytes:
        return read_model(self.request)


class NextDraft(WorkflowPages):
    """Soạn phiên bản kế tiếp from a version."""

    any_of = ()
    permission = Permission.MANAGE_WORKFLOWS

    def post(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        self.mine(workflow_id)
        made = drafting.draft_next(workflow_id=workflow_id, by=self.user, at=self.at)
        return self.done(f"Đã mở bản nháp phiên bản {made.version}.", "admin:edit-workflow", made.pk)


class Editing(WorkflowPages):
    """Sửa bước: the table of steps. A press on an arrow, on remove or on add changes the table and saves nothing."""

    any_of = ()
    permission = Permission.MANAGE_WORKFLOWS

    def get(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow = self._draft(workflow_id)
        rows = (
            typed_rows(request.POST) if request.method == "POST" else []
        )  # after a refusal, as it was typed
        return self._show(workflow, rows or rows_of(workflow.blueprint))

    def post(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow, reader = self._draft(workflow_id), self.read()
        rows = typed_rows(request.POST)
        if act := request.POST.get("act", ""):
            rows = changed(rows, act)
            self.form = Form({"name": request.POST.get("name", "")})
            return self._show(workflow, rows)
        name = reader.text("name", required="Hãy đặt tên quy trình.", longest=200)
        steps = read_steps(rows, reader, role_names())
        reader.check()
        drafting.edit(workflow_id=workflow.pk, blueprint=from_list(name, steps), by=self.user, at=self.at)
        return self.done("Đã lưu bản nháp.", "admin:workflow", workflow_id)

    def _draft(self, workflow_id: int) -> Workflow:
        workflow = self.mine(workflow_id)
        if workflow.state != Workflow.State.DRAFT:
            raise Stale("Quy trình này không còn là bản nháp. Hãy soạn một phiên bản kế tiếp.")
        return workflow

    def _show(self, workflow: Workflow, rows: Sequence[Row] | None) -> HttpResponse:
        limits = publishing.limits(workflow.procedure_id)
        return self.render(
            "admin/workflows/edit.html",
            workflow=workflow,
            rows=rows,
            kinds=[(kind.value, kind.label) for kind in StepKind if kind is not StepKind.CONSULT],
            roles=list(role_names().items()),
            limit=duration(max(limits)) if limits else "",
        )


class Model(WorkflowPages):
    """Mô hình BPMN: given out as a file, and replaced by one while it is a draft."""

    def get(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow = self.workflow(workflow_id)
        answer = HttpResponse(bpmn.as_file(workflow.bpmn), content_type="application/xml")
        name = f"quy-trinh-{workflow.procedure.code}-{workflow.version}.bpmn"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def post(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        if self.mine(workflow_id).state != Workflow.State.DRAFT:
            raise Stale("Quy trình này không còn là bản nháp. Hãy soạn một phiên bản kế tiếp.")
        self.read()
        model = read_model(request)
        if not model:
            raise DomainError("Hãy chọn tệp BPMN.", field="model")
        drafting.edit_from_bpmn(workflow_id=workflow_id, model=model, by=self.user, at=self.at)
        return self.done("Đã thay mô hình của bản nháp.", "admin:workflow", workflow_id)

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> Any:
        """The page where the file was chosen, with the refusal beside it."""
        page = Editing()
        page.setup(self.request)
        page.form, page.status = self.form, self.status
        return page.get(self.request, *args, **kwargs)


class Discarding(WorkflowPages):
    any_of = ()
    permission = Permission.MANAGE_WORKFLOWS

    def post(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow = self.mine(workflow_id)
        drafting.discard(workflow_id=workflow_id, by=self.user, at=self.at)
        before = Workflow.objects.of(workflow.procedure_id, workflow.agency_id).published().first()
        sentence = f"Đã bỏ bản nháp phiên bản {workflow.version}."
        return self.done(sentence, "admin:workflow", before.pk if before else workflow_id)


class Publication(WorkflowPage):
    """Ban hành: by somebody else than the drafter."""

    any_of = ()
    permission = Permission.PUBLISH_WORKFLOWS

    def post(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow, reader = self.mine(workflow_id, Permission.PUBLISH_WORKFLOWS), self.read()
        first = reader.day("valid_from", required="Hãy nhập ngày áp dụng.")
        decision = reader.text("decision", longest=200)
        reason = reader.text("reason", longest=500)
        rule, before, basis = read_rule(reader)
        reader.check()
        try:
            ordered = migrating.publish(
                workflow_id=workflow.pk, valid_from=first, decision=decision, reason=reason, rule=rule, before_step=before,
                legal_basis=basis, by=self.user, at=self.at,
            )  # fmt: skip
        except NotFit as refusal:  # the page lists the problems one by one
            raise DomainError("Chưa thể ban hành. Hãy sửa những chỗ nêu dưới đây trước.") from refusal
        said = f"Đã ban hành phiên bản {workflow.version}, áp dụng cho hồ sơ tiếp nhận từ {first:%d/%m/%Y}."
        if ordered.is_going_on:
            return self.done(f"{said} Bấm Chuyển hồ sơ để chuyển tiếp.", "admin:transition", ordered.pk)
        return self.done(said, "admin:workflow", workflow_id)


class Retirement(WorkflowPage):
    """Thôi áp dụng."""

    any_of = ()
    permission = Permission.PUBLISH_WORKFLOWS

    def post(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow, reader = self.mine(workflow_id, Permission.PUBLISH_WORKFLOWS), self.read()
        reason = reader.text("retire_reason", required="Hãy ghi lý do.", longest=300)
        reader.check()
        publishing.retire(workflow_id=workflow.pk, reason=reason, by=self.user, at=self.at)
        return self.done(
            "Hồ sơ tiếp nhận từ ngày mai không theo quy trình này nữa.", "admin:workflow", workflow_id
        )


def read_rule(reader: Reader) -> tuple[str, str, str]:
    """Quy tắc chuyển tiếp as it was chosen on a form; which rule needs what is the operation's to say."""
    rule = reader.choice("rule", list(Rule.values), required="Hãy chọn quy tắc cho hồ sơ đang giải quyết.")
    before = reader.text("before_step", longest=60)
    return rule, before, reader.text("legal_basis", longest=500)


def role_names() -> dict[str, str]:
    return dict(Role.objects.living().values_list("code", "name"))


def read_model(request: HttpRequest) -> bytes:
    upload = request.FILES.get("model")
    if upload is None:
        return b""
    if upload.size is not None and upload.size > LARGEST_MODEL:
        raise DomainError("Tệp BPMN lớn quá 2 MB.", field="model")
    content: bytes = upload.read()
    return content


def backs_of(workflow: Workflow) -> dict[str, list[str]]:
    """Where each step leads besides the next one, in words."""
    blueprint = workflow.blueprint
    names = {step.key: f"bước {place}" for place, step in enumerate(blueprint.steps, start=1)}
    return {
        step.key: [
            f"{way.outcome.label}: {names.get(way.target, 'kết thúc')}"
            for way in blueprint.ways_from(step.key)
            if way.outcome
        ]
        for step in blueprint.steps
    }
