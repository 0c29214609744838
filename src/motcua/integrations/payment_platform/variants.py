"""Cổng mô phỏng nói giọng khác: how the make-believe platform answers as KeyPay, PayGov and ViettelPay QR do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F

from motcua.core.time import local, now
from motcua.integrations.payment_platform import checksums
from motcua.integrations.payment_platform.models import SimulatedOrder
from motcua.integrations.payment_platform.transport import secret_of
from motcua.service.payments.models import PaymentChannel

CALLBACK = (
    "UrlGoiVe"  # only a simulated message says where to call; real ones are told when they are connected
)
KEYPAY_CALLBACK = ("client_id", "command", "status", "trans_amount", "transaction_id")
State = SimulatedOrder.State


def keypay(channel: PaymentChannel, act: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """KeyPay: the order, what became of it, the money back."""
    fields = {
        "init": checksums.KEYPAY_PAY,
        "query": checksums.KEYPAY_QUERY,
        "refund": checksums.KEYPAY_REFUND,
    }[act]
    known = checksums.keypay(message, fields, secret_of(channel, "1"))
    if not checksums.same(message.get("check_sum"), known):
        return {"return_code": -1, "return_msg": "Sai check_sum"}
    reference = str(message["transaction_id"])
    if act == "init":
        return {"data": {"url": _opened(channel, reference, message["trans_amount"], message, "description")}}
    order = SimulatedOrder.objects.filter(reference=reference).first()
    if act == "refund":
        return _keypay_refund(reference, int(message["amount"]))
    if order is None:
        return {"status": "9"}
    status = {State.PAID: "0", State.FAILED: "1"}.get(State(order.state), "")
    return {"status": status, "trans_amount": order.amount, "bank_trans_id": order.transaction}


def _keypay_refund(reference: str, amount: int) -> dict[str, Any]:
    """Never more than was paid, in as many parts as one likes."""
    paid = SimulatedOrder.objects.filter(reference=reference, state=State.PAID)
    if not paid.filter(amount__gte=F("refunded") + amount).update(refunded=F("refunded") + amount):
        return {"return_code": -1}
    return {"return_code": 0, "refund_id": f"HOAN-{reference}-{paid.get().refunded}"}


def paygov(channel: PaymentChannel, act: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """PayGov: the page to pay at; it is not asked."""
    known = _paygov_sum(channel, message["orderId"], message["requestCode"], message["amount"])
    if not checksums.same(message.get("checksum"), known):
        return {"error_code": "SIGNATURE_WRONG"}
    return {
        "data": {"url": _opened(channel, str(message["requestCode"]), message["amount"], message, "orderId")}
    }


def viettelpay(channel: PaymentChannel, act: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """ViettelPay: a code to scan."""
    known = _viettel_sum(channel, message["billcode"], message["order_id"], message["amount"])
    if not checksums.same(message.get("check_sum"), known):
        return {"code": "02"}
    _opened(channel, str(message["order_id"]), message["amount"], message, "billcode")
    return {"code": "00", "qr": f"VIETTELPAY|{message['order_id']}|{message['amount']}"}


def keypay_notice(order: SimulatedOrder, fault: str) -> dict[str, Any]:
    """KeyPay's word, signed by its second key."""
    told = {
        "client_id": order.channel.details.get("client_id", ""), "command": "PAY", "status": "0" if _paid(order) else "1",
        "trans_amount": _amount(order, fault), "transaction_id": order.reference, "bank_trans_id": order.transaction,
    }  # fmt: skip
    fields = order.channel.details.get("callback_fields", KEYPAY_CALLBACK)
    return {
        **told,
        "check_sum": _signed(checksums.keypay(told, fields, secret_of(order.channel, "2")), fault),
    }


def paygov_notice(order: SimulatedOrder, fault: str) -> dict[str, Any]:
    """PayGov's word."""
    amount = _amount(order, fault)
    told = {
        "orderId": order.words, "requestCode": order.reference, "amount": amount, "orderInfo": "",
        "errorCode": "00" if _paid(order) else "99", "transactionNo": order.transaction,
        "payDate": f"{local(now()):%Y%m%d%H%M%S}",
    }  # fmt: skip
    return {
        **told,
        "checksum": _signed(_paygov_sum(order.channel, order.words, order.reference, amount), fault),
    }


def viettelpay_notice(order: SimulatedOrder, fault: str) -> dict[str, Any]:
    """ViettelPay's word."""
    amount = _amount(order, fault)
    told = {
        "billcode": order.words, "order_id": order.reference, "amount": amount,
        "error_code": "00" if _paid(order) else "02", "vt_transaction_id": order.transaction,
    }  # fmt: skip
    return {
        **told,
        "check_sum": _signed(_viettel_sum(order.channel, order.words, order.reference, amount), fault),
    }


ANSWERS: Mapping[str, Callable[[PaymentChannel, str, Mapping[str, Any]], dict[str, Any]]] = {
    "keypay": keypay, "paygov": paygov, "viettelpay": viettelpay,
}  # fmt: skip
NOTICES: Mapping[str, Callable[[SimulatedOrder, str], dict[str, Any]]] = {
    "keypay": keypay_notice, "paygov": paygov_notice, "viettelpay": viettelpay_notice,
}  # fmt: skip


def _opened(
    channel: PaymentChannel, reference: str, amount: object, message: Mapping[str, Any], words: str
) -> str:
    """The order, made once; the page where it is paid."""
    order, _ = SimulatedOrder.objects.get_or_create(
        reference=reference,
        defaults={
            "channel": channel, "amount": int(str(amount)), "words": str(message.get(words, ""))[:300],
            "return_url": str(message.get("return_url") or message.get("returnUrl") or "/"),
            "callback_url": str(message.get(CALLBACK, "")),
        },
    )  # fmt: skip
    return f"/mo-phong/thanh-toan/{order.pk}/"


def _paid(order: SimulatedOrder) -> bool:
    return order.state == State.PAID


def _amount(order: SimulatedOrder, fault: str) -> int:
    return max(order.amount - 1000, 1) if fault == "AMOUNT" else order.amount


def _signed(value: str, fault: str) -> str:
    return value[::-1] if fault == "CHECKSUM" else value


def _paygov_sum(channel: PaymentChannel, order: object, request: object, amount: object) -> str:
    told = channel.details
    return checksums.paygov(
        secret_of(channel),
        str(told.get("access_key", "")),
        told.get("partner_code", ""),
        order,
        request,
        amount,
    )


def _viettel_sum(channel: PaymentChannel, bill: object, order: object, amount: object) -> str:
    told = channel.details
    access, merchant = str(told.get("access_code", "")), str(told.get("merchant_code", ""))
    return checksums.viettelpay(secret_of(channel), access, bill, merchant, order, amount)
