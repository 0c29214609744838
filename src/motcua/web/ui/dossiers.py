"""Hồ sơ trên trang: what the pages of every audience tell of one dossier, in few questions to the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.core.asking import Asked
from motcua.core.time import local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.clock import Line
from motcua.foundation.calendars.loading import regime_named, work_calendar
from motcua.foundation.documents.models import Document
from motcua.service.dossiers.history import answer_of, marks_of
from motcua.service.dossiers.models import Dossier, Part, Scan
from motcua.service.dossiers.states import ENDED_EARLY, WAITING, State
from motcua.service.dossiers.timeline import timeline
from motcua.web.ui.promises import Promise, promise_of


@dataclass(frozen=True)
class PartLine:
    """Một thành phần hồ sơ, with its scans."""

    part: Part
    documents: list[Document]


def part_lines(dossier: Dossier) -> list[PartLine]:
    """Giấy tờ của hồ sơ, in the order of the procedure; a scan that was replaced is left out."""
    by_part: dict[UUID, list[Document]] = {}
    for scan in SCANS.all(dossier_id=dossier.pk):
        by_part.setdefault(scan.part_id, []).append(scan.document)
    return [PartLine(part, by_part.get(part.pk, [])) for part in PARTS.all(dossier_id=dossier.pk)]


SCANS = Asked(
    lambda dossier_id: (
        Scan.objects.filter(dossier_id=dossier_id, document__replaced_by=None)
        .select_related("document__file")
        .order_by("id")
    )
)
PARTS = Asked(lambda dossier_id: Part.objects.filter(dossier_id=dossier_id).order_by("position"))


def explanation_of(dossier: Dossier) -> tuple[Line, ...]:
    """Vì sao ngày này: the count of the clock; empty when the date stands on other grounds than the count."""
    if dossier.due_at is None or dossier.due_reason or dossier.state in ENDED_EARLY:
        return ()
    calendar = work_calendar(dossier.agency_id, local_date(dossier.received_at))
    marks = marks_of(dossier)
    if marks:
        answer = answer_of(dossier, calendar, marks)
    else:
        answer = clock.due(
            dossier.received_at,
            dossier.limit,
            calendar,
            regime_named(dossier.regime),
            starts_after_cutoff_next_day=dossier.clock_starts_at != dossier.received_at,
        )
    return answer.explanation if answer.due_at == dossier.due_at else ()


def dossier_promise(dossier: Dossier, at: datetime) -> Promise:
    """Ngày hẹn của hồ sơ lúc này: one that waits says so, one that ended without a result promises nothing."""
    if dossier.state in ENDED_EARLY:
        return Promise("ENDED", None, None)
    promise = promise_of(
        dossier.due_at,
        at=at,
        finished_at=dossier.finished_at,
        is_paused=dossier.state in WAITING,
        agency_id=dossier.agency_id,
    )
    return replace(promise, state="WAITING") if dossier.state == State.AWAITING_SUPPLEMENT else promise


def done_moments(dossier: Dossier, *, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """Những việc đã làm, for the macro `time.timeline`; events named in `without` are left out."""
    return [
        {
            "state": "done",
            "what": entry.label,
            "by": entry.by,
            "at": entry.at,
            "note": entry.note,
            "is_late": entry.is_step_late,
        }
        for entry in timeline(dossier)
        if entry.name not in without
    ]


def moments_of(dossier: Dossier, at: datetime) -> list[dict[str, Any]]:
    """Diễn biến, for the macro `time.timeline`: what was done, and the step that is open now."""
    moments = done_moments(dossier)
    if dossier.stands_still:
        waits = (
            "Chờ người dân bổ sung"
            if dossier.state == State.AWAITING_SUPPLEMENT
            else dossier.get_state_display()
        )
        moments.append({"state": "now", "what": waits, "note": f"Rồi tiếp tục bước {dossier.step_name}."})
    elif dossier.step_key:
        moments.append(
            {
                "state": "now",
                "what": dossier.step_name,
                "by": f"{dossier.holder.full_name if dossier.holder else 'Chờ người nhận'}, hạn của bước"
                if dossier.step_due_at
                else "",
                "at": dossier.step_due_at,
                "is_late": bool(dossier.step_due_at and dossier.step_due_at < at),
            }
        )
    return moments
