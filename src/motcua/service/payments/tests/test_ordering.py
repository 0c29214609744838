"""Several dues by one act: shared out exactly, once; each receipted and refunded by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from motcua.core.errors import DomainError
from motcua.service.payments import books, tasks
from motcua.service.payments.gateways import Refunding, Told
from motcua.service.payments.models import Due, MoneyException, Payment, PaymentOrder, Refund
from motcua.service.payments.operations import hearing, ordering, paying, reconciling, refunding
from motcua.service.payments.states import Verdict
from motcua.service.payments.tests.test_resolving import sent
from motcua.service.payments.tests.world import MONDAY, VISIT, Money

pytestmark = pytest.mark.django_db


@pytest.fixture
def dues(money: Money) -> list[Due]:
    return [money.dossier_due(amount) for amount in (50_000, 30_000, 20_000)]


def opened(money: Money, dues: list[Due], channel: Any = None) -> PaymentOrder:
    channel = channel or money.channel
    made = ordering.open_order(due_ids=[due.pk for due in dues], channel_id=channel.pk, at=MONDAY)
    return ordering.start_order(made.order, VISIT, MONDAY) if made.is_new else made.order


def told(order: PaymentOrder, amount: int | None = None, code: str = "G1") -> None:
    word = Told(order.reference, Verdict.PAID, amount, code)
    hearing.hear(channel=order.channel, told=word, source="CALLBACK", at=MONDAY + timedelta(minutes=1))


def states() -> list[str]:
    return list(Due.objects.order_by("raised_at", "pk").values_list("state", flat=True))


class TestAnOrder:
    def test_settles_each_due_with_its_own_sum_and_receipt(self, money: Money, dues: list[Due]):
        order = opened(money, dues)
        assert opened(money, dues) == order  # the other click
        assert (order.amount, money.outside.started) == (100_000, [order.reference])
        told(order)
        told(order)  # told twice
        told(order, 100_000)
        assert states() == ["PAID", "PAID", "PAID"]
        assert Due.objects.filter(receipt__isnull=False).count() == 3
        assert not MoneyException.objects.exists()
        assert books.faults() == []
        assert books.balance(books.clearing(money.channel)) == 100_000
        with pytest.raises(DomainError, match="đã nộp"):
            ordering.open_order(due_ids=[due.pk for due in dues], channel_id=money.channel.pk, at=MONDAY)

    def test_leaves_out_what_is_paid_and_keeps_what_comes_for_it(self, money: Money, dues: list[Due]):
        order = opened(money, dues)
        paying.take_cash(due_id=dues[1].pk, by=money.office.clerk, at=MONDAY, anyway=True)
        told(order, 100_000)
        assert states() == ["PAID", "PAID", "PAID"]
        assert MoneyException.objects.get().kind == "PAID_TWICE"
        assert books.faults() == []

    def test_paid_short_by_transfer_fills_one_due_after_the_other(self, money: Money, dues: list[Due]):
        order = opened(money, dues, money.transfer)
        told(order, 60_000, "G1")
        assert states() == ["PAID", "OPEN", "OPEN"]
        told(order, 60_000, "G1")
        told(order, 45_000, "G2")
        told(order, 45_000, "G2")
        assert states() == ["PAID", "PAID", "PAID"]
        surplus = MoneyException.objects.standing().get()
        assert (surplus.kind, surplus.amount) == ("OVERPAID", 5_000)
        assert books.faults() == []

    def test_of_another_sum_by_a_platform_waits_whole_for_an_accountant(self, money: Money, dues: list[Due]):
        order = opened(money, dues)
        told(order, 50_000)  # as much as the first due alone
        told(order, 50_000)
        assert states() == ["OPEN", "OPEN", "OPEN"]
        held = MoneyException.objects.standing().get()
        assert (held.kind, held.amount) == ("AMOUNT_DIFFERS", 50_000)
        assert not Payment.objects.filter(state__in=["FAILED", "EXPIRED"]).exists()

    def test_what_does_not_fit_is_not_asked_for_without_end(self, money: Money, dues: list[Due]):
        order = opened(money, dues)
        money.outside.told[order.reference] = Told(order.reference, Verdict.PAID, 50_000, "G1")
        ordering.order_back(order_id=order.pk, at=MONDAY)
        tasks.ask_again(MONDAY)
        assert MoneyException.objects.standing().get().kind == "AMOUNT_DIFFERS"
        assert not Payment.objects.to_ask(MONDAY + timedelta(days=1)).exists()

    def test_is_asked_for_once_and_matches_its_statement(self, money: Money, dues: list[Due]):
        order = opened(money, dues)
        ordering.order_back(order_id=order.pk, at=MONDAY)
        money.outside.told[order.reference] = Told(order.reference, Verdict.PAID, 100_000, "G1")
        tasks.ask_again(MONDAY)
        assert money.outside.asked == [order.reference]
        assert states() == ["PAID", "PAID", "PAID"]
        assert not Payment.objects.to_ask(MONDAY + timedelta(days=1)).exists()
        day = f"{MONDAY:%d/%m/%Y}"
        content = f"ngay,ma_giao_dich,so_tien,noi_dung\n{day},G1,100000,{order.reference}\n".encode()
        for source in ("BANK", "PLATFORM"):
            reconciling.import_statement(
                channel_id=money.channel.pk, source=source, content=content + b"\n" * (source == "BANK"),
                file_name="a.csv", mapping={}, by=money.accountant, at=MONDAY,
            )  # fmt: skip
        row = reconciling.reconcile(
            channel_id=money.channel.pk, day=MONDAY.date(), by=money.accountant, at=MONDAY
        )[0]
        assert (row.reference, row.outcome, row.own) == (order.reference, "MATCHED", 100_000)

    def approved(self, money: Money, due: Due) -> Refund:
        refund = refunding.ask_refund(due_id=due.pk, reason="Thu nhầm", by=money.accountant, at=MONDAY)
        return refunding.approve_refund(refund_id=refund.pk, by=money.chief, at=MONDAY)

    def test_is_refunded_one_by_one_by_hand(self, money: Money, dues: list[Due]):
        told(opened(money, dues))
        refund = self.approved(money, dues[2])
        assert refund.is_by_hand
        assert refund.by_hand_because == (
            "Khoản này trả chung một lệnh với 2 khoản khác, và Cổng thử không nhận hoàn một phần của lệnh."
        )
        sent(refund)
        assert money.outside.refunded == []
        refunding.pay_refund(refund_id=refund.pk, proof="UNC 1", by=money.accountant, at=MONDAY)
        assert states() == ["PAID", "PAID", "REFUNDED"]
        assert books.faults() == []

    def test_goes_back_due_by_due_where_the_platform_takes_parts(self, money: Money, dues: list[Due]):
        money.outside.can_refund_part = True
        order = opened(money, dues)
        told(order)
        for due in dues[1:]:
            refund = self.approved(money, due)
            assert (refund.is_by_hand, refund.by_hand_because) == (False, "")
            sent(refund)
            sent(refund)  # the worker was interrupted
        assert money.outside.refunded == [(order.reference, 30_000), (order.reference, 20_000)]
        assert states() == ["PAID", "REFUNDED", "REFUNDED"]
        assert books.balance(books.clearing(money.channel)) == 50_000
        assert books.faults() == []
        with pytest.raises(DomainError, match="không ở trạng thái đã nộp"):
            self.approved(money, dues[2])

    def test_is_paid_by_hand_when_the_platform_refuses_the_part(self, money: Money, dues: list[Due]):
        money.outside.can_refund_part, money.outside.refunding = True, Refunding(is_done=False)
        told(opened(money, dues))
        refund = self.approved(money, dues[0])
        sent(refund)
        refund.refresh_from_db()
        assert (refund.state, refund.is_by_hand, refund.by_hand_because) == (
            "APPROVED", True, "Cổng đã từ chối lệnh hoàn.",
        )  # fmt: skip
        assert states() == ["PAID", "PAID", "PAID"]
