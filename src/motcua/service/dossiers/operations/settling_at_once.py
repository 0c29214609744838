"""Trả kết quả ngay: at the counter one act records the case and hands the result over; no receipt unless asked.

Legal: ND118-2025 Đ17.4, Đ17.5
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.models import Applicant, User
from motcua.service.dossiers.events import SettledAtOnce
from motcua.service.dossiers.models import Assignment, Decision, Dossier, Result
from motcua.service.dossiers.operations import steps
from motcua.service.dossiers.operations.receiving import PartIn, receive, taken_once
from motcua.service.dossiers.operations.returning import LONGEST_NUMBER, result_name
from motcua.service.dossiers.states import SETTLE_AT_ONCE
from motcua.service.procedures.models import Offering
from motcua.service.workflows.operations import running

NOTE = "Giải quyết và trả kết quả ngay tại Một cửa"


class NotAtOnce(DomainError):
    """Thủ tục này không được trả kết quả ngay tại quầy."""


@taken_once
@transaction.atomic
def settle_at_once(
    *,
    offering: Offering,
    applicant: Applicant,
    parts: Sequence[PartIn],
    number: str,
    by: User,
    at: datetime,
    dossier_id: UUID | None = None,
    document_id: UUID | None = None,
    receiver_name: str = "",
    **terms: Any,
) -> Dossier:
    """Ghi nhận và trả kết quả ngay: code and line of the register like any dossier, decided by the officer at the counter.

    Only where the procedure is settled at once and the offering names what allows the counter to decide.
    Raises NotAtOnce, InvalidInput and what `receive` raises. Legal: ND118-2025 Đ17.4, Đ17.5
    """
    if (why := why_not_at_once(offering, local_date(at))) is not None:
        raise NotAtOnce(why, legal="ND118-2025 Đ17.5")
    if not number.strip() or len(number.strip()) > LONGEST_NUMBER:
        raise InvalidInput({"result_number": "Hãy nhập số, ký hiệu của kết quả (tối đa 80 ký tự)."})
    dossier = receive(
        offering=offering, applicant=applicant, parts=parts, by=by, at=at, dossier_id=dossier_id, **terms
    )
    if document_id:
        attach(document_ids=[document_id], subject_id=dossier.pk, by=by)
    dossier.state = SETTLE_AT_ONCE.apply(dossier.state)
    dossier.is_immediate = True
    dossier.decided_at = dossier.finished_at = dossier.returned_at = at
    running.stop(dossier_id=dossier.pk, by=by, at=at, note=NOTE)
    Assignment.objects.filter(dossier=dossier, until__isnull=True).update(until=at)
    steps.project(dossier, None, None, at)
    dossier.save(
        update_fields=[*steps.STEP_FIELDS, "is_immediate", "decided_at", "finished_at", "returned_at"]
    )
    Decision.objects.create(
        dossier=dossier, outcome=Decision.Outcome.APPROVE, reason=offering.counter_authority,
        proposed_by=by, proposed_at=at, signed_by=by, signed_at=at,
    )  # fmt: skip
    receiver = tidy(receiver_name) or dossier.applicant_name
    Result.objects.create(
        dossier=dossier, name=result_name(dossier, "APPROVE"), number=number.strip(), issued_on=local_date(at),
        document_id=document_id, issued_by=by, delivered_at=at, returned_at=at, returned_by=by,
        receiver_name=receiver[:250], receiver_is_applicant=receiver == dossier.applicant_name,
    )  # fmt: skip
    events.record(
        SettledAtOnce(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            number=number.strip(),
            issued_on=local_date(at),
            receiver=receiver,
            basis=offering.counter_authority,
        )
    )
    return dossier


def why_not_at_once(offering: Offering, day: date) -> str | None:
    """Vì sao không trả ngay được; None: it may be."""
    if not offering.revision_on(day).needs_no_receipt:
        return "Thủ tục này không thuộc loại giải quyết ngay. Hãy tiếp nhận và hẹn trả."
    if not offering.counter_authority:
        return "Công chức Một cửa chưa được giao quyết định thủ tục này. Hãy tiếp nhận và chuyển cơ quan giải quyết."
    return None
