"""Ngành dọc: mark an agency of a vertical branch, and seat it at a centre."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.text import tidy
from motcua.foundation.org.events import VerticalSeated, VerticalUnseated
from motcua.foundation.org.models import Agency, VerticalSeat


@transaction.atomic
def seat(
    *,
    agency: Agency,
    centre: Agency,
    mode: str,
    valid_from: date,
    by: object | None,
    at: datetime,
    decision: str = "",
    valid_to: date | None = None,
) -> VerticalSeat:
    """Bố trí ngành dọc tại trung tâm: its own counter, or its people sent there; the agency is marked from now on.

    The caller has asked for the permission: this floor does not know who may. Raises DomainError. Legal: ND309-2026 Đ3
    """
    if agency.pk == centre.pk:
        raise DomainError("Hãy chọn trung tâm khác với chính cơ quan này.", field="centre")
    if mode not in VerticalSeat.Mode.values:
        raise DomainError("Hãy chọn hình thức: quầy riêng hoặc cử người.", field="mode")
    if valid_to and valid_to < valid_from:
        raise DomainError("Ngày cuối phải từ ngày đầu trở đi.", field="valid_to")
    overlapping = VerticalSeat.objects.select_for_update().filter(agency=agency, centre=centre)
    if overlapping.exclude(valid_to__lt=valid_from).exists():
        raise DomainError(f"{agency.name} đã có tại {centre.name}.", field="centre")
    made = VerticalSeat.objects.create(
        agency=agency, centre=centre, mode=mode, decision=tidy(decision)[:250], valid_from=valid_from, valid_to=valid_to
    )  # fmt: skip
    Agency.objects.filter(pk=agency.pk).update(is_vertical=True)
    events.record(
        VerticalSeated(
            subject_id=agency.uid, actor_id=getattr(by, "pk", None), at=at, centre=centre.pk, mode=mode,
            decision=made.decision, valid_from=valid_from,
        )
    )  # fmt: skip
    return made


@transaction.atomic
def unseat(*, seat_id: int, on: date, reason: str, by: object | None, at: datetime) -> VerticalSeat:
    """Thôi bố trí từ ngày `on`: the day before is the last. Raises DomainError."""
    found: VerticalSeat = (
        VerticalSeat.objects.select_for_update(of=("self",)).select_related("agency").get(pk=seat_id)
    )
    last = on - timedelta(days=1)
    if last < found.valid_from or (found.valid_to is not None and found.valid_to <= last):
        raise DomainError("Ngày này không nằm trong thời gian bố trí. Hãy chọn ngày khác.", field="on")
    found.valid_to = last
    found.save(update_fields=["valid_to"])
    events.record(
        VerticalUnseated(
            subject_id=found.agency.uid, actor_id=getattr(by, "pk", None), at=at, centre=found.centre_id, last_day=last,
            reason=tidy(reason),
        )
    )  # fmt: skip
    return found
