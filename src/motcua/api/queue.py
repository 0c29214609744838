"""Hàng chờ cho máy: take a number, read the queue, call from a keypad at a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse

from motcua.api.base import Answer, MachineCall, Refused
from motcua.core.time import local, local_date
from motcua.service.queueing.lines import Standing, expected, standing_of
from motcua.service.queueing.models import Desk, PriorityKind, QueueField, QueueMachine, Ticket
from motcua.service.queueing.operations import serving
from motcua.service.queueing.operations.booking import check_in
from motcua.service.queueing.operations.ticketing import take_ticket
from motcua.service.queueing.states import AT_DESK

Right = QueueMachine.Right


class State(MachineCall):
    """Hàng chờ lúc này: lines, desks, what is called."""

    permission = Right.SHOW

    def get(self, request: HttpRequest) -> JsonResponse:
        day, unit = local_date(self.at), self.machine.unit_id
        lines = list(QueueField.objects.valid_on(day).filter(unit=unit))
        called = Ticket.objects.of_unit(unit, day).filter(state__in=sorted(AT_DESK)).select_related("desk")
        kinds = PriorityKind.objects.valid_on(day).filter(is_by_appointment=False)
        open_desks = Desk.objects.open_on(day).filter(unit=unit).values_list("number", flat=True)
        return JsonResponse(
            {
                "at": local(self.at).isoformat(timespec="seconds"),
                "lines": [
                    {"prefix": line.prefix, "name": line.name, **standing_json(told)}
                    for line, told in zip(lines, expected(lines, self.at), strict=True)
                ],
                "priorities": [{"code": kind.code, "name": kind.name} for kind in kinds],
                "open_desks": list(open_desks),
                "called": [ticket_json(ticket) for ticket in called.order_by("-called_at")],
            }
        )


class Tickets(MachineCall):
    """Lấy số."""

    permission = Right.TAKE

    def post(self, request: HttpRequest) -> JsonResponse:
        given = self.body(prefix=str, priority=str)
        lines = QueueField.objects.valid_on(local_date(self.at)).filter(unit=self.machine.unit_id)
        line = lines.filter(prefix=given.get("prefix", "")).first()
        if line is None:
            raise Refused(422, "no_such_line", "Đơn vị không có lĩnh vực mang chữ này.")

        def act() -> Answer:
            ticket = take_ticket(
                field_id=line.pk, priority=given.get("priority", ""), by=None, machine=self.machine,
                source=Ticket.Source.MACHINE, at=self.at,
            )  # fmt: skip
            return 201, taken_json(ticket, standing_of(ticket, self.at))

        return self.act_once(given, act)


class Arrivals(MachineCall):
    """Lấy số theo lịch hẹn."""

    permission = Right.TAKE

    def post(self, request: HttpRequest) -> JsonResponse:
        given = self.body(code=str, phone_tail=str)

        def act() -> Answer:
            ticket = check_in(
                unit_id=self.machine.unit_id, code=given.get("code", ""), phone_tail=given.get("phone_tail", ""),
                by=None, machine=self.machine, source=Ticket.Source.MACHINE, at=self.at,
            )  # fmt: skip
            return 201, taken_json(ticket, standing_of(ticket, self.at))

        return self.act_once(given, act)


class TicketState(MachineCall):
    """Một số đang ở đâu."""

    permission = Right.SHOW

    def get(self, request: HttpRequest, ticket_id: UUID) -> JsonResponse:
        ticket = Ticket.objects.with_names().filter(pk=ticket_id, unit=self.machine.unit_id).first()
        if ticket is None:
            raise Refused(404, "no_such_ticket", "Không có số thứ tự này.")
        return JsonResponse(taken_json(ticket, standing_of(ticket, self.at) if ticket.is_in_line else None))


class DeskAct(MachineCall):
    """Bàn phím ở quầy: the act is the last word of the address; it is done for whoever sits at the desk."""

    permission = Right.CALL

    def post(self, request: HttpRequest, number: int, act: str) -> JsonResponse:
        if act not in ACTS:
            raise Refused(404, "no_such_act", "Không có việc này.")
        self.body()
        living = Desk.objects.valid_on(local_date(self.at)).filter(unit=self.machine.unit_id)
        desk = living.filter(number=number).first()
        if desk is None:
            raise Refused(404, "no_such_desk", "Đơn vị không có quầy mang số này.")
        return self.act_once(None, lambda: ACTS[act](self, desk))

    def call_next(self, desk: Desk) -> Answer:
        ticket = serving.call_next(
            desk_id=desk.pk, by=None, machine=self.machine, at=self.at, ends_current=True
        )
        return 200, {"ticket": ticket_json(ticket) if ticket else None}

    def on_current(self, desk: Desk, act: Callable[..., Ticket]) -> Answer:
        current = Ticket.objects.at_desks(local_date(self.at)).filter(desk=desk).first()
        if current is None:
            raise Refused(409, "nobody_at_desk", "Không có ai ở quầy này.")
        done = act(ticket_id=current.pk, by=None, machine=self.machine, at=self.at)
        done.desk = desk
        return 200, {"ticket": ticket_json(done)}


ACTS: dict[str, Callable[[DeskAct, Desk], Answer]] = {
    "goi": DeskAct.call_next,
    "goi-lai": lambda call, desk: call.on_current(desk, serving.call_again),
    "bat-dau": lambda call, desk: call.on_current(desk, serving.start),
    "xong": lambda call, desk: call.on_current(desk, serving.finish),
    "vang": lambda call, desk: call.on_current(desk, serving.miss),
}


def ticket_json(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": str(ticket.pk),
        "code": ticket.code,
        "state": str(ticket.state),
        "desk": ticket.desk.number if ticket.desk else None,
        "calls": ticket.calls,
        "queued_at": local(ticket.queued_at).isoformat(timespec="seconds"),
        "called_at": local(ticket.called_at).isoformat(timespec="seconds") if ticket.called_at else None,
    }


def standing_json(told: Standing) -> dict[str, Any]:
    """Minutes; null with the reason when there is no forecast."""
    known = told.forecast
    return {
        "ahead": told.ahead,
        "open_desks": told.desks,
        "wait_median_minutes": round(known.median.total_seconds() / 60) if known else None,
        "wait_p90_minutes": round(known.ninetieth.total_seconds() / 60) if known else None,
        "no_forecast_because": told.silence,
    }


def taken_json(ticket: Ticket, told: Standing | None) -> dict[str, Any]:
    return {"ticket": ticket_json(ticket), "standing": standing_json(told) if told else None}
