"""Gọi số, phục vụ: what happens at a desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.errors import DomainError
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Dossier
from motcua.service.queueing.events import (
    DeskClosed,
    DeskOpened,
    TicketCalled,
    TicketFinished,
    TicketMissed,
    TicketRecalled,
    TicketStarted,
    TicketTied,
    TicketTransferred,
)
from motcua.service.queueing.lines import next_ticket
from motcua.service.queueing.models import Desk, QueueField, QueueMachine, Sitting, Ticket, TicketDossier
from motcua.service.queueing.operations.hands import NotAtDesk, desk_in_service
from motcua.service.queueing.operations.ticketing import line_of
from motcua.service.queueing.querysets import NoSuchTicket
from motcua.service.queueing.states import (
    AT_DESK,
    CALL,
    CALL_AGAIN,
    FINISH,
    MISS,
    RECALL,
    SEND_ON,
    START,
    TicketMove,
    TicketState,
)


class StillServing(DomainError):
    """Quầy đang có người: the one at the desk comes first."""


@transaction.atomic
def open_desk(*, desk_id: UUID, by: User, at: datetime) -> Sitting:
    """Mở quầy: sit down at a desk. Raises Forbidden, NotAtDesk when somebody sits there or the person sits elsewhere."""
    day = local_date(at)
    desk = (
        Desk.objects.select_for_update(of=("self",))
        .valid_on(day)
        .select_related("unit")
        .filter(pk=desk_id)
        .first()
    )
    if desk is None:
        raise NotAtDesk("Quầy này không còn dùng.")
    access_of(by, at).require(Permission.RECEIVE, desk.unit.agency_id)
    known = Sitting.objects.filter(closed_at=None).select_related("desk", "clerk")
    if mine := known.filter(clerk=by).first():
        if mine.desk_id == desk.pk:
            return mine
        raise NotAtDesk(f"Bạn đang trực {mine.desk}. Hãy đóng quầy đó trước.")
    if taken := known.filter(desk=desk).first():
        raise NotAtDesk(f"{desk} đang do {taken.clerk.full_name} trực. Hãy chọn quầy khác.")
    try:
        with transaction.atomic():
            sitting = Sitting.objects.create(desk=desk, clerk=by, opened_at=at)
    except IntegrityError as twice:  # the same person, at two desks in the same instant
        raise NotAtDesk("Bạn vừa mở một quầy khác. Hãy tải lại trang.") from twice
    events.record(DeskOpened(subject_id=desk.pk, actor_id=by.pk, at=at, sitting=sitting.pk))
    return sitting


@transaction.atomic
def close_desk(*, desk_id: UUID, by: User, at: datetime) -> None:
    """Đóng quầy: stand up. Whoever was sent to this desk waits for any desk of the line again.

    Raises NotAtDesk, StillServing.
    """
    desk, sitting = desk_in_service(desk_id, by=by, machine=None, at=at)
    _refuse_busy(desk)
    sitting.closed_at = at
    sitting.save(update_fields=["closed_at"])
    Ticket.objects.in_line(local_date(at)).filter(wanted_desk=desk).update(wanted_desk=None)
    events.record(DeskClosed(subject_id=desk.pk, actor_id=by.pk, at=at, sitting=sitting.pk))


@transaction.atomic
def call_next(
    *,
    desk_id: UUID,
    by: User | None,
    at: datetime,
    machine: QueueMachine | None = None,
    ends_current: bool = False,
) -> Ticket | None:
    """Gọi số tiếp theo, by the rule of the unit; None when nobody waits. With `ends_current` whoever is at the desk is
    finished first, or missed when they never came.

    Raises Forbidden, NotAtDesk, StillServing.
    """
    desk, sitting = desk_in_service(desk_id, by=by, machine=machine, at=at)
    if ends_current and (current := Ticket.objects.at_desks(local_date(at)).filter(desk=desk).first()):
        act = finish if current.state == TicketState.SERVING else miss
        act(ticket_id=current.pk, by=by, at=at, machine=machine)
    _refuse_busy(desk)
    fields = list(QueueField.objects.select_for_update().filter(desks=desk).order_by("pk"))
    ticket = next_ticket(desk, fields, at)
    if ticket is None:
        return None
    return _call(ticket.pk, CALL, desk, sitting, by=by, at=at, machine=machine)


@transaction.atomic
def call_ticket(*, ticket_id: UUID, desk_id: UUID, by: User, at: datetime) -> Ticket:
    """Gọi đích danh một số: out of turn, when a clerk has a reason; the ledger shows it.

    Raises Forbidden, NotAtDesk, StillServing, IllegalTicketMove.
    """
    desk, sitting = desk_in_service(desk_id, by=by, machine=None, at=at)
    _refuse_busy(desk)
    return _call(ticket_id, CALL, desk, sitting, by=by, at=at)


@transaction.atomic
def call_again(
    *, ticket_id: UUID, by: User | None, at: datetime, machine: QueueMachine | None = None
) -> Ticket:
    """Gọi lại số đang gọi."""
    desk, sitting = _desk_of(ticket_id, by=by, machine=machine, at=at)
    return _call(ticket_id, CALL_AGAIN, desk, sitting, by=by, at=at, machine=machine)


@transaction.atomic
def start(*, ticket_id: UUID, by: User | None, at: datetime, machine: QueueMachine | None = None) -> Ticket:
    """Người được gọi đã đến quầy: the service begins."""
    desk, sitting = _desk_of(ticket_id, by=by, machine=machine, at=at)
    ticket = _moved(ticket_id, START)
    ticket.started_at = at
    ticket.clerk = sitting.clerk
    ticket.save(update_fields=["state", "started_at", "clerk"])
    events.record(
        TicketStarted(
            subject_id=ticket.pk,
            actor_id=by.pk if by else None,
            at=at,
            machine=machine.pk if machine else None,
            desk=desk.pk,
        )
    )
    return ticket


@transaction.atomic
def finish(*, ticket_id: UUID, by: User | None, at: datetime, machine: QueueMachine | None = None) -> Ticket:
    """Phục vụ xong."""
    desk, _sitting = _desk_of(ticket_id, by=by, machine=machine, at=at)
    ticket = _moved(ticket_id, FINISH)
    ticket.ended_at = at
    ticket.save(update_fields=["state", "ended_at"])
    begun = ticket.started_at or at
    events.record(
        TicketFinished(
            subject_id=ticket.pk,
            actor_id=by.pk if by else None,
            at=at,
            machine=machine.pk if machine else None,
            desk=desk.pk,
            seconds=int((at - begun).total_seconds()),
        )
    )
    return ticket


@transaction.atomic
def miss(*, ticket_id: UUID, by: User | None, at: datetime, machine: QueueMachine | None = None) -> Ticket:
    """Gọi mà không có mặt: the number is put aside and may be called again when the person appears."""
    desk, _sitting = _desk_of(ticket_id, by=by, machine=machine, at=at)
    ticket = _moved(ticket_id, MISS)
    ticket.save(update_fields=["state"])
    events.record(
        TicketMissed(
            subject_id=ticket.pk,
            actor_id=by.pk if by else None,
            at=at,
            machine=machine.pk if machine else None,
            desk=desk.pk,
        )
    )
    return ticket


@transaction.atomic
def recall(*, ticket_id: UUID, desk_id: UUID, by: User, at: datetime) -> Ticket:
    """Mời lại người đã gọi vắng. Raises Forbidden, NotAtDesk, StillServing, IllegalTicketMove."""
    desk, sitting = desk_in_service(desk_id, by=by, machine=None, at=at)
    _refuse_busy(desk)
    ticket = _called(ticket_id, RECALL, desk, sitting, at)
    events.record(TicketRecalled(subject_id=ticket.pk, actor_id=by.pk, at=at, desk=desk.pk))
    return ticket


@transaction.atomic
def transfer_ticket(
    *,
    ticket_id: UUID,
    field_id: UUID,
    by: User,
    at: datetime,
    desk_id: UUID | None = None,
    reason: str = "",
) -> Ticket:
    """Chuyển số sang lĩnh vực hoặc quầy khác: the number and the time of coming stay, so no place is lost.

    A desk that is named must serve that line and be open. Raises Forbidden, NotAtDesk, DomainError.
    """
    ticket = Ticket.objects.lock(ticket_id)
    access_of(by, at).require(Permission.RECEIVE, ticket.unit.agency_id)
    field = line_of(field_id, local_date(at))
    if field.unit_id != ticket.unit_id:
        raise DomainError("Chỉ chuyển trong cùng Bộ phận Một cửa.", field="field")
    desk = (
        Desk.objects.open_on(local_date(at)).serving(field.pk).filter(pk=desk_id).first() if desk_id else None
    )
    if desk_id and desk is None:
        raise DomainError("Quầy này chưa mở hoặc không phục vụ lĩnh vực đã chọn.", field="desk")
    came_from = ticket.field_id
    ticket.state = SEND_ON.apply(ticket.code, ticket.state)
    ticket.field, ticket.wanted_desk = field, desk
    ticket.desk = ticket.clerk = ticket.started_at = None
    ticket.save(update_fields=["state", "field", "wanted_desk", "desk", "clerk", "started_at"])
    events.record(
        TicketTransferred(
            subject_id=ticket.pk,
            actor_id=by.pk,
            at=at,
            from_field=came_from,
            field=field.pk,
            desk=desk.pk if desk else None,
            reason=reason.strip()[:300],
        )
    )
    return ticket


@transaction.atomic
def tie_dossier(*, ticket_id: UUID, dossier_id: UUID, by: User, at: datetime) -> TicketDossier:
    """Gắn hồ sơ vừa nhận với số đang phục vụ: by the one who serves the number and received the dossier.

    Raises NotAtDesk, NoSuchTicket, DomainError.
    """
    desk, _sitting = _desk_of(ticket_id, by=by, machine=None, at=at)
    ticket = Ticket.objects.lock(ticket_id)
    if ticket.state != TicketState.SERVING:
        raise NotAtDesk(f"Số {ticket.code} không đang được phục vụ ở {desk}.")
    dossier = Dossier.objects.visible_to(by, at).filter(pk=dossier_id, received_by=by).first()
    if dossier is None or dossier.reception_agency_id != ticket.unit.agency_id:
        raise DomainError("Hồ sơ này không do bạn tiếp nhận ở đơn vị này.")
    tied, is_new = TicketDossier.objects.get_or_create(dossier=dossier, defaults={"ticket": ticket, "at": at})
    if is_new:
        events.record(TicketTied(subject_id=ticket.pk, actor_id=by.pk, at=at, dossier=dossier.pk))
    return tied


def _desk_of(
    ticket_id: UUID, *, by: User | None, machine: QueueMachine | None, at: datetime
) -> tuple[Desk, Sitting]:
    """The desk where the ticket is; the desk is always locked before the ticket."""
    ticket = Ticket.objects.filter(pk=ticket_id).first()
    if ticket is None:
        raise NoSuchTicket("Không tìm thấy số thứ tự này. Hãy xem lại số trên phiếu.")
    if ticket.desk_id is None:
        raise NotAtDesk(f"Số {ticket.code} chưa được gọi đến quầy nào.")
    return desk_in_service(ticket.desk_id, by=by, machine=machine, at=at)


def _moved(ticket_id: UUID, move: TicketMove) -> Ticket:
    ticket = Ticket.objects.lock(ticket_id)
    ticket.state = move.apply(ticket.code, ticket.state)
    return ticket


def _called(ticket_id: UUID, move: TicketMove, desk: Desk, sitting: Sitting, at: datetime) -> Ticket:
    ticket = _moved(ticket_id, move)
    if ticket.unit_id != desk.unit_id or ticket.day != local_date(at):
        raise NoSuchTicket("Số thứ tự này không thuộc hàng chờ hôm nay của đơn vị.")
    ticket.desk, ticket.clerk = desk, sitting.clerk
    ticket.called_at = at
    ticket.first_called_at = ticket.first_called_at or at
    ticket.calls += 1
    ticket.save(update_fields=["state", "desk", "clerk", "called_at", "first_called_at", "calls"])
    return ticket


def _call(
    ticket_id: UUID,
    move: TicketMove,
    desk: Desk,
    sitting: Sitting,
    *,
    by: User | None,
    at: datetime,
    machine: QueueMachine | None = None,
) -> Ticket:
    ticket = _called(ticket_id, move, desk, sitting, at)
    events.record(
        TicketCalled(
            subject_id=ticket.pk,
            actor_id=by.pk if by else None,
            at=at,
            machine=machine.pk if machine else None,
            desk=desk.pk,
            calls=ticket.calls,
        )
    )
    return ticket


def _refuse_busy(desk: Desk) -> None:
    if busy := Ticket.objects.filter(desk=desk, state__in=sorted(AT_DESK)).first():
        raise StillServing(
            f"{desk} đang phục vụ số {busy.code}. Hãy kết thúc, ghi vắng hoặc chuyển số này trước."
        )
