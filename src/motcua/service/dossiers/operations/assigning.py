"""Phân công, nhận việc: put a dossier into somebody's hands."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of, house_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import DossierAssigned, DossierClaimed, WorkAssigned
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations import steps
from motcua.service.dossiers.states import ASSIGN, State
from motcua.service.workflows.blueprint import StepKind
from motcua.service.workflows.operations import running


class CannotHold(DomainError):
    """Người này không giữ được hồ sơ ở bước này."""


@transaction.atomic
def assign_work(
    *, dossier_id: UUID, holder: User, by: User, at: datetime, note: str = "", step: str = ""
) -> Dossier:
    """Phân công thụ lý: the step of distribution ends and the chosen officer begins.

    Raises IllegalMove, Forbidden, NotYourStep, CannotHold, Stale. Legal: ND118-2025 Đ19.1
    """
    dossier = steps.take(
        dossier_id, by=by, at=at, kind=StepKind.ASSIGN, permission=Permission.ASSIGN, step=step
    )
    dossier.state = ASSIGN.apply(dossier.state)
    before = steps.ended(dossier)
    task = steps.finish(dossier, outcome="DONE", by=by, at=at, note=note, next_holder=holder)
    if task:
        _refuse_without(task.role, task.name, task.agency_id, holder, at)
    events.record(
        WorkAssigned(
            subject_id=dossier.pk, actor_id=by.pk, at=at, note=note, **steps.told(dossier, before, task)
        )
    )
    return dossier


@transaction.atomic
def claim(*, dossier_id: UUID, by: User, at: datetime, step: str = "") -> Dossier:
    """Nhận việc: take a waiting step of one's own role into one's own hands.

    Raises Forbidden, CannotHold, Stale when somebody was quicker.
    """
    dossier = Dossier.objects.lock(dossier_id)
    steps.look_at(dossier, by, access_of(by, at), step=step)
    if dossier.holder_id == by.pk:
        return dossier
    if not dossier.step_key:
        raise CannotHold(f"Hồ sơ {dossier.code} đã xong mọi bước, không còn việc để nhận.")
    if dossier.holder_id:
        raise Stale(f"Hồ sơ {dossier.code} vừa có người khác nhận. Hãy chọn hồ sơ khác trong danh sách chờ.")
    _refuse_outsider(dossier, by, at)
    if dossier.step_kind == StepKind.WORK and dossier.state == State.TRANSFERRED:
        dossier.state = ASSIGN.apply(dossier.state)
    _hand_to(dossier, by, by=by, at=at, reason="")
    events.record(
        DossierClaimed(subject_id=dossier.pk, actor_id=by.pk, at=at, step=dossier.step_key, holder=by.pk)
    )
    return dossier


@transaction.atomic
def reassign(
    *, dossier_id: UUID, holder: User, by: User, at: datetime, reason: str, step: str = ""
) -> Dossier:
    """Phân công lại: move a step of a dossier from one person to another of the same role, with the reason.

    Raises Forbidden, CannotHold. Legal: ND118-2025 Đ19.1
    """
    dossier = Dossier.objects.lock(dossier_id)
    if step:
        steps.look_at(dossier, by, access_of(by, at), step=step)
    if not dossier.is_open or not dossier.step_key:
        raise CannotHold(f"Hồ sơ {dossier.code} đã có kết quả, không phân công lại được.")
    place, access = steps.agency_of(dossier, dossier.step_kind), access_of(by, at)
    if not access.may(
        Permission.MANAGE_STAFF, place
    ):  # who administers people may find another hand for their work
        access.require(Permission.ASSIGN, place)
    if not reason.strip():
        raise CannotHold(
            "Hãy ghi lý do phân công lại, để người nhận và người kiểm tra đều hiểu.", field="reason"
        )
    _refuse_outsider(dossier, holder, at)
    before = dossier.holder_id
    if dossier.step_kind == StepKind.WORK and dossier.state == State.TRANSFERRED:
        dossier.state = ASSIGN.apply(dossier.state)
    _hand_to(dossier, holder, by=by, at=at, reason=reason)
    events.record(
        DossierAssigned(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            step=dossier.step_key,
            holder=holder.pk,
            from_holder=before,
            reason=reason.strip(),
        )
    )
    return dossier


def candidates(dossier: Dossier, at: datetime) -> list[User]:
    """Who may hold the dossier at its present step."""
    return people_for(steps.agency_of(dossier, dossier.step_kind), dossier.step_role, at)


def people_for(agency_id: int, role: str, at: datetime) -> list[User]:
    """Who bears the role at the agency or in one of its internal units."""
    posted = User.objects.active().in_post_at(house_of(agency_id), local_date(at), roles=[role])
    return list(posted.order_by("full_name", "id"))


def _hand_to(dossier: Dossier, holder: User, *, by: User, at: datetime, reason: str) -> None:
    """Into the hands of one person: the step that the dossier is looked at, which may not be the one that it shows."""
    running.reassign(dossier_id=dossier.pk, step_key=dossier.step_key, holder=holder)
    dossier.holder = holder
    dossier.held_since = at
    Dossier.objects.filter(pk=dossier.pk).update(state=dossier.state)
    Dossier.objects.filter(pk=dossier.pk, step_key=dossier.step_key).update(holder=holder, held_since=at)
    steps.keep_assignment(dossier, holder, by=by, at=at, reason=reason)


def _refuse_outsider(dossier: Dossier, holder: User, at: datetime) -> None:
    place = steps.agency_of(dossier, dossier.step_kind)
    _refuse_without(dossier.step_role, dossier.step_name, place, holder, at)


def _refuse_without(role: str, step: str, agency_id: int, holder: User, at: datetime) -> None:
    if not holder.is_active or role not in access_of(holder, at).roles(agency_id):
        raise CannotHold(
            f"{holder.full_name} không có vai trò của bước “{step}” tại cơ quan này. "
            "Hãy chọn người khác trong danh sách.",
            field="holder",
        )
