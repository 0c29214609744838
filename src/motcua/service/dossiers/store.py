"""Kho giấy tờ, as dossiers ask it: what people need not bring again. The room above fills it in at start.

An officer cannot demand what is held without a recorded reason; whoever keeps the store knows what is held.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from motcua.foundation.identity.models import User


@dataclass(frozen=True)
class Demand:
    """Lý do vẫn yêu cầu nộp: a code of the store's list, and words."""

    code: str = ""
    words: str = ""


@dataclass(frozen=True)
class Wanted:
    """Một giấy tờ bị yêu cầu: its name as the procedure calls it, where the page says a refusal, and the reason given."""

    name: str
    field: str
    demand: Demand = dataclasses.field(default_factory=Demand)


@dataclass(frozen=True)
class Occasion:
    """Lúc yêu cầu: for which dossier (or what will be one), of whom, under which procedure, where, at what stage."""

    subject_id: UUID
    applicant_id: UUID
    procedure_id: int
    agency_id: int
    stage: str  # INTAKE, REFUSAL, ONLINE, SUPPLEMENT


@dataclass(frozen=True)
class Reuse:
    """Dùng lại giấy tờ trong kho: which held paper answers which paper of the procedure, and how consent was given."""

    held: Mapping[int, UUID] = dataclasses.field(
        default_factory=dict
    )  # key of the procedure's paper -> key in the store
    means: str = ""  # ORAL, WRITTEN; "" when the consent was given before (on line)


class PaperStore(Protocol):
    """Kho giấy tờ."""

    def refuse_needless(
        self, wanted: Sequence[Wanted], occasion: Occasion, *, by: User, at: datetime
    ) -> None:
        """Refuse to ask for what is held unless a reason is given; the demand is recorded. Raises InvalidInput."""

    def use(self, reuse: Reuse, occasion: Occasion, *, by: User, at: datetime) -> Mapping[int, UUID | None]:
        """Take what is held for a dossier: paper -> its document, None where only the fact is known.

        Raises InvalidInput without consent, Stale when it may not be used any more.
        """


_store: PaperStore | None = None


def install(store: PaperStore | None) -> None:
    """Say who keeps the store; replaces whoever did before."""
    global _store  # noqa: PLW0603  filled once, at start
    _store = store


def refuse_needless(wanted: Sequence[Wanted], occasion: Occasion, *, by: User, at: datetime) -> None:
    """Không đòi giấy đã có. Raises InvalidInput. Legal: ND118-2025 Đ17.1"""
    if _store is not None and wanted:
        _store.refuse_needless(wanted, occasion, by=by, at=at)


def use(reuse: Reuse, occasion: Occasion, *, by: User, at: datetime) -> Mapping[int, UUID | None]:
    """Dùng lại. Raises InvalidInput, Stale. Legal: ND118-2025 Đ17.1, Đ22.1"""
    return _store.use(reuse, occasion, by=by, at=at) if _store is not None and reuse.held else {}
