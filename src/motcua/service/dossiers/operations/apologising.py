"""Xin lỗi và hẹn lại: the system foresees or an officer sees lateness, the leader signs, the applicant is told.

Sent in time and the first, the letter moves the lawful date; sent later it still apologises, names the day to expect,
and the dossier stays overdue. Legal: ND118-2025 Đ19.6
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput, Stale
from motcua.core.time import local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.loading import regime_named, regime_on, work_calendar
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.service.dossiers.events import (
    ApologyDiscarded,
    ApologyDrafted,
    ApologyRevised,
    ApologySent,
    DueExtended,
)
from motcua.service.dossiers.foreseeing import forecasts, rule_on
from motcua.service.dossiers.history import marks_of
from motcua.service.dossiers.models import Apology, DeadlineKind, Dossier, LateCause
from motcua.service.dossiers.operations.deadlines import drop, meet, open_deadline
from motcua.service.dossiers.predicting import Forecast, new_date
from motcua.service.dossiers.states import AT_WORK

WORKERS = (Permission.PROCESS, Permission.ASSIGN, Permission.REVIEW, Permission.SIGN)
LEAST_DRAFT_DAYS = 0
CHUNK = 500


class NothingPromised(DomainError):
    """Hồ sơ không có ngày hẹn để hẹn lại."""


class ApologisedAlready(DomainError):
    """Đã gửi thư xin lỗi cho ngày hẹn này."""


class InDraftAlready(DomainError):
    """Đã có dự thảo thư xin lỗi."""


class NotADraft(Stale):
    """Thư không còn là dự thảo."""


@transaction.atomic
def draft_apology(
    *, dossier_id: UUID, cause: LateCause | None, explanation: str, until: date, by: User, at: datetime
) -> Apology:
    """Soạn thư xin lỗi by hand; `until` is the new day, at whose close the result is promised.

    Raises Forbidden, NothingPromised, InDraftAlready, ApologisedAlready, InvalidInput. Legal: ND118-2025 Đ19.6
    """
    dossier = _to_work_on(dossier_id, by, at)
    _refuse_hopeless(dossier)
    if Apology.objects.filter(dossier=dossier, state=Apology.State.DRAFT).exists():
        raise InDraftAlready(f"Hồ sơ {dossier.code} đã có dự thảo thư xin lỗi. Hãy mở dự thảo đó để sửa.")
    found = forecasts([dossier], at=at).get(dossier.pk)
    moment = _moment(dossier, until, at)
    return _drafted(
        dossier, cause=cause, explanation=explanation.strip(), moment=moment, found=found, by=by, at=at
    )


@transaction.atomic
def foresee_apology(*, dossier_id: UUID, found: Forecast, at: datetime) -> Apology | None:
    """Tự soạn: the system drafts for a dossier that is, or will be, late; None where nothing is to be drafted (any more).

    Legal: ND118-2025 Đ19.6
    """
    dossier = Dossier.objects.lock(dossier_id)
    if dossier.state not in AT_WORK or dossier.due_at != found.due_at or not found.is_late:
        return None
    if not Dossier.objects.filter(pk=dossier.pk).without_apology().exists():
        return None
    if Apology.objects.filter(dossier=dossier, state=Apology.State.DRAFT).exists():
        return None
    if Apology.objects.filter(
        dossier=dossier, state=Apology.State.DISCARDED, due_before=dossier.due_at
    ).exists():
        return None  # somebody has said why not
    moment = new_date(found, work_calendar(dossier.agency_id, local_date(at)), at=at)
    return _drafted(dossier, cause=None, explanation="", moment=moment, found=found, by=None, at=at)


def foresee_lateness(at: datetime) -> int:
    """Soát hồ sơ sắp chậm: draft for each running dossier that is overdue, or that is due soon and will not be ready.

    Run by the worker; a draft whose dossier has got its result meanwhile is put away. Returns how many were drafted.
    """
    _put_away(at)
    drafted = 0
    last_id: UUID | None = None
    while True:
        waiting = Dossier.objects.running().filter(due_at__lte=_horizon(at)).without_apology()
        waiting = waiting.exclude(apologies__state=Apology.State.DRAFT).order_by("id")
        chunk = list(waiting.filter(pk__gt=last_id)[:CHUNK] if last_id else waiting[:CHUNK])
        if not chunk:
            return drafted
        last_id = chunk[-1].pk
        for dossier_id, found in forecasts(chunk, at=at).items():
            if found.is_late:
                drafted += foresee_apology(dossier_id=dossier_id, found=found, at=at) is not None


@transaction.atomic
def revise_apology(
    *, apology_id: UUID, cause: LateCause | None, explanation: str, until: date, by: User, at: datetime
) -> Apology:
    """Sửa dự thảo. Raises Forbidden, NotADraft, NothingPromised, InvalidInput."""
    apology = _draft(apology_id)
    dossier = _to_work_on(apology.dossier_id, by, at)
    _refuse_hopeless(dossier)
    apology.cause, apology.explanation = cause, explanation.strip()
    _redate(apology, dossier, _moment(dossier, until, at))
    apology.save(update_fields=["cause", "explanation", "due_before", "due_after", "send_by"])
    events.record(
        ApologyRevised(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            apology=apology.pk,
            cause=cause.code if cause else "",
            due_after=apology.due_after,
            reason=apology.explanation,
        )
    )
    return apology


@transaction.atomic
def send_apology(*, apology_id: UUID, by: User, at: datetime) -> Apology:
    """Ký và gửi thư xin lỗi: the lawful date moves when the letter is early enough and the first.

    Raises Forbidden, NotADraft, NothingPromised, ApologisedAlready, InvalidInput, ExtendedTooOften, NotAfterDue.
    Legal: ND118-2025 Đ19.6
    """
    apology = _draft(apology_id)
    dossier = Dossier.objects.lock(apology.dossier_id)
    access = access_of(by, at)
    access.require(Permission.SIGN, dossier.agency_id)
    _refuse_hopeless(dossier)
    if apology.cause is None:
        raise InvalidInput({"cause": "Hãy chọn nguyên nhân chậm trước khi ký gửi."})
    if dossier.due_at != apology.due_before:
        raise NotADraft(
            f"Ngày hẹn của hồ sơ {dossier.code} đã đổi từ khi soạn thư. Hãy mở dự thảo, xem lại ngày hẹn mới."
        )
    if apology.due_after <= at:
        raise InvalidInput({"until": "Ngày hẹn lại đã qua. Hãy chọn ngày khác."})
    extends = _may_extend(dossier, apology, at)
    apology.state, apology.extends, apology.sent_at, apology.signed_by = Apology.State.SENT, extends, at, by
    apology.signed_for_id = access.acting_for(Permission.SIGN, dossier.agency_id)
    apology.number = next_number(f"apology:{dossier.agency_id}:{local_date(at).year}")
    apology.save(update_fields=["state", "extends", "sent_at", "signed_by", "signed_for", "number"])
    meet(dossier, DeadlineKind.APOLOGY, at=at, subject=apology.pk)
    if extends:
        dossier.due_at = apology.due_after
        dossier.save(update_fields=["due_at"])
    kind = DueExtended if extends else ApologySent
    events.record(
        kind(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            apology=apology.pk,
            number=str(apology),
            cause=apology.cause.code,
            reason=apology.explanation or apology.cause.name,
            before=apology.due_before,
            after=apology.due_after,
            signed_for=apology.signed_for_id,
        )
    )
    return apology


@transaction.atomic
def discard_apology(*, apology_id: UUID, reason: str, by: User, at: datetime) -> Apology:
    """Bỏ dự thảo, with the reason. Raises Forbidden, NotADraft, InvalidInput."""
    apology = _draft(apology_id)
    dossier = _to_work_on(apology.dossier_id, by, at)
    if not reason.strip():
        raise InvalidInput({"reason": "Hãy ghi lý do bỏ dự thảo, ví dụ hồ sơ sẽ xong đúng hẹn vì sao."})
    _discard(apology, dossier, reason.strip()[:300], by, at)
    return apology


def may_draft(dossier: Dossier, user: User, at: datetime) -> bool:
    """Được soạn thư xin lỗi: who holds the dossier or works at its agency."""
    access = access_of(user, at)
    return dossier.holder_id == user.pk or any(access.may(one, dossier.agency_id) for one in WORKERS)


def proposed_date(dossier: Dossier, at: datetime) -> tuple[Forecast | None, datetime | None]:
    """Ngày hẹn lại mà đồng hồ đề nghị, with the forecast behind it; None where nothing is promised."""
    found = forecasts([dossier], at=at).get(dossier.pk)
    if found is None:
        return None, None
    return found, new_date(found, work_calendar(dossier.agency_id, local_date(at)), at=at)


def is_in_time(dossier: Dossier, at: datetime) -> bool:
    """Còn kịp gửi: a letter sent now would be early enough to move the date."""
    lead = regime_named(dossier.regime).apology_lead_days
    return dossier.due_at is not None and local_date(at) <= local_date(dossier.due_at) - timedelta(days=lead)


def _may_extend(dossier: Dossier, apology: Apology, at: datetime) -> bool:
    """Whether the letter moves the date; a second new date is refused, a late first one only apologises."""
    regime = regime_named(dossier.regime)
    track = clock.replay(
        dossier.clock_starts_at, marks_of(dossier), regime, boundary_free=dossier.is_boundary_free
    )
    try:
        clock.check_extension(track, apology.due_before, regime, at=at, until=apology.due_after)
    except clock.ExtendedTooLate:
        return False
    return True


def _refuse_hopeless(dossier: Dossier) -> None:
    """Only what is promised and worked on can be promised anew, and only once."""
    if dossier.state not in AT_WORK or dossier.due_at is None:
        raise NothingPromised(
            f"Hồ sơ {dossier.code} ở trạng thái “{dossier.get_state_display()}”, không có ngày hẹn để hẹn lại.",
            legal="ND118-2025 Đ19.6",
        )
    sent = dossier.apologies.filter(state=Apology.State.SENT).order_by("-sent_at").first()
    if sent is None or not (sent.extends or sent.due_before == dossier.due_at):
        return
    times = regime_named(dossier.regime).max_extensions
    raise ApologisedAlready(
        f"Hồ sơ {dossier.code} đã được xin lỗi và hẹn lại ngày {sent.due_after:%d/%m/%Y} (thư số {sent}); "
        f"pháp luật chỉ cho hẹn lại {times} lần. Hãy giải quyết ngay.",
        legal="ND118-2025 Đ19.6",
    )


def _to_work_on(dossier_id: UUID, by: User, at: datetime) -> Dossier:
    dossier = Dossier.objects.lock(dossier_id)
    if not may_draft(dossier, by, at):
        raise Forbidden(
            f"Thư xin lỗi của hồ sơ {dossier.code} do cơ quan giải quyết soạn. "
            "Hãy báo người đang giữ hồ sơ hoặc lãnh đạo đơn vị."
        )
    return dossier


def _draft(apology_id: UUID) -> Apology:
    apology = Apology.objects.select_for_update(of=("self",)).filter(pk=apology_id).first()
    if apology is None or apology.state != Apology.State.DRAFT:
        raise NotADraft("Thư này đã gửi hoặc đã bỏ. Hãy tải lại trang để xem.")
    return apology


def _moment(dossier: Dossier, until: date, at: datetime) -> datetime:
    """The close of the chosen day. Raises InvalidInput when it is no working day or not after the promise."""
    calendar = work_calendar(dossier.agency_id, local_date(at))
    if not calendar.is_working(until):
        raise InvalidInput({"until": f"Ngày {until:%d/%m/%Y} không phải ngày làm việc. Hãy chọn ngày khác."})
    moment = calendar.close(until)
    if moment <= at:
        raise InvalidInput({"until": "Ngày hẹn lại phải sau lúc này. Hãy chọn lại ngày."})
    if dossier.due_at is not None and moment <= dossier.due_at:
        raise InvalidInput({"until": "Ngày hẹn lại phải sau ngày hẹn trả hiện nay. Hãy chọn lại ngày."})
    return moment


def _redate(apology: Apology, dossier: Dossier, moment: datetime) -> None:
    assert dossier.due_at is not None  # noqa: S101  refused before
    regime = regime_named(dossier.regime)
    calendar = work_calendar(dossier.agency_id, local_date(dossier.received_at))
    apology.due_before, apology.due_after = dossier.due_at, moment
    apology.send_by = clock.apology_due(dossier.due_at, calendar, regime)


def _drafted(
    dossier: Dossier,
    *,
    cause: LateCause | None,
    explanation: str,
    moment: datetime,
    found: Forecast | None,
    by: User | None,
    at: datetime,
) -> Apology:
    apology = Apology(
        dossier=dossier,
        cause=cause,
        explanation=explanation,
        drafted_at=at,
        drafted_by=by,
        forecast=list(found.lines) if found else [],
    )
    _redate(apology, dossier, moment)
    apology.save(force_insert=True)
    if at < apology.send_by:
        open_deadline(dossier, DeadlineKind.APOLOGY, apology.send_by, at=at, subject=apology.pk)
    events.record(
        ApologyDrafted(
            subject_id=dossier.pk,
            actor_id=by.pk if by else None,
            at=at,
            apology=apology.pk,
            due_after=moment,
            reason=explanation,
        )
    )
    return apology


def _discard(apology: Apology, dossier: Dossier, reason: str, by: User | None, at: datetime) -> None:
    apology.state, apology.discarded_reason, apology.discarded_at = Apology.State.DISCARDED, reason, at
    apology.save(update_fields=["state", "discarded_reason", "discarded_at"])
    drop(dossier, DeadlineKind.APOLOGY, at=at, subject=apology.pk)
    events.record(
        ApologyDiscarded(
            subject_id=dossier.pk, actor_id=by.pk if by else None, at=at, apology=apology.pk, reason=reason
        )
    )


def _put_away(at: datetime) -> None:
    """Drafts that nobody needs any more: the result came, the clock stands still, or the promise has moved."""
    drafts = Apology.objects.filter(state=Apology.State.DRAFT).select_related("dossier")
    for apology in drafts.exclude(dossier__state__in=sorted(AT_WORK)).iterator():
        with transaction.atomic():
            dossier = Dossier.objects.lock(apology.dossier_id)
            kept = (
                Apology.objects.select_for_update().filter(pk=apology.pk, state=Apology.State.DRAFT).first()
            )
            if kept is not None and dossier.state not in AT_WORK:
                _discard(kept, dossier, f"Hồ sơ đã ở trạng thái “{dossier.get_state_display()}”.", None, at)


def _horizon(at: datetime) -> datetime:
    """The last promise that is looked at now: what must be apologised for within the days that a leader has to sign."""
    day = local_date(at)
    rule = rule_on(day)
    days = regime_on(day).apology_lead_days + (rule.draft_days if rule else LEAST_DRAFT_DAYS)
    return work_calendar(None, day).nth_close(day.toordinal(), days)
