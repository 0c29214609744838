"""Bản sao chứng thực, bản giấy, đề nghị đính chính của tỉnh mẫu: one of each, so that every such page shows something.

A copy that was certified and one that its signer has sent back; a paper copy that waits to be printed and posted, its fee
not yet paid; and a request that waits for its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from uuid import UUID, uuid5

from motcua.core.time import VIETNAM
from motcua.demo.papers import scan
from motcua.demo.paying import BASIS
from motcua.demo.province import Province
from motcua.foundation.citizens.models import CitizenLink
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.documents.recognising import bound
from motcua.foundation.identity.models import User
from motcua.service.dossiers.operations.receiving import PartIn, receive
from motcua.service.payments.operations.setting import set_fee_rule
from motcua.service.payments.states import Occasion
from motcua.service.postal.models import Carrier
from motcua.service.procedures.models import Offering
from motcua.service.results.models import IssuedResult, SigningJob
from motcua.service.results.operations.certifying import Original, certify, prepare, send_back
from motcua.service.results.operations.ordering import order_copy
from motcua.service.results.operations.requesting import ask_correction
from motcua.service.results.operations.signing import carry_out

COPIES, PLANNING = "2.000815", "1.014159"
KEYS = UUID("3a1e2f0c-5b1d-5d0e-8a53-40d3d6a8e2b7")
DIPLOMA = Original(
    title="Bằng tốt nghiệp đại học",
    number="QH 0091234",
    issuer="Trường Đại học Mẫu",
    issued_on=date(2010, 7, 2),
)
LICENCE = Original(title="Giấy phép lái xe", number="330101002345", issuer="Sở Xây dựng tỉnh mẫu")


def settle(made: Province, offerings: Sequence[Offering], days: Sequence[date]) -> None:
    """Bổ sung cho công dân mẫu, on the last days of their fortnight."""
    account = CitizenLink.objects.select_related("account__applicant").get(subject="mp-an").account
    an = account.applicant
    offering = next(one for one in offerings if one.procedure.code == COPIES)
    clerk = made.people(offering.receiving_agency, "CLERK")[0]
    leader = made.people(offering.agency, "LEADER")[0]

    def at(day: int, hour: int) -> datetime:
        return datetime.combine(days[day], time(hour), VIETNAM)

    papers = offering.revision_on(days[8]).papers_of(None)
    parts = [PartIn(paper.name, paper.pk) for paper in papers]
    dossier = receive(
        offering=offering, applicant=an, parts=parts, by=clerk, at=at(8, 10), matter="Chứng thực hai bản sao"
    )
    first, second = (
        prepare(
            certification_id=uuid5(KEYS, original.number), dossier_id=dossier.pk, original=original, is_compared=True,
            document_id=_scanned(original, place, clerk, at(8, 11)).pk, by=clerk, at=at(8, 11),
        )
        for place, original in enumerate((DIPLOMA, LICENCE), start=3)
    )  # fmt: skip
    certify(certification_id=first.pk, by=leader, at=at(8, 14))
    jobs = SigningJob.objects.filter(dossier=dossier)
    for job in sorted(jobs, key=lambda one: one.issued_id is not None):  # the signer first, then the agency
        carry_out(job.pk, clock=lambda: at(8, 14) + timedelta(minutes=1))
    send_back(certification_id=second.pk, words="Mặt sau bị lóa, hãy quét lại.", by=leader, at=at(8, 15))

    paper = IssuedResult.objects.select_related("dossier").get(holder=an, dossier__procedure__code=PLANNING)
    place = next(one for one in offerings if one.procedure.code == PLANNING)
    set_fee_rule(
        offering=place, kind="FEE", name="Phí cấp bản giấy của kết quả", amount=5_000, basis=BASIS, valid_from=days[0],
        occasion=Occasion.COPY, at=at(0, 8),
    )  # fmt: skip
    order_copy(
        order_id=uuid5(KEYS, "copy"), issued_id=paper.pk, holder=an, way="POST", name=an.name, phone=account.phone,
        address="Số 12, tổ dân phố An Thịnh", province_code="33", ward_code=made.communes[0].place_code,
        carrier=Carrier.objects.get(code="VIETTEL"), postage=22_000, account_id=account.pk, at=at(9, 20),
    )  # fmt: skip
    ask_correction(
        request_id=uuid5(KEYS, "wrong"), issued_id=paper.pk, holder=an, account_id=account.pk, at=at(10, 8),
        wrong="Tờ bản đồ ghi số 15, đúng là số 16 như giấy chứng nhận đã nộp.",
    )  # fmt: skip


def _scanned(original: Original, place: int, by: User, at: datetime) -> Document:
    content = BytesIO(bound([scan(place), scan(place + 1)]))
    return store(content, name=f"{original.title}.pdf", by=by, at=at)
