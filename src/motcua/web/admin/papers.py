"""Giấy tờ: an office's own templates, tried and published; how papers look from a day on; the series of fee receipts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.core.text import fold
from motcua.foundation.documents.rendering import CannotShow, draw_apart
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.paperwork.facts import as_json
from motcua.service.paperwork.models import FeeSeries, PaperLook, PaperTemplate
from motcua.service.paperwork.operations.charging import open_series
from motcua.service.paperwork.operations.styling import set_look
from motcua.service.paperwork.operations.templating import (
    NotFillable,
    Place,
    discard_template,
    publish_template,
    upload_template,
    withdraw_template,
)
from motcua.service.paperwork.registry import CURRENT, SET_NAMES, SETS, Form, sample_of
from motcua.service.paperwork.rendering import render, render_docx
from motcua.service.paperwork.samples import SAMPLES
from motcua.service.paperwork.templating.converting import as_pdf, libre_office
from motcua.service.paperwork.templating.fields import fields_of
from motcua.service.paperwork.templating.filling import fill
from motcua.service.paperwork.templating.packages import LARGEST
from motcua.service.paperwork.templating.sampling import sample_value
from motcua.service.paperwork.templating.sandbox import FILTERS, Problem
from motcua.service.procedures.models import Procedure
from motcua.web.admin.base import AdminPage, history
from motcua.web.ui.forms import Reader

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ALL_FORMS = [(form.value, form.label) for form in Form]
FORM_SETS = list(SET_NAMES.items())
FILTER_OF = {"giờ, ngày": "moment", "ngày": "day"}
State = PaperTemplate.State
MANAGE = Permission.MANAGE_FORMS


class PaperPages(AdminPage):
    abstract = True
    section = "admin:papers"
    permission: ClassVar[Permission | None] = MANAGE

    def require_at(self, agency_id: int | None) -> None:
        """One for every agency belongs to who administers all."""
        if agency_id is None:
            self.require_everywhere(MANAGE)
        else:
            self.access.require(MANAGE, agency_id)

    def may_at(self, agency_id: int | None) -> bool:
        return self.may_everywhere(MANAGE) if agency_id is None else self.access.may(MANAGE, agency_id)

    def my_agencies(self) -> list[str]:
        return self.agency_names(self.access.agencies(MANAGE))


class Papers(PaperPages):
    """Mọi biểu mẫu, and which of them an office prints in its own way."""

    def get(self, request: HttpRequest) -> HttpResponse:
        templates = PaperTemplate.objects.without_content().select_related("agency", "procedure")
        shown = templates.filter(state__in=[State.PUBLISHED, State.DRAFT]).order_by(
            "form", "agency_id", "-version"
        )
        own: dict[str, list[PaperTemplate]] = {}
        for template in shown:
            own.setdefault(template.form, []).append(template)
        return self.render(
            "admin/papers/index.html",
            forms=[(form, _numbers(form), own.get(form.value, [])) for form in Form],
            office=libre_office(),
        )


class Fields(PaperPages):
    """Trường có thể điền của một biểu mẫu, with the sample's values."""

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        wanted = form_or_missing(self, form)
        sample = as_json(SAMPLES[wanted])
        rows = []
        for field in fields_of(wanted):
            filter_ = FILTER_OF.get(field.kind, "")
            value = sample_value(sample, field.name)
            rows.append(
                (
                    field,
                    f"{field.name}|{filter_}" if filter_ else field.name,
                    FILTERS[filter_][0](value) if filter_ else value,
                )
            )
        return self.render(
            "admin/papers/fields.html",
            paper=wanted,
            fields_list=rows,
            filters=[(name, words) for name, (_, words) in FILTERS.items()],
            sets=FORM_SETS,
        )


class Sample(PaperPages):
    """Mẫu có sẵn, filled with the sample dossier, as PDF or as DOCX to begin from."""

    def get(self, request: HttpRequest, form: str, kind: str) -> HttpResponse:
        wanted = form_or_missing(self, form)
        forms = request.GET.get("bo", CURRENT)
        if forms not in SETS:
            raise self.missing("Không có bộ biểu mẫu này.")
        kind = "docx" if kind == "docx" else "pdf"
        make = render_docx if kind == "docx" else render
        return file_answer(
            make(wanted, SAMPLES[wanted], regime_forms=forms), f"mau-{fold(wanted.label)}", kind
        )


class NewTemplate(PaperPages):
    """Tải mẫu lên: every wrong place is named."""

    problems: Sequence[Problem] = ()

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "admin/papers/new.html",
            forms=ALL_FORMS,
            sets=[("", "Mọi bộ biểu mẫu"), *FORM_SETS],
            chosen=request.GET.get("form", Form.RECEIPT.value),
            agency_list=self.my_agencies(),
            problems=self.problems,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        form = reader.choice("form", [form.value for form in Form], required="Hãy chọn biểu mẫu.")
        forms = reader.choice("forms", list(SETS))
        agency = self.read_agency(reader, "agency")
        procedure = read_procedure(reader)
        reason = reader.text("reason", longest=500)
        content, name = read_file(request, reader)
        reader.check()
        self.require_at(agency.pk if agency else None)
        place = Place(Form(form), forms, agency.pk if agency else None, procedure.pk if procedure else None)
        try:
            template = upload_template(
                place=place, content=content, file_name=name, by=self.user, at=self.at, reason=reason
            )
        except NotFillable as refusal:
            self.problems = refusal.problems
            raise DomainError(
                f"Mẫu có {len(refusal.problems)} chỗ chưa điền được, nêu ở dưới.", field="file"
            ) from refusal
        return self.done("Đã nhận mẫu. Xem thử rồi ban hành.", "admin:paper-template", template.pk)


class TemplatePages(PaperPages):
    abstract = True

    def template(self, template_id: UUID) -> PaperTemplate:
        rows = PaperTemplate.objects.select_related(
            "agency", "procedure", "uploaded_by", "published_by", "withdrawn_by"
        )
        found = rows.filter(pk=template_id).first()
        if found is None:
            raise self.missing("Không có mẫu này.")
        return found

    def mine(self, template_id: UUID) -> PaperTemplate:
        found = self.template(template_id)
        self.require_at(found.agency_id)
        return found

    def show(self, template: PaperTemplate) -> HttpResponse:
        same = PaperTemplate.objects.of(
            template.form, template.forms, template.agency_id, template.procedure_id
        )
        converted = as_pdf(bytes(template.content), at=self.at) if template.state == State.DRAFT else None
        return self.render(
            "admin/papers/show.html",
            template=template,
            versions=list(same.without_content()),
            set_name=SET_NAMES.get(template.forms, "Mọi bộ biểu mẫu"),
            by_what=converted.by if converted else "",
            limits=converted.limits if converted else (),
            printed=template.papers.count(),
            may_change=self.may_at(template.agency_id),
            history=history(template.pk),
        )


class Template(TemplatePages):
    def get(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        return self.show(self.template(template_id))


class TemplateFile(TemplatePages):
    """Tệp mẫu: as it was uploaded, or filled with the sample dossier as DOCX, PDF or a picture of its first page."""

    def get(self, request: HttpRequest, template_id: UUID, kind: str) -> HttpResponse:
        template = self.template(template_id)
        content, form = bytes(template.content), Form(template.form)
        name = f"mau-{fold(form.label)}-{template.version}"
        if kind == "goc":
            return file_answer(content, f"{name}-goc", "docx")
        filled = fill(content, form, as_json(SAMPLES[form]))
        if kind == "docx":
            return file_answer(filled, name, "docx")
        pdf = as_pdf(filled, at=self.at).pdf
        return picture_answer(pdf) if kind == "anh" else file_answer(pdf, name, "pdf")


class Publication(TemplatePages):
    """Ban hành mẫu."""

    def get(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        return self.show(self.template(template_id))

    def post(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        template, reader = self.mine(template_id), self.read()
        first = reader.day("valid_from", required="Hãy nhập ngày dùng.")
        reason = reader.text("reason", required="Hãy ghi lý do, căn cứ ban hành mẫu.", longest=500)
        reader.check()
        publish_template(template_id=template.pk, valid_from=first, reason=reason, by=self.user, at=self.at)
        return self.done(f"Đã ban hành mẫu, dùng từ {first:%d/%m/%Y}.", "admin:paper-template", template_id)


class Withdrawal(TemplatePages):
    """Thu hồi mẫu."""

    def get(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        return self.show(self.template(template_id))

    def post(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        template, reader = self.mine(template_id), self.read()
        reason = reader.text("withdraw_reason", required="Hãy ghi lý do thu hồi.", longest=500)
        reader.check()
        withdraw_template(template_id=template.pk, reason=reason, by=self.user, at=self.at)
        return self.done(
            "Đã thu hồi. Giấy tờ lập từ nay theo mẫu còn lại; giấy đã in giữ nguyên.", "admin:papers"
        )


class Discarding(TemplatePages):
    """Bỏ bản thử."""

    def post(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        discard_template(template_id=self.mine(template_id).pk, by=self.user, at=self.at)
        return self.done("Đã bỏ bản thử.", "admin:papers")


class Looks(PaperPages):
    """Cách trình bày: every one that was set, newest first, and a form for the next."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = PaperLook.objects.select_related("agency", "set_by").order_by("-valid_from", "-set_at")
        return self.render(
            "admin/papers/looks.html",
            looks=rows[:200],
            forms=[("", "Mọi biểu mẫu"), *ALL_FORMS],
            marks=PaperLook.Mark.choices,
            papers=[("", "Theo bộ biểu mẫu"), *PaperLook.Paper.choices],
            agency_list=self.my_agencies(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        agency = self.read_agency(reader, "agency")
        given: dict[str, Any] = {
            "form": reader.choice("form", [form.value for form in Form]),
            "valid_from": reader.day("valid_from", required="Hãy nhập ngày áp dụng."),
            "mark": reader.choice("mark", PaperLook.Mark.values, required="Hãy chọn mã nhận dạng."),
            "has_book": reader.is_ticked("has_book"),
            "copies": reader.paragraph("copies", longest=600).splitlines(),
            "paper": reader.choice("paper", PaperLook.Paper.values),
            "symbol": reader.text("symbol", longest=30),
            "parent_line": reader.text("parent_line", longest=200),
            "agency_line": reader.text("agency_line", longest=200),
            "reason": reader.text("reason", required="Hãy ghi lý do, căn cứ.", longest=300),
        }
        reader.check()
        self.require_at(agency.pk if agency else None)
        look = set_look(agency_id=agency.pk if agency else None, by=self.user, at=self.at, **given)
        return self.done(
            f"Giấy tờ lập từ {look.valid_from:%d/%m/%Y} trình bày theo cách mới.", "admin:paper-looks"
        )


class FeeSeriesPage(PaperPages):
    """Ký hiệu biên lai."""

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = self.access.agencies(MANAGE)
        rows = (
            FeeSeries.objects.filter(agency__in=mine)
            .select_related("agency")
            .order_by("agency__path", "kind", "-valid_from")
        )
        return self.render(
            "admin/papers/series.html",
            series=rows[:300],
            kinds=FeeSeries.Kind.choices,
            agency_list=self.my_agencies(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        agency = self.read_agency(reader, "agency", required="Hãy chọn đơn vị thu.")
        kind = reader.choice("kind", FeeSeries.Kind.values, required="Hãy chọn phí hoặc lệ phí.")
        template = reader.text("template", required="Hãy ghi ký hiệu mẫu.", longest=20)
        symbol = reader.text("symbol", required="Hãy ghi ký hiệu biên lai.", longest=20)
        tax_code = reader.text("tax_code", required="Hãy ghi mã số thuế.", longest=14)
        first = reader.day("valid_from", required="Hãy nhập ngày bắt đầu.")
        reader.check()
        assert isinstance(agency, Agency)  # noqa: S101  reader.check() has refused it
        assert first is not None  # noqa: S101  reader.check() has refused it
        self.require_at(agency.pk)
        open_series(
            agency_id=agency.pk, kind=kind, template=template, symbol=symbol, tax_code=tax_code, valid_from=first,
            by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(f"Đã mở ký hiệu {symbol} của {agency.name}.", "admin:fee-series")


def form_or_missing(page: AdminPage, form: str) -> Form:
    if form not in set(Form):
        raise page.missing("Không có biểu mẫu này.")
    return Form(form)


def read_procedure(reader: Reader) -> Procedure | None:
    """Thủ tục: by its code, also as "Tên (mã)"."""
    given = reader.text("procedure", longest=2000)
    if not given:
        return None
    code = given.rpartition("(")[2].rstrip(") ") if given.endswith(")") else given
    found: Procedure | None = Procedure.objects.filter(code__iexact=code.strip()).first()
    if found is None:
        reader.refuse("procedure", "Không có thủ tục mang mã này.")
    return found


def read_file(request: HttpRequest, reader: Reader) -> tuple[bytes, str]:
    upload = request.FILES.get("file")
    if upload is None:
        reader.refuse("file", "Hãy chọn tệp Word (.docx).")
        return b"", ""
    if (upload.size or 0) > LARGEST:
        reader.refuse("file", "Tệp mẫu lớn hơn 2 MB. Hãy nén hình trong Word rồi tải lên lại.")
        return b"", ""
    return upload.read(), upload.name or "mau.docx"


def file_answer(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf" if kind == "pdf" else DOCX_TYPE)
    how = "inline" if kind == "pdf" else "attachment"
    answer["Content-Disposition"] = f'{how}; filename="{name.replace(",", "").replace(" ", "-")}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def picture_answer(pdf: bytes) -> HttpResponse:
    """The first page, drawn apart: a phone shows it without a reader of PDF."""
    try:
        drawn = draw_apart(io.BytesIO(pdf), is_pdf=True, pages=[1])
    except CannotShow as refusal:
        raise DomainError(str(refusal)) from refusal
    answer = HttpResponse(drawn.pictures[0].content, content_type="image/webp")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _numbers(form: Form) -> str:
    """Mẫu số của biểu mẫu in each set, as far as the set prescribes it."""
    said = [
        f"{sample_of(form, forms)} ({name.removeprefix('Bộ mẫu ')})"
        for forms, name in FORM_SETS
        if sample_of(form, forms)
    ]
    return "; ".join(said) or "Giấy tờ nội bộ của Một cửa"
