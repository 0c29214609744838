"""Money in a small world: the office of the dossiers' tests, its series of receipts, and an outside that obeys the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from motcua.core.ids import new_id
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.org.models import Role
from motcua.foundation.org.operations.posts import open_post
from motcua.service.dossiers.tests import world as offices
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, MONDAY
from motcua.service.paperwork.operations.charging import open_series
from motcua.service.payments import gateways
from motcua.service.payments.gateways import GatewayTrouble, Refunding, Started, Told, Visit
from motcua.service.payments.models import Due, Payment, PaymentChannel, Refund
from motcua.service.payments.operations import charging, hearing, paying
from motcua.service.payments.rules import Charge
from motcua.service.payments.states import Verdict

VISIT = Visit("http://testserver/back/", "http://testserver/callback/")


@dataclass
class Outside:
    """Cổng giả: what each reference is said to be; `trouble`: it does not answer."""

    told: dict[str, Told] = field(default_factory=dict)
    trouble: str = ""
    started: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refunding: Refunding = field(default_factory=lambda: Refunding(is_done=True, proof="GD-HOAN-1"))
    can_refund: bool = True
    can_refund_part: bool = False
    refunded: list[tuple[str, int]] = field(default_factory=list)
    can_query: bool = True

    def __call__(self, channel: PaymentChannel) -> Outside:
        return self

    def _answer(self) -> None:
        if self.trouble:
            raise GatewayTrouble(self.trouble)

    def start(self, payment: Payment, visit: Visit, at: datetime) -> Started:
        self._answer()
        self.started.append(payment.reference)
        return Started(pay_url=f"https://cong.example/{payment.reference}")

    def query(self, payment: Payment, at: datetime) -> Told:
        self.asked.append(payment.reference)
        self._answer()
        return self.told.get(payment.reference, Told(payment.reference, Verdict.PENDING))

    def refund(self, refund: Refund, at: datetime) -> Refunding:
        self._answer()
        assert refund.payment is not None
        self.refunded.append((refund.payment.outer_reference, refund.amount))
        return self.refunding


@dataclass
class Money:
    """The office with money."""

    office: offices.World
    outside: Outside
    channel: PaymentChannel
    second: PaymentChannel
    accountant: User
    chief: User

    def due(
        self,
        amount: int = 50_000,
        *,
        subject: UUID | None = None,
        kind: str = "FEE",
        name: str = "Phí thẩm định",
    ) -> Due:
        due = charging.raise_dues(
            subject_id=subject or new_id(), offering=self.office.offering, payer_name="Nguyễn Thị Ánh", at=MONDAY,
            charges=[Charge(kind, name, amount, "Mức thu cố định")],
        )  # fmt: skip
        return due[0]

    def dossier_due(self, amount: int = 50_000, **more: Any) -> Due:
        return self.due(amount, subject=self.office.receive().pk, **more)

    def begun(self, due: Due, at: datetime = MONDAY, by: PaymentChannel | None = None) -> Payment:
        channel = by or self.channel
        opened = paying.open_payment(due_id=due.pk, channel_id=channel.pk, at=at)
        return paying.start(opened.payment, VISIT, at) if opened.is_new else opened.payment

    @cached_property
    def transfer(self) -> PaymentChannel:
        """Chuyển khoản: any sum may come by it, and more than once by one code."""
        return PaymentChannel.objects.create(
            agency=self.office.centre, adapter="test", way="TRANSFER", state="PUBLISHED", name="Chuyển khoản",
            valid_from=LONG_AGO, position=2,
        )  # fmt: skip

    def hear(
        self, payment: Payment | str, verdict: Verdict = Verdict.PAID, at: datetime = MONDAY, **more: Any
    ) -> Any:
        reference = payment if isinstance(payment, str) else payment.reference
        given = {
            "amount": None if isinstance(payment, str) else payment.amount,
            "transaction": f"GD-{reference}",
            **more,
        }
        channel = self.channel if isinstance(payment, str) else payment.channel
        return hearing.hear(
            channel=channel or self.channel,
            told=Told(reference, verdict, **given),
            source="CALLBACK",
            at=at + timedelta(minutes=1),
        )


def build(*, has_series: bool = True) -> Money:
    office = offices.build_world()
    if has_series:
        for kind, symbol in (("FEE", "P-26"), ("CHARGE", "L-26")):
            open_series(
                agency_id=office.centre.pk, kind=kind, template="01BLP", symbol=symbol, tax_code="0900000001",
                valid_from=LONG_AGO, by=office.admin, at=BEGINNING,
            )  # fmt: skip
    outside = Outside()
    gateways.install({"test": outside})
    channel, second = (
        PaymentChannel.objects.create(
            agency=office.centre,
            adapter="test",
            way="PLATFORM",
            state="PUBLISHED",
            name=name,
            valid_from=LONG_AGO,
            position=place,
        )
        for place, name in enumerate(("Cổng thử", "Cổng thử hai"))
    )
    role = Role.objects.get(code="ACCOUNTANT")

    def accountant(username: str, name: str) -> User:
        user = create_staff(
            username=username, full_name=name, password="Mot-cua-2026!", by=None, at=BEGINNING
        )
        post = open_post(
            agency=office.centre,
            title=f"Kế toán {username}",
            role=role,
            valid_from=LONG_AGO,
            by=None,
            at=BEGINNING,
        )
        appoint(user, post=post, valid_from=LONG_AGO, by=None, at=BEGINNING)
        return user

    return Money(
        office,
        outside,
        channel,
        second,
        accountant("ketoan", "Mai Thị Oanh"),
        accountant("ketoan2", "Lý Văn Phúc"),
    )
