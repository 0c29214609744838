"""How papers name agencies, places and people: letterhead, place of issue, the person's block."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings

from motcua.core.time import local_date
from motcua.foundation.calendars.clock import Limit
from motcua.foundation.identity import places
from motcua.foundation.identity.models import Applicant
from motcua.foundation.org.models import Agency, OneStopUnit
from motcua.service.dossiers.models import Dossier
from motcua.service.paperwork.facts import Letterhead, Person
from motcua.service.paperwork.registry import Form
from motcua.service.procedures.models import Entrustment

# The mark behind a paper's number. A centre signs its receipts otherwise than a one-stop unit inside an agency.
MARKS = {
    Form.RECEIPT: "BPTNTKQ",
    Form.REFUSAL: "PTC",
    Form.CONTROL_SHEET: "PKS",
    Form.RETURN_SLIP: "PTKQ",
    Form.SUPPLEMENT: "PBS",
    Form.APOLOGY: "PXL",
    Form.STOP: "TBD",
    Form.PROCESS_REPORT: "QTXL",
    Form.BATCH_RECEIPT: "GTNN",
    Form.HAND_OVER: "BG",
    Form.RESULT_LIST: "BGKQ",
    Form.PAPER_SLIP: "PGHS",
}
MARKS_OF_KIND = {("CENTRE", Form.RECEIPT): "TTPVHCC"}


def number_of(form: Form, sequence: int, agency: Agency, symbol: str = "") -> str:
    """Số, ký hiệu: "05/PTC"; `symbol`: what the place writes behind the number. Legal: ND30-2020 PL1"""
    return f"{sequence:02d}/{symbol or MARKS_OF_KIND.get((agency.kind, form), MARKS[form])}"


def standing_of(dossier: Dossier) -> str:
    """Thể thức ký: "TUQ. GIÁM ĐỐC" where the agency settles by a decision that entrusts it; else ""."""
    on = local_date(dossier.received_at)
    found = Entrustment.objects.of(dossier.procedure_id, dossier.agency_id, on).exclude(signature="").first()
    return found.signature if found else ""


def letterhead(agency: Agency, at: datetime, *, number: str = "", is_dated: bool = True) -> Letterhead:
    """Phần đầu văn bản, with the names that the agency and the one above it bore on the day."""
    day = local_date(at)
    return Letterhead(
        agency=agency.name_on(day),
        parent=agency.parent.name_on(day) if agency.parent else "",
        place=place_of(agency) if is_dated else "",
        on=day if is_dated else None,
        number=number,
    )


def unit_of(agency: Agency, on: date) -> tuple[str, str, str]:
    """Bộ phận Một cửa of the agency on the day: its name, address and phone; without one, the agency's own."""
    unit: OneStopUnit | None = agency.units.valid_on(on).order_by("pk").first()  # type: ignore[attr-defined]
    if unit is None:
        return agency.name_on(on), agency.address, agency.phone
    return unit.name, unit.address or agency.address, unit.phone or agency.phone


def place_of(agency: Agency) -> str:
    """Địa danh: the place of the nearest agency, from this one upwards, that governs one. Legal: ND30-2020 PL1"""
    if agency.place_code:
        return place_name(agency.place_code)
    codes = dict(Agency.objects.filter(pk__in=agency.ancestor_ids).values_list("pk", "place_code"))
    return next((place_name(codes[pk]) for pk in reversed(agency.ancestor_ids) if codes.get(pk)), "")


def place_name(code: str) -> str:
    """The bare name, "Đắk Lắk", "Ea Kar"; what is a number, or the city of a person's name, keeps its kind."""
    place = places.province(code) or places.ward(code)
    if place is None:
        return ""
    kind = place.kind.removesuffix(" trung ương")
    bare = place.name[len(kind) :].strip() if place.name.lower().startswith(kind) else place.name
    return place.name if bare.isdigit() or bare == "Hồ Chí Minh" else bare


def person(applicant: Applicant, *, name: str = "") -> Person:
    """The person's block; `name` when the dossier keeps an older one."""
    is_organisation = applicant.kind == Applicant.Kind.ORGANISATION
    number = applicant.tax_code if is_organisation else applicant.personal_number
    return Person(
        name=name or applicant.name,
        is_organisation=is_organisation,
        id_number=number or applicant.personal_number or applicant.tax_code,
        id_label="Số định danh cá nhân"
        if applicant.personal_number and not is_organisation
        else "Mã số thuế",
        address=applicant.address,
        phone=spaced_phone(applicant.phone),
        email=applicant.email,
    )


def spaced_phone(phone: str) -> str:
    """0905123456 is read as 0905 123 456, and never broken over two lines."""
    return (
        f"{phone[:4]}\u00a0{phone[4:7]}\u00a0{phone[7:]}" if len(phone) == 10 and phone.isdigit() else phone
    )


def limit_words(limit: Limit) -> str:
    """Thời hạn: "05 ngày làm việc". Legal: ND30-2020 PL1"""
    words = str(limit)
    return f"0{words}" if len(words.split(" ", maxsplit=1)[0]) == 1 else words


def tracking_url(code: str) -> str:
    """The page that the QR opens; it still asks for a fact that only the applicant knows."""
    return f"{settings.SITE_URL.rstrip('/')}/tra-cuu/?ma={code}"
