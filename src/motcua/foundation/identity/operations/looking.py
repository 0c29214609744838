"""Who looked: a full personal number is shown only for a reason, and the ledger keeps it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.events import PersonalNumberSeen
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.permissions import Permission


@transaction.atomic
def see_personal_number(applicant: Applicant, *, reason: str, by: User, at: datetime) -> str:
    """Xem đủ số định danh: the twelve digits, for a reason that is recorded. Raises Forbidden."""
    access_of(by, at).require(Permission.SEE_PERSONAL)
    reason = reason.strip()
    if not 3 <= len(reason) <= 300:
        raise DomainError("Hãy ghi lý do cần xem đủ số định danh (3 đến 300 ký tự).", field="reason")
    events.record(PersonalNumberSeen(subject_id=applicant.pk, actor_id=by.pk, at=at, reason=reason))
    return applicant.personal_number
