"""Hai đầu của bưu gửi: the unit, and the applicant as the dossier and its filing say."""

from __future__ import annotations

from datetime import date

from motcua.foundation.org.models import Agency, OneStopUnit
from motcua.service.dossiers.models import Dossier
from motcua.service.postal.operations.ordering import Place


def place_of_unit(agency: Agency, on: date) -> Place:
    """Nơi gửi của Bộ phận Một cửa: its name, address and phone, the codes of the place that it stands in."""
    unit = OneStopUnit.objects.valid_on(on).filter(agency=agency).order_by("pk").first()
    codes = [
        code
        for code in Agency.objects.filter(pk__in=[*agency.ancestor_ids, agency.pk])
        .order_by("path")
        .values_list("place_code", flat=True)
        if code
    ]
    return Place(
        name=unit.name if unit else agency.name,
        phone=(unit.phone if unit else "") or agency.phone,
        address=(unit.address if unit else "") or agency.address or agency.name,
        province_code=next((code for code in codes if len(code) == 2), ""),
        ward_code=next((code for code in reversed(codes) if len(code) == 5), ""),
    )


def place_of_applicant(dossier: Dossier) -> Place:
    """Nơi nhận: the address that was given for the result where there is one, else the applicant's own."""
    applicant = dossier.applicant
    choice, filing = getattr(dossier, "postal_choice", None), getattr(dossier, "filing", None)
    given, codes = "", (applicant.province_code, applicant.ward_code)
    if choice is not None:
        given, codes = choice.address, (choice.province_code, choice.ward_code)
    elif filing is not None:
        given = filing.return_address
        codes = (filing.return_province, filing.return_ward) if filing.return_province else codes
    return Place(
        name=dossier.applicant_name,
        phone=dossier.phone or applicant.phone,
        address=given or applicant.street or applicant.address,
        province_code=codes[0],
        ward_code=codes[1],
    )
