"""Hộp cát: the small language of a template. Names of facts, conditions, loops over a paper's own lists, our filters;
no calls, no attributes of Python, no arithmetic, nothing that grows without end.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from motcua.core.money import figures, vnd, vnd_in_words
from motcua.core.time import VIETNAM
from motcua.service.paperwork.layouts import parts
from motcua.service.paperwork.templating.fields import Leaf, Many, Node

MOST_LOOPS = 40
DEEPEST = 2
LOOP = {"index": Leaf("số"), "first": Leaf("có/không"), "last": Leaf("có/không"), "length": Leaf("số")}
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Filter, nodes.If, nodes.For,
    nodes.CondExpr, nodes.Const, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Chỗ sai của mẫu: what stands there, what is wrong, and what may have been meant."""

    place: str
    message: str


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value).replace(tzinfo=VIETNAM) if isinstance(value, str) and value else None


def _day(value: Any) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


FILTERS: Mapping[str, tuple[Callable[[Any], str], str]] = {
    "day": (lambda value: parts.day(_day(value)), "ngày: 20/11/2026"),
    "long_day": (
        lambda value: parts.long_day(found) if (found := _day(value)) else "",
        "ngày viết đủ: ngày 20 tháng 11 năm 2026",
    ),
    "moment": (lambda value: parts.moment(_moment(value)), "giờ, ngày: 08 giờ 05 phút, ngày 20/11/2026"),
    "time": (lambda value: parts.clock(found) if (found := _moment(value)) else "", "giờ: 08:05"),
    "weekday": (lambda value: parts.weekday(found) if (found := _moment(value)) else "", "thứ: thứ Sáu"),
    "money": (lambda value: vnd(int(value or 0)), "số tiền: 150.000 đồng"),
    "figures": (lambda value: figures(int(value or 0)), "số có dấu chấm: 150.000"),
    "in_words": (lambda value: vnd_in_words(int(value or 0)).capitalize(), "số tiền bằng chữ"),
    "two": (lambda value: parts.two(int(value or 0)), "số có hai chữ số: 05"),
    "upper": (lambda value: str(value).upper(), "CHỮ HOA"),
    "lower": (lambda value: str(value).lower(), "chữ thường"),
    "capitalize": (lambda value: str(value)[:1].upper() + str(value)[1:], "Chữ đầu viết hoa"),
}


class BrokenTemplate(Exception):
    """The template says something that the sandbox does not allow; `problems` tells what."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class Sandbox(ImmutableSandboxedEnvironment):
    """Môi trường điền mẫu for one form's fields. Every template it is given is checked before it is compiled."""

    def __init__(self, schema: Mapping[str, Node]) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_shown)
        self.schema = schema
        self.globals = {}
        self.tests = {}
        self.filters = {name: filter_ for name, (filter_, _) in FILTERS.items()}

    def from_string(self, source: Any, *_args: Any, **_kwargs: Any) -> Template:
        if problems := self.problems_of(str(source)):
            raise BrokenTemplate(problems)
        return super().from_string(str(source))

    def problems_of(self, source: str) -> list[Problem]:
        """Everything that is wrong with a template, in order."""
        try:
            tree = self.parse(source)
        except TemplateSyntaxError as fault:
            return [Problem(_near(source, fault.lineno), f"Cú pháp chưa đúng: {_syntax(fault)}")]
        return list(dict.fromkeys(_Checker(self.schema).check(tree)))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Only what a mapping holds, or what a loop counts; never an attribute of Python."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if type(obj).__name__ == "LoopContext" and attribute in LOOP:
            return getattr(obj, attribute)
        if obj is None or obj == "":
            return ""
        raise SecurityError(attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        raise SecurityError(str(argument))

    def call(self, *_args: Any, **_kwargs: Any) -> Any:
        raise SecurityError("call")


def _shown(value: Any) -> Any:
    """None is nothing; yes and no are words; an empty group is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    return "; ".join(str(item) for item in value) if isinstance(value, list) else value


class _Checker:
    """Walks a template with the names that are known at each place."""

    def __init__(self, schema: Mapping[str, Node]) -> None:
        self.schema = schema
        self.loops = 0

    def check(self, tree: nodes.Template) -> Iterator[Problem]:
        yield from self._body(tree.body, dict(self.schema), 0)

    def _body(self, body: list[nodes.Node], known: dict[str, Node], depth: int) -> Iterator[Problem]:
        for node in body:
            yield from self._node(node, known, depth)

    def _node(self, node: nodes.Node, known: dict[str, Node], depth: int) -> Iterator[Problem]:
        if not isinstance(node, ALLOWED):
            yield Problem(
                _name(node),
                f"Không dùng được “{_name(node)}” trong mẫu. Chỉ dùng trường, if, for và các bộ lọc đã cho.",
            )
        elif isinstance(node, nodes.For):
            yield from self._loop(node, known, depth)
        elif isinstance(node, (nodes.Name, nodes.Getattr)):
            yield from self._field(node, known)
        elif isinstance(node, nodes.If):
            yield from self._node(node.test, known, depth)
            for branch in (node.body, node.elif_, node.else_):
                yield from self._body(list(branch), known, depth)
        else:
            if isinstance(node, nodes.Filter):
                yield from self._filter(node)
            for child in node.iter_child_nodes():
                yield from self._node(child, known, depth)

    def _loop(self, node: nodes.For, known: dict[str, Node], depth: int) -> Iterator[Problem]:
        self.loops += 1
        if not isinstance(node.target, nodes.Name) or node.recursive or node.test:
            yield Problem("for", "Vòng lặp chỉ viết dạng: for row in danh_sách.")
            return
        found = self._resolve(node.iter, known)
        if isinstance(found, Problem):
            yield found
            return
        is_own = depth == 0 or _root(node.iter) not in self.schema
        if not isinstance(found, Many):
            yield Problem(_name(node.iter), f"“{_path(node.iter)}” không phải danh sách nên không lặp được.")
        elif depth >= DEEPEST or self.loops > MOST_LOOPS or not is_own:
            yield Problem("for", "Mẫu có quá nhiều vòng lặp lồng nhau.")
        else:
            inner = {**known, node.target.name: found.of, "loop": LOOP}
            yield from self._body(list(node.body), inner, depth + 1)
            yield from self._body(list(node.else_), known, depth)

    def _field(self, node: nodes.Node, known: dict[str, Node]) -> Iterator[Problem]:
        found = self._resolve(node, known)
        if isinstance(found, Problem):
            yield found

    def _filter(self, node: nodes.Filter) -> Iterator[Problem]:
        if node.name not in FILTERS:
            yield Problem(node.name, f"Không có bộ lọc “{node.name}”.{_meant(node.name, FILTERS)}")
        elif node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            yield Problem(node.name, f"Bộ lọc “{node.name}” không nhận tham số.")

    def _resolve(self, node: nodes.Node, known: Mapping[str, Node]) -> Node | Problem:
        if isinstance(node, nodes.Name):
            held: Mapping[str, Node] = known
            name, path = node.name, ""
        elif isinstance(node, nodes.Getattr):
            above = self._resolve(node.node, known)
            if isinstance(above, Problem):
                return above
            if not isinstance(above, Mapping):
                return Problem(_path(node), f"“{_path(node.node)}” không có trường con “{node.attr}”.")
            held, name, path = above, node.attr, f"{_path(node.node)}."
        else:
            return Problem(_name(node), f"Không dùng được “{_name(node)}” ở đây.")
        if name in held:
            return held[name]
        return Problem(f"{path}{name}", f"Không có trường “{path}{name}”.{_meant(name, held, path)}")


def _meant(name: str, known: Mapping[str, Any], path: str = "") -> str:
    close = difflib.get_close_matches(name.lower(), list(known), n=2, cutoff=0.55)
    return f" Có phải là {' hoặc '.join(f'“{path}{word}”' for word in close)}?" if close else ""


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "…"


def _root(node: nodes.Node) -> str:
    return _path(node).partition(".")[0]


def _name(node: nodes.Node) -> str:
    return _path(node) if isinstance(node, (nodes.Name, nodes.Getattr)) else type(node).__name__.lower()


def _syntax(fault: TemplateSyntaxError) -> str:
    said = fault.message or ""
    if "endfor" in said or "endif" in said or "Unexpected end" in said:
        return "thiếu hoặc thừa endif, endfor."
    return f"{said}."


def _near(source: str, number: int) -> str:
    lines = source.splitlines()
    return lines[number - 1].strip()[:80] if 0 < number <= len(lines) else ""
