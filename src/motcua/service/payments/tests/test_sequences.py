"""Whatever happens in whatever order, the ledger says what the facts say, and no due is paid twice.

`MOTCUA_PROOFS=full` walks 10,000 sequences; otherwise some dozens. Two callbacks at once are tried with real threads.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Count, Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.core.errors import DomainError
from motcua.service.payments import books
from motcua.service.payments.gateways import Refunding, Told
from motcua.service.payments.models import Due, Entry, MoneyException, Payment, Refund
from motcua.service.payments.operations import charging, paying, resolving
from motcua.service.payments.rules import Charge
from motcua.service.payments.states import DueState, Verdict
from motcua.service.payments.tests.test_resolving import sent
from motcua.service.payments.tests.world import MONDAY, Money, build

IS_FULL = os.environ.get("MOTCUA_PROOFS") == "full"
EXAMPLES = 10_000 if IS_FULL else 30
VERDICTS = st.sampled_from([Verdict.PAID, Verdict.PAID, Verdict.PAID, Verdict.PENDING, Verdict.NOT_PAID])
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(0, 1), st.booleans()),
        st.tuples(
            st.just("callback"), st.integers(0, 5), VERDICTS,
            st.sampled_from([0, 0, 0, -1_000, 5_000]), st.sampled_from(["A", "A", "B", ""]),
            st.sampled_from([True, True, False]),
        ),
        st.tuples(st.just("stranger"), st.integers(1, 3), st.integers(1, 90_000)),
        st.tuples(st.just("query"), st.integers(0, 5), VERDICTS),
        st.tuples(st.just("back"), st.integers(0, 5)),
        st.tuples(st.just("cash"), st.booleans()),
        st.tuples(st.just("cancel")),
        st.tuples(st.just("raise")),
        st.tuples(st.just("refund"), st.booleans(), st.booleans(), st.sampled_from([True, False, None])),
        st.tuples(st.just("apply"), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


class Walk:
    """One due's subject, and what is done to it."""

    def __init__(self, money: Money) -> None:
        self.money, self.at = money, MONDAY
        self.due = money.due()

    def do(self, event: tuple) -> None:
        self.at += timedelta(minutes=7)
        try:
            with transaction.atomic():
                getattr(self, event[0])(*event[1:])
        except DomainError:
            return  # refused in words: nothing has happened

    def payment(self, place: int) -> Payment | None:
        made = list(Payment.objects.filter(due__subject_id=self.due.subject_id).order_by("created_at", "pk"))
        return made[place % len(made)] if made else None

    def open(self, channel: int, gives_up: bool) -> None:
        chosen = (self.money.channel, self.money.second)[channel]
        paying.open_payment(due_id=self.due.pk, channel_id=chosen.pk, at=self.at, gives_up=gives_up)

    def callback(self, place, verdict, off, transaction_code, is_authentic) -> None:
        payment = self.payment(place)
        if payment is None or payment.channel is None:
            return
        told = Told(
            payment.reference, verdict, payment.amount + off, transaction_code, is_authentic=is_authentic
        )
        paying.hear(channel=payment.channel, told=told, source="CALLBACK", at=self.at)

    def stranger(self, number, amount) -> None:
        told = Told(f"LA{number}", Verdict.PAID, amount, f"G{number}")
        paying.hear(channel=self.money.channel, told=told, source="CALLBACK", at=self.at)

    def query(self, place, verdict) -> None:
        payment = self.payment(place)
        if payment and payment.channel:
            self.money.outside.told[payment.reference] = Told(payment.reference, verdict, payment.amount)
            paying.ask(payment_id=payment.pk, at=self.at)

    def back(self, place) -> None:
        payment = self.payment(place)
        if payment:
            paying.come_back(payment_id=payment.pk, at=self.at)

    def cash(self, anyway) -> None:
        paying.take_cash(due_id=self.due.pk, by=self.money.office.clerk, at=self.at, anyway=anyway)

    def cancel(self) -> None:
        charging.cancel_due(due_id=self.due.pk, reason="Miễn", by=self.money.office.clerk, at=self.at)

    def raise_(self) -> None:
        found = charging.raise_dues(
            subject_id=self.due.subject_id, offering=self.money.office.offering, payer_name="A", at=self.at,
            charges=[Charge("FEE", "Phí thẩm định", 60_000, "Tính lại")],
        )  # fmt: skip
        self.due = found[0] if found else self.due  # a paid one stays as it is

    def refund(self, is_of_due, is_approved, is_done) -> None:
        money = self.money
        held = MoneyException.objects.standing().filter(amount__gt=0).first()
        of = {"due_id": self.due.pk} if is_of_due or held is None else {"exception_id": held.pk}
        refund = resolving.ask_refund(reason="Hoàn", by=money.accountant, at=self.at, **of)
        if not is_approved:
            resolving.refuse_refund(refund_id=refund.pk, reason="Không", by=money.chief, at=self.at)
            return
        resolving.approve_refund(refund_id=refund.pk, by=money.chief, at=self.at)
        money.outside.refunding = Refunding(is_done, "GD")
        sent(refund)
        if Refund.objects.get(pk=refund.pk).state in {"APPROVED", "SENT"}:
            resolving.pay_refund(refund_id=refund.pk, proof="UNC", by=money.chief, at=self.at)

    def apply(self, place) -> None:
        standing = list(MoneyException.objects.standing().filter(amount__gt=0).order_by("found_at"))
        if standing:
            chosen = standing[place % len(standing)]
            resolving.apply_exception(
                exception_id=chosen.pk,
                due_id=self.due.pk,
                reason="Khớp",
                by=self.money.accountant,
                at=self.at,
            )


def holds(money: Money) -> None:
    """What must be true after every sequence."""
    assert books.faults() == []
    paid_twice = (
        Due.objects.annotate(
            paying=Count(
                "payments", filter=Q(payments__applied_at__isnull=False) & ~Q(payments__state="REFUNDED")
            )
        )
        .filter(Q(paying__gt=1) | Q(paying=0, state=DueState.PAID))
        .exists()
    )
    assert not paid_twice
    accounts = {entry.debit for entry in Entry.objects.select_related("debit")} | {
        entry.credit for entry in Entry.objects.select_related("credit")
    }
    assert sum(books.balance(account) for account in accounts) == 0
    assert Payment.objects.live().values("due").annotate(n=Count("pk")).filter(n__gt=1).count() == 0
    came = Payment.objects.filter(entries__key__startswith="in:").values("pk").annotate(n=Count("entries"))
    told_failed = Payment.objects.filter(pk__in=[row["pk"] for row in came], state__in=["FAILED", "EXPIRED"])
    kept = MoneyException.objects.filter(payment__in=told_failed).values("payment")
    assert not told_failed.exclude(pk__in=kept).exists()


@pytest.mark.slow
@pytest.mark.timeout(0 if IS_FULL else 240)
@given(events=EVENTS)
@settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_the_ledger_balances_and_no_due_is_paid_twice(money: Money, events):
    place = transaction.savepoint()
    money.outside.told.clear()
    walk = Walk(money)
    for event in events:
        walk.do(("raise_", *event[1:]) if event[0] == "raise" else event)
    holds(money)
    transaction.savepoint_rollback(place)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_callbacks_and_cash_at_once_pay_once(self):
        money = build()
        due = money.dossier_due()
        payment = money.begun(due)

        def act(number: int) -> None:
            try:
                if number == 3:
                    paying.take_cash(due_id=due.pk, by=money.office.clerk, at=MONDAY, anyway=True)
                else:
                    money.hear(payment)
            except DomainError:
                return  # the other was first, and it was said in words
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(act, range(4)))
        due.refresh_from_db()
        assert due.state == "PAID"
        assert Payment.objects.filter(due=due, applied_at__isnull=False).count() == 1
        assert books.faults() == []

    def test_two_clicks_at_once_open_one_payment(self):
        money = build()
        due = money.due()

        def act(_number: int) -> bool:
            try:
                return paying.open_payment(due_id=due.pk, channel_id=money.channel.pk, at=MONDAY).is_new
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(act, range(4))) == [False, False, False, True]
        assert Payment.objects.count() == 1
