"""Kiểm tra toàn vẹn: ask every question, keep what is found, and say what is gone."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.ids import new_id
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.oversight.integrity.breaches import Breach, Invariant
from motcua.oversight.integrity.events import IntegrityChecked
from motcua.oversight.integrity.invariants import INVARIANTS
from motcua.oversight.integrity.models import Check, Finding

logger = logging.getLogger(__name__)

MOST_KEPT = 5_000  # of one invariant: more of the same is one fault, not five thousand


class NoSuchInvariant(DomainError):
    """Không có điều phải đúng này."""


@dataclass
class Tally:
    """Sổ đếm of one check."""

    standing: int = 0
    fresh: int = 0
    gone: int = 0
    failures: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def check(*, by: User | None, at: datetime, codes: Collection[str] = ()) -> Check:
    """Kiểm tra: all invariants, or those named. A question that cannot be asked is told, never passed over.

    `by` None: the nightly check. Raises Forbidden, NoSuchInvariant.
    """
    if by is not None:
        access_of(by, at).require(Permission.WATCH_INTEGRITY)
    chosen = _chosen(codes)
    began, tally = time.monotonic(), Tally()
    for invariant in chosen:
        try:
            with transaction.atomic():
                _keep(invariant, at, tally)
        except Exception as fault:
            logger.exception("The invariant %s could not be checked", invariant.code)
            tally.failures[invariant.code] = f"{type(fault).__name__}: {fault}"[:500]
    done = Check.objects.create(
        id=new_id(),
        started_at=at,
        by=by,
        seconds=round(time.monotonic() - began, 3),
        invariants=len(chosen),
        standing=tally.standing,
        fresh=tally.fresh,
        gone=tally.gone,
        failures=tally.failures,
    )
    events.record(
        IntegrityChecked(
            subject_id=done.pk,
            actor_id=by.pk if by else None,
            at=at,
            invariants=done.invariants,
            standing=done.standing,
            fresh=done.fresh,
            gone=done.gone,
            failures=sorted(tally.failures),
        )
    )
    return done


def check_nightly(at: datetime) -> Check:
    """Kiểm tra hằng đêm, for the worker."""
    return check(by=None, at=at)


def _chosen(codes: Collection[str]) -> Sequence[Invariant]:
    known = {invariant.code: invariant for invariant in INVARIANTS}
    if unknown := sorted(set(codes) - known.keys()):
        raise NoSuchInvariant(
            f"Không có điều phải đúng “{', '.join(unknown)}”. Chạy motcua integrity --list để xem danh sách."
        )
    return [known[code] for code in codes] if codes else list(INVARIANTS)


def _keep(invariant: Invariant, at: datetime, tally: Tally) -> None:
    """Write what one question finds beside what stood before."""
    found = {breach.key: breach for breach in islice(invariant.find(at), MOST_KEPT)}
    standing = {row.key: row for row in Finding.objects.standing().of(invariant.code)}
    gone = [row.pk for key, row in standing.items() if key not in found]
    Finding.objects.filter(pk__in=gone).update(gone_at=at)
    still = []
    for key, row in standing.items():
        if key in found:
            row.seen_at, row.detail = at, found[key].detail
            still.append(row)
    Finding.objects.bulk_update(still, ["seen_at", "detail"], batch_size=1000)
    fresh = [_row(invariant, breach, at) for key, breach in found.items() if key not in standing]
    Finding.objects.bulk_create(fresh, batch_size=1000)
    tally.standing += len(found)
    tally.fresh += len(fresh)
    tally.gone += len(gone)


def _row(invariant: Invariant, breach: Breach, at: datetime) -> Finding:
    return Finding(
        code=invariant.code,
        key=breach.key,
        label=breach.label[:250],
        detail=breach.detail,
        agency_id=breach.agency_id,
        dossier_id=breach.dossier_id,
        found_at=at,
        seen_at=at,
    )
