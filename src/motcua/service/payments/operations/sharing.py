"""Chia tiền của lệnh chung: what the outside says of an order, as words about each of its payments; nothing is written.

An order that is paid as it was asked settles each due with its own sum. A transfer of another sum fills the dues in their
order, the last one in part; what is too much is the last one's. A platform that tells another sum is not believed in parts:
all of it waits for an accountant.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, Sum

from motcua.service.payments.gateways import Told
from motcua.service.payments.models import Due, Entry, Payment, PaymentOrder
from motcua.service.payments.operations.moving import BY_HAND, left_of
from motcua.service.payments.states import DueState, PaymentState, Verdict


def locked_members(order: PaymentOrder) -> list[Payment]:
    """The payments of an order, locked after their dues, in one order for everybody."""
    due_ids = order.payments.values_list("due", flat=True)
    dues = {
        due.pk: due
        for due in Due.objects.select_for_update(of=("self",)).filter(pk__in=due_ids).order_by("pk")
    }
    members = list(order.payments.select_for_update(of=("self",)).order_by("created_at", "id"))
    for one in members:
        one.due = dues[one.due_id]
    return members


def shared_out(order: PaymentOrder, told: Told) -> list[Told]:
    """Lời báo cho từng lần thanh toán của lệnh; empty: it was known already. Its payments are locked by the caller."""
    members = locked_members(order)
    if not told.is_authentic:
        return [
            _word(
                next((one for one in members if one.state != PaymentState.SUCCEEDED), members[0]), told, None
            )
        ]
    if told.verdict != Verdict.PAID:
        came = [one for one in members if _came(one)]
        return [_word(one, told, None) for one in (came[:1] or members)]
    amount = order.amount if told.amount is None else told.amount
    heard = [one for one in members if _came(one)]
    if not heard:
        return _first(order, members, told, amount)
    first = heard[0].transaction
    is_another = (
        order.channel.way in BY_HAND and told.transaction and first and not _heard_before(members, told.transaction)
        and told.transaction != first
    )  # fmt: skip
    return _filled(members, told, amount) if is_another else _again(heard, told, amount)


def _first(order: PaymentOrder, members: Sequence[Payment], told: Told, amount: int) -> list[Told]:
    if amount == order.amount:
        return [_word(one, told, one.amount) for one in members]
    if order.channel.way in BY_HAND and amount:
        return _filled(members, told, amount)
    held = _word(members[0], told, amount, is_whole=False)
    return [held, *(Told(one.reference, Verdict.PENDING) for one in members[1:])]


def _filled(members: Sequence[Payment], told: Told, amount: int) -> list[Told]:
    """As far as it reaches, one due after the other; what is left over goes with the last."""
    shares = []
    for one in members:
        part = min(amount, left_of(one.due) if one.due.state == DueState.OPEN else 0)
        amount -= part
        shares.append(part)
    shares[-1] += amount
    return [_word(one, told, part) for one, part in zip(members, shares, strict=True) if part]


def _again(heard: Sequence[Payment], told: Told, amount: int) -> list[Told]:
    """The same told once more, or the same otherwise: then an accountant hears of it, once."""
    code = told.transaction if _heard_before(heard, told.transaction) else heard[0].transaction
    same = not told.transaction or not heard[0].transaction or _heard_before(heard, told.transaction)
    if same and amount == sum(_of_code(one, code) for one in heard):
        return [
            _word(one, told, _of_code(one, "")) for one in heard if told.transaction and not one.transaction
        ]
    of_code = next((one for one in heard if told.transaction and _of_code(one, told.transaction)), heard[0])
    return [_word(of_code, told, amount, is_whole=False)]


def _came(payment: Payment) -> bool:
    return payment.entries.filter(key__startswith="in:").exists()


def _heard_before(members: Sequence[Payment], code: str) -> bool:
    return bool(code) and any(_of_code(one, code) for one in members)


def _of_code(payment: Payment, code: str) -> int:
    """So many đồng came for this payment by that transaction of the bank."""
    key = f"in:{payment.reference}"
    of_code = Q(key__in=[f"{key}:{code}"[:200], f"{key}:{code}:thua"]) if code else Q(pk__isnull=True)
    if payment.transaction == code:
        of_code |= Q(key__in=[key, f"{key}:thua"])
    return int(
        Entry.objects.filter(of_code, payment=payment).aggregate(total=Sum("amount", default=0))["total"]
    )


def _word(payment: Payment, told: Told, amount: int | None, *, is_whole: bool = True) -> Told:
    return Told(
        payment.reference, told.verdict, amount, told.transaction, told.words, is_authentic=told.is_authentic,
        is_whole=is_whole,
    )  # fmt: skip
