"""Nộp thiếu, nộp thừa: what comes in parts counts, what is too much waits for its owner, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from motcua.core.errors import Stale
from motcua.service.payments import books
from motcua.service.payments.models import Due, MoneyException, Payment, Refund, RefundRule
from motcua.service.payments.operations import charging, paying, reconciling, refunding, resolving
from motcua.service.payments.states import RefundCause, RefundState
from motcua.service.payments.tests.test_resolving import DAY, HEAD, again
from motcua.service.payments.tests.world import MONDAY, Money

LATER = MONDAY + timedelta(hours=1)


def standing() -> list[tuple[str, int]]:
    return list(MoneyException.objects.standing().order_by("found_at").values_list("kind", "amount"))


class TestParts:
    def test_count_and_the_rest_settles_the_due_whole(self, money: Money):
        due = money.dossier_due(50_000)
        money.hear(money.begun(due, by=money.transfer), amount=30_000)
        assert standing() == [("UNDERPAID", 30_000)]
        assert charging.must_pay(due.subject_id) == 20_000
        assert again(due).state == "OPEN"
        rest = money.begun(due, at=LATER)
        assert rest.amount == 20_000
        money.hear(rest, at=LATER)
        due = again(due)
        assert (due.state, due.receipt.amount, due.receipt.dossier.fee_amount) == ("PAID", 50_000, 50_000)
        assert standing() == []
        assert books.faults() == []

    def test_come_twice_by_one_code_and_are_told_again_in_vain(self, money: Money):
        due = money.due(50_000)
        payment = money.begun(due, by=money.transfer)
        for _ in range(2):
            money.hear(payment, amount=30_000, transaction="FT1")
        for _ in range(2):
            money.hear(payment, amount=25_000, transaction="FT2", at=LATER)
        assert again(due).state == "PAID"
        assert standing() == [("OVERPAID", 5_000)]
        assert books.balance(books.clearing(money.transfer)) == 55_000
        assert books.faults() == []

    def test_too_much_is_settled_and_the_surplus_goes_back(self, money: Money):
        due = money.due(50_000)
        money.hear(money.begun(due, by=money.transfer), amount=70_000)
        assert (again(due).state, standing()) == ("PAID", [("OVERPAID", 20_000)])
        refund = refunding.ask_refund(
            exception_id=MoneyException.objects.get().pk, reason="Chuyển thừa", by=money.accountant, at=LATER
        )
        refunding.approve_refund(refund_id=refund.pk, by=money.chief, at=LATER)
        refunding.pay_refund(refund_id=refund.pk, proof="UNC 1", by=money.chief, at=LATER)
        assert standing() == []
        assert again(due).state == "PAID"
        assert books.faults() == []

    def test_the_counter_takes_only_the_rest(self, money: Money):
        due = money.dossier_due(50_000)
        money.hear(money.begun(due, by=money.transfer), amount=30_000)
        paying.take_cash(due_id=due.pk, by=money.office.clerk, at=LATER)
        assert Payment.objects.get(way="CASH").amount == 20_000
        assert books.balance(books.cash(money.office.centre.pk)) == 20_000
        assert books.faults() == []

    def test_that_go_back_are_asked_for_again(self, money: Money):
        due = money.due(50_000)
        money.hear(money.begun(due, by=money.transfer), amount=30_000)
        part = MoneyException.objects.get()
        refund = refunding.ask_refund(
            exception_id=part.pk, reason="Không nộp nữa", by=money.accountant, at=LATER
        )
        assert charging.must_pay(due.subject_id) == 50_000
        refunding.refuse_refund(refund_id=refund.pk, reason="Nhầm", by=money.chief, at=LATER)
        assert charging.must_pay(due.subject_id) == 20_000

    def test_of_strange_money_are_tied_to_a_due(self, money: Money):
        money.hear("MCLA", amount=30_000)
        due = money.due(50_000)
        resolving.apply_exception(
            exception_id=MoneyException.objects.get().pk,
            due_id=due.pk,
            reason="Đúng người",
            by=money.accountant,
            at=LATER,
        )
        assert standing() == [("UNDERPAID", 30_000)]
        assert charging.must_pay(due.subject_id) == 20_000
        assert books.faults() == []

    def test_follow_a_due_that_is_computed_anew(self, money: Money):
        due = money.due(50_000)
        money.hear(money.begun(due, by=money.transfer), amount=30_000)
        fresh = money.due(60_000, subject=due.subject_id)
        assert charging.must_pay(fresh.subject_id) == 30_000
        charging.cancel_due(due_id=fresh.pk, reason="Miễn", by=money.office.clerk, at=LATER)
        assert standing() == [("NOT_OWED", 30_000)]

    def test_a_statement_and_the_ledger_agree_on_them(self, money: Money):
        due = money.due(50_000)
        payment = money.begun(due, by=money.transfer)
        lines = f"{DAY:%d/%m/%Y},FT1,30000,{payment.reference}\n{DAY:%d/%m/%Y},FT2,25000,{payment.reference} nop tiep\n"
        reconciling.import_statement(
            channel_id=money.transfer.pk, source="BANK", content=(HEAD + lines).encode(), file_name="s.csv", mapping={},
            by=money.accountant, at=LATER,
        )  # fmt: skip
        assert again(due).state == "PAID"
        (row,) = reconciling.reconcile(channel_id=money.transfer.pk, day=DAY, by=money.accountant, at=LATER)
        assert (row.outcome, row.own, row.bank) == ("MATCHED", 55_000, 55_000)
        assert books.balance(books.clearing(money.transfer)) == 0


class TestGivenBackByRule:
    def paid(self, money: Money) -> Due:
        due = money.due(50_000)
        money.hear(money.begun(due))
        return again(due)

    def test_two_people_decide_unless_the_rule_says_one(self, money: Money):
        due = self.paid(money)
        (refund,) = refunding.give_back(subject_id=due.subject_id, occasion=RefundCause.WITHDRAWN, at=LATER)
        assert refunding.give_back(subject_id=due.subject_id, occasion=RefundCause.WITHDRAWN, at=LATER) == []
        with pytest.raises(Stale, match="xác nhận trước"):
            refunding.approve_refund(refund_id=refund.pk, by=money.chief, at=LATER)
        refunding.confirm_refund(refund_id=refund.pk, by=money.accountant, at=LATER)
        refunding.approve_refund(refund_id=refund.pk, by=money.chief, at=LATER)
        assert again(refund).state == RefundState.APPROVED
        RefundRule.objects.create(valid_from=DAY, needs_two=False, promise_days=10, basis="Quyết định mẫu")
        other = self.paid(money)
        (refund,) = refunding.give_back(subject_id=other.subject_id, occasion=RefundCause.REFUSED, at=LATER)
        assert refund.promised_on == DAY + timedelta(days=10)
        refunding.approve_refund(refund_id=refund.pk, by=money.chief, at=LATER)

    def test_parts_go_back_as_well(self, money: Money):
        due = money.due(50_000)
        money.hear(money.begun(due, by=money.transfer), amount=30_000)
        charging.cancel_due(due_id=due.pk, reason="Người nộp đã rút hồ sơ", by=None, at=LATER)
        (refund,) = refunding.give_back(subject_id=due.subject_id, occasion=RefundCause.WITHDRAWN, at=LATER)
        assert (refund.amount, refund.exception.kind) == (30_000, "NOT_OWED")
        assert Refund.objects.count() == 1
