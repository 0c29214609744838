"""Thu hộ khi phát: the dues wait for the carrier, and close when it hands the money over; what differs is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from motcua.core.errors import InvalidInput
from motcua.integrations.cash_on_delivery import CashOnDelivery
from motcua.oversight.integrity.tests.plants import ready
from motcua.service.dossiers.models import Dossier
from motcua.service.payments import books, gateways
from motcua.service.payments.models import MoneyException, Payment
from motcua.service.payments.operations import charging, reconciling
from motcua.service.payments.operations.channels import set_channel
from motcua.service.payments.tests.test_resolving import DAY, HEAD, again
from motcua.service.payments.tests.world import MONDAY, Money
from motcua.service.postal.models import Carrier, Shipment
from motcua.service.postal.operations.ordering import cancel
from motcua.service.postal.tests.world import carrier, ordered

LATER = MONDAY + timedelta(days=2)


@pytest.fixture
def post(money: Money) -> Carrier:
    gateways._adapters["cod"] = CashOnDelivery
    set_channel(
        agency=money.office.centre, adapter="cod", name="Thu hộ", details={"buu_chinh": "VNPOST"}, valid_from=DAY,
        at=MONDAY,
    )  # fmt: skip
    return carrier()


@pytest.fixture
def dossier(money: Money) -> Dossier:
    """A result that is ready, with two dues."""
    found = ready(money.office)
    for kind, name, amount in (("FEE", "Phí", 30_000), ("CHARGE", "Lệ phí", 20_000)):
        money.due(amount, subject=found.pk, kind=kind, name=name)
    return found


def sent(money: Money, dossier: Dossier, post: Carrier, **more: Any) -> Shipment:
    return ordered(money.office, dossier, post, LATER, **{"cod": 50_000, **more})


def handed_over(money: Money, shipment: Shipment, amount: int) -> None:
    line = f"{LATER:%d/%m/%Y},BK-{shipment.code},{amount},thu ho,{shipment.code}\n"
    reconciling.import_statement(
        channel_id=Payment.objects.filter(way="POSTAL").values_list("channel", flat=True)[0], source="BANK",
        content=(HEAD.strip() + ",ma_tham_chieu\n" + line).encode(), file_name="thu-ho.csv", mapping={},
        by=money.accountant, at=LATER,
    )  # fmt: skip


class TestCashOnDelivery:
    def test_closes_all_dues_when_the_carrier_hands_it_over(
        self, money: Money, dossier: Dossier, post: Carrier
    ):
        shipment = sent(money, dossier, post)
        assert [due.state for due in charging.dues_of(dossier.pk)] == ["OPEN", "OPEN"]
        handed_over(money, shipment, 50_000)
        assert [(due.state, due.way) for due in charging.dues_of(dossier.pk)] == [("PAID", "POSTAL")] * 2
        assert again(dossier).fee_amount == 50_000
        assert all(due.receipt for due in charging.dues_of(dossier.pk))
        assert books.faults() == []
        channel = Payment.objects.filter(way="POSTAL").first().channel
        (row,) = reconciling.reconcile(channel_id=channel.pk, day=LATER.date(), by=money.accountant, at=LATER)
        assert (row.outcome, row.own, row.bank) == ("MATCHED", 50_000, 50_000)
        assert books.balance(books.clearing(channel)) == 0

    @pytest.mark.parametrize(
        ("came", "states", "left", "kept"),
        [
            (40_000, ["PAID", "OPEN"], 10_000, [("UNDERPAID", 10_000)]),
            (60_000, ["PAID", "PAID"], 0, [("OVERPAID", 10_000)]),
        ],
    )
    def test_of_another_sum_keeps_what_differs(
        self, money: Money, dossier: Dossier, post: Carrier, came, states, left, kept
    ):
        handed_over(money, sent(money, dossier, post), came)
        assert [due.state for due in charging.dues_of(dossier.pk)] == states
        assert charging.must_pay(dossier.pk) == left
        assert list(MoneyException.objects.standing().values_list("kind", "amount")) == kept
        assert books.faults() == []

    def test_is_asked_exactly_and_released_when_the_parcel_is_cancelled(
        self, money: Money, dossier: Dossier, post: Carrier
    ):
        with pytest.raises(InvalidInput, match="còn phải nộp"):
            sent(money, dossier, post, cod=10_000)
        assert not Shipment.objects.exists()
        shipment = sent(money, dossier, post)
        cancel(shipment_id=shipment.pk, reason="Người dân đến lấy", by=money.office.clerk, at=LATER)
        assert not Payment.objects.live().exists()
        assert charging.must_pay(dossier.pk) == 50_000
