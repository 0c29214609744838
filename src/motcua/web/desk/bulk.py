"""Nhiều hồ sơ một lúc: each by the same rule as alone, each with its own answer; doing it again does nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.assigning import assign_work, claim
from motcua.service.dossiers.operations.deciding import review, sign
from motcua.service.dossiers.operations.returning import issue
from motcua.service.workflows.blueprint import StepKind
from motcua.web.desk.acts import ACTS, bulk_acts
from motcua.web.desk.base import DeskPage
from motcua.web.desk.inbox import TABS
from motcua.web.desk.paging import MOST
from motcua.web.desk.people import as_options, next_people
from motcua.web.desk.working import person_of, uuid_of
from motcua.web.ui.forms import Reader

ASKING = frozenset({"assignment", "issue"})  # acts that ask for something before they are done


@dataclass(frozen=True, slots=True)
class Done:
    """Kết quả của một hồ sơ."""

    dossier: Dossier | None
    is_done: bool
    sentence: str


class Bulk(DeskPage):
    """Làm một việc với các hồ sơ đã chọn: at most 500; asks first where the act needs more than a press."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go("desk:index")

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        allowed = {act.key for act in bulk_acts(self.access)}
        key = reader.choice("act", allowed, required="Hãy chọn việc cần làm với các hồ sơ.")
        chosen = chosen_of(reader)
        if not chosen:
            reader.refuse("id", "Hãy chọn ít nhất một hồ sơ trong danh sách.")
        if len(chosen) > MOST:
            reader.refuse("id", f"Mỗi lần làm tối đa {MOST} hồ sơ; bạn đã chọn {len(chosen)}.")
        reader.check()
        dossiers = self.dossiers(chosen)
        if key in ASKING and "ready" not in request.POST:
            return self.asking(key, chosen, dossiers)
        try:
            do = self.doing(key, reader)
        except DomainError as refusal:
            return self.asking(key, chosen, dossiers, refusal)
        done = [self.one(dossiers.get(pk), step, do) for pk, step in chosen.items()]
        return self.render(
            "desk/bulk/show.html",
            act=ACTS[key],
            done=done,
            count=sum(one.is_done for one in done),
            tab=self.tab,
        )

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list again, with the sentences as a message."""
        if self.form.errors:
            messages.error(self.request, refusal.message)
        return self.go(f"{reverse('desk:index')}?muc={self.tab or 'cua-toi'}")

    @property
    def tab(self) -> str:
        asked = self.request.POST.get("tu", "")
        return asked if asked in TABS else ""

    def dossiers(self, chosen: dict[UUID, str]) -> dict[UUID, Dossier]:
        return Dossier.objects.visible_to(self.user, self.at).with_names().in_bulk(list(chosen))

    def asking(
        self,
        key: str,
        chosen: dict[UUID, str],
        dossiers: dict[UUID, Dossier],
        refusal: DomainError | None = None,
    ) -> HttpResponse:
        """What the act needs, once for all."""
        listed = [dossiers[pk] for pk in chosen if pk in dossiers]
        first = next((one for one in listed if one.step_kind == StepKind.ASSIGN), None)
        people = as_options(next_people(first, self.at), self.at) if key == "assignment" and first else []
        if refusal:
            self.status = 422
            self.form.errors.update(getattr(refusal, "errors", {refusal.field: refusal.message}))
        return self.render(
            "desk/bulk/edit.html",
            act=ACTS[key],
            dossiers=listed,
            chosen={str(pk): step for pk, step in chosen.items()},
            people=people,
            tab=self.tab,
        )

    def doing(self, key: str, reader: Reader) -> Callable[[Dossier, str], str]:
        """The operation for one dossier, with what was asked for all. Raises InvalidInput."""
        by, at = self.user, self.at
        if key == "assignment":
            holder: User = person_of(reader)

            def assigned(one: Dossier, step: str) -> str:
                assign_work(dossier_id=one.pk, holder=holder, by=by, at=at, step=step)
                return f"Đã phân công {holder.full_name}."

            return assigned
        if key == "issue":
            issued_on = reader.day("issued_on", required="Hãy nhập ngày ban hành.")
            reader.check()
            assert issued_on  # noqa: S101  checked
            day = issued_on

            def issued(one: Dossier, step: str) -> str:
                number = reader.text(f"number-{one.pk}", longest=80)
                issue(dossier_id=one.pk, number=number, issued_on=day, by=by, at=at, step=step)
                return f"Đã phát hành số {number}."

            return issued
        if key == "claim":

            def claimed(one: Dossier, step: str) -> str:
                claim(dossier_id=one.pk, by=by, at=at)
                return "Đã nhận."

            return claimed
        act, said = (review, "Đã trình ký.") if key == "review" else (sign, "Đã ký.")

        def moved(one: Dossier, step: str) -> str:
            act(dossier_id=one.pk, by=by, at=at, step=step)
            return said

        return moved

    def one(self, dossier: Dossier | None, step: str, do: Callable[[Dossier, str], str]) -> Done:
        if dossier is None:
            return Done(None, False, "Không tìm thấy hồ sơ, hoặc hồ sơ không thuộc phạm vi bạn được xem.")
        try:
            return Done(dossier, True, do(dossier, step))
        except DomainError as refusal:
            return Done(dossier, False, refusal.message)


def chosen_of(reader: Reader) -> dict[UUID, str]:
    """What was ticked: the dossier and the step that the page showed, as “id~step”."""
    chosen: dict[UUID, str] = {}
    for value in reader.several("id"):
        key, _, step = value.partition("~")
        if (pk := uuid_of(key)) is not None:
            chosen[pk] = step
    return chosen
