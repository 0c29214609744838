"""Bản soạn của mức thu, của kênh: dropped or published only while it is one, by another, and not for the past."""

from __future__ import annotations

from datetime import datetime

from motcua.core.errors import DomainError, Stale
from motcua.core.time import local_date
from motcua.core.two_people import ANOTHER, refuse_own_draft
from motcua.foundation.identity.models import User
from motcua.service.payments.models import FeeRule, PaymentChannel
from motcua.service.payments.states import TariffState


def refuse_ended(draft: FeeRule | PaymentChannel) -> None:
    """Không còn là bản soạn. Raises Stale."""
    if draft.state != TariffState.DRAFT:
        name = "Mức thu" if isinstance(draft, FeeRule) else "Kênh"
        raise Stale(f"{name} này đang ở tình trạng “{draft.get_state_display()}”.")


def refuse_unfit(draft: FeeRule | PaymentChannel, by: User, at: datetime, *, advice: str = ANOTHER) -> None:
    """Chưa ban hành được: it is no draft, one's own, or of a day that is over. Raises Stale, Forbidden, DomainError."""
    refuse_ended(draft)
    drafter = draft.set_by_id if isinstance(draft, FeeRule) else draft.drafted_by_id
    refuse_own_draft(drafter, by.pk, advice=advice)
    if draft.valid_from < local_date(at):
        raise DomainError("Ngày bắt đầu đã qua. Hãy soạn lại từ hôm nay hoặc ngày sau.")
