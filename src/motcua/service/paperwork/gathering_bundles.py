"""Gather the facts of the one receipt of a bundle: the whole filing, with the dossier of each part."""

from __future__ import annotations

from datetime import datetime

from motcua.core.money import vnd_in_words
from motcua.core.time import local, local_date
from motcua.service.dossiers.models import Channel, Dossier, Part
from motcua.service.linking.models import Bundle
from motcua.service.paperwork.facts import Component, Receipt
from motcua.service.paperwork.gathering import RETURN_WAYS
from motcua.service.paperwork.naming import (
    letterhead,
    limit_words,
    person,
    spaced_phone,
    tracking_url,
    unit_of,
)


def bundle_receipt_of(bundle: Bundle, *, number: str, at: datetime) -> Receipt:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả của cả bộ: each paper once, each part with its code and agency.

    Legal: ND118-2025 Đ17.3, Đ20.2, Đ28.2
    """
    day = local_date(bundle.received_at)
    unit, address, phone = unit_of(bundle.reception_agency, day)
    dossiers = [part.dossier for part in bundle.parts.all()]
    first = dossiers[0]
    representative = first.representative
    fee = sum(dossier.fee_amount for dossier in dossiers)
    return Receipt(
        letterhead=letterhead(bundle.reception_agency, bundle.received_at, number=number),
        unit=unit,
        code=bundle.code,
        applicant=person(bundle.applicant, name=first.applicant_name),
        representative=person(representative) if representative else None,
        authorisation=first.authorisation,
        procedure=bundle.group.name,
        matter="; ".join(
            f"{dossier.revision.name} ({dossier.code}, {dossier.agency.name_on(day)})" for dossier in dossiers
        ),
        components=_components(dossiers),
        limit=limit_words(bundle.group.limit),
        received_at=bundle.received_at,
        due_at=bundle.due_at,
        due_note="" if bundle.due_at else "theo thông báo của các cơ quan giải quyết",
        settling_agency="; ".join(dict.fromkeys(dossier.agency.name_on(day) for dossier in dossiers)),
        return_place=f"{unit}, {address}" if address else unit,
        return_way=RETURN_WAYS[Channel.COUNTER],
        book=first.book,
        entry="; ".join(f"{dossier.book}: {dossier.book_number}" for dossier in dossiers),
        fee=fee,
        fee_in_words=vnd_in_words(fee).capitalize() if fee else "",
        fee_note=first.fee_note,
        tracking_url=tracking_url(bundle.code),
        contact_phone=spaced_phone(phone),
        explanation=_explained(bundle),
        submitter=representative.name if representative else first.applicant_name,
        receiver=bundle.received_by.full_name,
    )


def _components(dossiers: list[Dossier]) -> tuple[Component, ...]:
    """What was handed in, each paper once though several parts use it; what another part brings is not handed in."""
    found: dict[str, Component] = {}
    for dossier in dossiers:
        for part in dossier.parts.order_by("position"):
            if part.status == Part.Status.PROVIDED:
                component = Component(
                    name=part.name, form=part.get_form_display(), quantity=part.quantity, note=part.note
                )
                found.setdefault(part.name, component)
    return tuple(found.values())


def _explained(bundle: Bundle) -> tuple[str, ...]:
    """The critical path in one sentence each: which part is planned to be ready when."""
    return tuple(
        f"{part.dossier.revision.name}: dự kiến xong {local(part.planned_due_at):%H:%M ngày %d/%m/%Y}."
        for part in bundle.parts.all()
        if part.planned_due_at and part.is_critical
    )
