"""Giấy báo của hồ sơ: gather the facts of forms 02, 04 and 05, and of the process report."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from motcua.core.time import local_date
from motcua.foundation.identity.models import Membership, User
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Apology, Dossier, Stop, Supplement, SupplementItem
from motcua.service.dossiers.states import State
from motcua.service.dossiers.timeline import timeline
from motcua.service.paperwork import facts
from motcua.service.paperwork.facts import verdict
from motcua.service.paperwork.hand_overs import Desk
from motcua.service.paperwork.naming import (
    letterhead,
    person,
    spaced_phone,
    standing_of,
    tracking_url,
    unit_of,
)

PRINTINGS = ("FormPrinted", "FormReprinted")  # of a paper, not a step of the way


def supplement_of(supplement: Supplement, *, number: str) -> facts.Supplement:
    """Phiếu yêu cầu bổ sung: every component that was found wanting. Legal: ND118-2025 Đ16.3, Đ19.5"""
    dossier = supplement.dossier
    unit, _address, phone = unit_of(supplement.agency, local_date(supplement.asked_at))
    wanting = supplement.items.exclude(verdict=SupplementItem.Verdict.FINE).order_by("position")
    return facts.Supplement(
        letterhead=letterhead(supplement.agency, supplement.asked_at, number=number),
        unit=unit,
        applicant=person(dossier.applicant, name=dossier.applicant_name),
        code=dossier.code,
        procedure=dossier.revision.name,
        matter=dossier.matter,
        papers=tuple(
            facts.WantedPaper(
                name=item.name,
                reason=f"{item.get_verdict_display()}: {item.instruction}",
                originals=item.originals,
                certified=item.certified,
                copies=item.copies,
            )
            for item in wanting
        ),
        reasons=tuple(line for line in supplement.reason.splitlines() if line.strip()),
        asked_at=supplement.asked_at,
        answer_by=supplement.waits_until,
        guide=supplement.asked_by.full_name,
        contact=supplement.contact_name,
        contact_phone=spaced_phone(supplement.contact_phone or phone),
        tracking_url=tracking_url(dossier.code),
    )


def apology_of(apology: Apology, *, number: str, at: datetime) -> facts.Apology:
    """Phiếu xin lỗi và hẹn lại; a draft is told as it would be sent at `at`. Legal: ND118-2025 Đ19.6"""
    dossier = apology.dossier
    written_at = apology.sent_at or at
    day = local_date(written_at)
    _unit, _address, phone = unit_of(dossier.reception_agency, day)
    said = (apology.cause.name if apology.cause else "", apology.explanation)
    signer = apology.signed_by
    return facts.Apology(
        letterhead=letterhead(dossier.agency, written_at, number=number),
        applicant=person(dossier.applicant, name=dossier.applicant_name),
        code=dossier.code,
        procedure=dossier.revision.name,
        matter=dossier.matter,
        agency=dossier.agency.name_on(day),
        received_at=dossier.received_at,
        promised_at=apology.due_before,
        new_due_at=apology.due_after,
        reason=". ".join(part.strip().rstrip(".") for part in said if part.strip()) + ".",
        signer=signer.full_name if signer else "",
        signer_title=_title(signer, dossier.agency, written_at) if signer else "Thủ trưởng cơ quan",
        standing=standing_of(dossier),
        contact_phone=spaced_phone(phone),
        tracking_url=tracking_url(dossier.code),
    )


def stop_of(stop: Stop, *, number: str) -> facts.Stop:
    """Thông báo dừng giải quyết hồ sơ. Legal: ND118-2025 Đ19.5, Đ21"""
    dossier = stop.dossier
    unit, _address, phone = unit_of(dossier.reception_agency, local_date(stop.at))
    is_asked = stop.kind != Stop.Kind.SILENCE
    return facts.Stop(
        letterhead=letterhead(dossier.reception_agency, stop.at, number=number),
        unit=unit,
        applicant=person(dossier.applicant, name=dossier.applicant_name),
        code=dossier.code,
        procedure=dossier.revision.name,
        matter=dossier.matter,
        agency=dossier.agency.name_on(local_date(stop.at)),
        received_at=dossier.received_at,
        stopped_at=stop.at,
        reason=stop.reason,
        stopped_by=stop.by.full_name if stop.by else "",
        is_asked=is_asked,
        asked_at=stop.requested_at if is_asked else None,
        stage=State(stop.interrupted).label,
        money=stop.fees,
        given_back=tuple(line.strip() for line in stop.papers.splitlines() if line.strip()),
        contact_phone=spaced_phone(phone),
        tracking_url=tracking_url(dossier.code),
    )


def process_report_of(dossier: Dossier, *, number: str, at: datetime) -> facts.ProcessReport:
    """Phiếu quá trình xử lý: the whole ledger of a dossier, as far as it has come."""
    return facts.ProcessReport(
        letterhead=letterhead(dossier.reception_agency, dossier.received_at, number=number),
        code=dossier.code,
        procedure=dossier.revision.name,
        matter=dossier.matter,
        applicant=dossier.applicant_name,
        agency=dossier.agency.name_on(local_date(dossier.received_at)),
        state=dossier.get_state_display(),
        holder=dossier.holder.full_name if dossier.holder else "",
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        finished_at=dossier.finished_at,
        verdict=verdict(dossier.finished_at, dossier.due_at),
        steps=_steps(dossier),
        printed_at=at,
    )


def _steps(dossier: Dossier) -> tuple[facts.ProcessStep, ...]:
    """One line of the report for each line of the ledger, besides the printing of papers."""
    lines = [line for line in Line.objects.of(dossier.pk) if line.name not in PRINTINGS]
    notes = {entry.at: entry.note for entry in timeline(dossier)}
    people = {line.actor_id for line in lines if line.actor_id}
    people |= {holder for line in lines if (holder := _holder(line))}
    desk = Desk(dossier, people)
    standing = standing_of(dossier)
    for line in lines:
        if standing and line.name == "DecisionSigned":
            notes[line.at] = ". ".join(part for part in (standing, notes.get(line.at, "")) if part)
    return tuple(_step(line, desk, notes.get(line.at, "")) for line in lines)


def _step(line: Line, desk: Desk, note: str) -> facts.ProcessStep:
    due_at = line.payload.get("step_due_at")
    limit = datetime.fromisoformat(due_at) if due_at else None
    step = line.payload.get("step", "")
    return facts.ProcessStep(
        at=line.at,
        by=desk.name(line.actor_id) or "Hệ thống",
        unit=desk.seat(line.actor_id, step, line.at) if line.actor_id else "",
        act=line.label,
        to=desk.name(_holder(line)),
        due_at=limit,
        verdict=verdict(line.at, limit),
        note=note,
    )


def _holder(line: Line) -> UUID | None:
    """Who has it after that line."""
    named = line.payload.get("next_holder") or line.payload.get("holder")
    return UUID(named) if named else None


def _title(user: User, agency: Agency, at: datetime) -> str:
    """Chức vụ of who signs, at the agency or above it on that day."""
    day = local_date(at)
    seats = Membership.objects.filter(user=user, valid_from__lte=day).select_related("post__agency")
    for seat in seats.order_by("-valid_from"):
        is_held = seat.valid_to is None or day <= seat.valid_to
        if is_held and (seat.post.agency_id == agency.pk or seat.post.agency_id in agency.ancestor_ids):
            return str(seat.post.title)
    return "Thủ trưởng cơ quan"
