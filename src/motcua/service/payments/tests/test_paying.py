"""Paying: nothing happens twice, money that came is never lost, and nobody is told “failed” after it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.core.errors import Forbidden
from motcua.core.ids import new_id
from motcua.foundation.ledger.models import Line
from motcua.service.paperwork.models import FeeSeries
from motcua.service.payments import books
from motcua.service.payments.gateways import GatewayTrouble, Told
from motcua.service.payments.models import Due, Entry, MoneyException, PayerGroup, Payment, PaymentSignal
from motcua.service.payments.operations import charging, hearing, paying, setting
from motcua.service.payments.operations.charging import AT_RECEPTION
from motcua.service.payments.operations.paying import AlreadyPaid, PaymentInProgress
from motcua.service.payments.pricing import tariff_of
from motcua.service.payments.states import ExceptionKind, PaymentState, Verdict
from motcua.service.payments.tests.world import MONDAY, VISIT, Money
from motcua.service.procedures.models import Channel

S = PaymentState


def again(row):
    row.refresh_from_db()
    return row


class TestOpenPayment:
    def test_gives_the_second_click_the_same_try(self, money: Money):
        due = money.due()
        first = paying.open_payment(due_id=due.pk, channel_id=money.channel.pk, at=MONDAY)
        second = paying.open_payment(due_id=due.pk, channel_id=money.channel.pk, at=MONDAY)
        assert (first.is_new, second.is_new) == (True, False)
        assert first.payment == second.payment

    def test_waits_for_the_try_that_is_open_unless_it_is_given_up(self, money: Money):
        due = money.due()
        old = money.begun(due)
        with pytest.raises(PaymentInProgress):
            paying.open_payment(due_id=due.pk, channel_id=money.second.pk, at=MONDAY)
        new = paying.open_payment(due_id=due.pk, channel_id=money.second.pk, at=MONDAY, gives_up=True).payment
        assert again(old).state == S.EXPIRED
        assert old.next_query_at is not None  # asked once more, in case money has gone
        assert new.state == S.CREATED

    def test_of_a_paid_due_is_refused(self, money: Money):
        due = money.due()
        money.hear(money.begun(due))
        with pytest.raises(AlreadyPaid, match="Đã nộp"):
            paying.open_payment(due_id=due.pk, channel_id=money.channel.pk, at=MONDAY)

    def test_says_that_nothing_was_taken_when_the_outside_does_not_answer(self, money: Money):
        money.outside.trouble = "Hết giờ chờ"
        due = money.due()
        payment = paying.open_payment(due_id=due.pk, channel_id=money.channel.pk, at=MONDAY).payment
        with pytest.raises(GatewayTrouble, match="chưa có khoản tiền nào bị trừ"):
            paying.start(payment, VISIT, MONDAY)
        assert again(payment).state == S.FAILED
        money.outside.trouble = ""
        assert money.begun(due).reference != payment.reference


class TestHear:
    def test_pays_the_due_with_its_receipt_and_the_dossier_counts_it(self, money: Money):
        due = money.dossier_due()
        payment = money.begun(due)
        money.hear(payment)
        assert (again(payment).state, again(due).state, due.way) == (S.SUCCEEDED, "PAID", "PLATFORM")
        assert (due.receipt.serial, due.receipt.amount, due.receipt.issued_by) == ("0000001", 50_000, None)
        assert due.receipt.dossier.fee_amount == 50_000
        assert Line.objects.of(due.subject_id).last().label == "Đã nộp phí, lệ phí"
        assert books.faults() == []

    def test_told_again_changes_nothing(self, money: Money):
        payment = money.begun(money.dossier_due())
        for _ in range(3):
            money.hear(payment)
        assert Entry.objects.count() == 1
        assert MoneyException.objects.count() == 0
        assert PaymentSignal.objects.count() == 3

    def test_forged_moves_no_money_and_makes_us_ask(self, money: Money):
        payment = money.begun(money.due())
        signal = money.hear(payment, is_authentic=False)
        assert "Sai chữ ký" in signal.outcome
        assert again(payment).state == S.REDIRECTED
        assert payment.next_query_at == MONDAY + timedelta(minutes=1)
        assert Entry.objects.count() == 0

    def test_of_another_amount_keeps_the_money_for_an_accountant(self, money: Money):
        due = money.due()
        payment = money.begun(due)
        money.hear(payment, amount=5_000)
        found = MoneyException.objects.get()
        assert (found.kind, found.amount) == (ExceptionKind.AMOUNT_DIFFERS, 5_000)
        assert (again(payment).state, again(due).state) == (S.PENDING, "OPEN")
        assert books.balance(books.suspense(money.channel)) == -5_000
        assert books.faults() == []

    def test_of_an_unknown_reference_keeps_the_money_once(self, money: Money):
        for _ in range(2):
            money.hear("MCLA", amount=70_000)
        assert MoneyException.objects.get().amount == 70_000
        assert books.balance(books.clearing(money.channel)) == 70_000

    def test_after_a_failure_the_money_still_counts(self, money: Money):
        due = money.due()
        payment = money.begun(due)
        money.hear(payment, Verdict.NOT_PAID)
        assert again(payment).state == S.FAILED
        money.hear(payment)
        assert (again(payment).state, again(due).state) == (S.SUCCEEDED, "PAID")

    def test_of_failure_after_the_money_does_not_take_it_back(self, money: Money):
        due = money.due()
        payment = money.begun(due)
        money.hear(payment)
        money.hear(payment, Verdict.NOT_PAID)
        assert (again(payment).state, again(due).state) == (S.SUCCEEDED, "PAID")
        assert MoneyException.objects.get().kind == ExceptionKind.CONTRADICTION

    def test_of_a_second_try_for_a_paid_due_goes_to_the_exceptions(self, money: Money):
        due = money.due()
        old = money.begun(due)
        new = paying.open_payment(
            due_id=due.pk, channel_id=money.channel.pk, at=MONDAY, gives_up=True
        ).payment
        money.hear(new)
        money.hear(old)
        found = MoneyException.objects.get()
        assert (found.kind, found.payment, found.amount) == (ExceptionKind.PAID_TWICE, old, 50_000)
        assert [again(old).state, again(new).state] == [S.SUCCEEDED, S.SUCCEEDED]
        assert (old.applied_at, new.applied_at is not None) == (None, True)
        assert books.faults() == []

    def test_for_a_due_that_is_owed_no_more_goes_to_the_exceptions(self, money: Money):
        due = money.due()
        payment = money.begun(due)
        charging.cancel_due(due_id=due.pk, reason="Thuộc diện miễn", by=money.office.clerk, at=MONDAY)
        money.hear(payment)
        assert MoneyException.objects.get().kind == ExceptionKind.NOT_OWED

    def test_with_a_second_transaction_is_looked_at(self, money: Money):
        payment = money.begun(money.due())
        money.hear(payment)
        money.hear(payment, transaction="GD-KHAC")
        assert MoneyException.objects.get().kind == ExceptionKind.CONTRADICTION
        assert Entry.objects.count() == 1

    def test_without_a_series_the_money_still_counts(self, money: Money):
        FeeSeries.objects.all().delete()
        due = money.dossier_due()
        money.hear(money.begun(due))
        assert (again(due).state, due.receipt) == ("PAID", None)


class TestAsk:
    def test_pays_what_no_callback_has_told(self, money: Money):
        due = money.due()
        payment = money.begun(due)
        paying.come_back(payment_id=payment.pk, at=MONDAY)
        assert again(payment).state == S.PENDING
        money.outside.told[payment.reference] = Told(payment.reference, Verdict.PAID, 50_000, "GD1")
        hearing.ask(payment_id=payment.pk, at=MONDAY)
        assert again(due).state == "PAID"

    def test_backs_off_while_nothing_is_known_and_never_says_failed(self, money: Money):
        money.outside.trouble = ""
        payment = money.begun(money.due())
        paying.come_back(payment_id=payment.pk, at=MONDAY)
        money.outside.trouble = "Cổng trả về trang HTML"
        at, pauses = MONDAY, []
        for _ in range(12):
            hearing.ask(payment_id=payment.pk, at=at)
            pauses.append((again(payment).next_query_at - at).total_seconds() / 60)
            at = payment.next_query_at
        assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360, 360]
        assert payment.state == S.PENDING

    def test_gives_up_a_page_that_nobody_used(self, money: Money):
        payment = money.begun(money.due())
        hearing.ask(payment_id=payment.pk, at=MONDAY + timedelta(hours=25))
        assert again(payment).state == S.EXPIRED


class TestTakeCash:
    def test_pays_with_the_next_receipt(self, money: Money):
        due = money.dossier_due(kind="CHARGE")
        paying.take_cash(due_id=due.pk, by=money.office.clerk, at=MONDAY)
        assert (again(due).state, due.way, due.receipt.series.symbol) == ("PAID", "CASH", "L-26")
        assert books.balance(books.cash(money.office.centre.pk)) == 50_000

    def test_asks_first_when_a_payment_on_line_is_open(self, money: Money):
        due = money.due()
        payment = money.begun(due)
        with pytest.raises(PaymentInProgress, match="Hỏi người nộp"):
            paying.take_cash(due_id=due.pk, by=money.office.clerk, at=MONDAY)
        paying.take_cash(due_id=due.pk, by=money.office.clerk, at=MONDAY, anyway=True)
        money.hear(payment)
        assert MoneyException.objects.get().kind == ExceptionKind.PAID_TWICE

    def test_twice_or_by_a_stranger_is_refused(self, money: Money):
        due = money.due()
        with pytest.raises(Forbidden):
            paying.take_cash(due_id=due.pk, by=money.office.stranger, at=MONDAY)
        paying.take_cash(due_id=due.pk, by=money.office.clerk, at=MONDAY)
        with pytest.raises(AlreadyPaid):
            paying.take_cash(due_id=due.pk, by=money.office.clerk, at=MONDAY)

    def test_at_reception_stands_in_the_ledger_as_well(self, money: Money):
        dossier = money.office.receive(fee_amount=30_000)
        due = Due.objects.get(subject_id=dossier.pk)
        assert (due.name, due.state, due.amount) == (AT_RECEPTION, "PAID", 30_000)
        assert books.balance(books.cash(money.office.centre.pk)) == 30_000
        assert books.faults() == []


class TestRaiseDues:
    def test_raises_nothing_twice_and_brings_open_ones_up_to_date(self, money: Money):
        due = money.due()
        assert money.due(subject=due.subject_id) == due
        new = money.due(40_000, subject=due.subject_id)
        assert (again(due).state, new.amount) == ("CANCELLED", 40_000)
        assert charging.must_pay(due.subject_id) == 40_000

    def test_paid_before_the_reception_is_counted_and_receipted_then(self, money: Money):
        Channel.objects.create(
            revision=money.office.revision, position=9, kind="ONLINE", limit_value=5, limit_unit="WORKING_DAY"
        )
        key = new_id()
        due = money.due(subject=key)
        money.hear(money.begun(due))
        assert again(due).receipt is None
        dossier = money.office.receive(dossier_id=key, channel="ONLINE")
        assert (again(due).receipt.dossier, due.code) == (dossier, dossier.code)
        dossier.refresh_from_db()
        assert dossier.fee_amount == 50_000

    def test_of_an_offering_follow_its_dated_rules(self, money: Money):
        PayerGroup.objects.create(code="HO_NGHEO", name="Hộ nghèo", valid_from=date(2017, 1, 1))
        offering = money.office.offering
        setting.set_fee_rule(
            offering=offering, kind="FEE", name="Phí", amount=8_000, per="bản", basis="Nghị quyết mẫu",
            online_percent_off=50, valid_from=date(2026, 1, 1), at=MONDAY, exemptions=[("HO_NGHEO", 100)],
        )  # fmt: skip
        on = date(2026, 3, 2)
        counter, online = (
            tariff_of(offering, channel=channel, case=None, on=on) for channel in ("COUNTER", "ONLINE")
        )
        assert counter.units == ("bản",)
        assert counter.costs().uncounted == ("bản",)
        assert counter.costs(quantities={"bản": 2}).total == 16_000
        assert online.costs(quantities={"bản": 2}).total == 8_000
        free = online.costs(group="HO_NGHEO", quantities={"bản": 2}).charges
        assert charging.in_words(free) == "Phí: Được miễn: Hộ nghèo"


class TestTheLedger:
    def test_is_only_added_to(self, money: Money):
        money.hear(money.begun(money.due()))
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            Entry.objects.update(amount=1)
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            Entry.objects.all().delete()

    def test_lets_nobody_pay_a_due_twice(self, money: Money):
        due = money.due()
        money.hear(money.begun(due))
        with pytest.raises(IntegrityError, match="a_due_is_paid_once"), transaction.atomic():
            Payment.objects.create(
                due=due,
                way="CASH",
                reference="X",
                amount=1,
                state="SUCCEEDED",
                created_at=MONDAY,
                applied_at=MONDAY,
            )
