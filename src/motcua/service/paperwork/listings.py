"""Giấy tờ về nhiều hồ sơ: gather the facts of the batch receipt, of the list of results, and of a fee receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from motcua.core.money import vnd_in_words
from motcua.core.time import local_date
from motcua.foundation.identity.models import Applicant, User
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.paperwork import facts
from motcua.service.paperwork.gathering import NothingToPrint
from motcua.service.paperwork.models import IssuedFeeReceipt
from motcua.service.paperwork.naming import (
    letterhead,
    limit_words,
    person,
    spaced_phone,
    tracking_url,
    unit_of,
)


def batch_receipt_of(
    dossiers: Sequence[Dossier], *, submitter_name: str, number: str, at: datetime
) -> facts.BatchReceipt:
    """Giấy tiếp nhận nhiều hồ sơ: what one person handed in together at one unit. Legal: ND118-2025 Đ17.3

    Raises NothingToPrint for dossiers of several units, or of several people without a name of who handed them in.
    """
    first = _of_one_unit(dossiers)
    unit, address, phone = unit_of(first.reception_agency, local_date(first.received_at))
    return facts.BatchReceipt(
        letterhead=letterhead(first.reception_agency, at, number=number),
        unit=unit,
        submitter=_submitter(dossiers, submitter_name),
        receiver=first.received_by.full_name,
        received_at=max(dossier.received_at for dossier in dossiers),
        rows=tuple(
            facts.BatchRow(
                code=dossier.code,
                procedure=dossier.revision.name,
                applicant=dossier.applicant_name,
                agency=dossier.agency.name_on(local_date(dossier.received_at)),
                received_at=dossier.received_at,
                due_at=dossier.due_at,
                due_note="" if dossier.due_at else dossier.due_reason or "theo thông báo",
                limit=limit_words(dossier.limit),
                sets=dossier.sets,
            )
            for dossier in dossiers
        ),
        return_place=f"{unit}, {address}" if address else unit,
        contact_phone=spaced_phone(phone),
        tracking_url=tracking_url("").removesuffix("?ma="),
    )


def result_list_of(
    dossiers: Sequence[Dossier], *, giver: User | None, number: str, at: datetime
) -> facts.ResultList:
    """Danh sách bàn giao kết quả of one settling agency to one unit. Legal: ND118-2025 Đ22"""
    first = _of_one_unit(dossiers)
    if len({dossier.agency_id for dossier in dossiers}) > 1:
        raise NothingToPrint(
            "Mỗi danh sách bàn giao kết quả chỉ dành cho một cơ quan. Hãy in riêng từng cơ quan."
        )
    unit, _address, _phone = unit_of(first.reception_agency, local_date(at))
    return facts.ResultList(
        letterhead=letterhead(first.agency, at, number=number),
        giver_unit=first.agency.name_on(local_date(at)),
        receiver_unit=unit,
        at=max(dossier.result.delivered_at for dossier in dossiers),
        giver=giver.full_name if giver else "",
        rows=tuple(
            facts.ResultRow(
                code=dossier.code,
                procedure=dossier.revision.name,
                applicant=dossier.applicant_name,
                address=dossier.applicant.address,
                result=dossier.result.name,
                number=dossier.result.number,
                issued_on=dossier.result.issued_on,
                has_fee=dossier.fee_amount > 0,
                is_posted=dossier.return_channel == Channel.POST,
            )
            for dossier in dossiers
        ),
    )


def fee_receipt_of(issued: IssuedFeeReceipt) -> facts.FeeReceipt:
    """Biên lai: as it was issued; a cancelled one says why it counts no more. Legal: ND123-2020 Đ32"""
    dossier, series = issued.dossier, issued.series
    unit, _address, _phone = unit_of(series.agency, local_date(issued.issued_at))
    return facts.FeeReceipt(
        letterhead=letterhead(series.agency, issued.issued_at),
        collector_unit=unit,
        tax_code=series.tax_code,
        template=series.template,
        symbol=series.symbol,
        serial=issued.serial,
        kind=series.get_kind_display().lower(),
        charge=issued.charge,
        procedure=dossier.revision.name,
        code=dossier.code,
        payer=_payer(dossier, issued.payer_name),
        amount=issued.amount,
        amount_in_words=vnd_in_words(issued.amount).capitalize(),
        paid_at=issued.issued_at,
        collector=issued.issued_by.full_name if issued.issued_by else "Hệ thống thu trực tuyến",
        way=issued.get_way_display(),
        cancelled=issued.cancelled_reason,
    )


def _payer(dossier: Dossier, name: str) -> facts.Person:
    """The applicant with all that the paper states, or the bare name of somebody else who paid."""
    for known in (dossier.applicant, dossier.representative):
        if known is not None and name in {known.name, dossier.applicant_name}:
            return person(known, name=name)
    return facts.Person(name=name)


def _of_one_unit(dossiers: Sequence[Dossier]) -> Dossier:
    if not dossiers:
        raise NothingToPrint("Chưa chọn hồ sơ nào để in.")
    if len({dossier.reception_agency_id for dossier in dossiers}) > 1:
        raise NothingToPrint("Các hồ sơ được tiếp nhận ở nhiều nơi. Hãy in riêng từng nơi.")
    return dossiers[0]


def _submitter(dossiers: Sequence[Dossier], name: str) -> facts.Person:
    """Người nộp: the one person behind all of them, unless a name is given."""
    people: dict[object, Applicant] = {}
    for dossier in dossiers:
        someone = dossier.representative or dossier.applicant
        people[someone.pk] = someone
    if len(people) == 1:
        only = next(iter(people.values()))
        if not name or name == only.name:
            return person(only)
    if not name:
        raise NothingToPrint(
            "Các hồ sơ của nhiều người khác nhau. Hãy ghi tên người đã mang nộp cả các hồ sơ này.",
            field="submitter",
        )
    return facts.Person(name=name)
