"""The make-believe platform in the tongues of KeyPay, PayGov and ViettelPay: paid, failed, wrong sum, wrong signature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from motcua.integrations.payment_platform import simulator
from motcua.integrations.payment_platform.adapters import ADAPTERS
from motcua.integrations.payment_platform.models import SimulatedOrder
from motcua.service.payments import gateways
from motcua.service.payments.models import Payment, PaymentChannel, Refund
from motcua.service.payments.states import Verdict
from motcua.service.payments.tests.world import LONG_AGO, MONDAY, VISIT, Money, build

DETAILS = {
    "keypay": {"client_id": "CL1"},
    "paygov": {"partner_code": "P1", "access_key": "AK", "service_code": "S"},
    "viettelpay": {"merchant_code": "M1", "access_code": "AC"},
}


@pytest.fixture
def money(db: None) -> Iterator[Money]:
    before = dict(gateways._adapters)
    made = build()
    gateways.install({**ADAPTERS, "test": made.outside})
    yield made
    gateways.install(before)


def begun(money: Money, adapter: str) -> tuple[Payment, Any]:
    channel = PaymentChannel.objects.create(
        agency=money.office.centre, adapter=adapter, way="PLATFORM", state="PUBLISHED", name=adapter,
        valid_from=LONG_AGO, details={"endpoint": "mo-phong", **DETAILS[adapter]},
    )  # fmt: skip
    payment = Payment.objects.create(
        due=money.due(), channel=channel, way="PLATFORM", reference="MC1", amount=50_000, created_at=MONDAY
    )
    return payment, gateways.gateway_of(channel)


@pytest.mark.parametrize("adapter", sorted(DETAILS))
def test_is_paid_fails_and_lies_as_it_is_told(money: Money, adapter: str):
    payment, gateway = begun(money, adapter)
    started = gateway.start(payment, VISIT, MONDAY)
    assert started.pay_url.startswith("/mo-phong/") or started.qr_payload
    order = SimulatedOrder.objects.get(reference="MC1")
    assert (order.callback_url, order.return_url) == (VISIT.callback_url, VISIT.return_url)
    simulator.press(order_id=order.pk, way="that-bai", at=MONDAY)
    order.refresh_from_db()
    assert gateway.read(simulator.callback_of(order)).verdict == Verdict.NOT_PAID
    simulator.press(order_id=order.pk, way="thanh-cong", at=MONDAY)
    order.refresh_from_db()
    told = gateway.read(simulator.callback_of(order))
    assert (told.reference, told.verdict, told.amount, told.is_authentic) == (
        "MC1",
        Verdict.PAID,
        50_000,
        True,
    )
    assert not gateway.read(simulator.callback_of(order, "CHECKSUM")).is_authentic
    wrong = gateway.read(simulator.callback_of(order, "AMOUNT"))
    assert (wrong.amount, wrong.is_authentic) == (49_000, True)


def test_keypay_is_asked_and_gives_back(money: Money):
    payment, gateway = begun(money, "keypay")
    gateway.start(payment, VISIT, MONDAY)
    assert gateway.query(payment, MONDAY).verdict == Verdict.UNKNOWN
    order = SimulatedOrder.objects.get()
    refund = Refund(payment=payment, amount=50_000, reason="Nhầm")
    assert gateway.refund(refund, MONDAY).is_done is False
    simulator.press(order_id=order.pk, way="thanh-cong", at=MONDAY)
    assert gateway.query(payment, MONDAY).verdict == Verdict.PAID
    parts = [Refund(payment=payment, amount=amount, reason="Nhầm") for amount in (20_000, 30_000, 1)]
    assert [gateway.refund(part, MONDAY).is_done for part in parts] == [True, True, False]
    assert not gateway.can_refund_part  # until who runs the platform has said so
    payment.channel.details["hoan_mot_phan"] = "Có"
    assert gateways.gateway_of(payment.channel).can_refund_part
    assert "đã trả lời" in gateway.try_out(MONDAY).words
