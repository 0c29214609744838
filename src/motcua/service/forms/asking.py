"""What other rooms ask of forms: which form a procedure has, what is wrong in the answers, what they say in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from motcua.core.asking import Asked
from motcua.core.text import fold
from motcua.service.forms.answered import AnsweredPage, Line, Part
from motcua.service.forms.comparing import differences
from motcua.service.forms.definition import Page
from motcua.service.forms.judging import judge, value_at
from motcua.service.forms.models import Answers, FormVersion
from motcua.service.forms.reading import in_words
from motcua.service.forms.settling import Settled, is_empty, settle
from motcua.service.forms.sources import said
from motcua.service.procedures.models import Case, Offering, Paper


def form_for(offering: Offering, on: date, *, case: Case | None = None) -> FormVersion | None:
    """Biểu mẫu áp dụng: of the chosen case when it has one of its own, else of the procedure; None: there is none."""
    names = {"", case.label, case.name} if case else {""}
    found = [
        row for row in APPLYING.all(procedure_id=offering.procedure_id, on=on) if row.form.case_name in names
    ]
    return max(found, key=lambda row: (row.form.case_name != "", row.number), default=None)


APPLYING = Asked(
    lambda procedure_id, on: (
        FormVersion.objects.in_force(on)
        .without_document()
        .filter(form__procedure=procedure_id)
        .select_related("form")
    )
)


def answers_of(subject_id: UUID, on: date | None = None) -> Answers | None:
    """Câu trả lời của một bản nháp hoặc hồ sơ; with `on` they know which version is in force on that day."""
    answers = ANSWERED.first(subject_id=subject_id, on=on)
    if answers is not None and on is not None:
        answers.__dict__["_newest"] = (on, getattr(answers, "newest_number", None))
    return answers


# Asked by every page of a draft. What the form asks is kept in the process, so its document is not read each time.
ANSWERED = Asked(
    lambda subject_id, on: (
        Answers.objects.with_newest_on(on)
        .select_related("version__form")
        .defer("version__document")
        .filter(subject_id=subject_id)
    )
)


def problems(version: FormVersion, data: Mapping[str, Any], on: date, *, page: str = "") -> dict[str, str]:
    """Điều còn phải sửa, by field; of one page or of all. The truth, whatever the browser has said."""
    asked = version.definition.on(on).page(page) if page else None
    return judge(version.definition, data, on=on, page=asked)


def newer_version(answers: Answers, on: date) -> FormVersion | None:
    """Phiên bản đã thay: the one in force when it is not the one that was answered."""
    known_on, number = answers.__dict__.get("_newest", (None, None))
    if known_on == on and (number is None or number <= answers.version.number):
        return None
    found = NEWEST.first(form_id=answers.version.form_id, on=on)
    return found if found is not None and found.number > answers.version.number else None


NEWEST = Asked(
    lambda form_id, on: (
        FormVersion.objects.in_force(on).without_document().filter(form=form_id).order_by("-number")[:1]
    )
)


def what_changed(answers: Answers, newer: FormVersion) -> list[str]:
    """Trang nói điều gì đã thay đổi."""
    return differences(answers.version.definition, newer.definition)


def in_order(
    version: FormVersion, data: Mapping[str, Any], on: date, provenance: Mapping[str, str] | None = None
) -> tuple[AnsweredPage, ...]:
    """Mọi câu trả lời being asked, page by page, in words."""
    settled = settle(version.definition, data, on=on)
    return tuple(
        AnsweredPage(page.key, page.title, tuple(_parts(page, settled, provenance or {})))
        for page in settled.pages
    )


def _parts(page: Page, settled: Settled, provenance: Mapping[str, str]) -> list[Part]:
    parts = []
    for group in page.groups:
        if f"{page.key}.{group.key}" not in settled.groups:
            continue
        heads = [("", group.title)]
        if group.repeat:
            rows = len(settled.values.get(group.repeat.name, []))
            name, row = group.repeat.name, group.repeat.row or group.title
            heads = [(f"{name}.{place}.", f"{row} {place + 1}") for place in range(rows)]
        for head, title in heads:
            lines = [
                Line(
                    key=head + field.name, label=field.label, law=field.law,
                    answer=in_words(field, value_at(settled.values, head + field.name)),
                    source=said(provenance.get(field.name, "")) if not head else "",
                )
                for field in group.fields
                if head + field.name in settled.shown
            ]  # fmt: skip
            if lines:
                parts.append(Part(title, tuple(lines)))
    return parts


def is_begun(data: Mapping[str, Any], page: Page) -> bool:
    """Có câu nào của trang đã được trả lời."""
    names = {
        group.repeat.name if group.repeat else field.name for group in page.groups for field in group.fields
    }
    return any(not is_empty(data.get(name)) for name in names)


def declares(version: FormVersion, paper: Paper) -> bool:
    """Giấy tờ này chính là tờ khai của biểu mẫu, by its official code or by its name."""
    official = fold(version.form.official)
    by_code = bool(paper.template_code) and fold(paper.template_code) in official
    return by_code or fold(paper.name).startswith("to khai")
