"""Phí chứng thực và phí bản giấy: by the offering's rules of the day; what has no such rule is raised by hand, or free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.payments.models import Due
from motcua.service.payments.operations.charging import cancel_due, raise_difference, raise_dues
from motcua.service.payments.pricing import own_rules, tariff_of
from motcua.service.payments.querysets import DueQuerySet
from motcua.service.payments.rules import Charge, charge
from motcua.service.payments.states import DueState, Occasion
from motcua.service.procedures.models import Offering
from motcua.service.results.models import Certification, CopyOrder

LONGEST_NAME = 200
LONGEST_OWN_NAME = 280  # a difference says so behind it


def offering_of(dossier: Dossier) -> Offering | None:
    """Thủ tục tại nơi mà hồ sơ đã nộp."""
    found: Offering | None = Offering.objects.filter(
        procedure=dossier.procedure_id,
        agency=dossier.agency_id,
        receiving_agency=dossier.reception_agency_id,
    ).first()
    return found


def copy_charges(dossier: Dossier, at: datetime) -> list[Charge]:
    """Mức thu một bản giấy của kết quả điện tử; none: it is free."""
    offering = offering_of(dossier)
    rules = own_rules(offering, local_date(at), Occasion.COPY) if offering else []
    return [one for one in (charge(rule.as_rule()) for rule in rules) if one.amount]


def charge_copy(order: CopyOrder, *, at: datetime) -> None:
    """Ghi phí của một bản giấy được đặt: each order is charged once, under a name of its own."""
    dossier = order.issued.dossier
    offering, charges = offering_of(dossier), copy_charges(dossier, at)
    if offering is None or not charges:
        return
    which = f"{order.issued.paper_id}, lần {order.issued.copy_orders.count()}"
    named = [replace(one, name=f"{one.name[: LONGEST_NAME - 40]} ({which})") for one in charges]
    dues = raise_dues(
        subject_id=dossier.pk,
        offering=offering,
        charges=named,
        payer_name=order.name,
        at=at,
        code=dossier.code,
    )
    order.fee = sum(one.amount for one in charges)
    order.save(update_fields=["fee"])
    order.dues.set(dues)


def charges_of(made: Certification, at: datetime) -> tuple[Offering | None, list[Charge]]:
    """Mức thu theo trang that applies; nothing where the offering fixes none."""
    dossier = made.dossier
    offering = offering_of(dossier)
    if offering is None:
        return None, []
    tariff = tariff_of(offering, channel=dossier.channel, case=dossier.case, on=local_date(at))
    by_page = [rule for rule in tariff.rules if rule.per == "trang" and rule.amount is not None]
    return offering, [charge(rule, quantity=made.pages) for rule in by_page]


def charge_for(made: Certification, *, by: User, at: datetime) -> list[Due]:
    """Ghi khoản phải nộp của một bản sao, in the transaction of its preparation; the same copy is charged once."""
    offering, charges = charges_of(made, at)
    if offering is None:
        return []
    return raise_dues(
        subject_id=made.dossier_id, offering=offering, charges=[_named(one, made) for one in charges],
        payer_name=made.dossier.applicant_name, by=by, at=at, code=made.dossier.code,
    )  # fmt: skip


def charge_again(made: Certification, *, by: User, at: datetime) -> list[Due]:
    """Tính lại theo số trang của lần làm lại: only where it was charged; what was paid already counts towards it."""
    offering, charges = charges_of(made, at)
    known = list(_standing(made))
    if offering is None or not known:
        return []
    raised = raise_difference(
        subject_id=made.dossier_id, offering=offering, charges=[_named(one, made, known) for one in charges],
        reason=f"{made.pages} trang sau khi làm lại", payer_name=made.dossier.applicant_name, by=by, at=at,
        code=made.dossier.code,
    )  # fmt: skip
    charge_no_more(made, reason="Ghi lại theo bản sao đã làm lại", at=at, besides=raised)
    return raised


def charge_no_more(made: Certification, *, reason: str, at: datetime, besides: Sequence[Due] = ()) -> None:
    """Thôi những khoản chưa nộp của bản sao này, `besides` those that stand; of no other copy."""
    unpaid = _standing(made).filter(state=DueState.OPEN).exclude(pk__in=[due.pk for due in besides])
    for due in unpaid.select_for_update(of=("self",)):
        cancel_due(due_id=due.pk, reason=reason, by=None, at=at)


def _standing(made: Certification) -> DueQuerySet:
    """Khoản còn phải nộp hoặc đã nộp của bản sao này, the first raised first: they bear its mark."""
    dues: DueQuerySet = Due.objects.of(made.dossier_id)
    return dues.filter(name__contains=_mark(made), state__in=[DueState.OPEN, DueState.PAID])


def _named(one: Charge, made: Certification, known: Sequence[Due] = ()) -> Charge:
    """Tên riêng của bản sao này, since another may bear the same title; what was paid of it keeps its name."""
    fee, mark = f"{one.name}: ", _mark(made)
    for due in known:
        if due.state == DueState.PAID and due.kind == one.kind and due.name.startswith(fee):
            return replace(one, name=due.name)
    return replace(one, name=f"{f'{fee}{made.title}'[: LONGEST_OWN_NAME - len(mark)]}{mark}")


def _mark(made: Certification) -> str:
    return f" (bản {made.pk.hex[-8:].upper()})"
