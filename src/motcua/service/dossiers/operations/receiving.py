"""Tiếp nhận: take a complete dossier in, or refuse it in writing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import ParamSpec
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.codes import dossier_code
from motcua.core.errors import DomainError, InvalidInput, Stale
from motcua.core.ids import new_id
from motcua.core.text import fold, lexemes, reversed_fold
from motcua.core.time import local_date
from motcua.core.writing import insert_together
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.clock import Answer, Limit
from motcua.foundation.calendars.loading import regime_on, work_calendar
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number, next_numbers
from motcua.service.dossiers.events import DossierReceived, IntakeRefused
from motcua.service.dossiers.models import Assignment, Channel, Dossier, IntakeRefusal, Part, Scan
from motcua.service.dossiers.operations import steps
from motcua.service.dossiers.states import State
from motcua.service.procedures.models import Case, Offering, Paper
from motcua.service.workflows.operations import running

Given = ParamSpec("Given")


@dataclass(frozen=True)
class PartIn:
    """Một giấy tờ nộp vào: what the clerk ticked for one paper, with the scans uploaded for it."""

    name: str
    paper_id: int | None = None
    form: str = Part.Form.ORIGINAL
    quantity: int = 1
    status: str = Part.Status.PROVIDED
    note: str = ""
    document_ids: Sequence[UUID] = field(default_factory=tuple)


BROUGHT = frozenset(
    {Part.Status.PROVIDED, Part.Status.HELD}
)  # what the law asks for is here, or held already


class IncompleteDossier(InvalidInput):
    """Hồ sơ chưa đủ thành phần: papers that the procedure requires are missing."""


class NotOffered(DomainError):
    """Thủ tục không tiếp nhận tại đây."""


class NoPromise(DomainError):
    """Chưa có ngày hẹn: the procedure gives no number, so the clerk must set a date with a reason."""


class AlreadyReceived(DomainError):
    """Hồ sơ này đã được tiếp nhận: the same page was sent twice."""

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(f"Hồ sơ này đã được tiếp nhận với mã {dossier.code}. Không tiếp nhận lần hai.")
        self.dossier = dossier


def appointment(
    *, offering: Offering, case: Case | None, at: datetime, channel: str = Channel.COUNTER
) -> tuple[Limit, Answer]:
    """Ngày hẹn trả: the limit and the clock's answer for a dossier received at `at`, as `receive` will promise it.

    Raises NotInForce, ChannelNotOffered.
    """
    day = local_date(at)
    revision = offering.revision_on(day)
    limit = revision.limit_for(channel, case)
    calendar = work_calendar(offering.agency_id, day)
    return limit, clock.due(
        at,
        limit,
        calendar,
        regime_on(day),
        starts_after_cutoff_next_day=revision.starts_next_day_after_cutoff,
    )


def taken_once(act: Callable[Given, Dossier]) -> Callable[Given, Dossier]:
    """Two that send the same form in the same instant: the slower one is told of the dossier of the quicker."""

    @wraps(act)
    def taken(*args: Given.args, **given: Given.kwargs) -> Dossier:
        try:
            return act(*args, **given)
        except IntegrityError:
            if isinstance(dossier_id := given.get("dossier_id"), UUID):
                _refuse_second(dossier_id)
            raise

    return taken


@taken_once
@transaction.atomic
def receive(
    *,
    offering: Offering,
    applicant: Applicant,
    parts: Sequence[PartIn],
    by: User,
    at: datetime,
    dossier_id: UUID | None = None,
    case_id: int | None = None,
    matter: str = "",
    channel: str = Channel.COUNTER,
    return_channel: str = Channel.COUNTER,
    sets: int = 1,
    representative: Applicant | None = None,
    authorisation: str = "",
    fee_amount: int = 0,
    fee_note: str = "",
    due_at: datetime | None = None,
    due_reason: str = "",
) -> Dossier:
    """Tiếp nhận hồ sơ: take a complete dossier in, give it its code, and promise the moment of its result.

    `dossier_id` is chosen when the form is opened, so that a form sent twice is taken once (AlreadyReceived).
    `due_at` with `due_reason` is asked only where the procedure has no number (NoPromise).
    Raises Forbidden, NotOffered, IncompleteDossier, NoPromise, AlreadyReceived.
    Legal: ND118-2025 Đ17, Đ28
    """
    dossier_id = dossier_id or new_id()
    access_of(by, at).require(Permission.RECEIVE, offering.receiving_agency_id)
    revision = offering.revision_on(local_date(at))
    case = revision.case_or_refuse(case_id)
    _refuse_incomplete(parts, revision.papers_of(case))

    regime = regime_on(local_date(at))
    limit, answer = appointment(offering=offering, case=case, at=at, channel=channel)
    promised = _promise(answer.due_at, limit, due_at, due_reason, at)
    unit_calendar = work_calendar(offering.receiving_agency_id, local_date(at))

    workflow = running.resolve(
        procedure_id=offering.procedure_id, agency_id=offering.agency_id, on=local_date(at)
    )
    day = local_date(at)
    dossier = Dossier(
        id=dossier_id,
        state=State.RECEIVED,
        channel=channel,
        return_channel=return_channel,
        procedure_id=offering.procedure_id,
        revision=revision,
        case=case,
        matter=(matter.strip() or revision.name)[:500],
        sets=sets,
        agency_id=offering.agency_id,
        reception_agency_id=offering.receiving_agency_id,
        applicant=applicant,
        representative=representative,
        authorisation=authorisation.strip(),
        applicant_name=applicant.name,
        name_folded=fold(applicant.name),
        name_reversed=reversed_fold(applicant.name),
        number_key=applicant.personal_number_key or "",
        phone=applicant.phone or "",
        words=lexemes(f"{applicant.name} {matter or revision.name}"),
        regime=regime.code,
        limit_value=limit.value,
        limit_unit=limit.unit,
        received_at=at,
        received_by=by,
        clock_starts_at=answer.start_at,
        due_at=promised,
        first_due_at=promised,
        due_reason=due_reason.strip() if answer.due_at is None else "",
        transfer_due_at=clock.transfer_due(at, unit_calendar, regime),
        fee_amount=fee_amount,
        fee_note=fee_note.strip(),
        book=f"{revision.field[:240]} {day.year}".strip(),
    )
    task = running.first_task(
        dossier_id=dossier.id,
        workflow=workflow,
        agency_id=offering.receiving_agency_id,
        at=at,
        holder=by,
        calendar=unit_calendar,
        not_after=promised,
    )
    dossier.workflow_id = workflow.pk
    steps.project(dossier, task, by, at)
    number, dossier.book_number = next_numbers(
        f"dossier:{offering.agency_id}:{day:%Y%m%d}",
        f"register:{offering.receiving_agency_id}:{dossier.book}",
    )
    dossier.code = dossier_code(settings.DOSSIER_CODE_PATTERN, offering.agency.code, day, number)
    assignment = Assignment(dossier=dossier, step_key=dossier.step_key, holder=by, assigned_by=by, since=at)
    rows = _parts_of(dossier, parts)
    insert_together([dossier, task, assignment, *rows])
    _keep_scans(dossier, rows, parts, by, at)
    events.record(
        DossierReceived(
            subject_id=dossier.id,
            actor_id=by.pk,
            at=at,
            code=dossier.code,
            procedure=offering.procedure.code,
            revision=revision.number,
            agency=offering.agency_id,
            reception_agency=offering.receiving_agency_id,
            channel=channel,
            regime=regime.code,
            limit=str(limit),
            clock_starts_at=answer.start_at,
            due_at=promised,
            due_reason=dossier.due_reason,
            parts=[row.name for row in rows if row.status == Part.Status.PROVIDED],
            fee_amount=fee_amount,
        )
    )
    return dossier


@transaction.atomic
def refuse_intake(
    *,
    offering: Offering,
    applicant: Applicant,
    reasons: Sequence[str],
    by: User,
    at: datetime,
    matter: str = "",
    refusal_id: UUID | None = None,
) -> IntakeRefusal:
    """Từ chối tiếp nhận: say in writing why a dossier cannot be taken in; form 03 is printed from it.

    Raises Forbidden, InvalidInput when no reason is given. Legal: ND118-2025 Đ17.1
    """
    access_of(by, at).require(Permission.RECEIVE, offering.receiving_agency_id)
    given = [reason.strip() for reason in reasons if reason.strip()]
    if not given:
        raise InvalidInput(
            {"reasons": "Hãy ghi ít nhất một lý do từ chối, để người nộp biết phải làm gì tiếp theo."}
        )
    day = local_date(at)
    refusal = IntakeRefusal.objects.create(
        id=refusal_id or new_id(),
        number=next_number(f"intake-refusal:{offering.receiving_agency_id}:{day.year}"),
        procedure_id=offering.procedure_id,
        agency_id=offering.receiving_agency_id,
        applicant=applicant,
        matter=(matter.strip() or offering.procedure.name)[:500],
        reasons=given,
        refused_by=by,
        refused_at=at,
        regime=regime_on(day).code,
    )
    events.record(
        IntakeRefused(
            subject_id=refusal.id,
            actor_id=by.pk,
            at=at,
            number=refusal.number,
            procedure=offering.procedure.code,
            agency=offering.receiving_agency_id,
            reasons=given,
        )
    )
    return refusal


def _refuse_second(dossier_id: UUID) -> None:
    if earlier := Dossier.objects.filter(pk=dossier_id).first():
        raise AlreadyReceived(earlier)


def _refuse_incomplete(parts: Sequence[PartIn], papers: Sequence[Paper]) -> None:
    known = {paper.pk for paper in papers}
    if any(part.paper_id is not None and part.paper_id not in known for part in parts):
        raise Stale("Danh mục giấy tờ của thủ tục vừa thay đổi. Hãy tải lại trang rồi kiểm giấy tờ lần nữa.")
    brought = {part.paper_id for part in parts if part.status in BROUGHT}
    missing = [paper for paper in papers if paper.is_required and paper.pk not in brought]
    if missing:
        raise IncompleteDossier(
            {
                f"paper-{paper.pk}": f"Chưa có “{paper.name}”. Hãy đánh dấu khi người nộp đưa đủ, hoặc lập phiếu từ chối."
                for paper in missing
            }
        )


def _promise(
    computed: datetime | None, limit: Limit, chosen: datetime | None, reason: str, at: datetime
) -> datetime | None:
    """The appointment: the law's where there is a number, else the clerk's with a reason."""
    if computed is not None:
        return computed
    if chosen is None and not reason.strip():
        return None
    if chosen is None or not reason.strip():
        raise NoPromise(
            "Thủ tục không ghi thời hạn bằng số. Hãy nhập cả ngày hẹn trả và lý do, hoặc để trống cả hai.",
            field="due_at" if chosen is None else "due_reason",
        )
    if chosen <= at:
        raise NoPromise("Ngày hẹn trả phải sau lúc tiếp nhận. Hãy chọn lại ngày hẹn.", field="due_at")
    return chosen


def _parts_of(dossier: Dossier, parts: Sequence[PartIn]) -> list[Part]:
    return [
        Part(
            dossier=dossier,
            position=position,
            paper_id=part.paper_id,
            name=part.name,
            form=part.form,
            quantity=part.quantity,
            status=part.status,
            note=part.note.strip(),
        )
        for position, part in enumerate(parts, start=1)
    ]


def _keep_scans(
    dossier: Dossier, rows: Sequence[Part], parts: Sequence[PartIn], by: User, at: datetime
) -> None:
    scans = [
        Scan(dossier=dossier, part=row, document_id=document_id, added_at=at, added_by=by)
        for row, part in zip(rows, parts, strict=True)
        for document_id in part.document_ids
    ]
    if scans:
        attach(document_ids=[scan.document_id for scan in scans], subject_id=dossier.pk, by=by)
        Scan.objects.bulk_create(scans)
