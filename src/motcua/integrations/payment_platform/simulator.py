"""Cổng mô phỏng: a platform that takes no money; it answers by the contract and calls us back over HTTP, from the worker.

What it is told to do on its page: pay, fail, call twice, call late or never, with another amount or a wrong signature.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.events import Fact
from motcua.core.time import local, now
from motcua.integrations.payment_platform import checksums, variants
from motcua.integrations.payment_platform.events import SimulatedCallbackDue
from motcua.integrations.payment_platform.models import SimulatedOrder
from motcua.integrations.payment_platform.transport import post, secret_of
from motcua.service.payments.gateways import GatewayTrouble, gateway_of
from motcua.service.payments.models import PaymentChannel

logger = logging.getLogger(__name__)
CALLED = "CONFIRM"  # the real value is not known to us: it is echoed, never looked at
WAYS = {  # what can be pressed: whether the money goes, how often it calls, with which fault
    "thanh-cong": ("Trả tiền thành công", True, ("",)),
    "that-bai": ("Không đủ tiền, trả không được", False, ("",)),
    "bao-hai-lan": ("Thành công, cổng báo hai lần", True, ("", "")),
    "khong-bao": ("Thành công nhưng cổng không báo", True, ()),
    "sai-so-tien": ("Thành công, cổng báo sai số tiền", True, ("AMOUNT",)),
    "sai-chu-ky": ("Thành công, lời báo sai chữ ký", True, ("CHECKSUM",)),
}


class NotSimulated(DomainError):
    """Không có lệnh mô phỏng này."""


def is_on() -> bool:
    """Only a demo has it."""
    return bool(settings.DEMO)


def answer(channel: PaymentChannel, act: str, message: Mapping[str, Any], *, secret: str) -> dict[str, Any]:
    """Trả lời như cổng thật: INIT, QUERY, GET_BILL, by the same checks. Raises GatewayTrouble outside a demo."""
    if not is_on():
        raise GatewayTrouble("Cổng mô phỏng chỉ có ở bản minh họa.")
    if speak := variants.ANSWERS.get(channel.adapter):
        return speak(channel, act, message)
    fields = checksums.INIT_FIELDS if act == "init" else checksums.QUERY_FIELDS
    if not checksums.same(message.get("MaXacThuc"), checksums.platform(message, fields, secret)):
        return {"MaLoi": "97", "MoTaLoi": "Sai mã xác thực"}
    if act == "init":
        return _init(channel, message)
    order = SimulatedOrder.objects.filter(reference=message["MaThamChieu"]).first()
    if order is None:
        return {"MaLoi": "01", "MaThamChieu": message["MaThamChieu"], "TrangThaiGD": "4"}
    told = _word(order, "QUERY")
    told["TrangThaiGD"] = {"PAID": "1", "WAITING": "3", "FAILED": "4"}[order.state]
    return {**told, "MaXacThuc": checksums.platform(told, checksums.CALLBACK_FIELDS, secret)}


@transaction.atomic
def press(*, order_id: UUID, way: str, at: datetime) -> SimulatedOrder:
    """Bấm một nút của cổng mô phỏng. Pressed again, the money does not go twice, but the calls are made."""
    order = SimulatedOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None or way not in WAYS or not is_on():
        raise NotSimulated("Không có lệnh thanh toán mô phỏng này.")
    _label, pays, calls = WAYS[way]
    if order.state != SimulatedOrder.State.PAID:
        order.state = SimulatedOrder.State.PAID if pays else SimulatedOrder.State.FAILED
        order.transaction = order.transaction or f"MP{order.pk.hex[-10:].upper()}"
        order.save(update_fields=["state", "transaction"])
    for fault in calls:
        events.record(SimulatedCallbackDue(subject_id=order.pk, actor_id=None, at=at, fault=fault))
    return order


@transaction.atomic
def call_now(*, order_id: UUID, at: datetime) -> None:
    """Báo muộn: the call that did not come, now."""
    events.record(SimulatedCallbackDue(subject_id=order_id, actor_id=None, at=at, fault=""))


def call_back(fact: Fact) -> None:
    """Gọi về bằng HTTP, in the worker; what we answer is looked at as a platform would. Raises, to be tried again."""
    order = SimulatedOrder.objects.select_related("channel").get(pk=fact.subject_id)
    message = callback_of(order, str(fact.payload["fault"]))
    said = post(order.callback_url, message)
    order.callbacks += 1
    order.save(update_fields=["callbacks"])
    logger.info("The simulated platform was answered %s", said.get("MaLoi", said.get("status")))


def callback_of(order: SimulatedOrder, fault: str = "") -> dict[str, Any]:
    """The message of a callback; with a fault as it was asked for."""
    if notice := variants.NOTICES.get(order.channel.adapter):
        return notice(order, fault)
    own = getattr(gateway_of(order.channel), "simulated_notice", None)
    if own:  # a channel whose outside tells in a way of its own
        return dict(own(order.reference, order.amount, order.transaction, fault))
    secret = secret_of(order.channel)
    told = _word(order, CALLED)
    if fault == "AMOUNT":
        told["SoTien"] = max(order.amount - 1000, 1)
    signed = checksums.platform(told, checksums.CALLBACK_FIELDS, secret)
    return {**told, "MaXacThuc": signed[::-1] if fault == "CHECKSUM" else signed}


def _init(channel: PaymentChannel, message: Mapping[str, Any]) -> dict[str, Any]:
    order, is_new = SimulatedOrder.objects.get_or_create(
        reference=message["MaThamChieu"],
        defaults={
            "channel": channel, "amount": message["SoTien"], "words": str(message["ThongTinGiaoDich"])[:300],
            "return_url": message["UrlTraVe"], "callback_url": message["UrlGoiVe"],
        },
    )  # fmt: skip
    if not is_new:
        return {"MaLoi": "02", "MoTaLoi": "Trùng mã tham chiếu"}
    return {"MaLoi": "00", "UrlThanhToan": f"/mo-phong/thanh-toan/{order.pk}/"}


def _word(order: SimulatedOrder, kind: str) -> dict[str, Any]:
    return {
        "LoaiBanTin": kind,
        "MaLoi": "00" if order.state == SimulatedOrder.State.PAID else "99",
        "MaDoiTac": order.channel.details.get("ma_doi_tac", ""),
        "MaThamChieu": order.reference,
        "SoTien": order.amount,
        "MaTienTe": "VND",
        "MaGiaoDich": order.transaction,
        "MaNganHang": "MOPHONG",
        "ThoiGianGD": f"{local(now()):%Y%m%d%H%M%S}",
        "ThongTinGiaoDich": order.words,
    }
