"""Điều phải đúng: an invariant, what breaks it, and how it may be mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User

OFFICE, ADMIN, UNIT, COUNTER = (
    "CONTROLLER",
    "ADMIN",
    "DIVISION_HEAD",
    "CLERK",
)  # codes of roles: who answers for it


@dataclass(frozen=True)
class Breach:
    """Một sai lệch: one subject for which the sentence is not true. `key` names it within its invariant."""

    key: str
    label: str
    detail: str
    agency_id: int | None = None
    dossier_id: UUID | None = None


@dataclass(frozen=True)
class Remedy:
    """Cách sửa an toàn: what one press does, in words, and the act; given the key of the breach."""

    label: str
    act: Callable[[str, User, datetime], object]


@dataclass(frozen=True)
class Invariant:
    """Điều phải đúng. `name` is the sentence, `advice` what to do by hand, `owner` the role that answers for it."""

    code: str
    name: str
    advice: str
    owner: str
    find: Callable[[datetime], Iterable[Breach]]
    remedy: Remedy | None = None
