"""Nhiều hồ sơ một lúc, trên trang: begin it, show how far it is, and what came of each dossier."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse

from motcua.core.events import jsonable
from motcua.core.ids import new_id
from motcua.service.dossiers.models import BulkAct, BulkItem, Dossier
from motcua.service.dossiers.operations import together
from motcua.service.dossiers.operations.together import Chosen
from motcua.web.ui.pages import Page

AT_ONCE = 1.0  # seconds that a page works itself, before the worker does the rest
QUIET = 20  # seconds without an answer after which a page offers to go on by itself
LOOKS = {
    BulkItem.State.REFUSED: ("late", "x-circle-fill"),
    BulkItem.State.ALREADY: ("plain", "check-circle"),
    BulkItem.State.DONE: ("ok", "check-circle-fill"),
    BulkItem.State.PENDING: ("waiting", "hourglass-split"),
}
ORDER = list(LOOKS)


@dataclass(frozen=True, slots=True)
class Row:
    """Kết quả của một hồ sơ."""

    dossier: Dossier | None
    label: str
    tone: str
    icon: str
    sentence: str


def begun(page: Page, kind: str, chosen: Sequence[Chosen], values: Mapping[str, Any]) -> BulkAct:
    """Begin the act of a form and work on it for a moment. The same form with the same choice is the same act.

    Raises NotChosen.
    """
    act = together.begin(
        bulk_id=key_of(page.request.POST.get("key", ""), kind, chosen, values),
        kind=kind,
        chosen=chosen,
        values=values,
        by=page.user,
        at=page.at,
    )
    set_to_work(act, page)
    return act


def set_to_work(act: BulkAct, page: Page) -> None:
    """Work on the act for a moment; the worker does what is left then."""
    until = time.monotonic() + AT_ONCE
    together.work(act.pk, clock=lambda: page.at, should_stop=lambda: time.monotonic() > until)


def key_of(page_key: str, kind: str, chosen: Sequence[Chosen], values: Mapping[Any, Any]) -> UUID:
    """The key of the act: made of the page's own key and of all that was chosen there."""
    try:
        page_id = UUID(page_key)
    except ValueError:
        return new_id()
    asked = [
        kind,
        [[str(one.dossier_id), one.step, jsonable(one.values)] for one in chosen],
        jsonable(values),
    ]
    return uuid5(page_id, json.dumps(asked, sort_keys=True))


class TogetherPage(Page):
    """Tiến độ và kết quả của một việc với nhiều hồ sơ; only for who asked for it."""

    abstract = True
    template: ClassVar[str]

    def get(self, request: HttpRequest, bulk_id: UUID) -> HttpResponse:
        told = self.told(self.act(bulk_id))
        return self.render("ui/_together.html" if self.is_fragment else self.template, **told)

    def post(self, request: HttpRequest, bulk_id: UUID) -> HttpResponse:
        """Go on: with what waits, and once more with what was refused."""
        act = self.act(bulk_id)
        if together.resume(bulk_id=act.pk, by=self.user, at=self.at):
            set_to_work(act, self)
        return self.go(request.get_full_path())

    def act(self, bulk_id: UUID) -> BulkAct:
        found = BulkAct.objects.filter(pk=bulk_id, asked_by=self.user).first()
        if found is None:
            raise self.missing("Không có việc này trong những việc bạn đã làm.")
        return found

    def told(self, act: BulkAct) -> dict[str, Any]:
        items = sorted(
            act.items.all(), key=lambda item: (ORDER.index(BulkItem.State(item.state)), item.position)
        )
        seen = (
            Dossier.objects.visible_to(self.user, self.at)
            .only("code", "applicant_name")
            .in_bulk([item.dossier_id for item in items])
        )
        progress = together.progress_of(act)
        last = max((item.at for item in items if item.at), default=act.asked_at)
        return {
            "bulk": act,
            "progress": progress,
            "is_quiet": progress.left and (self.at - last).total_seconds() > QUIET,
            "rows": [
                Row(
                    seen.get(item.dossier_id),
                    item.get_state_display(),
                    *LOOKS[BulkItem.State(item.state)],
                    item.sentence,
                )
                for item in items
                if item.state != BulkItem.State.PENDING
            ],
            "dossier_route": self.dossier_route(act),
            "back": self.next_address(self.list_address(act)),
        }

    def dossier_route(self, act: BulkAct) -> str:
        """Where a dossier of the act is opened."""
        raise NotImplementedError

    def list_address(self, act: BulkAct) -> str:
        """The list that one came from."""
        raise NotImplementedError
