"""In bản giấy của kết quả điện tử: each print is a copy with an id of its own, counted, that leads to the original.

Legal: ND30-2020 Đ25
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.postal.models import Shipment
from motcua.service.postal.operations.ordering import LETTER, Place
from motcua.service.postal.operations.ordering import order as post
from motcua.service.postal.places import place_of_unit
from motcua.service.postal.states import Direction
from motcua.service.results.codes import payload_of
from motcua.service.results.events import PaperCopyPrinted
from motcua.service.results.models import CopyOrder, IssuedResult, PaperCopy
from motcua.service.results.paper_ids import new_paper_id
from motcua.service.results.telling import tell_of_ready_copy

PREFIX = "BG"


@transaction.atomic
def print_copy(*, copy_id: UUID, issued_id: UUID, agency_id: int, by: User, at: datetime) -> PaperCopy:
    """In một bản giấy; the same `copy_id` again is the same copy. A waiting order of the holder is served by it:
    by post, its parcel is opened now.

    Raises Forbidden, Stale, DomainError (its fee is not paid, its carrier carries no more).
    """
    access_of(by, at).require(Permission.RETURN, agency_id)
    issued = (
        IssuedResult.objects.select_for_update(of=("self",))
        .select_related("agency", "dossier")
        .get(pk=issued_id)
    )
    if known := PaperCopy.objects.filter(pk=copy_id, issued=issued).first():
        return known
    refuse_uncopiable(issued)
    copy = PaperCopy(
        id=copy_id, issued=issued, paper_id=new_paper_id(local_date(at), prefix=PREFIX), agency_id=agency_id,
        number=issued.copies.count() + 1, printed_by=by, printed_at=at,
    )  # fmt: skip
    copy.payload = payload_of(issued, None, at, paper_id=copy.paper_id, kind=f"Bản giấy: {issued.name}")
    copy.save(force_insert=True)
    events.record(
        PaperCopyPrinted(
            subject_id=issued.dossier_id, actor_id=by.pk, at=at, paper_id=issued.paper_id, copy_id=copy.paper_id,
            number=copy.number, agency=agency_id,
        )
    )  # fmt: skip
    order = CopyOrder.objects.waiting().filter(issued=issued, agency=agency_id).select_for_update().first()
    if order:
        order.state, order.copy, order.ended_at = CopyOrder.State.READY, copy, at
        order.parcel = _parcel(order, order.carrier_id, by, at) if order.carrier_id else None
        order.save(update_fields=["state", "copy", "ended_at", "parcel"])
        tell_of_ready_copy(order, by=by, at=at)
    return copy


def _parcel(order: CopyOrder, carrier_id: UUID, by: User, at: datetime) -> Shipment:
    """Bưu gửi của bản giấy, for the postage that was shown. Raises DomainError."""
    if unpaid := order.unpaid:
        raise DomainError(
            f"{order.name} chưa nộp {vnd(unpaid)} phí bản giấy nên chưa gửi được. Khi nộp xong, hãy lập lại."
        )
    return post(
        key=order.pk, dossier_id=order.issued.dossier_id, direction=Direction.COPY, carrier_id=carrier_id,
        sender=place_of_unit(order.agency, local_date(at)),
        receiver=Place(order.name, order.phone, order.address, order.province_code, order.ward_code),
        weight=LETTER, price=order.postage or 0, by=by, at=at,
    )  # fmt: skip


def refuse_uncopiable(issued: IssuedResult) -> None:
    """Only a published electronic original that stands is printed. Raises Stale."""
    if issued.state != IssuedResult.State.VALID:
        raise Stale("Kết quả này đã được thay hoặc bị thu hồi nên không in bản giấy nữa.")
    if issued.published_at is None or issued.document is None:
        raise Stale("Kết quả này chưa có bản điện tử đã công bố nên chưa in bản giấy được.")
    if issued.document.file.media_type != "application/pdf":
        raise Stale("Bản điện tử của kết quả này không phải PDF nên không in kèm mã được.")
