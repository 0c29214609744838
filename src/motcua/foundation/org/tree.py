"""Cây tổ chức: who stands under whom and who carries on whose work, kept in the process until the tree changes.

A request must know at once which agencies a post reaches. The tree is small (some thousand rows), changes a few times
a year and carries a version that a trigger renews with every change, so it is read once per process and version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from motcua.core.keeping import kept
from motcua.foundation.org.models import Scope

AGENCIES = """
    SELECT agency.id, agency.parent_id, coalesce(kind.is_internal, false)
    FROM org_agency agency LEFT JOIN org_agencykind kind ON kind.code = agency.kind
"""
SUCCESSIONS = """
    SELECT successor_id, predecessor_id
    FROM org_succession JOIN org_agency old ON old.id = predecessor_id AND old.valid_to IS NOT NULL
"""


@dataclass(frozen=True)
class Tree:
    """`children` and `origins` map a key to keys; `internal` units act in the name of the agency above them."""

    parents: dict[int, int | None] = field(default_factory=dict)
    children: dict[int, list[int]] = field(default_factory=dict)
    origins: dict[int, list[int]] = field(default_factory=dict)
    internal: frozenset[int] = frozenset()
    _reached: dict[tuple[int, str], frozenset[int]] = field(default_factory=dict)

    def reach(self, agency_id: int, scope: str) -> frozenset[int]:
        """Phạm vi: the agencies that a post at `agency_id` reaches, with those whose work they have taken over.

        OWN is the whole house: an internal unit stands for its agency, an agency for its internal units.
        """
        known = self._reached.get((agency_id, scope))
        if known is None:
            house = self.house(agency_id)
            below = self._below(house, only_internal=scope != Scope.SUBTREE)
            known = self._reached[agency_id, scope] = frozenset(self._with_origins(below))
        return known

    def house(self, agency_id: int) -> int:
        """The agency in whose name an internal unit acts; any other agency is its own house."""
        parent = self.parents.get(agency_id)
        while agency_id in self.internal and parent is not None:
            agency_id, parent = parent, self.parents.get(parent)
        return agency_id

    def _below(self, root: int, *, only_internal: bool) -> set[int]:
        found, waiting = {root}, [root]
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                if child not in found and (not only_internal or child in self.internal):
                    found.add(child)
                    waiting.append(child)
        return found

    def _with_origins(self, agencies: Iterable[int]) -> set[int]:
        found = set(agencies)
        waiting = list(found)
        while waiting:
            for origin in self.origins.get(waiting.pop(), ()):
                for reached in self._below(origin, only_internal=True) - found:
                    found.add(reached)
                    waiting.append(reached)
        return found


def tree(version: UUID | None) -> Tree:
    """The tree of that version; read again each time when there is no version to keep it by."""
    return _kept(version) if version else _read()


@kept(4)
def _kept(version: UUID) -> Tree:
    return _read()


def _read() -> Tree:
    parents: dict[int, int | None] = {}
    children: dict[int, list[int]] = {}
    origins: dict[int, list[int]] = {}
    internal = set()
    with connection.cursor() as cursor:
        cursor.execute(AGENCIES)
        for agency_id, parent_id, is_internal in cursor.fetchall():
            parents[agency_id] = parent_id
            if parent_id is not None:
                children.setdefault(parent_id, []).append(agency_id)
            if is_internal:
                internal.add(agency_id)
        cursor.execute(SUCCESSIONS)
        for successor_id, predecessor_id in cursor.fetchall():
            origins.setdefault(successor_id, []).append(predecessor_id)
    return Tree(parents, children, origins, frozenset(internal))
