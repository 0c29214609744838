"""Bàn giao: hand a received dossier over to the agency that settles it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.time import local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import AgencyReceived, DossierTransferred
from motcua.service.dossiers.history import marks_of, recomputed
from motcua.service.dossiers.models import DeadlineKind, Dossier
from motcua.service.dossiers.operations import deadlines, interrupting, steps
from motcua.service.dossiers.states import TRANSFER
from motcua.service.workflows.blueprint import StepKind


@transaction.atomic
def transfer(*, dossier_id: UUID, by: User, at: datetime, note: str = "", step: str = "") -> Dossier:
    """Chuyển hồ sơ: from the one-stop unit to the settling agency, the same working day.

    A boundary-free dossier arrives there electronically at once: its limit is counted from this moment.
    Raises IllegalMove, Forbidden, NotYourStep, Stale. Legal: ND118-2025 Đ18; ND309-2026 Đ8.3
    """
    dossier = steps.take(
        dossier_id, by=by, at=at, kind=StepKind.RECEIVE, permission=Permission.TRANSFER, step=step
    )
    dossier.state = TRANSFER.apply(dossier.state)
    dossier.agency_received_at = at
    ended = steps.ended(dossier)
    before = dossier.due_at
    if dossier.is_boundary_free:
        recount(dossier)
    task = steps.finish(
        dossier, outcome="DONE", by=by, at=at, note=note, extra_fields=["agency_received_at", "due_at"]
    )
    calendar, regime = interrupting.rules_of(dossier)
    deadlines.meet(dossier, DeadlineKind.TRANSFER, at=at)
    deadlines.open_deadline(
        dossier, DeadlineKind.SUPPLEMENT_NOTICE, clock.notice_due(at, calendar, regime), at=at
    )
    events.record(
        DossierTransferred(
            subject_id=dossier.pk, actor_id=by.pk, at=at, note=note, **steps.told(dossier, ended, task)
        )
    )
    if dossier.is_boundary_free:
        events.record(
            AgencyReceived(
                subject_id=dossier.pk, actor_id=by.pk, at=at, agency=dossier.agency_id,
                reception_agency=dossier.reception_agency_id, before=before, after=dossier.due_at,
            )
        )  # fmt: skip
    return dossier


def recount(dossier: Dossier) -> None:
    """Tính lại từ lúc cơ quan giải quyết nhận; a date that an officer has set with a reason stays."""
    if dossier.due_at is not None and not dossier.due_reason:
        calendar = work_calendar(dossier.agency_id, local_date(dossier.received_at))
        dossier.due_at = recomputed(dossier, calendar, marks_of(dossier))
