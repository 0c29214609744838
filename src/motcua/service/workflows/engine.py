"""Bộ máy chạy quy trình: which steps are open after what has been done.

The state of a dossier is its trace, kept as rows; the engine only replays it. Tokens walk through the blueprint: one
waits at each open step, and one at a parallel gate for each branch that has come. Nothing of a model is ever run, for
nothing but a blueprint reaches the engine. A refusal ends the other branches: they have nothing left to decide.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from motcua.core.errors import DomainError
from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import Blueprint, GateKind, NoWay, Outcome, Step

Trace = tuple[tuple[str, str], ...]  # (key of the step, its outcome), first to last
MOST_HOPS = 2_000  # through gates after one step: more than any model that can be read has nodes


class BrokenTrace(DomainError):
    """Diễn biến không khớp quy trình: a step was recorded that was not open then."""


class EndlessWorkflow(DomainError):
    """Quy trình không có lối ra: a draft that could not be published, and would turn round for ever."""


class CrowdedWorkflow(DomainError):
    """Một bước mở hai lần cùng lúc: branches that were parted come together without a parallel gate."""


class StuckWorkflow(DomainError):
    """Quy trình bị kẹt: a parallel gate waits for a branch that cannot come."""


@dataclass(frozen=True, eq=False)
class Compiled:
    """Quy trình đã dịch: parsed once, shared by every dossier that runs on it."""

    digest: str
    blueprint: Blueprint

    @cached_property
    def is_endless(self) -> bool:
        reached = self.blueprint.reached() & self.blueprint.known
        return bool(reached - self.blueprint.end_keys - self.blueprint.finishing())


@dataclass(frozen=True)
class Token:
    """Thẻ: what led here (places in the trace) and the outcome of the last step on the way ("" after a join)."""

    past: frozenset[int] = frozenset()
    outcome: str = ""


@dataclass
class Run:
    """Một lượt chạy: where the tokens are. `causes` says of each place in the trace which earlier ones it rests on."""

    blueprint: Blueprint
    open: dict[str, Token] = field(default_factory=dict)
    waiting: dict[str, dict[str, Token]] = field(default_factory=dict)  # gate -> source of the line -> token
    running: dict[str, Token] = field(default_factory=dict)  # sub-process -> what has ended in it so far
    causes: list[frozenset[int]] = field(default_factory=list)

    def begin(self) -> None:
        if self.blueprint.start:
            self._move([(self.blueprint.start, "", Token())])

    def copy(self) -> Run:
        waiting = {gate: dict(tokens) for gate, tokens in self.waiting.items()}
        return Run(self.blueprint, dict(self.open), waiting, dict(self.running), list(self.causes))

    @property
    def place(self) -> tuple[object, ...]:
        """What distinguishes two runs for all that can follow."""
        waiting = frozenset((gate, frozenset(tokens)) for gate, tokens in self.waiting.items() if tokens)
        ended = frozenset((sub, token.outcome) for sub, token in self.running.items())
        return frozenset(self.open), waiting, ended

    @property
    def is_shared(self) -> bool:
        """There are branches: more than one token."""
        return len(self.open) + sum(map(len, self.waiting.values())) > 1

    @property
    def is_stuck(self) -> bool:
        return not self.open and (any(self.waiting.values()) or bool(self.running))

    def complete(self, key: str, outcome: str) -> None:
        """End an open step. Raises BrokenTrace, NoWay, CrowdedWorkflow."""
        step = self.blueprint.step(key)
        token = self.open.get(key)
        if token is None:
            raise BrokenTrace(f"Bước “{step.name}” không đang mở. Hãy tải lại trang để xem bước hiện tại.")
        cuts = outcome == Outcome.REFUSE and self.is_shared
        target = self._target(key, outcome, cuts=cuts)
        place = len(self.causes)
        past = token.past
        del self.open[key]
        if cuts:
            past = frozenset(range(place))  # the end of the other branches rests on all that was done
            self.open, self.waiting, self.running = {}, {}, {}
            self.running = {sub: Token() for sub in self.blueprint.around.get(target, ())}
        self.causes.append(past)
        self._move([(target, key, Token(past | {place}, outcome))])

    def _target(self, key: str, outcome: str, *, cuts: bool) -> str:
        """The way of the outcome; a refusal in a branch that has none of its own goes to the step that decides on it."""
        has_none = all(flow.outcome != outcome for flow in self.blueprint.ways_from(key))
        if cuts and has_none:
            if deciding := self.blueprint.first_deciding(key):
                return deciding
            raise NoWay(
                f"Sau bước “{self.blueprint.step(key).name}” và các nhánh song song không có bước xem xét hay ký duyệt nào "
                "để quyết định việc từ chối."
            )
        self.blueprint.next_key(key, outcome)
        return next(
            flow.target
            for wanted in (outcome, None)
            for flow in self.blueprint.drawn_from(key)
            if flow.outcome == wanted
        )

    def _move(self, arriving: Iterable[tuple[str, str, Token]]) -> None:
        """Let tokens walk until each waits at a step or a gate, or has come to an end."""
        moving = deque(arriving)
        for _ in range(MOST_HOPS):
            if not moving and not (left := self._left()):
                return
            if not moving:
                moving.extend(left)
            moving.extend(self._arrive(*moving.popleft()))
        raise EndlessWorkflow(f"Quy trình “{self.blueprint.name}” quay vòng mãi mà không gặp bước nào.")

    def _arrive(self, key: str, source: str, token: Token) -> Sequence[tuple[str, str, Token]]:
        blueprint = self.blueprint
        if key in blueprint.by_key:
            if key in self.open:
                raise _crowded(blueprint, key)
            self.open[key] = token
            return ()
        if key in blueprint.gate_by_key:
            return self._through_gate(key, source, token)
        if sub := blueprint.sub_by_key.get(key):
            if key in self.running:
                raise _crowded(blueprint, key)
            self.running[key] = token
            return [(sub.start, key, token)] if sub.start else ()
        end = blueprint.end_by_key.get(key)
        if end is None:
            raise NoWay(f"Quy trình “{blueprint.name}” có một đường đi không tới đâu.")
        if end.inside:
            before = self.running[end.inside]
            self.running[end.inside] = Token(before.past | token.past, token.outcome)
        return ()

    def _through_gate(self, key: str, source: str, token: Token) -> Sequence[tuple[str, str, Token]]:
        gate, lines = self.blueprint.gate_by_key[key], self.blueprint.drawn_from(key)
        if gate.kind is not GateKind.PARALLEL:
            line = next((line for line in lines if line.outcome and line.outcome == token.outcome), None)
            line = line or next((line for line in lines if line.outcome is None), None)
            if line is None:
                raise NoWay(
                    f"Cổng “{self.blueprint.name_of(key)}” không có đường đi cho kết quả của bước trước."
                )
            return [(line.target, key, token)]
        here = self.waiting.setdefault(key, {})
        if source in here:
            raise _crowded(self.blueprint, key)
        here[source] = token
        coming = {line.source for line in self.blueprint.drawn_into(key)}
        coming |= {""} if key == self.blueprint.start else set()
        coming |= {sub.key for sub in self.blueprint.subs if sub.start == key}
        if coming - here.keys():
            return ()
        joined = Token(
            frozenset().union(*(one.past for one in here.values())),
            token.outcome if len(here) == 1 else "",
        )
        del self.waiting[key]
        return [(line.target, key, joined) for line in lines]

    def _left(self) -> list[tuple[str, str, Token]]:
        """Sub-processes in which nothing is going on any more: their tokens go on from them."""
        around = self.blueprint.around
        busy = {sub for key in self.open for sub in around[key]}
        busy |= {sub for gate, tokens in self.waiting.items() if tokens for sub in around[gate]}
        busy |= {outer for sub in self.running for outer in around[sub]}
        for sub in [sub for sub in self.running if sub not in busy]:
            token = self.running.pop(sub)
            if line := next(iter(self.blueprint.drawn_from(sub)), None):
                return [(line.target, sub, token)]
        return []


def compile(xml: str) -> Compiled:  # noqa: A001 -- the word for it
    """Dịch quy trình: read a model and make it ready to run; kept for the next time by its digest.

    Raises UnreadableModel, UnsupportedConstruct.
    """
    return _compiled(hashlib.sha256(xml.encode()).hexdigest(), xml)


def open_steps(compiled: Compiled, trace: Iterable[tuple[str, str]] = ()) -> tuple[Step, ...]:
    """Các bước đang mở after `trace`, in the order of the blueprint; empty when the workflow has come to an end.

    Raises NoWay when an outcome leads nowhere, BrokenTrace when a step of the trace was not open, StuckWorkflow.
    """
    run = replayed(compiled, trace)
    return tuple(step for step in compiled.blueprint.steps if step.key in run.open)


def resting_on(compiled: Compiled, trace: Iterable[tuple[str, str]], place: int) -> frozenset[int]:
    """Những việc dựa vào việc ấy: the places in the trace that must be undone with `place`, itself among them.

    What is left is a trace again: other branches keep what they have done.
    """
    causes = replayed(compiled, trace).causes
    return frozenset({place, *(later for later, past in enumerate(causes) if place in past)})


def replayed(compiled: Compiled, trace: Iterable[tuple[str, str]] = ()) -> Run:
    """The run after the trace: not to be changed, for it is shared."""
    return _replayed(compiled, tuple((key, str(outcome)) for key, outcome in trace))


@lru_cache(maxsize=512)
def _compiled(digest: str, xml: str) -> Compiled:
    return Compiled(digest, bpmn.read(xml))


@lru_cache(maxsize=8192)
def _replayed(compiled: Compiled, trace: Trace) -> Run:
    """Most dossiers of a procedure have walked the same way, so few traces are replayed twice."""
    blueprint = compiled.blueprint
    if compiled.is_endless:
        raise EndlessWorkflow(
            f"Quy trình “{blueprint.name}” có bước không đi tới điểm kết thúc nên không chạy được."
        )
    run = Run(blueprint)
    run.begin()
    for key, outcome in trace:
        run.complete(key, outcome)
    if run.is_stuck:
        raise StuckWorkflow(f"Quy trình “{blueprint.name}” bị kẹt ở một cổng song song chờ nhánh không tới.")
    return run


def _crowded(blueprint: Blueprint, key: str) -> CrowdedWorkflow:
    return CrowdedWorkflow(
        f"“{blueprint.name_of(key)}” được mở hai lần cùng lúc: hãy gộp các nhánh bằng cổng song song trước đó."
    )
