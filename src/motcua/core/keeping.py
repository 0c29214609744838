"""Giữ trong tiến trình: answers of the database that a process asks for once, because what they say never changes.

Never changing holds for one database: where a process goes on with another (a test, a restored copy) `forget_all` lets it
ask again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

Answer = TypeVar("Answer")

_forgetting: list[Callable[[], None]] = []


def kept(most: int) -> Callable[[Callable[..., Answer]], _lru_cache_wrapper[Answer]]:
    """Keep the `most` latest answers of a function whose arguments name what never changes: `@kept(512)`."""

    def keep(function: Callable[..., Answer]) -> _lru_cache_wrapper[Answer]:
        made = lru_cache(maxsize=most)(function)
        forgotten_by(made.cache_clear)
        return made

    return keep


def forgotten_by(forget: Callable[[], None]) -> None:
    """`forget` belongs to `forget_all`: what a module keeps in a way of its own."""
    _forgetting.append(forget)


def forget_all() -> None:
    """Quên hết: the database behind this process is another one."""
    for forget in _forgetting:
        forget()
