"""Nạp hồ sơ trực tuyến từ tệp JSON: for another system that hands filings over; sent twice, each is there once.

The file is a list of filings: {"source_key", "procedure", "agency", "reception_agency", "case", "matter",
"applicant": {"name", "personal_number", "phone", "email"}, "parts": [{"name", "position", "note"}]}. Agencies are
named by their codes, a paper by its place in the procedure's list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.service.filing.models import Filing
from motcua.service.filing.operations.submitting import FiledPart, submit
from motcua.service.procedures.models import Offering


class Unreadable(DomainError):
    """Hồ sơ trong tệp chưa đúng khuôn."""


def import_filings(
    rows: Sequence[Mapping[str, Any]], *, at: datetime
) -> Iterator[tuple[str, Filing | DomainError]]:
    """Each filing by itself: its key, and the filing or why it was refused."""
    for place, row in enumerate(rows, start=1):
        key = str(row.get("source_key") or f"dòng {place}") if isinstance(row, Mapping) else f"dòng {place}"
        try:
            yield key, _import(row, at)
        except DomainError as refusal:
            yield key, refusal
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            yield key, Unreadable(f"Thiếu hoặc sai: {fault}.")


def _import(row: Mapping[str, Any], at: datetime) -> Filing:
    offering = (
        Offering.objects.filter(
            procedure__code=row["procedure"], receiving_agency__code=row["reception_agency"]
        )
        .filter(agency__code=row.get("agency") or row["reception_agency"], valid_to=None)
        .select_related("procedure", "agency", "receiving_agency")
        .first()
    )
    if offering is None:
        raise Unreadable("Không có nơi tiếp nhận thủ tục này.")
    person = row["applicant"]
    applicant = find_or_create_applicant(
        ApplicantInput(
            name=person["name"],
            personal_number=person.get("personal_number", ""),
            phone=person.get("phone", ""),
            email=person.get("email", ""),
        ),
        by=None,
        at=at,
    )
    revision = offering.revision_on(local_date(at))
    case = next((one for one in revision.cases if one.position == row.get("case")), None)
    papers = {paper.position: paper for paper in revision.papers_of(case)}
    parts = [
        FiledPart(
            name=part.get("name") or papers[part["position"]].name,
            paper_id=papers[part["position"]].pk if part.get("position") in papers else None,
            note=part.get("note", ""),
        )
        for part in row["parts"]
    ]
    return submit(
        offering=offering,
        applicant=applicant,
        parts=parts,
        at=at,
        case_id=case.pk if case else None,
        matter=row.get("matter", ""),
        source_key=str(row["source_key"]),
    )
