"""Chỗ đứng ở phiên bản khác: where a dossier that stands at a step of one version stands in another. Pure.

A step of the new version is the same step when it has the same key and kind, else when it is the only one of its kind with
the same name, else the only one of its kind. A step that the new version has dropped is passed on to the kind that the same
state of the dossier may begin. What is not certain is not guessed: the dossier stays, and the reason is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

from motcua.core.errors import DomainError
from motcua.core.text import fold
from motcua.service.workflows.blueprint import Blueprint, Outcome, Step, StepKind
from motcua.service.workflows.engine import Compiled, Trace, replayed

# Where a dossier may go on when its own step is gone: the states of a dossier let both begin.
PASSED_ON: Mapping[str, StepKind] = {StepKind.ASSIGN: StepKind.WORK, StepKind.REVIEW: StepKind.SIGN}
MOST_PLACES = 2_000  # looked at while the way to a step is searched


class NoEntry(DomainError):
    """Không có đường tới bước: the step cannot be the only one that is open."""


class OfVersion(Protocol):
    """What of a task says at which step of which version it was."""

    step_key: str
    workflow_id: int


T = TypeVar("T", bound=OfVersion)


@dataclass(frozen=True)
class Landing:
    """Bước sẽ đứng in the other version; None: it cannot be moved, and `why` says so."""

    step: Step | None
    why: str = ""


def landing(new: Compiled, *, key: str, name: str, kind: str) -> Landing:
    """Bước tương ứng of a step, in the compiled version `new`."""
    kept = any(step.kind == kind for step in new.blueprint.steps)
    found = _same(new.blueprint, key, name, kind)
    if found is None and not kept and kind in PASSED_ON:
        found = _only(new.blueprint, PASSED_ON[StepKind(kind)])
    if found is None:
        why = "có nhiều bước cùng loại, không rõ bước nào" if kept else "không có bước nào cùng loại"
        return Landing(None, f"Phiên bản mới {why} với bước “{name}”.")
    try:
        entry(new, found.key)
    except DomainError as refusal:
        return Landing(None, refusal.message)
    return Landing(found)


def _same(blueprint: Blueprint, key: str, name: str, kind: str) -> Step | None:
    own = blueprint.by_key.get(key)
    if own is not None and own.kind == kind:
        return own
    alike = [step for step in blueprint.steps if step.kind == kind]
    named = [step for step in alike if fold(step.name) == fold(name)]
    return next((group[0] for group in (named, alike) if len(group) == 1), None)


def _only(blueprint: Blueprint, kind: StepKind) -> Step | None:
    found = [step for step in blueprint.steps if step.kind is kind]
    return found[0] if len(found) == 1 else None


def comes_before(blueprint: Blueprint, key: str, later: str) -> bool:
    """Đứng trước: `later` is still ahead of the step `key` when each step ends as its kind usually does."""
    return later != key and later in blueprint.usual_way(key)


@lru_cache(maxsize=2048)
def entry(compiled: Compiled, key: str) -> Trace:
    """Đường vào: the shortest trace after which the step alone is open. Raises NoEntry.

    A published model never changes, so the way in is the same whenever it is asked for. A way without refusals and without
    ways back is taken where there is one.
    """
    for left_out in (frozenset({Outcome.REFUSE, Outcome.SEND_BACK}), frozenset[Outcome]()):
        found = _searched(compiled, key, left_out)
        if found is not None:
            return found
    raise NoEntry(
        f"Bước “{compiled.blueprint.name_of(key)}” nằm trong các nhánh song song hoặc không có đường tới, "
        "nên không chuyển hồ sơ vào giữa được."
    )


def _searched(compiled: Compiled, key: str, left_out: frozenset[Outcome]) -> Trace | None:
    if compiled.is_endless:
        return None
    met: set[object] = set()
    waiting: list[Trace] = [()]
    for trace in waiting:  # it grows while it is read: breadth first
        try:
            run = replayed(compiled, trace)
        except DomainError:  # a way that this outcome does not have, or branches that crowd
            continue
        if set(run.open) == {key} and not any(run.waiting.values()):
            return trace
        if run.place in met or len(met) > MOST_PLACES:
            continue
        met.add(run.place)
        for step in compiled.blueprint.steps:
            if step.key in run.open:
                ways = [outcome for outcome in step.outcomes if outcome not in left_out]
                waiting += [(*trace, (step.key, str(outcome))) for outcome in ways]
    return None


def came_in(compiled: Compiled, tasks: Sequence[T]) -> tuple[Trace, Sequence[T]]:
    """Đã vào phiên bản này ở đâu: the way that stands for what was done before, and the tasks since.

    `tasks` are those of one dossier, in the order in which they count. A dossier that was moved here from another version
    came in at a step; for one that was received by this version the way is empty and the tasks are all.
    """
    if not tasks or tasks[0].workflow_id == tasks[-1].workflow_id:
        return (), tasks
    current, since = tasks[-1].workflow_id, len(tasks)
    while tasks[since - 1].workflow_id == current:
        since -= 1
    return entry(compiled, tasks[since].step_key), tasks[since:]
