"""Liên thông, từng phần: the inner moves of a dossier that is a part of a bundle; called by the room of linked procedures.

They run in the caller's transaction, which has judged the bundle and owns the permission.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.time import local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.clock import Answer
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.models import User
from motcua.foundation.numbering.giving import next_number
from motcua.service.dossiers.events import LinkedPartBegun, LinkedPartStopped, OutputAwaited
from motcua.service.dossiers.models import DeadlineKind, Dossier, Part, Scan, Stop
from motcua.service.dossiers.operations import deadlines, interrupting, steps
from motcua.service.dossiers.states import AWAIT_OUTPUT, BEGIN_PART, STOP, State
from motcua.service.workflows.blueprint import AT_COUNTER
from motcua.service.workflows.operations import running


@transaction.atomic
def await_output(
    *, dossier_id: UUID, waits_for: Sequence[str], planned_start_at: datetime, by: User | None, at: datetime
) -> Dossier:
    """Chờ kết quả của phần trước: the clock stands still until it comes; the planned date stays as the first promise.

    Raises IllegalMove. Legal: ND118-2025 Đ20.2
    """
    dossier = Dossier.objects.lock(dossier_id)
    dossier.state = AWAIT_OUTPUT.apply(dossier.state)
    dossier.due_at, dossier.step_due_at = None, None
    running.redate(dossier_id=dossier.pk, due_at=None)
    dossier.save(update_fields=["state", "due_at", "step_due_at"])
    deadlines.drop(dossier, DeadlineKind.SUPPLEMENT_NOTICE, at=at)
    events.record(
        OutputAwaited(
            subject_id=dossier.pk, actor_id=by.pk if by else None, at=at, bundle=_bundle_of(dossier),
            waits_for=list(waits_for), planned_start_at=planned_start_at, planned_due_at=dossier.first_due_at,
        )
    )  # fmt: skip
    return dossier


@transaction.atomic
def begin_part(*, dossier_id: UUID, answer: Answer, output: str, by: User | None, at: datetime) -> Dossier:
    """Bắt đầu phần liên thông: what it waited for has come, so its own limit runs from now.

    Raises IllegalMove. Legal: ND118-2025 Đ20.2
    """
    dossier = Dossier.objects.lock(dossier_id)
    waited_at = State.RECEIVED if dossier.step_kind in AT_COUNTER else State.TRANSFERRED
    dossier.state = BEGIN_PART.apply(dossier.state, interrupted=waited_at)
    dossier.clock_starts_at, dossier.due_at = answer.start_at, answer.due_at
    dossier.step_due_at = answer.due_at
    running.redate(dossier_id=dossier.pk, due_at=answer.due_at)
    dossier.save(update_fields=["state", "clock_starts_at", "due_at", "step_due_at"])
    if dossier.state == State.TRANSFERRED:
        calendar, regime = interrupting.rules_of(dossier)
        deadlines.open_deadline(
            dossier, DeadlineKind.SUPPLEMENT_NOTICE, clock.notice_due(at, calendar, regime), at=at
        )
    events.record(
        LinkedPartBegun(
            subject_id=dossier.pk, actor_id=by.pk if by else None, at=at, bundle=_bundle_of(dossier), output=output,
            clock_starts_at=dossier.clock_starts_at, due_at=dossier.due_at,
        )
    )  # fmt: skip
    return dossier


@transaction.atomic
def stop_part(*, dossier_id: UUID, because_of: str, reason: str, by: User | None, at: datetime) -> Stop:
    """Dừng phần phụ thuộc: what it waited for will not come; it ends without a result and says why.

    Raises IllegalMove. Legal: ND118-2025 Đ20.2, Đ21
    """
    dossier = Dossier.objects.lock(dossier_id)
    before, dossier.state = dossier.state, STOP.apply(dossier.state)
    stop = Stop.objects.create(
        dossier=dossier, kind=Stop.Kind.LINKED, requested_at=at, reason=reason, interrupted=before, at=at, by=by,
        number=next_number(f"stop:{dossier.reception_agency_id}:{local_date(at).year}"),
    )  # fmt: skip
    running.stop(dossier_id=dossier.pk, by=by, at=at, note=reason)
    deadlines.drop(dossier, at=at)
    dossier.due_at, dossier.closed_at = None, at
    steps.project(dossier, None, None, at)
    dossier.assignments.filter(until__isnull=True).update(until=at)
    dossier.save(update_fields=[*steps.STEP_FIELDS, "due_at", "closed_at"])
    events.record(
        LinkedPartStopped(
            subject_id=dossier.pk, actor_id=by.pk if by else None, at=at, bundle=_bundle_of(dossier),
            because_of=because_of, reason=reason,
        )
    )  # fmt: skip
    return stop


@transaction.atomic
def supply(*, part: Part, document: Document | None, said: str, by: User, at: datetime) -> None:
    """Nhận kết quả của phần khác thay cho giấy tờ: said on the list of papers, with the file when there is one.

    Part of the caller's act, which records the event.
    """
    part.note = said[:300]
    part.save(update_fields=["note"])
    if document is not None:
        Scan.objects.get_or_create(
            part=part, document=document, defaults={"dossier_id": part.dossier_id, "added_at": at, "added_by": by}
        )  # fmt: skip


def _bundle_of(dossier: Dossier) -> UUID:
    if dossier.bundle_id is None:
        raise RuntimeError("Only a part of a bundle waits for another part.")
    return dossier.bundle_id
