"""Hoàn qua cổng hay bằng tay: what the channel can send back, and in words why a person must pay it otherwise."""

from __future__ import annotations

from motcua.service.payments.gateways import GatewayTrouble, gateway_of
from motcua.service.payments.models import Payment, Refund

IN_CASH = "Đã thu tiền mặt; trả tại quỹ hoặc chuyển khoản."
HELD = "Tiền chưa khớp khoản nào; cổng không biết trả cho ai."
WRITTEN_BY_HAND = "Tiền được ghi vào khoản này bằng tay; cổng không biết lần thanh toán này."
IN_PARTS = "Khoản này nộp làm nhiều lần; cổng không hoàn cả khoản được bằng một lệnh."
NOT_IN_PARTS = (
    "Khoản này trả chung một lệnh với {others} khoản khác, và {channel} không nhận hoàn một phần của lệnh."
)
TAKES_NONE = "{channel} không nhận lệnh hoàn."
REFUSED = "Cổng đã từ chối lệnh hoàn."


def why_by_hand(refund: Refund) -> str:
    """Vì sao phải trả bằng tay, as things stand; "": the channel sends it back."""
    payment = refund.payment
    if payment is None:
        return HELD
    if payment.channel is None:
        return IN_CASH
    if payment.taken_by_id:
        return WRITTEN_BY_HAND
    if payment.amount != refund.amount:
        return IN_PARTS
    try:
        gateway = gateway_of(payment.channel)
    except GatewayTrouble as trouble:
        return trouble.message
    if not gateway.can_refund:
        return TAKES_NONE.format(channel=payment.channel.name)
    if _is_part_of_order(payment) and not gateway.can_refund_part:
        others = len(payment.order.members) - 1 if payment.order else 0
        return NOT_IN_PARTS.format(others=others, channel=payment.channel.name)
    return ""


def _is_part_of_order(payment: Payment) -> bool:
    """The outside knows the whole order alone."""
    return payment.order is not None and payment.order.amount != payment.amount
