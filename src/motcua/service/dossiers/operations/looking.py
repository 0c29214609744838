"""Mở hồ sơ: that one of the staff has opened it is told to its owner, once a day for each person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.core import events
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.dossiers.events import DossierOpened
from motcua.service.dossiers.models import Dossier, DossierLook


@transaction.atomic
def mark_opened(*, dossier: Dossier, by: User, at: datetime) -> bool:
    """Ghi lượt mở hồ sơ. One question when this person has opened it today; False then."""
    _, is_new = DossierLook.objects.get_or_create(dossier=dossier, user=by, on=local_date(at))
    if is_new:
        events.record(
            DossierOpened(
                subject_id=dossier.applicant_id, actor_id=by.pk, at=at, dossier=dossier.pk, code=dossier.code
            )
        )
    return is_new
