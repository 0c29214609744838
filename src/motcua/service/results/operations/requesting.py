"""Đề nghị đính chính: what the holder says is wrong; the agency mends it by the one way there is, or answers why not.

Mending follows `dossiers.operations.correcting`: the regime's days, at the agency's cost where the fault is its own.
Legal: ND118-2025 Đ23.1
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import Forbidden, InvalidInput, Stale
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Applicant, User
from motcua.service.dossiers.models import Correction, DeadlineKind, Dossier
from motcua.service.dossiers.operations.correcting import find_wrong, may_find_wrong
from motcua.service.dossiers.operations.deadlines import meet, open_deadline
from motcua.service.dossiers.states import FIND_WRONG
from motcua.service.results.events import CorrectionAnswered, CorrectionAsked
from motcua.service.results.holding import result_of
from motcua.service.results.models import CorrectionRequest, IssuedResult
from motcua.service.results.operations.setting import answer_rule_on

LONGEST = 1000
State = CorrectionRequest.State


@transaction.atomic
def ask_correction(
    *, request_id: UUID, issued_id: UUID, holder: Applicant, wrong: str, account_id: UUID, at: datetime
) -> CorrectionRequest:
    """Đề nghị đính chính, one at a time; the same `request_id` again is the same. The time to answer runs from now.

    Raises NoSuchResult, InvalidInput, Stale.
    """
    issued = result_of(holder, issued_id, is_locked=True)
    if known := CorrectionRequest.objects.filter(pk=request_id, issued=issued).first():
        return known
    if not wrong.strip():
        raise InvalidInput({"wrong": "Hãy ghi giấy sai ở đâu, đúng phải là gì."})
    if issued.is_certified_copy:
        raise Stale("Bản sao chứng thực không đính chính theo cách này. Hãy liên hệ nơi chứng thực.")
    if issued.state != IssuedResult.State.VALID or not FIND_WRONG.is_lawful_from(issued.dossier.state):
        raise Stale("Kết quả này đã được thay, bị thu hồi hoặc đang được sửa. Hãy tải lại trang.")
    if issued.correction_requests.filter(state=State.ASKED).exists():
        raise Stale("Bạn đã đề nghị đính chính kết quả này, cơ quan đang xem. Hãy tải lại trang.")
    asked = CorrectionRequest.objects.create(
        id=request_id, issued=issued, wrong=wrong.strip()[:LONGEST], asked_by=account_id, asked_at=at,
        due_at=answer_due(issued.dossier, at),
    )  # fmt: skip
    open_deadline(issued.dossier, DeadlineKind.CORRECTION_ANSWER, asked.due_at, at=at, subject=asked.pk)
    events.record(
        CorrectionAsked(
            subject_id=issued.dossier_id, actor_id=account_id, at=at, paper_id=issued.paper_id, wrong=asked.wrong
        )
    )  # fmt: skip
    return asked


@transaction.atomic
def accept_correction(*, request_id: UUID, fault: str, by: User, at: datetime) -> Correction:
    """Nhận là sai: the result is mended from now on, for what the holder has said.

    Raises Forbidden, InvalidInput, Stale.
    """
    asked = _open(request_id)
    correction = find_wrong(dossier_id=asked.issued.dossier_id, wrong=asked.wrong, fault=fault, by=by, at=at)
    asked.correction = correction
    _answer(asked, State.ACCEPTED, "", by, at)
    return correction


@transaction.atomic
def refuse_correction(*, request_id: UUID, answer: str, by: User, at: datetime) -> CorrectionRequest:
    """Trả lời không sai, with the reason for the holder to read. Raises Forbidden, InvalidInput, Stale."""
    asked = _open(request_id)
    dossier: Dossier = asked.issued.dossier
    if not may_find_wrong(dossier, access_of(by, at)):
        raise Forbidden("Chỉ nơi trả kết quả hoặc cơ quan giải quyết trả lời được đề nghị đính chính.")
    if not answer.strip():
        raise InvalidInput({"answer": "Hãy ghi vì sao kết quả không sai; người đề nghị đọc được."})
    _answer(asked, State.REFUSED, answer.strip()[:LONGEST], by, at)
    return asked


def answer_due(dossier: Dossier, at: datetime) -> datetime | None:
    """Hạn trả lời, by the province's rule of the day, in the agency's hours; None: no time is set."""
    today = local_date(at)
    rule = answer_rule_on(today)
    if rule is None:
        return None
    return work_calendar(dossier.agency_id, today).nth_close(today.toordinal(), rule.answer_days)


def _open(request_id: UUID) -> CorrectionRequest:
    rows = CorrectionRequest.objects.select_for_update(of=("self",)).select_related("issued__dossier")
    asked = rows.filter(pk=request_id).first()
    if asked is None or asked.state != State.ASKED:
        raise Stale("Đề nghị này đã được trả lời. Hãy tải lại trang.")
    return asked


def _answer(asked: CorrectionRequest, state: str, answer: str, by: User, at: datetime) -> None:
    asked.state, asked.answer, asked.answered_at, asked.answered_by = state, answer, at, by
    asked.save(update_fields=["state", "answer", "answered_at", "answered_by", "correction"])
    meet(asked.issued.dossier, DeadlineKind.CORRECTION_ANSWER, at=at, subject=asked.pk)
    events.record(
        CorrectionAnswered(
            subject_id=asked.issued.dossier_id,
            actor_id=by.pk,
            at=at,
            paper_id=asked.issued.paper_id,
            is_accepted=state == State.ACCEPTED,
            answer=answer,
        )
    )
