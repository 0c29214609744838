"""Trang biểu mẫu điện tử: what every audience needs to show a page of a form, save it and go on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers

from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.foundation.org.former import former_districts
from motcua.service.forms import places
from motcua.service.forms.asking import in_order, newer_version, what_changed
from motcua.service.forms.comparing import carry
from motcua.service.forms.definition import Definition, Field, Group, Widget
from motcua.service.forms.definition import Page as FormPage
from motcua.service.forms.judging import judge, value_at
from motcua.service.forms.models import Answers, FormVersion
from motcua.service.forms.operations.answering import AnsweredElsewhere, move_on, save_page
from motcua.service.forms.operations.correcting import report_wrong
from motcua.service.forms.reading import in_words, read_page, typed_again
from motcua.service.forms.rules import variables
from motcua.service.forms.settling import Settled, settle
from motcua.service.forms.sources import said
from motcua.web.ui.forms import Form
from motcua.web.ui.pages import Page


@dataclass(frozen=True)
class Item:
    """Một câu trên trang: the field, its key, where its answer came from, and whether it is asked now."""

    key: str
    field: Field
    is_shown: bool
    is_optional: bool
    source: str = ""
    elsewhere: str | None = None
    computed: str = ""

    @property
    def rules(self) -> dict[str, str]:
        """The rules that the browser follows as well."""
        asked = {
            "show-if": self.field.show_if,
            "required-if": self.field.required_if,
            "computed": self.field.computed,
        }
        return {
            name: json.dumps(rule, ensure_ascii=False) for name, rule in asked.items() if rule is not None
        }

    @property
    def hint(self) -> str:
        """Lời hướng dẫn, with the law's word once beside it."""
        law = f"Trên tờ khai ghi: “{self.field.law}”." if self.field.law else ""
        return " ".join(part for part in (self.field.help, law) if part)


@dataclass(frozen=True)
class Row:
    number: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Shown:
    """Một nhóm câu trên trang."""

    group: Group
    is_shown: bool
    rows: tuple[Row, ...]
    rule: str = ""

    @property
    def may_add(self) -> bool:
        return self.group.repeat is not None and len(self.rows) < self.group.repeat.most


@dataclass(frozen=True)
class View:
    """Một trang biểu mẫu, ready for the macro `eform.page`."""

    page: FormPage
    groups: tuple[Shown, ...]
    form: Form
    today: date
    answers: str
    steps: Sequence[str] = ()
    step: int = 1
    count: int = 0
    provinces: Sequence[tuple[str, str]] = field(default_factory=places.provinces)

    @cached_property
    def districts(self) -> list[str]:
        """Huyện cũ to choose from, asked for once on a page with an address that may be an old one."""
        return former_districts()


def view_of(
    definition: Definition,
    page_key: str,
    data: Mapping[str, Any],
    *,
    on: date,
    errors: Mapping[str, str] | None = None,
    provenance: Mapping[str, str] | None = None,
    count: int = 0,
    elsewhere: Mapping[str, Any] | None = None,
) -> View | None:
    """One page as it is shown with these answers; None: it is not asked."""
    settled = settle(definition, data, on=on)
    page = next((one for one in settled.pages if one.key == page_key), None)
    if page is None:
        return None
    making = _Making(page, data, settled, provenance or {}, elsewhere or {})
    groups = tuple(making.group(group) for group in page.groups)
    return View(
        page=page, groups=groups, form=Form(making.shown, errors), today=on, answers=_needed(page, settled),
        steps=[one.title for one in settled.pages], step=settled.pages.index(page) + 1, count=count,
    )  # fmt: skip


@dataclass
class _Making:
    """What the items of one page are made from; `shown` fills with the values of its controls."""

    page: FormPage
    data: Mapping[str, Any]
    settled: Settled
    provenance: Mapping[str, str]
    elsewhere: Mapping[str, Any]
    shown: dict[str, Any] = field(default_factory=dict)

    def group(self, group: Group) -> Shown:
        heads = [""]
        if group.repeat:
            held = self.data.get(group.repeat.name)
            count = max(len(held) if isinstance(held, list) else 0, group.repeat.least)
            heads = [f"{group.repeat.name}.{place}." for place in range(min(count, group.repeat.most))]
        is_shown = f"{self.page.key}.{group.key}" in self.settled.groups
        rows = tuple(
            Row(number, tuple(self.item(one, head, is_in_sight=is_shown) for one in group.fields))
            for number, head in enumerate(heads)
        )
        rule = json.dumps(group.show_if, ensure_ascii=False) if group.show_if is not None else ""
        return Shown(group, is_shown, rows, rule)

    def item(self, one: Field, head: str, *, is_in_sight: bool) -> Item:
        key = head + one.name
        value = value_at(self.settled.values if one.computed is not None else self.data, key)
        _show(one, key, value, self.shown)
        is_fresh = bool(head) and is_in_sight and one.show_if is None  # a row that nobody has saved yet
        return Item(
            key=key,
            field=one,
            is_shown=key in self.settled.shown or is_fresh,
            is_optional=not one.is_required
            and key not in self.settled.required
            and one.widget != Widget.COMPUTED,
            source=said(self.provenance.get(key, "")),
            elsewhere=self.elsewhere_said(one, key),
            computed=in_words(one, value) if one.widget == Widget.COMPUTED else "",
        )

    def elsewhere_said(self, one: Field, key: str) -> str | None:
        """What another window has saved to this field; None: the same."""
        if key.count(".") == 2:
            rows = self.elsewhere.get(key.split(".", maxsplit=1)[0])
            if rows is None:
                return None
            stored, here = value_at(self.elsewhere, key), value_at(self.data, key)
            return (in_words(one, stored) or "(để trống)") if stored != here else None
        return (in_words(one, self.elsewhere[key]) or "(để trống)") if key in self.elsewhere else None


def _show(one: Field, key: str, value: Any, shown: dict[str, Any]) -> None:
    if one.widget != Widget.ADDRESS:
        again = typed_again(one, value)
        if again != "" or one.widget != Widget.STATEMENT:
            shown[key] = again
        return
    held = value if isinstance(value, Mapping) else {}
    is_old = held.get("form") == places.OLD
    shown[f"{key}.form"] = places.OLD if is_old else places.NEW
    shown[f"{key}.detail"] = held.get("detail", "")
    for part in ("province", "ward", "district"):
        given = str(held.get(part, ""))
        shown[f"{key}.old_{part}"] = given if is_old else ""
        shown[f"{key}.{part}"] = "" if is_old else places.ward_name(given) if part == "ward" else given


def _needed(page: FormPage, settled: Settled) -> str:
    """The answers of other pages that the rules of this one ask for, for the browser; nothing else leaves the server."""
    rules = [group.show_if for group in page.groups]
    rules += [rule for one in page.fields for rule in (one.show_if, one.required_if, one.computed)]
    asked = {name for rule in rules for name in variables(rule)}
    own = {group.repeat.name if group.repeat else one.name for group in page.groups for one in group.fields}
    needed = {name: settled.values[name] for name in sorted(asked - own) if name in settled.values}
    return json.dumps(needed, ensure_ascii=False)


class FormPages(Page):
    """Khai biểu mẫu từng trang: GET shows a page of somebody's answers, POST saves it and goes on.

    An audience says whose answers (`answers_here`, which may refuse), who acts (`actor_id`), and the addresses:
    `page_address(key)`, `confirm_address()`. `eform_template` frames the macro `ui/eform.html`.
    """

    abstract = True
    eform_template: ClassVar[str] = "ui/eform/page.html"
    changed_template: ClassVar[str] = "ui/eform/changed.html"
    report_template: ClassVar[str] = "ui/eform/report.html"

    def answers_here(self) -> Answers:
        raise NotImplementedError

    @property
    def actor_id(self) -> UUID | None:
        raise NotImplementedError

    @property
    def handed_in_at(self) -> int | None:
        """Where the form is handed in: who sees to what is said to be wrong in it."""
        return None

    def page_address(self, key: str) -> str:
        raise NotImplementedError

    def confirm_address(self) -> str:
        raise NotImplementedError

    @cached_property
    def on(self) -> date:
        """The day for which the form is asked."""
        return local_date(self.at)

    @cached_property
    def answers(self) -> Answers:
        return self.answers_here()

    @property
    def definition(self) -> Definition:
        return self.answers.version.definition

    def get(self, request: HttpRequest, *args: Any, key: str = "", **kwargs: Any) -> HttpResponse:
        if newer := newer_version(self.answers, self.on):
            return self._changed(newer)
        if wrong := request.GET.get("sai", "") or request.POST.get("_wrong", ""):
            return self._report(wrong)
        return self.show(key or self.first_page(), self.answers.data)

    def first_page(self) -> str:
        """Where one goes on: the page that was being done, else the first."""
        pages = [page.key for page in settle(self.definition, self.answers.data, on=self.on).pages]
        if not pages:
            raise self.absent()
        return self.answers.page if self.answers.page in pages else pages[0]

    def absent(self) -> Exception:
        return Http404("Biểu mẫu không có trang này.")

    def show(self, key: str, data: Mapping[str, Any], **more: Any) -> HttpResponse:
        status = more.pop("status", self.status)
        view = view_of(
            self.definition, key, data, on=self.on, provenance=self.answers.provenance,
            **{"count": int(self.answers.pages.get(key, 0)), **more},
        )  # fmt: skip
        if view is None:
            raise self.absent()
        before = view.step - 2
        keys = [page.key for page in settle(self.definition, data, on=self.on).pages]
        answer = self.render(
            self.eform_template, status=status, view=view, form=view.form, version=self.answers.version,
            back=self.page_address(keys[before]) if before >= 0 else "", again=self.answers.again,
            report=lambda item: f"?sai={item.key}",
        )  # fmt: skip
        add_never_cache_headers(answer)  # and so the back button asks for what is saved
        return answer

    def post(self, request: HttpRequest, *args: Any, key: str = "", **kwargs: Any) -> HttpResponse:
        if newer := newer_version(self.answers, self.on):
            if "_move" not in request.POST:
                return self._changed(newer)
            move_on(subject_id=self.answers.subject_id, version=newer, by=self.actor_id, at=self.at)
            return self.done(
                "Đã chuyển sang biểu mẫu mới. Những gì bạn đã ghi vẫn còn.", self.page_address("")
            )
        if wrong := request.POST.get("_wrong", ""):
            return self._reported(wrong)
        return self._saved(key or self.first_page())

    def _saved(self, key: str) -> HttpResponse:
        page = self.definition.on(self.on).page(key)
        if page is None:
            raise self.absent()
        given = read_page(page, self.request.POST, on=self.on)
        stays = self._rows_changed(page, given)
        try:
            self.answers = save_page(
                subject_id=self.answers.subject_id, page=key, given=given, count=self._count(),
                by=self.actor_id, at=self.at,
            )  # fmt: skip
        except AnsweredElsewhere as told:
            messages.warning(self.request, told.message)
            return self.show(
                key, {**self.answers.data, **given}, status=409, elsewhere=told.stored, count=told.count
            )
        if stays:
            return self.go(f"{self.page_address(key)}#{stays}")
        if found := judge(self.definition, self.answers.data, on=self.on, page=page):
            return self.show(key, self.answers.data, errors=found, status=422)
        return self.go(self._next(key))

    def _count(self) -> int:
        given = self.request.POST.get("_count", "0")
        return int(given) if given.isdecimal() and len(given) < 9 else 0

    def _rows_changed(self, page: FormPage, given: dict[str, Any]) -> str:
        """Thêm hoặc bỏ một dòng, without a script: the anchor to come back to; "" when the person goes on."""
        added, dropped = self.request.POST.get("_add", ""), self.request.POST.get("_drop", "")
        for group in page.groups:
            if group.repeat is None:
                continue
            rows = given[group.repeat.name]
            name, _, place = dropped.partition(".")
            if added == group.repeat.name and len(rows) < group.repeat.most:
                rows.append({})
            elif name == group.repeat.name and place.isdecimal() and int(place) < len(rows):
                rows.pop(int(place))
            elif not added and not dropped:
                given[group.repeat.name] = [row for row in rows if row]
                continue
            return f"g-{group.key}"
        return ""

    def _next(self, key: str) -> str:
        keys = [page.key for page in settle(self.definition, self.answers.data, on=self.on).pages]
        after = keys[keys.index(key) + 1 :] if key in keys else []
        if self.request.GET.get("sau") == "kiem-tra" or not after:
            return self.confirm_address()
        return self.page_address(after[0])

    def _changed(self, newer: FormVersion) -> HttpResponse:
        """Trang nói điều gì đã thay đổi."""
        old = self.definition
        carried = carry(old, newer.definition, self.answers.data, on=self.on)
        labels = {one.name: one.label for _, _, one in newer.definition.places()}
        return self.render(
            self.changed_template, newer=newer, changes=what_changed(self.answers, newer),
            again=[(labels.get(key.split(".")[-1], key), why) for key, why in carried.again.items()],
            left_out=carried.left_out,
        )  # fmt: skip

    def _report(self, key: str) -> HttpResponse:
        known = {one.name: one for _, group, one in self.definition.places() if group.repeat is None}
        source = said(self.answers.provenance.get(key, ""))
        if key not in known or not source:
            raise self.absent()
        answer = in_words(known[key], self.answers.data.get(key))
        wish = self.answers.correction_wishes.filter(field=key).select_related("agency").first()
        return self.render(self.report_template, field=known[key], source=source, answer=answer, wish=wish)

    def _reported(self, key: str) -> HttpResponse:
        wish = self.read().paragraph("wish", longest=1000, required="Hãy ghi điều sai và thông tin đúng.")
        told = report_wrong(
            subject_id=self.answers.subject_id, field=key, wish=wish, by=self.actor_id, at=self.at,
            agency_id=self.handed_in_at,
        )  # fmt: skip
        return self.done(
            f"Đã ghi nhận, mã {told.code}. Bạn vẫn có thể sửa câu trả lời trên trang này.", self.request.path
        )


def confirm_pages(answers: Answers, on: date) -> Iterable[Any]:
    """Mọi câu trả lời for the confirm page (macro `eform.confirm`)."""
    return in_order(answers.version, answers.data, on, answers.provenance)


class Places(Page):
    """Gợi ý xã, phường: names for the list under an address, while one types; `cu`: of before July 2025."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        text, province = request.GET.get("q", "")[:60], request.GET.get("tinh", "")[:2]
        names: list[str] = []
        if len(fold(text)) > 1 and "cu" in request.GET:
            names = places.suggested_old(text, district=request.GET.get("huyen", "")[:60])
        elif len(fold(text)) > 1:
            names = places.suggested(text, province=province)
        answer = JsonResponse({"names": names})
        answer["Cache-Control"] = "public, max-age=86400"
        return answer
