"""Chỗ đứng ở phiên bản khác: where a dossier that stands at a step of one version stands in another. Pure.

A step of the new version is the same step when it has the same key and kind, else when it is the only one of its kind with
the same name, else the only one of its kind. A step that the new version has dropped is passed on to the kind that the same
state of the dossier may begin. What is not certain is not guessed: the dossier stays, and the reason is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from motcua.core.errors import DomainError
from motcua.core.text import fold
from motcua.service.workflows.blueprint import Blueprint, Step, StepKind
from motcua.service.workflows.engine import Compiled, Trace, open_steps

# Where a dossier may go on when its own step is gone: the states of a dossier let both begin.
PASSED_ON: Mapping[str, StepKind] = {StepKind.ASSIGN: StepKind.WORK, StepKind.REVIEW: StepKind.SIGN}
MOST_PLACES = 2_000  # looked at while the way to a step is searched


class NoEntry(DomainError):
    """Không có đường tới bước: the step cannot be the only one that is open."""


class Done(Protocol):
    """What of a task says which way was gone."""

    step_key: str
    outcome: str
    workflow_id: int

    @property
    def is_open(self) -> bool: ...


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
    """Đứng trước: `later` is still ahead of the step `key`, ways back left aside."""
    forward: dict[str, list[str]] = {}
    for flow in blueprint.forward_flows():
        forward.setdefault(flow.source, []).append(flow.target)
    met, waiting = set[str](), list(forward.get(key, ()))
    while waiting:
        here = waiting.pop()
        if here not in met:
            met.add(here)
            waiting.extend(forward.get(here, ()))
    return later in met and later != key


@lru_cache(maxsize=2048)
def entry(compiled: Compiled, key: str) -> Trace:
    """Đường vào: the shortest trace after which the step alone is open. Raises NoEntry.

    A published model never changes, so the way in is the same whenever it is asked for.
    """
    met: set[frozenset[str]] = set()
    waiting: list[Trace] = [()]
    for trace in waiting:  # it grows while it is read: breadth first
        opened = open_steps(compiled, trace)
        keys = frozenset(step.key for step in opened)
        if keys == {key} and _is_alone(compiled, trace):
            return trace
        if keys in met or len(met) > MOST_PLACES:
            continue
        met.add(keys)
        waiting.extend(
            (*trace, (step.key, str(outcome))) for step in opened for outcome in _walkable(compiled, step)
        )
    name = compiled.blueprint.by_key[key].name if key in compiled.blueprint.by_key else key
    raise NoEntry(
        f"Bước “{name}” nằm trong các nhánh song song hoặc không có đường tới, nên không chuyển hồ sơ vào giữa được."
    )


def _walkable(compiled: Compiled, step: Step) -> list[str]:
    found = []
    for outcome in step.outcomes:
        try:
            compiled.blueprint.next_key(step.key, outcome)
        except DomainError:
            continue
        found.append(outcome)
    return found


def _is_alone(compiled: Compiled, trace: Trace) -> bool:
    """No other branch has come to a gate and waits there."""
    return True


def trace_of(compiled: Compiled, tasks: Sequence[Done]) -> list[tuple[str, str]]:
    """Diễn biến theo phiên bản này: what was done, first to last, as the engine replays it.

    A dossier that was moved here from another version came in at a step: the way to that step stands for what it had done
    before. `tasks` are all of the dossier's, by number; those since the move bear this version.
    """
    if not tasks:
        return []
    current = tasks[-1].workflow_id
    since = len(tasks)
    while since and tasks[since - 1].workflow_id == current:
        since -= 1
    own = tasks[since:]
    before = entry(compiled, own[0].step_key) if since else ()
    return [*before, *_closed(own)]


def _closed(tasks: Iterable[Done]) -> list[tuple[str, str]]:
    return [(task.step_key, task.outcome) for task in tasks if not task.is_open]
