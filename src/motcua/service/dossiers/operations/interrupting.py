"""Gián đoạn: what every interruption of a dossier shares, whatever its reason. Used by the verbs, called by no page.

While a dossier waits it promises nothing and no step is due; when it goes on, the clock replays what happened, and
every open step gets back the working time that it had left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from motcua.core.time import local_date
from motcua.foundation.calendars.clock import CompiledCalendar, Regime
from motcua.foundation.calendars.loading import regime_named, work_calendar
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations import steps
from motcua.service.dossiers.states import Move, State
from motcua.service.workflows.blueprint import StepKind
from motcua.service.workflows.operations import running

P = Permission
MAY_INTERRUPT: Mapping[str, Permission] = {  # whose step it is, until the leader has signed
    StepKind.RECEIVE: P.RECEIVE,
    StepKind.ASSIGN: P.ASSIGN,
    StepKind.WORK: P.PROCESS,
    StepKind.REVIEW: P.REVIEW,
    StepKind.SIGN: P.SIGN,
}
WAITING_FIELDS = ("state", "due_at", "step_due_at")


def take(move: Move, dossier_id: UUID, *, by: User, at: datetime, step: str = "") -> Dossier:
    """Lock the dossier for an interruption by whoever has its step.

    Raises IllegalMove, Forbidden, NotYourStep, Stale.
    """
    kind = Dossier.objects.lock(dossier_id).step_kind
    if kind not in MAY_INTERRUPT:
        dossier = at_counter(dossier_id, by=by, at=at)
        move.check(dossier.state)
        raise steps.NotYourStep(f"Hồ sơ {dossier.code} không ở bước nào làm được việc này.")
    dossier = steps.take(
        dossier_id, by=by, at=at, kind=StepKind(kind), permission=MAY_INTERRUPT[kind], step=step
    )
    move.check(dossier.state)
    return dossier


def may_interrupt(move: Move, dossier: Dossier, user: User, access: Access) -> bool:
    """Whether the page offers it; the operation asks everything again."""
    permission = MAY_INTERRUPT.get(dossier.step_kind)
    return (
        permission is not None
        and move.is_lawful_from(dossier.state)
        and access.may(permission, steps.agency_of(dossier, dossier.step_kind))
        and steps.is_for(dossier, user, access)
    )


def at_counter(dossier_id: UUID, *, by: User, at: datetime) -> Dossier:
    """Lock the dossier for an act of the counter that received it. Raises NoSuchDossier, Forbidden."""
    dossier = Dossier.objects.lock(dossier_id)
    access_of(by, at).require(Permission.RECEIVE, dossier.reception_agency_id)
    return dossier


def stand_still(dossier: Dossier, state: State) -> dict[str, str]:
    """Đồng hồ dừng: the dossier waits in `state`; returns what its open steps were due, for `go_on`."""
    dues = running.freeze(dossier_id=dossier.pk)
    dossier.state, dossier.due_at, dossier.step_due_at = state, None, None
    dossier.save(update_fields=WAITING_FIELDS)
    return {key: due.isoformat() for key, due in dues.items()}


def go_on(
    dossier: Dossier,
    state: State,
    *,
    dues: Mapping[str, str],
    since: datetime,
    at: datetime,
    restarts: bool = False,
) -> None:
    """Đồng hồ chạy tiếp: the rows of the interruption have been closed; the promise is what they make of it.

    What was claimed meanwhile is in work.
    """
    if state is State.TRANSFERRED and dossier.step_kind == StepKind.WORK and dossier.holder_id:
        state = State.IN_WORK
    dossier.state = state
    dossier.due_at = rebuilt(dossier)
    redate(dossier, dues=dues, since=since, at=at, restarts=restarts)
    dossier.save(update_fields=WAITING_FIELDS)


def redate(
    dossier: Dossier, *, dues: Mapping[str, str], since: datetime, at: datetime, restarts: bool = False
) -> None:
    """Hạn mới của các bước đang mở."""
    new = running.thaw(
        dossier_id=dossier.pk,
        dues={key: datetime.fromisoformat(due) for key, due in dues.items()},
        since=since,
        at=at,
        not_after=dossier.due_at,
        restarts=restarts,
    )
    dossier.step_due_at = new.get(dossier.step_key)


def rules_of(dossier: Dossier) -> tuple[CompiledCalendar, Regime]:
    """Lịch và chế độ pháp lý by which this dossier is judged."""
    return work_calendar(dossier.agency_id, local_date(dossier.received_at)), regime_named(dossier.regime)
