"""BPMN 2.0: a blueprint written as a standard file with its picture, and read back from any tool's file.

What is understood stands in `notation`: steps that people do, exclusive and parallel gateways, sub-processes, milestones,
one start, ends, lanes. What changes nothing in the run is left aside with a word; everything else is refused by its
name; nothing that could run is kept. What the standard has no place for stands in our own namespace.
"""

from __future__ import annotations

from dataclasses import replace

from motcua.service.workflows.blueprint import Blueprint, StepKind
from motcua.service.workflows.notation import (
    BPMN,
    CONDITION,
    CONSTRUCTS,
    DC,
    DD,
    DI,
    LARGEST,
    MOST_STEPS,
    OURS,
    PREFIXES,
    PROCESS,
    RESERVED,
    XSI,
    Found,
    SeveralProcesses,
    UnreadableModel,
    UnsupportedConstruct,
)
from motcua.service.workflows.reading import Reading, parse, processes, read, read_with_warnings
from motcua.service.workflows.writing import as_file, graph, write

__all__ = [
    "BPMN",
    "CONDITION",
    "CONSTRUCTS",
    "DC",
    "DD",
    "DI",
    "LARGEST",
    "MOST_STEPS",
    "OURS",
    "PREFIXES",
    "PROCESS",
    "RESERVED",
    "XSI",
    "Found",
    "Reading",
    "SeveralProcesses",
    "StepKind",
    "UnreadableModel",
    "UnsupportedConstruct",
    "as_file",
    "graph",
    "parse",
    "processes",
    "read",
    "read_with_warnings",
    "renamed",
    "write",
]


def renamed(blueprint: Blueprint, name: str) -> Blueprint:
    """The same workflow under another name."""
    return replace(blueprint, name=name)
