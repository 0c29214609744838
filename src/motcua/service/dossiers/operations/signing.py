"""Ký nhiều hồ sơ: what `deciding.sign` does to one dossier, done to many by a few statements for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.rows import write_columns
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import DecisionSigned
from motcua.service.dossiers.models import DeadlineKind, Decision, Dossier
from motcua.service.dossiers.operations import deadlines, steps
from motcua.service.dossiers.operations.deciding import NOT_PROPOSED, ReasonMissing
from motcua.service.dossiers.querysets import NO_SUCH, NoSuchDossier
from motcua.service.dossiers.states import SIGN
from motcua.service.workflows.blueprint import StepKind
from motcua.service.workflows.models import Task


@transaction.atomic
def sign_all(shown: Mapping[UUID, str], *, by: User, at: datetime) -> dict[UUID, DomainError]:
    """Ký kết quả của nhiều hồ sơ: `shown` gives for each dossier the step that the page showed.

    Each is asked the rule of `sign`, each has its own line in the ledger, and the rows are those that `sign` leaves.
    Returns why some were not signed; of those nothing is written. Legal: ND118-2025 Đ22.1
    """
    dossiers = Dossier.objects.lock_all(shown)
    standing = {
        one.dossier_id: one for one in Decision.objects.filter(dossier__in=shown, sent_back_at__isnull=True)
    }
    refused: dict[UUID, DomainError] = {}
    ready: dict[UUID, tuple[Dossier, Decision, steps.Ended]] = {}
    for pk, step in shown.items():
        try:
            dossier, decision = _admitted(dossiers.get(pk), standing.get(pk), step, by=by, at=at)
        except DomainError as refusal:
            refused[pk] = refusal
        else:
            ready[pk] = dossier, decision, steps.ended(dossier)
    following = steps.finish_all(
        [dossier for dossier, _, _ in ready.values()],
        outcome="AGREE",
        by=by,
        at=at,
        extra_fields=["decided_at"],
    )
    signed, happened = [], []
    for pk, (dossier, decision, before) in ready.items():
        task = following[pk]
        if isinstance(task, DomainError):
            refused[pk] = task
            continue
        decision.signed_by, decision.signed_at = by, at
        signed.append(decision)
        happened.append(_event(dossier, decision, before, task, by=by, at=at))
    write_columns(signed, ["signed_by", "signed_at"])
    deadlines.drop_all([one.dossier_id for one in signed], DeadlineKind.SUPPLEMENT_NOTICE, at=at)
    events.record_all(happened)
    return refused


def _admitted(
    dossier: Dossier | None, decision: Decision | None, step: str, *, by: User, at: datetime
) -> tuple[Dossier, Decision]:
    """The rule of `sign`, with the dossier as it stands after it; nothing is written."""
    if dossier is None:
        raise NoSuchDossier(NO_SUCH)
    steps.admit(dossier, by=by, at=at, kind=StepKind.SIGN, permission=Permission.SIGN, step=step)
    state = SIGN.apply(dossier.state)
    if decision is None:
        raise ReasonMissing(NOT_PROPOSED.format(code=dossier.code))
    dossier.state, dossier.decided_at = state, at
    return dossier, decision


def _event(
    dossier: Dossier, decision: Decision, before: steps.Ended, task: Task | None, *, by: User, at: datetime
) -> DecisionSigned:
    return DecisionSigned(
        subject_id=dossier.pk,
        actor_id=by.pk,
        at=at,
        note="",
        outcome=decision.outcome,
        **steps.told(dossier, before, task),
    )
