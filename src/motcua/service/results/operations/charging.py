"""Phí chứng thực: by the offering's rule for each page, on the day; what has no such rule is raised by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.payments.models import Due
from motcua.service.payments.operations.charging import cancel_due, raise_difference, raise_dues
from motcua.service.payments.pricing import tariff_of
from motcua.service.payments.rules import Charge, charge
from motcua.service.payments.states import DueState
from motcua.service.procedures.models import Offering
from motcua.service.results.models import Certification

LONGEST_NAME = 200


def charges_of(made: Certification, at: datetime) -> tuple[Offering | None, list[Charge]]:
    """Mức thu theo trang that applies; nothing where the offering fixes none."""
    dossier = made.dossier
    offering = Offering.objects.filter(
        procedure=dossier.procedure_id,
        agency=dossier.agency_id,
        receiving_agency=dossier.reception_agency_id,
    ).first()
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
        subject_id=made.dossier_id, offering=offering, charges=_named(charges, made.title),
        payer_name=made.dossier.applicant_name, by=by, at=at, code=made.dossier.code,
    )  # fmt: skip


def charge_again(made: Certification, *, before: str, by: User, at: datetime) -> list[Due]:
    """Tính lại theo số trang của lần làm lại: only where it was charged; what was paid already counts towards it.

    `before`: the title under which it was charged.
    """
    offering, charges = charges_of(made, at)
    names = [one.name for one in _named(charges, before)]
    standing = Due.objects.of(made.dossier_id).filter(
        name__in=names, state__in=[DueState.OPEN, DueState.PAID]
    )
    known = list(standing)
    if offering is None or not known:
        return []
    title = before if any(due.state == DueState.PAID for due in known) else made.title
    for due in known:
        if title != before:
            cancel_due(due_id=due.pk, reason="Ghi lại theo bản sao đã làm lại", by=None, at=at)
    return raise_difference(
        subject_id=made.dossier_id, offering=offering, charges=_named(charges, title), at=at, by=by,
        reason=f"{made.pages} trang sau khi làm lại", payer_name=made.dossier.applicant_name, code=made.dossier.code,
    )  # fmt: skip


def _named(charges: Sequence[Charge], title: str) -> list[Charge]:
    return [replace(one, name=f"{one.name}: {title}"[:LONGEST_NAME]) for one in charges]
