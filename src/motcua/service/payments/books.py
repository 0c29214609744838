"""Sổ tiền: post an entry once, and read what stands in an account. Every act posts inside its own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from motcua.core.asking import Asked
from motcua.foundation.identity.models import User
from motcua.service.payments.models import Account, Due, Entry, MoneyException, Payment, PaymentChannel
from motcua.service.payments.states import AccountKind, DueState

ACCOUNT = Asked(
    lambda kind, holder, owner, channel, charge: Account.objects.filter(
        kind=kind, holder_id=holder, owner_id=owner, channel_id=channel, charge=charge
    )
)
OF_CASH = Asked(  # both accounts of cash that is taken for a due
    lambda holder, owner, charge: Account.objects.filter(
        Q(kind=AccountKind.CASH, owner_id=None, charge="")
        | Q(kind=AccountKind.COLLECTED, owner_id=owner, charge=charge),
        holder_id=holder,
        channel_id=None,
    )
)


def account(
    kind: str,
    holder_id: int,
    *,
    owner_id: int | None = None,
    channel_id: UUID | None = None,
    charge: str = "",
) -> Account:
    """Tài khoản for this purpose, opened when it is first needed."""
    found = ACCOUNT.first(
        kind=str(kind), holder=holder_id, owner=owner_id, channel=channel_id, charge=str(charge)
    )
    if found:
        return found
    found, _ = Account.objects.get_or_create(
        kind=kind, holder_id=holder_id, owner_id=owner_id, channel_id=channel_id, charge=charge
    )
    return found


def collected(due: Due) -> Account:
    """Thu hộ: what the collector owes the agency of the due, by kind of money."""
    return account(AccountKind.COLLECTED, due.collector_id, owner_id=due.agency_id, charge=due.kind)


def clearing(channel: PaymentChannel) -> Account:
    """Tiền đang về: what the channel owes the collector."""
    return account(AccountKind.CLEARING, channel.agency_id, channel_id=channel.pk)


def suspense(channel: PaymentChannel) -> Account:
    """Tiền chưa khớp of the channel: owed to whoever sent it."""
    return account(AccountKind.SUSPENSE, channel.agency_id, channel_id=channel.pk)


def cash(agency_id: int) -> Account:
    return account(AccountKind.CASH, agency_id)


def bank(agency_id: int) -> Account:
    return account(AccountKind.BANK, agency_id)


def post(
    key: str,
    *,
    debit: Account,
    credit: Account,
    amount: int,
    memo: str,
    at: datetime,
    by: User | None = None,
    due: Due | None = None,
    payment: Payment | None = None,
) -> Entry:
    """Ghi một bút toán; told again under the same key it stays one row."""
    with transaction.atomic():
        entry, _ = Entry.objects.get_or_create(
            key=key,
            defaults={
                "debit": debit, "credit": credit, "amount": amount, "memo": memo[:300], "at": at, "by": by,
                "due": due, "payment": payment,
            },
        )  # fmt: skip
    return entry


def taken_in_cash(payment: Payment, due: Due) -> Entry:
    """The entry of money that is just being taken for this due, not yet written: payment and due are as new as it is."""
    known = {
        one.kind: one
        for one in OF_CASH.all(holder=due.collector_id, owner=due.agency_id, charge=str(due.kind))
    }
    return Entry(
        key=f"in:{payment.reference}", debit=known.get(AccountKind.CASH) or cash(due.collector_id),
        credit=known.get(AccountKind.COLLECTED) or collected(due), amount=due.amount,
        memo=due.name[:300], at=payment.created_at, due=due, payment=payment,
    )  # fmt: skip


def balance(of: Account) -> int:
    """Số dư: debits less credits; negative where something is owed to others."""
    debits = Entry.objects.filter(debit=of).aggregate(total=Sum("amount"))["total"] or 0
    credited = Entry.objects.filter(credit=of).aggregate(total=Sum("amount"))["total"] or 0
    return int(debits - credited)


def faults() -> list[str]:
    """Sổ có khớp sự việc không: sentences of what does not hold; none when ledger and facts say the same.

    Each paid due stands in the ledger with its whole amount, once; an unpaid or refunded one with nothing; what lies in
    suspense is what the standing exceptions say.
    """
    return [*_faults_of_dues(), *_faults_of_suspense()]


def _faults_of_dues() -> list[str]:
    return [
        f"{due}: sổ ghi {due.booked} đồng, phải là {due.amount if due.state == DueState.PAID else 0} đồng"
        for due in Due.objects.booked_wrongly().iterator(chunk_size=2000)
    ]


def _faults_of_suspense() -> list[str]:
    into = _by_channel(Entry.objects.filter(credit__kind=AccountKind.SUSPENSE), "credit__channel")
    out = _by_channel(Entry.objects.filter(debit__kind=AccountKind.SUSPENSE), "debit__channel")
    said = _by_channel(MoneyException.objects.standing(), "channel")
    held = {key: into.get(key, 0) - out.get(key, 0) for key in into | out}
    wrong = [key for key in held | said if held.get(key, 0) != said.get(key, 0)]
    names: dict[UUID | None, str] = {
        one.pk: str(one) for one in PaymentChannel.objects.filter(pk__in=[key for key in wrong if key])
    }
    return [
        f"{names.get(key, key)}: đang giữ {held.get(key, 0)} đồng, các việc chưa khớp ghi {said.get(key, 0)} đồng"
        for key in wrong
    ]


def _by_channel(rows: QuerySet[Any], name: str) -> dict[UUID | None, int]:
    """Đồng by channel; what is nothing is left out."""
    totals = rows.order_by().values_list(name).annotate(total=Sum("amount"))
    return {key: int(total) for key, total in totals if total}
