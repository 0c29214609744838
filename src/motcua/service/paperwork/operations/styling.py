"""Cách trình bày: what a place has on its papers from a day on. What was set is never changed, only followed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.paperwork.events import LookSet
from motcua.service.paperwork.models import PaperLook
from motcua.service.paperwork.registry import Form

MOST_COPIES = 5


@transaction.atomic
def set_look(
    *,
    agency_id: int | None,
    form: str,
    valid_from: date,
    reason: str,
    by: User,
    at: datetime,
    mark: str = PaperLook.Mark.QR,
    has_book: bool = True,
    copies: Sequence[str] = (),
    paper: str = "",
    symbol: str = "",
    parent_line: str = "",
    agency_line: str = "",
) -> PaperLook:
    """Đặt cách trình bày: for a place (None: the whole province) and a form ("": all), for papers made from a day on.

    Raises DomainError for a day gone by, too many copies, or without a reason.
    """
    labels = [label.strip()[:100] for label in copies if label.strip()]
    if form and form not in set(Form):
        raise DomainError("Hãy chọn biểu mẫu trong danh sách.", field="form")
    if valid_from < local_date(at):
        raise DomainError("Ngày áp dụng không thể ở quá khứ. Giấy tờ đã lập giữ nguyên.", field="valid_from")
    if len(labels) > MOST_COPIES:
        raise DomainError(f"Nhiều nhất {MOST_COPIES} liên.", field="copies")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do, căn cứ.", field="reason")
    try:
        with transaction.atomic():
            look = PaperLook.objects.create(
                agency_id=agency_id, form=form, valid_from=valid_from, mark=mark, has_book=has_book, copies=labels,
                paper=paper, symbol=symbol.strip(), parent_line=parent_line.strip(), agency_line=agency_line.strip(),
                reason=reason.strip()[:300], set_by=by, set_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise Stale("Đã có một cách trình bày bắt đầu đúng ngày đó. Hãy chọn ngày khác.") from error
    events.record(
        LookSet(
            subject_id=look.pk, actor_id=by.pk, at=at, agency=agency_id, form=form, valid_from=valid_from, mark=mark,
            has_book=has_book, copies=labels, paper=paper, symbol=look.symbol, parent_line=look.parent_line,
            agency_line=look.agency_line, reason=look.reason,
        )
    )  # fmt: skip
    return look
