"""Xác nhận diện miễn, giảm: at the counter, beside the person who is helped, or with the acceptance of a filing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput
from motcua.core.text import tidy
from motcua.foundation.identity.models import User
from motcua.service.payments.events import GroupConfirmed
from motcua.service.payments.models import ConfirmedGroup, PayerGroup

SEEN = "đã xem bản gốc"


@transaction.atomic
def confirm_group(
    *, subject_id: UUID, group: PayerGroup, proof: str, by: User, at: datetime
) -> ConfirmedGroup:
    """Xác nhận một người thuộc diện, by the paper that was seen; told again it stays as it was said first.

    The caller answers for `by` being the one who receives or accepts. Raises InvalidInput. Legal: L97-2015 Đ10
    """
    if not tidy(proof):
        raise InvalidInput({"proof": f"Hãy ghi {group.proof or 'giấy tờ chứng minh'} đã xem: số, ngày."})
    confirmed, is_new = ConfirmedGroup.objects.get_or_create(
        subject_id=subject_id,
        defaults={"group": group, "proof": tidy(proof)[:300], "confirmed_by": by, "confirmed_at": at},
    )
    if is_new:
        events.record(
            GroupConfirmed(
                subject_id=confirmed.pk, actor_id=by.pk, at=at, owner=subject_id, group=group.pk, proof=confirmed.proof
            )
        )  # fmt: skip
    return confirmed


def confirmed_group(subject_id: UUID) -> ConfirmedGroup | None:
    """Diện đã xác nhận của một hồ sơ."""
    found = ConfirmedGroup.objects.filter(subject_id=subject_id)
    return found.select_related("group", "confirmed_by").first()
