"""Chạy thử: a version replayed on what really happened; sentences first, then tables, then the dossiers behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.rehearsing import (
    MOST,
    Rehearsal,
    last_quarter,
    received_between,
    rehearse,
    with_result,
)
from motcua.service.workflows.blueprint import duration
from motcua.service.workflows.dry_run import NothingToReplay, Outlook, Queue, Replayed, Spread
from motcua.web.admin.base import chosen_day, slice_of
from motcua.web.admin.workflows import WorkflowPages, role_names

LATE_AT_ONCE = 50
PILES = 8  # roles shown, the highest pile first
WEEKS = 14  # of a pile shown by the week
LONGEST_DAYS = 400


@dataclass(frozen=True)
class Late:
    """Một hồ sơ sẽ trễ; `dossier` None: it is not the reader's to see."""

    dossier: Dossier | None
    due_at: datetime
    really: datetime
    proposed: datetime
    is_new: bool


class DryRun(WorkflowPages):
    def get(self, request: HttpRequest, workflow_id: int) -> HttpResponse:
        workflow = self.workflow(workflow_id)
        first, last = self._period(request)
        received = received_between(workflow, first, last)
        context: dict[str, Any] = {
            "workflow": workflow,
            "first": first,
            "last": last,
            "received": received.count(),
            "finished": with_result(received).count(),
            "most": MOST,
            "refusal": "",
            "outlook": None,
        }
        if "first" in request.GET:
            try:
                made = rehearse(workflow, first=first, last=last, at=self.at)
                context |= self._told(made)
            except NothingToReplay as nothing:
                context["refusal"] = nothing.message
        part = self.is_fragment and "first" in request.GET
        return self.render(
            "admin/workflows/_outlook.html" if part else "admin/workflows/rehearse.html", **context
        )

    def _period(self, request: HttpRequest) -> tuple[date, date]:
        first, last = last_quarter(self.today)
        first = chosen_day(request.GET.get("first", ""), first)
        last = chosen_day(request.GET.get("last", ""), last)
        if first > last or (last - first).days > LONGEST_DAYS:
            raise DomainError(
                f"Khoảng thời gian phải từ 1 đến {LONGEST_DAYS} ngày, ngày đầu trước ngày cuối. Hãy chọn lại."
            )
        return first, last

    def _told(self, made: Rehearsal) -> dict[str, Any]:
        outlook, names = made.outlook, role_names()
        page = slice_of(self.request, outlook.late, size=LATE_AT_ONCE)
        places = dict(
            Agency.objects.filter(pk__in={queue.pool[0] for queue in outlook.queues[:PILES]}).values_list(
                "pk", "name"
            )
        )
        return {
            "outlook": outlook,
            "made": made,
            "sentences": sentences(outlook),
            "totals": [
                ("Một nửa số hồ sơ xong trong", *both(outlook, "median")),
                ("Chín phần mười xong trong", *both(outlook, "ninety")),
            ],
            "steps": [
                {
                    "name": line.step.name,
                    "role": names.get(line.step.role, line.step.role),
                    "planned": duration(line.step.minutes) if line.step.minutes else "–",
                    "median": duration(line.took.median),
                    "ninety": duration(line.took.ninety),
                    "over": line.over,
                    "times": line.times,
                    "measured": line.measured,
                }
                for line in outlook.steps
            ],
            "piles": [
                pile(queue, names.get(queue.pool[1], queue.pool[1]), places.get(queue.pool[0], ""))
                for queue in outlook.queues[:PILES]
            ],
            "more_piles": max(0, len(outlook.queues) - PILES),
            "page": page,
            "late": self._late(page.rows),
        }

    def _late(self, rows: Iterable[Replayed]) -> list[Late]:
        keys = [one.past.key for one in rows if isinstance(one.past.key, UUID)]
        visible = Dossier.objects.visible_to(self.user, self.at).filter(pk__in=keys).with_names()
        known: dict[UUID, Dossier] = {dossier.pk: dossier for dossier in visible}
        return [
            Late(
                known.get(one.past.key),  # type: ignore[call-overload]  # a key of ours is a UUID
                one.past.due_at,
                one.past.finished_at,
                one.finished_at,
                one.is_newly_late,
            )
            for one in rows
            if one.past.due_at
        ]


def sentences(outlook: Outlook) -> list[str]:
    """What a leader reads first."""
    count, late = len(outlook.replayed), len(outlook.late)
    told = [
        f"Trong {count} hồ sơ chạy thử, {late} sẽ trễ hẹn; thực tế đã trễ {outlook.late_before}.",
    ]
    if outlook.newly_late or outlook.saved:
        told.append(f"{outlook.newly_late} hồ sơ thành trễ, {outlook.saved} hồ sơ không còn trễ.")
    really, proposed = both(outlook, "median")
    told.append(f"Một nửa số hồ sơ xong trong {proposed} làm việc (thực tế {really}).")
    if outlook.without_promise:
        told.append(f"{outlook.without_promise} hồ sơ không hẹn ngày nên không thể trễ.")
    return told


def both(outlook: Outlook, name: str) -> tuple[str, str]:
    def said(spread: Spread) -> str:
        return duration(getattr(spread, name))

    return said(outlook.before), said(outlook.after)


def pile(queue: Queue, role: str, place: str) -> dict[str, Any]:
    """A pile by the week: the highest of its days, simulated and real, on one scale."""
    weeks: dict[tuple[int, int], tuple[datetime, int, int]] = {}
    for close, simulated, real in queue.days:
        key = close.isocalendar()[:2]
        begun, most, most_real = weeks.get(key, (close, 0, 0))
        weeks[key] = (begun, max(most, simulated), max(most_real, real))
    shown = list(weeks.values())
    when, most, _ = queue.peak
    return {
        "role": role,
        "place": place,
        "people": queue.people,
        "peak": most,
        "peak_on": when,
        "real_peak": queue.real_peak,
        "scale": max(1, most, queue.real_peak),
        "weeks": shown[:WEEKS],
        "more": max(0, len(shown) - WEEKS),
    }
