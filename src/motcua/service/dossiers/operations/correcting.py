"""Sửa kết quả sai: found by the counter or the agency, mended within the regime's time, handed over again.

The wrong paper stays readable in its `Correction`; the day of the first result stays the one that counts.
Legal: ND118-2025 Đ23.1
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.core.time import local_date
from motcua.foundation.calendars.loading import regime_named, work_calendar
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import ResultCorrected, WrongResultFound
from motcua.service.dossiers.models import Correction, DeadlineKind, Dossier, Result
from motcua.service.dossiers.operations.deadlines import meet, open_deadline
from motcua.service.dossiers.operations.returning import LONGEST_NAME, LONGEST_NUMBER
from motcua.service.dossiers.states import CORRECT, FIND_WRONG

FINDERS = (Permission.PROCESS, Permission.REVIEW, Permission.SIGN, Permission.ISSUE)
MOST_COST = 2_000_000_000


class NoResult(DomainError):
    """Hồ sơ chưa có kết quả."""


@transaction.atomic
def find_wrong(*, dossier_id: UUID, wrong: str, fault: str, by: User, at: datetime) -> Correction:
    """Ghi nhận kết quả sai: what is wrong and by whose fault; the time to mend it runs from now.

    Raises Forbidden, IllegalMove, InvalidInput, NoResult. Legal: ND118-2025 Đ23.1
    """
    dossier = Dossier.objects.lock(dossier_id)
    if not may_find_wrong(dossier, access_of(by, at)):
        raise Forbidden("Chỉ nơi trả kết quả hoặc cơ quan giải quyết ghi nhận được kết quả sai.")
    refused = {}
    if not wrong.strip():
        refused["wrong"] = "Hãy ghi kết quả sai ở đâu, đúng phải là gì."
    if fault not in Correction.Fault.values:
        refused["fault"] = "Hãy chọn sai sót do ai."
    if refused:
        raise InvalidInput(refused)
    interrupted, dossier.state = dossier.state, FIND_WRONG.apply(dossier.state)
    result = _result(dossier)
    is_own_fault = fault == Correction.Fault.AGENCY
    correction = Correction.objects.create(
        dossier=dossier,
        fault=fault,
        wrong=wrong.strip(),
        found_at=at,
        found_by=by,
        due_at=_due(dossier, at) if is_own_fault else None,
        cost_borne_by=dossier.agency.name[:200] if is_own_fault else "",
        interrupted=interrupted,
        old_name=result.name,
        old_number=result.number,
        old_issued_on=result.issued_on,
        old_document_id=result.document_id,
        old_returned_at=result.returned_at,
        old_receiver_name=result.receiver_name,
    )
    dossier.save(update_fields=["state"])
    open_deadline(dossier, DeadlineKind.CORRECTION, correction.due_at, at=at, subject=correction.pk)
    events.record(
        WrongResultFound(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            correction=correction.pk,
            fault=fault,
            reason=correction.wrong,
            due_at=correction.due_at,
        )
    )
    return correction


@transaction.atomic
def correct_result(
    *,
    dossier_id: UUID,
    number: str,
    issued_on: date,
    by: User,
    at: datetime,
    name: str = "",
    document_id: UUID | None = None,
    cost_amount: int = 0,
    cost_borne_by: str = "",
) -> Correction:
    """Ký kết quả đã sửa: the leader signs the right paper in its own number; it goes to the counter once more.

    `cost_amount` is what the mending cost; the agency bears it when the fault was its own.
    Raises Forbidden, IllegalMove, InvalidInput. Legal: ND118-2025 Đ23.1
    """
    dossier = Dossier.objects.lock(dossier_id)
    access_of(by, at).require(Permission.SIGN, dossier.agency_id)
    dossier.state = CORRECT.apply(dossier.state)
    correction = Correction.objects.select_for_update().get(dossier=dossier, corrected_at=None)
    result = _result(dossier)
    _refuse_bad(
        correction,
        number=number.strip(),
        name=name.strip(),
        issued_on=issued_on,
        cost_amount=cost_amount,
        at=at,
    )
    if document_id:
        attach(document_ids=[document_id], subject_id=dossier.pk, by=by)
    result.name, result.number = name.strip() or result.name, number.strip()
    result.issued_on, result.document_id, result.issued_by = issued_on, document_id, by
    result.delivered_at, result.returned_at, result.returned_by = at, None, None
    result.receiver_name, result.receiver_is_applicant, result.return_note = "", True, ""
    result.save()
    correction.corrected_at, correction.corrected_by = at, by
    correction.cost_amount = cost_amount
    if correction.fault != Correction.Fault.AGENCY:
        correction.cost_borne_by = cost_borne_by.strip()[:200]
    correction.save(update_fields=["corrected_at", "corrected_by", "cost_amount", "cost_borne_by"])
    dossier.save(update_fields=["state"])
    meet(dossier, DeadlineKind.CORRECTION, at=at, subject=correction.pk)
    events.record(
        ResultCorrected(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            correction=correction.pk,
            number=result.number,
            issued_on=issued_on,
            old_number=correction.old_number,
            cost_amount=cost_amount,
        )
    )
    return correction


def may_find_wrong(dossier: Dossier, access: Access) -> bool:
    """Được ghi nhận kết quả sai: the counter that gives it out, or anybody at work on it at the agency."""
    return access.may(Permission.RETURN, dossier.reception_agency_id) or any(
        access.may(one, dossier.agency_id) for one in FINDERS
    )


def _refuse_bad(
    correction: Correction, *, number: str, name: str, issued_on: date, cost_amount: int, at: datetime
) -> None:
    wrong = {}
    if not number:
        wrong["number"] = "Hãy nhập số, ký hiệu của kết quả đã sửa."
    elif len(number) > LONGEST_NUMBER:
        wrong["number"] = f"Số, ký hiệu dài quá {LONGEST_NUMBER} ký tự. Hãy kiểm tra lại."
    elif number == correction.old_number:
        wrong["number"] = f"Kết quả đã sửa phải có số mới, khác số {correction.old_number}."
    if len(name) > LONGEST_NAME:
        wrong["name"] = f"Tên kết quả dài quá {LONGEST_NAME} ký tự. Hãy rút gọn."
    if issued_on > local_date(at):
        wrong["issued_on"] = "Ngày ban hành không thể ở tương lai. Hãy kiểm tra lại."
    elif issued_on < correction.old_issued_on:
        wrong["issued_on"] = "Ngày ban hành không thể trước ngày của bản sai. Hãy kiểm tra lại."
    if not 0 <= cost_amount <= MOST_COST:
        wrong["cost_amount"] = "Chi phí phải là số đồng từ 0. Hãy kiểm tra lại."
    if wrong:
        raise InvalidInput(wrong)


def _result(dossier: Dossier) -> Result:
    result = Result.objects.filter(dossier=dossier).first()
    if result is None:
        raise NoResult(f"Hồ sơ {dossier.code} chưa có kết quả.")
    return result


def _due(dossier: Dossier, at: datetime) -> datetime | None:
    """The regime of the dossier says how many working days; None: it fixes none."""
    days = regime_named(dossier.regime).correction_days
    if days is None:
        return None
    day = local_date(at)
    return work_calendar(dossier.agency_id, day).nth_close(day.toordinal(), days)
