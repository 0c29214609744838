"""Bản thiết kế quy trình: steps and the ways between them, as plain values. No Django, no XML.

A flow without an outcome is the way of every outcome that has no flow of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from motcua.core.choices import Labelled
from motcua.core.errors import DomainError

WORKING_DAY = 8 * 60  # minutes: "a working day" of a workflow is the sessions of one day
MOST_MINUTES = 1_000_000  # of one step: more than eight years of working days
START = "start"  # key of the start event: a step or an end may not be called so


class StepKind(Labelled):
    """Loại bước: what is done in a step, so that pages know which act ends it."""

    RECEIVE = "RECEIVE", "Tiếp nhận, chuyển hồ sơ"
    ASSIGN = "ASSIGN", "Phân công thụ lý"
    WORK = "WORK", "Thẩm định hồ sơ"
    CONSULT = "CONSULT", "Lấy ý kiến"
    REVIEW = "REVIEW", "Xem xét, trình ký"
    SIGN = "SIGN", "Ký duyệt"
    ISSUE = "ISSUE", "Vào sổ, phát hành"
    RETURN = "RETURN", "Trả kết quả"


class Outcome(Labelled):
    """Kết quả của bước: which way the dossier goes on."""

    DONE = "DONE", "Hoàn thành"
    AGREE = "AGREE", "Đồng ý"
    SEND_BACK = "SEND_BACK", "Trả lại"
    REFUSE = "REFUSE", "Từ chối"


AT_COUNTER = frozenset({StepKind.RECEIVE, StepKind.RETURN})  # done where the dossier was received
DECIDING = frozenset({StepKind.REVIEW, StepKind.SIGN})  # agreed or sent back, not merely done


class NoWay(DomainError):
    """Không có đường đi: a step has no way on for that outcome."""


@dataclass(frozen=True)
class Step:
    """Bước: who does what, in how many working minutes, and what comes of it."""

    key: str
    name: str
    kind: StepKind = StepKind.WORK
    role: str = ""
    minutes: int = 0
    product: str = ""
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class End:
    """Điểm kết thúc of a workflow."""

    key: str
    name: str = "Kết thúc"


@dataclass(frozen=True)
class Flow:
    """Đường nối: from a step to a step or an end, for one outcome or (None) for all the others."""

    source: str
    target: str
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Blueprint:
    """Bản thiết kế: the whole workflow. `start` is the key of the first step, empty while none is drawn."""

    name: str
    steps: tuple[Step, ...] = ()
    flows: tuple[Flow, ...] = ()
    start: str = ""
    ends: tuple[End, ...] = field(default=(End("end"),))

    @cached_property
    def by_key(self) -> Mapping[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def end_keys(self) -> frozenset[str]:
        return frozenset(end.key for end in self.ends)

    @cached_property
    def _ways(self) -> Mapping[str, tuple[Flow, ...]]:
        ways: dict[str, list[Flow]] = {}
        for flow in self.flows:
            ways.setdefault(flow.source, []).append(flow)
        return {key: tuple(flows) for key, flows in ways.items()}

    def ways_from(self, key: str) -> tuple[Flow, ...]:
        """The flows that leave a step, as drawn."""
        return self._ways.get(key, ())

    def step(self, key: str) -> Step:
        """The step of that key. Raises NoWay."""
        try:
            return self.by_key[key]
        except KeyError:
            raise NoWay(f"Quy trình “{self.name}” không có bước “{key}”.") from None

    def next_key(self, key: str, outcome: str) -> str:
        """Where the outcome leads: the key of a step or of an end. Raises NoWay."""
        ways = self.ways_from(key)
        for flow in ways:
            if flow.outcome == outcome:
                return flow.target
        for flow in ways:
            if flow.outcome is None:
                return flow.target
        raise NoWay(
            f"Bước “{self.step(key).name}” không có đường đi cho kết quả “{label_of(outcome)}”. "
            "Hãy chọn một kết quả khác hoặc báo người quản trị quy trình."
        )

    def usual_way(self, key: str) -> tuple[str, ...]:
        """Keys of the steps that follow when each one ends as its kind usually does; no step twice."""
        way: list[str] = []
        while key in self.by_key and key not in way:
            way.append(key)
            flows = self.ways_from(key)
            usual = usual_outcome(self.by_key[key].kind)
            flow = next((flow for flow in flows if flow.outcome == usual), None)
            flow = flow or next((flow for flow in flows if flow.outcome is None), None)
            key = flow.target if flow else ""
        return tuple(way[1:])

    def forward_flows(self) -> tuple[Flow, ...]:
        """The flows without those that lead back, so that what remains has no loop."""
        back = {id(flow) for flow in self._back_flows()}
        return tuple(flow for flow in self.flows if id(flow) not in back)

    def _back_flows(self) -> Iterator[Flow]:
        """Flows that close a loop in a depth-first walk from the start (and from what it does not reach)."""
        state: dict[str, bool] = {}  # absent: not met; False: on the present path; True: left behind
        roots = [self.start, *self.by_key] if self.start else list(self.by_key)
        for root in roots:
            if root in state or root not in self.by_key:
                continue
            state[root] = False
            stack = [(root, iter(self._forward_first(root)))]
            while stack:
                key, flows = stack[-1]
                flow = next(flows, None)
                if flow is None:
                    state[key] = True
                    stack.pop()
                elif flow.target in self.by_key:
                    if flow.target not in state:
                        state[flow.target] = False
                        stack.append((flow.target, iter(self._forward_first(flow.target))))
                    elif not state[flow.target]:
                        yield flow

    def _forward_first(self, key: str) -> list[Flow]:
        return sorted(self.ways_from(key), key=lambda flow: flow.outcome == Outcome.SEND_BACK)

    def longest_path(self) -> tuple[str, ...]:
        """Keys of the steps on the way that takes the most working minutes, each loop walked once."""
        if self.start not in self.by_key:
            return ()
        forward: dict[str, list[str]] = {}
        for flow in self.forward_flows():
            forward.setdefault(flow.source, []).append(flow.target)
        best: dict[str, tuple[int, tuple[str, ...]]] = {}
        for key in reversed(self._in_order(forward)):
            ways = [best[target] for target in forward.get(key, ()) if target in best]
            minutes, path = max(ways, key=lambda way: (way[0], len(way[1])), default=(0, ()))
            best[key] = (minutes + self.by_key[key].minutes, (key, *path))
        return best[self.start][1]

    def longest_minutes(self) -> int:
        """Tổng thời gian of the longest way, in working minutes."""
        return sum(self.by_key[key].minutes for key in self.longest_path())

    def _in_order(self, forward: Mapping[str, list[str]]) -> list[str]:
        """The steps reached from the start, each before those that follow it."""
        done: list[str] = []
        met = {self.start}
        stack = [(self.start, iter(forward.get(self.start, ())))]
        while stack:
            key, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                done.append(key)
                stack.pop()
            elif target in self.by_key and target not in met:
                met.add(target)
                stack.append((target, iter(forward.get(target, ()))))
        return done[::-1]

    def reached(self) -> frozenset[str]:
        """Keys of the steps and ends that can be reached from the start."""
        met, waiting = set[str](), [self.start] if self.start else []
        while waiting:
            key = waiting.pop()
            if key not in met:
                met.add(key)
                waiting.extend(flow.target for flow in self.ways_from(key))
        return frozenset(met)

    def finishing(self) -> frozenset[str]:
        """Keys of the steps from which an end can be reached."""
        sources: dict[str, list[str]] = {}
        for flow in self.flows:
            sources.setdefault(flow.target, []).append(flow.source)
        met, waiting = set[str](), list(self.end_keys)
        while waiting:
            key = waiting.pop()
            if key not in met:
                met.add(key)
                waiting.extend(sources.get(key, ()))
        return frozenset(met - self.end_keys)


def usual_outcome(kind: StepKind) -> Outcome:
    """Kết quả thông thường of a step of that kind."""
    return Outcome.AGREE if kind in DECIDING else Outcome.DONE


def label_of(outcome: str) -> str:
    """Tên gọi of an outcome; the text itself when it is none of ours."""
    return next((known.label for known in Outcome if known == outcome), outcome)


def duration(minutes: int) -> str:
    """Thời gian in words: “1 ngày 4 giờ”, a working day being eight hours."""
    days, rest = divmod(minutes, WORKING_DAY)
    hours, left = divmod(rest, 60)
    parts = [f"{days} ngày" * bool(days), f"{hours} giờ" * bool(hours), f"{left} phút" * bool(left)]
    return " ".join(part for part in parts if part) or "0 phút"


def settled(blueprint: Blueprint) -> Blueprint:
    """The same workflow in its one canonical form: each step names its outcomes, a single way needs no outcome."""
    flows: list[Flow] = []
    steps: list[Step] = []
    for step in blueprint.steps:
        ways = blueprint.ways_from(step.key)
        named = {flow.outcome for flow in ways if flow.outcome is not None}
        outcomes = {*step.outcomes, *named}
        if not outcomes or (
            len(named) < len(ways) and outcomes == named
        ):  # the way of all others has no name yet
            outcomes.add(usual_outcome(step.kind))
        steps.append(replace(step, outcomes=tuple(outcome for outcome in Outcome if outcome in outcomes)))
        flows += [replace(ways[0], outcome=None)] if len(ways) == 1 else ways
    known = {step.key for step in blueprint.steps}
    flows += [flow for flow in blueprint.flows if flow.source not in known]
    return replace(blueprint, steps=tuple(steps), flows=tuple(flows))
