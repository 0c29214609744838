"""Biểu mẫu điện tử: listed, drafted, edited part by part, tried as a citizen, compared, published by somebody else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError, Stale
from motcua.core.text import fold
from motcua.foundation.identity.permissions import Permission
from motcua.service.forms import editing
from motcua.service.forms.checking import problems_of
from motcua.service.forms.comparing import differences
from motcua.service.forms.definition import CHOOSING, Definition, Field, Group, Option, Repeat, Widget, write
from motcua.service.forms.judging import judge
from motcua.service.forms.models import Form, FormVersion
from motcua.service.forms.operations.drafting import (
    LARGEST,
    discard_version,
    draft_version,
    edit_version,
    make_form,
)
from motcua.service.forms.operations.publishing import publish_version
from motcua.service.forms.reading import read_page
from motcua.service.forms.settling import settle
from motcua.service.forms.sources import SOURCES
from motcua.service.procedures.models import Procedure
from motcua.web.admin.base import AdminPage, chosen_day, history, slice_of
from motcua.web.ui.eforms import view_of
from motcua.web.ui.forms import Reader

State = FormVersion.State
WIDGETS = [(widget.value, widget.label) for widget in Widget]
CONFIDENCES = [(value, str(label)) for value, label in Form.Confidence.choices]
TESTS = (
    ("==", "là"), ("!=", "không phải là"), (">", "lớn hơn"), ("<", "nhỏ hơn"), ("has", "có chọn"),
    ("filled", "đã được trả lời"),
)  # fmt: skip
MOVES = {"up": -1, "down": 1}


class FormAdmin(AdminPage):
    abstract = True
    section = "admin:eforms"
    permission: ClassVar[Permission | None] = Permission.MANAGE_FORMS

    def form_or_missing(self, form_id: UUID) -> Form:
        found = Form.objects.select_related("procedure").filter(pk=form_id).first()
        if found is None:
            raise self.missing("Không có biểu mẫu này.")
        return found

    def version(self, version_id: UUID) -> FormVersion:
        rows = FormVersion.objects.select_related("form__procedure", "drafted_by", "published_by")
        found = rows.filter(pk=version_id).first()
        if found is None:
            raise self.missing("Không có phiên bản này.")
        return found

    def draft(self, version_id: UUID) -> FormVersion:
        """A draft that this person may edit. Raises Stale, Forbidden."""
        self.require_everywhere(Permission.MANAGE_FORMS)
        found = self.version(version_id)
        if found.state != State.DRAFT:
            raise Stale("Phiên bản này không còn là bản soạn. Hãy soạn phiên bản kế tiếp.")
        return found

    def keep(self, version: FormVersion, definition: Definition, said: str, anchor: str = "") -> HttpResponse:
        """Save what was changed; `edits` is what the page showed."""
        given = self.request.POST.get("edits", "")
        edit_version(
            version_id=version.pk, edits=int(given) if given.isdecimal() and len(given) < 9 else -1,
            document=write(definition), by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(said, reverse("admin:eform-version", args=[version.pk]) + anchor)


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


class Editing(FormAdmin):
    """Thêm, chuyển, bỏ a page, a group or a field."""

    def post(self, request: HttpRequest, version_id: UUID) -> HttpResponse:
        version = self.draft(version_id)
        reader = self.read()
        act, place = reader.text("act", longest=20), _place(reader.text("place", longest=20))
        definition = version.definition
        if act == "page":
            title = reader.text("title", required="Hãy ghi tên trang.", longest=150)
            reader.check()
            return self.keep(version, editing.add_page(definition, title), "Đã thêm trang.", "#them-trang")
        if act == "group":
            definition = editing.add_group(definition, place[0], _new_group(definition, place[0]))
            return self.keep(version, definition, "Đã thêm nhóm.", f"#p{place[0]}")
        return self.keep(version, _shifted(definition, act, place), "Đã sửa.", f"#p{place[0]}")


class PageEdit(FormAdmin):
    def get(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        page = editing.part_at(version.definition.pages, _place(place)[0])
        return self.render(
            "admin/eforms/page.html", version=version, part=page, repeat=None,
            before=_before(version.definition, page.key), **_picked(page.show_if),
        )  # fmt: skip

    def post(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        number = _place(place)[0]
        page = editing.part_at(version.definition.pages, number)
        reader = self.read()
        changed = replace(
            page, title=reader.text("title", required="Hãy ghi tên trang.", longest=150),
            help=reader.paragraph("help", longest=1000), show_if=read_rule(reader, version.definition, "show_if"),
        )  # fmt: skip
        reader.check()
        return self.keep(
            version, editing.put_page(version.definition, number, changed), "Đã sửa trang.", f"#p{number}"
        )


class GroupEdit(FormAdmin):
    def get(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        where = _place(place)
        page = editing.part_at(version.definition.pages, where[0])
        group = editing.part_at(page.groups, where[1])
        return self.render(
            "admin/eforms/page.html", version=version, part=group, repeat=group.repeat or Repeat(name="", row=""),
            before=_before(version.definition, page.key), **_picked(group.show_if),
        )  # fmt: skip

    def post(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        where = _place(place)
        group = editing.part_at(editing.part_at(version.definition.pages, where[0]).groups, where[1])
        reader = self.read()
        changed = replace(
            group, title=reader.text("title", longest=150), help=reader.paragraph("help", longest=1000),
            repeat=_read_repeat(reader, group, version.definition),
            show_if=read_rule(reader, version.definition, "show_if"),
        )  # fmt: skip
        reader.check()
        definition = editing.put_group(version.definition, where[0], where[1], changed)
        return self.keep(version, definition, "Đã sửa nhóm.", f"#p{where[0]}")


class FieldEdit(FormAdmin):
    """Một câu hỏi: a new one when its number is past the last."""

    def get(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        where = _place(place)
        page = editing.part_at(version.definition.pages, where[0])
        group = editing.part_at(page.groups, where[1])
        is_new = where[2] >= len(group.fields)
        field = Field(name="", label="") if is_new else group.fields[where[2]]
        return self.render(
            "admin/eforms/field.html", version=version, field=field, is_new=is_new, widgets=WIDGETS,
            sources=[(code, f"{said} ({code})") for code, said in SOURCES.items()],
            options="\n".join(f"{option.value} | {option.label}" for option in field.options),
            computed=_as_json(field.computed), required_if=_as_json(field.required_if),
            before=_before(version.definition, page.key, up_to=field.name), **_picked(field.show_if),
        )  # fmt: skip

    def post(self, request: HttpRequest, version_id: UUID, place: str) -> HttpResponse:
        version = self.draft(version_id)
        where = _place(place)
        group = editing.part_at(editing.part_at(version.definition.pages, where[0]).groups, where[1])
        is_new = where[2] >= len(group.fields)
        old = Field(name="", label="") if is_new else group.fields[where[2]]
        reader = self.read()
        field = read_field(reader, old, version.definition)
        reader.check()
        if is_new:
            definition = editing.add_field(version.definition, where[0], where[1], field)
        else:
            definition = editing.put_field(version.definition, where, field)
        return self.keep(version, definition, f"Đã lưu câu “{field.label}”.", f"#p{where[0]}")


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


# --- reading what was typed


def read_file(request: HttpRequest, reader: Reader) -> Any:
    """Tệp JSON, when one was given."""
    file = request.FILES.get("file")
    if file is None:
        return None
    if (file.size or 0) > LARGEST:
        reader.refuse("file", "Tệp lớn hơn 2 MB, không phải một biểu mẫu.")
        return None
    try:
        return json.loads(file.read().decode("utf-8"))
    except (ValueError, RecursionError):
        reader.refuse("file", "Tệp chưa phải JSON. Hãy tải tệp đã xuất từ trang biểu mẫu.")
        return None


def read_field(reader: Reader, old: Field, definition: Definition) -> Field:
    """Câu hỏi as it was typed."""
    label = reader.text("label", required="Hãy ghi lời hỏi.", longest=300)
    widget = Widget(
        reader.choice("widget", list(Widget), required="Hãy chọn loại câu trả lời.") or Widget.TEXT
    )
    name = reader.text("name", longest=60)
    is_choosing = widget in CHOOSING
    return Field(
        name=name or old.name or editing.key_of(label, editing.names_of(definition), "cau"),
        label=label,
        widget=widget,
        help=reader.paragraph("help", longest=600),
        law=reader.text("law", longest=300),
        is_required=reader.is_ticked("is_required"),
        required_if=_read_json(reader, "required_if"),
        show_if=read_rule(reader, definition, "show_if"),
        computed=_read_json(reader, "computed") if widget == Widget.COMPUTED else None,
        source=reader.choice("source", list(SOURCES)),
        valid_from=reader.day("valid_from"),
        valid_to=reader.day("valid_to"),
        options=_read_options(reader) if is_choosing else (),
        least=reader.integer("least"),
        most=reader.integer("most"),
        decimals=reader.integer("decimals", least=0, most=6) or 0 if widget == Widget.NUMBER else 0,
        length=reader.integer("length", least=1, most=4000) or 0 if widget in {Widget.TEXT, Widget.PARAGRAPH} else 0,
        has_old_form=reader.is_ticked("has_old_form") if widget == Widget.ADDRESS else True,
    )  # fmt: skip


def _read_options(reader: Reader) -> tuple[Option, ...]:
    """Mục để chọn: "KHÓA | lời" on a line, or the words alone."""
    options: list[Option] = []
    for line in reader.paragraph("options", longest=8000).splitlines():
        value, bar, said = (part.strip() for part in line.partition("|"))
        said = said if bar else value
        if not said:
            continue
        if not bar:
            value = editing.key_of(said, {option.value.lower() for option in options}, "muc").upper()
        options.append(Option(value=value, label=said))
    if not options:
        reader.refuse("options", "Hãy ghi ít nhất một mục, mỗi mục một dòng.")
    return tuple(options)


def _read_repeat(reader: Reader, group: Group, definition: Definition) -> Repeat | None:
    if not reader.is_ticked("is_repeated"):
        return None
    row = reader.text("row", required="Hãy ghi tên gọi một dòng, ví dụ: Con.", longest=60)
    name = group.repeat.name if group.repeat else editing.key_of(row, editing.names_of(definition), "dong")
    least = reader.integer("least", least=0, most=100) or 0
    return Repeat(name=name, row=row, least=least, most=reader.integer("most", least=1, most=100) or 20)


def read_rule(reader: Reader, definition: Definition, name: str) -> Any:
    """Điều kiện: from the simple picker, or as JSON when somebody has written it."""
    if reader.text(f"{name}_json", longest=4000):
        return _read_json(reader, f"{name}_json")
    asked = reader.text(f"{name}_field", longest=60)
    if not asked:
        return None
    test = reader.choice(f"{name}_test", [code for code, _ in TESTS]) or "=="
    value = _value_of(definition, asked, reader.text(f"{name}_value", longest=200))
    if test == "filled":
        return {"not": [{"empty": [{"var": asked}]}]}
    if test == "has":
        return {"in": [value, {"var": asked}]}
    return {test: [{"var": asked}, value]}


def _value_of(definition: Definition, name: str, told: str) -> Any:
    """What the picker's word means for that field: yes and no, a number, the key of an option, or the text."""
    field = next((one for _, _, one in definition.places() if one.name == name), None)
    if field is None:
        return told
    if field.widget in {Widget.YES_NO, Widget.STATEMENT}:
        return fold(told) in {"co", "yes", "true", "dong y"}
    if field.widget in {Widget.NUMBER, Widget.MONEY, Widget.COMPUTED} and told.replace(".", "").isdecimal():
        return int(told.replace(".", ""))
    return next((option.value for option in field.options if fold(option.label) == fold(told)), told)


def _read_json(reader: Reader, name: str) -> Any:
    told = reader.text(name, longest=4000)
    if not told:
        return None
    try:
        return json.loads(told)
    except (ValueError, RecursionError):
        reader.refuse(name, "Luật chưa phải JSON đúng. Xem cách viết ở tài liệu biểu mẫu.")
        return None


def _as_json(rule: Any) -> str:
    return "" if rule is None else json.dumps(rule, ensure_ascii=False)


def _picked(rule: Any) -> dict[str, Any]:
    """How the simple picker shows a rule; one that it cannot say stands as JSON."""
    picked = {"picked_field": "", "picked_test": "==", "picked_value": "", "picked_json": "", "tests": TESTS}
    if rule is None:
        return picked
    if isinstance(rule, dict) and len(rule) == 1:
        test, arguments = next(iter(rule.items()))
        if test in {"==", "!=", ">", "<"} and isinstance(arguments, list) and len(arguments) == 2:
            asked, value = arguments
            if isinstance(asked, dict) and set(asked) == {"var"} and not isinstance(value, (dict, list)):
                said = {True: "Có", False: "Không"}.get(value, value) if isinstance(value, bool) else value
                return picked | {"picked_field": asked["var"], "picked_test": test, "picked_value": str(said)}
    return picked | {"picked_json": _as_json(rule)}


def _before(definition: Definition, page_key: str, *, up_to: str = "") -> list[tuple[str, str]]:
    """Những câu đứng trước: what a condition may ask for."""
    found = []
    for page, group, field in definition.places():
        if field.name == up_to and page.key == page_key:
            break
        if group.repeat is None:
            found.append((field.name, field.label))
    return found


def _place(told: str) -> tuple[int, int, int]:
    """Chỗ "0.2.1": page, group, field; what is missing is 0."""
    parts = [int(part) for part in told.split(".") if part.isdecimal() and len(part) < 5]
    return tuple((*parts, 0, 0, 0)[:3])  # type: ignore[return-value]


def _new_group(definition: Definition, page: int) -> Group:
    held = editing.part_at(definition.pages, page)
    return Group(key=editing.key_of("nhom", {group.key for group in held.groups}, "nhom"))


def _shifted(definition: Definition, act: str, place: tuple[int, int, int]) -> Definition:
    """Chuyển hoặc bỏ: "page-up", "group-down", "field-remove"."""
    what, _, how = act.partition("-")
    match what, how:
        case "page", "remove":
            return editing.remove_page(definition, place[0])
        case "page", "up" | "down":
            return editing.move_page(definition, place[0], MOVES[how])
        case "group", "remove":
            return editing.remove_group(definition, place[0], place[1])
        case "group", "up" | "down":
            return editing.move_group(definition, place[0], place[1], MOVES[how])
        case "field", "remove":
            return editing.remove_field(definition, place)
        case "field", "up" | "down":
            return editing.move_field(definition, place, MOVES[how])
        case _:
            raise Stale("Trang gửi một việc không có. Hãy tải lại trang.")
