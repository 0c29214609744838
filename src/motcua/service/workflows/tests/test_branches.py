"""Branches, loops and sub-processes in any sound combination: they finish, they replay, another engine agrees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from motcua.core.errors import DomainError
from motcua.service.workflows import bpmn, drawing, engine
from motcua.service.workflows.blueprint import (
    Blueprint,
    End,
    Flow,
    Gate,
    GateKind,
    Outcome,
    Step,
    StepKind,
    SubProcess,
    settled,
)
from motcua.service.workflows.checking import problems

quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Exits = list[tuple[str, Outcome | None]]
LEAF = st.just(("step",))
TREES = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.tuples(st.just("seq"), inner, inner),
        st.tuples(st.just("xor"), inner, inner),
        st.tuples(st.just("par"), inner, inner),
        st.tuples(st.just("loop"), inner),
        st.tuples(st.just("sub"), inner),
    ),
    max_leaves=6,
)


class Builder:
    """Puts blocks together as a person who draws carefully would."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.gates: list[Gate] = []
        self.subs: list[SubProcess] = []
        self.ends = [End("end")]
        self.flows: list[Flow] = []
        self.count = 0

    def key(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def step(self, inside: str, kind: StepKind = StepKind.WORK) -> str:
        key = self.key("s")
        self.steps.append(Step(key, f"Bước {key}", kind, "OFFICER", 60, inside=inside))
        return key

    def link(self, exits: Exits, target: str) -> None:
        self.flows += [Flow(source, target, outcome) for source, outcome in exits]

    def block(self, tree: Any, inside: str) -> tuple[str, Exits]:
        """Where one comes in, and the loose ends."""
        return getattr(self, tree[0])(inside, *tree[1:]) if tree[0] != "step" else self.leaf(inside)

    def leaf(self, inside: str) -> tuple[str, Exits]:
        key = self.step(inside)
        return key, [(key, None)]

    def seq(self, inside: str, one: Any, other: Any) -> tuple[str, Exits]:
        first, exits = self.block(one, inside)
        second, last = self.block(other, inside)
        self.link(exits, second)
        return first, last

    def xor(self, inside: str, one: Any, other: Any) -> tuple[str, Exits]:
        key = self.step(inside, StepKind.REVIEW)
        loose: Exits = []
        for outcome, tree in ((Outcome.AGREE, one), (Outcome.SEND_BACK, other)):
            begin, exits = self.block(tree, inside)
            self.flows.append(Flow(key, begin, outcome))
            loose += exits
        return key, loose

    def par(self, inside: str, one: Any, other: Any) -> tuple[str, Exits]:
        again, split, join = (
            self.key("a"),
            self.key("p"),
            self.key("j"),
        )  # ways back meet before the branches part
        self.gates.append(Gate(again, GateKind.EXCLUSIVE, inside=inside))
        self.flows.append(Flow(again, split))
        self.gates += [
            Gate(split, GateKind.PARALLEL, inside=inside),
            Gate(join, GateKind.PARALLEL, inside=inside),
        ]
        for tree in (one, other):
            begin, exits = self.block(tree, inside)
            self.flows.append(Flow(split, begin))
            if len(exits) > 1:
                merge = self.key("m")
                self.gates.append(Gate(merge, GateKind.EXCLUSIVE, inside=inside))
                self.link(exits, merge)
                exits = [(merge, None)]
            self.link(exits, join)
        return again, [(join, None)]

    def loop(self, inside: str, tree: Any) -> tuple[str, Exits]:
        begin, exits = self.block(tree, inside)
        key = self.step(inside, StepKind.REVIEW)
        self.link(exits, key)
        self.flows.append(Flow(key, begin, Outcome.SEND_BACK))
        return begin, [(key, Outcome.AGREE)]

    def sub(self, inside: str, tree: Any) -> tuple[str, Exits]:
        key = self.key("b")
        place = len(self.subs)
        begin, exits = self.block(tree, key)
        self.subs.insert(place, SubProcess(key, f"Con {key}", begin, inside))
        end = End(self.key("e"), "Xong", key)
        self.ends.append(end)
        self.link(exits, end.key)
        return key, [(key, None)]

    def whole(self, tree: Any) -> Blueprint:
        begin, exits = self.block(tree, "")
        first = self.step("", StepKind.RECEIVE)
        last = self.step("", StepKind.RETURN)
        self.flows.append(Flow(first, begin))
        self.link(exits, last)
        self.flows.append(Flow(last, "end"))
        made = Blueprint("Nhánh", tuple(self.steps), tuple(self.flows), first)
        return settled(replace(made, ends=tuple(self.ends), gates=tuple(self.gates), subs=tuple(self.subs)))


def sound(tree: Any) -> Blueprint:
    return Builder().whole(tree)


def walk(blueprint: Blueprint, data: st.DataObject, most: int = 60) -> list[tuple[str, str]]:
    """Some way through, to the end: any open step, any outcome of it; in a hurry after a while."""
    run, trace = engine.Run(blueprint), list[tuple[str, str]]()
    run.begin()
    while run.open:
        key = data.draw(st.sampled_from(sorted(run.open)))
        outcomes = [
            one
            for one in blueprint.step(key).outcomes
            if one in {Outcome.DONE, Outcome.AGREE, Outcome.SEND_BACK}
        ]
        outcome = data.draw(st.sampled_from(outcomes)) if len(trace) < most else outcomes[0]
        if len(trace) >= most and Outcome.AGREE in outcomes:
            outcome = Outcome.AGREE
        run.complete(key, outcome)
        trace.append((key, outcome))
        assert len(trace) < most * 10
    assert not run.is_stuck
    return trace


@given(TREES, st.data())
@quick
def test_what_is_well_drawn_always_comes_to_an_end(tree: Any, data: st.DataObject) -> None:
    blueprint = sound(tree)
    found = {problem.code for problem in problems(blueprint)}

    assert not found & {
        "stuck",
        "crowded",
        "unreachable",
        "endless",
        "dead-end",
        "ambiguous",
        "lost",
    }
    walk(blueprint, data)


@given(TREES, st.data())
@quick
def test_a_replay_stands_where_the_walk_stood(tree: Any, data: st.DataObject) -> None:
    compiled = engine.compile(bpmn.write(sound(tree)))
    blueprint = compiled.blueprint
    trace = walk(blueprint, data)
    run = engine.Run(blueprint)
    run.begin()
    for place, (key, outcome) in enumerate(trace):
        assert {step.key for step in engine.open_steps(compiled, trace[:place])} == run.open.keys()
        run.complete(key, outcome)
    assert engine.open_steps(compiled, trace) == ()


@given(TREES)
@quick
def test_a_file_reads_back_with_all_its_boxes(tree: Any) -> None:
    blueprint = sound(tree)
    xml = bpmn.write(blueprint)
    again = bpmn.read(xml)

    assert again == blueprint
    assert bpmn.write(again) == xml
    assert drawing.to_svg(xml).startswith("<svg ")
    nodes, edges = bpmn.graph(blueprint)
    root = bpmn.parse(xml)
    assert len(list(root.iter(f"{{{bpmn.DI}}}BPMNShape"))) == len(nodes)
    assert len(list(root.iter(f"{{{bpmn.DI}}}BPMNEdge"))) == len(edges)


def has_branches_in_a_loop(tree: Any, in_loop: bool = False) -> bool:
    if tree[0] == "par" and in_loop:
        return True
    return any(has_branches_in_a_loop(inner, in_loop or tree[0] == "loop") for inner in tree[1:])


# SpiffWorkflow 3.2 opens a parallel join too early the second time round a loop, so it is no judge of those.
@given(TREES.filter(lambda tree: not has_branches_in_a_loop(tree)), st.data())
@settings(quick, max_examples=40)
def test_another_engine_walks_the_same_way(tree: Any, data: st.DataObject) -> None:
    """SpiffWorkflow, which knows nothing of ours, is given our file and the same outcomes."""
    blueprint = sound(tree)
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(bpmn.write(blueprint).encode()))
    other = BpmnWorkflow(parser.get_spec(bpmn.PROCESS), parser.get_subprocess_specs(bpmn.PROCESS))
    other.do_engine_steps()
    ours = engine.Run(blueprint)
    ours.begin()
    for key, outcome in walk(blueprint, data, most=25):
        ready = {task.task_spec.bpmn_id: task for task in other.get_tasks(state=TaskState.READY, manual=True)}
        assert ready.keys() == ours.open.keys()
        ours.complete(key, outcome)
        ready[key].data["outcome"] = str(outcome)
        ready[key].run()
        other.do_engine_steps()
    assert other.is_completed()


@given(TREES, st.data())
@quick
def test_any_step_can_be_taken_back(tree: Any, data: st.DataObject) -> None:
    """Undone with what rests on it, the step is open again, and the other branches keep what they have done."""
    compiled = engine.compile(bpmn.write(sound(tree)))
    trace = walk(compiled.blueprint, data, most=30)
    trace = trace[: data.draw(st.integers(1, len(trace)))]
    place = data.draw(st.integers(0, len(trace) - 1))
    gone = engine.resting_on(compiled, trace, place)
    rest = [one for number, one in enumerate(trace) if number not in gone]

    assert place in gone
    assert min(gone) == place
    assert trace[place][0] in {step.key for step in engine.open_steps(compiled, rest)}


@st.composite
def tangles(draw: st.DrawFn) -> Blueprint:
    """Gates, boxes and lines thrown together."""
    keys = [f"s{n}" for n in range(draw(st.integers(1, 5)))]
    gates = [f"g{n}" for n in range(draw(st.integers(0, 5)))]
    targets = [*keys, *gates, "end"]
    flows = [
        Flow(source, draw(st.sampled_from(targets)), draw(st.sampled_from([None, *Outcome])))
        for source in [*keys, *gates]
        for _ in range(draw(st.integers(1, 3)))
    ]
    return Blueprint(
        "Rối",
        tuple(Step(key, key, draw(st.sampled_from(list(StepKind)))) for key in keys),
        tuple(dict.fromkeys(flows)),
        draw(st.sampled_from(targets[:-1])),
        gates=tuple(Gate(key, draw(st.sampled_from(list(GateKind)))) for key in gates),
    )


@given(tangles(), st.data())
@settings(quick, max_examples=200)
def test_what_is_badly_drawn_is_told_of_and_never_breaks(blueprint: Blueprint, data: st.DataObject) -> None:
    drawn = settled(blueprint)
    found = {problem.code for problem in problems(drawn)}
    run = engine.Run(drawn)
    try:
        run.begin()
        for _ in range(20):
            if not run.open:
                break
            key = data.draw(st.sampled_from(sorted(run.open)))
            run.complete(key, data.draw(st.sampled_from(drawn.step(key).outcomes)))
    except DomainError:
        assert found
        return
    if run.is_stuck:
        assert found


class TestRefusal:
    """A refusal in one branch leaves the others nothing to decide."""

    BLUEPRINT = settled(
        Blueprint(
            "Hai nhánh",
            (
                Step("receive", "Tiếp nhận", StepKind.RECEIVE),
                Step("one", "Thẩm định một"),
                Step("two", "Thẩm định hai"),
                Step("ask", "Hỏi Sở khác", StepKind.CONSULT, unit="H99"),
                Step("sign", "Ký", StepKind.SIGN),
                Step("issue", "Phát hành", StepKind.ISSUE),
                Step("return", "Trả", StepKind.RETURN),
            ),
            (
                Flow("receive", "again"), Flow("again", "split"), Flow("split", "one"), Flow("split", "two"),
                Flow("two", "ask"), Flow("one", "join"), Flow("ask", "join"), Flow("join", "sign"),
                Flow("sign", "issue", Outcome.AGREE), Flow("sign", "again", Outcome.SEND_BACK),
                Flow("issue", "return"), Flow("return", "end"),
            ),
            "receive",
            gates=(Gate("again"), Gate("split", GateKind.PARALLEL), Gate("join", GateKind.PARALLEL)),
        )
    )  # fmt: skip

    def opened(self, *trace: tuple[str, str]) -> set[str]:
        return {step.key for step in engine.open_steps(engine.compile(bpmn.write(self.BLUEPRINT)), trace)}

    def test_goes_straight_to_who_decides_on_it(self) -> None:
        assert self.opened(("receive", "DONE")) == {"one", "two"}
        assert self.opened(("receive", "DONE"), ("one", "REFUSE")) == {"sign"}
        assert self.opened(("receive", "DONE"), ("one", "DONE"), ("two", "REFUSE")) == {"sign"}
        assert self.opened(("receive", "DONE"), ("two", "DONE"), ("one", "REFUSE"), ("sign", "AGREE")) == {
            "issue"
        }

    def test_may_be_sent_back_to_all_branches(self) -> None:
        refused = (("receive", "DONE"), ("one", "REFUSE"), ("sign", "SEND_BACK"))

        assert self.opened(*refused) == {"one", "two"}
        assert self.opened(*refused, ("two", "DONE"), ("one", "DONE"), ("ask", "DONE")) == {"sign"}

    def test_is_undone_with_the_branch_that_it_ended(self) -> None:
        compiled = engine.compile(bpmn.write(self.BLUEPRINT))
        trace = (("receive", "DONE"), ("two", "DONE"), ("one", "REFUSE"))

        assert engine.resting_on(compiled, trace, 1) == {1, 2}

    def test_leaves_nothing_wrong(self) -> None:
        assert {p.code for p in problems(self.BLUEPRINT)} <= {"no-role", "no-time"}
