"""Bản thiết kế quy trình: steps, gates, sub-processes and the ways between them, as plain values. No Django, no XML.

A flow without an outcome is the way of every outcome that has no flow of its own. `flows` are the lines as drawn;
`ways_from` walks through the exclusive gates and says where each outcome leads.
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


class GateKind(Labelled):
    """Loại cổng: how a gate passes on what comes to it."""

    EXCLUSIVE = "EXCLUSIVE", "Cổng loại trừ"
    PARALLEL = "PARALLEL", "Cổng song song"
    MILESTONE = "MILESTONE", "Mốc"


AT_COUNTER = frozenset({StepKind.RECEIVE, StepKind.RETURN})  # done where the dossier was received
DECIDING = frozenset({StepKind.REVIEW, StepKind.SIGN})  # agreed or sent back, not merely done


SETTLING, RECEPTION = "SETTLING", "RECEPTION"  # where a step is done; "" is the usual place of its kind
UNITS = {"": "Nơi thường làm của loại bước", SETTLING: "Cơ quan giải quyết", RECEPTION: "Nơi tiếp nhận"}
SKIPPABLE = frozenset({StepKind.ASSIGN, StepKind.CONSULT, StepKind.REVIEW})


class NoWay(DomainError):
    """Không có đường đi: a step has no way on for that outcome."""


@dataclass(frozen=True)
class Step:
    """Bước: who does what, where, in how many working minutes, and what comes of it.

    `unit`: "", SETTLING, RECEPTION or the code of an agency. `escalate_after`: working minutes after its opening at
    which `escalate_to`, a role, is told (0: never). `inside`: key of the sub-process it stands in.
    """

    key: str
    name: str
    kind: StepKind = StepKind.WORK
    role: str = ""
    minutes: int = 0
    product: str = ""
    outcomes: tuple[Outcome, ...] = ()
    unit: str = ""
    escalate_after: int = 0
    escalate_to: str = ""
    may_skip: bool = False
    inside: str = ""
    drawn_as: str = "userTask"  # the BPMN element


@dataclass(frozen=True)
class Gate:
    """Cổng: where the way parts or comes together. An exclusive one asks the outcome of the step before it."""

    key: str
    kind: GateKind = GateKind.EXCLUSIVE
    name: str = ""
    inside: str = ""


@dataclass(frozen=True)
class SubProcess:
    """Quy trình con: a box of steps with a beginning (`start`, empty while none is drawn) and ends of its own."""

    key: str
    name: str = ""
    start: str = ""
    inside: str = ""


@dataclass(frozen=True)
class End:
    """Điểm kết thúc of a workflow, or of the sub-process that it stands in."""

    key: str
    name: str = "Kết thúc"
    inside: str = ""


@dataclass(frozen=True)
class Lane:
    """Làn: whose part of the picture some of the nodes are. It changes nothing in the run."""

    key: str
    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """Đường nối: from node to node, for one outcome or (None) for all the others."""

    source: str
    target: str
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Picture:
    """Hình vẽ như đã vẽ: boxes (x, y, width, height) by id, and the points of each line by (source, target, outcome)."""

    boxes: Mapping[str, tuple[float, float, float, float]]
    lines: Mapping[tuple[str, str, Outcome | None], tuple[tuple[float, float], ...]]


@dataclass(frozen=True)
class Blueprint:
    """Bản thiết kế: the whole workflow. `start` is the key of the first node, empty while none is drawn."""

    name: str
    steps: tuple[Step, ...] = ()
    flows: tuple[Flow, ...] = ()
    start: str = ""
    ends: tuple[End, ...] = field(default=(End("end"),))
    gates: tuple[Gate, ...] = ()
    subs: tuple[SubProcess, ...] = ()
    lanes: tuple[Lane, ...] = ()
    picture: Picture | None = field(default=None, compare=False, repr=False)

    @cached_property
    def by_key(self) -> Mapping[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def gate_by_key(self) -> Mapping[str, Gate]:
        return {gate.key: gate for gate in self.gates}

    @cached_property
    def sub_by_key(self) -> Mapping[str, SubProcess]:
        return {sub.key: sub for sub in self.subs}

    @cached_property
    def end_by_key(self) -> Mapping[str, End]:
        return {end.key: end for end in self.ends}

    @cached_property
    def end_keys(self) -> frozenset[str]:
        """Keys of the ends of the whole workflow, not of its sub-processes."""
        return frozenset(end.key for end in self.ends if not end.inside)

    @cached_property
    def known(self) -> frozenset[str]:
        """Keys of everything that a line can lead to."""
        return frozenset({*self.by_key, *self.gate_by_key, *self.sub_by_key, *(end.key for end in self.ends)})

    @cached_property
    def is_plain(self) -> bool:
        """One thing after the other: no parallel gate and no sub-process."""
        return not self.subs and all(gate.kind is not GateKind.PARALLEL for gate in self.gates)

    def name_of(self, key: str) -> str:
        """Tên gọi of a node; its key when it has none."""
        for found in (self.by_key, self.gate_by_key, self.sub_by_key, self.end_by_key):
            if key in found:
                return found[key].name or key
        return key

    def inside_of(self, key: str) -> str:
        """The sub-process that a node stands in; "" at the top."""
        for found in (self.by_key, self.gate_by_key, self.sub_by_key, self.end_by_key):
            if key in found:
                return found[key].inside
        return ""

    @cached_property
    def around(self) -> Mapping[str, tuple[str, ...]]:
        """The sub-processes that each node stands in, the innermost first."""
        found = {}
        for key in self.known:
            chain, inside = list[str](), self.inside_of(key)
            while inside and inside not in chain:
                chain.append(inside)
                inside = self.inside_of(inside)
            found[key] = tuple(chain)
        return found

    @cached_property
    def first_key(self) -> str:
        """Key of the step that opens first; "" when the start leads to none, or to several at once."""
        key = self.start
        if self._is_passed(key):
            key = self._walked(key, None)
        return key if key in self.by_key else ""

    @cached_property
    def _drawn(self) -> Mapping[str, tuple[Flow, ...]]:
        ways: dict[str, list[Flow]] = {}
        for flow in self.flows:
            ways.setdefault(flow.source, []).append(flow)
        return {key: tuple(flows) for key, flows in ways.items()}

    def drawn_from(self, key: str) -> tuple[Flow, ...]:
        """The lines that leave a node, as drawn."""
        return self._drawn.get(key, ())

    @cached_property
    def _drawn_into(self) -> Mapping[str, tuple[Flow, ...]]:
        ways: dict[str, list[Flow]] = {}
        for flow in self.flows:
            ways.setdefault(flow.target, []).append(flow)
        return {key: tuple(flows) for key, flows in ways.items()}

    def drawn_into(self, key: str) -> tuple[Flow, ...]:
        """The lines that come to a node, as drawn."""
        return self._drawn_into.get(key, ())

    @cached_property
    def _ways(self) -> dict[str, tuple[Flow, ...]]:
        return {}

    def ways_from(self, key: str) -> tuple[Flow, ...]:
        """Where each outcome leads, exclusive gates and milestones walked through."""
        if key not in self._ways:
            walked = ((outcome, self._walked(key, outcome)) for outcome in self._asked(key))
            self._ways[key] = tuple(Flow(key, target, outcome) for outcome, target in walked if target)
        return self._ways[key]

    def _asked(self, key: str) -> list[Outcome | None]:
        """The outcomes that the lines after a node ask for, in the order drawn; None for all the others."""
        asked: dict[Outcome | None, None] = {}
        waiting, met = [key], {key}
        while waiting:
            for flow in self.drawn_from(waiting.pop()):
                passed = self._is_passed(flow.target)
                if flow.outcome is not None or not passed:
                    asked[flow.outcome] = None
                if passed and flow.target not in met:
                    met.add(flow.target)
                    waiting.append(flow.target)
        return list(asked)

    def _walked(self, key: str, outcome: str | None) -> str:
        """The first node after `key` that is more than a gate to pass, for one outcome; "" when there is no way."""
        met: set[str] = set()
        while key not in met:
            met.add(key)
            lines = self.drawn_from(key)
            line = next((line for line in lines if line.outcome == outcome), None)
            line = line or next((line for line in lines if line.outcome is None), None)
            if line is None or not self._is_passed(line.target):
                return line.target if line else ""
            key = line.target
        return ""

    def _is_passed(self, key: str) -> bool:
        gate = self.gate_by_key.get(key)
        return gate is not None and gate.kind is not GateKind.PARALLEL

    def step(self, key: str) -> Step:
        """The step of that key. Raises NoWay."""
        try:
            return self.by_key[key]
        except KeyError:
            raise NoWay(f"Quy trình “{self.name}” không có bước “{key}”.") from None

    def next_key(self, key: str, outcome: str) -> str:
        """Where the outcome leads: the key of a step, a parallel gate, a sub-process or an end. Raises NoWay."""
        if target := self._walked(key, outcome):
            return target
        raise NoWay(
            f"Bước “{self.step(key).name}” không có đường đi cho kết quả “{label_of(outcome)}”. "
            "Hãy chọn một kết quả khác hoặc báo người quản trị quy trình."
        )

    def has_way(self, key: str, outcome: str) -> bool:
        return bool(self._walked(key, outcome))

    def usual_way(self, key: str) -> tuple[str, ...]:
        """Keys of the steps that follow when each one ends as its kind usually does, branch after branch."""
        met, waiting = [key], [key]
        while waiting:
            here = waiting.pop(0)
            for target in self._usual_links(here):
                if target not in met:
                    met.append(target)
                    waiting.append(target)
        places = {one: place for place, one in enumerate(self.order)}
        steps = [one for one in met[1:] if one in self.by_key]
        if self.is_plain:
            return tuple(steps)
        return tuple(sorted(steps, key=lambda one: places.get(one, len(places))))

    def _usual_links(self, key: str) -> list[str]:
        step = self.by_key.get(key)
        if step is None:
            return [target for target in self.links.get(key, ()) if target not in self.end_keys]
        flows = self.ways_from(key)
        flow = next((flow for flow in flows if flow.outcome == usual_outcome(step.kind)), None)
        flow = flow or next((flow for flow in flows if flow.outcome is None), None)
        return [flow.target] if flow else []

    def nodes_after(self, key: str, outcome: str | None = None) -> frozenset[str]:
        """The steps and the ends of the whole that come next after a step, through gates and sub-processes."""
        begin = self._walked(key, outcome)
        found, met, waiting = set[str](), set[str](), [begin] if begin else []
        while waiting:
            here = waiting.pop()
            if here in met:
                continue
            met.add(here)
            if here in self.by_key or here in self.end_keys or here not in self.links:
                found.add(here)
            else:
                waiting.extend(self.links[here])
        return frozenset(found)

    def first_deciding(self, key: str) -> str:
        """The step that decides on a refusal in a branch: the next review or signature behind all branches; "" if none."""
        if key not in self._deciding:
            splits = [
                gate.key for gate in self.gates if self._is_split(gate) and key in self._after(gate.key)
            ]
            behind = (
                one
                for one in self.usual_way(key)
                if self.by_key[one].kind in DECIDING
                and not any(self._after(split, without=one) & self.end_keys for split in splits)
            )
            self._deciding[key] = next(behind, "")
        return self._deciding[key]

    @cached_property
    def _deciding(self) -> dict[str, str]:
        return {}

    def _is_split(self, gate: Gate) -> bool:
        return gate.kind is GateKind.PARALLEL and len(self.drawn_from(gate.key)) > 1

    def _after(self, key: str, without: str = "") -> set[str]:
        """What can be reached from a node, when one other is taken away."""
        met, waiting = set[str](), list(self.links.get(key, ()))
        while waiting:
            here = waiting.pop()
            if here not in met and here != without:
                met.add(here)
                waiting.extend(self.links.get(here, ()))
        return met

    @cached_property
    def links(self) -> Mapping[str, tuple[str, ...]]:
        """From node to node as a token walks: into a sub-process, from its ends to `leaving(sub)`, and on."""
        links: dict[str, list[str]] = {}
        for flow in self.flows:
            source = leaving(flow.source) if flow.source in self.sub_by_key else flow.source
            links.setdefault(source, []).append(flow.target)
        for sub in self.subs:
            links.setdefault(sub.key, []).append(sub.start or leaving(sub.key))
        for end in self.ends:
            if end.inside:
                links.setdefault(end.key, []).append(leaving(end.inside))
        return {key: tuple(dict.fromkeys(targets)) for key, targets in links.items()}

    def forward_flows(self) -> tuple[Flow, ...]:
        """The flows without those that lead back, so that what remains has no loop."""
        back = self._back_links
        return tuple(
            flow
            for flow in self.flows
            if (leaving(flow.source) if flow.source in self.sub_by_key else flow.source, flow.target)
            not in back
        )

    @cached_property
    def _forward(self) -> Mapping[str, tuple[str, ...]]:
        back = self._back_links
        return {
            key: tuple(target for target in targets if (key, target) not in back)
            for key, targets in self.links.items()
        }

    @cached_property
    def _back_links(self) -> frozenset[tuple[str, str]]:
        """Links that close a loop in a depth-first walk from the start (and from what it does not reach)."""
        return frozenset(self._loops())

    def _loops(self) -> Iterator[tuple[str, str]]:
        state: dict[str, bool] = {}  # absent: not met; False: on the present path; True: left behind
        for root in [*([self.start] if self.start else []), *self.by_key, *self.links]:
            if root in state:
                continue
            state[root] = False
            stack = [(root, iter(self._forward_first(root)))]
            while stack:
                key, targets = stack[-1]
                target = next(targets, None)
                if target is None:
                    state[key] = True
                    stack.pop()
                elif target not in state:
                    state[target] = False
                    stack.append((target, iter(self._forward_first(target))))
                elif not state[target]:
                    yield key, target

    def _forward_first(self, key: str) -> list[str]:
        back = {flow.target for flow in self.drawn_from(key) if flow.outcome == Outcome.SEND_BACK}
        return sorted(self.links.get(key, ()), key=lambda target: target in back)

    def longest_path(self) -> tuple[str, ...]:
        """Keys of the steps on the way that takes the most working minutes, each loop walked once.

        Of parallel branches the longest counts, for the others go on beside it.
        """
        if self.start not in self.known:
            return ()
        best: dict[str, tuple[int, int, tuple[str, ...]]] = {}
        for key in reversed(self.order):
            ways = [best[target] for target in self._forward.get(key, ()) if target in best]
            minutes, count, path = max(ways, key=lambda way: way[:2], default=(0, 0, ()))
            step = self.by_key.get(key)
            best[key] = (minutes + step.minutes, count + 1, (key, *path)) if step else (minutes, count, path)
        return best[self.start][2]

    def longest_minutes(self) -> int:
        """Tổng thời gian of the longest way, in working minutes."""
        return sum(self.by_key[key].minutes for key in self.longest_path())

    @cached_property
    def order(self) -> list[str]:
        """What is reached from the start, each node before those that follow it, branches as they are drawn."""
        done: list[str] = []
        met = {self.start}
        stack = [(self.start, reversed(self._forward.get(self.start, ())))]
        while stack:
            key, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                done.append(key)
                stack.pop()
            elif target not in met:
                met.add(target)
                stack.append((target, reversed(self._forward.get(target, ()))))
        return done[::-1]

    def reached(self) -> frozenset[str]:
        """Keys of everything that can be reached from the start."""
        met, waiting = set[str](), [self.start] if self.start else []
        while waiting:
            key = waiting.pop()
            if key not in met:
                met.add(key)
                waiting.extend(self.links.get(key, ()))
        return frozenset(met & (self.known | {self.start}))

    def finishing(self) -> frozenset[str]:
        """Keys of the nodes from which an end of the workflow can be reached."""
        sources: dict[str, list[str]] = {}
        for key, targets in self.links.items():
            for target in targets:
                sources.setdefault(target, []).append(key)
        met, waiting = set[str](), list(self.end_keys)
        while waiting:
            key = waiting.pop()
            if key not in met:
                met.add(key)
                waiting.extend(sources.get(key, ()))
        return frozenset((met - self.end_keys) & self.known)


def leaving(sub: str) -> str:
    """Chỗ ra of a sub-process, beside its key, which is where one comes in. No key has a dot."""
    return f"{sub}.out"


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
    subs = _outer_first(blueprint)
    levels = {"": 0} | {sub.key: place for place, sub in enumerate(subs, 1)}
    gates = tuple(sorted(blueprint.gates, key=lambda gate: levels.get(gate.inside, 0)))
    for step in blueprint.steps:
        ways, lines = blueprint.ways_from(step.key), blueprint.drawn_from(step.key)
        named = {flow.outcome for flow in ways if flow.outcome is not None}
        outcomes = {*step.outcomes, *named}
        if not outcomes or (
            len(named) < len(ways) and outcomes == named
        ):  # the way of all others has no name yet
            outcomes.add(usual_outcome(step.kind))
        steps.append(replace(step, outcomes=tuple(outcome for outcome in Outcome if outcome in outcomes)))
        flows += [replace(lines[0], outcome=None)] if len(lines) == 1 else lines
    for gate in gates:
        lines = blueprint.drawn_from(gate.key)
        asks = gate.kind is GateKind.EXCLUSIVE and len(lines) > 1
        flows += lines if asks else [replace(line, outcome=None) for line in lines]
    for sub in subs:
        flows += [replace(line, outcome=None) for line in blueprint.drawn_from(sub.key)]
    placed = {*blueprint.by_key, *blueprint.gate_by_key, *blueprint.sub_by_key}
    flows += [flow for flow in blueprint.flows if flow.source not in placed]
    return replace(
        blueprint,
        steps=tuple(steps),
        flows=tuple(flows),
        gates=gates,
        subs=subs,
        ends=tuple(sorted(blueprint.ends, key=lambda end: levels.get(end.inside, 0))),
    )


def _outer_first(blueprint: Blueprint) -> tuple[SubProcess, ...]:
    """The sub-processes in the order of a file: each before those inside it."""
    found: list[SubProcess] = []
    waiting = [sub for sub in reversed(blueprint.subs) if not sub.inside]
    while waiting:
        sub = waiting.pop()
        found.append(sub)
        waiting += [inner for inner in reversed(blueprint.subs) if inner.inside == sub.key]
    return tuple(found)
