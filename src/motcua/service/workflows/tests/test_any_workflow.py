"""What holds for every workflow that could be drawn: file, engine, picture and arithmetic agree with the blueprint."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.service.workflows import bpmn, drawing, engine
from motcua.service.workflows.blueprint import Blueprint, End, Flow, Outcome, Step, StepKind, settled
from motcua.service.workflows.checking import blocking, problems
from motcua.service.workflows.diagram import lay_out

ROLES = ("CLERK", "OFFICER", "LEADER")
quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    """Any graph of up to nine steps: loops, branches, steps nobody reaches, ways that lead nowhere good."""
    count = draw(st.integers(1, 9))
    keys = [f"s{number}" for number in range(count)]
    ends = tuple(End(f"e{number}", f"Kết thúc {number}") for number in range(draw(st.integers(1, 2))))
    targets = st.sampled_from([*keys, *(end.key for end in ends)])
    steps, flows = [], []
    for key in keys:
        steps.append(
            Step(
                key,
                draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)).strip() or "Bước",
                draw(st.sampled_from(list(StepKind))),
                draw(st.sampled_from(ROLES)),
                draw(st.integers(0, 2000)),
            )
        )
        outcomes = draw(st.lists(st.sampled_from([None, *Outcome]), unique=True, max_size=4))
        flows += [Flow(key, draw(targets), outcome) for outcome in outcomes]
    return Blueprint("Quy trình bất kỳ", tuple(steps), tuple(flows), keys[0], ends)


@given(blueprints())
@quick
def test_a_file_reads_back_as_what_was_written(blueprint: Blueprint) -> None:
    xml = bpmn.write(blueprint)
    again = bpmn.read(xml)

    assert bpmn.write(again) == xml
    assert [(s.key, s.kind, s.role, s.minutes) for s in again.steps] == [
        (s.key, s.kind, s.role, s.minutes) for s in blueprint.steps
    ]
    assert set(again.flows) == set(settled(blueprint).flows)


@given(blueprints(), st.data())
@quick
def test_the_engine_goes_where_the_blueprint_says(blueprint: Blueprint, data: st.DataObject) -> None:
    compiled = engine.compile(bpmn.write(blueprint))
    drawn, key, trace = compiled.blueprint, blueprint.start, []
    if drawn.reached() - drawn.end_keys - drawn.finishing():
        with pytest.raises(engine.EndlessWorkflow):
            engine.open_steps(compiled)
        return
    for _ in range(data.draw(st.integers(0, 12))):
        if key in drawn.end_keys:
            break
        ways = [
            o
            for o in drawn.step(key).outcomes
            if any(way.outcome in {o, None} for way in drawn.ways_from(key))
        ]
        outcome = data.draw(st.sampled_from(ways))
        trace.append((key, outcome))
        key = drawn.next_key(key, outcome)

    opened = [step.key for step in engine.open_steps(compiled, trace)]
    assert opened == ([] if key in drawn.end_keys else [key])


@given(blueprints())
@quick
def test_no_box_lies_on_another_and_every_line_meets_its_boxes(blueprint: Blueprint) -> None:
    nodes, edges = bpmn.graph(settled(blueprint))
    diagram = lay_out(nodes, edges)
    boxes = list(diagram.boxes.values())
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            assert (
                one.x + one.width <= other.x or other.x + other.width <= one.x
                or one.y + one.height <= other.y or other.y + other.height <= one.y
            )  # fmt: skip
    for edge in edges:
        points = diagram.lines[edge.id]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))
        for box, (x, y) in (
            (diagram.boxes[edge.source], points[0]),
            (diagram.boxes[edge.target], points[-1]),
        ):
            assert box.x <= x <= box.x + box.width
            assert box.y <= y <= box.y + box.height


@given(blueprints())
@quick
def test_anything_can_be_checked_and_drawn(blueprint: Blueprint) -> None:
    drawn = settled(blueprint)
    found = problems(drawn, roles=ROLES, limit=480)
    path = drawn.longest_path()

    assert len(path) == len(set(path))
    assert path[0] == drawn.start
    assert drawing.to_svg(bpmn.write(blueprint)).startswith("<svg ")
    if not blocking(found):
        assert drawn.longest_minutes() <= 480
        assert all(step.key in drawn.reached() & drawn.finishing() for step in drawn.steps)
