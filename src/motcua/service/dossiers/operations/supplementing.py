"""Bổ sung hồ sơ: say once, of every component, what is lacking; take in what is brought; let the clock go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.clock import SupplementRule
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.documents.operations.storing import attach
from motcua.foundation.identity.access import Access
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.numbering.giving import next_number
from motcua.service.dossiers import store
from motcua.service.dossiers.events import SupplementAsked, SupplementBrought, SupplementCompleted
from motcua.service.dossiers.history import marks_of
from motcua.service.dossiers.models import DeadlineKind, Dossier, Part, Scan, Supplement, SupplementItem
from motcua.service.dossiers.operations import deadlines, interrupting, steps
from motcua.service.dossiers.states import ASK_SUPPLEMENT, COMPLETE_SUPPLEMENT, State
from motcua.service.dossiers.store import Demand, Occasion, Wanted

V = SupplementItem.Verdict
LONGEST_INSTRUCTION, LONGEST_CONTACT = 500, 200


class NothingAwaited(DomainError):
    """Không chờ bổ sung: nothing has been asked for."""


@dataclass(frozen=True)
class ItemIn:
    """Kết luận về một thành phần: `part_id` None for what the dossier has no component for yet."""

    verdict: str
    instruction: str = ""
    part_id: UUID | None = None
    name: str = ""
    originals: int = 0
    certified: int = 0
    copies: int = 0
    demand: Demand = field(default_factory=Demand)  # why it is asked for although the store holds it


@dataclass(frozen=True)
class BroughtIn:
    """Giấy tờ mang đến: which item it answers, with its scans."""

    item_id: UUID
    document_ids: Sequence[UUID] = field(default_factory=tuple)


@transaction.atomic
def ask_supplement(
    *,
    dossier_id: UUID,
    items: Sequence[ItemIn],
    reason: str,
    contact_name: str,
    contact_phone: str = "",
    by: User,
    at: datetime,
    step: str = "",
) -> Supplement:
    """Yêu cầu bổ sung: every component is judged, everything that is lacking is said at once; the clock stands still.

    By whoever has the step, until the leader signs; within the time and as often as the regime of the dossier allows.
    Raises IllegalMove, Forbidden, NotYourStep, Stale, InvalidInput, SupplementAskedTooOften, SupplementAskedTooLate.
    What the store holds is asked for only with a reason (`ItemIn.demand`). Legal: ND118-2025 Đ16.3, Đ17.1, Đ19.5
    """
    dossier = interrupting.take(ASK_SUPPLEMENT, dossier_id, by=by, at=at, step=step)
    refuse_untimely(dossier, at)
    parts = list(dossier.parts.order_by("position"))
    _refuse_unjudged(parts, items, reason, contact_name)
    agency_id = steps.usual_place(dossier, dossier.step_kind)
    occasion = Occasion(dossier.pk, dossier.applicant_id, dossier.procedure_id, agency_id, "SUPPLEMENT")
    store.refuse_needless(_wanted(parts, items), occasion, by=by, at=at)

    calendar, regime = interrupting.rules_of(dossier)
    interrupted, due_before = dossier.state, dossier.due_at
    supplement = Supplement.objects.create(
        dossier=dossier,
        agency_id=agency_id,
        number=next_number(f"supplement:{agency_id}:{local_date(at).year}"),
        reason=reason.strip(),
        contact_name=tidy(contact_name)[:LONGEST_CONTACT],
        contact_phone=contact_phone.strip()[:20],
        asked_at=at,
        asked_by=by,
        notice_due_at=clock.notice_due(reached_agency_at(dossier), calendar, regime),
        waits_until=clock.silence_ends(at, calendar, regime),
        interrupted=interrupted,
        step_dues=interrupting.stand_still(dossier, ASK_SUPPLEMENT.apply(dossier.state)),
    )
    rows = SupplementItem.objects.bulk_create(_rows_of(supplement, parts, items))
    deadlines.meet(dossier, DeadlineKind.SUPPLEMENT_NOTICE, DeadlineKind.TRANSFER, at=at)
    deadlines.open_deadline(
        dossier,
        DeadlineKind.SUPPLEMENT_SILENCE,
        supplement.waits_until,
        at=at,
        agency_id=dossier.reception_agency_id,
    )
    events.record(
        SupplementAsked(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            supplement=supplement.pk,
            number=supplement.number,
            reason=supplement.reason,
            items=[
                {"name": row.name, "verdict": row.verdict, "instruction": row.instruction} for row in rows
            ],
            waits_until=supplement.waits_until,
            due_before=due_before,
        )
    )
    return supplement


@transaction.atomic
def complete_supplement(
    *,
    dossier_id: UUID,
    brought: Sequence[BroughtIn],
    by: User,
    at: datetime,
    note: str = "",
    arrived_at: datetime | None = None,
) -> Supplement:
    """Nhận hồ sơ bổ sung: mark what was brought; when nothing is lacking any more, the clock goes on.

    It starts again or only leaves the waiting out, as the regime of the dossier says. What is brought in part is
    recorded and moves nothing. `arrived_at`: when it came, where the counter looks at it later; that moment counts.
    Raises IllegalMove, Forbidden, InvalidInput, AnsweredTooLate. Legal: ND118-2025 Đ19.5
    """
    came_at = arrived_at or at
    dossier = interrupting.at_counter(dossier_id, by=by, at=at)
    supplement = _awaited_or_refuse(dossier)
    calendar, regime = interrupting.rules_of(dossier)
    clock.check_supplement_answer(supplement.asked_at, calendar, regime, at=came_at)
    lacking = list(supplement.items.exclude(verdict=V.FINE).filter(brought_at=None))
    taken = _take_in(dossier, lacking, brought, by=by, at=came_at)
    still = [item for item in lacking if item.brought_at is None]
    if still:
        events.record(
            SupplementBrought(
                subject_id=dossier.pk,
                actor_id=by.pk,
                at=at,
                supplement=supplement.pk,
                brought=[item.name for item in taken],
                lacking=[item.name for item in still],
                note=note.strip(),
            )
        )
        return supplement

    state = COMPLETE_SUPPLEMENT.apply(dossier.state, interrupted=supplement.interrupted)
    supplement.completed_at, supplement.completed_by = came_at, by
    supplement.save(update_fields=["completed_at", "completed_by"])
    restarts = regime.supplement is SupplementRule.RESTART
    interrupting.go_on(
        dossier, state, dues=supplement.step_dues, since=supplement.asked_at, at=came_at, restarts=restarts
    )
    deadlines.meet(dossier, DeadlineKind.SUPPLEMENT_SILENCE, at=at)
    if dossier.state == State.RECEIVED:
        _hand_over_anew(dossier, at)
    events.record(
        SupplementCompleted(
            subject_id=dossier.pk,
            actor_id=by.pk,
            at=at,
            supplement=supplement.pk,
            brought=[item.name for item in taken],
            note=note.strip(),
            due_at=dossier.due_at,
        )
    )
    return supplement


def refuse_untimely(dossier: Dossier, at: datetime) -> None:
    """Còn yêu cầu bổ sung được không: as often and as long as the regime says.

    Raises SupplementAskedTooOften, SupplementAskedTooLate. Legal: ND118-2025 Đ16.3, Đ19.5
    """
    calendar, regime = interrupting.rules_of(dossier)
    track = clock.replay(
        dossier.clock_starts_at, marks_of(dossier), regime, boundary_free=dossier.is_boundary_free
    )
    clock.check_supplement_request(track, reached_agency_at(dossier), calendar, regime, at=at)


def is_timely(dossier: Dossier, at: datetime) -> bool:
    """Còn lúc yêu cầu bổ sung."""
    try:
        refuse_untimely(dossier, at)
    except DomainError:
        return False
    return True


def may_ask(dossier: Dossier, user: User, access: Access) -> bool:
    """Được yêu cầu bổ sung: whose step it is. Whether there is still time is said on the page itself."""
    return interrupting.may_interrupt(ASK_SUPPLEMENT, dossier, user, access)


def may_complete(dossier: Dossier, access: Access) -> bool:
    """Được nhận hồ sơ bổ sung: the counter that received the dossier."""
    return dossier.state == State.AWAITING_SUPPLEMENT and access.may(
        Permission.RECEIVE, dossier.reception_agency_id
    )


def awaited(dossier: Dossier) -> Supplement | None:
    """Yêu cầu đang chờ người nộp."""
    return dossier.supplements.filter(completed_at=None, closed_at=None).first()


def reached_agency_at(dossier: Dossier) -> datetime:
    """Cơ quan nhận hồ sơ lúc; before it was handed over, the reception counts."""
    return dossier.agency_received_at or dossier.received_at


def _awaited_or_refuse(dossier: Dossier) -> Supplement:
    COMPLETE_SUPPLEMENT.check(dossier.state)
    supplement = awaited(dossier)
    if supplement is None:
        raise NothingAwaited(f"Hồ sơ {dossier.code} không có yêu cầu bổ sung nào đang chờ.")
    return supplement


def _refuse_unjudged(parts: Sequence[Part], items: Sequence[ItemIn], reason: str, contact_name: str) -> None:
    """Every component has its verdict, something is lacking, and what is lacking is explained."""
    wrong = {}
    judged = {item.part_id: item for item in items if item.part_id}
    if set(judged) - {part.pk for part in parts}:
        raise InvalidInput({"items": "Có giấy tờ không thuộc hồ sơ này. Hãy tải lại trang."})
    for part in parts:
        item = judged.get(part.pk)
        if item is None or item.verdict not in V.values:
            wrong[f"verdict-{part.pk}"] = f"Hãy kết luận về “{part.name}”: đạt, cần nộp thêm hay cần sửa."
        elif item.verdict != V.FINE and not item.instruction.strip():
            wrong[f"instruction-{part.pk}"] = f"Hãy hướng dẫn người nộp làm gì với “{part.name}”."
    for place, item in enumerate((item for item in items if item.part_id is None), start=1):
        if not item.name.strip():
            wrong[f"extra-name-{place}"] = "Hãy ghi tên giấy tờ hoặc nội dung cần bổ sung."
        if not item.instruction.strip():
            wrong[f"extra-instruction-{place}"] = "Hãy hướng dẫn người nộp cần làm gì."
    if not wrong and all(item.verdict == V.FINE for item in items):
        wrong["items"] = "Mọi giấy tờ đều đạt: không có gì phải bổ sung. Hãy giải quyết hồ sơ."
    if not reason.strip():
        wrong["reason"] = "Hãy ghi lý do yêu cầu bổ sung; lý do này in trên phiếu."
    if not contact_name.strip():
        wrong["contact_name"] = "Hãy ghi người mà người nộp có thể hỏi."
    if wrong:
        raise InvalidInput(wrong)


def _wanted(parts: Sequence[Part], items: Sequence[ItemIn]) -> list[Wanted]:
    """What is asked for, by the names that the page shows."""
    names = {part.pk: part.name for part in parts}
    wanted = [
        Wanted(names[item.part_id], f"verdict-{item.part_id}", item.demand)
        for item in items
        if item.part_id and item.verdict != V.FINE
    ]
    extra = [item for item in items if item.part_id is None]
    return wanted + [
        Wanted(item.name, f"extra-name-{place}", item.demand) for place, item in enumerate(extra, start=1)
    ]


def _rows_of(supplement: Supplement, parts: Sequence[Part], items: Sequence[ItemIn]) -> list[SupplementItem]:
    """One row for each component in its order, then what is asked for beyond them."""
    judged = {item.part_id: item for item in items if item.part_id}
    pairs: list[tuple[Part | None, ItemIn]] = [(part, judged[part.pk]) for part in parts]
    pairs += [(None, item) for item in items if item.part_id is None]
    return [
        SupplementItem(
            dossier_id=supplement.dossier_id,
            supplement=supplement,
            position=position,
            part=part,
            name=part.name if part else item.name.strip(),
            verdict=item.verdict if part else V.ADD,
            instruction=item.instruction.strip()[:LONGEST_INSTRUCTION],
            originals=item.originals,
            certified=item.certified,
            copies=item.copies,
        )
        for position, (part, item) in enumerate(pairs, start=1)
    ]


def _take_in(
    dossier: Dossier,
    lacking: Sequence[SupplementItem],
    brought: Sequence[BroughtIn],
    *,
    by: User,
    at: datetime,
) -> list[SupplementItem]:
    """Mark the items that were brought, and keep their papers and scans with the dossier."""
    wanted: Mapping[UUID, SupplementItem] = {item.pk: item for item in lacking}
    if not brought or any(one.item_id not in wanted for one in brought):
        raise InvalidInput({"items": "Hãy đánh dấu ít nhất một giấy tờ mà người nộp vừa mang đến."})
    taken = []
    for one in brought:
        item = wanted[one.item_id]
        item.brought_at = at
        part = _part_for(dossier, item)
        item.part = part
        item.save(update_fields=["brought_at", "part"])
        _keep_scans(dossier, part, one.document_ids, by=by, at=at)
        taken.append(item)
    return taken


def _part_for(dossier: Dossier, item: SupplementItem) -> Part:
    """The component that the paper belongs to; a new one for what the dossier had none for."""
    if item.part_id:
        part: Part = Part.objects.get(pk=item.part_id)
        if part.status != Part.Status.PROVIDED:
            part.status = Part.Status.PROVIDED
            part.save(update_fields=["status"])
        return part
    last = dossier.parts.order_by("-position").values_list("position", flat=True).first() or 0
    form = Part.Form.CERTIFIED if item.certified else Part.Form.COPY if item.copies else Part.Form.ORIGINAL
    quantity = item.originals or item.certified or item.copies or 1
    return Part.objects.create(
        dossier=dossier, position=last + 1, name=item.name, form=form, quantity=quantity
    )


def _keep_scans(
    dossier: Dossier, part: Part, document_ids: Sequence[UUID], *, by: User, at: datetime
) -> None:
    if document_ids:
        attach(document_ids=list(document_ids), subject_id=dossier.pk, by=by)
        Scan.objects.bulk_create(
            Scan(dossier=dossier, part=part, document_id=key, added_at=at, added_by=by)
            for key in document_ids
        )


def _hand_over_anew(dossier: Dossier, at: datetime) -> None:
    """A dossier that waited at the counter is complete only now: the time to hand it over begins now."""
    unit_calendar = work_calendar(dossier.reception_agency_id, local_date(at))
    _, regime = interrupting.rules_of(dossier)
    dossier.transfer_due_at = clock.transfer_due(at, unit_calendar, regime)
    dossier.save(update_fields=["transfer_due_at"])
