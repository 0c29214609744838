"""Phản đối: what a higher floor has against an act of a lower one, asked within the act.

An operation calls `ask("deactivate_staff", user, at)`; whoever knows a reason against it raises a DomainError, and nothing
has happened. The table is filled once, in `config/subscriptions.py`, as the listeners of events are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class Objection(Protocol):
    """Một lý do có thể có: raises DomainError when the act must not be."""

    def __call__(self, subject: Any, at: datetime, /) -> None: ...


_known: dict[str, tuple[Objection, ...]] = {}


def install(table: Mapping[str, Sequence[Objection]]) -> None:
    """Say who may object to what; replaces whatever was said before."""
    _known.clear()
    _known.update({act: tuple(objections) for act, objections in table.items()})


def ask(act: str, subject: Any, at: datetime) -> None:
    """Ask everybody who may object. Raises what the first of them raises."""
    for objection in _known.get(act, ()):
        objection(subject, at)
