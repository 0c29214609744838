"""Thời hạn bên trong: the lawful times besides the appointment, each with an alarm before it runs out.

Operations open and meet them; the worker raises the alarms. A reception opens none: its duty to hand over stands on the
dossier itself (`transfer_due_at`), and the worker writes the deadline down when it comes near.
Legal: ND118-2025 Đ17.2, Đ18, Đ19, Đ20, Đ23
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.core.time import local, local_date
from motcua.foundation.calendars.clock import CompiledCalendar, working_minutes_between
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.models import User
from motcua.service.dossiers.events import AlarmRuleSet, DeadlineAlarmed
from motcua.service.dossiers.models import AlarmRule, Deadline, DeadlineKind, Dossier
from motcua.service.dossiers.querysets import DeadlineQuerySet
from motcua.service.dossiers.states import AT_WORK, State

K = DeadlineKind
# What a new installation starts with, in working minutes; an administrator changes it by a dated row.
USUAL_MINUTES: Mapping[str, int] = {
    K.TRANSFER: 60,
    K.SUPPLEMENT_NOTICE: 240,
    K.SUPPLEMENT_SILENCE: 900,
    K.OPINION: 240,
    K.APOLOGY: 240,
    K.CORRECTION: 450,
    K.CORRECTION_ANSWER: 450,
    K.PAPER_TRANSFER: 120,
}
STILL_ASKABLE = (State.TRANSFERRED, State.IN_WORK, State.CONSULTING)
MOST_AT_ONCE = 500
A_DAY_AND_MORE = timedelta(days=5)  # longer than any alarm before a hand-over; only bounds the question
MOST_MINUTES = 20 * 480


def open_deadline(
    dossier: Dossier,
    kind: str,
    due_at: datetime | None,
    *,
    at: datetime,
    subject: UUID | None = None,
    agency_id: int | None = None,
) -> Deadline | None:
    """Mở thời hạn: from now it runs, at `agency_id` (else where the dossier is settled). None: the law sets no time.

    One of the same kind that still runs is dropped: what it was opened for is done anew.
    """
    if due_at is None:
        return None
    drop(dossier, kind, at=at, subject=subject)
    where = agency_id or dossier.agency_id
    calendar = work_calendar(where, local_date(at))
    return Deadline.objects.create(
        dossier=dossier,
        kind=kind,
        subject=subject,
        agency_id=where,
        due_at=due_at,
        alarm_at=alarm_at(due_at, minutes_before(kind, at), calendar),
    )


def meet(dossier: Dossier, *kinds: str, at: datetime, subject: UUID | None = None) -> int:
    """Đã xong: what the deadline asked for is done."""
    return _running(dossier, kinds, subject).update(met_at=at)


def drop(dossier: Dossier, *kinds: str, at: datetime, subject: UUID | None = None) -> int:
    """Không còn áp dụng; without kinds, everything that still runs: the dossier has ended."""
    return _running(dossier, kinds, subject).update(dropped_at=at)


def drop_all(dossier_ids: Iterable[UUID], *kinds: str, at: datetime) -> int:
    """`drop` for many dossiers, in one statement."""
    running = Deadline.objects.running().filter(dossier__in=list(dossier_ids), kind__in=kinds)
    return running.update(dropped_at=at)


def minutes_before(kind: str, at: datetime) -> int:
    """Báo trước bao nhiêu phút làm việc, by the rule in force."""
    rules = AlarmRule.objects.filter(kind=kind, valid_from__lte=local_date(at)).order_by("-valid_from")
    found = rules.values_list("minutes", flat=True).first()
    return USUAL_MINUTES[kind] if found is None else found


def alarm_at(due_at: datetime, minutes: int, calendar: CompiledCalendar) -> datetime:
    """Lúc báo: so many working minutes before the due moment; never after it."""
    day = local(due_at).replace(hour=0, minute=0, second=0, microsecond=0)
    while (held := working_minutes_between(day, due_at, calendar)) < minutes:
        day -= timedelta(days=1)
    first = (
        calendar.instant_of_minutes(day, held - minutes) if held > minutes else calendar.opening(day.date())
    )
    return min(first, due_at)


@transaction.atomic
def set_alarm(*, kind: str, minutes: int, reason: str, by: User, at: datetime) -> AlarmRule:
    """Đặt thời gian báo trước, from today on; what runs already keeps its moment. Raises InvalidInput."""
    wrong = {}
    if kind not in DeadlineKind.values:
        wrong["kind"] = "Hãy chọn một loại thời hạn."
    if not 0 < minutes <= MOST_MINUTES:
        wrong["minutes"] = f"Số phút phải từ 1 đến {MOST_MINUTES}."
    if not reason.strip():
        wrong["reason"] = "Hãy ghi lý do thay đổi."
    if wrong:
        raise InvalidInput(wrong)
    before = minutes_before(kind, at)
    rule, _ = AlarmRule.objects.update_or_create(
        kind=kind, valid_from=local_date(at), defaults={"minutes": minutes}
    )
    events.record(
        AlarmRuleSet(
            subject_id=rule.pk,
            actor_id=by.pk,
            at=at,
            kind=kind,
            before=before,
            after=minutes,
            reason=reason.strip(),
        )
    )
    return rule


# The worker's part


def raise_alarms(at: datetime) -> int:
    """Báo những thời hạn sắp hết: each once, with a line in the ledger; what has lost its point is dropped."""
    retire_notices(at)
    watch_transfers(at)
    keys = list(
        Deadline.objects.to_alarm(at=at).order_by("alarm_at").values_list("pk", flat=True)[:MOST_AT_ONCE]
    )
    return sum(raise_alarm(deadline_id=key, at=at) for key in keys)


@transaction.atomic
def raise_alarm(*, deadline_id: UUID, at: datetime) -> bool:
    """Báo một thời hạn; False when somebody was quicker or it has lost its point."""
    deadline = Deadline.objects.to_alarm(at=at).select_for_update(of=("self",)).filter(pk=deadline_id).first()
    if deadline is None:
        return False
    dossier = Dossier.objects.get(pk=deadline.dossier_id)
    if not _still_matters(deadline, dossier, at):
        deadline.dropped_at = at
        deadline.save(update_fields=["dropped_at"])
        return False
    deadline.alarmed_at = at
    deadline.save(update_fields=["alarmed_at"])
    events.record(
        DeadlineAlarmed(
            subject_id=dossier.pk,
            actor_id=None,
            at=at,
            deadline=deadline.pk,
            kind=deadline.kind,
            due_at=deadline.due_at,
            note=f"{deadline.get_kind_display()}: hạn {local(deadline.due_at):%H:%M ngày %d/%m/%Y}.",
        )
    )
    return True


def watch_transfers(at: datetime) -> int:
    """Ghi thời hạn bàn giao sắp hết of what still waits at the counter; returns how many were written down."""
    near = (
        Dossier.objects.filter(state=State.RECEIVED, transfer_due_at__lte=at + A_DAY_AND_MORE)
        .exclude(deadlines__in=Deadline.objects.running().filter(kind=K.TRANSFER))
        .order_by("transfer_due_at", "id")[:MOST_AT_ONCE]
    )
    minutes = minutes_before(K.TRANSFER, at)
    written = 0
    for dossier in near:
        calendar = work_calendar(dossier.reception_agency_id, local_date(at))
        if alarm_at(dossier.transfer_due_at, minutes, calendar) > at:
            continue
        with transaction.atomic():
            locked = Dossier.objects.lock(dossier.pk)
            if locked.state == State.RECEIVED:
                open_deadline(
                    locked, K.TRANSFER, locked.transfer_due_at, at=at, agency_id=locked.reception_agency_id
                )
                written += 1
    return written


def retire_notices(at: datetime) -> int:
    """Hết lúc yêu cầu bổ sung: not to have asked is no breach, so the deadline just ends."""
    return Deadline.objects.alarmed().filter(kind=K.SUPPLEMENT_NOTICE, due_at__lt=at).update(dropped_at=at)


def _still_matters(deadline: Deadline, dossier: Dossier, at: datetime) -> bool:
    if deadline.kind == K.SUPPLEMENT_NOTICE:
        return dossier.state in STILL_ASKABLE and at <= deadline.due_at
    if deadline.kind == K.TRANSFER:
        return dossier.state == State.RECEIVED
    if deadline.kind == K.SUPPLEMENT_SILENCE:
        return dossier.state == State.AWAITING_SUPPLEMENT
    if deadline.kind == K.APOLOGY:
        return dossier.state in AT_WORK
    return True


def _running(dossier: Dossier, kinds: tuple[str, ...], subject: UUID | None) -> DeadlineQuerySet:
    found = Deadline.objects.running().filter(dossier=dossier)
    if kinds:
        found = found.filter(kind__in=kinds)
    return found.filter(subject=subject) if subject else found
