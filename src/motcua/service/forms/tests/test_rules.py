from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.service.forms.rules import EAGER, LAZY, LEAST, evaluate, faults, variables

TODAY = date(2026, 11, 25)
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
BROWSER = Path(__file__).resolve().parents[3] / "web" / "ui" / "assets" / "js" / "rules.mjs"
ASKING = """
import { createInterface } from "node:readline";
const { evaluate } = await import(process.argv[1]);
for await (const line of createInterface({ input: process.stdin })) {
  const { rule, data, today } = JSON.parse(line);
  console.log(JSON.stringify(evaluate(rule, data, { today })));
}
"""


class Browser:
    """The browser's side: one process of node, asked line by line."""

    def __init__(self, node: str) -> None:
        self.process = subprocess.Popen(
            [node, "--input-type=module", "-e", ASKING, BROWSER.as_uri()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def evaluate(self, rule: Any, data: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"rule": rule, "data": data, "today": TODAY.isoformat()}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    node = shutil.which("node")
    if node is None:
        pytest.fail("node is not installed: the rules of forms are proven in the browser's language as well")
    asked = Browser(node)
    yield asked
    asked.close()


def alike(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


class TestVectors:
    @pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: json.dumps(vector["rule"])[:60])
    def test_hold_on_the_server(self, vector: dict[str, Any]) -> None:
        assert alike(evaluate(vector["rule"], vector["data"], on=TODAY), vector["is"])

    def test_hold_in_the_browser(self, browser: Browser) -> None:
        for vector in VECTORS:
            assert alike(browser.evaluate(vector["rule"], vector["data"]), vector["is"]), vector

    def test_speak_of_every_operator(self) -> None:
        told = json.dumps(VECTORS)
        assert not [
            name for name in {*LAZY, *EAGER} - {"or", ">", ">=", "<=", "!="} if f'"{name}":' not in told
        ]


NAMES = st.sampled_from(["a", "b", "rows", "home.ward", "x"])
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cn", "Co")), max_size=8)
DAYS = st.one_of(
    st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat),
    st.sampled_from(["1985", "1985-07", "2024-02-30", "2024-02-29", "0000", "2026-11-25"]),
)
NUMBERS = st.one_of(
    st.integers(-(10**16), 10**16),
    st.integers(-20, 20),
    st.decimals(-(10**9), 10**9, places=3).map(str),
)
LEAVES = st.one_of(
    st.none(), st.booleans(), NUMBERS, TEXTS, DAYS, st.sampled_from(["", "Đà Nẵng", "da nang"])
)


def _rules(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=0, max_size=3)
    named = st.tuples(st.sampled_from(["count", "some", "every", "sum"]), NAMES, some)
    plain = st.tuples(st.sampled_from(sorted({*LAZY, *EAGER})), some)
    return st.one_of(
        plain.map(lambda made: {made[0]: made[1]}),
        named.map(lambda made: {made[0]: [made[1], *made[2]]}),
        NAMES.map(lambda name: {"var": name}),
        NAMES.map(lambda name: {"row": [name]}),
        st.lists(inner, max_size=3),
    )


RULES = st.recursive(LEAVES, _rules, max_leaves=12)
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "x"]), LEAVES, max_size=2), max_size=3)
DATA = st.fixed_dictionaries(
    {}, optional={"a": LEAVES, "b": LEAVES, "x": st.lists(LEAVES, max_size=3), "rows": ROWS,
                  "home": st.dictionaries(st.just("ward"), LEAVES)},
)  # fmt: skip


class TestBothLanguages:
    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rule=RULES, data=DATA)
    def test_agree_on_everything(self, browser: Browser, rule: Any, data: Any) -> None:
        assert alike(browser.evaluate(rule, data), evaluate(rule, data, on=TODAY))

    def test_do_not_break_on_a_deep_nest(self, browser: Browser) -> None:
        rule: Any = 1
        for _ in range(200):
            rule = {"not": [rule]}
        assert alike(browser.evaluate(rule, {}), evaluate(rule, {}, on=TODAY))
        assert faults(rule) == ["Luật lồng quá sâu."]


class TestFaults:
    def test_name_what_is_wrong(self) -> None:
        assert faults({"==": [{"var": "a"}]}) == ["Phép “==” cần ít nhất 2 phần."]
        assert faults({"eval": ["x"]}) == ["Không có phép “eval”."]
        assert faults({"count": [5]}) == ["Phép “count” cần tên của một trường."]
        assert not faults({"today": []})

    def test_every_operator_says_how_much_it_needs(self) -> None:
        assert set(LEAST) == {*LAZY, *EAGER}

    def test_variables_are_found_wherever_they_stand(self) -> None:
        rule = {"and": [{"some": ["rows", {"row": "x"}]}, {"var": "home.ward"}]}
        assert list(variables(rule)) == ["rows", "rows.x", "home"]
