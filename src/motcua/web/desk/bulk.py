"""Nhiều hồ sơ một lúc: what the act needs is asked once, then each dossier has its own answer on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.errors import DomainError
from motcua.core.ids import as_key, new_id
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import BulkAct, Dossier
from motcua.service.dossiers.operations.together import MOST, Chosen
from motcua.service.workflows.blueprint import StepKind
from motcua.web.desk.acts import ACTS, bulk_acts
from motcua.web.desk.base import READERS, DeskPage
from motcua.web.desk.choices import people_in
from motcua.web.desk.people import next_people
from motcua.web.desk.wanted import TABS
from motcua.web.desk.working import person_of
from motcua.web.ui.forms import Reader
from motcua.web.ui.together import TogetherPage, begun

KINDS = {
    "claim": BulkAct.Kind.CLAIM,
    "assignment": BulkAct.Kind.ASSIGN,
    "review": BulkAct.Kind.REVIEW,
    "signature": BulkAct.Kind.SIGN,
    "return-to-work": BulkAct.Kind.SEND_BACK,
    "issue": BulkAct.Kind.ISSUE,
    "reminder": BulkAct.Kind.REMIND,
}
ASKING = frozenset(
    {"assignment", "issue", "return-to-work", "reminder"}
)  # ask for something before they are done


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
        if key in ASKING and "ready" not in request.POST:
            return self.asking(key, chosen)
        try:
            values = asked_for_all(key, reader)
        except DomainError as refusal:
            return self.asking(key, chosen, refusal)
        items = [Chosen(pk, step, asked_for_one(key, pk, reader)) for pk, step in chosen.items()]
        act = begun(self, KINDS[key], items, values)
        return self.go(f"{reverse('desk:bulk-act', args=[act.pk])}?tu={self.tab}")

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list again, with the sentences as a message."""
        if self.form.errors:
            messages.error(self.request, refusal.message)
        return self.go(f"{reverse('desk:index')}?muc={self.tab or 'cua-toi'}")

    @property
    def tab(self) -> str:
        return tab_of(self.request.POST.get("tu", ""))

    def asking(self, key: str, chosen: dict[UUID, str], refusal: DomainError | None = None) -> HttpResponse:
        """What the act needs, once for all."""
        dossiers = Dossier.objects.visible_to(self.user, self.at).with_names().in_bulk(list(chosen))
        listed = [dossiers[pk] for pk in chosen if pk in dossiers]
        first = next((one for one in listed if one.step_kind == StepKind.ASSIGN), None)
        people = people_in(next_people(first, self.at)) if key == "assignment" and first else {"people": []}
        if refusal:
            self.status = 422
            self.form.errors.update(getattr(refusal, "errors", {refusal.field: refusal.message}))
        return self.render(
            "desk/bulk/edit.html",
            act=ACTS[key],
            dossiers=listed,
            chosen={str(pk): step for pk, step in chosen.items()},
            **people,
            tab=self.tab,
            key=self.request.POST.get("key") or str(new_id()),
        )


class BulkShow(TogetherPage, DeskPage):
    """Tiến độ và kết quả."""

    any_of = (*READERS, Permission.MANAGE_STAFF)
    template = "desk/bulk/show.html"

    def dossier_route(self, act: BulkAct) -> str:
        return "desk:dossier"

    def list_address(self, act: BulkAct) -> str:
        tab = tab_of(self.request.GET.get("tu", ""))
        return reverse("desk:index") + (f"?muc={tab}" if tab else "")


def tab_of(asked: str) -> str:
    return asked if asked in TABS else ""


def asked_for_all(key: str, reader: Reader) -> dict[str, Any]:
    """What was asked once for all dossiers. Raises InvalidInput."""
    values: dict[str, Any] = {}
    if key == "assignment":
        values["holder"] = person_of(reader).pk
    elif key == "issue":
        values["issued_on"] = reader.day("issued_on", required="Hãy nhập ngày ban hành.")
    elif key == "return-to-work":
        needed = "Hãy ghi lý do trả lại, để người thụ lý biết phải làm thêm gì."
        values["reason"] = reader.paragraph("reason", required=needed, longest=500)
    elif key == "reminder":
        values["text"] = reader.text("text", longest=300)
    reader.check()
    return values


def asked_for_one(key: str, dossier_id: UUID, reader: Reader) -> Mapping[str, Any]:
    return {"number": str(reader.typed.get(f"number-{dossier_id}") or "")[:200]} if key == "issue" else {}


def chosen_of(reader: Reader) -> dict[UUID, str]:
    """What was ticked: the dossier and the step that the page showed, as “id~step”."""
    chosen: dict[UUID, str] = {}
    for value in reader.several("id"):
        key, _, step = value.partition("~")
        if (pk := as_key(key)) is not None:
            chosen[pk] = step[:60]
    return chosen
