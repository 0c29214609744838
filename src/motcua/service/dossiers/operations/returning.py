"""Phát hành và trả kết quả: from the signed paper to the applicant's hands."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events, objections
from motcua.core.errors import InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import ResultIssued, ResultReturned, ResultReturnedAgain
from motcua.service.dossiers.models import Dossier, Result
from motcua.service.dossiers.operations import steps
from motcua.service.dossiers.states import ISSUE, RETURN, State
from motcua.service.workflows.blueprint import StepKind

LONGEST_NUMBER, LONGEST_NAME = 80, 500


@transaction.atomic
def issue(
    *,
    dossier_id: UUID,
    number: str,
    issued_on: date,
    by: User,
    at: datetime,
    name: str = "",
    document_id: UUID | None = None,
    note: str = "",
    step: str = "",
) -> Dossier:
    """Phát hành kết quả: number it, file it, and bring it to the one-stop unit; the legal clock stops here.

    Raises IllegalMove, Forbidden, NotYourStep, InvalidInput, Stale. Legal: ND118-2025 Đ22.1
    """
    dossier = steps.take(
        dossier_id, by=by, at=at, kind=StepKind.ISSUE, permission=Permission.ISSUE, step=step
    )
    wrong = {}
    if not number.strip():
        wrong["number"] = "Hãy nhập số, ký hiệu của kết quả."
    elif len(number.strip()) > LONGEST_NUMBER:
        wrong["number"] = f"Số, ký hiệu của kết quả dài quá {LONGEST_NUMBER} ký tự. Hãy kiểm tra lại."
    if len(name.strip()) > LONGEST_NAME:
        wrong["name"] = f"Tên kết quả dài quá {LONGEST_NAME} ký tự. Hãy rút gọn."
    if issued_on > local_date(at):
        wrong["issued_on"] = "Ngày ban hành không thể ở tương lai. Hãy kiểm tra lại."
    elif issued_on < local_date(dossier.received_at):
        wrong["issued_on"] = "Ngày ban hành không thể trước ngày tiếp nhận hồ sơ. Hãy kiểm tra lại."
    if wrong:
        raise InvalidInput(wrong)
    if document_id:
        attach(document_ids=[document_id], subject_id=dossier.pk, by=by)
    dossier.state = ISSUE.apply(dossier.state)
    dossier.finished_at = at
    decision = dossier.decisions.filter(sent_back_at__isnull=True).get()
    Result.objects.create(
        dossier=dossier,
        name=name.strip() or result_name(dossier, decision.outcome),
        number=number.strip(),
        issued_on=issued_on,
        document_id=document_id,
        issued_by=by,
        delivered_at=at,
    )
    before = steps.ended(dossier)
    task = steps.finish(dossier, outcome="DONE", by=by, at=at, note=note, extra_fields=["finished_at"])
    events.record(
        ResultIssued(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            note=note,
            number=number.strip(),
            issued_on=issued_on,
            **steps.told(dossier, before, task),
        )
    )
    return dossier


@transaction.atomic
def return_result(
    *,
    dossier_id: UUID,
    by: User,
    at: datetime,
    receiver_name: str = "",
    note: str = "",
    step: str = "",
) -> Dossier:
    """Trả kết quả: give the result to the applicant, or to whoever brings the receipt, by name.

    A corrected result whose first hand-over has ended the workflow is handed over outside it: the way that was walked
    stays as it was. Raises IllegalMove, Forbidden, NotYourStep, Stale, and what others object (the post has it).
    Legal: ND118-2025 Đ22.3, Đ23.1
    """
    waiting = Dossier.objects.lock(dossier_id)
    objections.ask("return_result", waiting, at)
    if waiting.state == State.RESULT_READY and not waiting.step_key:
        return _return_again(waiting, by=by, at=at, receiver_name=receiver_name, note=note)
    dossier = steps.take(
        dossier_id, by=by, at=at, kind=StepKind.RETURN, permission=Permission.RETURN, step=step
    )
    receiver = _handed_over(dossier, receiver_name, note, by, at)
    before = steps.ended(dossier)
    task = steps.finish(dossier, outcome="DONE", by=by, at=at, note=note, extra_fields=["returned_at"])
    events.record(
        ResultReturned(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            note=note,
            receiver=receiver,
            **steps.told(dossier, before, task),
        )
    )
    return dossier


@transaction.atomic
def _return_again(dossier: Dossier, *, by: User, at: datetime, receiver_name: str, note: str) -> Dossier:
    """Trả kết quả đã sửa of a dossier whose steps are all done."""
    access_of(by, at).require(Permission.RETURN, dossier.reception_agency_id)
    receiver = _handed_over(dossier, receiver_name, note, by, at)
    dossier.save(update_fields=["state", "returned_at"])
    events.record(
        ResultReturnedAgain(
            subject_id=dossier.pk, actor_id=by.pk, at=at, receiver=receiver, note=note.strip()
        )
    )
    return dossier


def _handed_over(dossier: Dossier, receiver_name: str, note: str, by: User, at: datetime) -> str:
    """Write the hand-over down; returns who has received."""
    dossier.state = RETURN.apply(dossier.state)
    dossier.returned_at = at
    receiver = tidy(receiver_name) or dossier.applicant_name
    Result.objects.filter(dossier=dossier).update(
        returned_at=at,
        returned_by=by,
        receiver_name=receiver[:250],
        receiver_is_applicant=receiver == dossier.applicant_name,
        return_note=note.strip()[:300],
    )
    return receiver


def result_name(dossier: Dossier, outcome: str) -> str:
    """What the result is called when the clerk gives no other name."""
    if outcome == "REFUSE":
        return "Thông báo từ chối giải quyết hồ sơ"
    first = dossier.revision.result_types.order_by("position").first()
    return (first.name if first else f"Kết quả {dossier.revision.name}")[:500]
