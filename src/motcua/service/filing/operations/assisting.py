"""Hỗ trợ nộp trực tuyến: an officer types for the person before them, who confirms; the ledger and the figures know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.filing.events import FilingAssisted
from motcua.service.filing.models import Assistance, Draft, Filing
from motcua.service.filing.operations.drafting import begin_draft
from motcua.service.procedures.models import Offering


@dataclass(frozen=True)
class Shares:
    """Tự nộp và được hỗ trợ: how many filings of each kind."""

    own: int
    assisted: int


@transaction.atomic
def begin_assisted(
    *, draft_id: UUID, offering: Offering, case_id: int | None, by: User, at: datetime
) -> Draft:
    """Bắt đầu nộp giúp: the draft is the person's, a guest's; who helps stands in it from the start.

    Raises Forbidden, NotInForce, NotACase, ChannelNotOffered.
    """
    access_of(by, at).require(Permission.RECEIVE, offering.receiving_agency_id)
    return begin_draft(draft_id=draft_id, offering=offering, case_id=case_id, at=at, assisted_by=by)


def how_confirmed(draft: Draft, *, helper: User | None, is_signed: bool) -> str:
    """Người nộp xác nhận bằng cách nào; "" of a draft that nobody helped with. Raises InvalidInput."""
    if draft.assisted_by_id is None:
        return ""
    if helper is None:
        return Assistance.PHONE
    if not is_signed:
        raise InvalidInput(
            {
                "signed": "Hãy in bản khai để người nộp xem và ký, hoặc để họ tự bấm Nộp bằng mã trên điện thoại."
            }
        )
    return Assistance.PAPER


@transaction.atomic(savepoint=False)
def mark_assisted(*, filing: Filing, draft: Draft, how: str, at: datetime) -> None:
    """Ghi công chức hỗ trợ, with the act that files it."""
    if not how:
        return
    filing.assisted_by, filing.assisted_how = draft.assisted_by, how
    filing.save(update_fields=["assisted_by", "assisted_how"])
    events.record(FilingAssisted(subject_id=filing.pk, actor_id=draft.assisted_by_id, at=at, how=how))


def shares(agencies: Collection[int], *, since: datetime) -> Shares:
    """Tự nộp và được hỗ trợ at these units since that moment."""
    found = Filing.objects.filter(reception_agency__in=agencies, submitted_at__gte=since)
    counted = found.aggregate(
        own=Count("pk", filter=Q(assisted_by=None)), assisted=Count("pk", filter=Q(assisted_by__isnull=False))
    )
    return Shares(**counted)
