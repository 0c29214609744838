"""Nộp trực tuyến: a filing comes in, is completed, or is taken back by who has filed it.

Filings come from a draft of the portal, from an import, or from another system that has checked who files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID, uuid5

from django.core.files.base import File
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.ids import new_id
from motcua.core.time import local_date
from motcua.core.writing import insert_together
from motcua.foundation.calendars.clock import add_working_minutes
from motcua.foundation.calendars.loading import regime_on, work_calendar
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import claim, store
from motcua.foundation.identity import checks
from motcua.foundation.identity.models import Applicant, Mandate, User
from motcua.foundation.numbering.giving import next_number
from motcua.service.dossiers.models import Channel
from motcua.service.filing.costs import owe_no_more
from motcua.service.filing.events import (
    FilingContactChanged,
    FilingSubmitted,
    FilingSupplemented,
    FilingWithdrawn,
)
from motcua.service.filing.models import Filing, FilingPart
from motcua.service.filing.states import CHANGE_CONTACT, COMPLETE, WITHDRAW
from motcua.service.filing.telling import tell_owner
from motcua.service.payments.states import RefundCause
from motcua.service.procedures.models import Offering

LONGEST_REASON, MOST_FILES = 500, 20


@dataclass(frozen=True)
class FiledPart:
    """Một giấy tờ gửi lên: which paper it is meant for, and its files."""

    name: str
    paper_id: int | None = None
    document_ids: Sequence[UUID] = field(default_factory=tuple)
    note: str = ""
    is_on_paper: bool = False  # comes later: to the counter or by post
    waits_in: Sequence[str] = field(default_factory=tuple)  # keys of `waiting_bucket` that its files lie in


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
    payer_group: str = ""
    quantities: Mapping[str, int] = field(default_factory=dict)  # how many, by unit, where the fee counts
    return_channel: str = Channel.ONLINE
    return_address: str = ""
    by_post: Mapping[str, Any] = field(
        default_factory=dict
    )  # place, carrier and postage, where they were chosen
    reuses_papers: bool = False  # some of the store: then nothing else need be sent


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
    filing, happened = filed(
        offering=offering, applicant=applicant, parts=parts, at=at, by=by, case_id=case_id, matter=matter,
        source_key=source_key, terms=terms or Terms(),
    )  # fmt: skip
    events.record(happened)
    return filing


def filed(
    *,
    offering: Offering,
    applicant: Applicant,
    parts: Sequence[FiledPart],
    at: datetime,
    terms: Terms,
    by: User | None = None,
    case_id: int | None = None,
    matter: str = "",
    source_key: str = "",
) -> tuple[Filing, FilingSubmitted]:
    """Ghi một lần nộp within a larger act, which records the event together with its own. Raises what `submit` raises."""
    day = local_date(at)
    revision = offering.revision_on(day)
    case = revision.case_or_refuse(case_id)
    revision.limit_for(Channel.ONLINE, case)
    if not parts and not terms.reuses_papers:
        raise InvalidInput({"parts": "Hồ sơ chưa có giấy tờ nào."})
    alert_due, answer_due = times_of(offering.receiving_agency_id, at)
    number = next_number(f"filing:{offering.receiving_agency_id}:{day:%Y%m%d}")
    filing = Filing(
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
        payer_group=terms.payer_group,
        quantities=dict(terms.quantities),
        return_channel=terms.return_channel,
        return_address=terms.return_address,
        **terms.by_post,
        dossier_key=terms.dossier_key or new_id(),
    )
    _keep(filing, parts, by, first=1, along=[filing])
    return filing, FilingSubmitted(
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


@transaction.atomic
def supplement(
    *,
    filing_id: UUID,
    parts: Sequence[FiledPart],
    at: datetime,
    by: User | None = None,
    account_id: UUID | None = None,
) -> Filing:
    """Bổ sung: what was asked for has come; the time to answer runs anew. Raises IllegalAnswer, InvalidInput.

    Legal: ND118-2025 Đ17.2
    """
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing_id)
    filing.state = COMPLETE.apply(filing.state)
    if not parts:
        raise InvalidInput({"parts": "Chưa có giấy tờ bổ sung nào."})
    first = filing.parts.count() + 1
    _keep(filing, parts, by, first=first)
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
            actor_id=by.pk if by else account_id,
            at=at,
            answer_due_at=filing.answer_due_at,
        )
    )
    return filing


@transaction.atomic
def withdraw(
    *, filing_id: UUID, reason: str, at: datetime, by: User | None = None, account_id: UUID | None = None
) -> Filing:
    """Rút: by who has filed it, before it is taken in. Raises IllegalAnswer. Legal: ND118-2025 Đ21"""
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing_id)
    filing.state = WITHDRAW.apply(filing.state)
    filing.save(update_fields=["state"])
    back = owe_no_more(filing, RefundCause.WITHDRAWN, at)
    events.record(
        FilingWithdrawn(
            subject_id=filing.pk,
            actor_id=by.pk if by else account_id,
            at=at,
            reason=reason.strip()[:LONGEST_REASON],
        )
    )
    if back:
        tell_owner(filing, "FILING_WITHDRAWN", "đã rút", f"đã rút theo yêu cầu của bạn.{back}", by=by, at=at)
    return filing


@transaction.atomic
def change_contact(
    *, filing_id: UUID, phone: str, email: str, at: datetime, account_id: UUID | None = None
) -> Filing:
    """Đổi nơi trả lời: phone and e-mail of this filing alone, while it waits. Raises InvalidInput, IllegalAnswer."""
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing_id)
    CHANGE_CONTACT.apply(filing.state)
    wrong, changed = {}, {}
    for name, given, check in (("phone", phone, checks.phone), ("email", email, checks.email)):
        try:
            changed[f"contact_{name}"] = check(given) if given.strip() else ""
        except DomainError as refusal:
            wrong[name] = refusal.message
    if not wrong and not any(changed.values()):
        wrong["phone"] = "Hãy nhập số điện thoại hoặc thư điện tử, để cơ quan trả lời bạn."
    if wrong:
        raise InvalidInput(wrong)
    told = [name for name, value in changed.items() if getattr(filing, name) != value]
    filing.contact_phone, filing.contact_email = changed["contact_phone"][:20], changed["contact_email"]
    filing.save(update_fields=["contact_phone", "contact_email"])
    events.record(FilingContactChanged(subject_id=filing.pk, actor_id=account_id, at=at, changed=told))
    return filing


def waiting_bucket(filing: Filing, part_id: str, number: int | None = None) -> UUID:
    """What the files of one wanted part belong to until they are sent: found again on every device.

    `number` of the request, None: the last one.
    """
    return uuid5(filing.pk, f"{filing.supplements if number is None else number}:{part_id}")


def waiting_files(filing: Filing, part_id: str) -> list[Document]:
    """Tệp đã tải lên chờ gửi."""
    found = Document.objects.filter(subject_id=waiting_bucket(filing, part_id)).select_related("file")
    return list(found.order_by("id"))


def keep_wanted(
    *, filing: Filing, part_id: str, title: str, upload: IO[bytes] | File[bytes], name: str, at: datetime
) -> Document:
    """Lưu tệp bổ sung vừa tải lên, at once. Raises RefusedFile, InvalidInput when there are too many."""
    bucket = waiting_bucket(filing, part_id)
    if Document.objects.filter(subject_id=bucket).count() >= MOST_FILES:
        raise InvalidInput({f"file-{part_id}": f"Mỗi mục gửi tối đa {MOST_FILES} tệp."})
    facts = PaperFacts(title=" ".join(title.split())[:LONGEST_REASON])
    return store(upload, name=name, by=None, at=at, subject_id=bucket, facts=facts)


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


def _keep(
    filing: Filing, parts: Sequence[FiledPart], by: User | None, *, first: int, along: Sequence[Filing] = ()
) -> None:
    """Giữ giấy tờ: all parts and their files at once, a new filing `along`; files that wait in a bucket leave it."""
    rows = [
        FilingPart(
            filing=filing, position=position, paper_id=part.paper_id, name=part.name, note=part.note[:300],
            is_on_paper=part.is_on_paper,
        )
        for position, part in enumerate(parts, start=first)
    ]  # fmt: skip
    for part in parts:
        if part.waits_in:
            buckets = [waiting_bucket(filing, key) for key in part.waits_in]
            waiting = Document.objects.filter(pk__in=part.document_ids, subject_id__in=buckets)
            waiting.update(subject_id=filing.dossier_key)
    files = list(dict.fromkeys(key for part in parts for key in part.document_ids))
    if files:
        claim(document_ids=files, subject_id=filing.dossier_key, by=by)
    tied = [
        FilingPart.documents.through(filingpart_id=row.pk, document_id=key)
        for row, part in zip(rows, parts, strict=True)
        for key in dict.fromkeys(part.document_ids)
    ]
    insert_together([*along, *rows, *tied])
