"""Files of any kind are read or refused in words; none breaks the reader, runs anything or takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.service.workflows import bpmn, engine
from motcua.service.workflows.blueprint import Blueprint, Flow, Gate, Step
from motcua.service.workflows.checking import problems
from motcua.service.workflows.templates import standard_blueprint
from motcua.service.workflows.tests import test_bpmn, test_branches
from motcua.service.workflows.tests.test_bpmn import HEAD, PLAIN
from motcua.service.workflows.tests.test_branches import sound

TREE = ("seq", ("par", ("sub", ("step",)), ("loop", ("step",))), ("xor", ("step",), ("step",)))
MODELS = (
    PLAIN,
    test_bpmn.TestSeveralProcesses.TWO,
    bpmn.write(standard_blueprint(2400)),
    bpmn.write(test_branches.TestRefusal.BLUEPRINT),
    bpmn.write(sound(TREE)),
)
TOKENS = (
    "", "<", ">", '"', "&", "&#0;", "\x00", "startEvent", "endEvent", "parallelGateway", "subProcess", "task", "id=",
    'id="a"', 'id="s"', "sourceRef", "targetRef", "<sequenceFlow/>", "<subProcess id='zz'>", "</subProcess>",
    "outcome == 'DONE'", "isExpanded", "NaN", "xmlns", "bpmn:", "motcua:", "١٢", "-1", "9" * 40, "<lane id='l'/>",
    "<!--", "]]>", "<?x?>",
)  # fmt: skip


def refused_or_read(xml: str | bytes) -> Blueprint | None:
    try:
        blueprint = bpmn.read_with_warnings(xml).blueprint
    except bpmn.UnreadableModel as refusal:
        assert (bool(refusal.message), refusal.field) == (True, "bpmn")  # noqa: PT017 -- either is right
        return None
    problems(blueprint)
    written = bpmn.write(blueprint)
    assert bpmn.read(written) == blueprint
    engine.compile(written)
    return blueprint


@given(st.sampled_from(MODELS), st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_spoiled_file_is_read_or_refused(model: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(model)))
        length = data.draw(st.sampled_from([0, 1, 3, 12, 80]))
        other = data.draw(st.integers(0, len(model)))
        new = data.draw(st.one_of(st.sampled_from(TOKENS), st.just(model[other : other + 60])))
        model = model[:place] + new + model[place + length :]
    refused_or_read(model)


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    assert refused_or_read(data) is None


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + PLAIN.replace("Thẩm định", "&a;"),
        '<!DOCTYPE d SYSTEM "http://example.org/d.dtd">' + PLAIN,
        "<!DOCTYPE d ["
        + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(9))
        + "]>"
        + PLAIN.replace("Thẩm định", "&e8;"),
        PLAIN.replace("Thẩm định", "x" * 10_000_000),
        HEAD + "<process id='p'>" + "<subProcess id='x'>" * 300 + "</subProcess>" * 300 + "</process></definitions>",
        HEAD
        + "<process id='p'><startEvent id='s'/>"
        + "".join(f"<task id='t{n}'/>" for n in range(5000))
        + "</process></definitions>",
        b'<?xml version="1.0" encoding="no-such-code"?>' + PLAIN.encode(),
    ],
    ids=["file", "dtd", "bomb", "10 MB", "nested", "many", "encoding"],
)  # fmt: skip
def test_a_hostile_file_is_refused_at_once(xml: str | bytes) -> None:
    begun = time.monotonic()

    assert refused_or_read(xml) is None
    assert time.monotonic() - begun < 5


def test_gates_that_part_and_meet_again_and_again_cost_no_more_than_they_are() -> None:
    """Forty diamonds are a million million ways; each gate is looked at once."""
    keys = [f"g{n}" for n in range(40)]
    flows = [Flow("a", keys[0])]
    for one, other in zip(keys, [*keys[1:], "b"], strict=True):
        flows += [Flow(one, f"{one}x"), Flow(one, f"{one}y"), Flow(f"{one}x", other), Flow(f"{one}y", other)]
    gates = [Gate(key) for one in keys for key in (one, f"{one}x", f"{one}y")]
    blueprint = Blueprint(
        "Thoi", (Step("a", "A"), Step("b", "B")), (*flows, Flow("b", "end")), "a", gates=tuple(gates)
    )
    begun = time.monotonic()

    refused_or_read(bpmn.write(blueprint))
    assert time.monotonic() - begun < 5
