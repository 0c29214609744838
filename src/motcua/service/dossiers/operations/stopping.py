"""Dừng, rút, đóng, mở lại: an end without a result, asked for by the applicant or made by silence; and the way back."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local, local_date
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.service.dossiers.events import DossierLapsed, DossierReopened, DossierStopped, DossierWithdrawn
from motcua.service.dossiers.history import rebuilt
from motcua.service.dossiers.models import Dossier, Pause, Stop, Supplement
from motcua.service.dossiers.operations import deadlines, interrupting, steps
from motcua.service.dossiers.states import LAPSE, REOPEN, STOP, WITHDRAW, Move, State
from motcua.service.workflows.models import Task
from motcua.service.workflows.operations import running

logger = logging.getLogger(__name__)
Kind = Stop.Kind
MOVES: dict[str, Move] = {Kind.STOP: STOP, Kind.WITHDRAW: WITHDRAW, Kind.SILENCE: LAPSE}
EVENTS = {Kind.STOP: DossierStopped, Kind.WITHDRAW: DossierWithdrawn, Kind.SILENCE: DossierLapsed}
CLOSED_FIELDS = ("state", "closed_at", "due_at", *steps.STEP_FIELDS[1:])
LONGEST = {"papers": 500, "fees": 300, "requested_by": 250}
MOST_AT_ONCE = 500


class NotYetSilent(DomainError):
    """Chưa hết thời gian chờ bổ sung."""


@transaction.atomic
def stop(
    *,
    dossier_id: UUID,
    kind: str,
    requested_by: str,
    reason: str,
    papers: str,
    fees: str,
    by: User,
    at: datetime,
    requested_at: datetime | None = None,
) -> Stop:
    """Dừng giải quyết hoặc rút hồ sơ: as the applicant asks, until the result is signed; form 05 is printed from it.

    `papers` and `fees` say what was given back. By the counter that received the dossier.
    Raises IllegalMove, Forbidden, InvalidInput. Legal: ND118-2025 Đ21
    """
    dossier = interrupting.at_counter(dossier_id, by=by, at=at)
    asked_at = requested_at or at
    wrong = _long_words(papers=papers, fees=fees, requested_by=requested_by)
    if kind not in {Kind.STOP, Kind.WITHDRAW}:
        wrong["kind"] = "Hãy chọn dừng giải quyết hoặc rút hồ sơ."
    if not requested_by.strip():
        wrong["requested_by"] = "Hãy ghi họ tên người yêu cầu."
    if not reason.strip():
        wrong["reason"] = "Hãy ghi lý do người nộp nêu."
    if not papers.strip():
        wrong["papers"] = "Hãy ghi giấy tờ đã trả lại, hoặc “không”."
    if not fees.strip():
        wrong["fees"] = "Hãy ghi phí, lệ phí xử lý thế nào, hoặc “không”."
    if not dossier.received_at <= asked_at <= at:
        wrong["requested_at"] = "Lúc yêu cầu phải sau khi tiếp nhận hồ sơ và không ở tương lai."
    if wrong:
        raise InvalidInput(wrong)
    return _end(
        dossier, kind, by=by, at=at, requested_by=tidy(requested_by), requested_at=asked_at, reason=reason.strip(),
        papers=papers.strip(), fees=fees.strip(),
    )  # fmt: skip


@transaction.atomic
def lapse(*, dossier_id: UUID, by: User | None, at: datetime) -> Stop:
    """Đóng hồ sơ do không bổ sung: when the time to bring what was asked for has run out. `by` None: the system.

    Raises IllegalMove, Forbidden, NotYetSilent. Legal: ND118-2025 Đ19.5
    """
    dossier = interrupting.at_counter(dossier_id, by=by, at=at) if by else Dossier.objects.lock(dossier_id)
    LAPSE.check(dossier.state)
    supplement: Supplement = dossier.supplements.get(completed_at=None, closed_at=None)
    until = supplement.waits_until
    if until is None:
        raise NotYetSilent(
            "Chế độ pháp lý của hồ sơ này không cho đóng vì chậm bổ sung. Hãy nhắc người nộp, hoặc dừng khi họ yêu cầu."
        )
    if supplement.deliveries.waiting().exists():
        raise NotYetSilent(
            "Người nộp đã gửi phần bổ sung trực tuyến, chưa ai xem. Hãy xem phần đó trước.",
            legal="ND118-2025 Đ19.5",
        )
    if local_date(at) <= local_date(until):
        raise NotYetSilent(
            f"Người nộp còn được bổ sung đến {local(until):%H:%M ngày %d/%m/%Y}; chỉ đóng hồ sơ sau ngày đó.",
            legal="ND118-2025 Đ19.5",
        )
    return _end(
        dossier,
        Kind.SILENCE,
        by=by,
        at=at,
        requested_by="",
        requested_at=until,
        reason=f"Quá hạn bổ sung ({local(until):%H:%M ngày %d/%m/%Y}) theo phiếu số {supplement}.",
    )


@transaction.atomic
def reopen(*, dossier_id: UUID, reason: str, by: User, at: datetime) -> Stop:
    """Mở lại hồ sơ đã dừng: where it was left, with its steps; the time in between is not counted.

    By who may reopen at the settling agency. Raises IllegalMove, Forbidden, InvalidInput. Legal: ND118-2025 Đ21
    """
    dossier = Dossier.objects.lock(dossier_id)
    access_of(by, at).require(Permission.REOPEN, dossier.agency_id)
    REOPEN.check(dossier.state)
    if not reason.strip():
        raise InvalidInput({"reason": "Hãy ghi lý do mở lại hồ sơ."})
    stopped: Stop = dossier.stops.get(reopened_at=None)
    state = REOPEN.apply(dossier.state, interrupted=stopped.interrupted)
    stopped.reopened_at, stopped.reopened_by, stopped.reopened_reason = at, by, reason.strip()[:500]
    stopped.save(update_fields=["reopened_at", "reopened_by", "reopened_reason"])
    dossier.state, dossier.closed_at = state, None
    dossier.due_at = rebuilt(dossier)
    tasks = running.reopen(dossier_id=dossier.pk, stopped_at=stopped.at, at=at, not_after=dossier.due_at)
    for task in tasks:
        task.holder = _holder_again(task, at)
    steps.take_up(dossier, tasks, by=by, at=at, reason=reason.strip())
    dossier.save(update_fields=CLOSED_FIELDS)
    events.record(
        DossierReopened(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            stop=stopped.pk,
            reason=reason.strip(),
            step=dossier.step_key,
            due_at=dossier.due_at,
        )
    )
    return stopped


def lapse_silent(at: datetime) -> int:
    """Đóng những hồ sơ hết hạn bổ sung: the worker, on the day after; each in a transaction of its own."""
    midnight = local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = Supplement.objects.filter(completed_at=None, closed_at=None, waits_until__lt=midnight)
    keys = list(waiting.order_by("waits_until", "id").values_list("dossier", flat=True)[:MOST_AT_ONCE])
    closed = 0
    for key in keys:
        try:
            lapse(dossier_id=key, by=None, at=at)
            closed += 1
        except DomainError as refusal:  # somebody was quicker, or it waits no more
            logger.info("Dossier %s was not closed: %s", key, refusal.message)
    return closed


def may_stop(dossier: Dossier, access: Access) -> bool:
    """Được ghi yêu cầu dừng, rút: the counter that received the dossier, until the result is signed."""
    return STOP.is_lawful_from(dossier.state) and access.may(Permission.RECEIVE, dossier.reception_agency_id)


def may_reopen(dossier: Dossier, access: Access) -> bool:
    return REOPEN.is_lawful_from(dossier.state) and access.may(Permission.REOPEN, dossier.agency_id)


def _end(
    dossier: Dossier,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    requested_by: str,
    requested_at: datetime,
    reason: str,
    papers: str = "",
    fees: str = "",
) -> Stop:
    """Close the dossier without a result; the steps stay known, so that it can be opened again where it was left."""
    state = MOVES[kind].apply(dossier.state)
    step = dossier.step_key
    interrupted = _wait_no_more(dossier, by=by, at=at)
    dossier.state, dossier.closed_at = state, at
    running.stop(dossier_id=dossier.pk, by=by, at=at, note=reason)
    steps.project(dossier, None, None, at)
    _let_go(dossier, at)
    dossier.save(update_fields=CLOSED_FIELDS)
    deadlines.drop(dossier, at=at)
    dossier.consultations.open().update(dropped_at=at)
    where = dossier.reception_agency_id
    stopped = Stop.objects.create(
        dossier=dossier,
        kind=kind,
        number=next_number(f"stop:{where}:{local_date(at).year}"),
        requested_by=requested_by,
        requested_at=requested_at,
        reason=reason,
        papers=papers,
        fees=fees,
        interrupted=interrupted,
        at=at,
        by=by,
    )
    events.record(
        EVENTS[Kind(kind)](
            subject_id=dossier.pk,
            actor_id=by.pk if by else None,
            at=at,
            stop=stopped.pk,
            number=stopped.number,
            requested_by=requested_by,
            reason=reason,
            step=step,
        )
    )
    return stopped


def _wait_no_more(dossier: Dossier, *, by: User | None, at: datetime) -> str:
    """End what the dossier waited for; returns the state in which it would have gone on."""
    if dossier.state == State.AWAITING_SUPPLEMENT:
        supplement: Supplement = dossier.supplements.get(completed_at=None, closed_at=None)
        supplement.closed_at = at
        supplement.save(update_fields=["closed_at"])
        dossier.due_at = rebuilt(dossier)
        interrupting.redate(dossier, dues=supplement.step_dues, since=supplement.asked_at, at=at)
        return supplement.interrupted
    if dossier.state == State.PAUSED:
        paused: Pause = dossier.pauses.get(ended_at=None)
        paused.ended_at, paused.ended_by = at, by
        paused.ended_note = "Hồ sơ dừng giải quyết."
        paused.save(update_fields=["ended_at", "ended_by", "ended_note"])
        dossier.due_at = rebuilt(dossier)
        interrupting.redate(dossier, dues=paused.step_dues, since=paused.started_at, at=at)
        return paused.interrupted
    return State.IN_WORK if dossier.state == State.CONSULTING else dossier.state


def _let_go(dossier: Dossier, at: datetime) -> None:
    dossier.assignments.filter(until=None).update(until=at)


def _holder_again(task: Task, at: datetime) -> User | None:
    """Whoever held the step when it was stopped, or stands in for them now, if still in a post of its role."""
    held = task.holder
    if held and held.is_active and task.role in access_of(held, at).roles(task.agency_id):
        holder = steps.covering(held, task, at)
    else:
        holder = None
    if holder != held:
        running.assign(task=task, holder=holder)
    return holder


def _long_words(**said: str) -> dict[str, str]:
    return {
        name: f"Viết tối đa {LONGEST[name]} ký tự."
        for name, text in said.items()
        if len(text.strip()) > LONGEST[name]
    }
