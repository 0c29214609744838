"""Nộp trực tuyến: a filing comes in, is completed, or is taken back by who has filed it.

Filings come from a draft of the portal, from an import, or from another system that has checked who files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.foundation.calendars.clock import add_working_minutes
from motcua.foundation.calendars.loading import regime_on, work_calendar
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.models import Applicant, Mandate, User
from motcua.foundation.numbering.giving import next_number
from motcua.service.dossiers.models import Channel
from motcua.service.filing.events import FilingSubmitted, FilingSupplemented, FilingWithdrawn
from motcua.service.filing.models import Filing, FilingPart
from motcua.service.filing.states import COMPLETE, WITHDRAW
from motcua.service.procedures.models import Offering


@dataclass(frozen=True)
class FiledPart:
    """Một giấy tờ gửi lên: which paper it is meant for, and its files."""

    name: str
    paper_id: int | None = None
    document_ids: Sequence[UUID] = field(default_factory=tuple)
    note: str = ""
    is_on_paper: bool = False  # comes later: to the counter or by post


@dataclass(frozen=True)
class Terms:
    """Điều kiện kèm theo: who files for whom, where it is answered, how the result is wanted."""

    dossier_key: UUID | None = None  # its files belong to it already
    account_id: UUID | None = None
    is_unverified: bool = False
    contact_phone: str = ""
    contact_email: str = ""
    representative: Applicant | None = None
    authorisation: str = ""
    mandate: Mandate | None = None
    return_channel: str = Channel.ONLINE
    return_address: str = ""


@transaction.atomic
def submit(
    *,
    offering: Offering,
    applicant: Applicant,
    parts: Sequence[FiledPart],
    at: datetime,
    by: User | None = None,
    case_id: int | None = None,
    matter: str = "",
    source_key: str = "",
    terms: Terms | None = None,
) -> Filing:
    """Nộp: the filing gets its number, and its two times by the regime of the day and the unit's hours.

    Sent twice with the same `source_key` it is there once. Raises ChannelNotOffered, NotACase, NotInForce, InvalidInput.
    Legal: ND118-2025 Đ17.2
    """
    if source_key and (earlier := Filing.objects.filter(source_key=source_key).first()):
        return earlier
    terms = terms or Terms()
    day = local_date(at)
    revision = offering.revision_on(day)
    case = revision.case_or_refuse(case_id)
    revision.limit_for(Channel.ONLINE, case)
    if not parts:
        raise InvalidInput({"parts": "Hồ sơ chưa có giấy tờ nào."})
    alert_due, answer_due = times_of(offering.receiving_agency_id, at)
    number = next_number(f"filing:{offering.receiving_agency_id}:{day:%Y%m%d}")
    filing = Filing.objects.create(
        code=f"TT-{offering.receiving_agency.code}-{day:%y%m%d}-{number:04d}",
        source_key=source_key or None,
        applicant=applicant,
        offering=offering,
        reception_agency_id=offering.receiving_agency_id,
        case=case,
        matter=(matter.strip() or revision.name)[:500],
        regime=regime_on(day).code,
        submitted_at=at,
        alert_due_at=alert_due,
        answer_due_at=answer_due,
        account_id=terms.account_id,
        is_unverified=terms.is_unverified,
        contact_phone=terms.contact_phone[:20],
        contact_email=terms.contact_email[:254],
        representative=terms.representative,
        authorisation=terms.authorisation[:200],
        mandate=terms.mandate,
        return_channel=terms.return_channel,
        return_address=terms.return_address,
        dossier_key=terms.dossier_key or new_id(),
    )
    for position, part in enumerate(parts, start=1):
        _keep(filing, position, part, by)
    events.record(
        FilingSubmitted(
            subject_id=filing.pk,
            actor_id=by.pk if by else terms.account_id,
            at=at,
            code=filing.code,
            procedure=offering.procedure.code,
            agency=offering.agency_id,
            reception_agency=offering.receiving_agency_id,
            alert_due_at=alert_due,
            answer_due_at=answer_due,
            parts=[part.name for part in parts],
        )
    )
    return filing


@transaction.atomic
def supplement(
    *, filing_id: UUID, parts: Sequence[FiledPart], at: datetime, by: User | None = None
) -> Filing:
    """Bổ sung: what was asked for has come; the time to answer runs anew. Raises IllegalAnswer, InvalidInput.

    Legal: ND118-2025 Đ17.2
    """
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing_id)
    filing.state = COMPLETE.apply(filing.state)
    if not parts:
        raise InvalidInput({"parts": "Chưa có giấy tờ bổ sung nào."})
    first = filing.parts.count() + 1
    for position, part in enumerate(parts, start=first):
        _keep(filing, position, part, by)
    filing.parts.exclude(verdict=FilingPart.Verdict.FINE).update(
        verdict=FilingPart.Verdict.OPEN, instruction=""
    )
    filing.alert_due_at, filing.answer_due_at = times_of(filing.reception_agency_id, at)
    filing.answered_at = filing.answered_by = filing.alerted_at = filing.warned_at = None
    filing.save(
        update_fields=[
            "state", "alert_due_at", "answer_due_at", "answered_at", "answered_by", "alerted_at", "warned_at",
        ]
    )  # fmt: skip
    events.record(
        FilingSupplemented(
            subject_id=filing.pk,
            actor_id=by.pk if by else None,
            at=at,
            answer_due_at=filing.answer_due_at,
        )
    )
    return filing


@transaction.atomic
def withdraw(*, filing_id: UUID, reason: str, at: datetime, by: User | None = None) -> Filing:
    """Rút: by who has filed it, before it is taken in. Raises IllegalAnswer. Legal: ND118-2025 Đ21"""
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing_id)
    filing.state = WITHDRAW.apply(filing.state)
    filing.save(update_fields=["state"])
    events.record(
        FilingWithdrawn(subject_id=filing.pk, actor_id=by.pk if by else None, at=at, reason=reason.strip())
    )
    return filing


def times_of(agency_id: int, at: datetime) -> tuple[datetime | None, datetime | None]:
    """Hạn báo công chức và hạn trả lời: clock hours for the system, working hours of the unit for the officer."""
    regime = regime_on(local_date(at))
    calendar = work_calendar(agency_id, local_date(at))
    alert = answer = None
    if regime.online_alert_hours is not None:
        alert = at + timedelta(hours=regime.online_alert_hours)
    if regime.online_answer_hours is not None:
        answer = add_working_minutes(at, regime.online_answer_hours * 60, calendar)
    return alert, answer


def _keep(filing: Filing, position: int, part: FiledPart, by: User | None) -> None:
    row = FilingPart.objects.create(
        filing=filing, position=position, paper_id=part.paper_id, name=part.name, note=part.note[:300],
        is_on_paper=part.is_on_paper,
    )  # fmt: skip
    if part.document_ids:
        row.documents.set(attach(document_ids=list(part.document_ids), subject_id=filing.dossier_key, by=by))
