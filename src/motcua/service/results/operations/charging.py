"""Phí chứng thực: by the offering's rule for each page, on the day; what has no such rule is raised by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from motcua.core.time import local_date
from motcua.foundation.identity.models import User
from motcua.service.payments.models import Due
from motcua.service.payments.operations.charging import raise_dues
from motcua.service.payments.pricing import tariff_of
from motcua.service.payments.rules import Charge, charge
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
    named = [replace(one, name=f"{one.name}: {made.title}"[:LONGEST_NAME]) for one in charges]
    return raise_dues(
        subject_id=made.dossier_id, offering=offering, charges=named, payer_name=made.dossier.applicant_name, by=by,
        at=at, code=made.dossier.code,
    )  # fmt: skip
