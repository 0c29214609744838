"""Where a dossier lands in another version: the same step, the only one of its kind, or nowhere with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from motcua.service.workflows import bpmn, engine
from motcua.service.workflows.blueprint import Blueprint
from motcua.service.workflows.landing import NoEntry, comes_before, entry, landing
from motcua.service.workflows.templates import short_blueprint, standard_blueprint
from motcua.service.workflows.tests.test_dry_run import PARTED

STANDARD = standard_blueprint(2400)


def ready(blueprint: Blueprint) -> engine.Compiled:
    return engine.compile(bpmn.write(blueprint))


class TestLanding:
    @pytest.mark.parametrize(
        ("key", "name", "kind", "lands"),
        [
            ("work", "Thẩm định hồ sơ", "WORK", "work"),
            ("old", "Thẩm định", "WORK", "work"),  # the only one of its kind
            ("assign", "Phân công", "ASSIGN", "work"),  # gone: handed on to who would have got it
            ("review", "Xem xét", "REVIEW", "sign"),
            ("work", "Ký duyệt", "SIGN", "sign"),  # the key is of another kind now
            ("ask", "Lấy ý kiến", "CONSULT", None),
        ],
    )
    def test_in_the_short_workflow(self, key: str, name: str, kind: str, lands: str | None) -> None:
        found = landing(ready(short_blueprint(1440)), key=key, name=name, kind=kind)

        assert (found.step.key if found.step else None) == lands
        assert bool(found.why) == (lands is None)

    def test_the_same_name_decides_between_two_of_a_kind(self) -> None:
        twice = [*STANDARD.steps]
        at = next(place for place, step in enumerate(twice) if step.key == "sign")
        twice.insert(at, replace(STANDARD.step("review"), key="again", name="Pháp chế"))
        steps = tuple(replace(step, key="first") if step.key == "review" else step for step in twice)
        flows = tuple(
            replace(
                flow,
                source="first" if flow.source == "review" else flow.source,
                target="first" if flow.target == "review" else flow.target,
            )
            for flow in STANDARD.flows
        )
        compiled = ready(replace(STANDARD, steps=steps, flows=flows))

        assert landing(
            compiled, key="x", name="Xem xét, trình ký", kind="REVIEW"
        ).step == compiled.blueprint.step("first")
        assert landing(compiled, key="x", name="Soát", kind="REVIEW").step is None

    def test_not_into_the_middle_of_branches(self) -> None:
        found = landing(ready(PARTED), key="map", name="Kiểm tra bản đồ", kind="WORK")

        assert found.step is None
        assert "nhánh song song" in found.why


class TestEntry:
    def test_is_a_way_that_opens_the_step_alone(self) -> None:
        for compiled in (ready(STANDARD), ready(PARTED)):
            for key in compiled.blueprint.by_key:
                if key in {"map", "tax"}:
                    continue
                opened = engine.open_steps(compiled, entry(compiled, key))
                assert [step.key for step in opened] == [key]

    def test_there_is_none_into_a_branch(self) -> None:
        with pytest.raises(NoEntry):
            entry(ready(PARTED), "tax")


def test_what_is_still_ahead() -> None:
    blueprint = ready(STANDARD).blueprint

    assert comes_before(blueprint, "work", "sign")
    assert not comes_before(blueprint, "sign", "work")  # the way back does not count
    assert not comes_before(blueprint, "sign", "sign")
