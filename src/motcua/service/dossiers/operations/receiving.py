"""Tiếp nhận: take a complete dossier in, or refuse it in writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
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
from motcua.foundation.identity.models import Applicant, Mandate, User
from motcua.foundation.identity.operations.mandates import refuse_unusable
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number, next_numbers
from motcua.foundation.org.models import Agency
from motcua.service.dossiers import store
from motcua.service.dossiers.events import ActedFor, DossierReceived, IntakeRefused
from motcua.service.dossiers.models import Assignment, Channel, Dossier, IntakeRefusal, Part, Scan
from motcua.service.dossiers.operations import steps
from motcua.service.dossiers.operations.receiving_elsewhere import open_paper_transfer, refuse_unlisted
from motcua.service.dossiers.states import State
from motcua.service.dossiers.store import Demand, Occasion, Reuse, Wanted
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
    demand: Demand = field(default_factory=Demand)  # why it was taken although the store holds it


@dataclass(frozen=True)
class Linked:
    """Phần của một nhóm liên thông: the bundle, the part, and what the plan of the group gives it.

    Its scans belong to the bundle: each paper is stored once, and given to the parts that need it.
    """

    bundle_id: UUID
    part: str
    limit: Limit
    clock_starts_at: datetime
    due_at: datetime | None


BROUGHT = frozenset(
    {Part.Status.PROVIDED, Part.Status.HELD}
)  # what the law asks for is here, or held already


class IncompleteDossier(InvalidInput):
    """Hồ sơ chưa đủ thành phần: papers that the procedure requires are missing."""


class NotOffered(DomainError):
    """Thủ tục không tiếp nhận tại đây."""


class NoPromise(DomainError):
    """Chưa có ngày hẹn: the procedure gives no number, so the clerk must set a date with a reason."""


class AppointmentMoved(DomainError):
    """Ngày hẹn vừa đổi: the hour has passed since the person was told the day."""

    def __init__(self, due_at: datetime) -> None:
        super().__init__(
            "Ngày hẹn trả vừa chuyển sang ngày khác. Hãy báo lại người nộp rồi tiếp nhận.", field="promised"
        )
        self.due_at = due_at


class AlreadyReceived(DomainError):
    """Hồ sơ này đã được tiếp nhận: the same page was sent twice."""

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(f"Hồ sơ này đã được tiếp nhận với mã {dossier.code}. Không tiếp nhận lần hai.")
        self.dossier = dossier


def appointment(
    *,
    offering: Offering,
    case: Case | None,
    at: datetime,
    channel: str = Channel.COUNTER,
    boundary_free: bool = False,
) -> tuple[Limit, Answer]:
    """Ngày hẹn trả: the limit and the clock's answer for a dossier received at `at`, as `receive` will promise it.

    Boundary-free: the answer is provisional until the settling agency receives the electronic file.
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
        boundary_free=boundary_free,
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
    reception: Agency | None = None,
    mandate: Mandate | None = None,
    linked: Linked | None = None,
    reuse: Reuse | None = None,
    told_on: str = "",
) -> Dossier:
    """Tiếp nhận hồ sơ: take a complete dossier in, give it its code, and promise the moment of its result.

    `dossier_id` is chosen when the form is opened, so that a form sent twice is taken once (AlreadyReceived).
    `due_at` with `due_reason` is asked only where the procedure has no number (NoPromise).
    `reception`: another place than the offering names takes it in, regardless of boundaries (phi địa giới).
    `mandate`: the agent hands it in for the principal, whose dossier it is. `linked`: it is a part of a bundle.
    `reuse`: papers of the store that need not be brought. What is held is not asked for without a reason (`PartIn.demand`).
    `told_on`: the day (ISO) that the person was told; when it has moved meanwhile, nothing is received.
    Raises Forbidden, NotOffered, IncompleteDossier, NoPromise, AppointmentMoved, AlreadyReceived, MandateRefused.
    Legal: ND118-2025 Đ14.2, Đ17, Đ20, Đ28
    """
    dossier_id = dossier_id or new_id()
    place_id = reception.pk if reception else offering.receiving_agency_id
    is_boundary_free = linked is None and place_id != offering.receiving_agency_id
    access = access_of(by, at)
    access.require(Permission.RECEIVE, place_id)
    revision = offering.revision_on(local_date(at))
    if reception and is_boundary_free:
        refuse_unlisted(offering=offering, reception=reception, on=local_date(at))
    if mandate:
        refuse_unusable(
            mandate, principal=applicant, procedure=offering.procedure.code, field=revision.field, at=at
        )
        representative, authorisation = mandate.agent, mandate.paper
    case = revision.case_or_refuse(case_id)
    _refuse_incomplete(parts, revision.papers_of(case))
    occasion = Occasion(dossier_id, applicant.pk, offering.procedure_id, place_id, "INTAKE")
    if channel != Channel.ONLINE:
        store.refuse_needless(_taken_on_paper(parts), occasion, by=by, at=at)
    from_store = store.use(reuse, occasion, by=by, at=at) if reuse else {}

    regime = regime_on(local_date(at))
    limit, answer = appointment(
        offering=offering, case=case, at=at, channel=channel, boundary_free=is_boundary_free
    )
    if told_on and answer.due_at and told_on != local_date(answer.due_at).isoformat():
        raise AppointmentMoved(answer.due_at)
    promised = _promise(answer.due_at, limit, due_at, due_reason, at)
    starts_at = answer.start_at
    if linked:
        limit, starts_at, promised = linked.limit, linked.clock_starts_at, linked.due_at
    unit_calendar = work_calendar(place_id, local_date(at))

    workflow = running.resolve(
        procedure_id=offering.procedure_id, agency_id=offering.agency_id, on=local_date(at), version=access.version
    )  # fmt: skip
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
        reception_agency_id=place_id,
        applicant=applicant,
        representative=representative,
        authorisation=authorisation.strip(),
        mandate=mandate,
        is_boundary_free=is_boundary_free,
        bundle_id=linked.bundle_id if linked else None,
        bundle_part=linked.part if linked else "",
        applicant_name=applicant.name,
        name_folded=fold(applicant.name),
        name_reversed=reversed_fold(applicant.name),
        number_key=applicant.personal_number_key or "",
        phone=applicant.phone or "",
        words=lexemes(applicant.name, matter or revision.name),
        regime=regime.code,
        limit_value=limit.value,
        limit_unit=limit.unit,
        received_at=at,
        received_by=by,
        clock_starts_at=starts_at,
        due_at=promised,
        first_due_at=promised,
        due_reason=due_reason.strip() if answer.due_at is None else "",
        transfer_due_at=clock.transfer_due(at, unit_calendar, regime),
        fee_amount=fee_amount,
        fee_note=fee_note.strip(),
        book=book_of(revision.field, day),
    )
    task = running.first_task(
        dossier_id=dossier.id,
        workflow=workflow,
        agency_id=place_id,
        at=at,
        holder=by,
        calendar=unit_calendar,
        not_after=promised,
    )
    dossier.workflow_id = workflow.pk
    steps.project(dossier, task, by, at)
    number, dossier.book_number = next_numbers(
        code_series(offering.agency_id, day), register_series(place_id, dossier.book)
    )
    dossier.code = dossier_code(settings.DOSSIER_CODE_PATTERN, offering.agency.code, day, number)
    assignment = Assignment(dossier=dossier, step_key=dossier.step_key, holder=by, assigned_by=by, since=at)
    rows = _parts_of(dossier, parts)
    insert_together([dossier, task, assignment, *rows])
    _keep_scans(dossier, rows, parts, by, at)
    if from_store:
        _show_held(dossier, rows, from_store, by, at)
    if is_boundary_free:
        open_paper_transfer(dossier, rows, at)
    events.record(
        DossierReceived(
            subject_id=dossier.id,
            actor_id=by.pk,
            at=at,
            code=dossier.code,
            procedure=offering.procedure.code,
            revision=revision.number,
            agency=offering.agency_id,
            reception_agency=place_id,
            channel=channel,
            regime=regime.code,
            limit=str(limit),
            clock_starts_at=starts_at,
            due_at=promised,
            due_reason=dossier.due_reason,
            parts=[row.name for row in rows if row.status == Part.Status.PROVIDED],
            fee_amount=fee_amount,
        )
    )
    if mandate:
        events.record(
            ActedFor(
                subject_id=dossier.id, actor_id=by.pk, at=at, mandate=mandate.pk, principal=mandate.principal_id,
                agent=mandate.agent_id,
            )
        )  # fmt: skip
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
    wanted: Sequence[Wanted] = (),
) -> IntakeRefusal:
    """Từ chối tiếp nhận: say in writing why a dossier cannot be taken in; form 03 is printed from it.

    `wanted`: the papers that the reasons name as lacking. Raises Forbidden, InvalidInput when no reason is given, or
    when a paper that is held is named without a reason of its own. Legal: ND118-2025 Đ17.1
    """
    access_of(by, at).require(Permission.RECEIVE, offering.receiving_agency_id)
    given = [reason.strip() for reason in reasons if reason.strip()]
    if not given:
        raise InvalidInput(
            {"reasons": "Hãy ghi ít nhất một lý do từ chối, để người nộp biết phải làm gì tiếp theo."}
        )
    day = local_date(at)
    refusal_id = refusal_id or new_id()
    occasion = Occasion(
        refusal_id, applicant.pk, offering.procedure_id, offering.receiving_agency_id, "REFUSAL"
    )
    store.refuse_needless(wanted, occasion, by=by, at=at)
    refusal = IntakeRefusal.objects.create(
        id=refusal_id,
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


def book_of(field: str, day: date) -> str:
    """Quyển sổ theo dõi: one for each field and year."""
    return f"{field[:240]} {day.year}".strip()


def code_series(agency_id: int, day: date) -> str:
    """Dãy số của mã hồ sơ: of an agency and a day."""
    return f"dossier:{agency_id}:{day:%Y%m%d}"


def register_series(agency_id: int, book: str) -> str:
    """Dãy số thứ tự trong sổ of the place that receives."""
    return f"register:{agency_id}:{book}"


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


def _taken_on_paper(parts: Sequence[PartIn]) -> list[Wanted]:
    """What the person had to bring."""
    return [
        Wanted(part.name, f"paper-{part.paper_id}", part.demand)
        for part in parts
        if part.status == Part.Status.PROVIDED and part.paper_id is not None
    ]


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
        documents = list(dict.fromkeys(scan.document_id for scan in scans))
        attach(document_ids=documents, subject_id=dossier.bundle_id or dossier.pk, by=by)
        Scan.objects.bulk_create(scans)


def _show_held(
    dossier: Dossier, rows: Sequence[Part], from_store: Mapping[int, UUID | None], by: User, at: datetime
) -> None:
    """What the store gives is read with the dossier, without being stored again."""
    Scan.objects.bulk_create(
        Scan(dossier=dossier, part=row, document_id=document_id, added_at=at, added_by=by)
        for row in rows
        if row.paper_id is not None and (document_id := from_store.get(row.paper_id)) is not None
    )
