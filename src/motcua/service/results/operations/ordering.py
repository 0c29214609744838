"""Đặt bản giấy: the holder asks for a paper copy of an electronic result, to fetch at the counter or by post."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import InvalidInput, Stale
from motcua.core.text import tidy
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.permissions import Permission
from motcua.service.payments.models import Refund
from motcua.service.payments.operations.charging import cancel_due
from motcua.service.payments.operations.refunding import give_back_dues, promise_of
from motcua.service.payments.states import DueState, RefundCause
from motcua.service.postal.models import Carrier
from motcua.service.results.events import CopyOrderCancelled, CopyOrdered, CopyOrderEnded
from motcua.service.results.holding import result_of
from motcua.service.results.models import CopyOrder, IssuedResult
from motcua.service.results.operations.charging import charge_copy
from motcua.service.results.operations.copying import refuse_uncopiable
from motcua.service.results.telling import tell_of_ended_copy

PAID = "Bạn đã nộp phí bản giấy nên không tự thôi được. Hãy hỏi Một cửa: công chức ngừng bản giấy và hoàn phí cho bạn."


@transaction.atomic
def order_copy(
    *,
    order_id: UUID,
    issued_id: UUID,
    holder: Applicant,
    way: str,
    name: str,
    phone: str,
    address: str,
    account_id: UUID,
    at: datetime,
    province_code: str = "",
    ward_code: str = "",
    carrier: Carrier | None = None,
    postage: int | None = None,
) -> CopyOrder:
    """Đặt bản giấy, one at a time; the same `order_id` again is the same. What a copy costs by rule is owed at once.

    `carrier`, `postage`: of what goes by post, as it was shown. Raises NoSuchResult, InvalidInput, Stale.
    """
    issued = result_of(holder, issued_id, is_locked=True)
    if known := CopyOrder.objects.filter(pk=order_id, issued=issued).first():
        return known
    _refuse_bad(way, name, phone, address, carrier)
    refuse_uncopiable(issued)
    if CopyOrder.objects.waiting().filter(issued=issued).exists():
        raise Stale("Bạn đã đặt một bản giấy của kết quả này, Một cửa chưa in xong. Hãy tải lại trang.")
    by_post: dict[str, Any] = {}
    if way == CopyOrder.Way.POST:
        by_post = {"address": tidy(address)[:500], "province_code": province_code, "ward_code": ward_code,
                   "carrier": carrier, "postage": postage or 0}  # fmt: skip
    order = CopyOrder.objects.create(
        id=order_id, issued=issued, agency=issued.dossier.reception_agency, way=way, name=tidy(name)[:200],
        phone=tidy(phone)[:40], asked_by=account_id, asked_at=at, **by_post,
    )  # fmt: skip
    charge_copy(order, at=at)
    events.record(
        CopyOrdered(
            subject_id=issued.dossier_id, actor_id=account_id, at=at, paper_id=issued.paper_id, way=way
        )
    )
    return order


@transaction.atomic
def cancel_order(*, order_id: UUID, holder: Applicant, account_id: UUID, at: datetime) -> CopyOrder:
    """Thôi đặt bản giấy, before it is printed; what was not paid is owed no more. Raises Stale."""
    orders = CopyOrder.objects.select_for_update(of=("self",)).select_related("issued")
    order = orders.filter(pk=order_id, issued__holder=holder).first()
    if order is None or order.state == CopyOrder.State.READY:
        raise Stale("Bản giấy này đã in nên không thôi được nữa. Hãy tải lại trang.")
    if order.state == CopyOrder.State.ASKED:
        dues = list(order.dues.all())
        if any(due.state == DueState.PAID for due in dues):
            raise Stale(PAID)
        for due in dues:
            if due.state == DueState.OPEN:
                cancel_due(due_id=due.pk, reason="Người đặt thôi bản giấy", by=None, at=at)
        order.state, order.ended_at = CopyOrder.State.CANCELLED, at
        order.save(update_fields=["state", "ended_at"])
        issued: IssuedResult = order.issued
        events.record(
            CopyOrderCancelled(
                subject_id=issued.dossier_id, actor_id=account_id, at=at, paper_id=issued.paper_id
            )
        )
    return order


@transaction.atomic
def end_order(*, order_id: UUID, reason: str, by: User, at: datetime) -> tuple[CopyOrder, list[Refund]]:
    """Ngừng bản giấy không lập được: what is open is owed no more, what was paid asks for its own refund.

    Its holder is told why and what comes back. Ended already, nothing happens again. Raises Forbidden, Stale, InvalidInput.
    """
    orders = CopyOrder.objects.select_for_update(of=("self",)).select_related("issued__dossier")
    order = orders.filter(pk=order_id).first()
    if order is None or order.state == CopyOrder.State.READY:
        raise Stale("Bản giấy này đã in nên không ngừng được nữa. Hãy tải lại trang.")
    access_of(by, at).require(Permission.RETURN, order.agency_id)
    if order.state == CopyOrder.State.CANCELLED:
        return order, []
    because = tidy(reason)[:300]
    if not because:
        raise InvalidInput({f"reason-{order.pk}": "Hãy ghi vì sao không lập được, để người đặt hiểu."})
    dues = list(order.dues.all())
    for due in dues:
        if due.state == DueState.OPEN:
            cancel_due(due_id=due.pk, reason=f"Không lập được bản giấy: {because}", by=None, at=at)
    refunds = give_back_dues(due_ids=[due.pk for due in dues], occasion=RefundCause.COPY_ENDED, at=at)
    order.state, order.ended_at, order.ended_by, order.ended_because = (
        CopyOrder.State.CANCELLED, at, by, because,
    )  # fmt: skip
    order.save(update_fields=["state", "ended_at", "ended_by", "ended_because"])
    events.record(
        CopyOrderEnded(
            subject_id=order.issued.dossier_id, actor_id=by.pk, at=at, paper_id=order.issued.paper_id, reason=because,
            refunded=sum(refund.amount for refund in refunds),
        )
    )  # fmt: skip
    tell_of_ended_copy(order, promised=promise_of(refunds), by=by, at=at)
    return order, refunds


def _refuse_bad(way: str, name: str, phone: str, address: str, carrier: Carrier | None) -> None:
    wrong = {}
    if way not in CopyOrder.Way.values:
        wrong["way"] = "Hãy chọn cách nhận bản giấy."
    if not tidy(name):
        wrong["name"] = "Hãy ghi họ tên người nhận."
    if sum(letter.isdigit() for letter in phone) < 9:
        wrong["phone"] = "Hãy ghi số điện thoại để Một cửa hoặc bưu tá liên hệ."
    if way == CopyOrder.Way.POST and len(tidy(address)) < 5:
        wrong["address"] = "Hãy ghi địa chỉ đủ để bưu tá tìm được."
    if way == CopyOrder.Way.POST and carrier is None:
        wrong["carrier"] = "Hãy chọn đơn vị bưu chính."
    if wrong:
        raise InvalidInput(wrong)
