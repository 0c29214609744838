"""Phí, lệ phí của một lần nộp: said in plain words before it is filed, owed from the moment it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from motcua.core.money import vnd
from motcua.core.time import local_date
from motcua.service.dossiers.models import Channel
from motcua.service.filing.models import Filing
from motcua.service.payments.models import Due, PayerGroup, Refund
from motcua.service.payments.operations.charging import cancel_due, dues_of, raise_dues, rules_for
from motcua.service.payments.operations.refunding import give_back
from motcua.service.payments.rules import Charge, NotComputable, charge, total
from motcua.service.payments.states import DueState, RefundCause, RefundState
from motcua.service.procedures.models import Case, Offering


@dataclass(frozen=True)
class Costs:
    """Phải nộp bao nhiêu: what can be said already; `open_names`: charges whose sum the office fixes later."""

    charges: tuple[Charge, ...]
    open_names: tuple[str, ...] = ()
    has_exemptions: bool = False

    @property
    def total(self) -> int:
        return total(self.charges)

    @property
    def to_pay(self) -> list[Charge]:
        """Khoản có tiền."""
        return [one for one in self.charges if one.amount]


def costs_of(offering: Offering, case: Case | None, on: date, *, group: str = "") -> Costs:
    """Chi phí nộp trực tuyến của ngày, before anything is owed; of who says to belong to a group that pays less."""
    charges, names = [], []
    rules = rules_for(offering, channel=Channel.ONLINE, case=case, on=on)
    for rule in rules:
        try:
            charges.append(charge(rule, groups=[group], is_online=True))
        except NotComputable:
            names.append(rule.name)
    return Costs(tuple(charges), tuple(names), any(rule.exemptions for rule in rules))


def groups_asked(offering: Offering, case: Case | None, on: date) -> list[PayerGroup]:
    """Diện miễn, giảm mà mức thu của lần nộp này có; none: nobody is asked."""
    rules = rules_for(offering, channel=Channel.ONLINE, case=case, on=on)
    codes = {one.group for rule in rules for one in rule.exemptions}
    return list(PayerGroup.objects.valid_on(on).filter(pk__in=codes)) if codes else []


def owe(filing: Filing, at: datetime) -> list[Due]:
    """Ghi khoản phải nộp of a filing, under the key of its dossier."""
    costs = costs_of(filing.offering, filing.case, local_date(at), group=filing.payer_group)
    return raise_dues(
        subject_id=filing.dossier_key,
        offering=filing.offering,
        charges=costs.charges,
        payer_name=(filing.representative or filing.applicant).name,
        code=filing.code,
        at=at,
    )


def owe_no_more(filing: Filing, occasion: RefundCause, at: datetime) -> str:
    """Thôi thu, và hoàn: when a filing ends without a dossier, what is open is owed no more and what came goes back.

    Returns what its owner is told of it; "" where nothing had come.
    """
    for due in Due.objects.of(filing.dossier_key).open():
        cancel_due(due_id=due.pk, reason=occasion.label, by=None, at=at)
    refunds = give_back(subject_id=filing.dossier_key, occasion=occasion, at=at)
    if not refunds:
        return ""
    when = f" trước hết ngày {refunds[0].promised_on:%d/%m/%Y}" if refunds[0].promised_on else ""
    total_back = sum(refund.amount for refund in refunds)
    return f" {vnd(total_back)} bạn đã nộp sẽ được trả lại{when}, không cần làm đơn."


def refunds_of(filing: Filing) -> list[Refund]:
    """Tiền đang hoặc đã hoàn của một lần nộp, as its owner follows it."""
    of_it = Q(payment__due__subject_id=filing.dossier_key) | Q(exception__due__subject_id=filing.dossier_key)
    return list(Refund.objects.filter(of_it).exclude(state=RefundState.REFUSED).order_by("asked_at"))


def still_to_pay(filing: Filing) -> list[Due]:
    """Khoản còn phải nộp."""
    return [due for due in dues_of(filing.dossier_key) if due.state == DueState.OPEN]
