"""Diễn biến hồ sơ: the ledger of one dossier in words, for staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.events import NoteAdded
from motcua.service.dossiers.models import Dossier
from motcua.service.workflows.models import WorkflowStep


@dataclass(frozen=True)
class Entry:
    """Một diễn biến: what happened, who did it, when, with what note, and whether the step was in time."""

    name: str
    label: str
    by: str
    at: datetime
    note: str
    step: str
    is_step_late: bool | None
    payload: Mapping[str, Any]


def timeline(dossier: Dossier) -> list[Entry]:
    """Diễn biến: first to last, in three queries."""
    lines = list(Line.objects.filter(subject_id=dossier.pk).order_by("number"))
    people = {line.actor_id for line in lines if line.actor_id}
    people |= {UUID(line.payload["holder"]) for line in lines if line.payload.get("holder")}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "full_name"))
    step_names = dict(WorkflowStep.objects.filter(workflow=dossier.workflow_id).values_list("key", "name"))
    return [_entry(line, names, step_names) for line in lines]


def _entry(line: Line, names: Mapping[UUID, str], step_names: Mapping[str, str]) -> Entry:
    payload = line.payload
    step_due = payload.get("step_due_at")
    return Entry(
        name=line.name,
        label=line.label,
        by=names.get(line.actor_id, "") if line.actor_id else "Hệ thống",
        at=line.at,
        note=""
        if line.name == NoteAdded.__name__
        else _note(payload, names),  # its words are among the notes
        step=step_names.get(payload.get("step", ""), ""),
        is_step_late=line.at > datetime.fromisoformat(step_due) if step_due else None,
        payload=payload,
    )


def _note(payload: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    words = [str(payload.get(key, "")) for key in ("note", "reason", "question", "answer")]
    if holder := payload.get("holder"):
        words.insert(0, f"Người nhận: {names.get(UUID(holder), '')}.")
    if number := payload.get("number"):
        words.insert(0, f"Số {number}.")
    return " ".join(dict.fromkeys(word for word in words if word))
