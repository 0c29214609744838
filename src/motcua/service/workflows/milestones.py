"""Chặng đường của hồ sơ: what is done, where it is now, what comes next if all goes well. Pure: reads rows given to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from motcua.service.workflows.blueprint import Blueprint

if TYPE_CHECKING:
    from motcua.service.workflows.models import Task

STOPPED = "STOPPED"  # the outcome of a task that nobody will do any more
TAKEN_BACK = "TAKEN_BACK"  # of one whose predecessor was taken back before it was done


@dataclass(frozen=True)
class Milestone:
    """Chặng: one step as the dossier has met it; `times` counts how often it was opened (0: still ahead)."""

    key: str
    name: str
    role: str
    state: Literal["DONE", "CURRENT", "AHEAD", "STOPPED"]
    times: int = 0
    opened_at: datetime | None = None
    due_at: datetime | None = None
    completed_at: datetime | None = None
    holder_id: UUID | None = None


def milestones(blueprint: Blueprint, tasks: Sequence[Task]) -> list[Milestone]:
    """The way of one dossier; `tasks` are all of its tasks, first to last. A step met again stands where it is now."""
    current = [task for task in tasks if task.is_open]
    here = {task.step_key for task in current}
    ways = [blueprint.usual_way(task.step_key) for task in current]
    ahead = tuple(dict.fromkeys(key for way in ways for key in way if key not in here))
    if len(ways) > 1:  # branches: what comes is told in the order of the workflow
        places = {key: place for place, key in enumerate(blueprint.order)}
        ahead = tuple(sorted(ahead, key=lambda key: places.get(key, 0)))
    tasks = [task for task in tasks if not task.undone_at and task.outcome != TAKEN_BACK]
    last = {task.step_key: task for task in tasks}
    times: dict[str, int] = {}
    for task in tasks:
        times[task.step_key] = times.get(task.step_key, 0) + 1

    behind = [key for key, task in last.items() if key not in here and key not in ahead]
    found = [_met(last[key], times[key]) for key in behind]
    found += [_met(task, times[task.step_key]) for task in current]
    return found + [
        Milestone(key, blueprint.step(key).name, blueprint.step(key).role, "AHEAD") for key in ahead
    ]


def _met(task: Task, times: int) -> Milestone:
    done: Literal["DONE", "STOPPED"] = "STOPPED" if task.outcome == STOPPED else "DONE"
    return Milestone(
        key=task.step_key,
        name=task.name,
        role=task.role,
        state="CURRENT" if task.is_open else done,
        times=times,
        opened_at=task.opened_at,
        due_at=task.due_at,
        completed_at=task.completed_at,
        holder_id=task.holder_id if task.is_open else task.completed_by_id,
    )
