"""Biểu mẫu điện tử: listed, drafted, tried as a citizen, compared, published by somebody else."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.foundation.identity.permissions import Permission
from motcua.service.forms import editing
from motcua.service.forms.checking import problems_of
from motcua.service.forms.comparing import differences
from motcua.service.forms.judging import judge
from motcua.service.forms.models import Form, FormVersion
from motcua.service.forms.operations.drafting import discard_version, draft_version, make_form
from motcua.service.forms.operations.publishing import publish_version
from motcua.service.forms.reading import read_page
from motcua.service.forms.settling import settle
from motcua.service.procedures.models import Procedure
from motcua.web.admin.base import chosen_day, history, slice_of
from motcua.web.admin.eform_base import FormAdmin, State, read_file
from motcua.web.admin.eform_parts import WIDGETS
from motcua.web.ui.eforms import view_of

CONFIDENCES = [(value, str(label)) for value, label in Form.Confidence.choices]


class Forms(FormAdmin):
    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()
        of_form = FormVersion.objects.filter(form=OuterRef("pk"))
        rows = Form.objects.select_related("procedure").annotate(
            is_used=Exists(of_form.filter(state=State.PUBLISHED)), has_draft=Exists(of_form.drafts())
        )
        if text:
            found = list(Procedure.objects.search(text).values_list("pk", flat=True)[:500])
            rows = rows.filter(procedure__in=found) | rows.filter(name__icontains=text)
        return self.render(
            "admin/eforms/index.html", q=text, page=slice_of(request, rows.order_by("name", "pk"))
        )


class NewForm(FormAdmin):
    def get(self, request: HttpRequest) -> HttpResponse:
        procedures = (
            Procedure.objects.in_force(self.today).order_by("name_folded").values_list("code", "name")
        )
        return self.render(
            "admin/eforms/new.html", procedures=[f"{code} {name}" for code, name in procedures],
            confidences=CONFIDENCES,
        )  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_FORMS)
        reader = self.read()
        name = reader.text("name", required="Hãy ghi tên biểu mẫu.", longest=250)
        told = reader.text("procedure", required="Hãy chọn thủ tục.", longest=400)
        procedure = Procedure.objects.filter(code=told.partition(" ")[0]).first() if told else None
        if told and procedure is None:
            reader.refuse("procedure", "Không có thủ tục này. Hãy chọn trong danh sách gợi ý hoặc viết mã.")
        case = reader.text("case_name", longest=300)
        official = reader.text("official", longest=250)
        confidence = reader.choice("confidence", [value for value, _ in CONFIDENCES]) or Form.Confidence.KNOWN
        document = read_file(request, reader)
        reader.check()
        assert procedure  # noqa: S101  checked
        taken = set(Form.objects.values_list("code", flat=True))
        code = editing.key_of(f"{name} {case}", {one.replace("-", "_") for one in taken}, "bieu_mau")
        form = make_form(
            code=code.replace("_", "-"), name=name, procedure_id=procedure.pk, case_name=case, official=official,
            confidence=confidence, by=self.user, at=self.at,
        )  # fmt: skip
        version = draft_version(form_id=form.pk, by=self.user, at=self.at, document=document)
        return self.done("Đã lập biểu mẫu. Hãy soạn các trang và câu hỏi.", "admin:eform-version", version.pk)


class FormShow(FormAdmin):
    def get(self, request: HttpRequest, form_id: UUID) -> HttpResponse:
        form = self.form_or_missing(form_id)
        versions = form.versions.without_document().select_related("drafted_by", "published_by")  # type: ignore[attr-defined]
        return self.render(
            "admin/eforms/show.html", eform=form, versions=list(versions.order_by("-number")),
            history=history(form.pk), may_change=self.may_everywhere(Permission.MANAGE_FORMS),
        )  # fmt: skip


class NewDraft(FormAdmin):
    """Soạn phiên bản kế tiếp, from the present one or from a file."""

    def post(self, request: HttpRequest, form_id: UUID) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_FORMS)
        reader = self.read()
        document = read_file(request, reader)
        reader.check()
        version = draft_version(form_id=form_id, by=self.user, at=self.at, document=document)
        return self.done("Đã mở bản soạn.", "admin:eform-version", version.pk)


class VersionShow(FormAdmin):
    """Bản soạn: the whole form as an outline, with what still keeps it from being published."""

    def get(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        version = self.version(version_id)
        former = FormVersion.objects.filter(form=version.form_id, state=State.PUBLISHED).first()
        is_draft = version.state == State.DRAFT
        return self.render(
            "admin/eforms/version.html", version=version, is_draft=is_draft,
            definition=version.definition, widgets=dict(WIDGETS),
            problems=problems_of(version.definition) if is_draft else [],
            changes=differences(former.definition, version.definition) if is_draft and former else [],
            is_own=version.drafted_by_id == self.user.pk,
            may_change=self.may_everywhere(Permission.MANAGE_FORMS),
        )  # fmt: skip


class Preview(FormAdmin):
    """Xem thử như người dân, on a chosen day. Nothing is kept: the answers travel with the page."""

    def get(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        return self.show_page(self.version(version_id), request.GET.get("trang", ""), {}, {})

    def post(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        version = self.version(version_id)
        data = self._carried()
        key = request.POST.get("_page", "")
        page = version.definition.on(self.day()).page(key)
        if page is None:
            return self.show_page(version, "", data, {})
        given = read_page(page, request.POST, on=self.day())
        added = request.POST.get("_add", "")
        if added in given and isinstance(given[added], list):
            given[added].append({})
        data |= given
        if added or request.POST.get("_drop"):
            return self.show_page(version, key, data, {})
        if found := judge(version.definition, data, on=self.day(), page=page):
            self.status = 422
            return self.show_page(version, key, data, found)
        keys = [one.key for one in settle(version.definition, data, on=self.day()).pages]
        after = keys[keys.index(key) + 1 :]
        return self.show_page(version, after[0] if after else key, data, {}, is_done=not after)

    def day(self) -> date:
        return chosen_day(self.request.GET.get("ngay", ""), self.today)

    def _carried(self) -> dict[str, Any]:
        try:
            held = json.loads(self.request.POST.get("_data", "{}"))
        except ValueError:
            return {}
        return held if isinstance(held, dict) else {}

    def show_page(
        self,
        version: FormVersion,
        key: str,
        data: dict[str, Any],
        errors: dict[str, str],
        *,
        is_done: bool = False,
    ) -> HttpResponse:
        pages = settle(version.definition, data, on=self.day()).pages
        key = key if key in {page.key for page in pages} else pages[0].key if pages else ""
        view = view_of(version.definition, key, data, on=self.day(), errors=errors) if key else None
        return self.render(
            "admin/eforms/preview.html", version=version, view=view, pages=pages, day=self.day(), is_done=is_done,
            data=json.dumps(data, ensure_ascii=False), form=view.form if view else self.form,
        )  # fmt: skip


class Comparison(FormAdmin):
    def get(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        version = self.version(version_id)
        others = list(
            FormVersion.objects.filter(form=version.form_id).exclude(pk=version.pk).order_by("-number")
        )
        asked = request.GET.get("voi", "")
        other = next((one for one in others if str(one.number) == asked), None)
        other = other or next(
            (one for one in others if one.number < version.number), others[0] if others else None
        )
        changes = differences(other.definition, version.definition) if other else []
        return self.render(
            "admin/eforms/compare.html", version=version, other=other, others=others, changes=changes
        )


class Export(FormAdmin):
    def get(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        version = self.version(version_id)
        text = json.dumps(version.document, ensure_ascii=False, indent=2)
        answer = HttpResponse(text, content_type="application/json; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{version.form.code}-{version.number}.json"'
        return answer


class Publication(FormAdmin):
    def post(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_FORMS)
        reader = self.read()
        valid_from = reader.day("valid_from", required="Hãy ghi ngày áp dụng.")
        reason = reader.text("reason", required="Hãy ghi lý do hoặc văn bản.", longest=500)
        reader.check()
        assert valid_from  # noqa: S101  checked
        version = publish_version(
            version_id=version_id, by=self.user, at=self.at, valid_from=valid_from, reason=reason
        )
        return self.done("Đã ban hành biểu mẫu.", "admin:eform", version.form_id)

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> Any:
        return _version_again(self, *args, **kwargs)

    def get(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        return self.go("admin:eform-version", version_id)


class Discarding(FormAdmin):
    def post(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_FORMS)
        form_id = self.version(version_id).form_id
        discard_version(version_id=version_id, by=self.user, at=self.at)
        return self.done("Đã bỏ bản soạn.", "admin:eform", form_id)


def _version_again(page: FormAdmin, *args: Any, **kwargs: Any) -> HttpResponse:
    """The outline again, with the sentence of refusal in its form."""
    shown = VersionShow()
    shown.setup(page.request, *args, **kwargs)
    shown.form, shown.status = page.form, page.status
    return shown.get(page.request, *args, **kwargs)
