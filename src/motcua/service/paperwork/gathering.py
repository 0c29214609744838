"""Gather the facts of a form from the dossier, its procedure and its ledger; nothing is typed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Sum

from motcua.core.errors import DomainError
from motcua.core.money import vnd_in_words
from motcua.core.text import fold, sort_key
from motcua.core.time import VIETNAM, local, local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.loading import regime_on, work_calendar
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import (
    Channel,
    Decision,
    Dossier,
    IntakeRefusal,
    PaperTransfer,
    Part,
    Result,
)
from motcua.service.dossiers.querysets import DossierQuerySet
from motcua.service.paperwork.facts import (
    Certification,
    Component,
    ControlSheet,
    Entry,
    HandOverList,
    HandOverRow,
    PaperSlip,
    Receipt,
    Refusal,
    Register,
    ReturnSlip,
    two_digits,
    verdict,
)
from motcua.service.paperwork.hand_overs import hand_overs_of
from motcua.service.paperwork.naming import (
    letterhead,
    limit_words,
    person,
    spaced_phone,
    standing_of,
    tracking_url,
    unit_of,
)

RETURN_WAYS = {
    Channel.COUNTER: "trực tiếp",
    Channel.POST: "qua bưu chính công ích",
    Channel.ONLINE: "trực tuyến",
}
MOST_LINES = 5000  # of one printed register
MOST_REASONS = 6
CERTIFICATION = "Chứng thực"  # the field whose receipts count pages and copies


def is_certification(dossier: Dossier) -> bool:
    """Hồ sơ chứng thực: its receipts count pages and copies, and certified copies are made in it."""
    return fold(dossier.revision.field) == fold(CERTIFICATION)


class NothingToPrint(DomainError):
    """Không có gì để in."""


def receipt_of(dossier: Dossier, *, number: str, at: datetime) -> Receipt:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả. Legal: ND118-2025 Đ17.3"""
    day = local_date(dossier.received_at)
    unit, address, phone = unit_of(dossier.reception_agency, day)
    handed_in = [part for part in _parts(dossier) if part.status in (Part.Status.PROVIDED, Part.Status.HELD)]
    representative = dossier.representative
    certifies = is_certification(dossier)
    pages = _pages(dossier) if certifies else {}
    components = tuple(_component(part, pages.get(part.pk, 0)) for part in handed_in)
    return Receipt(
        letterhead=letterhead(dossier.reception_agency, dossier.received_at, number=number),
        unit=unit,
        code=dossier.code,
        applicant=person(dossier.applicant, name=dossier.applicant_name),
        representative=person(representative) if representative else None,
        authorisation=dossier.authorisation,
        procedure=dossier.revision.name,
        matter=dossier.matter,
        components=components,
        certification=_certification(dossier, components) if certifies else None,
        sets=dossier.sets,
        limit=limit_words(dossier.limit),
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        due_note=dossier.due_reason or ("" if dossier.due_at else "theo thông báo của cơ quan giải quyết"),
        settling_agency=dossier.agency.name_on(day),
        return_place=_return_place(dossier, unit, address),
        return_way=RETURN_WAYS[Channel(dossier.return_channel)],
        book=dossier.book,
        entry=two_digits(dossier.book_number),
        fee=dossier.fee_amount,
        fee_in_words=vnd_in_words(dossier.fee_amount).capitalize() if dossier.fee_amount else "",
        fee_note=dossier.fee_note,
        tracking_url=tracking_url(dossier.code),
        contact_phone=spaced_phone(phone),
        explanation=explanation_of(dossier),
        submitter=representative.name if representative else dossier.applicant_name,
        receiver=dossier.received_by.full_name,
    )


def refusal_of(refusal: IntakeRefusal, *, number: str, at: datetime) -> Refusal:
    """Phiếu từ chối giải quyết hồ sơ. Legal: ND118-2025 Đ17.1"""
    unit, _address, phone = unit_of(refusal.agency, local_date(refusal.refused_at))
    return Refusal(
        letterhead=letterhead(refusal.agency, refusal.refused_at, number=number),
        unit=unit,
        applicant=person(refusal.applicant),
        procedure=refusal.procedure.name,
        matter=refusal.matter,
        reasons=tuple(refusal.reasons),
        refused_by=refusal.refused_by.full_name,
        refused_at=refusal.refused_at,
        submitter=refusal.applicant.name,
        contact_phone=spaced_phone(phone),
    )


def control_sheet_of(dossier: Dossier, *, number: str, at: datetime) -> ControlSheet:
    """Phiếu kiểm soát quá trình giải quyết hồ sơ: from the ledger, as far as the dossier has come."""
    partners = dossier.consultations.select_related("agency").order_by("asked_at")
    return ControlSheet(
        letterhead=letterhead(dossier.reception_agency, dossier.received_at, number=number),
        code=dossier.code,
        procedure=dossier.revision.name,
        applicant=dossier.applicant_name,
        agency=dossier.agency.name_on(local_date(dossier.received_at)),
        partners=tuple(dict.fromkeys(consultation.agency.name for consultation in partners)),
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        finished_at=dossier.finished_at,
        verdict=verdict(dossier.finished_at, dossier.due_at),
        hand_overs=hand_overs_of(dossier),
        book=dossier.book,
        entry=two_digits(dossier.book_number),
        printed_at=at,
    )


def paper_slip_of(papers: PaperTransfer, *, number: str) -> PaperSlip:
    """Phiếu giao hồ sơ giấy, as far as the papers have come. Raises NothingToPrint before they were sent.

    Legal: ND118-2025 Đ20.1
    """
    dossier = papers.dossier
    if papers.sent_at is None or papers.sent_by is None:
        raise NothingToPrint(f"Hồ sơ giấy của {dossier.code} chưa giao nên chưa có phiếu giao để in.")
    day = local_date(papers.sent_at)
    sent = [part for part in _parts(dossier) if part.status == Part.Status.PROVIDED]
    return PaperSlip(
        letterhead=letterhead(papers.from_agency, papers.sent_at, number=number),
        giver_unit=papers.from_agency.name_on(day),
        receiver_unit=papers.to_agency.name_on(day),
        code=dossier.code,
        procedure=dossier.revision.name,
        applicant=dossier.applicant_name,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        components=tuple(_component(part, 0) for part in sent if part.form != Part.Form.ELECTRONIC),
        send_by=papers.due_at,
        at=papers.sent_at,
        giver=papers.sent_by.full_name,
        carrier=papers.carrier,
        arrived_at=papers.received_at,
        receiver=papers.received_by.full_name if papers.received_by else "",
        note=papers.received_note,
    )


def return_slip_of(dossier: Dossier, *, number: str, at: datetime) -> ReturnSlip:
    """Phiếu trả kết quả. Raises NothingToPrint before the result was returned."""
    result = Result.objects.filter(dossier=dossier).select_related("returned_by").first()
    if result is None or result.returned_at is None or result.returned_by is None:
        raise NothingToPrint(f"Hồ sơ {dossier.code} chưa trả kết quả nên chưa có phiếu trả kết quả để in.")
    unit, _address, phone = unit_of(dossier.reception_agency, local_date(result.returned_at))
    originals = [part for part in _parts(dossier) if part.form == Part.Form.ORIGINAL]
    decision = dossier.decisions.filter(sent_back_at=None).select_related("signed_by").order_by("-id").first()
    is_refused = decision is not None and decision.outcome == Decision.Outcome.REFUSE
    return ReturnSlip(
        letterhead=letterhead(dossier.reception_agency, result.returned_at, number=number),
        unit=unit,
        code=dossier.code,
        procedure=dossier.revision.name,
        applicant=person(dossier.applicant, name=dossier.applicant_name),
        result=result.name,
        result_number=result.number,
        result_on=result.issued_on,
        returned_at=result.returned_at,
        due_at=dossier.due_at,
        verdict=verdict(dossier.finished_at, dossier.due_at),
        receiver=result.receiver_name or dossier.applicant_name,
        receiver_is_applicant=result.receiver_is_applicant,
        returned_by=result.returned_by.full_name,
        given_back=tuple(part.name for part in originals) if is_refused else (),
        note=result.return_note,
        signer=decision.signed_by.full_name if decision and decision.signed_by else "",
        standing=standing_of(dossier),
        tracking_url=tracking_url(dossier.code),
        receiver_phone=spaced_phone(dossier.phone) if result.receiver_is_applicant else "",
        contact_phone=spaced_phone(phone),
    )


def register_of(
    agency: Agency, *, first: date, last: date, keeper: User | None = None, field: str = ""
) -> Register:
    """Sổ theo dõi hồ sơ: what the unit received from `first` to `last`, of one field or of all.

    The book of one field keeps the numbers that its lines were given; over all fields the lines are counted through.
    Raises NothingToPrint when the days are turned round, or the book is too thick for one print.
    """
    received = _received(agency, first, last)
    if field:
        received = received.filter(revision__field=field)
    dossiers = list(
        received.select_related("revision", "agency", "applicant", "result").order_by("received_at", "id")[
            : MOST_LINES + 1
        ]
    )
    if len(dossiers) > MOST_LINES:
        raise NothingToPrint(
            f"Khoảng thời gian này có hơn {MOST_LINES} hồ sơ. Hãy in từng tháng hoặc từng lĩnh vực.",
            field="last",
        )
    books = dict.fromkeys(dossier.book for dossier in dossiers) if field else {}
    return Register(
        letterhead=letterhead(agency, datetime.combine(last, time(), VIETNAM), is_dated=False),
        first=first,
        last=last,
        book=", ".join(books),
        field=field,
        keeper=keeper.full_name if keeper else "",
        entries=tuple(
            _entry(dossier, dossier.book_number if field else number)
            for number, dossier in enumerate(dossiers, start=1)
        ),
    )


def fields_of(agency: Agency, *, first: date, last: date) -> list[str]:
    """Các lĩnh vực có hồ sơ: the books that the unit has for these days, in Vietnamese order."""
    fields = _received(agency, first, last).order_by().values_list("revision__field", flat=True).distinct()
    return sorted((field for field in fields if field), key=sort_key)


def hand_over_list_of(
    dossiers: Iterable[Dossier], *, giver: User, at: datetime, number: str = ""
) -> HandOverList:
    """Danh sách bàn giao hồ sơ of one unit to one agency. Raises NothingToPrint for none, or for several agencies."""
    wanted = [dossier.pk for dossier in dossiers]
    chosen = list(
        Dossier.objects.filter(pk__in=wanted)
        .select_related("revision", "agency", "reception_agency")
        .order_by("received_at", "id")
    )
    if not chosen:
        raise NothingToPrint("Chưa chọn hồ sơ nào để bàn giao.")
    if len({(dossier.agency_id, dossier.reception_agency_id) for dossier in chosen}) > 1:
        raise NothingToPrint(
            "Mỗi danh sách bàn giao chỉ dành cho một cơ quan nhận. Hãy in riêng từng cơ quan."
        )
    handed_in = Part.objects.filter(dossier__in=wanted, status=Part.Status.PROVIDED).values_list("dossier")
    papers = dict(handed_in.annotate(Count("pk")))
    unit, _address, _phone = unit_of(chosen[0].reception_agency, local_date(at))
    return HandOverList(
        letterhead=letterhead(chosen[0].reception_agency, at, number=number),
        giver_unit=unit,
        receiver_unit=chosen[0].agency.name_on(local_date(at)),
        at=at,
        giver=giver.full_name,
        rows=tuple(
            HandOverRow(
                code=dossier.code,
                procedure=dossier.revision.name,
                applicant=dossier.applicant_name,
                received_at=dossier.received_at,
                due_at=dossier.due_at,
                sets=dossier.sets,
                papers=papers.get(dossier.pk, 0),
                note="" if dossier.priority == "NORMAL" else dossier.get_priority_display(),
            )
            for dossier in chosen
        ),
    )


def explanation_of(dossier: Dossier) -> tuple[str, ...]:
    """Vì sao ngày này: what the clock skipped and where it ended; nothing when the date stands on other grounds."""
    if dossier.due_at is None or dossier.due_reason:
        return ()
    day = local_date(dossier.received_at)
    answer = clock.due(
        dossier.received_at,
        dossier.limit,
        work_calendar(dossier.agency_id, day),
        regime_on(day),
        starts_after_cutoff_next_day=dossier.revision.starts_next_day_after_cutoff,
    )
    if answer.due_at != dossier.due_at:
        return ()
    reasons = [_skipped(line) for line in answer.explanation if not line.is_counted]
    skipped = list(dict.fromkeys(reason for reason in reasons if reason))
    if len(skipped) > MOST_REASONS:
        skipped = [*skipped[: MOST_REASONS - 1], "các ngày nghỉ khác xem tại trang tra cứu"]
    said = "; ".join([*skipped, f"đủ {dossier.limit} vào {local(dossier.due_at):%H:%M ngày %d/%m/%Y}."])
    return (said[:1].upper() + said[1:],)


def _skipped(line: clock.Line) -> str:
    """What was not counted and why; the days off of each week are one reason, the reception itself none."""
    if line.reason == "Tiếp nhận":
        return ""
    if line.reason.endswith("nghỉ hằng tuần"):
        return "không tính ngày nghỉ hằng tuần"
    return f"{line.reason[:1].lower()}{line.reason[1:]} ({line.when})"


def _received(agency: Agency, first: date, last: date) -> DossierQuerySet:
    if first > last:
        raise NothingToPrint("Ngày đầu phải trước ngày cuối. Hãy chọn lại khoảng thời gian.", field="first")
    return Dossier.objects.received_at_unit(agency.pk).filter(
        received_at__gte=datetime.combine(first, time(), VIETNAM),
        received_at__lt=datetime.combine(last + timedelta(days=1), time(), VIETNAM),
    )


def _parts(dossier: Dossier) -> Sequence[Part]:
    return list(dossier.parts.order_by("position"))


def _pages(dossier: Dossier) -> dict[UUID, int]:
    """How many pages the scans of each part have."""
    counted = dossier.scans.values_list("part").annotate(Sum("document__file__page_count"))
    return {part: pages or 0 for part, pages in counted}


def _certification(dossier: Dossier, components: Sequence[Component]) -> Certification:
    return Certification(
        pages=sum(part.pages for part in components),
        paper_copies=sum(part.quantity for part in components),
        is_electronic=dossier.return_channel == Channel.ONLINE,
    )


def _component(part: Part, pages: int = 0) -> Component:
    is_held = part.status == Part.Status.HELD
    notes = [note for note in ("đã có trong kho dữ liệu" if is_held else "", part.note) if note]
    return Component(
        name=part.name,
        form=Part.Form.ELECTRONIC.label if is_held else part.get_form_display(),
        quantity=part.quantity,
        note="; ".join(notes),
        pages=pages,
    )


def _return_place(dossier: Dossier, unit: str, address: str) -> str:
    if dossier.return_channel == Channel.POST:
        return (dossier.representative or dossier.applicant).address or unit
    if dossier.return_channel == Channel.ONLINE:
        return "Cổng Dịch vụ công quốc gia"
    return f"{unit}, {address}" if address else unit


def _entry(dossier: Dossier, number: int) -> Entry:
    result = getattr(dossier, "result", None)
    return Entry(
        number=number,
        code=dossier.code,
        procedure=dossier.revision.name,
        name=dossier.applicant_name,
        contact="; ".join(part for part in (dossier.applicant.address, spaced_phone(dossier.phone)) if part),
        agency=dossier.agency.name,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        returned_at=dossier.returned_at,
        sets=dossier.sets,
        return_way=Channel(dossier.return_channel).label,
        receiver=result.receiver_name if result else "",
    )
