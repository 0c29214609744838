"""The engine replays what was done; it never runs what a model says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.service.workflows import bpmn, engine
from motcua.service.workflows.blueprint import Blueprint, Flow, NoWay, Outcome, Step, StepKind
from motcua.service.workflows.templates import short_blueprint, standard_blueprint

STANDARD = bpmn.write(standard_blueprint(2400))


def opened(*trace: tuple[str, str]) -> list[str]:
    return [step.key for step in engine.open_steps(engine.compile(STANDARD), trace)]


class TestOpenSteps:
    def test_begins_with_the_first(self) -> None:
        assert opened() == ["receive"]

    def test_walks_straight_on(self) -> None:
        assert opened(("receive", "DONE"), ("assign", "DONE")) == ["work"]

    def test_takes_the_way_of_the_outcome(self) -> None:
        way = (("receive", "DONE"), ("assign", "DONE"), ("work", "DONE"))

        assert opened(*way, ("review", "AGREE")) == ["sign"]
        assert opened(*way, ("review", "SEND_BACK")) == ["work"]

    def test_replays_loops(self) -> None:
        loop = (("work", "DONE"), ("review", "SEND_BACK"))
        way = (("receive", "DONE"), ("assign", "DONE"), *loop * 20, ("work", "DONE"), ("review", "AGREE"))

        assert opened(*way, ("sign", "SEND_BACK")) == ["work"]
        assert opened(*way, ("sign", "AGREE")) == ["issue"]

    def test_ends_with_nothing_open(self) -> None:
        way = [
            ("receive", "DONE"),
            ("assign", "DONE"),
            ("work", "DONE"),
            ("review", "AGREE"),
            ("sign", "AGREE"),
        ]

        assert opened(*way, ("issue", "DONE"), ("return", "DONE")) == []

    def test_refuses_a_step_that_is_not_open(self) -> None:
        with pytest.raises(engine.BrokenTrace, match="Ký duyệt kết quả"):
            opened(("receive", "DONE"), ("sign", "AGREE"))

    def test_refuses_a_second_completion_of_one_step(self) -> None:
        with pytest.raises(engine.BrokenTrace):
            opened(("receive", "DONE"), ("receive", "DONE"))

    def test_refuses_an_outcome_without_a_way(self) -> None:
        with pytest.raises(NoWay, match="Từ chối"):
            opened(("receive", "DONE"), ("assign", "DONE"), ("work", "DONE"), ("review", "REFUSE"))

    def test_takes_the_way_of_all_others(self) -> None:
        blueprint = Blueprint(
            "Rẽ",
            (Step("a", "Một", outcomes=(Outcome.DONE, Outcome.AGREE)), Step("b", "Hai"), Step("c", "Ba")),
            (Flow("a", "b", Outcome.REFUSE), Flow("a", "c"), Flow("b", "end"), Flow("c", "end")),
            "a",
        )
        compiled = engine.compile(bpmn.write(blueprint))

        assert [step.key for step in engine.open_steps(compiled, [("a", "REFUSE")])] == ["b"]
        assert [step.key for step in engine.open_steps(compiled, [("a", "DONE")])] == ["c"]

    @given(st.data())
    def test_agrees_with_the_blueprint_on_every_walk(self, data: st.DataObject) -> None:
        blueprint = data.draw(st.sampled_from([standard_blueprint(2400), short_blueprint(480)]))
        compiled = engine.compile(bpmn.write(blueprint))
        key, trace = blueprint.start, []
        for _ in range(data.draw(st.integers(0, 25))):
            if key in blueprint.end_keys:
                break
            outcome = data.draw(st.sampled_from(compiled.blueprint.step(key).outcomes))
            trace.append((key, outcome))
            key = blueprint.next_key(key, outcome)

        expected = [] if key in blueprint.end_keys else [key]
        assert [step.key for step in engine.open_steps(compiled, trace)] == expected


class TestCompile:
    def test_parses_once(self) -> None:
        assert engine.compile(STANDARD) is engine.compile(str(STANDARD))

    def test_refuses_a_model_that_would_run_a_script(self) -> None:
        attempt = STANDARD.replace(
            "</bpmn:process>",
            '<bpmn:scriptTask id="x"><bpmn:script>open("/tmp/owned","w")</bpmn:script></bpmn:scriptTask></bpmn:process>',
        )
        with pytest.raises(bpmn.UnsupportedConstruct):
            engine.compile(attempt)

    def test_hands_the_engine_our_own_rewriting_only(self) -> None:
        """What a foreign tool has put beside the steps is gone before the engine sees the model."""
        extended = STANDARD.replace(
            "<bpmn:extensionElements>",
            '<bpmn:extensionElements><x:calledDecision xmlns:x="urn:x" id="boom"/>',
        )
        assert engine.open_steps(engine.compile(extended)) == engine.open_steps(engine.compile(STANDARD))
        assert "boom" not in bpmn.write(engine.compile(extended).blueprint)


class TestLongestPath:
    def test_counts_loops_once(self) -> None:
        blueprint = standard_blueprint(2400)

        assert blueprint.longest_path() == ("receive", "assign", "work", "review", "sign", "issue", "return")
        assert blueprint.longest_minutes() == 2400

    def test_takes_the_longer_branch(self) -> None:
        blueprint = Blueprint(
            "Rẽ",
            (
                Step("a", "a", minutes=10),
                Step("b", "b", minutes=100),
                Step("c", "c", minutes=30),
                Step("d", "d", minutes=1),
            ),
            (Flow("a", "b", Outcome.AGREE), Flow("a", "c"), Flow("b", "d"), Flow("c", "d"), Flow("d", "end")),
            "a",
        )
        assert blueprint.longest_path() == ("a", "b", "d")

    @pytest.mark.parametrize("limit", [6, 37, 120, 480, 1440, 2400, 14400])
    def test_of_the_templates_is_the_limit(self, limit: int) -> None:
        for blueprint in (standard_blueprint(limit), short_blueprint(limit)):
            assert blueprint.longest_minutes() == limit
            assert all(step.minutes > 0 for step in blueprint.steps if step.kind is not StepKind.RETURN)


class TestEarlierReleases:
    """Models published by earlier releases lie in databases: each must still be read, drawn and walked on."""

    FROZEN = Path(__file__).parent / "frozen"

    @pytest.mark.parametrize("release", ["0.1"])
    def test_can_still_be_walked_on(self, release: str) -> None:
        compiled = engine.compile((self.FROZEN / f"standard-{release}.bpmn").read_text())
        half_way = (("receive", "DONE"), ("assign", "DONE"), ("work", "DONE"), ("review", "SEND_BACK"))

        [step] = engine.open_steps(compiled, half_way)

        assert (step.key, step.role, step.minutes, step.kind) == ("work", "OFFICER", 1440, StepKind.WORK)
        assert engine.open_steps(compiled, (*half_way, ("work", "DONE")))[0].key == "review"
