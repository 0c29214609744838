"""Nhắc việc: whoever watches over a dossier asks its holder to go on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Forbidden
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import Access, access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.events import DossierReminded
from motcua.service.dossiers.models import Dossier, Reminder

WATCHERS = (Permission.ASSIGN, Permission.REVIEW, Permission.SIGN)  # where the dossier is settled
AT_COUNTER = Permission.TRANSFER  # where it was received: the one-stop unit follows it to its end
LONGEST = 300


class NothingToRemind(DomainError):
    """Không có gì để nhắc."""


@transaction.atomic
def remind(*, dossier_id: UUID, by: User, at: datetime, text: str = "") -> Reminder:
    """Nhắc người đang giữ: recorded, shown in the holder's inbox; once a day for each dossier.

    Raises Forbidden, NothingToRemind.
    """
    dossier = Dossier.objects.lock(dossier_id)
    if not may_remind(dossier, access_of(by, at)):
        raise Forbidden(
            "Bạn chưa được giao theo dõi hồ sơ này. Lãnh đạo, người phân công của cơ quan giải quyết "
            "và Một cửa nơi tiếp nhận mới nhắc được."
        )
    if not dossier.is_open or dossier.holder_id is None:
        why = "chưa có người giữ. Hãy phân công" if dossier.is_open else "đã có kết quả"
        raise NothingToRemind(f"Hồ sơ {dossier.code} {why}, không có ai để nhắc.")
    if dossier.holder_id == by.pk:
        raise NothingToRemind(f"Bạn đang giữ hồ sơ {dossier.code}, không cần nhắc chính mình.")
    if dossier.reminders.filter(on=local_date(at)).exists():
        raise NothingToRemind(f"Hồ sơ {dossier.code} hôm nay đã được nhắc. Mỗi hồ sơ nhắc một lần mỗi ngày.")
    said = tidy(text)[:LONGEST]
    reminder = Reminder.objects.create(
        dossier=dossier, holder_id=dossier.holder_id, text=said, by=by, at=at, on=local_date(at)
    )
    events.record(
        DossierReminded(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            step=dossier.step_key,
            holder=dossier.holder_id,
            text=said,
        )
    )
    return reminder


def may_remind(dossier: Dossier, access: Access) -> bool:
    """Được nhắc: by who leads or distributes work where it is settled, or hands it over where it was received."""
    return any(access.may(permission, dossier.agency_id) for permission in WATCHERS) or access.may(
        AT_COUNTER, dossier.reception_agency_id
    )
