"""Tạm dừng tính thời hạn: only where the procedure's own law allows it, with the letter that told the applicant."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.time import local_date
from motcua.foundation.identity.access import Access
from motcua.foundation.identity.models import User
from motcua.service.dossiers.events import ClockPaused, ClockResumed
from motcua.service.dossiers.models import DeadlineKind, Dossier, Pause
from motcua.service.dossiers.operations import deadlines, interrupting
from motcua.service.dossiers.states import PAUSE, RESUME

LONGEST = {"reason": 500, "basis": 300, "letter": 120}


class PauseNotAllowed(DomainError):
    """Thủ tục không cho tạm dừng tính thời hạn."""


def kinds_allowed(dossier: Dossier) -> list[str]:
    """Những lý do tạm dừng that the law of this procedure knows, as its revision says."""
    allowed = {
        Pause.Kind.FINANCIAL: dossier.revision.has_financial_pause,
        Pause.Kind.OTHER_LAW: dossier.revision.has_sector_pause,
    }
    return [kind.value for kind, is_allowed in allowed.items() if is_allowed]


@transaction.atomic
def pause(
    *,
    dossier_id: UUID,
    kind: str,
    reason: str,
    basis: str,
    letter: str,
    letter_on: date | None,
    by: User,
    at: datetime,
    step: str = "",
) -> Pause:
    """Tạm dừng tính thời hạn: from the moment of the letter's record until `resume`; the time between is not counted.

    Raises IllegalMove, Forbidden, NotYourStep, Stale, PauseNotAllowed, InvalidInput. Legal: ND118-2025 Đ19
    """
    dossier = interrupting.take(PAUSE, dossier_id, by=by, at=at, step=step)
    _refuse_not_allowed(dossier, kind)
    _refuse_incomplete(dossier, at, reason=reason, basis=basis, letter=letter, letter_on=letter_on)
    assert letter_on is not None  # noqa: S101  checked
    interrupted, due_before = dossier.state, dossier.due_at
    paused = Pause.objects.create(
        dossier=dossier,
        kind=kind,
        reason=reason.strip(),
        basis=basis.strip(),
        letter=letter.strip(),
        letter_on=letter_on,
        interrupted=interrupted,
        step_dues=interrupting.stand_still(dossier, PAUSE.apply(dossier.state)),
        started_at=at,
        started_by=by,
    )
    deadlines.drop(dossier, DeadlineKind.SUPPLEMENT_NOTICE, DeadlineKind.TRANSFER, at=at)
    events.record(
        ClockPaused(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            pause=paused.pk,
            kind=kind,
            reason=paused.reason,
            letter=paused.letter,
            letter_on=letter_on,
            due_before=due_before,
        )
    )
    return paused


@transaction.atomic
def resume(*, dossier_id: UUID, by: User, at: datetime, note: str = "", step: str = "") -> Pause:
    """Tính tiếp thời hạn: what the pause waited for is done; the dossier goes on with the time that it had left.

    Raises IllegalMove, Forbidden, NotYourStep, Stale. Legal: ND118-2025 Đ19
    """
    dossier = interrupting.take(RESUME, dossier_id, by=by, at=at, step=step)
    paused: Pause = dossier.pauses.get(ended_at=None)
    state = RESUME.apply(dossier.state, interrupted=paused.interrupted)
    paused.ended_at, paused.ended_by, paused.ended_note = at, by, note.strip()[:300]
    paused.save(update_fields=["ended_at", "ended_by", "ended_note"])
    interrupting.go_on(dossier, state, dues=paused.step_dues, since=paused.started_at, at=at)
    events.record(
        ClockResumed(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            pause=paused.pk,
            note=note.strip(),
            due_at=dossier.due_at,
        )
    )
    return paused


def may_pause(dossier: Dossier, user: User, access: Access) -> bool:
    return bool(kinds_allowed(dossier)) and interrupting.may_interrupt(PAUSE, dossier, user, access)


def may_resume(dossier: Dossier, user: User, access: Access) -> bool:
    return interrupting.may_interrupt(RESUME, dossier, user, access)


def _refuse_not_allowed(dossier: Dossier, kind: str) -> None:
    if kind not in Pause.Kind.values:
        raise InvalidInput({"kind": "Hãy chọn lý do tạm dừng."})
    if kind not in kinds_allowed(dossier):
        raise PauseNotAllowed(
            f"Thủ tục “{dossier.revision.name}” không có quy định cho tạm dừng tính thời hạn vì lý do "
            f"“{Pause.Kind(kind).label.lower()}”. Thời hạn vẫn tính; nếu không kịp, hãy xin lỗi và hẹn lại.",
            field="kind",
            legal="ND118-2025 Đ19",
        )


def _refuse_incomplete(
    dossier: Dossier, at: datetime, *, reason: str, basis: str, letter: str, letter_on: date | None
) -> None:
    wrong = {}
    said = {
        "reason": (reason, "Hãy ghi lý do tạm dừng."),
        "basis": (basis, "Hãy ghi quy định cho phép không tính thời gian này."),
        "letter": (letter, "Hãy ghi số văn bản đã thông báo cho người nộp."),
    }
    for name, (text, sentence) in said.items():
        if not text.strip():
            wrong[name] = sentence
        elif len(text.strip()) > LONGEST[name]:
            wrong[name] = f"Viết tối đa {LONGEST[name]} ký tự."
    if letter_on is None:
        wrong["letter_on"] = "Hãy nhập ngày của văn bản thông báo."
    elif not local_date(dossier.received_at) <= letter_on <= local_date(at):
        wrong["letter_on"] = "Ngày văn bản phải từ ngày tiếp nhận hồ sơ đến hôm nay."
    if wrong:
        raise InvalidInput(wrong)
