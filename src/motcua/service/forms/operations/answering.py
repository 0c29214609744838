"""Khai biểu mẫu: begun with what is known, saved page by page, taken over by a newer version, reported when it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.time import local_date
from motcua.service.forms import places
from motcua.service.forms.comparing import Carried, carry
from motcua.service.forms.definition import Definition, Page, Widget
from motcua.service.forms.events import AnswersBegun, AnswersMovedOn, AnswersSaved
from motcua.service.forms.models import Answers, FormVersion
from motcua.service.forms.settling import is_empty
from motcua.service.forms.sources import SOURCES, TYPED


class AnsweredElsewhere(DomainError):
    """Trang này vừa được lưu ở cửa sổ khác. `stored` is what that window has saved, `count` the page's present count:
    nothing was written, and what was typed here is still with whoever asked.
    """

    def __init__(self, stored: dict[str, Any], count: int) -> None:
        super().__init__(
            "Sau khi bạn mở trang này, trang đã được lưu một lần khác (ở cửa sổ hoặc thiết bị khác). Những câu khác "
            "nhau được nêu bên dưới; bấm Tiếp tục để lưu theo những gì bạn đang ghi ở đây."
        )
        self.stored = stored
        self.count = count


@transaction.atomic
def begin(
    *,
    subject_id: UUID,
    version: FormVersion,
    by: UUID | None,
    at: datetime,
    known: Mapping[str, Any] | None = None,
) -> Answers:
    """Bắt đầu khai, or go on: the answers of a subject are made once. `known` maps sources (sources.SOURCES) to values,
    which stand in the fields that name them until something else is typed.
    """
    if found := Answers.objects.select_for_update(of=("self",)).filter(subject_id=subject_id).first():
        return found
    data, provenance = prefilled(version.definition, known or {})
    answers = Answers(
        subject_id=subject_id, version=version, provenance=provenance, begun_at=at, saved_at=at, saved_by=by
    )
    answers.data = data
    try:
        with transaction.atomic():
            answers.save(force_insert=True)
    except IntegrityError:  # begun in the same instant by another window
        return Answers.objects.select_related("version").get(subject_id=subject_id)
    events.record(
        AnswersBegun(subject_id=answers.pk, actor_id=by, at=at, about=subject_id, version=version.pk)
    )
    return answers


def prefilled(definition: Definition, known: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Điền sẵn: the values of fields whose source is known, and where each came from."""
    data: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    for _page, group, field in definition.places():
        if group.repeat is None and field.source in SOURCES and not is_empty(known.get(field.source)):
            value = known[field.source]
            is_words = isinstance(value, Mapping) and field.widget != Widget.ADDRESS
            data[field.name] = places.in_words(value) if is_words else value
            provenance[field.name] = field.source
    return data, provenance


@transaction.atomic
def save_page(
    *, subject_id: UUID, page: str, given: Mapping[str, Any], count: int, by: UUID | None, at: datetime
) -> Answers:
    """Lưu một trang: the answers of its fields as `reading.read_page` gives them. Right or wrong, nothing is lost.

    `count` is how often the page had been saved when it was shown; the same answers twice change nothing. Raises
    AnsweredElsewhere when another window has saved other answers to this page since, Stale when there is no such page.
    """
    answers = _locked(subject_id)
    asked = answers.version.definition.page(page)
    if asked is None:
        raise Stale("Biểu mẫu đã đổi và không còn trang này. Hãy mở lại từ đầu; những gì đã lưu vẫn còn.")
    data, present = answers.data, int(answers.pages.get(page, 0))
    own = _of_page(asked, given)
    changed = {name for name, value in own.items() if _differs(value, data.get(name))}
    if not changed and present:
        return answers
    if changed and present > count:
        raise AnsweredElsewhere({name: data.get(name) for name in sorted(changed)}, present)
    for name in changed:
        data[name] = own[name]
        answers.provenance[name] = TYPED
    answers.data = {name: value for name, value in data.items() if not is_empty(value)}
    answers.pages[page] = present + 1
    answers.page, answers.saved_at, answers.saved_by = page, at, by
    answers.again = {key: why for key, why in answers.again.items() if key.split(".")[0] not in own}
    answers.save(
        update_fields=["data_sealed", "provenance", "pages", "again", "page", "saved_at", "saved_by"]
    )
    events.record(
        AnswersSaved(
            subject_id=answers.pk, actor_id=by, at=at, about=subject_id, page=page, count=present + 1
        )
    )
    return answers


def _of_page(page: Page, given: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        group.repeat.name if group.repeat else field.name for group in page.groups for field in group.fields
    }
    return {name: value for name, value in given.items() if name in names}


def _differs(one: Any, other: Any) -> bool:
    return one != other and not (is_empty(one) and is_empty(other))


@transaction.atomic
def move_on(*, subject_id: UUID, version: FormVersion, by: UUID | None, at: datetime) -> Carried:
    """Chuyển sang phiên bản mới: answers carried over, and which are asked again. The same version: nothing happens."""
    answers = _locked(subject_id)
    carried = carry(answers.version.definition, version.definition, answers.data, on=local_date(at))
    if answers.version_id == version.pk:
        return carried
    former = answers.version_id
    answers.version, answers.data, answers.again = version, carried.data, carried.again
    answers.provenance = {name: said for name, said in answers.provenance.items() if name in carried.data}
    answers.pages = {
        page.key: answers.pages[page.key] for page in version.definition.pages if page.key in answers.pages
    }
    answers.saved_at, answers.saved_by = at, by
    answers.save()
    events.record(
        AnswersMovedOn(
            subject_id=answers.pk, actor_id=by, at=at, about=subject_id, from_version=former,
            version=version.pk, again=sorted(carried.again),
        )
    )  # fmt: skip
    return carried


def _locked(subject_id: UUID) -> Answers:
    found = (
        Answers.objects.select_for_update(of=("self",))
        .select_related("version")
        .filter(subject_id=subject_id)
        .first()
    )
    if found is None:
        raise Stale("Chưa có biểu mẫu nào đang khai ở đây. Hãy mở lại hồ sơ.")
    return found
