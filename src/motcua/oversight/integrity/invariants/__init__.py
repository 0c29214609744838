"""Những điều phải đúng: every invariant, in the order in which the board shows them."""

from motcua.oversight.integrity.breaches import Invariant
from motcua.oversight.integrity.invariants import (
    catalogue,
    clock,
    flow,
    money,
    papers,
    people,
    records,
    results,
)

INVARIANTS: tuple[Invariant, ...] = (
    *flow.INVARIANTS,
    *people.INVARIANTS,
    *clock.INVARIANTS,
    *papers.INVARIANTS,
    *results.INVARIANTS,
    *money.INVARIANTS,
    *records.INVARIANTS,
    *catalogue.INVARIANTS,
)
BY_CODE = {invariant.code: invariant for invariant in INVARIANTS}
