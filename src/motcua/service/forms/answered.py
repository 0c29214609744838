"""Câu trả lời bằng lời: what the confirm page shows and the paper prints; no Django here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """Một câu đã trả lời: `key` of its field, its label, the answer in words, and where it came from."""

    key: str
    label: str
    answer: str
    source: str = ""
    law: str = ""


@dataclass(frozen=True)
class Part:
    """Một nhóm câu đã trả lời, or one row of a repeated group."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class AnsweredPage:
    """Một trang đã trả lời, for the confirm page and for paper."""

    key: str
    title: str
    parts: tuple[Part, ...]
