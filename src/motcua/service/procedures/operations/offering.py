"""Nơi thực hiện: open and close the offering of a procedure by an agency at a counter."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency, OneStopUnit
from motcua.service.procedures.events import CounterAuthorised, OfferingClosed, OfferingOpened
from motcua.service.procedures.models import Offering, Procedure
from motcua.service.procedures.operations.publishing import require_manager


class AlreadyOffered(DomainError):
    """Nơi này đã tiếp nhận thủ tục."""


class NoLongerOffered(DomainError):
    """Nơi này đã thôi tiếp nhận thủ tục."""


@transaction.atomic
def offer(
    *,
    procedure: Procedure,
    agency: Agency,
    by: User | None,
    at: datetime,
    receiving_agency: Agency | None = None,
    unit: OneStopUnit | None = None,
    valid_from: date | None = None,
    decision: str = "",
    counter_authority: str = "",
) -> Offering:
    """Giao tiếp nhận: `agency` settles, `receiving_agency` (itself, unless said) takes dossiers in at its `unit`.

    Raises Forbidden, AlreadyOffered. Legal: ND118-2025 Đ14; ND63-2010 Đ13
    """
    require_manager(by, at)
    Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    begins = valid_from or local_date(at)
    receiving_agency = receiving_agency or agency
    if Offering.objects.filter(
        procedure=procedure, agency=agency, receiving_agency=receiving_agency, valid_to__isnull=True
    ).exists():
        raise AlreadyOffered(
            f"{receiving_agency.name} đang tiếp nhận thủ tục {procedure.code} cho {agency.name}.",
            field="agency",
        )
    offering = Offering.objects.create(
        procedure=procedure,
        agency=agency,
        receiving_agency=receiving_agency,
        unit=unit,
        valid_from=begins,
        decision=decision.strip(),
        counter_authority=counter_authority.strip()[:250],
    )
    events.record(
        OfferingOpened(
            subject_id=procedure.uid,
            actor_id=by.pk if by else None,
            at=at,
            code=procedure.code,
            agency=agency.pk,
            receiving_agency=receiving_agency.pk,
            valid_from=begins,
            decision=offering.decision,
        )
    )
    return offering


@transaction.atomic
def let_counter_decide(*, offering: Offering, authority: str, by: User | None, at: datetime) -> Offering:
    """Giao Một cửa quyết định: the document that lets the counter settle at once; empty takes it back.

    Raises Forbidden. Legal: ND118-2025 Đ17.5
    """
    require_manager(by, at)
    offering.counter_authority = authority.strip()[:250]
    offering.save(update_fields=["counter_authority"])
    events.record(
        CounterAuthorised(
            subject_id=offering.procedure.uid,
            actor_id=by.pk if by else None,
            at=at,
            code=offering.procedure.code,
            agency=offering.agency_id,
            receiving_agency=offering.receiving_agency_id,
            authority=offering.counter_authority,
        )
    )
    return offering


@transaction.atomic
def withdraw(
    *, offering: Offering, by: User | None, at: datetime, reason: str, on: date | None = None
) -> Offering:
    """Thôi tiếp nhận từ ngày `on` (else the day of `at`): the day before is its last. Raises Forbidden, NoLongerOffered."""
    require_manager(by, at)
    offering = (
        Offering.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=offering.pk)
    )
    if offering.valid_to is not None:
        raise NoLongerOffered(f"Nơi này đã thôi tiếp nhận sau ngày {offering.valid_to:%d/%m/%Y}.")
    last = (on or local_date(at)) - timedelta(days=1)
    if last < offering.valid_from:
        raise DomainError(
            f"Nơi này tiếp nhận từ {offering.valid_from:%d/%m/%Y}; hãy chọn ngày thôi tiếp nhận sau đó.",
            field="on",
        )
    offering.valid_to = last
    offering.save(update_fields=["valid_to"])
    events.record(
        OfferingClosed(
            subject_id=offering.procedure.uid,
            actor_id=by.pk if by else None,
            at=at,
            code=offering.procedure.code,
            agency=offering.agency_id,
            receiving_agency=offering.receiving_agency_id,
            valid_to=last,
            reason=reason.strip(),
        )
    )
    return offering
