"""Bộ máy chạy quy trình: which steps are open after what has been done. SpiffWorkflow stands behind these two names.

The state of a dossier is its trace, kept as rows; the engine only replays it. It is given our own rewriting of the
model, so nothing that could run ever reaches it, and its script engine refuses to run anything all the same.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from motcua.core.errors import DomainError
from motcua.service.workflows import bpmn
from motcua.service.workflows.blueprint import Blueprint, Step

Trace = tuple[tuple[str, str], ...]  # (key of the step, its outcome), first to last


class BrokenTrace(DomainError):
    """Diễn biến không khớp quy trình: a step was recorded that was not open then."""


class EndlessWorkflow(DomainError):
    """Quy trình không có lối ra: a draft that could not be published, and would turn round for ever."""


class ScriptRefused(Exception):
    """Không chạy mã trong mô hình."""


@dataclass(frozen=True, eq=False)
class Compiled:
    """Quy trình đã dịch: parsed once, shared by every dossier that runs on it."""

    digest: str
    blueprint: Blueprint
    spec: Any = field(repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


class OutcomeOnly(PythonScriptEngine):  # type: ignore[misc]
    """Answers `outcome == 'X'` and nothing else. No expression is ever evaluated as code."""

    def validate(self, expression: str) -> None:
        _wanted(expression)

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> bool:
        return bool(task.data.get("outcome") == _wanted(expression))

    def execute(self, task: Any, script: str, external_context: Any = None) -> None:
        raise ScriptRefused(script)

    def call_service(self, task: Any, **kwargs: Any) -> None:
        raise ScriptRefused("service")


def compile(xml: str) -> Compiled:  # noqa: A001 -- the word for it
    """Dịch quy trình: read a model and make it ready to run; kept for the next time by its digest.

    Raises UnreadableModel, UnsupportedConstruct.
    """
    return _compiled(hashlib.sha256(xml.encode()).hexdigest(), xml)


def open_steps(compiled: Compiled, trace: Iterable[tuple[str, str]] = ()) -> tuple[Step, ...]:
    """Các bước đang mở after `trace`; empty when the workflow has come to an end.

    Raises NoWay when an outcome leads nowhere, BrokenTrace when a step of the trace was not open.
    """
    keys = _replayed(compiled, tuple((key, str(outcome)) for key, outcome in trace))
    return tuple(compiled.blueprint.step(key) for key in keys)


@lru_cache(maxsize=512)
def _compiled(digest: str, xml: str) -> Compiled:
    blueprint = bpmn.read(xml)
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(bpmn.write(blueprint).encode()))
    return Compiled(digest, blueprint, parser.get_spec(bpmn.PROCESS))


@lru_cache(maxsize=8192)
def _replayed(compiled: Compiled, trace: Trace) -> tuple[str, ...]:
    """Most dossiers of a procedure have walked the same way, so few traces are replayed twice."""
    blueprint = compiled.blueprint
    if blueprint.reached() - blueprint.end_keys - blueprint.finishing():
        raise EndlessWorkflow(
            f"Quy trình “{blueprint.name}” có bước không đi tới điểm kết thúc nên không chạy được."
        )
    with compiled.lock:
        run = BpmnWorkflow(compiled.spec, script_engine=OutcomeOnly())
        run.do_engine_steps()
        for key, outcome in trace:
            compiled.blueprint.next_key(
                key, outcome
            )  # refuses, in words, what the engine would refuse in its own
            task = next((task for task in _ready(run) if task.task_spec.bpmn_id == key), None)
            if task is None:
                raise BrokenTrace(
                    f"Bước “{blueprint.step(key).name}” không đang mở. Hãy tải lại trang để xem bước hiện tại."
                )
            task.data["outcome"] = outcome
            task.run()
            run.do_engine_steps()
        return tuple(task.task_spec.bpmn_id for task in _ready(run))


def _ready(run: BpmnWorkflow) -> list[Any]:
    return list(run.get_tasks(state=TaskState.READY, manual=True))


def _wanted(expression: str) -> str:
    matched = bpmn.CONDITION.fullmatch(expression)
    if matched is None:
        raise ScriptRefused(expression)
    return matched[1] or matched[2]
